"""What recorded work offers to the procedure engine: a field may be filled from what is on file or from the same journey."""

from renben.services.records.vocabulary import FILLS_FIELDS

FIELD_FAMILIES = dict.fromkeys(sorted(FILLS_FIELDS), "renben.services.records.known_facts:known_fact")

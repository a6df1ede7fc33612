"""Facts that fill a field by themselves (`source_fact` of a procedure's field): typed once, shown to whoever comes next.

The names are those of `vocabulary`. What another tier recorded is read as it was stored, so that codes stay codes.
"""

from __future__ import annotations

from typing import Any

from renben.engines.procedures.models import Case
from renben.services.records.facts import BLANK, CaseFacts
from renben.services.records.vocabulary import alternatives, parts


def known_fact(case: Case, name: str) -> Any:
    """The first of the alternatives of `name` that is known: `person.phone`, `employer.contact`, `journey.Q-3.2.6.reply_text`."""
    for path in alternatives(name):
        head, rest = parts(path)
        value = _recorded(case, rest) if head == "journey" else CaseFacts(case).read(path)
        if value not in BLANK:
            return value
    return None


def _recorded(case: Case, place: str) -> Any:
    """What the latest case of a procedure in the same journey recorded; `place` is `<procedure>.<field>`."""
    procedure_id, _, field = place.rpartition(".")
    others = Case.objects.filter(journey_id=case.journey_id, procedure_id=procedure_id).exclude(pk=case.pk)
    data = others.order_by("-id").values_list("data", flat=True).first()
    return (data or {}).get(field)

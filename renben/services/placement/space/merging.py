"""How merging two employers treats what the employers' space holds: requests and lists handed in go along."""

from __future__ import annotations

from renben.kernel import employer_merge
from renben.kernel.merging import move_all


def load() -> None:
    """Declare every relation."""
    for relation in ("employer_space.EmployerRequest.employer", "employer_space.FirmBatch.employer"):
        employer_merge.register(relation, move_all(relation))

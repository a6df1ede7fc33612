"""How merging two people treats what policies found: the merged file's open ones end, its history moves along."""

from __future__ import annotations

from typing import Any

from renben.kernel import clock, merge
from renben.kernel.models import Person
from renben.services.support.finding import tasks
from renben.services.support.finding.models import Finding


def findings(kept: Person, merged: Person) -> dict[str, Any]:
    """An open one of a policy that is open in the kept file as well ends here; the rest moves."""
    mine = set(Finding.objects.open().filter(person=kept).order_by("policy").values_list("policy", flat=True))
    for finding in Finding.objects.open().filter(person=merged, policy__in=mine).order_by("id"):
        finding.state, finding.ended_on = Finding.State.ENDED, clock.today()
        finding.ended_note = "合并档案，另一份档案已有同一项"
        finding.save(update_fields=["state", "ended_on", "ended_note"])
        tasks.clear(finding, finding.ended_note)
    rows = Finding.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def load() -> None:
    """Declare the relation."""
    merge.register("finding.Finding.person", findings)

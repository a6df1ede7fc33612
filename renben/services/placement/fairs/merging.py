"""How merging two people or two employers treats what fairs hold."""

from __future__ import annotations

from typing import Any

from renben.kernel import employer_merge, merge
from renben.kernel.merging import MergeRefused
from renben.kernel.models import Employer, Person
from renben.services.placement.fairs.models import FairBooth, FairVisitor


def visits(kept: Person, merged: Person) -> dict[str, Any]:
    """A fair both files visited keeps both tickets; the second one stays under its name without a file."""
    both = FairVisitor.objects.filter(person=kept).values("fair_id")
    rows = FairVisitor.objects.filter(person=merged)
    left = sorted(rows.filter(fair_id__in=both).values_list("pk", flat=True))
    rows.filter(pk__in=left).update(person=None)
    moved = sorted(rows.exclude(pk__in=left).values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved, "left": left}


def booths(kept: Employer, merged: Employer) -> dict[str, Any]:
    """MergeRefused when both hold a booth of one fair: one has to be given back first."""
    taken = FairBooth.objects.exclude(state=FairBooth.State.CANCELLED)
    mine = taken.filter(employer=kept).values("fair_id")
    if one := taken.filter(employer=merged, fair_id__in=mine).select_related("fair").order_by("id").first():
        raise MergeRefused(f"两份档案都订了“{one.fair.title}”的展位，请先退订一个，再合并单位。")
    rows = FairBooth.objects.filter(employer=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(employer=kept)
    return {"moved": moved}


def load() -> None:
    """Declare every relation."""
    merge.register("fairs.FairVisitor.person", visits)
    employer_merge.register("fairs.FairBooth.employer", booths)

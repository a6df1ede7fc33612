"""How merging two people or two firms treats these subsidies: one person twice on a roster, or one month twice, is cleared up first."""

from __future__ import annotations

from typing import Any

from renben.kernel import employer_merge, merge
from renben.kernel.merging import MergeRefused, move_all
from renben.kernel.models import Person
from renben.services.support.hiring.models import HiringMonth, HiringPerson


def rosters(kept: Person, merged: Person) -> dict[str, Any]:
    """MergeRefused when both files stand on one roster."""
    mine = set(HiringPerson.objects.filter(person=kept).order_by("claim").values_list("claim_id", flat=True))
    rows = HiringPerson.objects.filter(person=merged)
    if rows.filter(claim__in=mine).exists():
        raise MergeRefused("两份档案在同一份用人单位补贴的花名册里，请先把其中一行作不计算并办完，再合并档案。")
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def months(kept: Person, merged: Person) -> dict[str, Any]:
    """A month is granted once for a person: paid under both files it has to be recovered first."""
    held = HiringMonth.objects.filter(state__in=HiringMonth.HELD)
    mine = set(held.filter(person=kept).order_by("id").values_list("item", "month"))
    theirs = set(held.filter(person=merged).order_by("id").values_list("item", "month"))
    if doubled := sorted({month for _, month in mine & theirs}):
        said = "、".join(f"{month:%Y-%m}" for month in doubled[:6])
        raise MergeRefused(f"两份档案都有{said}的用人单位补贴，请先追回其中一份，再合并档案。")
    rows = HiringMonth.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def load() -> None:
    """Declare every relation."""
    merge.register("hiring.HiringPerson.person", rosters)
    merge.register("hiring.HiringMonth.person", months)
    employer_merge.register("hiring.HiringClaim.employer", move_all("hiring.HiringClaim.employer"))

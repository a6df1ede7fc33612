"""How merging two people treats what support holds: two running subsidies are money, so somebody has to stop one first."""

from __future__ import annotations

from typing import Any

from renben.kernel import merge
from renben.kernel.merging import MergeRefused
from renben.kernel.models import Person
from renben.services.support.models import InsuranceSubsidy, SubsidyMonth, SubsidyOpening


def subsidies(kept: Person, merged: Person) -> dict[str, Any]:
    """MergeRefused when both draw, or when a month was drawn under both files."""
    running = InsuranceSubsidy.objects.running()
    if running.filter(person=kept).exists() and running.filter(person=merged).exists():
        raise MergeRefused("两份档案都有正在办理或享受的社会保险补贴，请先停发其中一份，再合并档案。")
    rows = InsuranceSubsidy.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def months(kept: Person, merged: Person) -> dict[str, Any]:
    """A month counts once for a person: drawn under both files it has to be recovered first."""
    counted = SubsidyMonth.objects.filter(state__in=("planned", *SubsidyMonth.COUNTED))
    mine = set(counted.filter(person=kept).order_by("month").values_list("month", flat=True))
    doubled = counted.filter(person=merged, month__in=mine).order_by("month").values_list("month", flat=True)
    if doubled:
        said = "、".join(f"{month:%Y-%m}" for month in doubled[:6])
        raise MergeRefused(f"两份档案都享受了{said}的社会保险补贴，请先追回其中一份，再合并档案。")
    rows = SubsidyMonth.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def openings(kept: Person, merged: Person) -> dict[str, Any]:
    """Opening months of both files for one kind contradict each other: someone has to look."""
    both = set(SubsidyOpening.objects.filter(person=kept).order_by("kind").values_list("kind", flat=True))
    if SubsidyOpening.objects.filter(person=merged, kind__in=both).exists():
        raise MergeRefused("两份档案都登记了社会保险补贴的期初月数，请先核实并撤销其中一份，再合并档案。")
    rows = SubsidyOpening.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def load() -> None:
    """Declare every relation."""
    merge.register("support.InsuranceSubsidy.person", subsidies)
    merge.register("support.SubsidyMonth.person", months)
    merge.register("support.SubsidyOpening.person", openings)

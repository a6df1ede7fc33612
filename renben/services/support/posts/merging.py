"""How merging two files treats public-benefit posts: two people on posts at once, or one month paid twice, is money to clear up."""

from __future__ import annotations

from typing import Any

from renben.kernel import employer_merge, merge
from renben.kernel.merging import MergeRefused
from renben.kernel.models import Employer, Person
from renben.services.support.posts.models import PostAmount, PostPlacement, PublicPost


def placements(kept: Person, merged: Person) -> dict[str, Any]:
    """MergeRefused when both are on a post now."""
    running = PostPlacement.objects.filter(left_on=None)
    if running.filter(person=kept).exists() and running.filter(person=merged).exists():
        raise MergeRefused("两份档案都在公益性岗位上，请先登记其中一份离岗，再合并档案。")
    rows = PostPlacement.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def amounts(kept: Person, merged: Person) -> dict[str, Any]:
    """A month's wage counts once for a person: paid under both files it has to be recovered first."""
    counted = PostAmount.objects.exclude(state=PostAmount.State.RECOVERED)
    mine = set(counted.filter(person=kept).order_by("id").values_list("month", "heading"))
    theirs = set(counted.filter(person=merged).order_by("id").values_list("month", "heading"))
    if doubled := sorted({month for month, _ in mine & theirs}):
        said = "、".join(f"{month:%Y-%m}" for month in doubled[:6])
        raise MergeRefused(f"两份档案都计发了{said}的公益性岗位待遇，请先核对并追回其中一份，再合并档案。")
    rows = PostAmount.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def posts(kept: Employer, merged: Employer) -> dict[str, Any]:
    """Posts go along; one of the same name in both files is one the staff has to join first."""
    names = PublicPost.objects.filter(employer=kept, closed_on=None).order_by("id").values_list("name", flat=True)
    rows = PublicPost.objects.filter(employer=merged)
    if both := rows.filter(closed_on=None, name__in=list(names)).order_by("id").first():
        raise MergeRefused(f"两家单位都登记了公益性岗位“{both.name}”，请先撤销其中一个，再合并。")
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(employer=kept)
    return {"moved": moved}


def load() -> None:
    """Declare every relation."""
    merge.register("public_posts.PostPlacement.person", placements)
    merge.register("public_posts.PostAmount.person", amounts)
    employer_merge.register("public_posts.PublicPost.employer", posts)

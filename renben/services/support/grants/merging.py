"""How merging two people or two firms treats grants: the lines go along; one person twice on one list is told first."""

from __future__ import annotations

from typing import Any

from renben.kernel import employer_merge, merge
from renben.kernel.merging import MergeRefused, move_all
from renben.kernel.models import Person
from renben.services.support.grants.models import GrantLine


def lines(kept: Person, merged: Person) -> dict[str, Any]:
    """MergeRefused when both files stand on one application: then a line has to be struck and the case closed first."""
    mine = set(GrantLine.objects.filter(person=kept).order_by("grant").values_list("grant_id", flat=True))
    rows = GrantLine.objects.filter(person=merged)
    if rows.filter(grant__in=mine).exists():
        raise MergeRefused("两份档案在同一件区级补贴的名单里，请先把那一件办完或退回改名单，再合并档案。")
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def load() -> None:
    """Declare every relation."""
    merge.register("grants.GrantLine.person", lines)
    merge.register("grants.GuidancePerson.person", move_all("grants.GuidancePerson.person"))
    employer_merge.register("grants.Grant.employer", move_all("grants.Grant.employer"))

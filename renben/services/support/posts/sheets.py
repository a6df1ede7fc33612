"""What the units' sheets say about a month: base and floating wage of everybody, and whose sheet is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from renben.services.support.posts import money
from renben.services.support.posts.codes import Heading
from renben.services.support.posts.models import PlacementChange, PostPlacement, PostWage

NO_SHEET = "这个月的工资表还没有报"


def _agreed(placements: list[PostPlacement], month: dt.date) -> dict[int, tuple[dt.date, int]]:
    """`{placement id: (since, base wage in fen)}` as the agreement and its corrections have it for a month."""
    found = {one.pk: (one.started_on.replace(day=1), one.base_fen) for one in placements}
    rows = PlacementChange.objects.filter(placement__in=placements, kind=PlacementChange.Kind.WAGE)
    lines = list(rows.order_by("from_month", "id"))
    for line in sorted(lines, key=lambda line: -line.pk):  # at last what stood there before the first correction
        found[line.placement_id] = (found[line.placement_id][0], line.before["agreement"])
    for line in lines:
        if line.from_month <= month:
            found[line.placement_id] = (line.from_month, line.after["agreement"])
    return found


def on_posts(placements: Iterable[PostPlacement], month: dt.date) -> tuple[list[money.OnPost], set[int]]:
    """The facts of a month by the units' sheets, and whose sheet is there. Without one the base wage is the last known,
    from the sheets or from a later line of the agreement."""
    placements = list(placements)
    sheets: dict[int, PostWage] = {}
    rows = PostWage.objects.filter(placement__in=placements, month__lte=month).order_by("placement_id", "month")
    for row in rows:
        sheets[row.placement_id] = row
    agreed = _agreed(placements, month)
    base = {
        one.pk: sheets[one.pk].base_fen
        if one.pk in sheets and sheets[one.pk].month >= agreed[one.pk][0]
        else agreed[one.pk][1]
        for one in placements
    }
    reported = {key for key, row in sheets.items() if row.month == month}
    found = [
        money.OnPost(
            key=one.pk,
            base_fen=base[one.pk],
            floating_fen=sheets[one.pk].floating_fen if one.pk in reported else 0,
            started_on=one.started_on,
            last_on=one.last_on,
            child_birth_on=one.child_birth_on,
        )
        for one in placements
    ]
    return found, reported


def without_sheet(pay: money.MonthPay) -> money.MonthPay:
    """The wage waits for the unit's sheet."""
    if Heading.WAGE not in pay.due:
        return pay
    return replace(pay, due={**pay.due, Heading.WAGE: None}, reasons={**pay.reasons, Heading.WAGE: NO_SHEET})

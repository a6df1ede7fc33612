"""What the units' sheets say about a month: base and floating wage of everybody, and whose sheet is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from renben.services.support.posts import money
from renben.services.support.posts.codes import Heading
from renben.services.support.posts.models import PostPlacement, PostWage

NO_SHEET = "这个月的工资表还没有报"


def on_posts(placements: Iterable[PostPlacement], month: dt.date) -> tuple[list[money.OnPost], set[int]]:
    """The facts of a month by the units' sheets, and whose sheet is there. Without one the base wage is the last known."""
    placements = list(placements)
    sheets: dict[int, PostWage] = {}
    rows = PostWage.objects.filter(placement__in=placements, month__lte=month).order_by("placement_id", "month")
    for row in rows:
        sheets[row.placement_id] = row
    reported = {key for key, row in sheets.items() if row.month == month}
    found = [
        money.OnPost(
            key=one.pk,
            base_fen=sheets[one.pk].base_fen if one.pk in sheets else one.base_fen,
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

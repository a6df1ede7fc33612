"""算到这个月: brings the amounts of everybody in a territory up to date, month by month, as the rules and facts stand today."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q

from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentBatch
from renben.engines.rules.determinations import store
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.services.support.months import first_of, shifted
from renben.services.support.posts import checks, money
from renben.services.support.posts.codes import Heading
from renben.services.support.posts.explaining import KIND, Told
from renben.services.support.posts.models import PostAmount, PostPlacement, PostWage
from renben.services.support.posts.placing import drop

State = PostAmount.State
NO_SHEET = "这个月的工资表还没有报"
SEASONS_LATER = 12
"""Months after somebody left in which money of a season they worked in may still fall due."""


def is_settled(amount: PostAmount) -> bool:
    """On a list that is signed or paid, or on its way back: reckoned no more."""
    if amount.state in (State.WAITING, State.DUE):
        return False
    line = amount.payment_line
    return line is None or line.batch.state != PaymentBatch.State.DRAFT


@dataclass
class _Held:
    """The amounts on file of some placements, and which months of a person another placement has taken."""

    mine: dict[tuple[int, dt.date], dict[str, PostAmount]] = field(default_factory=lambda: defaultdict(dict))
    taken: dict[tuple[int, dt.date, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    open_months: dict[int, set[dt.date]] = field(default_factory=lambda: defaultdict(set))

    def elsewhere(self, placement: PostPlacement, month: dt.date, heading: str) -> bool:
        """Whether another placement of the person brings this already."""
        return bool(self.taken[placement.person_id, month, heading] - {placement.pk})


def _read(placements: Sequence[PostPlacement]) -> _Held:
    held = _Held()
    people = {one.person_id for one in placements}
    rows = PostAmount.objects.select_for_update(of=("self",)).filter(person__in=people)
    for row in rows.select_related("payment_line__batch").order_by("id"):
        held.mine[row.placement_id, row.month][row.heading] = row
        if row.state != State.RECOVERED:
            held.taken[row.person_id, row.month, row.heading].add(row.placement_id)
        if not is_settled(row):
            held.open_months[row.placement_id].add(row.month)
    return held


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


def _of_territory(organization: Organization, month: dt.date) -> list[PostPlacement]:
    """Whoever may have something due up to the month: has begun by today; those long gone only while something is open."""
    long_gone = Q(left_on__isnull=False, left_on__lt=shifted(month, -SEASONS_LATER))
    is_open = Q(amounts__state__in=[State.WAITING, State.DUE, State.LISTED])
    wanted = PostPlacement.objects.filter(
        is_open | ~long_gone,
        post__organization__path__startswith=organization.path,
        first_month__lte=month,
        started_on__lte=clock.today(),
    )
    rows = PostPlacement.objects.select_for_update(of=("self",)).filter(pk__in=wanted.values("pk"))
    return list(rows.select_related("person", "post").order_by("id"))


def reckon(*, organization: Organization, month: dt.date, by: Any) -> None:
    """Bring every amount up to `month` in line that no signed list holds. Running it again changes nothing. In a transaction."""
    month = first_of(month)
    placements = _of_territory(organization, month)
    held = _read(placements)
    by_month: dict[dt.date, list[PostPlacement]] = defaultdict(list)
    for one in placements:
        wanted = {day for day in held.open_months[one.pk] if day <= month}
        day = one.first_month if one.reckoned_to is None else shifted(one.reckoned_to, 1)
        while day <= month:
            wanted.add(day)
            day = shifted(day, 1)
        for day in wanted:
            by_month[day].append(one)
    for day in sorted(by_month):
        _reckon_month(by_month[day], day, held, by)
    for one in placements:
        if one.reckoned_to is None or one.reckoned_to < month:
            one.reckoned_to = month
            one.save(update_fields=["reckoned_to"])


def _reckon_month(placements: list[PostPlacement], month: dt.date, held: _Held, by: Any) -> None:
    rows, reported = on_posts(placements, month)
    against = checks.objections({one.person_id for one in placements}, month)
    today = clock.today()
    for one, row, pay in zip(placements, rows, money.month_pay(rows, month, on=today), strict=True):
        told = Told(row, month, today, _without_sheet(pay) if one.pk not in reported else pay, one.pk in reported)
        _bring_up(one, told, against.get(one.person_id, ""), held, by)


def _without_sheet(pay: money.MonthPay) -> money.MonthPay:
    """The wage waits for the unit's sheet."""
    if Heading.WAGE not in pay.due:
        return pay
    return replace(pay, due={**pay.due, Heading.WAGE: None}, reasons={**pay.reasons, Heading.WAGE: NO_SHEET})


def _bring_up(placement: PostPlacement, told: Told, against: str, held: _Held, by: Any) -> None:
    """The rows of one person and month; what changes rests on a new determination."""
    month, pay = told.month, told.pay
    rows = held.mine[placement.pk, month]
    changed = []
    for heading in Heading:
        row = rows.get(heading)
        fen = pay.due.get(heading, 0)
        if row is not None and is_settled(row):
            continue
        if fen == 0 or held.elsewhere(placement, month, heading):
            if row is not None:
                drop(rows.pop(heading), "不再应发", by)
            continue
        reason = pay.reasons.get(heading, "") if fen is None else against
        if row is None:
            row = PostAmount(placement=placement, person_id=placement.person_id, month=month, heading=heading)
        elif (row.fen, row.reason, row.state == State.WAITING) == (fen, reason[:300], bool(reason)):
            continue
        line, row.payment_line = row.payment_line, None
        row.fen, row.reason, row.state = fen, reason[:300], State.WAITING if reason else State.DUE
        changed.append(row)
        rows[heading] = row
        if line is not None:
            row.save()
            payments.drop_line(line=line, reason="重新核算", by=by)
    if not changed:
        return
    kept = store(person=placement.person, kind=KIND, found=told, decided_by=by)
    for row in changed:
        row.determination = kept
        row.save()
        held.taken[row.person_id, month, row.heading].add(placement.pk)

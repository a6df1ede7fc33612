"""算到这个月: brings the amounts of everybody in a territory up to date, month by month, as the rules and facts stand today."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from renben.engines.payments import actions as payments
from renben.engines.rules.determinations import store
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.services.support.months import first_of, shifted
from renben.services.support.posts import checks, differences, money
from renben.services.support.posts.amounts import drop, is_settled
from renben.services.support.posts.codes import Heading
from renben.services.support.posts.explaining import KIND, Told
from renben.services.support.posts.models import PostAmount, PostPlacement
from renben.services.support.posts.sheets import on_posts, without_sheet

State, Kind = PostAmount.State, PostAmount.Kind
SEASONS_LATER = 12
"""Months after somebody left in which money of a season they worked in may still fall due."""


@dataclass
class _Held:
    """The amounts on file of some placements, and which months of a person another placement has taken."""

    mine: dict[tuple[int, dt.date], dict[str, PostAmount]] = field(default_factory=lambda: defaultdict(dict))
    taken: dict[tuple[int, dt.date, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    open_months: dict[int, set[dt.date]] = field(default_factory=lambda: defaultdict(set))
    besides: dict[tuple[int, dt.date, str], int] = field(default_factory=lambda: defaultdict(int))
    """What differences of a month brought already, less what came back: it is not due with the month itself."""
    parts: dict[tuple[int, dt.date, str], int] = field(default_factory=dict)
    """The next free part of a month of a person: what was paid and came back keeps its own."""
    differing: set[int] = field(default_factory=set)

    def take(self, row: PostAmount) -> None:
        key = row.placement_id, row.month, row.heading
        mine = row.person_id, row.month, row.heading
        self.parts[mine] = max(self.parts.get(mine, 0), row.part + 1)
        if row.kind == Kind.MONTH and row.state != State.RECOVERED:
            self.mine[row.placement_id, row.month][row.heading] = row
            self.taken[row.person_id, row.month, row.heading].add(row.placement_id)
            if not is_settled(row):
                self.open_months[row.placement_id].add(row.month)
        elif row.kind == Kind.RECOVERY:
            self.besides[key] -= row.fen if row.state == State.RECOVERED else 0
        elif row.state in (State.LISTED, State.PAID) and is_settled(row):
            self.besides[key] += row.fen
        if row.kind != Kind.MONTH and row.state in (State.WAITING, State.DUE, State.LISTED, State.RECOVER):
            self.differing.add(row.placement_id)

    def elsewhere(self, placement: PostPlacement, month: dt.date, heading: str) -> bool:
        """Whether another placement of the person brings this already."""
        return bool(self.taken[placement.person_id, month, heading] - {placement.pk})


def _read(placements: Sequence[PostPlacement]) -> _Held:
    held = _Held()
    people = {one.person_id for one in placements}
    rows = PostAmount.objects.select_for_update(of=("self",)).filter(person__in=people)
    for row in rows.select_related("payment_line__batch").order_by("id"):
        held.take(row)
    return held


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
    again = [one for one in placements if one.reckoned_to is None or one.pk in held.differing]
    if again:
        differences.bring_up(again, by=by)
    for one in placements:
        if one.reckoned_to is None or one.reckoned_to < month:
            one.reckoned_to = month
            one.save(update_fields=["reckoned_to"])


def _reckon_month(placements: list[PostPlacement], month: dt.date, held: _Held, by: Any) -> None:
    rows, reported = on_posts(placements, month)
    against = checks.objections({one.person_id for one in placements}, month)
    today = clock.today()
    for one, row, pay in zip(placements, rows, money.month_pay(rows, month, on=today), strict=True):
        told = Told(row, month, today, without_sheet(pay) if one.pk not in reported else pay, one.pk in reported)
        _bring_up(one, told, against.get(one.person_id, ""), held, by)


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
        if fen is not None:
            fen = max(0, fen - held.besides[placement.pk, month, heading])
        if fen == 0 or held.elsewhere(placement, month, heading):
            if row is not None:
                drop(rows.pop(heading), "不再应发", by)
            continue
        reason = pay.reasons.get(heading, "") if fen is None else against
        if row is None:
            part = held.parts.get((placement.person_id, month, heading), 0)
            row = PostAmount(
                placement=placement, person_id=placement.person_id, month=month, heading=heading, part=part
            )
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

"""补发和多拨: what was listed for a month against what the rules give today, once the list is signed (Q-1.3.5 资金拨付).

A sheet corrected, a leave taken back or a figure approved later changes months that are paid. Each difference is a further part of
its month: more is due goes on the next 审批表, which another person signs; too much comes back. All parts of a month together are
never more nor less than what the rules give.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from renben.engines.rules.determinations import store
from renben.kernel import clock
from renben.services.support.posts import checks, money
from renben.services.support.posts.amounts import drop, is_settled, tell_what_is_owed
from renben.services.support.posts.codes import Heading
from renben.services.support.posts.explaining import KIND, Told
from renben.services.support.posts.models import PostAmount, PostPlacement
from renben.services.support.posts.sheets import on_posts, without_sheet

State, Kind = PostAmount.State, PostAmount.Kind


@dataclass
class Parts:
    """All that is on file for one person, month and heading."""

    settled_fen: int = 0
    back_fen: int = 0
    is_counted: bool = False
    open_rows: list[PostAmount] = field(default_factory=list)
    debts: list[PostAmount] = field(default_factory=list)
    is_awaited: bool = False
    """Whether the month itself stands on no signed list: what is missing comes with it."""

    def add(self, row: PostAmount) -> None:
        if row.kind == Kind.RECOVERY:
            if row.state == State.RECOVERED:
                self.back_fen += row.fen
            else:
                self.debts.append(row)
        elif row.state in (State.RECOVER, State.RECOVERED):
            return  # all of it is on its way back, or is back
        elif is_settled(row):
            self.settled_fen, self.is_counted = self.settled_fen + row.fen, True
        elif row.kind == Kind.DIFFERENCE:
            self.open_rows.append(row)
        else:
            self.is_awaited = True

    @property
    def had_fen(self) -> int:
        """What signed lists give the person, less what came back."""
        return self.settled_fen - self.back_fen


@dataclass(frozen=True)
class Gap:
    """A month of a person in which the rules of today give another amount than the signed lists. Positive: to be paid besides."""

    placement: PostPlacement
    told: Told
    heading: str
    due_fen: int
    parts: Parts

    @property
    def month(self) -> dt.date:
        return self.told.month

    @property
    def had_fen(self) -> int:
        return self.parts.had_fen

    @property
    def fen(self) -> int:
        return self.due_fen - self.had_fen

    @property
    def is_listed(self) -> bool:
        """Whether this very difference stands there already."""
        rows = self.parts.open_rows if self.fen > 0 else self.parts.debts
        return sum(row.fen for row in rows) == abs(self.fen)

    @property
    def label(self) -> str:
        return Heading(self.heading).short

    @property
    def reason(self) -> str:
        last = self.placement.last_on
        if not self.due_fen and self.month > last:
            return f"{last:%Y-%m-%d}以后不在岗，这个月不应拨付"
        return f"现在核算应为{self.due_fen / 100:,.2f}元，已列入签批审批表{self.had_fen / 100:,.2f}元"


def parts_of(
    placements: Iterable[PostPlacement], months: Iterable[dt.date] | None = None, *, lock: bool = True
) -> dict[tuple, Parts]:
    """`{(placement id, month, heading): parts}`; the rows are locked by whoever is going to write."""
    rows = PostAmount.objects.filter(placement__in=[one.pk for one in placements])
    rows = rows.select_for_update(of=("self",)) if lock else rows
    if months is not None:
        rows = rows.filter(month__in=list(months))
    found: dict[tuple, Parts] = defaultdict(Parts)
    for row in rows.select_related("payment_line__batch").order_by("id"):
        found[row.placement_id, row.month, row.heading].add(row)
    return found


def _due(told: Told, heading: str, parts: Parts) -> int | None:
    """What the signed lists should give by the rules of today; None while it cannot be told."""
    if not parts.is_counted:
        return parts.had_fen
    due = told.pay.due.get(heading, 0)
    return min(due, parts.had_fen) if due is not None and parts.is_awaited else due


def gaps(
    placements: Sequence[PostPlacement], months: Iterable[dt.date] | None = None, *, lock: bool = True
) -> list[Gap]:
    """Every difference of these people, in order of person, month and heading. Nothing is written.

    A month without a standard, without a sheet or with a wage against the rule is left as it was paid.
    """
    held = parts_of(placements, months, lock=lock)
    by_month: dict[dt.date, set[int]] = defaultdict(set)
    for (placement, month, _), parts in held.items():
        if parts.is_counted or parts.open_rows or parts.debts:
            by_month[month].add(placement)
    by_key = {one.pk: one for one in placements}
    found = []
    for month, keys in sorted(by_month.items()):
        found += _of_month([by_key[key] for key in sorted(keys)], month, held)
    return sorted(found, key=lambda gap: (gap.placement.pk, gap.month, gap.heading))


def _of_month(placements: list[PostPlacement], month: dt.date, held: dict[tuple, Parts]) -> list[Gap]:
    rows, reported = on_posts(placements, month)
    today, found = clock.today(), []
    for one, row, pay in zip(placements, rows, money.month_pay(rows, month, on=today), strict=True):
        has_sheet = one.pk in reported
        told = Told(row, month, today, pay if has_sheet else without_sheet(pay), has_sheet)
        for heading in Heading:
            parts = held.get((one.pk, month, heading.value))
            if parts is None or not (parts.is_counted or parts.open_rows or parts.debts):
                continue
            due = _due(told, heading, parts)
            if due is None:
                continue
            gap = Gap(one, told, heading.value, due, parts)
            if gap.fen or parts.open_rows or parts.debts:
                found.append(gap)
    return found


def bring_up(placements: Sequence[PostPlacement], *, by: Any, months: Iterable[dt.date] | None = None) -> list[Gap]:
    """Bring differences in line with the rules and facts of today; again it changes nothing. In a transaction.

    Returned are those that stand: what is due besides waits for the next 审批表, what is owed back has its task.
    """
    found = gaps(placements, months)
    people = {gap.placement.person_id for gap in found}
    against = {month: checks.objections(people, month) for month in {gap.month for gap in found}}
    touched = {}
    for gap in found:
        if _settle(gap, against[gap.month].get(gap.placement.person_id, ""), by):
            touched[gap.placement.pk] = gap.placement
    for placement in touched.values():
        tell_what_is_owed(placement)
    return [gap for gap in found if gap.fen]


def _next_part(gap: Gap) -> int:
    rows = PostAmount.objects.filter(person=gap.placement.person_id, month=gap.month, heading=gap.heading)
    return rows.aggregate(last=Max("part"))["last"] + 1


def _settle(gap: Gap, against: str, by: Any) -> bool:
    """The one open part of a month says what is missing or too much now. True when something changed."""
    state, reason = (State.DUE if gap.fen > 0 else State.RECOVER), gap.reason[:300]
    if gap.fen > 0 and against:
        state, reason = State.WAITING, against
    parts = (*gap.parts.open_rows, *gap.parts.debts)
    for row in parts if len(parts) == 1 and gap.fen else ():
        is_listed = row.state == State.LISTED and state == State.DUE
        wanted = Kind.DIFFERENCE if gap.fen > 0 else Kind.RECOVERY
        if (row.kind, row.fen) == (wanted, abs(gap.fen)) and (is_listed or row.state == state):
            return False
    for row in parts:
        drop(row, "重新核算", by)
    if gap.fen:
        PostAmount.objects.create(
            placement=gap.placement,
            person_id=gap.placement.person_id,
            month=gap.month,
            heading=gap.heading,
            kind=Kind.DIFFERENCE if gap.fen > 0 else Kind.RECOVERY,
            part=_next_part(gap),
            fen=abs(gap.fen),
            state=state,
            reason=reason,
            determination=store(person=gap.placement.person, kind=KIND, found=gap.told, decided_by=by),
        )
    return True

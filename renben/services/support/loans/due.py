"""Which inspections a loan owes now: pure functions on days. How often is the catalogue's: duties by month and by quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from renben.services.support.loans.codes import CHECKED_MONTHLY
from renben.services.support.loans.plan import months_later


@dataclass(frozen=True)
class Owed:
    """One inspection: what, until when, and the day it was done (None while it is open)."""

    code: str
    label: str
    by: dt.date
    done_on: dt.date | None

    def is_late(self, today: dt.date) -> bool:
        return self.done_on is None and self.by < today


@dataclass(frozen=True)
class Done:
    """An inspection that was made."""

    on: dt.date
    is_on_site: bool


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the month."""
    first = day.replace(day=1)
    return first, months_later(first, 1) - dt.timedelta(days=1)


def quarter_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the calendar quarter."""
    first = dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first, months_later(first, 3) - dt.timedelta(days=1)


def _latest(done: Sequence[Done], since: dt.date, *, on_site: bool = False) -> dt.date | None:
    return max((one.on for one in done if one.on >= since and (one.is_on_site or not on_site)), default=None)


def checks_owed(
    kind: str, arrived_on: dt.date, first_by: dt.date | None, done: Sequence[Done], today: dt.date
) -> list[Owed]:
    """What a running loan owes: the first inspection by `first_by`; a shopkeeper's and a labour-intensive firm's every month; every loan on the spot each quarter.

    The month and the quarter in which the money came are covered by the first inspection.
    """
    made = _latest(done, arrived_on)
    found = []
    if first_by is not None:
        first = min((one.on for one in done if one.on >= arrived_on), default=None)
        found.append(Owed("first", "首次贷后检查", first_by, first))
    (month, month_end), (quarter, quarter_end) = month_of(today), quarter_of(today)
    if kind in CHECKED_MONTHLY and arrived_on < month:
        found.append(Owed("monthly", "本月检查", month_end, made if made and made >= month else None))
    if arrived_on < quarter:
        found.append(Owed("on_site", "本季实地考察", quarter_end, _latest(done, quarter, on_site=True)))
    return found

"""Counting months: pure functions on first days of months, no database, no clock.

A month counts once for a person, whichever subsidy it was drawn under.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass


def first_of(day: dt.date) -> dt.date:
    """The first day of the month a day lies in."""
    return day.replace(day=1)


def shifted(month: dt.date, count: int) -> dt.date:
    """The first day of the month `count` months after the month of `month` (before it when negative)."""
    number = month.year * 12 + month.month - 1 + count
    return dt.date(number // 12, number % 12 + 1, 1)


def between(start: dt.date, end: dt.date) -> int:
    """Calendar months from the month of `start` to the month of `end`; 0 in the same month, negative backwards."""
    return (end.year - start.year) * 12 + end.month - start.month


def full_months(start: dt.date, end: dt.date) -> int:
    """Completed months from day `start` to day `end`: 15 January to 14 April are 2, to 15 April 3. 0 when `end` is earlier.

    A month that has no such day is completed on its last one: 30 November to 28 February are 3.
    """
    if end <= start:
        return 0
    count = between(start, end)
    last_day = (shifted(end, 1) - dt.timedelta(days=1)).day
    return count if end.day >= min(start.day, last_day) else count - 1


def birthday(birth_on: dt.date, age: int) -> dt.date:
    """The day somebody reaches an age; who was born on 29 February does so on the 28th of a common year."""
    try:
        return birth_on.replace(year=birth_on.year + age)
    except ValueError:
        return dt.date(birth_on.year + age, 2, 28)


@dataclass(frozen=True)
class Bounds:
    """What limits a person's months: `first` and, where known, `last` (both first days, both included), and how many months
    may be drawn in all under the rule (`ceiling`), of which `used_elsewhere` were drawn under other grants or before go-live."""

    first: dt.date
    ceiling: int
    used_elsewhere: int = 0
    last: dt.date | None = None

    @property
    def count(self) -> int:
        """Months that this grant may still bring at most."""
        return max(0, self.ceiling - self.used_elsewhere)


def used(*drawn: Iterable[dt.date]) -> int:
    """How many months were drawn, each once however often it is named."""
    return len({first_of(month) for months in drawn for month in months})


def plan(bounds: Bounds, *, drawn: Collection[dt.date] = (), lost: Collection[dt.date] = ()) -> list[dt.date]:
    """The months of a grant in order: those `drawn` and those still to come, up to the ceiling and within the bounds.

    `lost` months bring nothing and use nothing up (not paid in, or drawn under another subsidy), so the plan goes on for
    another month instead. A drawn month outside the bounds uses the ceiling up, but is not planned.
    """
    drawn_months, lost_months = {first_of(m) for m in drawn}, {first_of(m) for m in lost}
    inside = {m for m in drawn_months if m >= bounds.first and (bounds.last is None or m <= bounds.last)}
    left = bounds.count - len(drawn_months)
    months, month = [], first_of(bounds.first)
    while (left > 0 or inside) and (bounds.last is None or month <= bounds.last):
        if month in inside:
            months.append(month)
            inside.discard(month)
        elif month not in lost_months and left > 0:
            months.append(month)
            left -= 1
        month = shifted(month, 1)
    return months

"""还款计划: instalments of a debt and how far they are paid. Pure: no database, no clock; money is whole fen."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

FEN_OF_YUAN = 100
MOST_INSTALMENTS = 120


@dataclass(frozen=True)
class Instalment:
    """One instalment: the number from 1, the last day to pay it, how much."""

    number: int
    due_on: dt.date
    fen: int


@dataclass(frozen=True)
class Standing:
    """An instalment with what was paid of it. `left_fen` is never negative."""

    number: int
    due_on: dt.date
    fen: int
    paid_fen: int
    is_overdue: bool

    @property
    def left_fen(self) -> int:
        return self.fen - self.paid_fen


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months on; the last day of the month where there is none such (31 January + 1 → 28 February)."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def instalments(debt_fen: int, count: int, first_on: dt.date) -> list[Instalment]:
    """`count` monthly instalments that sum to the debt: equal whole yuan, the last one takes the rest.

    ValueError for no debt, fewer than one or more than `MOST_INSTALMENTS`, or more instalments than the debt has fen.
    """
    if debt_fen <= 0 or not 1 <= count <= MOST_INSTALMENTS or count > debt_fen:
        raise ValueError(f"no plan of {count} instalments for {debt_fen} fen")
    each = debt_fen // count
    if each >= FEN_OF_YUAN:
        each -= each % FEN_OF_YUAN
    sums = [each] * (count - 1) + [debt_fen - each * (count - 1)]
    return [Instalment(n + 1, months_later(first_on, n), fen) for n, fen in enumerate(sums)]


def standing(plan: Sequence[Instalment], paid_fen: int, today: dt.date) -> list[Standing]:
    """What came in fills the instalments in order. ValueError for more than the plan, or for less than nothing."""
    if not 0 <= paid_fen <= sum(row.fen for row in plan):
        raise ValueError(f"{paid_fen} fen do not fit the plan")
    rows = []
    for row in plan:
        paid = min(row.fen, paid_fen)
        paid_fen -= paid
        rows.append(Standing(row.number, row.due_on, row.fen, paid, paid < row.fen and row.due_on < today))
    return rows


def owed(lent_fen: int, repaid_fen: int, paid_out_fen: int, recovered_fen: int) -> int:
    """What the borrower still owes: to the bank what was lent, and once the guarantor has paid, to the guarantor that sum."""
    return paid_out_fen - recovered_fen if paid_out_fen else lent_fen - repaid_fen

"""Instalments and what is paid of them, as properties; which inspections are due."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.services.support.loans.due import Done, checks_owed, month_of, quarter_of
from renben.services.support.loans.plan import instalments, months_later, owed, standing

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31))


@given(debt=st.integers(120, 10**12), count=st.integers(1, 120), first_on=DAYS)
def test_the_instalments_sum_to_the_debt_and_come_month_by_month(debt, count, first_on):
    rows = instalments(debt, count, first_on)
    assert sum(row.fen for row in rows) == debt
    assert len(rows) == count and all(row.fen > 0 for row in rows)
    assert [row.number for row in rows] == list(range(1, count + 1))
    months = [row.due_on.year * 12 + row.due_on.month for row in rows]
    assert months == list(range(months[0], months[0] + count))
    assert all(row.due_on.day <= first_on.day for row in rows)
    assert len({row.fen for row in rows[:-1]}) <= 1, "equal but for the last"
    assert rows[-1].fen >= rows[0].fen


@given(debt=st.integers(120, 10**12), count=st.integers(1, 120), first_on=DAYS, today=DAYS, part=st.integers(0, 1000))
def test_what_is_paid_fills_the_plan_in_order_and_is_never_negative(debt, count, first_on, today, part):
    plan = instalments(debt, count, first_on)
    paid = debt * part // 1000
    rows = standing(plan, paid, today)
    assert sum(row.paid_fen for row in rows) == paid
    assert sum(row.left_fen for row in rows) == debt - paid
    assert all(0 <= row.paid_fen <= row.fen for row in rows)
    open_before = False
    for row in rows:
        assert not (open_before and row.paid_fen), "a later one is paid before an earlier one"
        open_before = open_before or row.left_fen > 0
        assert row.is_overdue == (row.left_fen > 0 and row.due_on < today)


@pytest.mark.parametrize(("debt", "count"), [(0, 1), (-5, 1), (100, 0), (100, 121), (3, 4)])
def test_a_plan_that_cannot_be_is_refused(debt, count):
    with pytest.raises(ValueError, match="no plan"):
        instalments(debt, count, dt.date(2026, 1, 1))


@pytest.mark.parametrize("paid", [-1, 10_001])
def test_more_than_the_plan_or_less_than_nothing_is_refused(paid):
    with pytest.raises(ValueError, match="do not fit"):
        standing(instalments(10_000, 3, dt.date(2026, 1, 1)), paid, dt.date(2026, 1, 1))


def test_months_end_on_their_last_day():
    assert months_later(dt.date(2026, 1, 31), 1) == dt.date(2026, 2, 28)
    assert months_later(dt.date(2027, 12, 31), 2) == dt.date(2028, 2, 29)
    assert month_of(dt.date(2026, 2, 10)) == (dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert quarter_of(dt.date(2026, 11, 23)) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))


@given(lent=st.integers(1, 10**9), repaid=st.integers(0, 10**9), out=st.integers(1, 10**9), back=st.integers(0, 10**9))
def test_after_the_guarantor_paid_the_debt_is_what_it_paid(lent, repaid, out, back):
    assert owed(lent, repaid, 0, 0) == lent - repaid
    assert owed(lent, repaid, out, back) == out - back


TODAY = dt.date(2026, 11, 23)


def codes(kind, arrived, done):
    first_by = arrived + dt.timedelta(days=9)
    return {one.code: one.done_on for one in checks_owed(kind, arrived, first_by, done, TODAY)}


def test_a_new_loan_owes_the_first_inspection_and_nothing_else():
    arrived = dt.date(2026, 11, 2)
    assert codes("individual", arrived, []) == {"first": None}
    assert codes("individual", arrived, [Done(dt.date(2026, 11, 5), True)]) == {"first": dt.date(2026, 11, 5)}


def test_an_older_loan_owes_the_month_and_a_visit_each_quarter():
    arrived, phoned, seen = dt.date(2026, 3, 2), Done(dt.date(2026, 11, 3), False), Done(dt.date(2026, 10, 9), True)
    first = dt.date(2026, 10, 9)
    assert codes("individual", arrived, [seen]) == {"first": first, "monthly": None, "on_site": first}
    assert codes("individual", arrived, [phoned]) == {"first": phoned.on, "monthly": phoned.on, "on_site": None}
    assert codes("company", arrived, []) == {"first": None, "on_site": None}

"""Counting months: brute-force twins and bounds that hold for any facts."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from renben.services.support.months import (
    Bounds,
    between,
    birthday,
    first_of,
    full_months,
    plan,
    shifted,
    used,
)

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31))
MONTHS = DAYS.map(first_of)


@given(DAYS, DAYS)
def test_full_months_are_the_anniversaries_passed(start, end):
    """Twin: step month by month, a month without such a day ending on its last."""

    def anniversary(count):
        month = shifted(start, count)
        return month.replace(day=min(start.day, (shifted(month, 1) - dt.timedelta(days=1)).day))

    count = 0
    while anniversary(count + 1) <= end:
        count += 1
    assert full_months(start, end) == (count if end > start else 0)


def test_edges_of_full_months():
    assert full_months(dt.date(2007, 1, 15), dt.date(2007, 4, 14)) == 2
    assert full_months(dt.date(2007, 1, 15), dt.date(2007, 4, 15)) == 3
    assert full_months(dt.date(2006, 11, 30), dt.date(2007, 2, 28)) == 3
    assert full_months(dt.date(2008, 2, 29), dt.date(2009, 2, 28)) == 12
    assert birthday(dt.date(1956, 2, 29), 50) == dt.date(2006, 2, 28)


@given(MONTHS, st.integers(-600, 600))
def test_a_month_shifted_is_that_far_away(month, count):
    assert between(month, shifted(month, count)) == count
    assert shifted(shifted(month, count), -count) == month


@given(st.lists(DAYS, max_size=40), st.lists(DAYS, max_size=40))
def test_a_month_counts_once_under_whichever_subsidy(one, other):
    assert used(one, other) == len({(day.year, day.month) for day in one + other})
    assert used(one, one) == used(one) <= used(one, other) <= used(one) + used(other)


bounds = st.builds(
    Bounds,
    first=MONTHS,
    ceiling=st.integers(0, 70),
    used_elsewhere=st.integers(0, 70),
    last=st.none() | MONTHS,
)


@given(bounds, st.sets(MONTHS, max_size=30), st.sets(MONTHS, max_size=30))
def test_a_plan_keeps_its_bounds(bound, drawn, lost):
    lost -= drawn
    months = plan(bound, drawn=drawn, lost=lost)
    assert months == sorted(set(months)), "each month once, in order"
    assert all(month >= bound.first and (bound.last is None or month <= bound.last) for month in months)
    assert not set(months) & lost
    fresh = set(months) - drawn
    assert len(fresh) <= max(0, bound.count - len(drawn)), "never more than the ceiling"
    inside = {m for m in drawn if m >= bound.first and (bound.last is None or m <= bound.last)}
    assert inside <= set(months), "what was drawn stays in the plan"
    if bound.last is None:
        assert len(fresh) == max(0, bound.count - len(drawn)), "without an end all that is left is planned"


@given(bounds, st.integers(0, 20))
def test_more_months_before_never_bring_more(bound, more):
    later = Bounds(bound.first, bound.ceiling, bound.used_elsewhere + more, bound.last)
    assert set(plan(later)) <= set(plan(bound))


@given(bounds, st.data())
def test_a_month_not_paid_in_costs_no_month_while_there_is_time(bound, data):
    bound = Bounds(bound.first, bound.ceiling, bound.used_elsewhere, None)
    before = plan(bound)
    if before:
        lost = data.draw(st.sampled_from(before))
        after = plan(bound, lost={lost})
        assert lost not in after and len(after) == len(before)

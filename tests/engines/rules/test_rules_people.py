"""Months and ages by the corresponding day: the quick comparison and the count row by row say the same."""

from __future__ import annotations

import calendar
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.rules.errors import InputError
from renben.engines.rules.people import has_passed, has_reached_age, months_later, refuse_later_than

ENDS = st.builds(
    lambda year, month, back: date(year, month, calendar.monthrange(year, month)[1] - back),
    st.integers(1950, 2030), st.integers(1, 12), st.integers(0, 4),
)  # fmt: skip
DAYS = st.dates(date(1950, 1, 1), date(2030, 12, 31)) | ENDS


def column(*days: date | None) -> np.ndarray:
    return np.asarray(days, dtype="datetime64[D]")


def by_the_calendar(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@settings(max_examples=400)
@given(day=DAYS, on=DAYS, months=st.integers(0, 960))
def test_both_ways_agree_with_the_calendar(day, on, months):
    due = by_the_calendar(day, months)
    assert months_later(column(day), months).tolist() == [due]
    assert has_passed(column(day), months, on).tolist() == [due <= on]
    assert has_passed(column(day), np.asarray([months]), on).tolist() == [due <= on]


@settings(max_examples=200)
@given(day=DAYS, months=st.integers(0, 960))
def test_complete_on_the_day_itself_and_not_the_day_before(day, months):
    due = by_the_calendar(day, months)
    assert has_passed(column(day), months, due).tolist() == [True]
    before = date.fromordinal(due.toordinal() - 1)
    assert has_passed(column(day), months, before).tolist() == [False]


def test_an_unknown_day_has_not_passed():
    assert has_passed(column(None, date(2000, 1, 1)), 12, date(2012, 1, 1)).tolist() == [False, True]
    assert has_reached_age(column(None), 40, np.datetime64("2012-01-01")).tolist() == [False]


def test_born_on_the_29th_of_february():
    birth = column(date(1972, 2, 29))
    told = [has_reached_age(birth, 40, date(2012, 2, 28)), has_reached_age(birth, 41, date(2013, 2, 28))]
    assert [one.tolist() for one in told] == [[False], [True]]


def test_a_day_in_the_future_is_refused_by_its_key():
    refuse_later_than("birth", "出生日期", column(date(2012, 1, 1), None), date(2012, 1, 1))
    with pytest.raises(InputError, match="2012-01-02") as caught:
        refuse_later_than("birth", "出生日期", column(date(2011, 1, 1), date(2012, 1, 2)), date(2012, 1, 1))
    assert caught.value.key == "birth"

"""The work calendar against day-by-day counting, its source and the announced days of the last years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.kernel.workcalendar import CalendarMissing, CalendarRow, WorkCalendar, load_work_calendar, provisional_year

CALENDAR = load_work_calendar()
STRICT = load_work_calendar(strict=True)
DAY = timedelta(days=1)
known_days = st.dates(date(2004, 1, 1), date(2026, 12, 31))
days = st.dates(date(2003, 11, 1), date(2028, 3, 31))


def test_the_file_agrees_with_its_source_on_every_day():
    source = WorkCalendar.from_library()
    assert CALENDAR.official_years == source.official_years == frozenset(range(2004, 2027))
    on = date(2004, 1, 1)
    while on.year < 2027:
        assert CALENDAR.is_workday(on) == source.is_workday(on), on
        on += DAY


@pytest.mark.parametrize(
    ("on", "is_work"),
    [
        (date(2026, 2, 14), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 11), False),
        (date(2026, 11, 23), True),
        (date(2020, 1, 31), False),
        (date(2015, 9, 3), False),
    ],
)
def test_announced_days(on, is_work):
    assert STRICT.is_workday(on) is is_work


def test_exceptions_are_named_and_cited():
    assert CALENDAR.name(date(2026, 10, 10)) == "国庆节调休上班"
    assert CALENDAR.name(date(2026, 11, 23)) == ""
    assert all("节假日安排" in row.source and row.name for row in CALENDAR.rows())


def brute_add(calendar, on, n):
    step = DAY if n > 0 else -DAY
    while n:
        on += step
        if calendar.is_workday(on):
            n -= 1 if n > 0 else -1
    return on


@given(days, st.integers(-60, 300).filter(bool))
def test_adding_is_counting_day_by_day(on, n):
    assert CALENDAR.add_working_days(on, n) == brute_add(CALENDAR, on, n)


@given(days)
def test_neighbouring_working_days(on):
    later, earlier = on, on
    while not CALENDAR.is_workday(later):
        later += DAY
    while not CALENDAR.is_workday(earlier):
        earlier -= DAY
    assert CALENDAR.next_workday(on) == CALENDAR.add_working_days(on, 0) == later
    assert CALENDAR.previous_workday(on) == earlier


@given(days, st.integers(-30, 800))
def test_counting_is_half_open(start, length):
    end = start + length * DAY
    expected = sum(CALENDAR.is_workday(start + i * DAY) for i in range(max(length, 0)))
    assert CALENDAR.count_working_days(start, end) == expected


@given(known_days, st.integers(1, 40))
def test_strict_and_lenient_agree_where_the_calendar_is_known(on, n):
    expected = CALENDAR.add_working_days(on, n)
    if expected.year > 2026:
        with pytest.raises(CalendarMissing) as caught:
            STRICT.add_working_days(on, n)
        assert caught.value.year == 2027 and caught.value.code == "calendar_missing"
    else:
        assert STRICT.add_working_days(on, n) == expected


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.is_workday(date(2027, 1, 4)),
        lambda c: c.next_workday(date(2027, 1, 4)),
        lambda c: c.previous_workday(date(2003, 12, 31)),
        lambda c: c.add_working_days(date(2004, 1, 5), -5),
        lambda c: c.count_working_days(date(2026, 12, 1), date(2027, 1, 2)),
    ],
)
def test_a_strict_calendar_stops_at_what_is_not_announced(ask):
    with pytest.raises(CalendarMissing, match="工作日历"):
        ask(STRICT)
    ask(CALENDAR)  # a lenient one answers


def test_the_last_known_days_need_no_next_year():
    assert STRICT.add_working_days(date(2026, 12, 30), 1) == date(2026, 12, 31)
    assert STRICT.count_working_days(date(2026, 12, 31), date(2027, 1, 1)) == 1


def test_a_year_nobody_announced_is_computed_and_marked():
    assert CALENDAR.provisional(2027) and not CALENDAR.provisional(2026)
    year = provisional_year(2027)
    assert year.provisional(2027)
    assert all(row.source == "待国务院公布" and not row.is_work for row in year.rows())
    assert not year.is_workday(date(2027, 10, 4))  # 国庆节的补假
    assert year.is_workday(date(2027, 10, 8))
    assert not CALENDAR.is_workday(date(2027, 2, 8))


def test_a_strict_calendar_does_not_trust_computed_years():
    rows = [*CALENDAR.rows(), *provisional_year(2027).rows()]
    table = WorkCalendar.from_rows([(row.on, row.is_work, row.is_provisional) for row in rows])
    assert table.provisional(2027)
    assert table.add_working_days(date(2026, 12, 30), 3) == CALENDAR.add_working_days(date(2026, 12, 30), 3)
    with pytest.raises(CalendarMissing):
        table.with_strict().is_workday(date(2027, 3, 1))


def test_an_announced_year_replaces_the_computed_one():
    computed = CALENDAR.with_rows(provisional_year(2027).rows())
    assert not computed.is_workday(date(2027, 2, 5))
    announced = [
        CalendarRow(date(2027, 1, 1), False, "元旦", "通知"),
        CalendarRow(date(2026, 12, 31), False, "元旦", "通知"),
    ]
    final = computed.with_rows(announced)
    assert not final.provisional(2027) and not final.provisional(2026)
    assert final.is_workday(date(2027, 2, 5)) and not final.is_workday(date(2026, 12, 31))
    assert CALENDAR.is_workday(date(2026, 12, 31)), "the calendar it came from is unchanged"


def test_a_gap_in_the_known_years_is_not_passed_silently():
    rows = [CalendarRow(date(2024, 1, 1), False), CalendarRow(date(2026, 1, 1), False)]
    gap = WorkCalendar(rows, strict=True)
    with pytest.raises(CalendarMissing) as caught:
        gap.add_working_days(date(2024, 12, 30), 280)
    assert caught.value.year == 2025


@pytest.mark.parametrize("on", [date.min, date(1890, 5, 1), date(2150, 5, 1), date(9999, 12, 20), date.max])
def test_far_away_days_know_weekends_only(on):
    assert CALENDAR.is_workday(on) == (on.weekday() < 5)
    assert date.min <= CALENDAR.add_working_days(on, 20) <= date.max
    assert date.min <= CALENDAR.add_working_days(on, -20) <= date.max


def test_a_bad_file_names_its_line(tmp_path):
    path = tmp_path / "calendar.csv"
    path.write_text("date,is_work,name,source\n2026-01-01,0,元旦,x\n2026-02-30,0,春节,x\n", encoding="utf-8")
    with pytest.raises(ValueError, match="第3行"):
        load_work_calendar(path)

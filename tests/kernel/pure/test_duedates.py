"""Due dates against a day-by-day count, with pauses, over 2004–2027 (2027 computed)."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from renben.kernel.duedates import (
    SHANGHAI,
    AtLeast,
    Before,
    By,
    Every,
    Thresholds,
    Within,
    due,
    occurrences,
    signal,
)
from renben.kernel.positions import shift_months
from renben.kernel.workcalendar import CalendarMissing, load_work_calendar
from tests.shared import SHARED, needs_shared

CALENDAR = load_work_calendar()
STRICT = load_work_calendar(strict=True)
DAY = timedelta(days=1)
starts = st.dates(date(2004, 1, 2), date(2027, 9, 30))
units = st.sampled_from(["working_day", "day", "week", "month"])
gaps = st.lists(st.tuples(st.integers(-10, 60), st.integers(0, 25)), max_size=4)


def pauses_from(start, offsets):
    return [(start + begin * DAY, start + (begin + length) * DAY) for begin, length in offsets]


def counted_by_hand(start, n, unit, pauses):
    """The definition, read aloud: days after the start are looked at one by one, paused ones do not count."""

    def runs(on):
        return not any(begin <= on < end for begin, end in pauses)

    if unit == "working_day":
        on, left = (start, n) if n else (start - DAY, 1)
        while left:
            on += DAY
            left -= CALENDAR.is_workday(on) and runs(on)
        return on, on
    raw = {"day": start + n * DAY, "week": start + 7 * n * DAY, "month": shift_months(start, n)}[unit]
    on, left = start, (raw - start).days
    while left:
        on += DAY
        left -= runs(on)
    raw = on
    while not (CALENDAR.is_workday(on) and runs(on)):
        on += DAY
    return raw, on


@given(starts, st.integers(0, 40), st.just("working_day"), gaps)
def test_working_days_by_hand(start, n, unit, offsets):
    pauses = pauses_from(start, offsets)
    result = due(start, Within(n, unit), CALENDAR, pauses)
    assert (result.raw_on, result.on) == counted_by_hand(start, n, unit, pauses)


@given(starts, st.integers(1, 12), units, gaps)
def test_calendar_units_by_hand(start, n, unit, offsets):
    pauses = pauses_from(start, offsets)
    result = due(start, Within(n, unit), CALENDAR, pauses)
    assert (result.raw_on, result.on) == counted_by_hand(start, n, unit, pauses)
    assert result.at == datetime(result.on.year, result.on.month, result.on.day, 17, tzinfo=SHANGHAI)


@given(starts, st.integers(0, 20), units, gaps, st.integers(1, 30))
def test_a_longer_pause_never_ends_a_limit_earlier(start, n, unit, offsets, more):
    pauses = pauses_from(start, offsets)
    plain = due(start, Within(n, unit), CALENDAR, pauses)
    longer = due(start, Within(n, unit), CALENDAR, [*pauses, (start + DAY, start + (1 + more) * DAY)])
    assert longer.on >= plain.on >= due(start, Within(n, unit), CALENDAR).on


@given(starts, st.integers(0, 20), units, gaps)
def test_the_order_of_pauses_and_pieces_does_not_matter(start, n, unit, offsets):
    pauses = pauses_from(start, offsets)
    pieces = [(begin + i * DAY, begin + (i + 1) * DAY) for begin, end in pauses for i in range((end - begin).days)]
    assert due(start, Within(n, unit), CALENDAR, pauses) == due(start, Within(n, unit), CALENDAR, pieces[::-1])


@given(starts, st.integers(0, 20), units)
def test_a_pause_after_the_end_heals_nothing(start, n, unit):
    plain = due(start, Within(n, unit), CALENDAR)
    late = [(plain.on + DAY, plain.on + 30 * DAY), (plain.on + 40 * DAY, None)]
    assert due(start, Within(n, unit), CALENDAR, late, today=plain.on + 50 * DAY) == plain


@given(starts, st.integers(1, 10), units, st.integers(1, 5), st.integers(0, 30))
def test_an_open_pause_holds_until_today(start, n, unit, begin, waited):
    begin_on = start + DAY * (begin % max(n, 1))
    today = begin_on + waited * DAY
    rule = Within(n, unit)
    stopped = due(start, rule, CALENDAR, [(begin_on, None)], today=today)
    closed = due(start, rule, CALENDAR, [(begin_on, today)])
    assert stopped.on == closed.on
    assert stopped.paused == (begin_on <= stopped.on) and not closed.paused


@given(starts, st.integers(0, 20), units)
def test_strict_either_agrees_or_names_the_missing_year(start, n, unit):
    lenient = due(start, Within(n, unit), CALENDAR)
    try:
        strict = due(start, Within(n, unit), STRICT)
    except CalendarMissing as missing:
        assert missing.year >= 2027 and lenient.provisional
    else:
        assert strict == lenient and not strict.provisional


@given(starts, st.integers(0, 400), st.sampled_from(["day", "month", "year"]))
def test_without_rolling_the_written_day_stays(start, n, unit):
    result = due(start, Within(n, unit, roll=False), CALENDAR)
    assert result.on == result.raw_on or n == 0


def test_same_day_limits_wait_for_the_next_working_day():
    assert due(date(2026, 11, 23), Within(0, "day"), CALENDAR).on == date(2026, 11, 23)
    assert due(date(2026, 11, 21), Within(0, "day"), CALENDAR).on == date(2026, 11, 23)
    assert due(date(2026, 10, 1), Within(0, "hour"), CALENDAR).at.hour == 17


def test_the_note_says_why_a_day_moved():
    result = due(date(2011, 9, 5), Within(30, "day"), CALENDAR)
    assert (result.raw_on, result.on) == (date(2011, 10, 5), date(2011, 10, 8))
    assert result.note == "10月5日是休息日，顺延到10月8日。"


def test_next_year_is_marked():
    result = due(date(2026, 12, 30), Within(5, "working_day"), CALENDAR)
    assert result.provisional and "2027年放假安排待国务院公布" in result.note
    assert not due(date(2026, 12, 1), Within(5, "working_day"), CALENDAR).provisional


def test_calendar_limits_move_earlier_for_a_duty_and_later_for_a_right():
    sunday = date(2026, 5, 24)
    duty = due(date(2026, 5, 1), By("month", "24日"), CALENDAR)
    right = due(date(2026, 5, 1), By("month", "24日", toward="later"), CALENDAR)
    assert duty.raw_on == right.raw_on == sunday
    assert (duty.on, right.on) == (date(2026, 5, 22), date(2026, 5, 25))
    assert "提前到5月22日" in duty.note and "顺延到5月25日" in right.note


def test_the_written_day_itself_is_still_in_time():
    assert due(date(2026, 6, 24), By("quarter", "末月24日"), CALENDAR).raw_on == date(2026, 6, 24)
    assert due(date(2026, 6, 25), By("quarter", "末月24日"), CALENDAR).raw_on == date(2026, 9, 24)
    assert due(date(2026, 12, 31), By("quarter", "首月5日", offset=1), CALENDAR).raw_on == date(2027, 1, 5)


@given(
    starts,
    st.sampled_from([("month", "31日"), ("quarter", "末月24日"), ("year", "2月底"), ("week", "周五")]),
    st.integers(0, 2),
)
def test_calendar_limits_are_reached_and_not_paused(start, place, offset):
    rule = By(*place, offset=offset)
    result = due(start, rule, CALENDAR, [(start, start + 90 * DAY)])
    assert result.raw_on >= start and result.on <= result.raw_on
    assert CALENDAR.is_workday(result.on)
    assert due(start, rule, CALENDAR, [(start - DAY, None)]).paused == (start - DAY <= result.on)


def test_a_monthly_duty_from_the_31st_never_drifts():
    dues = occurrences(date(2026, 1, 31), Every(1, "month", at_least=6), CALENDAR, 6)
    assert [one.raw_on for one in dues] == [
        date(2026, m, d) for m, d in [(2, 28), (3, 31), (4, 30), (5, 31), (6, 30), (7, 31)]
    ]
    assert dues[0].on == date(2026, 2, 28), "a working Saturday after the Spring Festival"
    earlier = occurrences(date(2026, 1, 31), Every(1, "month"), CALENDAR, 4, toward="earlier")
    assert earlier[3].on == date(2026, 5, 29)
    assert due(date(2026, 1, 31), Every(1, "month"), CALENDAR, nth=3) == dues[2]


@given(starts, st.integers(1, 10), st.sampled_from(["working_day", "day", "month"]))
def test_before_is_a_working_day_with_the_whole_time_after_it(start, n, unit):
    result = due(start, Before(n, unit), CALENDAR)
    assert CALENDAR.is_workday(result.on) and result.on <= result.raw_on
    if unit == "working_day":
        assert CALENDAR.count_working_days(result.on, start) == n
    else:
        assert result.on <= start - n * DAY


def test_before_hours():
    opening = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
    assert due(opening, Before(1, "hour"), CALENDAR).at == opening - timedelta(hours=1)


def test_at_least_opens_after_the_whole_time():
    result = due(date(2026, 11, 16), AtLeast(7, "day"), CALENDAR)
    assert result.opens_on == result.on == date(2026, 11, 23)
    stopped = due(date(2026, 11, 16), AtLeast(7, "day"), CALENDAR, [(date(2026, 11, 18), date(2026, 11, 20))])
    assert (stopped.raw_on, stopped.on) == (date(2026, 11, 25), date(2026, 11, 25))


def test_hours_run_on_and_stop_with_a_pause():
    start = datetime(2026, 11, 21, 16, 30, tzinfo=SHANGHAI)
    assert due(start, Within(2, "hour"), CALENDAR).at == start + timedelta(hours=2)
    paused = due(start, Within(24, "hour"), CALENDAR, [(date(2026, 11, 22), date(2026, 11, 24))])
    assert paused.at == start + timedelta(hours=72)


def test_the_clock_may_start_anew_after_a_pause():
    pause = [(date(2026, 11, 18), date(2026, 11, 23))]
    rule = Within(5, "working_day")
    assert due(date(2026, 11, 16), rule, CALENDAR, pause).on == date(2026, 11, 26)
    assert due(date(2026, 11, 16), rule, CALENDAR, pause, resume="restart").on == date(2026, 11, 30)
    late = [(date(2026, 12, 1), date(2026, 12, 10))]
    assert due(date(2026, 11, 16), rule, CALENDAR, late, resume="restart").on == date(2026, 11, 23)
    with pytest.raises(ValueError, match="resume"):
        due(date(2026, 11, 16), rule, CALENDAR, resume="never")


def test_a_pause_that_begins_on_the_due_day_still_stops_it():
    rule, monday, due_on = Within(5, "working_day"), date(2026, 11, 16), date(2026, 11, 23)
    assert due(monday, rule, CALENDAR).on == due_on
    for today in (None, due_on):
        stopped = due(monday, rule, CALENDAR, [(due_on, None)], today=today)
        assert stopped.paused and stopped.on == due_on
    pause = [(due_on, date(2026, 11, 25))]
    assert due(monday, rule, CALENDAR, pause).on == date(2026, 11, 25)
    assert due(monday, rule, CALENDAR, pause, resume="restart").on == date(2026, 12, 2)


def test_an_instant_counts_on_its_day_in_beijing():
    late_utc = datetime.fromisoformat("2026-11-20T17:00:00+00:00")  # already the 21st in Beijing
    assert due(late_utc, Within(1, "day"), CALENDAR).raw_on == date(2026, 11, 22)


@pytest.mark.parametrize(
    "make", [lambda: Within(-1, "day"), lambda: Within(1, "decade"), lambda: Every(0, "month"), lambda: Before(1, "")]
)
def test_impossible_rules_are_refused(make):
    with pytest.raises(ValueError, match="not a limit"):
        make()


@pytest.mark.parametrize(
    "rule", [Within(10**6, "month"), Within(10**9, "day"), Before(10**6, "year"), Within(9000, "year")]
)
def test_absurd_lengths_end_at_the_last_date(rule):
    assert due(date(2026, 1, 1), rule, CALENDAR).raw_on in (date.max, date.min)


SETTINGS = Thresholds(near_days=3, near_share=Fraction(0), yellow_days=1, yellow_share=Fraction(1, 5))


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        ("2026-11-16T18:00", "on_time"),  # 5 left
        ("2026-11-17T09:00", "on_time"),  # 4 left
        ("2026-11-18T09:00", "near"),
        ("2026-11-20T09:00", "yellow"),
        ("2026-11-23T17:00", "yellow"),
        ("2026-11-23T17:01", "red"),
        ("2026-11-30T09:00", "red"),
    ],
)
def test_colours_of_five_working_days(now, colour):
    limit = due(date(2026, 11, 16), Within(5, "working_day"), CALENDAR)
    assert signal(limit, datetime.fromisoformat(now), CALENDAR, SETTINGS) == colour


def test_short_limits_do_not_arrive_yellow():
    morning = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
    today = due(date(2026, 11, 23), Within(0, "day"), CALENDAR)
    tomorrow = due(date(2026, 11, 23), Within(1, "working_day"), CALENDAR)
    assert signal(today, morning, CALENDAR, SETTINGS) == signal(tomorrow, morning, CALENDAR, SETTINGS) == "near"
    assert signal(tomorrow, morning + DAY, CALENDAR, SETTINGS) == "yellow"
    assert signal(today, morning + DAY, CALENDAR, SETTINGS) == "red"


def test_paused_and_done_have_their_own_colour():
    now = datetime(2026, 11, 30, tzinfo=SHANGHAI)
    stopped = due(
        date(2026, 11, 16), Within(5, "working_day"), CALENDAR, [(date(2026, 11, 17), None)], today=now.date()
    )
    assert signal(stopped, now, CALENDAR, SETTINGS) == "paused"
    assert signal(stopped, now, CALENDAR, SETTINGS, done_at=now) == "done"


@given(starts, st.integers(0, 60), st.integers(0, 100))
def test_colours_only_get_worse(start, n, later):
    limit = due(start, Within(n, "working_day"), CALENDAR)
    order = ["on_time", "near", "yellow", "red"]
    noon = datetime(start.year, start.month, start.day, 12, tzinfo=SHANGHAI)
    worse = [order.index(signal(limit, noon + days * DAY, STRICT, Thresholds())) for days in (0, later // 2, later)]
    assert worse == sorted(worse)


@needs_shared
def test_the_worked_cases_of_the_regulations():
    cases = yaml.safe_load((SHARED / "facts" / "rule_cases.yaml").read_text(encoding="utf-8"))
    cases = cases["cases"] if isinstance(cases, dict) else cases
    checked = 0
    for case in cases:
        if not case["domain"].startswith("deadline."):
            continue
        given_, expected = case["input"], case["expect"]
        unit = "working_day" if case["domain"] == "deadline.working_days" else "day"
        rule = Within(given_["days"], unit, roll=given_.get("roll_forward_on_holiday", True))
        start = date.fromisoformat(given_["event_date"])
        checked += 1
        if expected.get("error"):
            with pytest.raises(CalendarMissing):
                due(start, rule, STRICT)
            continue
        result = due(start, rule, STRICT)
        assert result.on == date.fromisoformat(expected["last_day"]), case["id"]
        if "raw_last_day" in expected:
            assert result.raw_on == date.fromisoformat(expected["raw_last_day"]), case["id"]
    assert checked >= 20

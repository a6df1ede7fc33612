"""Due dates of the regulation: one pure function over a rule, the work calendar and the stored pauses (D-01 … D-05).

Nothing is counted down: a due date is always computed anew from its start, its rule and the pause intervals, so it can be
explained and corrected at any time. All instants are Asia/Shanghai; a due day ends at 17:00.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from .positions import PERIODS, Position, parse_place, period_start, shift_months, split_offset
from .workcalendar import PROVISIONAL_SOURCE, WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOSING = time(17, 0)
UNITS = {"working_day": "个工作日", "day": "天", "week": "周", "month": "个月", "year": "年", "hour": "小时"}

Pause = tuple[date, date | None]
"""A stopped clock: [start, end) in days; an end of None means it still stands."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Within:
    """No later than `n` units after the start (5个工作日内). `n = 0` means the same working day (即时, 当场; D-03).
    `roll`: whether a last day without work moves to the next working day (D-01)."""

    n: int
    unit: str
    roll: bool = True

    def __post_init__(self):
        _demand_unit(self.unit, self.n, least=0)


@dataclass(frozen=True, slots=True)
class Before:
    """No later than `n` units before the start (提前3天, 前一个工作日); moves to the working day before."""

    n: int
    unit: str

    def __post_init__(self):
        _demand_unit(self.unit, self.n, least=0)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Not before `n` units after the start have passed (公示不少于7天). The result's `opens_on` and `on` are the first day on
    which one may go on, always a working day."""

    n: int
    unit: str

    def __post_init__(self):
        _demand_unit(self.unit, self.n, least=0)


@dataclass(frozen=True, slots=True)
class By:
    """A calendar limit: `position` (末月24日, 首月5日, 18日, 周二, 3月底 …) in the week, month, quarter, half_year or year that is
    `offset` periods after the start's; with offset 0 the first such day that is not before the start.

    `toward`: where the effective day moves from a rest day: `earlier` for a duty of the office, `later` for a citizen's right
    (D-04). The written date stays in `raw_on`. A position may be a window (25日、26日; 6月1日至8月底): its last day is the limit.
    """

    period: str
    position: str
    offset: int = 0
    toward: str = "earlier"

    def __post_init__(self):
        if self.period not in PERIODS or self.toward not in ("earlier", "later"):
            raise ValueError(f"unknown period or direction: {self}")
        parse_place(self.period, self.position)


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again `n` units after the anchor, at least `at_least` times (每月一次，不少于6次). `toward`: as in `By` (D-04)."""

    n: int
    unit: str
    at_least: int | None = None
    toward: str = "later"

    def __post_init__(self):
        _demand_unit(self.unit, self.n, least=1)
        if self.toward not in ("earlier", "later"):
            raise ValueError(f"unknown direction: {self}")


Rule = Within | Before | AtLeast | By | Every


@dataclass(frozen=True, slots=True)
class Due:
    """A due date. `on`: the effective last day; `raw_on`: the day as written, before it moved from a rest day; `at`: the instant
    it ends (aware, Asia/Shanghai); `starts_on`: the day it counts from; `opens_on`: the first day of a window, where there is one;
    `provisional`: it lies in a year that is not announced yet; `paused`: an open pause stops it and `on` is as if the clock
    resumed today; `note`: what a clerk should know, in Chinese, may be empty."""

    on: date
    raw_on: date
    at: datetime
    starts_on: date
    provisional: bool = False
    paused: bool = False
    note: str = ""
    opens_on: date | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a running limit changes its colour; the agency sets them. Days are working days left, the due day not counted as
    left; shares are of all working days of the limit, but warn at most `share_days` (near: twice as many) days ahead, so that
    a duty of a whole year is not yellow for two months."""

    near_days: int = 3
    near_share: Fraction = Fraction(1, 3)
    yellow_days: int = 1
    yellow_share: Fraction = Fraction(1, 5)
    share_days: int = 5


def due(
    start: date | datetime,
    rule: Rule,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
    *,
    today: date | None = None,
    resume: str = "rest",
    nth: int = 1,
) -> Due:
    """When a limit that counts from `start` ends.

    `pauses` stop the clock (D-05): days in [start, end) do not count, working days for working-day limits, calendar days for
    others; a pause that begins after the last day changes nothing; calendar limits (`By`) and `Before` are not moved. An open
    pause counts as lasting until `today` (today counts again); without `today`, as if it ended when it began. `resume` says what
    happens after a pause: `rest` – the remaining time, `restart` – the whole time again. `nth` asks `Every` for its n-th
    occurrence (1 is the first after the start).

    Hours need a datetime for `start` and do not roll; with a plain date they count from its closing time.
    Raises CalendarMissing for a strict calendar (D-02) and ValueError for an unknown `resume`.
    """
    if resume not in ("rest", "restart"):
        raise ValueError(f"unknown resume policy: {resume!r}")
    instant = local(start) if isinstance(start, datetime) else None
    day = instant.date() if instant else start
    if isinstance(rule, By):
        result = _due_by(day, rule, calendar)
        return replace(result, paused=True) if _is_open(pauses, result.on) else result
    if isinstance(rule, Before):
        return _due_before(instant or closing(day), rule, calendar)
    merged, opened = _merge(pauses, today)
    if resume == "restart":
        day, instant, merged = _restart(day, instant, rule, calendar, merged)
    if rule.unit == "hour":
        result = _due_hours(instant or closing(day), rule.n, merged)
    elif rule.unit == "working_day" or rule.n == 0:
        result = _due_working_days(
            day, rule.n if isinstance(rule, Within | AtLeast) else rule.n * nth, calendar, merged
        )
    else:
        n = rule.n * nth if isinstance(rule, Every) else rule.n
        result = _due_calendar(day, n, rule.unit, calendar, merged, roll=getattr(rule, "roll", True))
        if getattr(rule, "toward", "later") == "earlier":
            result = _made(result.raw_on, calendar.previous_workday(result.raw_on), day, calendar)
    if isinstance(rule, AtLeast):
        result = replace(result, opens_on=result.on)
    if opened is not None and opened <= result.on:
        result = replace(result, paused=True)
    return result


def occurrences(anchor: date, rule: Every, calendar: WorkCalendar, count: int, *, toward: str = "later") -> list[Due]:
    """The first `count` occurrences of a recurring duty, each counted from the anchor so that the 31st never drifts.
    `toward` as in `By`."""
    rule = replace(rule, toward=toward)
    return [due(anchor, rule, calendar, nth=n) for n in range(1, count + 1)]


def signal(
    limit: Due,
    now: datetime,
    calendar: WorkCalendar,
    thresholds: Thresholds,
    *,
    done_at: datetime | None = None,
) -> str:
    """The colour of a limit at the instant `now`: on_time, near, yellow, red, paused or done.

    Red from the end of the due day on; yellow and near by `thresholds`. A limit no longer than `yellow_days` is yellow on its due
    day only and one that ends on the day it began is near, so that nothing arrives with a warning already on it.
    """
    if done_at is not None:
        return "done"
    if limit.paused:
        return "paused"
    now = local(now)
    if now > limit.at:
        return "red"
    lenient = calendar.with_strict(False)
    left = lenient.count_working_days(now.date() + _DAY, limit.on + _DAY)
    total = lenient.count_working_days(limit.starts_on + _DAY, limit.on + _DAY)
    share = min(thresholds.yellow_share * total, thresholds.share_days)
    if left <= min(thresholds.yellow_days, total - 1) or (left < total and left <= share):
        return "yellow"
    if left <= max(thresholds.near_days, min(thresholds.near_share * total, 2 * thresholds.share_days)):
        return "near"
    return "on_time"


def parse_position(text: str, *, toward: str = "earlier") -> By:
    """A calendar limit as the regulation writes it (每季度末月24日前, 次季度首月5日前, 每月10日, 次年1月底, 每周二或周三).

    ValueError when the text names no period or no day that can be computed.
    """
    period, offset, place = split_offset(text)
    return By(period, place, offset, toward)


def closing(on: date) -> datetime:
    """The instant a due day ends: 17:00 Asia/Shanghai (D-01)."""
    return datetime.combine(on, CLOSING, SHANGHAI)


def local(at: datetime) -> datetime:
    """`at` in Asia/Shanghai; a naive instant is taken as already local."""
    return at.replace(tzinfo=SHANGHAI) if at.tzinfo is None else at.astimezone(SHANGHAI)


# Kinds of limit


def _due_working_days(start: date, n: int, calendar: WorkCalendar, pauses: list[tuple[date, date]]) -> Due:
    if n == 0:
        # The same working day is the first working day from the start on, wherever the start falls.
        position, left = start - _DAY, 1
    else:
        position, left = start, n
    on = _run(position, left, pauses, calendar.add_working_days, calendar.count_working_days)
    return _made(on, on, start, calendar, since=start)


def _due_calendar(
    start: date, n: int, unit: str, calendar: WorkCalendar, pauses: list[tuple[date, date]], *, roll: bool
) -> Due:
    raw_on = _add_units(start, n, unit)
    if pauses:
        raw_on = _run(start, (raw_on - start).days, pauses, _add_days, _count_days)
    on = raw_on
    if roll:
        on = _run(raw_on - _DAY, 1, pauses, calendar.add_working_days, calendar.count_working_days)
    return _made(raw_on, on, start, calendar)


def _due_hours(start: datetime, n: int, pauses: list[tuple[date, date]]) -> Due:
    at = start + timedelta(hours=n)
    for begin, end in pauses:
        stop, go = midnight(begin), midnight(end)
        if stop < at and go > start:
            at += go - max(stop, start)
    return Due(at.date(), at.date(), at, start.date())


def _due_before(start: datetime, rule: Before, calendar: WorkCalendar) -> Due:
    day = start.date()
    if rule.unit == "hour":
        at = start - timedelta(hours=rule.n)
        return Due(at.date(), at.date(), at, at.date())
    if rule.unit == "working_day":
        raw_on = on = calendar.add_working_days(day, -rule.n) if rule.n else calendar.previous_workday(day)
    else:
        raw_on = _add_units(day, -rule.n, rule.unit)
        on = calendar.previous_workday(raw_on)
    return _made(raw_on, on, on, calendar)


def _due_by(start: date, rule: By, calendar: WorkCalendar) -> Due:
    position: Position = parse_place(rule.period, rule.position)
    opening = period_start(start, rule.period, rule.offset)
    raw_on = position.last_in(opening)
    while rule.offset == 0 and raw_on < start:
        opening = period_start(opening, rule.period, 1)
        raw_on = position.last_in(opening)
    on = calendar.previous_workday(raw_on) if rule.toward == "earlier" else calendar.next_workday(raw_on)
    made = _made(raw_on, on, start, calendar)
    return replace(made, opens_on=position.first_in(opening)) if position.is_window else made


def _made(raw_on: date, on: date, start: date, calendar: WorkCalendar, *, since: date | None = None) -> Due:
    """A due date with its note; `since` is the first day whose calendar it depends on, when that is not the end itself."""
    first = min(raw_on, on) if since is None else since
    provisional = any(calendar.provisional(year) for year in range(first.year, max(raw_on, on).year + 1))
    notes = []
    if on != raw_on:
        way = "顺延到" if on > raw_on else "提前到"
        notes.append(f"{_written(raw_on)}是休息日，{way}{_written(on)}。")
    if provisional:
        notes.append(f"{max(raw_on, on).year}年放假安排{PROVISIONAL_SOURCE}，日期可能变动。")
    return Due(on, raw_on, closing(on), start, provisional, False, "".join(notes))


# Counting with pauses


def _run(
    position: date,
    left: int,
    pauses: list[tuple[date, date]],
    add: Callable[[date, int], date],
    count: Callable[[date, date], int],
) -> date:
    """The day on which `left` countable days after `position` have passed, days inside the pauses not counting."""
    for begin, end in pauses:
        if end <= position + _DAY:
            continue
        available = count(position + _DAY, begin)
        if available >= left:
            break
        left -= available
        position = max(position, end - _DAY)
    return add(position, left)


def _restart(
    day: date,
    instant: datetime | None,
    rule: Within | AtLeast | Every,
    calendar: WorkCalendar,
    pauses: list[tuple[date, date]],
) -> tuple[date, datetime | None, list[tuple[date, date]]]:
    """The start after the last pause that began in time: the whole limit runs again from the day the pause ended, which as the
    event day is not counted."""
    for begin, end in pauses:
        running = due(instant or day, rule, calendar)
        if begin > running.on:
            break
        if end > day:
            day, instant = end, (midnight(end) if instant else None)
    return day, instant, []


def _merge(pauses: Sequence[Pause], today: date | None) -> tuple[list[tuple[date, date]], date | None]:
    """The pauses as disjoint ordered intervals, and the begin of the open one (the earliest, if there are several)."""
    opened = min((begin for begin, end in pauses if end is None), default=None)
    closed = [(begin, end if end is not None else max(begin, today or begin)) for begin, end in pauses]
    merged: list[tuple[date, date]] = []
    for begin, end in sorted(pause for pause in closed if pause[1] > pause[0]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged, opened


def _is_open(pauses: Sequence[Pause], until: date) -> bool:
    return any(end is None and begin <= until for begin, end in pauses)


# Calendar arithmetic


def midnight(on: date) -> datetime:
    """The beginning of a day in Asia/Shanghai."""
    return datetime.combine(on, time.min, SHANGHAI)


def _add_units(on: date, n: int, unit: str) -> date:
    """`n` calendar units after `on` (before, when negative); months and years clamp to the end of the month (D-01), and what
    lies beyond the last possible date is that date."""
    if unit in ("month", "year"):
        try:
            return shift_months(on, n if unit == "month" else 12 * n)
        except (ValueError, OverflowError):
            return date.max if n > 0 else date.min
    return _add_days(on, n * 7 if unit == "week" else n)


def _add_days(on: date, n: int) -> date:
    try:
        return on + timedelta(days=n)
    except OverflowError:
        return date.max if n > 0 else date.min


def _count_days(start: date, end: date) -> int:
    return max((end - start).days, 0)


def _demand_unit(unit: str, n: int, *, least: int) -> None:
    if unit not in UNITS or n < least:
        raise ValueError(f"not a limit: {n} {unit}")


def _written(on: date) -> str:
    return f"{on.month}月{on.day}日"

"""The work calendar: which days are working days, 调休 included (D-01, D-02).

An immutable value without a database. Years are *official* (announced by the State Council), *provisional* (weekends and the
computed statutory days, marked 待国务院公布) or unknown. A strict calendar, the one of rules and the command line, raises
`CalendarMissing` for every year that is not official; a lenient one, for screens and duties, computes the year and reports it as
provisional.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from .regions_data import CODES_DIR, read_table

PROVISIONAL_SOURCE = "待国务院公布"
_DAY = timedelta(days=1)
_COMPUTED_YEARS = range(1990, 2101)  # outside them only weekends are known


class CalendarMissing(LookupError):
    """A strict calendar was asked about a year that is not official. `year` tells which; `code` is the error of rules."""

    code = "calendar_missing"

    def __init__(self, year: int):
        super().__init__(f"{year}年的工作日历还没有录入，请先在“工作日历”里录入国务院公布的放假安排。")
        self.year = year


class CalendarRow(NamedTuple):
    """One day that differs from Monday–Friday (or a 1 January, which also says that its year is on file). `source` is the
    notice it comes from; one with 待国务院公布 makes its year provisional."""

    on: date
    is_work: bool
    name: str = ""
    source: str = ""

    @property
    def is_provisional(self) -> bool:
        """Whether the day was computed and may still change."""
        return PROVISIONAL_SOURCE in self.source


@dataclass(frozen=True, slots=True)
class _Block:
    """Working days of a run of years: `before[i]` counts those earlier than day i after `first`; `days` are their ordinals."""

    first: int
    last: int
    before: array
    days: array


class WorkCalendar:
    """Working days by date. Build it from rows (`WorkCalendar(rows)`), a file (`load_work_calendar`) or `from_library()`.

    `rows` are exceptions from Monday–Friday. A year is on file when it has a row for 1 January or is named in `years`; it is
    provisional when one of its rows is.
    """

    def __init__(self, rows: Iterable[CalendarRow], *, years: Iterable[int] = (), strict: bool = False):
        self._rows = {row.on: row for row in sorted(rows, key=lambda row: row.on)}
        named = {on.year for on in self._rows if (on.month, on.day) == (1, 1)} | set(years)
        unofficial = {row.on.year for row in self._rows.values() if row.is_provisional}
        self._official = frozenset(named - unofficial)
        self.strict = strict
        spans = [year for year in named if year in _COMPUTED_YEARS]
        self._block = self._build(min(spans), max(spans)) if spans else None

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[date, bool, bool]], *, strict: bool = False) -> "WorkCalendar":
        """A calendar from `(day, is it a working day, is it provisional)`, as a table holds them."""
        return cls(
            (CalendarRow(on, is_work, "", PROVISIONAL_SOURCE if unsure else "") for on, is_work, unsure in rows),
            strict=strict,
        )

    @classmethod
    def from_mapping(
        cls, days: Mapping[date, bool], *, years: Iterable[int] = (), strict: bool = False
    ) -> "WorkCalendar":
        """A calendar from `{day: is it a working day}`; each year that appears counts as official."""
        rows = [CalendarRow(on, is_work) for on, is_work in days.items()]
        return cls(rows, years={*years, *(on.year for on in days)}, strict=strict)

    @classmethod
    def from_library(cls, *, strict: bool = False) -> "WorkCalendar":
        """The calendar of the `chinesecalendar` package (2004–2026): to compare the file in the catalogue with."""
        from chinese_calendar import constants  # loaded only here: it raises for years beyond its data

        days = dict.fromkeys(constants.holidays, False) | dict.fromkeys(constants.workdays, True)
        return cls.from_mapping(days, strict=strict)

    # What is known

    @property
    def official_years(self) -> frozenset[int]:
        """The years announced by the State Council that are on file."""
        return self._official

    def rows(self) -> list[CalendarRow]:
        """The exceptions on file in order of date."""
        return list(self._rows.values())

    def provisional(self, year: int) -> bool:
        """Whether dates of `year` may still change because it is not announced or not on file."""
        return year not in self._official

    def with_strict(self, strict: bool = True) -> "WorkCalendar":
        """The same calendar, raising (or not) for years that are not official."""
        return self if strict == self.strict else WorkCalendar(self._rows.values(), years=self._official, strict=strict)

    def with_rows(self, rows: Iterable[CalendarRow]) -> "WorkCalendar":
        """A calendar in which the years of the given rows' 1 January are replaced by them and other single days overridden."""
        rows = list(rows)
        replaced = {row.on.year for row in rows if (row.on.month, row.on.day) == (1, 1)}
        kept = {on: row for on, row in self._rows.items() if on.year not in replaced}
        return WorkCalendar((kept | {row.on: row for row in rows}).values(), years=self._official, strict=self.strict)

    def name(self, on: date) -> str:
        """What the day is called when it is an exception (国庆节, 春节调休上班), otherwise empty."""
        row = self._exception(on)
        return row.name if row else ""

    # Questions

    def is_workday(self, on: date) -> bool:
        """Whether `on` is a working day. CalendarMissing when strict and the year is not official."""
        self._demand(on.year, on.year)
        row = self._exception(on)
        return on.weekday() < 5 if row is None else row.is_work

    def next_workday(self, on: date) -> date:
        """`on` itself when it is a working day, else the first one after it."""
        return self._nth(on, 1, include=True)

    def previous_workday(self, on: date) -> date:
        """`on` itself when it is a working day, else the last one before it."""
        return self._nth(on, -1, include=True)

    def add_working_days(self, on: date, n: int) -> date:
        """The n-th working day after `on`, which is not counted (D-01); n = 0 is the same working day, i.e. `next_workday`;
        a negative n counts backwards. Beyond the last possible date the result is that date."""
        block = self._block
        if n > 0 and block is not None and block.first <= (ordinal := on.toordinal()) <= block.last:
            # The common case, kept short: it is asked millions of times.
            position = block.before[ordinal - block.first + 1] + n - 1
            if position < len(block.days):
                found = date.fromordinal(block.days[position])
                if self.strict:
                    self._demand(on.year, found.year)
                return found
        return self._nth(on, n, include=False) if n else self._nth(on, 1, include=True)

    def count_working_days(self, start: date, end: date) -> int:
        """The number of working days in [start, end); 0 when end is not after start."""
        if end <= start:
            return 0
        self._demand(start.year, (end - _DAY).year)
        block = self._cover(start, end - _DAY)
        if block is not None:
            return block.before[end.toordinal() - block.first] - block.before[start.toordinal() - block.first]
        return sum(self._plain(date.fromordinal(day)) for day in range(start.toordinal(), end.toordinal()))

    # How

    def _demand(self, first: int, last: int) -> None:
        if self.strict:
            for year in range(first, last + 1):
                if year not in self._official:
                    raise CalendarMissing(year)

    def _exception(self, on: date) -> CalendarRow | None:
        row = self._rows.get(on)
        if row is None and on.year not in self._official and not self._is_filed(on.year):
            row = _computed(on.year).get(on)
        return row

    def _is_filed(self, year: int) -> bool:
        return date(year, 1, 1) in self._rows

    def _plain(self, on: date) -> bool:
        row = self._exception(on)
        return on.weekday() < 5 if row is None else row.is_work

    def _nth(self, on: date, n: int, *, include: bool) -> date:
        block = self._cover(on, on)
        if block is not None:
            index = on.toordinal() - block.first
            position = block.before[index] + n - 1 if n > 0 else block.before[index + 1] + n
            if not include:
                position += (
                    block.before[index + 1] - block.before[index]
                    if n > 0
                    else block.before[index] - block.before[index + 1]
                )
            if 0 <= position < len(block.days):
                found = date.fromordinal(block.days[position])
                self._demand(min(on.year, found.year), max(on.year, found.year))
                return found
        return self._walk(on, n, include=include)

    def _walk(self, on: date, n: int, *, include: bool) -> date:
        """Day by day: beyond the block, where a strict calendar stops at the first year that is not official."""
        step = _DAY if n > 0 else -_DAY
        left = abs(n)
        while True:
            if include and self.is_workday(on):
                left -= 1
                if left == 0:
                    return on
            include = True
            if on in (date.max, date.min):
                return on
            on += step

    def _cover(self, first: date, last: date) -> _Block | None:
        """The block when it holds both days; a lenient calendar extends it within the years that can be computed."""
        block = self._block
        if block is not None and block.first <= first.toordinal() and last.toordinal() <= block.last:
            return block
        if self.strict or first.year not in _COMPUTED_YEARS or last.year not in _COMPUTED_YEARS:
            return None
        low, high = first.year, last.year
        if block is not None:
            low, high = min(low, date.fromordinal(block.first).year), max(high, date.fromordinal(block.last).year)
        block = self._block = self._build(low, high)  # replacing one reference is safe between threads
        return block

    def _build(self, first_year: int, last_year: int) -> _Block:
        first, last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
        before, days = array("i", [0]), array("i")
        for ordinal in range(first, last + 1):
            if self._plain(date.fromordinal(ordinal)):
                days.append(ordinal)
            before.append(len(days))
        return _Block(first, last, before, days)


def provisional_year(year: int) -> WorkCalendar:
    """The calendar of one year that nobody has announced: weekends and the statutory days with their substitutes, no 调休, every
    row marked 待国务院公布 (D-02). Years far away know only weekends."""
    return WorkCalendar(_computed(year).values())


@cache
def _computed(year: int) -> dict[date, CalendarRow]:
    """The exceptions of a year by computation, 1 January first."""
    if year not in _COMPUTED_YEARS:
        return {}
    from holidays import country_holidays  # takes a second to load

    named = country_holidays("CN", years=year, language="zh_CN")
    new_year = date(year, 1, 1)
    return {
        on: CalendarRow(on, False, named[on], PROVISIONAL_SOURCE)
        for on in sorted(named)
        if on.year == year and (on.weekday() < 5 or on == new_year)
    }


def read_calendar_rows(path: Path | str) -> list[CalendarRow]:
    """The rows of a calendar file (`date,is_work,name,source`). ValueError with the line, in Chinese, for a bad row."""
    rows = []
    for number, row in enumerate(read_table(path), start=2):
        try:
            is_work = {"1": True, "0": False}[row["is_work"]]
            rows.append(CalendarRow(date.fromisoformat(row["date"]), is_work, row["name"], row["source"]))
        except (KeyError, ValueError, TypeError) as error:
            raise ValueError(
                f"{Path(path).name} 第{number}行：应是“日期,1或0,名称,依据”，例如 2026-10-10,1,国庆节调休上班,…"
            ) from error
    return rows


@lru_cache(maxsize=8)
def load_work_calendar(path: Path | str = CODES_DIR / "work_calendar.csv", *, strict: bool = False) -> WorkCalendar:
    """The calendar of the catalogue (or another file of its form), read once."""
    return WorkCalendar(read_calendar_rows(path), strict=strict)

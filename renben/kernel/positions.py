"""Places in a calendar period as the regulation writes them: 末月24日, 首月5日, 最后一周的周三, 3月底, 25日、26日 (D-04).

Words without a figure are read as the last day they can mean for a duty: 年初 is the end of January, 月初 the fifth, 年底, 季度末
and 月末 the last day of the period. Days that a month does not have are its last day.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from .textnorm import halfwidth

PERIODS = {"week": 0, "month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""The periods and their length in months (a week has none)."""

_LAST = 31  # clamped to the month it is used in
_WEEKDAYS = {char: day for day, char in enumerate("一二三四五六日")} | {"天": 6, "末": 4}
_NUMERALS = {char: value for value, char in enumerate("一二三四五六七八九十", start=1)}


@dataclass(frozen=True, slots=True)
class Spot:
    """One day of a period: `month` 1-based within it (beyond its length it lies in a later one), `day` 1–31 clamped; for weeks
    and 最后一周 `weekday` 0–6 instead of a day."""

    month: int = 1
    day: int = _LAST
    weekday: int | None = None

    def on(self, opening: date, period: str) -> date:
        """The day in the period that begins on `opening`."""
        if period == "week":
            return opening + timedelta(days=self.weekday or 0)
        first = shift_months(opening, self.month - 1)
        last = date(first.year, first.month, monthrange(first.year, first.month)[1])
        if self.weekday is not None:
            return last - timedelta(days=(last.weekday() - self.weekday) % 7)
        return first.replace(day=min(self.day, last.day))


@dataclass(frozen=True, slots=True)
class Position:
    """A day (`first == last`) or a window of days in a period."""

    period: str
    first: Spot
    last: Spot

    @property
    def is_window(self) -> bool:
        """Whether it is more than one day."""
        return self.first != self.last

    def first_in(self, opening: date) -> date:
        """The first day, in the period that begins on `opening`."""
        return self.first.on(opening, self.period)

    def last_in(self, opening: date) -> date:
        """The last day, in the period that begins on `opening`."""
        return self.last.on(opening, self.period)


def shift_months(on: date, n: int) -> date:
    """`on` moved by `n` months; a day the month does not have becomes its last."""
    index = on.year * 12 + on.month - 1 + n
    year, month = divmod(index, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def period_start(on: date, period: str, offset: int = 0) -> date:
    """The first day of the period that holds `on`, `offset` periods later. Weeks begin on Monday."""
    if period == "week":
        return on - timedelta(days=on.weekday()) + timedelta(weeks=offset)
    months = PERIODS[period]
    opening = date(on.year, (on.month - 1) // months * months + 1, 1)
    return shift_months(opening, months * offset) if offset else opening


@lru_cache(maxsize=1024)
def parse_place(period: str, text: str) -> Position:
    """The position meant by a text within a period. ValueError when it names no day."""
    wanted = re.sub(r"[\s的前之以]", "", halfwidth(text))
    parts = re.split(r"[、或至到,~—-]+", wanted)
    months = PERIODS[period]
    spots: list[tuple[Spot, Spot]] = []
    for part in parts:
        spots.append(_spots(period, months, part, spots[-1][1] if spots else None))
    return Position(period, spots[0][0], spots[-1][1])


def _spots(period: str, months: int, part: str, previous: Spot | None) -> tuple[Spot, Spot]:
    """First and last day of one part; a bare day takes the month of the part before it, 次年 counts twelve months on."""
    if match := re.fullmatch(r"(?:最后一?周)?(?:周|星期|礼拜)([一二三四五六日天末])", part):
        day = Spot(months or 1, weekday=_WEEKDAYS[match[1]])
        return day, day
    later = 0
    if part.startswith("次年"):
        part, later = part[2:], 12
    if period == "year" and (match := re.fullmatch(r"第?([一二三四1-4])季度", part)):
        number = _number(match[1])
        return Spot(number * 3 - 2, 1), Spot(number * 3)
    month, rest = _month(part, months, previous)
    if rest is None:
        raise ValueError(f"no day in {part!r}")
    month += later
    if rest == "":
        return Spot(month, 1), Spot(month)
    day = _day(rest)
    spot = Spot(month, day)
    return spot, spot


def _month(part: str, months: int, previous: Spot | None) -> tuple[int, str | None]:
    """The month a part lies in and what is left of the text."""
    if match := re.match(r"(末月|最后一?个?月|季度?末月?|季末|半年末|年底|年末|年终)", part):
        rest = part[match.end() :]
        return months, rest or ("" if match[1] in ("末月", "最后一个月", "最后个月", "最后月") else "末")
    if match := re.match(r"(首月|季度?初|年初|半年初)", part):
        rest = part[match.end() :]
        return 1, rest or ("" if match[1] == "首月" else "末" if match[1] == "年初" else "初")
    if match := re.match(r"第?([一二三四五六七八九十]{1,2}|\d{1,2})个?月(?:份)?", part):
        return _number(match[1]), part[match.end() :]
    if match := re.match(r"月(?=[初末底])", part):
        return months, part[match.end() :]
    if re.match(r"\d{1,2}日?$", part):
        # "次季度10日前" means the first month when nothing else is said; a second day stays in the month of the first.
        return (previous.month if previous else 1), part
    return 1, None


def _day(rest: str) -> int:
    rest = rest.removeprefix("月")
    if rest in ("末", "底", "终", ""):
        return _LAST
    if rest == "初":
        return 5
    if match := re.fullmatch(r"(\d{1,2})[日号]?", rest):
        day = int(match[1])
        if 1 <= day <= 31:
            return day
    raise ValueError(f"no day in {rest!r}")


def _number(text: str) -> int:
    if text.isdigit():
        number = int(text)
    elif len(text) == 2 and text[0] == "十":
        number = 10 + _NUMERALS[text[1]]
    else:
        number = _NUMERALS[text]
    if not 1 <= number <= 12:
        raise ValueError(f"no month {text!r}")
    return number


_SHORT = {"month": "月", "quarter": "季", "half_year": "半年", "year": "年"}
_PERIOD_OF = {
    "半年": "half_year",
    "季度": "quarter",
    "季": "quarter",
    "月": "month",
    "年度": "year",
    "年": "year",
    "周": "week",
}


def split_offset(text: str) -> tuple[str, int, str]:
    """(period, offset, place) of a limit as written: 次季度首月5日前 → ("quarter", 1, "首月5日"). ValueError when unclear."""
    wanted = re.sub(r"\(.*?\)|[\s的]", "", halfwidth(text))
    wanted = re.split(r"之前|以前|前", wanted)[0]  # what follows says what is to be done
    match = re.match(r"(每|次|下一个|下一|下个|下|当|本)?个?(半年|季度|季|年度|年|月|周|星期)", wanted)
    if match is None:
        raise ValueError(f"no period in {text!r}")
    prefix, word = match[1] or "", match[2]
    offset = 1 if prefix.startswith(("次", "下")) else 0
    period = _PERIOD_OF.get(word, "week")
    rest = wanted[match.end() :]
    if period == "week" and re.match(r"[一二三四五六日天]", rest):
        rest = word + rest
    elif rest[:1] in ("初", "末", "底", "终") and period != "week":
        head, tail = rest[0], rest[1:]
        rest = f"末月{tail}" if tail and head != "初" else f"{_SHORT[period]}{'初' if head == '初' else '末'}{tail}"
    parse_place(period, rest)
    return period, offset, rest

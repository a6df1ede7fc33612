"""Row labels of a superior's grid (街镇, 年龄段, 月份 …) and the values of a ledger that belong to them.

Pure: labels and values are compared half-width, without spaces and punctuation. A label is known when it names an office of the
territory, a label of a code, a value that stands in the ledger, a month or a span of figures; an unknown one is told, not guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from renben.engines.ledgers.cells import text_of
from renben.engines.ledgers.definitions import Column
from renben.engines.ledgers.template_words import plain_heading
from renben.kernel.textnorm import halfwidth

Fits = Callable[[Any], bool]
_CHINESE = {word: number for number, word in enumerate("一二三四五六七八九十", start=1)} | {"十一": 11, "十二": 12}
_PART = re.compile(r"^\s*其中\s*[:：、,，]?\s*")
_UNITS = re.compile(r"周岁|岁|个月|月|年|人|元|次|家|户|\s")
_SPAN = re.compile(r"^(\d+)[-—–~～至到](\d+)$")
_OPEN = re.compile(r"^(不满|未满|超过)?(\d+)(?:\((?:含|不含)\)|及|含)?(以上|以下|以内)?(?:\(含\d*\))?$")
_MONTH = re.compile(r"^(?:(\d{4})(?:年|[-./]))?(\d{1,2}|十[一二]?|[一二三四五六七八九])(?:月份?)?$")
_QUARTER = re.compile(r"^(?:(\d{4})年)?第?([1-4一二三四])季度?$")
_HALF = re.compile(r"^(?:(\d{4})年)?(上|下)半年$")


@dataclass(frozen=True)
class Known:
    """What labels may name. `offices`: each name of an office of the territory as compared → one sign for that office;
    `values`: compared values by column of the ledger."""

    offices: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, offices: Iterable[tuple[str, ...]], values: Mapping[str, Iterable[str]]) -> Known:
        """From the names each office goes by, the first one its own, and the labels of codes by column."""
        signs: dict[str, str] = {}
        for names in offices:
            for name in {plain_heading(name) for name in names if name}:
                signs[name] = "" if name in signs else f"@{plain_heading(names[0])}"
        signs = {
            name: sign for name, sign in signs.items() if sign
        }  # two offices of one name: the name alone tells nothing
        known = cls(signs)
        return cls(signs, {key: frozenset(known.sign(text) for text in texts) for key, texts in values.items()})

    def sign(self, text: object) -> str:
        """What a value is compared by: an office by its sign, whatever it is called."""
        compared = plain_heading(text)
        return self.offices.get(compared, compared)

    def sign_of_label(self, text: str) -> str:
        """The same for a label, which may call an office by a shorter or a longer name, as long as only one can be meant."""
        sign = self.sign(text)
        if sign.startswith("@") or len(sign) < 2:
            return sign
        near = {held for name, held in self.offices.items() if name.startswith(sign) or sign.startswith(name)}
        return near.pop() if len(near) == 1 else sign

    def knows(self, column: str, sign: str) -> bool:
        return sign.startswith("@") or sign in self.values.get(column, frozenset())


def is_part(label: str) -> bool:
    """Whether a row counts some of what rows above it count already (其中：…), so that a total must not add it again."""
    return bool(_PART.match(halfwidth(label)))


def without_part(label: str) -> str:
    return _PART.sub("", halfwidth(label))


def span_of(label: str) -> tuple[int, int | None] | None:
    """The span of figures a label names, both ends included: `16—24岁`, `50岁及以上`, `不满16岁`, `3`. None for other labels.

    以上, 以下, 以内 include the figure itself, 不满 and 超过 do not (民法典第一千二百五十九条).
    """
    text = _UNITS.sub("", without_part(label))
    if match := _SPAN.match(text):
        low, high = int(match[1]), int(match[2])
        return (low, high) if low <= high else None
    match = _OPEN.match(text)
    if match is None:
        return None
    figure, before, after = int(match[2]), match[1] or "", match[3] or ""
    if before in ("不满", "未满"):
        return 0, figure - 1
    if before == "超过":
        return figure + 1, None
    if after == "以上":
        return figure + ("不含" in text), None
    if after:
        return 0, figure - ("不含" in text)
    return figure, figure


def months_of(label: str, year: int) -> frozenset[tuple[int, int]] | None:
    """The months a label names as (year, month): `１月`, `2026年3月`, `二季度`, `上半年`; those of `year` when it names none."""
    text = "".join(without_part(label).split())
    if (match := _MONTH.match(text)) and (match[1] or text.endswith(("月", "月份"))):
        month = _CHINESE.get(match[2]) or int(match[2])
        return frozenset({(int(match[1] or year), month)}) if 1 <= month <= 12 else None
    if match := _QUARTER.match(text):
        first = 3 * (_CHINESE.get(match[2]) or int(match[2])) - 2
        return frozenset((int(match[1] or year), first + n) for n in range(3))
    if match := _HALF.match(text):
        return frozenset((int(match[1] or year), n + (6 if match[2] == "下" else 0)) for n in range(1, 7))
    return None


def fits(column: Column, label: str, known: Known, year: int) -> Fits | None:
    """Whether a value of the column belongs to a label; None when the label cannot mean anything in such a column."""
    if column.type in ("date", "month"):
        months = months_of(label, year)
        return (lambda v: isinstance(v, dt.date) and (v.year, v.month) in months) if months else None
    if column.type in ("int", "fen"):
        span = span_of(label)
        if span is None:
            return None
        unit = 100 if column.type == "fen" else 1
        low, high = span[0] * unit, None if span[1] is None else span[1] * unit
        return lambda v: isinstance(v, int) and low <= v and (high is None or v <= high)
    sign = known.sign_of_label(without_part(label))
    return (lambda v: known.sign(text_of(column, v)) == sign) if sign else None


def breadth(column: Column, label: str) -> float:
    """How wide a span is: of two that a figure lies in, the narrower one is meant."""
    span = span_of(label) if column.type in ("int", "fen") else None
    if span is None:
        return 0
    return float("inf") if span[1] is None else span[1] - span[0]


class Sorter:
    """Which of the labels a value belongs to: at most one that stands for itself, and each 其中 that it fits.

    `labels`: (number of the row, text). `seen` collects the signs of the values that passed, for labels nobody knew before.
    """

    def __init__(self, column: Column, labels: Iterable[tuple[int, str]], known: Known, year: int) -> None:
        self.column, self.known = column, known
        self.tests = [
            (row, text, test) for row, text in labels if (test := fits(column, text, known, year)) is not None
        ]
        self.tests.sort(key=lambda one: (breadth(column, one[1]), one[0]))
        self.places = lru_cache(maxsize=4096)(self._places)
        self.seen: set[str] = set()

    def _places(self, value: Any) -> tuple[int, ...]:
        if self.column.type not in ("date", "month", "int", "fen"):
            self.seen.add(self.known.sign(text_of(self.column, value)))
        found = [(row, text) for row, text, test in self.tests if test(value)]
        whole = [row for row, text in found if not is_part(text)]
        if self.column.type in ("int", "fen"):
            whole = whole[:1]
        return (*whole, *(row for row, text in found if is_part(text)))

    def is_known(self, label: str) -> bool:
        """Whether a label means something: in columns of figures and days by its form, else by what is known or was seen."""
        if not any(text == label for _, text, _ in self.tests):
            return False
        if self.column.type in ("date", "month", "int", "fen"):
            return True
        sign = self.known.sign_of_label(without_part(label))
        return self.known.knows(self.column.key, sign) or sign in self.seen

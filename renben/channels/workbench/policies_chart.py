"""The history of a parameter as a step line: plain numbers for an inline SVG, the table beside it says the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import groupby

from renben.engines.rules.parameters import Parameter, Scale, Version
from renben.engines.rules.values import UNIT_WORDS

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 240, 64, 12, 14, 28


@dataclass(frozen=True)
class Gap:
    """A span without a standard."""

    x: int
    width: int
    title: str


@dataclass(frozen=True)
class Line:
    """One line of steps (`path` of an SVG) with its name; `place` chooses the dash."""

    path: str
    label: str
    place: int


@dataclass(frozen=True)
class Chart:
    """Everything the SVG needs, in its own units. `marks` are (x, label) years, `levels` (y, label) amounts."""

    lines: list[Line]
    gaps: list[Gap]
    marks: list[tuple[int, str]]
    levels: list[tuple[int, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM
    top: int = TOP
    right: int = field(default=WIDTH - RIGHT)


def _series(parameter: Parameter) -> dict[str, list[float | None]]:
    """Figures per version: one line, or one for each step of a table. Empty when the values are no figures."""
    found: dict[str, list[float | None]] = {}
    for place, version in enumerate(parameter.versions):
        value = version.value
        if isinstance(value, Scale):
            pairs = zip(value.thresholds, value.amounts, strict=True)
            for low, amount in pairs:
                step = UNIT_WORDS.get(parameter.threshold_unit, "")
                found.setdefault(f"满{low}{step}起", [None] * len(parameter.versions))[place] = float(amount)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found.setdefault(parameter.label, [None] * len(parameter.versions))[place] = float(value)
    if len(found) > 2:  # the steps of a table lie close together: the lowest and the highest show how it moved
        ends = [next(iter(found)), next(reversed(found))]
        return {name: found[name] for name in ends}
    return found


def chart_of(parameter: Parameter, today: dt.date) -> Chart | None:
    """The steps from the first value to a year from now; None for what is not a figure."""
    series = _series(parameter)
    if not series:
        return None
    versions = parameter.versions
    first, last = versions[0].valid_from, max(today, versions[-1].valid_from) + dt.timedelta(days=365)
    figures = [value for values in series.values() for value in values if value is not None]
    low, high = min(0.0, *figures), max(figures) or 1.0

    def x_of(day: dt.date) -> int:
        return LEFT + round((day - first).days / max((last - first).days, 1) * (WIDTH - LEFT - RIGHT))

    def y_of(value: float) -> int:
        return HEIGHT - BOTTOM - round((value - low) / (high - low or 1) * (HEIGHT - TOP - BOTTOM))

    lines = [
        Line(_steps(versions, values, last, x_of, y_of), label, place % 4)
        for place, (label, values) in enumerate(series.items())
    ]
    gaps = [
        Gap(x_of(version.valid_from), max(x_of(version.valid_to or last) - x_of(version.valid_from), 1), "没有标准")
        for version in versions
        if version.value is None
    ]
    return Chart(lines, gaps, _years(first, last, x_of), [(y_of(v), f"{v:g}") for v in sorted({low, *_ends(figures)})])


def _ends(figures: list[float]) -> set[float]:
    return {min(figures), max(figures)}


def _steps(versions: tuple[Version, ...], values: list[float | None], last: dt.date, x_of, y_of) -> str:
    """The path of one line; a missing figure interrupts it."""
    path = []
    pairs = list(zip(versions, values, strict=True))
    for known, run in groupby(pairs, key=lambda pair: pair[1] is not None):
        if not known:
            continue
        for place, (version, value) in enumerate(run):
            path.append(f"{'L' if place else 'M'}{x_of(version.valid_from)} {y_of(value)}")
            path.append(f"H{x_of(version.valid_to or last)}")
    return " ".join(path)


def _years(first: dt.date, last: dt.date, x_of) -> list[tuple[int, str]]:
    """At most eight years on the axis."""
    years = list(range(first.year + (first > dt.date(first.year, 1, 1)), last.year + 1))
    step = max(1, -(-len(years) // 8))
    return [(x_of(dt.date(year, 1, 1)), str(year)) for year in years[::step]]

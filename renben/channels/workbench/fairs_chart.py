"""What a fair brought, employer by employer, as bars: places wanted, people who agreed, people hired. The table says the same."""

from __future__ import annotations

from dataclasses import dataclass

from renben.services.placement.fairs.reporting import Report

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 720, 200, 44, 9, 14, 8
SHOWN = 12
"""More employers than this are read in the table, not in bars."""


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    value: int
    kind: str


@dataclass(frozen=True)
class Chart:
    """Everything the SVG needs, in its own units: bars, and (y, name) of each employer."""

    bars: list[Bar]
    names: list[tuple[int, str]]
    height: int
    left: int
    rest: int
    width: int = WIDTH


def chart_of(report: Report) -> Chart | None:
    """The employers with most intents first; None when nobody came."""
    rows = sorted(report.rows, key=lambda row: (-row.intents, -row.hired, row.booth.places))
    shown = [row for row in rows if row.openings or row.intents][:SHOWN]
    if not shown:
        return None
    most = max(max(row.openings, row.intents, row.hired) for row in shown)
    bars, names, y = [], [], TOP
    for row in shown:
        names.append((y + BAR + BAR // 2, row.booth.employer.name[:14]))
        for kind, value in (("openings", row.openings), ("intents", row.intents), ("hired", row.hired)):
            width = round(value / most * (WIDTH - LEFT - RIGHT)) if most else 0
            bars.append(Bar(LEFT, y, max(width, 1), BAR, value, kind))
            y += BAR
        y += GAP
    return Chart(bars, names, y, LEFT, len(rows) - len(shown))

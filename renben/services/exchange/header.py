"""Finding the heading of a roster: anywhere in the first rows, in one row or two, with merged cells, in many wordings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from renben.kernel.textnorm import halfwidth
from renben.services.exchange.layout import Column, Layout, label_forms, plain_label
from renben.services.exchange.workbook import Grid

SEARCH_ROWS = 10
_UNIT = re.compile(r"[(\[]\s*(年|月|个月|月数)\s*[)\]]")


@dataclass(frozen=True)
class Found:
    """Where one field stands. `place` is the 0-based column of the file; `unit` overrides the column's own."""

    column: Column
    place: int
    heading: str
    unit: str
    is_month_only: bool = False


@dataclass(frozen=True)
class Header:
    """The heading of one sheet. `first` is the index of the first row below it; `unknown` are headings nobody knows."""

    fields: tuple[Found, ...]
    first: int
    unknown: tuple[str, ...]
    headings: dict[int, str]


def text_of(cell: object) -> str:
    """A cell as text; empty cells are empty text."""
    return "" if cell is None or cell == "" else str(cell).strip()


def find_header(grid: Grid, layout: Layout) -> Header | None:
    """The best heading among the first rows of a sheet, or None when fewer than two columns are recognised.

    One row is preferred to two that say no more, so a title above the heading does no harm.
    """
    top = [list(row) for row in islice(grid.rows(), SEARCH_ROWS)]
    if not top:
        return None
    width = max(len(row) for row in top)
    for row in top:
        row.extend([""] * (width - len(row)))
    _spread_merged(top, grid)
    best: Header | None = None
    for index in range(len(top)):
        for rows in ([top[index]], top[index : index + 2]):
            if len(rows) == 2 and not any(text_of(cell) for cell in rows[1]):
                continue
            header = _match(rows, index, grid.left, layout)
            if best is None or len(header.fields) > len(best.fields):
                best = header
    if best is None or len(best.fields) < 2 or not any(found.column.required for found in best.fields):
        return None
    return best


def _spread_merged(top: list[list], grid: Grid) -> None:
    """Write the text of cells merged sideways into each of their columns (downwards it is the row above anyway)."""
    for (row, left), (_, right) in grid.merged:
        if row < len(top) and right > left:
            start, stop = max(left - grid.left, 0), min(right - grid.left + 1, len(top[row]))
            value = top[row][start] if start < len(top[row]) else ""
            top[row][start:stop] = [value] * max(stop - start, 0)


def _match(rows: list[list], index: int, left: int, layout: Layout) -> Header:
    candidates: list[tuple[int, Found]] = []
    unknown, headings = [], {}
    for offset in range(len(rows[0])):
        upper, lower = text_of(rows[0][offset]), text_of(rows[-1][offset])
        heading = lower or upper
        if not heading or len(heading) > 40:
            continue
        above = upper if len(rows) == 2 and lower else ""
        headings[left + offset] = heading if not above or above == lower else f"{above}{lower}"
        match = _column_for(heading, above, layout)
        if match is None:
            if not set(label_forms(heading)) & layout.ignored:
                unknown.append(heading)
            continue
        rank, column = match
        unit = _UNIT.search(halfwidth(heading) + halfwidth(above))
        months_only = label_forms(heading)[1] == plain_label("出生年月")
        candidates.append(
            (
                rank,
                Found(
                    column,
                    left + offset,
                    headings[left + offset],
                    {"年": "year"}.get(unit[1], "month") if unit else column.unit,
                    months_only,
                ),
            )
        )
    chosen: dict[str, tuple[int, Found]] = {}
    for rank, found in candidates:
        held = chosen.get(found.column.field)
        if held is None or rank < held[0]:
            chosen[found.column.field] = (rank, found)
    fields = tuple(sorted((found for _, found in chosen.values()), key=lambda found: found.place))
    return Header(fields, index + len(rows), tuple(unknown), headings)


def _column_for(heading: str, above: str, layout: Layout) -> tuple[int, Column] | None:
    """The column a heading means and how good the match is (the place in its list of names; lower is better)."""
    whole, bare = label_forms(heading)
    joined = plain_label(above + heading)
    for form, bonus in ((whole, 0), (bare, 100), (joined, 200)):
        if not form:
            continue
        for column in layout.columns:
            if column.within and not any(word in above for word in column.within):
                continue
            if form in column.names:
                return column.names.index(form) + bonus, column
    return None

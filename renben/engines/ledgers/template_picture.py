"""What a filled workbook looks like, for a page to show before it is downloaded: the cells of one sheet, merged ones joined."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from renben.engines.ledgers.template_sheets import open_template

MAX_LINES, MAX_PLACES = 60, 30


@dataclass(frozen=True)
class Seen:
    """One cell as it is shown. `is_new`: filled just now; `is_formula`: the table works it out when it is opened."""

    text: str
    across: int = 1
    down: int = 1
    is_new: bool = False
    is_formula: bool = False


@dataclass(frozen=True)
class Picture:
    """The first lines of a sheet; `more` rows are left out."""

    lines: list[list[Seen]]
    more: int


def picture(filled: bytes, before: bytes, sheet: str) -> Picture:
    """The filled sheet beside the one it was made from, which tells what is new."""
    # What was filled here needs no second examination, and may be larger than what may be brought.
    now, was = load_workbook(io.BytesIO(filled))[sheet], open_template(before)[sheet]
    used = [at for at, cell in now._cells.items() if cell.value is not None]
    height = max((row for row, _ in used), default=0)
    width = min(max((place for _, place in used), default=0), MAX_PLACES)
    joined = _joined(now)
    lines = [
        [
            _seen(now, was, row, place, joined.get((row, place), (1, 1)))
            for place in range(1, width + 1)
            if joined.get((row, place)) != (0, 0)
        ]
        for row in range(1, min(height, MAX_LINES) + 1)
    ]
    return Picture(lines, max(0, height - MAX_LINES))


def _joined(sheet: Worksheet) -> dict[tuple[int, int], tuple[int, int]]:
    """How far merged cells reach: (across, down) for the first of them, (0, 0) for the others."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        right, low = min(area.max_col, MAX_PLACES), min(area.max_row, MAX_LINES)
        for row in range(area.min_row, low + 1):
            for place in range(area.min_col, right + 1):
                found[row, place] = (0, 0)
        found[area.min_row, area.min_col] = (right - area.min_col + 1, low - area.min_row + 1)
    return found


def _seen(now: Worksheet, was: Worksheet, row: int, place: int, reach: tuple[int, int]) -> Seen:
    cell, old = now._cells.get((row, place)), was._cells.get((row, place))
    value = cell.value if cell is not None else None
    if cell is not None and cell.data_type == "f":
        return Seen("（公式）", *reach, is_formula=True)
    is_new = value is not None and (old is None or old.value != value)
    return Seen(_text(value, cell.number_format if cell is not None else ""), *reach, is_new=is_new)


def _text(value: Any, shape: str) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:,.2f}" if "0.00" in shape or not value.is_integer() else f"{value:.0f}"
    return str(value)

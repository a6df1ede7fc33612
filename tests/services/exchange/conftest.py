from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
import xlsxwriter

from renben.services.exchange import layout as layouts
from renben.services.exchange.reader import read_roster
from renben.services.exchange.territory import Territory

FOLDER = Path(__file__).resolve().parents[3] / "catalog" / "content" / "import"
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def people_layout():
    return layouts.layout_of("people", FOLDER)


@pytest.fixture
def territory():
    """District 1 with 胜利 (2: 义宾 4) and 仁和 (3); 光明 belongs to somebody else."""
    return Territory(1, True, "顺义区", {"胜利": 2, "仁和": 3}, {2: {"义宾": 4}}, {"光明"})


@pytest.fixture
def read(people_layout, territory):
    """Read bytes as a roster of people: `read(data)` gives (reading, rows)."""

    def reading(data: bytes, layout=people_layout):
        result = read_roster(data, layout, today=TODAY, territory=territory)
        return result, list(result.rows())

    return reading


@pytest.fixture
def sheet():
    """A workbook of one sheet from lists of cells: `sheet(rows, merged=[(r1, c1, r2, c2, text)])` gives bytes."""

    def build(*sheets, merged=(), hidden=()) -> bytes:
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False})
        for number, rows in enumerate(sheets):
            page = book.add_worksheet()
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if cell not in (None, ""):
                        page.write(r, c, cell)
            for span in merged if number == 0 else ():
                page.merge_range(*span)
            if number in hidden:
                page.hide()
        book.close()
        return target.getvalue()

    return build

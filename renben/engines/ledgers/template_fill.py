"""Filling a superior's table: rows below its heading in its own style, nothing of it overwritten, no text ever a formula."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from copy import copy
from itertools import islice
from typing import Any, BinaryIO

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from renben.engines.ledgers.cells import clean, text_of
from renben.engines.ledgers.definitions import Column, Ledger, LedgerError
from renben.engines.ledgers.template_book import TEXT, BookFiller, set_text
from renben.engines.ledgers.template_safety import make_harmless
from renben.engines.ledgers.template_sheets import (
    MAX_COLUMNS,
    TemplateSheet,
    open_template,
    read_sheet,
)
from renben.engines.ledgers.template_shift import make_room
from renben.engines.ledgers.template_words import Words, load_words
from renben.engines.ledgers.templates import NUMBER, Mapping
from renben.engines.ledgers.workbook_rows import OLDEST, RISKY

MAX_ROWS = 20_000
"""The whole sheet stands in memory while it is filled: about 60 MB and five seconds for so many rows."""


def fill(
    data: bytes,
    *,
    ledger: Ledger,
    mapping: Mapping,
    rows: Iterable[dict[str, Any]],
    facts: dict[str, str],
    out: BinaryIO,
    words: Words | None = None,
) -> int:
    """Write the filled workbook into `out`, return the number of rows.

    `rows` as `engine.iter_rows` gives them, `facts` texts by the codes of `template_words.FACTS`. LedgerError when the file
    no longer fits the mapping or there are more than `MAX_ROWS` rows.
    """
    words = words or load_words()
    book = open_template(data)
    if mapping.sheet not in book.sheetnames:
        raise LedgerError(f"表里没有名为“{mapping.sheet}”的工作表了，请重新上传这份表。")
    make_harmless(book, data)
    sheet = book[mapping.sheet]
    layout = read_sheet(sheet, words, (mapping.head_first, mapping.head_last))
    if layout is None:
        raise LedgerError("这份表的表头找不到了，请重新上传这份表。")
    lines = list(islice(rows, MAX_ROWS + 1))
    if len(lines) > MAX_ROWS:
        raise LedgerError("要填的超过两万行，一张表放不下。请按机构或月份筛选后分开填。")
    return _Filler(book, sheet, layout, ledger, mapping, words).fill(lines, facts, out)


class _Filler(BookFiller):
    def __init__(
        self, book: Workbook, sheet: Worksheet, layout: TemplateSheet, ledger: Ledger, mapping: Mapping, words: Words
    ) -> None:
        super().__init__(book, sheet, words)
        self.layout, self.mapping = layout, mapping
        self.columns = {column.key: column for column in ledger.columns}
        self.used = {column.place: column.key for column in mapping.used}
        self.sums = {place: 0 for place, key in self.used.items() if key in {c.key for c in ledger.summed}}

    def fill(self, lines: list[dict[str, Any]], facts: dict[str, str], out: BinaryIO) -> int:
        layout, sheet = self.layout, self.sheet
        around = self.fact_cells(self.mapping.cells)
        totals = [[sheet._cells.get((row, c)) for c in range(1, MAX_COLUMNS + 1)] for row in layout.totals]
        pattern, across, height = self._pattern()
        spare = max(0, len(lines) - (layout.body_last - layout.body_first + 1)) if layout.has_foot else 0
        last = layout.body_last if layout.has_foot else max(layout.body_last, layout.body_first + len(lines) - 1)
        make_room(self.book, sheet, first=layout.body_first, last=last, by=spare, written=len(lines))
        formulas = self._row_formulas()
        self._clear(len(lines))
        writers = {place: self._writer(place, pattern.get(place), facts) for place in self.used}
        for number, line in enumerate(lines, start=1):
            self._row(layout.body_first + number - 1, number, line, pattern, writers, formulas)
        self._dress(len(lines), across, height)
        self._totals(totals)
        self.write_facts(around, facts)
        self.save(out)
        return len(lines)

    # what the first row of the body looks like

    def _pattern(self) -> tuple[dict[int, StyleArray], list[tuple[int, int]], float | None]:
        """Styles by column, cells merged sideways, and the height of the first row of the body, or made from the heading."""
        layout, sheet = self.layout, self.sheet
        first, low = layout.body_first, min(column.place for column in layout.columns)
        high = max([column.place for column in layout.columns])
        if layout.body_last >= first:
            styles = {c: copy(cell._style) for (r, c), cell in sheet._cells.items() if r == first and c <= MAX_COLUMNS}
            across = [
                (area.min_col, area.max_col)
                for area in sheet.merged_cells.ranges
                if area.min_row == area.max_row == first
                and sum(area.min_col <= place <= area.max_col for place in self.used) < 2
            ]
            return styles, across, sheet.row_dimensions[first].height
        styles = {}
        for place in range(low, high + 1):
            model = sheet._cells.get((layout.head_last, place))
            if model is not None:
                plain = Cell(sheet, row=1, column=1)
                plain._style = copy(model._style)
                plain.font = Font(name=model.font.name, size=model.font.size)
                plain.fill = PatternFill()
                styles[place] = copy(plain._style)
        return styles, [], None

    def _row_formulas(self) -> dict[int, Callable[[int], str]]:
        """Formulas of the body's first row in columns nobody maps: they go down with the rows."""
        from openpyxl.formula.translate import Translator

        found = {}
        for place in (column.place for column in self.layout.columns if column.place not in self.used):
            cell = self.sheet._cells.get((self.layout.body_first, place))
            if cell is not None and cell.data_type == "f":
                model = Translator(cell.value, origin=cell.coordinate)
                letter = get_column_letter(place)
                found[place] = lambda row, m=model, at=letter: m.translate_formula(f"{at}{row}")
        return found

    def _clear(self, count: int) -> None:
        """Nothing of an example row stays; formulas below the last row written go too."""
        places = {column.place for column in self.layout.columns}
        for (row, place), cell in self.sheet._cells.items():
            if self.layout.body_first <= row <= self.layout.body_last and place in places and isinstance(cell, Cell):
                cell.value, cell.comment = None, None

    # one column

    def _writer(self, place: int, style: StyleArray | None, facts: dict[str, str]) -> Callable[[Cell, Any], None]:
        """How values of one column are written, with the template's own format where it suits the kind of value."""
        key, shown = self.used[place], self.shown(style)
        text, quoted = self.styled(style, TEXT), self.styled(style, TEXT, quoted=True)

        def put_text(cell: Cell, value: str) -> None:
            value = clean(value)
            cell._style = quoted if value.startswith(RISKY) else text
            set_text(cell, value)

        if key.startswith("="):
            return lambda cell, _: put_text(cell, facts.get(key[1:], ""))
        column = self.columns.get(key)
        if column is None or shown == TEXT or column.type in ("text", "id"):
            return lambda cell, value: put_text(cell, _words(column, value))
        day = column.type in ("date", "month")
        default = {"fen": "#,##0.00", "date": "yyyy-mm-dd", "month": "yyyy-mm", "int": "0"}[column.type]
        suits = is_date_format(shown) if day else shown != "General" and not is_date_format(shown)
        typed = self.styled(style, "" if suits else default)

        def put_typed(cell: Cell, value: Any) -> None:
            if day and isinstance(value, dt.date) and value >= OLDEST:
                cell._style, cell._value, cell.data_type = typed, value, "d"
            elif not day and isinstance(value, int | float):
                cell._style, cell._value, cell.data_type = typed, value / 100 if column.type == "fen" else value, "n"
            else:
                put_text(cell, _words(column, value))

        return put_typed

    # one row

    def _row(self, row: int, number: int, line: dict[str, Any], pattern: dict, writers: dict, formulas: dict) -> None:
        cells = self.sheet._cells
        for place in pattern.keys() | self.used.keys() | formulas.keys():
            cell = cells[row, place] = Cell(self.sheet, row=row, column=place)
            if place in pattern:
                cell._style = pattern[place]
            key = self.used.get(place)
            if key is None:
                if place in formulas:
                    cell._value, cell.data_type = formulas[place](row), "f"
                continue
            if key == NUMBER:
                cell._value, cell.data_type = number, "n"
                continue
            value = line.get(key)
            if key.startswith("=") or (value is not None and value != ""):
                writers[place](cell, value)
            if place in self.sums and isinstance(value, int):
                self.sums[place] += value

    def _dress(self, count: int, across: list[tuple[int, int]], height: float | None) -> None:
        """Heights and cells merged sideways as in the first row of the body."""
        from openpyxl.worksheet.cell_range import CellRange

        sheet, first = self.sheet, self.layout.body_first
        for row in range(first, first + count):
            if height is not None:
                sheet.row_dimensions[row].height = height
            for left, right in across:
                sheet.merged_cells.ranges.add(CellRange(min_col=left, min_row=row, max_col=right, max_row=row))
                for place in range(left + 1, right + 1):
                    held = sheet._cells.get((row, place))
                    inner = sheet._cells[row, place] = MergedCell(sheet, row=row, column=place)
                    if held is not None:
                        inner._style = held._style

    # around the rows

    def _totals(self, rows: list[list[Cell | None]]) -> None:
        """Sums below (or above) the columns that are summed: the template's formula stays, else the value is written."""
        for cells in rows:
            for place, total in self.sums.items():
                cell = cells[place - 1]
                if not isinstance(cell, Cell) or cell.data_type == "f" or isinstance(cell.value, str):
                    continue
                column = self.columns[self.used[place]]
                if cell.number_format == TEXT:
                    set_text(cell, text_of(column, total))
                else:
                    cell._value, cell.data_type = total / 100 if column.type == "fen" else total, "n"


def _words(column: Column | None, value: Any) -> str:
    """A value as text; money without separators, so that it can be counted with."""
    if column is None or value is None:
        return ""
    if column.type == "fen" and isinstance(value, int):
        return f"{value / 100:.2f}"
    if column.type in ("int", "fen"):
        return clean(str(value))
    return text_of(column, value)

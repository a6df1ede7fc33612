"""A superior's workbook being filled: styles, the facts around its table, and how it is saved; whatever goes into it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from typing import BinaryIO

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE, BUILTIN_FORMATS_REVERSE
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from renben.engines.ledgers.cells import clean
from renben.engines.ledgers.definitions import LedgerError
from renben.engines.ledgers.template_sheets import Label, date_room, labelled
from renben.engines.ledgers.template_words import Words
from renben.engines.ledgers.workbook_rows import MAX_TEXT, RISKY

TEXT = "@"
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # spreadsheets read _x003D_ as "="; this way it stays what was typed


def set_text(cell: Cell, text: str) -> None:
    """A text into a cell, whatever it begins with: never a formula, never an error code."""
    cell._value = _ESCAPED.sub("_x005F_", clean(text)[:MAX_TEXT])
    cell.data_type = "s"


class BookFiller:
    """One sheet of a workbook that gets content; rows and figures are the business of those who inherit."""

    def __init__(self, book: Workbook, sheet: Worksheet, words: Words) -> None:
        self.book, self.sheet, self.words = book, sheet, words
        self.formats: dict[str, int] = {}

    def target(self, address: str) -> Cell:
        """The cell at an address; of merged ones the first."""
        row, place = coordinate_to_tuple(address)
        cell = self.sheet.cell(row=row, column=place)
        if isinstance(cell, MergedCell):
            area = next(a for a in self.sheet.merged_cells.ranges if address in a)
            cell = self.sheet.cell(row=area.min_row, column=area.min_col)
        return cell

    def save(self, out: BinaryIO) -> None:
        """Opened on the filled sheet, that one alone selected (two selected ones would be edited together)."""
        self.book.active = self.book.index(self.sheet)
        for each in self.book.worksheets:
            each.sheet_view.tabSelected = each is self.sheet
        self.book.calculation.fullCalcOnLoad = True
        self.book.template = False
        try:
            self.book.save(out)
        except Exception as error:  # a strange workbook fails in any way it likes
            raise LedgerError("这份表里有系统写不回去的内容。请把表复制到一个新的工作簿里，另存后再上传。") from error

    def _format(self, name: str) -> int:
        if name not in self.formats:
            known = BUILTIN_FORMATS_REVERSE.get(name)
            self.formats[name] = (
                known if known is not None else self.book._number_formats.add(name) + BUILTIN_FORMATS_MAX_SIZE
            )
        return self.formats[name]

    def styled(self, style: StyleArray | None, number_format: str = "", *, quoted: bool = False) -> StyleArray:
        """A style with another number format; `quoted` marks a text that begins like a formula."""
        made = copy(style) if style is not None else StyleArray()
        if number_format:
            made.numFmtId = self._format(number_format)
        made.quotePrefix = int(quoted)
        return made

    def shown(self, style: StyleArray | None) -> str:
        """The number format of a style."""
        cell = Cell(self.sheet, row=1, column=1)
        if style is not None:
            cell._style = copy(style)
        return cell.number_format

    def fact_cells(self, cells: Iterable[Label]) -> list[tuple[Cell, str, str]]:
        """The cells around the table that facts go into, with label and fact; found before any row moves."""
        found = [(self.target(entry.cell), entry.label, entry.fact) for entry in cells if entry.fact]
        return [each for each in found if each[0].data_type != "f"]

    def write_facts(self, around: list[tuple[Cell, str, str]], facts: dict[str, str]) -> None:
        """Facts as texts behind their labels, or alone in a cell."""
        for cell, label, fact in around:
            value, text = facts.get(fact, ""), str(cell.value or "")
            if not label:
                text = value
            elif label == "年月日":
                room = date_room(text)
                text = text[: room[0]] + value + text[room[1] :] if room else text
            else:
                room = next(((a, b) for name, _, a, b in labelled(text, self.words) if name == label), None)
                if room is None:
                    continue
                text = f"{text[: room[0]]}{value}{text[room[1] :]}"
            set_text(cell, text)
            cell._style = self.styled(cell._style, quoted=clean(text).startswith(RISKY))

"""The rows of a ledger as the XML of a worksheet: what each column needs is worked out once, a cell is one joined string.

`xlsxwriter` keeps the book, the heading, the foot and the page; a hundred thousand rows cell by cell through its general
interface take three times as long. What may stand in a cell is decided here alone: texts, figures and days, never a formula.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from renben.engines.ledgers.cells import text_of
from renben.engines.ledgers.definitions import Column

MAX_TEXT = 32_767
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")
OLDEST = dt.date(1900, 3, 1)  # spreadsheets believe in 29 February 1900: earlier dates are off by one
_DAY_0 = dt.date(1899, 12, 30)
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # spreadsheets read _x003D_ as "="; this way it stays what was typed
_SPECIAL = re.compile(r"[&<>\r]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "_x000D_"}

Cell = Callable[[Any, str], str]
"""From a value and the number of its row (as text) to the XML of the cell."""


class RowSheet(Worksheet):
    """A worksheet in constant memory that also takes whole rows already made."""

    def write_rows(self, first: int, rows: Iterable[str]) -> None:
        """Rows of XML below what was written so far; `first` (from 0) is the line of the first one.

        They must stay within the columns that the heading has, so that the sheet's stated dimensions hold.
        """
        self._write_single_row(first)
        self.fh.writelines(rows)


def style_of(style: Format) -> int:
    """The number by which cells name a format."""
    return style._get_xf_index()


def within_cell(text: str) -> str:
    """A text cut to what a cell holds: so many units of UTF-16, no half of a pair."""
    if len(text) <= MAX_TEXT // 2:
        return text
    return text.encode("utf-16-le")[: 2 * MAX_TEXT].decode("utf-16-le", "ignore")


def text_xml(text: str) -> str:
    """A text as it stands between tags."""
    if "_x" in text:
        text = _ESCAPED.sub("_x005F_", text)
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], text) if _SPECIAL.search(text) else text


def cell_maker(place: int, column: Column, text: Format, quoted: Format, typed: Mapping[str, Format]) -> Cell:
    """How the cells of one column are made. `place` from 0; `quoted` is for texts that begin like a formula; `typed` holds
    the formats of figures and days by the column's type."""
    at = f'<c r="{xl_col_to_name(place)}'
    plain, risky = style_of(text), style_of(quoted)

    def blank(line: str) -> str:
        return f'{at}{line}" s="{plain}"/>'

    def words(value: Any, line: str) -> str:
        shown = within_cell(text_of(column, value))
        if not shown:
            return blank(line)
        style = risky if shown.startswith(RISKY) else plain
        kept = ' xml:space="preserve"' if shown[0].isspace() or shown[-1].isspace() else ""
        return f'{at}{line}" s="{style}" t="inlineStr"><is><t{kept}>{text_xml(shown)}</t></is></c>'

    if column.type not in typed:
        return words
    style = style_of(typed[column.type])

    def number(value: Any, line: str) -> str:
        if not isfinite(value):
            raise ValueError(f"{column.key}: {value} is no figure")
        return f'{at}{line}" s="{style}"><v>{value:.16G}</v></c>'

    if column.type == "int":
        return lambda value, line: blank(line) if value is None or value == "" else number(value, line)
    if column.type == "fen":
        return lambda value, line: blank(line) if value is None or value == "" else number(value / 100, line)

    def day(value: Any, line: str) -> str:
        if isinstance(value, dt.date) and value >= OLDEST:
            return f'{at}{line}" s="{style}"><v>{(value - _DAY_0).days}</v></c>'
        return words(value, line)

    return day


def row_xml(line: str, cells: Iterable[str]) -> str:
    """One row; `line` is its number as text, from 1."""
    return f'<row r="{line}">{"".join(cells)}</row>'

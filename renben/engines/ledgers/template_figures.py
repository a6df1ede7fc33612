"""Filling a table of figures: the rows of a ledger are counted once, the numbers go into the cells that wait for them.

Nothing moves and nothing is put in between. A formula of the table stays what it is; labels nobody knows stay empty and are told.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from openpyxl.cell.cell import Cell
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter

from renben.engines.ledgers.cells import text_of
from renben.engines.ledgers.definitions import Ledger, LedgerError
from renben.engines.ledgers.template_book import TEXT, BookFiller, set_text
from renben.engines.ledgers.template_grids import COUNT, GRID, Figure, Figures, FigureSheet, Single, figure_sheet
from renben.engines.ledgers.template_labels import Known, Sorter, fits, is_part
from renben.engines.ledgers.template_safety import make_harmless
from renben.engines.ledgers.template_sheets import open_template
from renben.engines.ledgers.template_words import load_words

Cells = dict[tuple[int, int], int]


@dataclass(frozen=True)
class Counted:
    """What came out: `rows` of the ledger were read; `unknown` are labels that match nothing and stay empty; `outside` the values
    of rows that belong to no label, with how many; `idle` the headings whose condition no row met."""

    rows: int
    filled: int
    unknown: list[str] = field(default_factory=list)
    outside: list[tuple[str, int]] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)


def fill_figures(
    data: bytes,
    *,
    ledger: Ledger,
    figures: Figures,
    rows: Iterable[dict[str, Any]],
    facts: dict[str, str],
    known: Known,
    as_of: dt.date,
    out: BinaryIO,
) -> Counted:
    """Write the filled workbook into `out`. `rows` as `engine.iter_rows` gives them; they are not kept.

    Months without a year are those of the year of `as_of`. LedgerError when the file no longer fits what is kept of it.
    """
    words = load_words()
    book = open_template(data)
    if figures.sheet not in book.sheetnames:
        raise LedgerError(f"表里没有名为“{figures.sheet}”的工作表了，请重新上传这份表。")
    make_harmless(book, data)
    sheet = book[figures.sheet]
    head = (figures.head_first, figures.head_last) if figures.way == GRID else None
    read = figure_sheet(sheet, words, head)
    if figures.way == GRID and figures.label_place not in read.label_rows:
        raise LedgerError("这份表里那一列名目找不到了，请重新上传这份表。")
    counter = _Counter(ledger, figures, read, known, as_of.year)
    for row in rows:
        counter.add(row)
    filler = _FigureFiller(book, sheet, words)
    around = filler.fact_cells(figures.cells)
    filled = filler.put(counter)
    filler.write_facts(around, facts)
    filler.save(out)
    return counter.told(filled)


class _Counter:
    """Counts rows of a ledger into the cells of a table: numbers by (row, column) of the sheet, money in fen."""

    def __init__(self, ledger: Ledger, figures: Figures, read: FigureSheet, known: Known, year: int) -> None:
        columns = {column.key: column for column in ledger.columns}
        self.rows, self.outside, self.numbers = 0, Counter[str](), Cells()
        self.by = columns[figures.by] if figures.way == GRID else None
        self.label_rows = read.label_rows[figures.label_place] if figures.way == GRID else ()
        labels = [(each.row, each.text) for each in self.label_rows if each.kind == "label"]
        self.whole = {row for row, text in labels if not is_part(text)}
        self.sorter = Sorter(self.by, labels, known, year) if self.by is not None else None
        self.measured = [(each, self._met(each, columns, known, year)) for each in figures.measured]
        self.met: set[int] = set()
        self.money = {key for key, column in columns.items() if column.type == "fen"}

    def _met(self, each: Figure | Single, columns: dict, known: Known, year: int) -> Any:
        if not each.measure.where:
            return None
        test = fits(columns[each.measure.where], each.measure.value, known, year)
        if test is None:
            raise LedgerError(f"条件“{each.measure.value}”看不懂，请打开“改对照”重新选。")
        return test

    def add(self, row: dict[str, Any]) -> None:
        self.rows += 1
        lines: tuple[int, ...] = (0,)
        if self.sorter is not None:
            value = row.get(self.by.key)
            lines = self.sorter.places(value)
            if self.whole.isdisjoint(lines):
                self.outside[text_of(self.by, value) or "（空）"] += 1
        for number, (each, test) in enumerate(self.measured):
            if test is not None and not test(row.get(each.measure.where)):
                continue
            self.met.add(number)
            amount = 1 if each.measure.what == COUNT else row.get(each.measure.what) or 0
            for line in lines:
                at = (line, self.place(each, number))
                self.numbers[at] = self.numbers.get(at, 0) + amount

    def place(self, each: Figure | Single, number: int) -> int:
        """The column of a grid; the cells of a form are told apart by their number."""
        return each.place if isinstance(each, Figure) else number

    def known_rows(self) -> list[int]:
        return [each.row for each in self.label_rows if each.kind == "label" and self.sorter.is_known(each.text)]

    def total(self, place: int) -> int:
        """The sum of a column over the labels that stand for themselves."""
        return sum(self.numbers.get((row, place), 0) for row in self.whole)

    def told(self, filled: int) -> Counted:
        known = set(self.known_rows()) if self.sorter is not None else set()
        unknown = [each.text for each in self.label_rows if each.kind == "label" and each.row not in known]
        unknown += [each.text for each in self.label_rows if each.kind == "subtotal"]
        idle = [
            e.heading if isinstance(e, Figure) else e.label
            for number, (e, test) in enumerate(self.measured)
            if test is not None and number not in self.met
        ]
        return Counted(self.rows, filled, unknown, self.outside.most_common(), idle)


class _FigureFiller(BookFiller):
    def put(self, counter: _Counter) -> int:
        """The numbers into their cells; how many were written."""
        written = 0
        rows, totals = counter.known_rows(), [e.row for e in counter.label_rows if e.kind == "total"]
        others = [e.row for e in counter.label_rows if e.row not in {*rows, *totals}]
        for number, (each, _) in enumerate(counter.measured):
            money = each.measure.what in counter.money
            if isinstance(each, Single):
                written += self.number(each.cell, counter.numbers.get((0, number), 0), money)
                continue
            letter = get_column_letter(each.place)
            for row in rows:
                written += self.number(f"{letter}{row}", counter.numbers.get((row, each.place), 0), money)
            for row in others:
                self.clear(f"{letter}{row}")
            for row in totals:
                written += self.number(f"{letter}{row}", counter.total(each.place), money)
        return written

    def clear(self, address: str) -> None:
        """A figure of an earlier month does not stay in a row that nobody counts."""
        cell = self.target(address)
        if isinstance(cell, Cell) and cell.data_type != "f":
            cell.value = None

    def number(self, address: str, amount: int, money: bool) -> bool:
        """A number into a cell in its own format; a formula stays."""
        cell = self.target(address)
        if not isinstance(cell, Cell) or cell.data_type == "f":
            return False
        shown = cell.number_format
        if shown == TEXT:
            set_text(cell, f"{amount / 100:.2f}" if money else str(amount))
            return True
        if shown == "General" or is_date_format(shown):
            cell._style = self.styled(cell._style, "#,##0.00" if money else "0")
        cell._value, cell.data_type = amount / 100 if money else amount, "n"
        return True

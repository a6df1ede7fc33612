"""A ledger as .xlsx in the official layout: what was typed never becomes a formula, and 18 digits stay 18 digits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import xlsxwriter

from renben.engines.ledgers.cells import clean
from renben.engines.ledgers.definitions import Ledger, LedgerError
from renben.engines.ledgers.workbook_rows import RowSheet, cell_maker, row_xml, style_of
from renben.kernel import clock

MAX_ROWS = 1_000_000
"""A sheet ends at 1,048,576 rows; what lies beyond would be lost without a word."""
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))
_NUMBERS = {"int": "#,##0", "fen": "#,##0.00", "date": "yyyy-mm-dd", "month": "yyyy-mm"}


def to_xlsx(
    ledger: Ledger,
    rows: Iterable[dict[str, Any]],
    out: BinaryIO,
    *,
    office_name: str,
    as_of: dt.date,
    made_by: str,
) -> int:
    """Write the workbook into `out` in constant memory and return the number of rows.

    `rows` as `engine.iter_rows` gives them. Identity numbers and every other text are text cells; one that begins like a
    formula also carries the quote prefix, so it stays text when the cell is edited. LedgerError beyond `MAX_ROWS` rows.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": ledger.name, "author": clean(office_name)})
        sheet = book.add_worksheet(ledger.name.translate(_FORBIDDEN_IN_NAMES)[:31], worksheet_class=RowSheet)
        writer = _Sheet(book, sheet, ledger)
        writer.head(office_name=office_name, as_of=as_of)
        writer.body(rows)
        writer.foot(made_by=made_by)
        return writer.count


class _Sheet:
    """One sheet being written from top to bottom; rows above are already on disk."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: RowSheet, ledger: Ledger) -> None:
        self.sheet, self.ledger, self.count, self.line = sheet, ledger, 0, 0
        self.first = 1 if ledger.numbered else 0
        self.width = self.first + len(ledger.columns)
        self.sums = {column.key: 0 for column in ledger.summed}
        border = {"border": 1, "valign": "vcenter"}
        self.title = book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"})
        self.sub = book.add_format({"align": "left", "valign": "vcenter"})
        self.heading = book.add_format(
            border | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#E3EEFA"}
        )
        self.text = book.add_format(border | {"num_format": "@", "text_wrap": True})
        self.quoted = book.add_format(border | {"num_format": "@", "text_wrap": True, "quote_prefix": True})
        self.formats = {kind: book.add_format(border | {"num_format": shape}) for kind, shape in _NUMBERS.items()}
        self.bold = {
            kind: book.add_format(border | {"bold": True, "num_format": shape}) for kind, shape in _NUMBERS.items()
        }
        self.total = book.add_format(border | {"bold": True, "align": "center"})
        self._page()

    def _page(self) -> None:
        sheet, ledger = self.sheet, self.ledger
        if ledger.numbered:
            sheet.set_column(0, 0, 6)
        for place, column in enumerate(ledger.columns, start=self.first):
            sheet.set_column(place, place, column.width)
        if ledger.landscape:
            sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L{ledger.citation.replace('&', '&&')}&R第 &P 页 共 &N 页")
        sheet.center_horizontally()

    def _across(self, text: str, style: Any) -> None:
        if self.width > 1:
            self.sheet.merge_range(self.line, 0, self.line, self.width - 1, "", style)
        self.sheet.write_string(self.line, 0, clean(text), style)
        self.line += 1

    def head(self, *, office_name: str, as_of: dt.date) -> None:
        for text in self.ledger.title:
            self.sheet.set_row(self.line, 30)
            self._across(text, self.title)
        made = f"{clock.now().astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
        self._across(f"单位：{office_name}    截至日期：{as_of.isoformat()}    制表时间：{made}", self.sub)
        self.sheet.set_row(self.line, 30)
        names = (["序号"] if self.ledger.numbered else []) + [column.title for column in self.ledger.columns]
        for place, name in enumerate(names):
            self.sheet.write_string(self.line, place, name, self.heading)
        self.sheet.repeat_rows(0, self.line)
        self.line += 1
        self.sheet.freeze_panes(self.line, min(self.width, self.first + 1))

    def body(self, rows: Iterable[dict[str, Any]]) -> None:
        first = self.line
        self.sheet.write_rows(first, self._lines(rows))
        self.line = first + self.count

    def _lines(self, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
        """Each row as XML, counted and summed on its way to the disk."""
        columns = [
            (column.key, cell_maker(place, column, self.text, self.quoted, self.formats))
            for place, column in enumerate(self.ledger.columns, start=self.first)
        ]
        number, sums, above = style_of(self.formats["int"]), self.sums, self.line
        for count, row in enumerate(rows, start=1):
            if count > MAX_ROWS:
                raise LedgerError("这份台账超过一百万行，一张工作表放不下，请按机构或月份筛选后分别导出。")
            line = str(above + count)
            cells = [make(row.get(key), line) for key, make in columns]
            if self.first:
                cells.insert(0, f'<c r="A{line}" s="{number}"><v>{count}</v></c>')
            for key in sums:
                sums[key] += row.get(key) or 0
            self.count = count
            yield row_xml(line, cells)

    def foot(self, *, made_by: str) -> None:
        totalled = [column for column in self.ledger.columns if column.total != "none"]
        if totalled:
            self._total_row()
        signatures = "        ".join(f"{name}：{' ' * 16}" for name in self.ledger.signatures)
        self.sheet.set_row(self.line, 28)
        self._across(f"制表人：{made_by}        {signatures}".rstrip(), self.sub)

    def _total_row(self) -> None:
        for place in range(self.width):
            self.sheet.write_blank(self.line, place, None, self.total)
        if self.ledger.numbered:
            self.sheet.write_string(self.line, 0, "合计", self.total)
        for place, column in enumerate(self.ledger.columns, start=self.first):
            if column.total == "count":
                self.sheet.write_string(self.line, place, f"共{self.count:,}条", self.total)
            elif column.total == "sum":
                value = self.sums[column.key]
                self.sheet.write_number(
                    self.line, place, value / 100 if column.type == "fen" else value, self.bold[column.type]
                )
        self.line += 1

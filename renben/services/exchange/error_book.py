"""The workbook an office gets back: its refused rows as they stood, bad cells red, each explained. Corrected, it can be
uploaded again as it is."""

from __future__ import annotations

import io
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from renben.kernel.models import ImportBatch
from renben.services.exchange import row_store
from renben.services.exchange.layout import layout_of
from renben.services.exchange.models import ImportRow

ROW_NUMBER, EXPLANATION = "原行号", "问题说明"


def error_workbook(batch: ImportBatch) -> bytes:
    """An .xlsx of the refused rows of a batch; the two columns added are ignored when it comes back."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
    )
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#e3eefa", "text_wrap": True, "valign": "vcenter"})
    plain = book.add_format({"num_format": "@"})
    red = book.add_format({"num_format": "@", "bg_color": "#fbe3e1", "font_color": "#8c1d18", "border": 1})
    told = book.add_format({"text_wrap": True, "font_color": "#8c1d18"})
    sheets: dict[str, _Sheet] = {}
    layout = layout_of(batch.kind)
    for row in batch.rows.filter(state=ImportRow.State.BAD).order_by("id").iterator(chunk_size=1000):
        values, cells = row_store.unpack(row)
        cells = cells or row_store.cells_from_values(values, layout)
        cells = [cell for cell in cells if cell[0] not in (ROW_NUMBER, EXPLANATION)]
        if row.sheet not in sheets:
            sheets[row.sheet] = _new_sheet(book, row.sheet, cells, head, plain)
        _write_row(sheets[row.sheet], row, cells, plain, red, told)
    if not sheets:
        book.add_worksheet("没有问题").write_string(0, 0, "这一批没有被拒收的行。")
    book.close()
    return target.getvalue()


@dataclass
class _Sheet:
    """A sheet being written: its columns as (heading, field), the same for every row, and the next line."""

    page: Worksheet
    columns: list[tuple[str, str]]
    line: int = 1


def _new_sheet(book: xlsxwriter.Workbook, name: str, cells: list[list[str]], head: Format, plain: Format) -> _Sheet:
    clean = "".join("_" if char in "[]:*?/\\'" else char for char in name)[:31] or "退回修改"
    columns = [(heading, field) for heading, _, field in cells]
    page = book.add_worksheet(clean)
    page.freeze_panes(1, 0)
    page.set_column(0, len(columns), 16, plain)
    page.set_column(len(columns) + 1, len(columns) + 1, 60)
    for place, heading in enumerate([ROW_NUMBER, *(heading for heading, _ in columns), EXPLANATION]):
        page.write_string(0, place, heading, head)
    return _Sheet(page, columns)


def _write_row(sheet: _Sheet, row: ImportRow, cells: list[list[str]], plain: Format, red: Format, told: Format) -> None:
    by_heading = {(heading, field): text for heading, text, field in cells}
    by_field = {field: text for _, text, field in cells if field}
    bad: dict[str, list[str]] = {}
    for problem in row.problems:
        if problem["level"] == "bad":
            bad.setdefault(problem["field"], []).append(problem["text"])
    sheet.page.write_number(sheet.line, 0, row.number)
    for place, (heading, field) in enumerate(sheet.columns, start=1):
        text = by_heading.get((heading, field), by_field.get(field, ""))
        reasons = bad.get(field) if field else None
        sheet.page.write_string(sheet.line, place, text, red if reasons else plain)
        if reasons:
            sheet.page.write_comment(sheet.line, place, "\n".join(reasons), {"width": 260, "height": 90})
    explained = [f"{problem['column']}：{problem['text']}" for problem in row.problems if problem["level"] == "bad"]
    sheet.page.write_string(sheet.line, len(sheet.columns) + 1, "\n".join(explained), told)
    sheet.line += 1

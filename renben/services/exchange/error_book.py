"""The workbook an office gets back: its refused rows as they stood, bad cells red, each explained. Corrected, it can be
uploaded again as it is."""

from __future__ import annotations

import io

import xlsxwriter

from renben.kernel.models import ImportBatch
from renben.services.exchange import row_store
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
    sheets: dict[str, tuple[xlsxwriter.worksheet.Worksheet, list[str], int]] = {}
    rows = batch.rows.filter(state=ImportRow.State.BAD).order_by("id")
    for row in rows.iterator(chunk_size=1000):
        _, cells = row_store.unpack(row)
        headings = [heading for heading, _, _ in cells if heading not in (ROW_NUMBER, EXPLANATION)]
        if row.sheet not in sheets:
            sheets[row.sheet] = (_new_sheet(book, row.sheet, headings, head, plain), headings, 1)
        sheet, headings, line = sheets[row.sheet]
        _write_row(
            sheet, line, row, [cell for cell in cells if cell[0] not in (ROW_NUMBER, EXPLANATION)], plain, red, told
        )
        sheets[row.sheet] = (sheet, headings, line + 1)
    if not sheets:
        book.add_worksheet("没有问题").write_string(0, 0, "这一批没有被拒收的行。")
    book.close()
    return target.getvalue()


def _new_sheet(book, name: str, headings: list[str], head, plain):
    clean = "".join("_" if char in "[]:*?/\\'" else char for char in name)[:31] or "退回修改"
    sheet = book.add_worksheet(clean)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(headings), 16, plain)
    sheet.set_column(len(headings) + 1, len(headings) + 1, 60)
    for place, heading in enumerate([ROW_NUMBER, *headings, EXPLANATION]):
        sheet.write_string(0, place, heading, head)
    return sheet


def _write_row(sheet, line: int, row: ImportRow, cells: list[list[str]], plain, red, told) -> None:
    bad: dict[str, list[str]] = {}
    for problem in row.problems:
        if problem["level"] == "bad":
            bad.setdefault(problem["field"], []).append(problem["text"])
    sheet.write_number(line, 0, row.number)
    for place, (_, text, field) in enumerate(cells, start=1):
        reasons = bad.get(field) if field else None
        sheet.write_string(line, place, text, red if reasons else plain)
        if reasons:
            sheet.write_comment(line, place, "\n".join(reasons), {"width": 260, "height": 90})
    explained = [f"{problem['column']}：{problem['text']}" for problem in row.problems if problem["level"] == "bad"]
    sheet.write_string(line, len(cells) + 1, "\n".join(explained), told)

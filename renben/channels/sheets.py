"""A plain list as .xlsx: text stays text, no formula can get in."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse

from renben.kernel import clock


def sheet_response(
    title: str, header: list[str], rows: Iterable[list[Any]], *, organization: Any = None
) -> HttpResponse:
    """A download named after `title` and the day, with a title line saying whose list it is."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(title[:31])
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#E9EDF1"})
        cell = book.add_format({"border": 1, "num_format": "@"})
        big = book.add_format({"bold": True, "font_size": 14})
        sheet.write_string(0, 0, title, big)
        office = f"{organization.name}　" if organization is not None else ""
        sheet.write_string(1, 0, f"{office}制表时间：{clock.now().astimezone(clock.ZONE):%Y-%m-%d %H:%M}")
        for column, text in enumerate(header):
            sheet.write_string(2, column, text, head)
            sheet.set_column(column, column, 18)
        for number, row in enumerate(rows, start=3):
            for column, value in enumerate(row):
                sheet.write_string(number, column, "" if value is None else str(value), cell)
        sheet.freeze_panes(3, 0)
        sheet.repeat_rows(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    response = HttpResponse(
        out.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    name = quote(f"{title}_{clock.today():%Y%m%d}.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response

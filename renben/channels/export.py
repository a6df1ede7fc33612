"""Lists as .xlsx: text stays text (18 digits, leading zeros), and a cell never becomes a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

import xlsxwriter
from django.http import HttpRequest, HttpResponse

from renben.kernel import audit, clock

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CAP = 20_000


def xlsx(
    request: HttpRequest, *, name: str, headings: Sequence[str], rows: Iterable[Sequence[object]], action: str
) -> HttpResponse:
    """A workbook of at most CAP rows. The export goes into the audit trail with its name and number of rows."""
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(name[:31])
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#E3EEFA"})
        cell = book.add_format({"border": 1, "num_format": "@"})
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, head)
            sheet.set_column(column, column, max(10, 2 * len(heading) + 6))
        count = 0
        for count, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                sheet.write_string(count, column, "" if value is None else str(value), cell)
    audit.record(
        action="export." + action,
        subject=f"list:{action}",
        detail={"rows": count, "columns": list(headings)},
        by=request.user,
        organization=request.principal.home,
    )
    response = HttpResponse(out.getvalue(), content_type=MIME)
    file_name = f"{name}_{clock.today():%Y%m%d}.xlsx"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name)}"
    return response

"""A list as a workbook: text stays text (18 digits, leading zeros, signs), money is a number in yuan, dates are dates."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from renben.kernel import audit, clock, crypto
from renben.kernel.models import IdentityDocument
from renben.kernel.people import NUMBER

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORT_LIMIT = 50_000


def attachment(content: bytes, name: str, mime: str = XLSX) -> HttpResponse:
    """A file to keep. `name` may be Chinese."""
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def workbook(
    title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]], *, notes: Sequence[str] = ()
) -> bytes:
    """One sheet: title, heading, rows, notes below. `columns`: (heading, width in characters).

    Cells: str as text, int as number, float as yuan with two decimals, date as date, None empty.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True, "bg_color": "#e3eefa"})
    cell = book.add_format({"border": 1, "valign": "vcenter"})
    day = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
    money = book.add_format({"border": 1, "num_format": "#,##0.00"})
    heading = book.add_format({"bold": True, "font_size": 14, "align": "center"})
    if len(columns) > 1:
        sheet.merge_range(0, 0, 0, len(columns) - 1, title, heading)
    else:
        sheet.write_string(0, 0, title, heading)
    for place, (label, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(1, place, label, head)
    line = 1
    for line, row in enumerate(rows, start=2):
        for place, value in enumerate(row):
            if value is None:
                sheet.write_blank(line, place, None, cell)
            elif isinstance(value, float):
                sheet.write_number(line, place, value, money)
            elif isinstance(value, int):
                sheet.write_number(line, place, value, cell)
            elif isinstance(value, dt.date):
                sheet.write_datetime(line, place, value, day)
            else:
                sheet.write_string(line, place, str(value), cell)
    for offset, note in enumerate(notes, start=1):
        sheet.write_string(line + offset, 0, note)
    sheet.freeze_panes(2, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    book.close()
    return target.getvalue()


def export(
    request: HttpRequest,
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: QuerySet,
    line: Any,
    *,
    notes: Sequence[str] = (),
) -> HttpResponse:
    """The rows of a list as a workbook, up to `EXPORT_LIMIT`; the export leaves a trace. `line(row)` gives the cells."""
    found = list(rows[:EXPORT_LIMIT])
    audit.record(
        action="list.export",
        subject=f"list:{request.resolver_match.view_name}",
        detail={"title": title, "rows": len(found)},
        by=request.user,
        organization=request.principal.home,
    )
    made = f"制表：{request.user.display_name}　{clock.today():%Y-%m-%d}"
    return attachment(workbook(title, columns, (line(row) for row in found), notes=[*notes, made]), f"{title}.xlsx")


def full_numbers(person_ids: Iterable[int]) -> dict[int, str]:
    """Readable numbers by person, for official rosters that must carry them; one query. The caller's download is audited."""
    found = IdentityDocument.objects.filter(person_id__in=list(person_ids), is_primary=True).order_by("-id")
    return {pk: crypto.decrypt(text, NUMBER) for pk, text in found.values_list("person_id", "number_enc")}

"""回访联系: who has to be visited or called again, earliest first; overdue ones stay on the list."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.channels import export as export_sheet
from renben.channels.paging import COUNT_CAP, paginate_keys
from renben.engines.procedures import visits
from renben.kernel import clock, masking
from renben.kernel.policy import page

AHEAD = dt.timedelta(days=31)
NEAR = dt.timedelta(days=3)


def due(request: HttpRequest) -> QuerySet:
    """Keys of the visits of the reader's territory due within a month; `show=late` leaves the overdue ones."""
    today = clock.today()
    until = today - dt.timedelta(days=1) if request.GET.get("show") == "late" else today + AHEAD
    return visits.due_keys(request.principal.paths("case.view"), until)


def colour_of(visit: visits.Visit, today: dt.date) -> str:
    """Red from the day after the due day, near in the last three days."""
    if visit.due_on < today:
        return "red"
    return "near" if visit.due_on <= today + NEAR else "on_time"


@page(action="case.view")
def follow_ups(request: HttpRequest) -> HttpResponse:
    """The list, with a way to each case."""
    today = clock.today()
    shown = paginate_keys(request, due(request)[: COUNT_CAP + 1], visits.load)
    rows = replace(shown, rows=[(visit, colour_of(visit, today)) for visit in shown])
    return render(request, "cases/follow_ups.html", {"rows": rows, "show": request.GET.get("show", "")})


@page(action="case.view")
def export(request: HttpRequest) -> HttpResponse:
    """The list as .xlsx, names as on screen."""
    found = visits.load(due(request)[: export_sheet.CAP])
    return export_sheet.xlsx(
        request,
        name="回访联系清单",
        headings=["应办日期", "事项", "第几次", "服务对象", "机构", "办件编号"],
        rows=(
            [
                one.due_on.isoformat(),
                one.title,
                one.count,
                masking.mask_name(one.person.name, "list")
                if one.person
                else (one.case.employer.name if one.case.employer else ""),
                one.organization.short_name,
                one.case.number,
            ]
            for one in found.values()
        ),
        action="follow_ups",
    )

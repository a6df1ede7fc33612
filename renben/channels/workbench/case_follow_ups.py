"""回访联系: who has to be visited or called again, earliest first; overdue ones stay on the list."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renben.channels import export as export_sheet
from renben.channels.paging import paginate
from renben.engines.procedures import queries
from renben.engines.procedures.models import FollowUp
from renben.kernel import clock, masking
from renben.kernel.policy import page

AHEAD = dt.timedelta(days=31)


def due(request: HttpRequest) -> QuerySet[FollowUp]:
    """Open follow-ups of the reader's territory due within a month; `show=late` leaves the overdue ones."""
    today = clock.today()
    until = today - dt.timedelta(days=1) if request.GET.get("show") == "late" else today + AHEAD
    return queries.follow_ups_due(request.principal.paths("case.view"), until)


@page(action="case.view")
def follow_ups(request: HttpRequest) -> HttpResponse:
    """The list, with a way to each case."""
    shown = paginate(request, due(request))
    today = clock.today()
    for one in shown:
        one.signal = (
            "red" if one.due_on < today else "near" if one.due_on <= today + dt.timedelta(days=3) else "on_time"
        )
    return render(request, "cases/follow_ups.html", {"rows": shown, "show": request.GET.get("show", "")})


@page(action="case.view")
def export(request: HttpRequest) -> HttpResponse:
    """The list as .xlsx, names as on screen."""
    return export_sheet.xlsx(
        request,
        name="回访联系清单",
        headings=["应办日期", "事项", "服务对象", "机构", "办件编号"],
        rows=(
            [
                one.due_on.isoformat(),
                one.title,
                masking.mask_name(one.person.name, "list") if one.person else "",
                one.organization.short_name,
                one.case.number,
            ]
            for one in due(request)[: export_sheet.CAP]
        ),
        action="follow_ups",
    )

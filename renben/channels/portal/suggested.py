"""适合我的岗位: what the office would recommend, told to the person with its reasons, and jobs that are a little different."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from renben.channels.portal.own import own_page
from renben.channels.workbench.referrals_match import already_on, vacancy_rows
from renben.services.placement import matching
from renben.services.placement.models import Seeker

SHOWN, NEAR = 10, 5


@own_page
@require_GET
def suggested(request: HttpRequest) -> HttpResponse:
    """The best rows now, each with why; then those that differ in one thing. Nobody is told what they lack."""
    seeker = Seeker.objects.active().select_related("person__organization", "organization").of(request.person)
    context: dict = {"seeker": seeker, "rows": [], "near": []}
    if seeker is not None:
        wishes, already = list(seeker.wishes.order_by("rank")), already_on(request.person)
        answer = matching.for_seeker(seeker, size=SHOWN * 2)
        rows = [row for row in vacancy_rows(answer.top, seeker, wishes) if row["vacancy"].pk not in already]
        near = [row for row in vacancy_rows(answer.near, seeker, wishes) if row["vacancy"].pk not in already]
        context |= {"wishes": wishes, "rows": rows[:SHOWN], "near": near[:NEAR]}
    return render(request, "portal/suggested.html", context)

"""单位首页: what waits for the firm, most pressing first, each leading to where it is done; one button to post a job."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from renben.kernel import clock
from renben.kernel.models import Employer, EmployerLicence
from renben.kernel.policy import EMPLOYER, page
from renben.services.placement import vacancies_employers, vacancies_online
from renben.services.placement.models import Vacancy

State = Vacancy.State
SOON, LICENCE_SOON = 3, 30
"""Days before the end of a vacancy or of a licence at which the firm is reminded."""
EACH = 5
"""Lines of one kind shown; the rest is behind the link."""


@dataclass(frozen=True)
class Waiting:
    """One thing to do: a sentence, what else to know, where it is done."""

    text: str
    note: str
    url: str
    button: str
    tone: str = "near"


def _licences(firm: Employer, today: dt.date) -> list[Waiting]:
    """What keeps the firm from recruiting, or soon will."""
    office, url = vacancies_online.office_of(firm), reverse("employer:firm")
    found = [
        Waiting(why.text, f"请带原件到{office.name}登记。", url, "看单位信息", "red")
        for why in vacancies_employers.objections(firm, today)
    ]
    last = today + dt.timedelta(days=LICENCE_SOON)
    ending = EmployerLicence.objects.filter(employer=firm, valid_until__range=(today, last)).order_by(
        "valid_until", "id"
    )
    for one in ending:
        text = f"{one.get_kind_display()}{one.valid_until:%Y年%m月%d日}到期"
        found.append(
            Waiting(text, f"换了新证，请带原件到{office.name}登记，过期就不能招人了。", url, "看单位信息", "yellow")
        )
    return found


def _returned(rows: QuerySet[Vacancy]) -> list[Waiting]:
    found = []
    for one in rows.filter(state=State.RETURNED).prefetch_related("events").order_by("-updated_at", "id")[:EACH]:
        told = [event.reason for event in one.events.all() if event.what == "returned"]
        note = told[-1] if told else ""
        url = reverse("employer:correct", args=[one.pk])
        found.append(Waiting(f"“{one.title}”退回来要改", note, url, "去修改", "red"))
    return found


def _ending(rows: QuerySet[Vacancy], today: dt.date) -> list[Waiting]:
    last = today + dt.timedelta(days=SOON)
    soon = rows.filter(state__in=(State.PUBLISHED, State.PAUSED), valid_until__range=(today, last))
    return [
        Waiting(
            f"“{one.title}”{one.valid_until:%m月%d日}到期",
            f"还有{one.places_left}个名额。还招就延长，不招就撤下。",
            reverse("employer:renew", args=[one.pk]),
            "延长",
            "yellow",
        )
        for one in soon.order_by("valid_until", "id")[:EACH]
    ]


def waiting(firm: Employer, rows: QuerySet[Vacancy], today: dt.date) -> list[Waiting]:
    """Everything that waits for the firm, in the order it presses."""
    return [*_licences(firm, today), *_returned(rows), *_ending(rows, today)]


def figures(rows: QuerySet[Vacancy], today: dt.date) -> list[dict[str, Any]]:
    """The numbers above the list, each leading to what it counts."""
    listed = reverse("employer:vacancies")
    states = list(rows.order_by().values_list("state", flat=True))
    return [
        {"label": "招聘中的岗位", "value": states.count(State.PUBLISHED), "url": f"{listed}?state=published", "tone": "brand"},
        {"label": "等社保所审核", "value": states.count(State.SUBMITTED), "url": f"{listed}?state=submitted", "tone": "brand"},
        {"label": "退回要改", "value": states.count(State.RETURNED), "url": f"{listed}?state=returned", "tone": "red"},
    ]  # fmt: skip


@page(EMPLOYER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me."""
    firm, today = request.principal.firm, clock.today()
    rows = request.principal.of_firm("firm_vacancy")
    context = {
        "firm": firm,
        "waiting": waiting(firm, rows, today),
        "figures": figures(rows, today),
        "office": vacancies_online.office_of(firm),
        "today": today,
    }
    return render(request, "employer/home.html", context)

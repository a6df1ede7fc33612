"""单位首页: what waits for the firm, most pressing first, each leading to where it is done; one button to post a job."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from renben.channels.employer import applicants
from renben.engines.messaging import sending
from renben.kernel import clock
from renben.kernel.models import Employer, EmployerLicence
from renben.kernel.policy import EMPLOYER, Principal, page
from renben.services.placement import applicants as known
from renben.services.placement import vacancies_employers, vacancies_online
from renben.services.placement.fairs.models import Fair, FairBooth
from renben.services.placement.firms import reports
from renben.services.placement.models import Referral, Vacancy

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


def _people(referrals: QuerySet[Referral]) -> list[Waiting]:
    """New applicants, interviews to come, and those who still wait for a word after theirs."""
    found = []
    for one in applicants.news(referrals).order_by("made_on", "id")[:EACH]:
        note = f"{one.made_on:%m月%d日} {one.get_way_display()}。请约面试，或者说明为什么不合适。"
        found.append(_about(one, f"{known.name_of(one)}应聘“{one.vacancy.title}”", note, "去看看"))
    met = Q(state=Referral.State.INTERVIEWED) | Q(interview_at__lt=clock.now())
    running = referrals.filter(state__in=Referral.UNDER_WAY)
    for one in running.filter(interview_at__isnull=False).exclude(met).order_by("interview_at", "id")[:EACH]:
        when = f"{one.interview_at.astimezone(clock.ZONE):%m月%d日 %H:%M}"
        text, note = f"{when}面试{known.name_of(one)}", f"“{one.vacancy.title}”，{one.interview_place}"
        found.append(_about(one, text, note, "去看看"))
    for one in running.filter(met).order_by("made_on", "id")[:EACH]:
        text = f"{known.name_of(one)}面试过了，等您给结果"
        found.append(_about(one, text, "录用还是不录用，都请说一声，本人在等。", "给结果", "yellow"))
    return found


def _receipts(booths: QuerySet[FairBooth]) -> list[Waiting]:
    over = booths.filter(state=FairBooth.State.ATTENDED, receipt_on=None, fair__state__in=Fair.PAST)
    return [
        Waiting(
            f"“{one.fair.title}”的回执还没交",
            f"请在{one.fair.receipts_due:%m月%d日}以前交。" if one.fair.receipts_due else "请尽快交。",
            reverse("employer:receipt", args=[one.pk]),
            "交回执",
            "yellow",
        )
        for one in over.order_by("fair__on", "id")[:EACH]
    ]


def _reports(principal: Principal, today: dt.date) -> list[Waiting]:
    """Periods of the firm's agreements that ended without a vacancy or a word."""
    held = list(principal.of_firm("firm_agreement").order_by("id"))
    found = []
    for agreement_id, periods in reports.periods_of(held, today).items():
        url = reverse("employer:say_none", args=[agreement_id])
        for one in (period for period in periods if period.state in ("waiting", "missing")):
            note = f"应在{one.due_on:%m月%d日}以前报。有空岗就发布岗位，没有也请说一声。"
            tone = "red" if one.state == "missing" else "yellow"
            found.append(Waiting(f"{one.label}的空岗还没报", note, url, "没有空岗", tone))
    return found[:EACH]


def _about(one: Referral, text: str, note: str, button: str, tone: str = "near") -> Waiting:
    return Waiting(text, note, reverse("employer:applicant", args=[one.pk]), button, tone)


def waiting(principal: Principal, today: dt.date) -> list[Waiting]:
    """Everything that waits for the firm, in the order it presses."""
    rows, referrals = principal.of_firm("firm_vacancy"), principal.of_firm("firm_referral")
    receipts = _receipts(principal.of_firm("firm_booth"))
    reported = _reports(principal, today)
    return [
        *_licences(principal.firm, today),
        *_returned(rows),
        *_people(referrals),
        *receipts,
        *reported,
        *_ending(rows, today),
    ]


def figures(rows: QuerySet[Vacancy], referrals: QuerySet[Referral], unread: int) -> list[dict[str, Any]]:
    """The numbers above the list, each leading to what it counts."""
    listed = reverse("employer:vacancies")
    states = list(rows.order_by().values_list("state", flat=True))
    return [
        {"label": "招聘中的岗位", "value": states.count(State.PUBLISHED), "url": f"{listed}?state=published", "tone": "brand"},
        {"label": "等社保所审核", "value": states.count(State.SUBMITTED), "url": f"{listed}?state=submitted", "tone": "brand"},
        {"label": "新来应聘", "value": applicants.news(referrals).count(), "url": reverse("employer:applicants"), "tone": "green"},
        {"label": "没看的消息", "value": unread, "url": reverse("inbox"), "tone": "yellow"},
    ]  # fmt: skip


@page(EMPLOYER)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me."""
    firm, today = request.principal.firm, clock.today()
    rows, referrals = request.principal.of_firm("firm_vacancy"), request.principal.of_firm("firm_referral")
    context = {
        "firm": firm,
        "waiting": waiting(request.principal, today),
        "figures": figures(rows, referrals, sending.unread(request.user).count()),
        "office": vacancies_online.office_of(firm),
        "today": today,
    }
    return render(request, "employer/home.html", context)

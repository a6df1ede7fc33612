"""空岗信息报告协议: the list, one agreement with its reports, signing, renewing, ending, printing (Q-1.1.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.agreements_forms import (
    AgreementFilter,
    EndForm,
    SayForm,
    TermsForm,
    usual_terms,
)
from renben.channels.workbench.attempts import attempt, office_of
from renben.channels.workbench.downloads import export
from renben.channels.workbench.people_forms import offices_under
from renben.kernel import clock, employers, masking
from renben.kernel.models import Employer, EmployerContact
from renben.kernel.policy import Principal, page
from renben.services.placement.firms import agreements, reports
from renben.services.placement.firms.agreements_paper import print_agreement
from renben.services.placement.firms.models import VacancyAgreement

VIEW, WORK = "agreement.view", "agreement.work"
STATES = VacancyAgreement.STATES


def _filter(request: HttpRequest, data: Any) -> AgreementFilter:
    form = AgreementFilter(data, offices_under(request.principal, VIEW).exclude(tier="community"))
    form.is_valid()
    return form


def selected(principal: Principal, form: AgreementFilter, *, by_state: bool = True) -> QuerySet[VacancyAgreement]:
    """The agreements a filled-in filter asks for, the one that ends last first."""
    asked, today = form.cleaned_data, clock.today()
    rows = principal.scoped("agreement", VIEW)
    if text := asked.get("q", "").strip():
        named = employers.matching(Employer.objects.all(), text).values("pk")
        rows = rows.filter(Q(employer__in=named) | Q(number=text.upper()))
    if asked.get("street"):
        rows = rows.filter(organization__path__startswith=asked["street"].path)
    if by_state and asked.get("state"):
        rows = rows.of_state(asked["state"], today)
    if asked.get("owed"):
        found = reports.periods_of(rows, today).items()
        rows = rows.filter(pk__in=[pk for pk, periods in found if any(one.state == asked["owed"] for one in periods)])
    return rows.order_by("-until", "-id")


def _with_reports(rows: list[VacancyAgreement]) -> list[VacancyAgreement]:
    """Each with its state in words, how many periods are over and reported, and what comes next."""
    today = clock.today()
    found = reports.periods_of(rows, today)
    for one in rows:
        periods = found[one.pk]
        over = [period for period in periods if period.end <= today]
        one.state_word = STATES[one.state_on(today)]
        one.over, one.came = len(over), sum(period.state in (*reports.IN_TIME, "late") for period in over)
        one.open = next((period for period in over if period.state in reports.OPEN), None)
    return rows


@page(action=VIEW)
@require_GET
def agreement_list(request: HttpRequest) -> HttpResponse:
    """Agreements by state."""
    form = _filter(request, request.GET)
    today, everywhere = clock.today(), selected(request.principal, form, by_state=False)
    counts = {code: everywhere.of_state(code, today).count() for code in STATES}
    rows = paginate(request, selected(request.principal, form))
    _with_reports(rows.rows)
    current = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "rows": rows,
        "tabs": [
            {"code": code, "label": label, "count": counts[code], "here": code == current}
            for code, label in STATES.items()
        ],
        "all_count": sum(counts.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
    }
    return render(request, "agreements/list.html", context)


@page(action=VIEW)
@require_POST
def agreement_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    found = selected(request.principal, _filter(request, request.POST)).select_related("employer", "organization")
    rows = _with_reports(list(found))
    columns = [
        ("协议编号", 26), ("单位名称", 30), ("统一社会信用代码", 22), ("签订机构", 18), ("状态", 10), ("签订日期", 12),
        ("起始日期", 12), ("截止日期", 12), ("报告周期", 10), ("联系人", 10), ("已过期数", 10), ("已报告", 10), ("没报的一期", 16),
    ]  # fmt: skip

    def line(row: VacancyAgreement) -> list:
        return [
            row.number, row.employer.name, row.employer.uscc, row.organization.short_name, row.state_word, row.signed_on,
            row.starts_on, row.until, row.get_rhythm_display(), row.contact_name, row.over, row.came,
            row.open.label if row.open else None,
        ]  # fmt: skip

    return export(request, "用人单位空岗信息报告协议清单", columns, rows, line)


def _asked(request: HttpRequest, form: forms.Form, act: Callable[[], str], back: str, **words: Any) -> HttpResponse:
    """A page that asks for what an act needs; refused, it says why with everything still filled in."""
    if form.is_bound and form.is_valid() and attempt(request, act):
        return redirect(back)
    context = {"form": form, "back": back, "button_class": "btn-primary", "consequences": [], **words}
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


def _address(agreement: VacancyAgreement) -> str:
    return reverse("agreements:agreement", args=[agreement.pk])


def _contact(employer: Employer) -> EmployerContact | None:
    return EmployerContact.objects.filter(employer=employer, left_on=None).order_by("id").first()


@page(action=WORK, subject="employer")
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """签协议."""
    employer: Employer = request.subject
    if employer.merged_into_id:
        raise PermissionDenied("这家单位已并入另一份，请到保留的那一份上签协议。")
    form = TermsForm(request.POST or None, initial=usual_terms(_contact(employer), clock.today()))

    def act() -> str:
        office = office_of(request.principal, WORK)
        made = agreements.sign(employer=employer, organization=office, terms=form.terms, by=request.user)
        return f"协议{made.number}已登记，请打印一式两份，双方盖章。"

    back = f"{reverse('employers:file', args=[pk])}?tab=standing"
    lines = ["双方签好字的纸质协议照这里登记的打印。期内登记了岗位就算报告，没有空岗的问一声记下来。"]
    question = f"和{employer.name}签空岗信息报告协议"
    return _asked(request, form, act, back, question=question, consequences=lines, button="登记协议")


@page(action=VIEW, subject="agreement")
@require_GET
def agreement_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One agreement: what was agreed, what came in each period."""
    held: VacancyAgreement = request.subject
    today = clock.today()
    periods = reports.periods_of([held], today)[held.pk]
    state = held.state_on(today)
    context = {
        "agreement": held,
        "employer": held.employer,
        "state": state,
        "state_word": STATES[state],
        "phone": masking.mask_phone(agreements.phone_of(held), "detail"),
        "periods": list(reversed(periods)),
        "owes": [one for one in periods if one.state in ("missing", "waiting")],
        "may_still_say": any(one.state in reports.OPEN for one in periods),
        "renewal": VacancyAgreement.objects.filter(replaces=held).first(),
    }
    return render(request, "agreements/agreement.html", context)


@page(action=WORK, subject="agreement")
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """续签, from the day after the last one."""
    held: VacancyAgreement = request.subject
    starts_on = max(held.last_day + dt.timedelta(days=1), clock.today())
    first = usual_terms(None, starts_on) | {
        "signed_on": clock.today(), "rhythm": held.rhythm, "contact_name": held.contact_name,
        "contact_phone": agreements.phone_of(held),
    }  # fmt: skip
    form = TermsForm(request.POST or None, initial=first)

    def act() -> str:
        office = office_of(request.principal, WORK)
        made = agreements.sign(
            employer=held.employer, organization=office, terms=form.terms, by=request.user, replaces=held
        )
        return f"已续签，新协议{made.number}。"

    question = f"和{held.employer.name}续签"
    lines = [f"原协议{held.number}到{held.last_day:%Y年%m月%d日}为止。"]
    return _asked(request, form, act, _address(held), question=question, consequences=lines, button="续签")


@page(action=WORK, subject="agreement")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """解除."""
    held: VacancyAgreement = request.subject
    form = EndForm(request.POST or None, initial={"on": clock.today()})

    def act() -> str:
        agreements.end(agreement=held, by=request.user, **form.cleaned_data)
        return "协议已解除，以后不再催报。"

    return _asked(
        request, form, act, _address(held), question=f"解除和{held.employer.name}的协议",
        consequences=["解除以前没有报的仍然列着。"], button="解除", button_class="btn-danger",
    )  # fmt: skip


@page(action=WORK, subject="agreement")
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """登记报告: no vacancies in the period, or late ones."""
    held: VacancyAgreement = request.subject
    periods = reports.periods_of([held], clock.today())[held.pk]
    owed = [(one.start.isoformat(), f"{one.label}（{one.word}）") for one in periods if one.state in reports.OPEN]
    first = {"said_on": clock.today(), "said_by": held.contact_name, "way": "phone", "kind": "none"}
    form = SayForm(request.POST or None, periods=owed, initial=first)

    def act() -> str:
        made = agreements.say(agreement=held, start=form.cleaned_data["start"], said=form.said, by=request.user)
        return f"已记下：{made.get_kind_display()}。"

    lines = [] if owed else ["到今天为止各期都有报告，没有要登记的。"]
    question = f"{held.employer.name}的空岗报告"
    return _asked(request, form, act, _address(held), question=question, consequences=lines, button="记下")


@page(action="document.print", subject="agreement")
@require_POST
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """《用人单位空岗信息报告协议书》 as a PDF."""
    return redirect("cases:document", pk=print_agreement(agreement=request.subject, by=request.user).pk)


def of_employer(principal: Principal, employer: Employer) -> list[VacancyAgreement]:
    """The agreements of one employer for its file, the latest first."""
    if not principal.may(VIEW):
        return []
    return _with_reports(list(principal.scoped("agreement", VIEW).filter(employer=employer).order_by("-until", "-id")))

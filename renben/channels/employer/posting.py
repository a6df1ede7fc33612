"""发布岗位: the form and the checks of the counter, filled in by the firm. What the law forbids is told before it is handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.channels.workbench.attempts import sentences
from renben.channels.workbench.vacancies_edit import adopted, findings, sent
from renben.channels.workbench.vacancies_forms import VacancyForm, initial_of
from renben.kernel import clock
from renben.kernel.models import Employer, EmployerContact
from renben.kernel.policy import EMPLOYER, page
from renben.services.placement import vacancies, vacancies_employers, vacancies_online
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_ad import Ad, ad_of, musts
from renben.services.registration.reasons import NotPossible

OF_THE_OFFICE = ("source", "licence_seen", "licence_until")
"""Fields of the counter's form that an employer is not asked."""


class PostForm(VacancyForm):
    """The counter's form without what the clerk alone knows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in OF_THE_OFFICE:
            self.fields.pop(name, None)


def _form(firm: Employer, data: Any, vacancy: Vacancy | None = None, initial: dict | None = None) -> PostForm:
    return PostForm(data, employer=firm, office=vacancies_online.office_of(firm), vacancy=vacancy, initial=initial)


def _barred(firm: Employer) -> list[str]:
    """Why this firm cannot recruit here today, in its own words; empty when it can."""
    return [why.text for why in vacancies_employers.objections(firm, clock.today())]


def _page(
    request: HttpRequest, form: PostForm, firm: Employer, *, status: int = 200, found: dict | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "firm": firm,
        "vacancy": form.vacancy,
        "findings": found,
        "is_swapped": form.is_bound and form.is_swapped,
        "barred": _barred(firm),
        "office": vacancies_online.office_of(firm),
        "answer_by": vacancies_online.answer_by(clock.today()),
        "today": clock.today(),
    }
    return render(request, "employer/post.html", context, status=status)


def _looked_at(request: HttpRequest, form: PostForm, firm: Employer) -> HttpResponse | None:
    """The page again when only a look was asked for, or when something in the words has to go; None to hand it in."""
    if "adopt" in request.POST:
        adopted(form, form.ad())
        form = _form(firm, form.data, form.vacancy)
        form.is_valid()
    elif "check" not in request.POST and not vacancies_online.objections(form.ad(), firm):
        return None
    return _page(request, form, firm, status=422, found=findings(form.ad(), firm))


def _keep(
    request: HttpRequest, form: PostForm, firm: Employer, act: Callable[[Ad, dict[str, Any]], Vacancy]
) -> HttpResponse:
    """Check what was sent and hand it in; every reason against it is told above the form, nothing typed is lost."""
    if not form.is_valid():
        return _page(request, form, firm, status=422)
    if (answer := _looked_at(request, form, firm)) is not None:
        return answer
    try:
        with transaction.atomic():
            kept = act(form.ad(), form.cleaned_data)
    except NotPossible as refused:
        for sentence in sentences(refused):
            form.add_error(None, sentence)
        if any(
            why.code == "stale" for why in refused.reasons
        ):  # sent again, it is meant: the page shows what was typed
            form.data = form.data.copy()
            form.data["version"] = Vacancy.objects.get(pk=form.vacancy.pk).version
        return _page(request, form, firm, status=422)
    if kept.state == Vacancy.State.SUBMITTED:
        until = vacancies_online.answer_by(clock.today())
        messages.success(request, f"已提交，登记号 {kept.number}。{until:%m月%d日}下班以前审核，合格的当天发布。")
    else:
        messages.success(request, "已保存。")
    return redirect("employer:vacancy", kept.pk)


def _earlier(request: HttpRequest) -> dict[str, Any]:
    """What a new post begins with when it is like an earlier one of the firm (`?from=`)."""
    asked = request.GET.get("from", "")
    if not asked:
        return {}
    before = request.principal.of_firm("firm_vacancy").filter(pk=int(asked) if asked.isdecimal() else 0).first()
    if before is None:
        raise Http404("招聘岗位")
    given = initial_of(before)
    return {name: value for name, value in given.items() if name not in ("valid_until", "version", "contact_name")}


def _agent(request: HttpRequest, firm: Employer) -> int | None:
    """The signed-in contact answers for the post unless somebody else is named."""
    own = EmployerContact.objects.filter(employer=firm, user=request.user, left_on=None).order_by("id").first()
    return own.pk if own is not None else None


@page(EMPLOYER)
def post(request: HttpRequest) -> HttpResponse:
    """发布岗位."""
    firm = request.principal.firm
    office = vacancies_online.office_of(firm)
    first = {
        "region": office.region_id,
        "valid_until": vacancies.last_day(clock.today()),
        "agent": _agent(request, firm),
    }
    form = _form(firm, sent(request), initial=first | _earlier(request))
    if request.method != "POST":
        return _page(request, form, firm)

    def act(ad: Ad, given: dict[str, Any]) -> Vacancy:
        return vacancies_online.post(employer=firm, ad=ad, by=request.user, valid_until=given["valid_until"])

    return _keep(request, form, firm, act)


@page(EMPLOYER, subject="firm_vacancy")
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """修改: what came back is put right here; one changed meanwhile is not overwritten."""
    vacancy, firm = request.subject, request.principal.firm
    if vacancy.state not in (*Vacancy.LIVE, Vacancy.State.DRAFT):
        messages.error(request, f"岗位现在是“{vacancy.get_state_display()}”，不能修改。")
        return redirect("employer:vacancy", pk)
    form = _form(firm, sent(request), vacancy, initial_of(vacancy))
    if request.method != "POST":
        found = findings(ad_of(vacancy), firm) if musts(vacancy.faults) else None
        return _page(request, form, firm, found=found)

    def act(ad: Ad, given: dict[str, Any]) -> Vacancy:
        return vacancies_online.correct(
            vacancy=vacancy, ad=ad, by=request.user, version=given["version"] or 0, valid_until=given["valid_until"]
        )

    return _keep(request, form, firm, act)

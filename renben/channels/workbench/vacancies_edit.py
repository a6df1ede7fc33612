"""Registering and changing a vacancy: one page, checked before it is kept, nothing lost when something is wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import office_of, sentences
from renben.channels.workbench.vacancies import APPROVE, WORK
from renben.channels.workbench.vacancies_forms import VacancyForm, initial_of, with_swapped_wages
from renben.kernel import clock
from renben.kernel.employers import matching
from renben.kernel.models import Employer
from renben.kernel.policy import page
from renben.services.placement import vacancies
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_ad import TEXTS, Ad, check, fault_text, marked, suggestions
from renben.services.placement.vacancies_employers import MAIN, has_licence, note_licence
from renben.services.registration.reasons import NotPossible


@page(action=WORK)
@require_GET
def choose_employer(request: HttpRequest) -> HttpResponse:
    """Whose post it is: found by name, initials, code or telephone."""
    text = request.GET.get("q", "").strip()[:60]
    rows = request.principal.scoped("employer", WORK).filter(merged_into=None)
    found = paginate(request, matching(rows, text).order_by("pinyin", "id") if text else [])
    return render(request, "vacancies/choose_employer.html", {"rows": found, "text": text})


def findings(ad: Ad, employer: Employer) -> dict[str, Any]:
    """What the check says about facts not kept yet, marked in the text, with the wording suggested."""
    today = clock.today()
    found, cut, proposed = check(ad, employer, today), marked(ad, today), suggestions(ad, today)
    texts = [
        {"label": label, "pieces": cut[name], "suggested": proposed.get(name)}
        for name, label in TEXTS.items()
        if name in cut and any(kind for _, kind, _ in cut[name])
    ]
    return {"faults": [_line(fault) for fault in found], "texts": texts, "has_suggestions": bool(proposed)}


def _line(fault: dict[str, Any]) -> dict[str, str]:
    return {"kind": fault["kind"], "text": fault_text(fault)}


def sent(request: HttpRequest) -> Any:
    """What was sent; with 对调工资 both ends of the wage changed round."""
    if request.method != "POST":
        return None
    return with_swapped_wages(request.POST) if "swap" in request.POST else request.POST


def adopted(form: VacancyForm, ad: Ad) -> dict[str, str]:
    """The texts as suggested, put into the form again for whoever pressed 用建议的文字."""
    proposed = suggestions(ad, clock.today())
    form.data = form.data.copy()
    for name, text in proposed.items():
        form.data[name] = text
    return proposed


def _page(
    request: HttpRequest, form: VacancyForm, employer: Employer, *, status: int = 200, findings: dict | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "employer": employer,
        "vacancy": form.vacancy,
        "findings": findings,
        "lacks_licence": form.vacancy is None and not has_licence(employer, MAIN, clock.today()),
        "may_approve": request.principal.may(APPROVE),
        "is_swapped": form.is_bound and form.is_swapped,
    }
    return render(request, "vacancies/edit.html", context, status=status)


def _looked_at(request: HttpRequest, form: VacancyForm, employer: Employer) -> HttpResponse | None:
    """The answer when the page is only to be looked at again: checked, or with the suggested wording. None to go on."""
    if "adopt" in request.POST:
        adopted(form, form.ad())
        form = type(form)(form.data, employer=employer, office=_office(request), vacancy=form.vacancy)
        form.is_valid()
    elif "check" not in request.POST:
        return None
    return _page(request, form, employer, status=422, findings=findings(form.ad(), employer))


def _office(request: HttpRequest) -> Any:
    return office_of(request.principal, WORK)


def _published(request: HttpRequest, vacancy: Vacancy) -> None:
    """Publish what was just kept, when that was asked; what keeps it back is told and the vacancy waits for its check."""
    if "publish" not in request.POST or not request.principal.may(APPROVE):
        messages.success(request, f"已保存，登记号 {vacancy.number}，等着审核。")
        return
    try:
        with transaction.atomic():
            vacancies.publish(vacancy=vacancy, by=request.user)
    except NotPossible as refused:
        messages.warning(request, f"已保存，登记号 {vacancy.number}，但还不能发布：")
        for sentence in sentences(refused):
            messages.error(request, sentence)
    else:
        messages.success(request, f"已登记并发布，登记号 {vacancy.number}。")


@page(action=WORK, subject="employer")
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """招聘登记 of an employer on file; a licence seen in the original is recorded with it."""
    employer: Employer = request.subject
    office = _office(request)
    first = {"region": _region(employer, office), "valid_until": vacancies.last_day(clock.today())}
    form = VacancyForm(sent(request), employer=employer, office=office, initial=first)
    if request.method != "POST":
        return _page(request, form, employer)
    if not form.is_valid():
        return _page(request, form, employer, status=422)
    if (answer := _looked_at(request, form, employer)) is not None:
        return answer
    given = form.cleaned_data
    try:
        with transaction.atomic():
            if given["licence_seen"]:
                note_licence(employer=employer, by=request.user, valid_until=given["licence_until"])
            vacancy = vacancies.register(
                employer=employer,
                organization=office,
                ad=form.ad(),
                by=request.user,
                source=given["source"],
                valid_until=given["valid_until"],
            )
    except NotPossible as refused:
        return _refused(request, form, employer, refused)
    _published(request, vacancy)
    return redirect("vacancies:vacancy", vacancy.pk)


def _region(employer: Employer, office: Any) -> str:
    """The street the employer belongs to, for a start."""
    place = employer.organization if employer.organization.tier == "street" else office
    return place.region_id


def _refused(request: HttpRequest, form: VacancyForm, employer: Employer, refused: NotPossible) -> HttpResponse:
    for sentence in sentences(refused):
        form.add_error(None, sentence)
    is_stale = any(why.code == "stale" for why in refused.reasons)
    if is_stale:
        form.data = form.data.copy()
        form.data["version"] = Vacancy.objects.get(pk=form.vacancy.pk).version
    return _page(request, form, employer, status=409 if is_stale else 422)


@page(action=WORK, subject="own_vacancy")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a vacancy; one changed by somebody else meanwhile is not overwritten."""
    vacancy: Vacancy = request.subject
    employer = vacancy.employer
    if vacancy.state not in (*Vacancy.LIVE, Vacancy.State.DRAFT):
        messages.error(request, f"岗位现在是“{vacancy.get_state_display()}”，不能修改。")
        return redirect("vacancies:vacancy", pk)
    form = VacancyForm(
        sent(request), employer=employer, office=_office(request), vacancy=vacancy, initial=initial_of(vacancy)
    )
    if request.method != "POST":
        return _page(request, form, employer)
    if not form.is_valid():
        return _page(request, form, employer, status=422)
    if (answer := _looked_at(request, form, employer)) is not None:
        return answer
    try:
        with transaction.atomic():
            changed = vacancies.change(
                vacancy=vacancy,
                ad=form.ad(),
                by=request.user,
                version=form.cleaned_data["version"] or 0,
                valid_until=form.cleaned_data["valid_until"],
            )
    except NotPossible as refused:
        return _refused(request, form, employer, refused)
    if changed.state == Vacancy.State.SUBMITTED:
        _published(request, changed)
    else:
        messages.success(request, "已保存。")
    return redirect("vacancies:vacancy", pk)

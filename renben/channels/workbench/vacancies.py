"""招聘岗位: the list with its states, and one vacancy with everything around it (J-5.3.1, J-5.1.2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.code_field import CodeField
from renben.channels.paging import paginate
from renben.channels.workbench.downloads import export
from renben.channels.workbench.people_forms import offices_under
from renben.engines.coding import lookup, occupations
from renben.kernel import clock, employers, masking
from renben.kernel.models import Employer, Organization
from renben.kernel.policy import Principal, page
from renben.services.placement import vacancies as acts
from renben.services.placement import vacancies_hints
from renben.services.placement.codes import Access, VacancySource, WorkKind
from renben.services.placement.firms import credit
from renben.services.placement.models import Referral, Vacancy
from renben.services.placement.vacancies_ad import TEXTS, ad_of, marked, musts, phone_of, suggestions
from renben.services.placement.vacancies_words import education_text, needs_text, wage_text, yuan_plain

VIEW, WORK, APPROVE = "vacancy.view", "vacancy.work", "vacancy.approve"
State = Vacancy.State
ENDS = [("", "全部"), ("soon", "三天内到期"), ("left", "还有名额")]
SELECT = {"class": "form-select"}


class VacancyFilter(forms.Form):
    """The filter above the list; `office` is one of those in the reader's territory."""

    q = forms.CharField(label="岗位、单位、登记号", max_length=60, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])
    source = forms.ChoiceField(
        label="来源", required=False, choices=[("", "全部"), *VacancySource.choices], widget=forms.Select(attrs=SELECT)
    )
    work_kind = forms.ChoiceField(
        label="用工形式", required=False, choices=[("", "全部"), *WorkKind.choices], widget=forms.Select(attrs=SELECT)
    )
    street = forms.ModelChoiceField(
        label="机构", required=False, queryset=Organization.objects.none(), empty_label="全部"
    )
    occupation = CodeField(table="occupation", label="职业")
    ends = forms.ChoiceField(label="名额、期限", required=False, choices=ENDS, widget=forms.Select(attrs=SELECT))

    def __init__(self, principal: Principal, data: Any) -> None:
        super().__init__(data)
        self.fields["street"].queryset = offices_under(principal, VIEW).exclude(tier="community")
        self.fields["street"].label_from_instance = lambda office: office.short_name
        self.fields["street"].widget.attrs["class"] = "form-select"


def selected(principal: Principal, form: VacancyFilter, *, by_state: bool = True) -> QuerySet[Vacancy]:
    """The vacancies of the reader's own territory a filled-in filter asks for."""
    form.is_valid()
    asked, today = form.cleaned_data, clock.today()
    rows = principal.scoped("own_vacancy", VIEW)
    if text := asked.get("q", "").strip():
        firms = employers.matching(Employer.objects.all(), text).values("pk")
        rows = rows.filter(Q(title__icontains=text) | Q(number=text.upper()) | Q(employer__in=firms))
    if code := asked.get("occupation"):
        rows = rows.filter(occupation__startswith=lookup.stem(code))
    if asked.get("source"):
        rows = rows.filter(source=asked["source"])
    if asked.get("work_kind"):
        rows = rows.filter(work_kind=asked["work_kind"])
    if asked.get("street"):
        rows = rows.filter(organization__path__startswith=asked["street"].path)
    if asked.get("ends") == "left":
        rows = rows.open_on(today)
    elif asked.get("ends"):
        last = today + dt.timedelta(days=3)
        rows = rows.filter(state__in=(State.PUBLISHED, State.PAUSED), valid_until__range=(today, last))
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows


@page(action=VIEW)
@require_GET
def vacancy_list(request: HttpRequest) -> HttpResponse:
    """Vacancies by state; 待审核 is the queue of those who approve, oldest first."""
    form = VacancyFilter(request.principal, request.GET)
    rows = selected(request.principal, form)
    found = dict(
        selected(request.principal, form, by_state=False).order_by().values_list("state").annotate(n=Count("id"))
    )
    current = form.cleaned_data.get("state", "")
    order = ("recorded_at", "id") if current == State.SUBMITTED else ("-registered_on", "-id")
    listed = paginate(request, rows.order_by(*order))
    for vacancy in listed:
        vacancy.wage, vacancy.must_count = wage_text(vacancy), len(musts(vacancy.faults))
    context = {
        "form": form,
        "rows": listed,
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
        "today": clock.today(),
    }
    return render(request, "vacancies/list.html", context)


@page(action=VIEW)
@require_POST
def vacancy_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    rows = selected(request.principal, VacancyFilter(request.principal, request.POST))
    columns = [
        ("登记号", 28), ("单位名称", 28), ("信用代码", 22), ("岗位名称", 18), ("职业", 20), ("状态", 10), ("招聘人数", 10), ("已招到", 8),
        ("工资", 22), ("要求", 40), ("工作地点", 24), ("来源", 14), ("登记日期", 12), ("有效期至", 12), ("经办人", 10), ("受理机构", 18),
    ]  # fmt: skip

    def line(row: Vacancy) -> list:
        return [
            row.number, row.employer.name, row.employer.uscc, row.title, trade(row.occupation), row.get_state_display(),
            row.headcount, row.filled, wage_text(row), needs_text(row), row.place or row.region.name,
            row.get_source_display(), row.registered_on, row.valid_until, row.contact_name, row.organization.short_name,
        ]  # fmt: skip

    return export(request, "招聘岗位", columns, rows.order_by("-registered_on", "-id"), line)


def trade(code: str) -> str:
    """The name of an occupation; the code itself when the table does not have it, nothing for none."""
    tree = occupations.tree()
    return tree[code].name if code and code in tree else code


def _referrals(principal: Principal, vacancy: Vacancy) -> dict[str, Any]:
    """Who was recommended, as far as the reader may see them; of the others the number."""
    rows = Referral.objects.filter(vacancy=vacancy)
    inside = principal.within("organization__path", VIEW) | principal.within("person__organization__path", VIEW)
    own = list(rows.filter(inside).select_related("person", "organization").order_by("-made_on", "-id")[:50])
    return {"referrals": own, "referrals_elsewhere": rows.count() - len(own)}


def _told(vacancy: Vacancy) -> dict[str, Any]:
    """What the check found, the texts with the words marked, and the wording suggested beside each."""
    ad, today = ad_of(vacancy), clock.today()
    proposed, cut = suggestions(ad, today), marked(ad, today)
    texts = [
        {"label": label, "pieces": cut[name], "suggested": proposed.get(name)}
        for name, label in TEXTS.items()
        if name in cut
    ]
    return {"texts": texts, "musts": musts(vacancy.faults), "has_suggestions": bool(proposed)}


@page(action=VIEW, subject="vacancy")
@require_GET
def vacancy_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One vacancy: facts, findings, hints, who was recommended, what happened."""
    vacancy: Vacancy = request.subject
    is_own = request.principal.scoped("own_vacancy", VIEW).filter(pk=pk).exists()
    events = list(vacancy.events.select_related("by").order_by("-id"))
    for event in events:
        event.label = acts.WHAT.get(event.what, event.what)
    context = {
        "vacancy": vacancy,
        "employer": vacancy.employer,
        "is_own": is_own,
        "wage": wage_text(vacancy),
        "month": f"{yuan_plain(vacancy.month_low_fen)}至{yuan_plain(vacancy.month_high_fen)}元",
        "education": education_text(vacancy.education) or "不限",
        "access": [Access(code).label for code in vacancy.access],
        "phone": masking.mask_phone(phone_of(vacancy), "detail") or "未填",
        "trade": trade(vacancy.occupation),
        "guesses": occupations.predict(vacancy.title) if is_own else [],
        "hints": vacancies_hints.hints(vacancy) if is_own and vacancy.state in vacancies_hints.CURRENT else [],
        "credit": credit.current(vacancy.employer) if is_own and vacancy.state == State.SUBMITTED else None,
        "events": events,
        "today": clock.today(),
        **_told(vacancy),
        **_referrals(request.principal, vacancy),
    }
    return render(request, "vacancies/vacancy.html", context)


def of_employer(principal: Principal, employer: Employer) -> QuerySet[Vacancy]:
    """An employer's vacancies for its file, running ones first."""
    rows = principal.scoped("vacancy", VIEW).filter(employer=employer)
    return rows.order_by(F("ended_on").desc(nulls_first=True), "-registered_on", "-id")

"""单位诚信: the ranking of a year, one firm's level with every fact behind it, inspections, appeals (Q-2.1.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.middleware import policy_of
from renben.channels.paging import paginate
from renben.channels.workbench.agreements_forms import SELECT, day_field
from renben.channels.workbench.attempts import attempt, office_of
from renben.channels.workbench.downloads import export
from renben.channels.workbench.people_forms import offices_under
from renben.kernel import clock, employers
from renben.kernel.models import Employer, Organization
from renben.kernel.policy import Principal, page
from renben.services.placement.firms import credit, credit_facts
from renben.services.placement.firms.models import CreditAppeal

VIEW, WORK, DECIDE = "credit.view", "credit.work", "credit.decide"
NAME = "用人单位诚信等级评价排名"
YEARS_BACK = 5


class RankingFilter(forms.Form):
    """The filter above the ranking; `street` is one of the offices in the reader's territory."""

    q = forms.CharField(label="单位", max_length=60, required=False)
    year = forms.TypedChoiceField(label="年度", coerce=int, required=False, widget=forms.Select(attrs=SELECT))
    level = forms.ChoiceField(label="等级", required=False, widget=forms.Select(attrs=SELECT))
    street = forms.ModelChoiceField(
        label="机构", required=False, queryset=Organization.objects.none(), empty_label="全部",
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip

    def __init__(self, data: Any, principal: Principal) -> None:
        super().__init__(data)
        this = clock.today().year
        self.fields["year"].choices = [(year, f"{year}年") for year in range(this, this - YEARS_BACK, -1)]
        self.fields["level"].choices = [("", "全部"), *((one.code, one.label) for one in credit.table().levels)]
        self.fields["street"].queryset = offices_under(principal, VIEW).exclude(tier="community")
        self.fields["street"].label_from_instance = lambda office: office.short_name
        self.is_valid()
        self.year = self.cleaned_data.get("year") or this


def _firms(principal: Principal, form: RankingFilter) -> QuerySet[Employer]:
    rows = principal.scoped("employer", VIEW).filter(merged_into=None)
    street = form.cleaned_data.get("street")
    return rows.filter(organization__path__startswith=street.path) if street else rows


def ranked(principal: Principal, form: RankingFilter) -> list[credit.Ranked]:
    """The ranking a filled-in filter asks for. Places are those among the offices asked for, whatever is looked up in it."""
    rows = credit.ranking(_firms(principal, form), form.year)
    if form.cleaned_data.get("level"):
        rows = [one for one in rows if one.rating.level.code == form.cleaned_data["level"]]
    if text := form.cleaned_data.get("q", "").strip():
        keys = {one.employer.pk for one in rows}
        named = employers.matching(Employer.objects.filter(pk__in=keys), text).values_list("pk", flat=True)
        found = set(named.order_by())
        rows = [one for one in rows if one.employer.pk in found]
    return rows


@page(action=VIEW)
@require_GET
def ranking(request: HttpRequest) -> HttpResponse:
    """用人单位诚信等级评价排名 of a year."""
    form = RankingFilter(request.GET, request.principal)
    context = {
        "form": form,
        "name": NAME,
        "rows": paginate(request, ranked(request.principal, form)),
        "is_filtered": any(form.cleaned_data.get(name) for name in ("q", "level", "street")),
        "rules": credit.table(),
    }
    return render(request, "credit/ranking.html", context)


@page(action=VIEW)
@require_POST
def ranking_export(request: HttpRequest) -> HttpResponse:
    """The ranking as a workbook, each kind of fact in a column of its own."""
    form = RankingFilter(request.POST, request.principal)
    weights = list(credit.table().weights.values())
    columns = [("名次", 6), ("单位名称", 30), ("统一社会信用代码", 22), ("归属机构", 18), ("等级", 16), ("得分", 8)]
    columns += [(f"{weight.label}（件）", 12) for weight in weights]

    def line(row: credit.Ranked) -> list:
        counts = {one.weight.kind: one.count for one in row.rating.lines}
        firm = row.employer
        head = [row.place, firm.name, firm.uscc, firm.organization.short_name, row.rating.level.label, row.rating.score]
        return head + [counts.get(weight.kind, 0) for weight in weights]

    return export(request, f"{form.year}年{NAME}", columns, ranked(request.principal, form), line)


def _may_open(principal: Principal, url: str) -> bool:
    """Whether the page a fact was recorded on is one this reader may ask for."""
    try:
        rule = policy_of(resolve(url).func)
    except Resolver404:
        return False
    return bool(rule and rule.action and principal.may(rule.action))


def shown(principal: Principal, rating: credit.Rating) -> list[dict[str, Any]]:
    """Facts of a rating for a page: with what one weighs, and its address where the reader may open it."""
    weights = credit.table().weights
    return [
        {"fact": fact, "weight": weights[fact.kind], "url": fact.url if _may_open(principal, fact.url or "/-/") else ""}
        for fact in rating.facts
    ]


@page(action=VIEW, subject="employer")
@require_GET
def firm(request: HttpRequest, pk: int) -> HttpResponse:
    """One firm: the level of today, the sum, every fact."""
    employer: Employer = request.subject
    rating = credit.current(employer)
    rules = credit.table()
    context = {
        "employer": employer,
        "rating": rating,
        "rules": rules,
        "since": credit.back(clock.today(), rules.months),
        "facts": shown(request.principal, rating),
    }
    return render(request, "credit/firm.html", context)


class InspectionForm(forms.Form):
    on = day_field("检查日期")
    inspectors = forms.CharField(label="检查的人", max_length=100)
    is_fine = forms.ChoiceField(
        label="结果", choices=[("yes", "没有发现问题"), ("no", "发现问题")], widget=forms.RadioSelect
    )
    found = forms.CharField(
        label="检查情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="查了什么、看到什么；发现问题的写明哪一条。",
    )  # fmt: skip


class AppealForm(forms.Form):
    filed_by = forms.CharField(label="单位谁来申诉的", max_length=50)
    reason = forms.CharField(label="申诉理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class DecideForm(forms.Form):
    verdict = forms.ChoiceField(
        label="复核结果", widget=forms.RadioSelect,
        choices=[("yes", "申诉成立，这件事实不再计分"), ("no", "申诉不成立，照常计分")],
    )  # fmt: skip
    answer = forms.CharField(label="复核意见", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def _ask(request: HttpRequest, form: forms.Form, act: Callable[[], str], firm_pk: int, **words: Any) -> HttpResponse:
    back = reverse("credit:firm", args=[firm_pk])
    if form.is_bound and form.is_valid() and attempt(request, act):
        return redirect(back)
    context = {"form": form, "back": back, "button_class": "btn-primary", "consequences": [], **words}
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


@page(action=WORK, subject="employer")
def inspect(request: HttpRequest, pk: int) -> HttpResponse:
    """登记检查."""
    employer: Employer = request.subject
    first = {"on": clock.today(), "inspectors": request.user.display_name}
    form = InspectionForm(request.POST or None, initial=first)

    def act() -> str:
        given = {**form.cleaned_data, "is_fine": form.cleaned_data["is_fine"] == "yes"}
        office = office_of(request.principal, WORK)
        credit.inspect(employer=employer, organization=office, by=request.user, **given)
        return "检查情况已登记，记入单位诚信。"

    return _ask(request, form, act, pk, question=f"登记对{employer.name}的检查", button="登记")


@page(action=WORK, subject="employer")
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """申诉 against one fact, named in the address."""
    employer: Employer = request.subject
    key = request.GET.get("fact", "")
    fact = credit_facts.find(credit.current(employer).facts, key)
    if request.method == "GET" and key and fact is None:
        raise Http404
    form = AppealForm(request.POST or None)

    def act() -> str:
        credit.appeal(employer=employer, key=key, by=request.user, **form.cleaned_data)
        return "申诉已登记，由另一个人复核。"

    lines = [f"针对：{fact.on:%Y年%m月%d日}　{fact.text}"] if fact else ["请从单位诚信页面的某一件事实点“申诉”。"]
    return _ask(request, form, act, pk, question=f"{employer.name}的诚信申诉", consequences=lines, button="登记申诉")


@page(action=DECIDE, subject="credit_appeal")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """复核申诉."""
    held: CreditAppeal = request.subject
    form = DecideForm(request.POST or None)

    def act() -> str:
        given = form.cleaned_data
        done = credit.decide(appeal=held, is_upheld=given["verdict"] == "yes", answer=given["answer"], by=request.user)
        return f"已复核：{done.get_state_display()}。"

    lines = [
        f"事实：{held.fact_on:%Y年%m月%d日}　{held.fact_text}",
        f"{held.filed_by}于{held.filed_on:%Y年%m月%d日}申诉：{held.reason}",
    ]
    if held.state != CreditAppeal.State.OPEN:
        lines.append(f"已经复核：{held.get_state_display()}。{held.answer}")
    return _ask(
        request,
        form,
        act,
        held.employer_id,
        question=f"复核{held.employer.name}的申诉",
        consequences=lines,
        button="复核",
    )

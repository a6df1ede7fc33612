"""外部数据: what other bodies say of people on file, how fresh it is, where it contradicts what runs here, and the look at it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import of_people
from renben.channels.workbench.downloads import export
from renben.kernel.policy import page
from renben.services.exchange import crosschecks, outside
from renben.services.exchange.models import OutsideFact
from renben.services.registration.outside_conflicts import contradictions, running_of

Verdict = OutsideFact.Verdict
TABS = {"open": "矛盾待核实", "true": "已核实属实", "false": "核实不属实", "all": "全部数据"}


def scoped(request: HttpRequest) -> QuerySet[OutsideFact]:
    return request.principal.scoped("outside_fact", "outside.view")


def of_tab(rows: QuerySet[OutsideFact], tab: str) -> QuerySet[OutsideFact]:
    if tab == "open":
        return contradictions(rows.filter(verdict=Verdict.OPEN))
    if tab in (Verdict.TRUE, Verdict.FALSE):
        return rows.filter(verdict=tab)
    return rows


def selected(request: HttpRequest, data: Any) -> tuple[QuerySet[OutsideFact], dict[str, str]]:
    """The rows asked for, newest first, and what was asked (`tab`, `kind`, `q`); what is none of the choices is left out."""
    tab, kind = data.get("tab", "open"), data.get("kind", "")
    asked = {
        "tab": tab if tab in TABS else "open",
        "kind": kind if kind in OutsideFact.Kind.values else "",
        "q": data.get("q", "").strip()[:40],
    }
    rows = of_people(of_tab(scoped(request), asked["tab"]), asked["q"])
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    return rows.order_by("-start_on", "-id"), asked


def sentence(fact: OutsideFact) -> str:
    """What the other body says, in words: 2026-09-01 起 · 单位缴纳 · 某某公司."""
    span = (
        f"{fact.start_on:%Y-%m-%d}起" if fact.end_on is None else f"{fact.start_on:%Y-%m-%d}至{fact.end_on:%Y-%m-%d}前"
    )
    if fact.kind == OutsideFact.Kind.DEATHS:
        span = f"{fact.start_on:%Y-%m-%d}死亡"
    return " · ".join(part for part in (span, outside.role_of(fact), fact.body) if part)


@page(action="outside.view")
@require_GET
def outside_list(request: HttpRequest) -> HttpResponse:
    """How fresh each kind of data is, and the facts of one tab."""
    rows, asked = selected(request, request.GET)
    listed = paginate(request, rows)
    for fact in listed.rows:
        fact.text = sentence(fact)
    everything = scoped(request)
    context = {
        "rows": listed,
        "asked": asked,
        "supplies": outside.supplies(everything),
        "kinds": OutsideFact.Kind.choices,
        "tabs": [
            {"code": code, "label": label, "count": of_tab(everything, code).count(), "here": code == asked["tab"]}
            for code, label in TABS.items()
        ],
    }
    return render(request, "imports/outside.html", context)


@page(action="outside.view")
@require_POST
def outside_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook: the reconciliation report."""
    rows, asked = selected(request, request.POST)
    columns = [
        ("姓名", 10), ("证件号码", 22), ("管理机构", 18), ("数据", 14), ("内容", 44), ("数据截至", 12), ("核实结果", 10),
        ("核实说明", 40), ("核实人", 10),
    ]  # fmt: skip

    def line(fact: OutsideFact) -> list:
        person = fact.person
        return [
            person.name, person.id_masked, person.organization.short_name, fact.get_kind_display(), sentence(fact),
            fact.as_of, fact.get_verdict_display(), fact.verdict_reason,
            fact.verdict_by.display_name if fact.verdict_by else "",
        ]  # fmt: skip

    return export(request, f"外部数据对账（{TABS[asked['tab']]}）", columns, rows, line)


class VerdictForm(forms.Form):
    is_true = forms.TypedChoiceField(
        label="核实结果",
        choices=[("true", "属实"), ("false", "不属实")],
        coerce=lambda value: value == "true",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择属实或不属实。"},
    )
    reason = forms.CharField(
        label="怎么核实的",
        max_length=200,
        required=False,
        help_text="不属实的一定要写，例如：本人出示了离职证明，单位漏办停保。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@page(action="outside.judge", subject="outside_fact")
def outside_fact(request: HttpRequest, pk: int) -> HttpResponse:
    """One fact: what the body says, what runs here, what it holds back, and the finding."""
    fact: OutsideFact = request.subject
    form = VerdictForm(request.POST or None, initial={"reason": fact.verdict_reason})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                outside.judge(fact=fact, by=request.user, **form.cleaned_data)
            except outside.NeedsReason as missing:
                form.add_error("reason", str(missing))
            else:
                messages.success(request, f"{fact.person.name}：已记录核实结果。")
                return redirect("imports:outside")
    context = {
        "fact": fact,
        "text": sentence(fact),
        "running": running_of(fact.person),
        "checks": [
            (check, crosschecks.told(check, fact))
            for check in crosschecks.checks()
            if check.kind == fact.kind and (not check.roles or fact.role in check.roles)
        ],
        "form": form,
    }
    return render(request, "imports/outside_fact.html", context, status=status)

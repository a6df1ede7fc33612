"""失业保险待遇: the list, and one benefit that explains itself (Q-1.2.3, J-4.2.1, D-29, D-07)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import attempt, of_people, offices_under, unblocked
from renben.channels.workbench.benefits_explained import bars, comparison, months_of
from renben.channels.workbench.downloads import export
from renben.engines.procedures import actions
from renben.engines.procedures.models import CaseStep
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.kernel.policy import Principal, page
from renben.services.registration import benefits, lump_sums
from renben.services.registration.codes import StopEvent
from renben.services.registration.models import UnemploymentBenefit

State = UnemploymentBenefit.State
ACTION = "benefit.pay"
CHOSEN_STOPS = [event for event in StopEvent if event not in (StopEvent.REGISTRATION_CLOSED, StopEvent.LUMP_SUM)]


class BenefitFilter(forms.Form):
    q = forms.CharField(label="姓名、拼音首字母、证件号", max_length=40, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])
    street = forms.ModelChoiceField(
        label="发放机构", required=False, queryset=Organization.objects.none(), empty_label="全部"
    )

    def __init__(self, principal: Principal, data: Any) -> None:
        super().__init__(data)
        self.fields["street"].queryset = offices_under(principal, ACTION)
        self.fields["street"].label_from_instance = lambda office: office.short_name
        self.fields["street"].widget.attrs["class"] = "form-select"


def selected(principal: Principal, form: BenefitFilter, *, by_state: bool = True) -> QuerySet[UnemploymentBenefit]:
    """The benefits a filled-in filter asks for."""
    form.is_valid()
    asked = form.cleaned_data
    rows = of_people(principal.scoped("benefit", ACTION), asked.get("q", ""))
    if asked.get("street"):
        rows = rows.filter(organization=asked["street"])
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows


@page(action=ACTION)
@require_GET
def benefit_list(request: HttpRequest) -> HttpResponse:
    """Benefits by state; the numbers are the filter."""
    form = BenefitFilter(request.principal, request.GET)
    rows = selected(request.principal, form)
    found = dict(
        selected(request.principal, form, by_state=False).order_by().values_list("state").annotate(n=Count("id"))
    )
    current = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "rows": paginate(request, rows.order_by("-determined_on", "-id")),
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
    }
    return render(request, "benefits/list.html", context)


@page(action=ACTION)
@require_POST
def benefit_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook, numbers masked."""
    rows = selected(request.principal, BenefitFilter(request.principal, request.POST)).order_by("-determined_on", "-id")
    columns = [
        ("姓名", 10), ("证件号码", 22), ("待遇种类", 22), ("状态", 18), ("累计缴费月数", 12), ("核定月数", 10),
        ("已领月数", 10), ("首领月份", 12), ("核定日期", 12), ("发放机构", 16), ("停发日期", 12), ("停发情形", 22),
    ]  # fmt: skip

    def line(row: UnemploymentBenefit) -> list:
        return [
            row.person.name, row.person.id_masked, row.get_heading_display(), row.get_state_display(),
            row.contribution_months, row.months_entitled, row.months_received,
            f"{row.first_month:%Y-%m}" if row.first_month else "", row.determined_on, row.organization.short_name,
            row.stopped_on, row.get_stop_event_display() if row.stop_event else "",
        ]  # fmt: skip

    return export(request, "失业保险待遇清单", columns, rows, line)


@page(action=ACTION, subject="benefit")
@require_GET
def benefit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Why so many months and so much money, with the article of every part; on wish compared with the rules of today."""
    benefit: UnemploymentBenefit = request.subject
    determination = benefit.determination
    months = months_of(benefit)
    known = [row.amount_fen for row in months if row.amount_fen is not None and row.state != "skipped"]
    context = {
        "benefit": benefit,
        "person": benefit.person,
        "determination": determination,
        "parts": determination.parts if determination else [],
        "parameters": determination.parameter_versions if determination else [],
        "missing": determination.missing if determination else [],
        "months": months,
        "chart": bars(months),
        "total_fen": sum(known) if months else None,
        "total_is_whole": bool(months) and all(row.amount_fen is not None or row.state == "skipped" for row in months),
        "may_enrol": benefit.state in (State.DETERMINED, State.BLOCKED) and benefit.enrolled_on is None,
        "may_pay_at_once": lump_sums.is_payable(benefit),
        "may_stop": benefit.state in UnemploymentBenefit.RUNNING,
        "differences": comparison(determination) if request.GET.get("compare") and determination else None,
        "compared": bool(request.GET.get("compare")),
        "today": clock.today(),
    }
    return render(request, "benefits/benefit.html", context)


def enrol_step(benefit: UnemploymentBenefit) -> CaseStep | None:
    """The open step 失业保险金发放 of the person's case at the street, if there is one."""
    return (
        CaseStep.objects.filter(
            case__person_id=benefit.person_id, case__procedure_id="J-4.2.1", key="benefit", state=CaseStep.State.READY
        )
        .order_by("-id")
        .first()
    )


@page(action=ACTION, subject="benefit")
@require_POST
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """申领登记, through the case where its step is open."""
    benefit: UnemploymentBenefit = request.subject

    def act() -> str:
        step = enrol_step(benefit)
        if step is not None:
            unblocked(actions.act(step_id=step.pk, outcome="done", by=request.user))
        else:
            benefits.enrol_benefit(benefit=benefit, by=request.user)
        return f"{benefit.person.name}的申领登记已办好，每月生成名录时会自动列入。"

    attempt(request, act)
    return redirect("benefits:benefit", pk)


class StopForm(forms.Form):
    event = forms.ChoiceField(
        label="停发情形", choices=[("", "请选择"), *((event.value, event.label) for event in CHOSEN_STOPS)]
    )
    on = forms.DateField(
        label="停发日期",
        help_text="这一天及以后开始的月份不再发放；已经确认或发出的会转为追回。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label="情况说明",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明怎样得知、有什么材料。",
    )

    def __init__(self, *args: Any, benefit: UnemploymentBenefit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.benefit = benefit

    def clean_on(self) -> dt.date:
        day = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError("停发日期还没到，请填写情形发生的日期。")
        if day < self.benefit.determined_on:
            raise forms.ValidationError("停发日期早于核定日期，请核对。")
        return day


@page(action=ACTION, subject="benefit")
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """停发 for a named event with its article."""
    benefit: UnemploymentBenefit = request.subject
    if benefit.state not in UnemploymentBenefit.RUNNING:
        messages.info(request, f"待遇现在是“{benefit.get_state_display()}”，不用停发。")
        return redirect("benefits:benefit", pk)
    form = StopForm(request.POST if request.method == "POST" else None, benefit=benefit, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data

        def act() -> str:
            held = benefits.stop_benefit(
                benefit=benefit, event=asked["event"], on=asked["on"], reason=asked["reason"], by=request.user
            )
            return f"已停发。{held.note}"

        if attempt(request, act):
            return redirect("benefits:benefit", pk)
    sentences = [
        f"{event.label}：{text}" for event in CHOSEN_STOPS if (text := benefits.judge_stop(event, on=clock.today())[1])
    ]
    context = {"form": form, "benefit": benefit, "person": benefit.person, "sentences": sentences}
    return render(request, "benefits/stop.html", context, status=422 if form.is_bound else 200)

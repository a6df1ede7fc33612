"""用款计划: what the next quarter costs, unit by unit and person by person, with what cannot be told and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import office_of
from renben.channels.workbench.downloads import export, full_numbers
from renben.channels.workbench.posts_jobs import quarter_text
from renben.channels.workbench.posts_payrolls import ACTION
from renben.kernel import clock
from renben.kernel.policy import page
from renben.services.support.months import shifted
from renben.services.support.posts import planning

SHOWN = 5
"""Quarters offered: this one, the next, and what follows."""


class QuarterFilter(forms.Form):
    quarter = forms.ChoiceField(label="申报的季度", required=False, widget=forms.Select(attrs={"class": "form-select"}))
    q = forms.CharField(label="姓名或组织", max_length=40, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        first = planning.quarter_of(clock.today())
        days = [shifted(first, number * planning.MONTHS) for number in range(SHOWN)]
        self.fields["quarter"].choices = [("", "下一季度"), *((day.isoformat(), quarter_text(day)) for day in days)]

    def asked(self) -> tuple[dt.date, str]:
        """The quarter (the next one by default) and the text."""
        self.is_valid()
        text = self.cleaned_data.get("quarter")
        first = dt.date.fromisoformat(text) if text else planning.next_quarter(clock.today())
        return first, self.cleaned_data.get("q", "")


def _lines(plan: planning.Plan, text: str) -> list[planning.PlanLine]:
    if not text:
        return plan.lines
    return [one for one in plan.lines if text in one.placement.person.name or text in one.placement.post.employer.name]


@page(action=ACTION)
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """The quarter of the clerk's office and all below it."""
    form = QuarterFilter(request.GET)
    first, text = form.asked()
    found = planning.quarter_plan(office_of(request.principal, ACTION), first)
    context = {
        "form": form,
        "plan": found,
        "quarter": quarter_text(first),
        "units": planning.by_unit(found),
        "rows": paginate(request, _lines(found, text)),
        "text": text,
        "sums": {name: found.sum_of(name) for name in ("months", "pay", "insurance", "fund", "welfare", "total")},
    }
    return render(request, "posts/plan.html", context)


@page(action=ACTION)
@require_POST
def plan_export(request: HttpRequest) -> HttpResponse:
    """The people of the plan with full numbers, as the city asks for them; the download is on record."""
    first, text = QuarterFilter(request.POST).asked()
    found = planning.quarter_plan(office_of(request.principal, ACTION), first)
    lines = _lines(found, text)
    numbers = full_numbers({one.placement.person_id for one in lines})
    columns = [
        ("公益性就业组织", 30), ("姓名", 10), ("证件号码", 22), ("岗位", 18), ("上岗日期", 12), ("月数", 8), ("工资", 14),
        ("单位负担保险", 14), ("单位负担公积金", 14), ("福利", 12), ("合计", 14),
    ]  # fmt: skip

    def line(one: planning.PlanLine) -> list:
        where = one.placement
        return [
            where.post.employer.name, where.person.name, numbers.get(where.person_id, ""), where.post.name, where.started_on,
            one.months, one.pay / 100, one.insurance / 100, one.fund / 100, one.welfare / 100, one.total / 100,
        ]  # fmt: skip

    notes = [f"没有算进去的：{name}，{reason}" for name, reason in found.missing.items()]
    return export(request, f"专项补贴用款计划（{quarter_text(first)}）", columns, lines, line, notes=notes)

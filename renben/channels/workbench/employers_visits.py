"""走访和重点项目 of an employer's file (J-4.1.2, 就业三同时)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from renben.channels.workbench.attempts import attempt, office_of
from renben.channels.workbench.people_forms import DATE
from renben.kernel import clock
from renben.kernel.models import Employer
from renben.kernel.policy import page
from renben.services.placement import visits
from renben.services.placement.firms.models import EmployerCall
from renben.services.placement.models import EmployerVisit, KeyProject

WORK = "employer.visit"
PROJECT_DAYS = ("feasible_on", "forecast_on", "registered_on", "placed_on", "operating_on", "served_on")


def _day(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=hint)


def _text(label: str, rows: int, longest: int, *, required: bool = True, hint: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=longest, widget=widget, help_text=hint)


class BookForm(forms.Form):
    booked_on = _day("电话预约日期")
    visit_on = _day("走访日期")
    purpose = forms.CharField(label="走访目的", max_length=200, required=False, help_text="例如：问缺不缺人、送政策。")


class RecordForm(forms.Form):
    on = _day("走访日期")
    visitors = forms.CharField(label="走访的人", max_length=100)
    found = _text("走访情况", 4, 2000, hint="用工情况、缺什么人、有什么困难。")
    wants = forms.CharField(
        label="单位提出的要求", max_length=500, required=False, help_text="没有就不填；填了要写明哪天以前答复。"
    )
    follow_up_on = _day("哪天以前答复", required=False)


class CallOffForm(forms.Form):
    kind = forms.ChoiceField(
        label="怎么回事",
        choices=[("cancelled", "改期或取消，事先告诉了单位"), ("missed", "没去成，失约")],
        widget=forms.RadioSelect,
    )
    reason = _text("原因", 2, 500)


class AnswerForm(forms.Form):
    text = _text("怎么答复的", 3, 500)


class ProjectForm(forms.Form):
    """A key project: each stage with what is done for employment at the same time."""

    name = forms.CharField(label="项目名称", max_length=100)
    feasible_on = _day("可行性论证日期", required=False)
    forecast_on = _day("用工预测日期", required=False, hint="论证时同时预测要用多少人。")
    forecast = forms.IntegerField(label="预计用工（人）", min_value=0, max_value=100_000, required=False)
    registered_on = _day("立项登记日期", required=False)
    placed_on = _day("招聘安置日期", required=False, hint="立项时同时招聘、安置本地劳动力。")
    placed = forms.IntegerField(label="已安置（人）", min_value=0, max_value=100_000, required=False)
    operating_on = _day("投产开业日期", required=False)
    served_on = _day("就业服务日期", required=False, hint="投产时同时上门提供就业服务。")
    note = _text("说明", 3, 2000, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def part(request: HttpRequest, employer: Employer) -> dict[str, Any]:
    """Visits and projects for the employer's file."""
    today = clock.today()
    projects = list(KeyProject.objects.filter(employer=employer).order_by("-id"))
    for project in projects:
        project.gaps = visits.gaps(project, today)
        project.stages = [
            {"stage": stage, "reached": getattr(project, reached), "task": task, "done": getattr(project, done)}
            for reached, done, stage, task in visits.STAGES
        ]
    rows = EmployerVisit.objects.filter(employer=employer).select_related("organization", "recorded_by")
    calls = EmployerCall.objects.filter(employer=employer).select_related("organization", "recorded_by")
    listed = calls.order_by("-on", "-id")[:50]
    return {"calls": listed, "visits": rows.order_by("-visit_on", "-id")[:50], "projects": projects, "today": today}


def _back(employer_id: int) -> str:
    return f"{reverse('employers:file', args=[employer_id])}?tab=visits"


def _ask(
    request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], str], employer_id: int, **words: Any
) -> HttpResponse:
    """A page that asks for what an act needs. A refusal is shown on the page itself, with what was typed."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and attempt(request, lambda: act(form.cleaned_data)):
            return redirect(_back(employer_id))
    context = {"form": form, "back": _back(employer_id), "button_class": "btn-primary", "consequences": [], **words}
    return render(request, "confirm.html", context, status=status)


@page(action=WORK, subject="employer")
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """预约走访."""
    employer: Employer = request.subject
    form = BookForm(request.POST or None, initial={"booked_on": clock.today()})

    def act(given: dict[str, Any]) -> str:
        visit = visits.book(
            employer=employer, organization=office_of(request.principal, WORK), by=request.user, **given
        )
        return f"已预约{visit.visit_on:%Y年%m月%d日}走访。"

    lines = [f"走访前至少提前{visits.days_ahead()}天电话预约，材料一次带齐。"]
    return _ask(request, form, act, pk, question=f"预约走访{employer.name}", consequences=lines, button="预约")


@page(action=WORK, subject="employer_visit")
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """登记走访情况."""
    visit: EmployerVisit = request.subject
    first = {"on": min(visit.visit_on, clock.today()), "visitors": request.user.display_name}
    form = RecordForm(request.POST or None, initial=first)

    def act(given: dict[str, Any]) -> str:
        on = given.pop("on")
        visits.record(visit=visit, seen=visits.Seen(**given), on=on, by=request.user)
        return "走访情况已登记。要招人的，请登记岗位。"

    question = f"走访{visit.employer.name}的情况"
    return _ask(request, form, act, visit.employer_id, question=question, button="登记")


@page(action=WORK, subject="employer_visit")
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """没去成、改期."""
    visit: EmployerVisit = request.subject
    form = CallOffForm(request.POST or None)

    def act(given: dict[str, Any]) -> str:
        is_missed = given["kind"] == "missed"
        visits.call_off(visit=visit, reason=given["reason"], is_missed=is_missed, by=request.user)
        return "已登记。要再去的，请重新预约。"

    question = f"{visit.visit_on:%Y年%m月%d日}没有走访{visit.employer.name}"
    return _ask(request, form, act, visit.employer_id, question=question, button="登记")


@page(action=WORK, subject="employer_visit")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """答复单位的要求."""
    visit: EmployerVisit = request.subject
    form = AnswerForm(request.POST or None)

    def act(given: dict[str, Any]) -> str:
        visits.answer(visit=visit, text=given["text"], by=request.user)
        return "已登记答复。"

    lines = [f"单位提出的要求：{visit.wants}"]
    return _ask(
        request,
        form,
        act,
        visit.employer_id,
        question=f"答复{visit.employer.name}",
        consequences=lines,
        button="登记答复",
    )


@page(action=WORK, subject="employer")
def new_project(request: HttpRequest, pk: int) -> HttpResponse:
    """登记重点项目."""
    employer: Employer = request.subject
    form = ProjectForm(request.POST or None)

    def act(given: dict[str, Any]) -> str:
        given.pop("version")
        visits.save_project(employer=employer, by=request.user, **given)
        return "项目已登记。"

    return _ask(request, form, act, pk, question=f"登记{employer.name}的重点项目", button="登记")


@page(action=WORK, subject="key_project")
def edit_project(request: HttpRequest, pk: int) -> HttpResponse:
    """修改重点项目."""
    project: KeyProject = request.subject
    names = ("name", *PROJECT_DAYS, "forecast", "placed", "note", "version")
    form = ProjectForm(request.POST or None, initial={name: getattr(project, name) for name in names})

    def act(given: dict[str, Any]) -> str:
        visits.save_project(employer=project.employer, project=project, by=request.user, **given)
        return "项目已保存。"

    return _ask(request, form, act, project.employer_id, question=f"修改项目：{project.name}", button="保存")

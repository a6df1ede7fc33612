"""招聘举报: what somebody told of a vacancy, and what the office found."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import attempt
from renben.kernel.policy import page
from renben.services.placement import reporting
from renben.services.placement.models import VacancyReport

VIEW, WORK = "vacancy_report.view", "vacancy_report.answer"


class AnswerForm(forms.Form):
    found = forms.ChoiceField(
        label="核实结果", choices=[("true", "属实，撤下岗位"), ("unfounded", "不属实")], widget=forms.RadioSelect
    )
    text = forms.CharField(label="怎么核实的、发现了什么", max_length=280, widget=forms.Textarea(attrs={"rows": 3}))


@page(action=VIEW)
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports of the territory, the open ones first."""
    rows = request.principal.scoped("vacancy_report", VIEW).order_by("answered_at", "-reported_at", "-id")
    context = {"rows": paginate(request, rows), "reasons": reporting.REASONS}
    return render(request, "vacancies/reports.html", context)


@page(action=WORK, subject="vacancy_report", reads_personal=True)
def report_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One report with the number to call back, and the answer: a true one takes the vacancy down."""
    report: VacancyReport = request.subject
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            asked = form.cleaned_data
            done = reporting.answer(
                report=report, is_true=asked["found"] == "true", text=asked["text"], by=request.user
            )
            return f"已登记核实结果：{done.get_state_display()}。"

        attempt(request, act)
        return redirect("vacancy_reports:report", pk)
    context = {
        "report": report,
        "reason": reporting.REASONS.get(report.reason, report.reason),
        "phone": reporting.phone_of(report),
        "form": form if report.state == VacancyReport.State.OPEN else None,
    }
    return render(request, "vacancies/report.html", context, status=422 if form.is_bound else 200)

"""单位求助 at the office: what firms asked online, with the day by which they are answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.downloads import export
from renben.kernel import clock
from renben.kernel.policy import Principal, page
from renben.services.placement.space import requests
from renben.services.placement.space.models import EmployerRequest

VIEW, ANSWER = "employer_request.view", "employer_request.answer"
State = EmployerRequest.State


class RequestFilter(forms.Form):
    q = forms.CharField(label="单位、内容", max_length=60, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])


class AnswerForm(forms.Form):
    text = forms.CharField(
        label="怎么答复", max_length=requests.LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写清符不符合、要带什么、什么时候来；单位在网上看得到。",
    )  # fmt: skip


def selected(principal: Principal, form: RequestFilter, *, by_state: bool = True) -> QuerySet[EmployerRequest]:
    """What a filled-in filter asks for; what waits longest first."""
    form.is_valid()
    asked, rows = form.cleaned_data, principal.scoped("employer_request", VIEW)
    if text := asked.get("q", "").strip():
        rows = rows.filter(Q(employer__name__icontains=text) | Q(text__icontains=text) | Q(about__icontains=text))
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows.order_by("due_on", "id")


@page(action=VIEW)
@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """Requests by state."""
    form = RequestFilter(request.GET)
    everywhere = selected(request.principal, form, by_state=False).order_by()
    found = dict(everywhere.values_list("state").annotate(n=Count("id")))
    current = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "rows": paginate(request, selected(request.principal, form)),
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
        "today": clock.today(),
    }
    return render(request, "requests/list.html", context)


@page(action=VIEW)
@require_POST
def request_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    columns = [
        ("单位名称", 30), ("事项", 14), ("哪一项", 20), ("内容", 50), ("提出日期", 12), ("答复期限", 12), ("状态", 10), ("答复", 50),
        ("答复日期", 12), ("答复机构", 18),
    ]  # fmt: skip

    def line(row: EmployerRequest) -> list[Any]:
        return [
            row.employer.name, row.get_kind_display(), row.about, row.text, row.asked_at.astimezone(clock.ZONE).date(),
            row.due_on, row.get_state_display(), row.answer, row.answered_on, row.organization.short_name,
        ]  # fmt: skip

    return export(request, "单位求助", columns, selected(request.principal, RequestFilter(request.POST)), line)


def _page(request: HttpRequest, form: AnswerForm) -> HttpResponse:
    context = {"asked": request.subject, "form": form}
    return render(request, "requests/request.html", context, status=422 if form.is_bound else 200)


@page(action=VIEW, subject="employer_request")
@require_GET
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What the firm asked, and the answer."""
    return _page(request, AnswerForm())


@page(action=ANSWER, subject="employer_request")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """答复."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, form)

    def act() -> str:
        requests.answer(request=request.subject, text=form.cleaned_data["text"], by=request.user)
        return "已答复，单位在网上看得到。"

    attempt(request, act)
    return redirect("requests:request", pk)

"""远程面试 at the office: appointed from a referral, both doors handed out, called off, and what was written."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import attempt
from renben.kernel import clock
from renben.kernel.policy import page
from renben.services.placement.interviews import meeting
from renben.services.placement.interviews.models import Interview, Side
from renben.services.placement.models import Referral

WORK = "interview.work"


class AppointForm(forms.Form):
    on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    at = forms.TimeField(label="时间", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def moment(self) -> dt.datetime:
        return dt.datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"], tzinfo=clock.ZONE)


class WhyForm(forms.Form):
    why = forms.CharField(label="取消的原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


@page(action=WORK)
@require_GET
def interview_list(request: HttpRequest) -> HttpResponse:
    """What is booked first, by time; then what is over."""
    rows = request.principal.scoped("interview", WORK)
    state = request.GET.get("state", "")
    if state in Interview.State.values:
        rows = rows.filter(state=state)
    context = {"rows": paginate(request, rows.order_by("state", "starts_at", "id")), "states": Interview.State.choices}
    return render(request, "interviews/list.html", context | {"state": state})


@page(action=WORK, subject="referral")
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """约远程面试."""
    referral: Referral = request.subject
    form = AppointForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        made: list[Interview] = []

        def act() -> str:
            made.append(meeting.appoint(referral=referral, starts_at=form.moment(), by=request.user))
            return "远程面试已约好。请把两个网址分别告诉本人和单位。"

        if attempt(request, act):
            return redirect("interviews:interview", made[0].pk)
    context = {"form": form, "referral": referral, "title": "约远程面试", "button": "约好"}
    return render(request, "interviews/act.html", context, status=422 if form.is_bound else 200)


@page(action=WORK, subject="interview")
@require_GET
def interview_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Both addresses, who was there, what was written."""
    interview: Interview = request.subject
    doors = [
        (side.label, request.build_absolute_uri(reverse("interview", args=[interview.code_of(side)]))) for side in Side
    ]
    context = {
        "interview": interview,
        "referral": interview.referral,
        "doors": doors,
        "words": meeting.words(interview),
    }
    return render(request, "interviews/interview.html", context)


@page(action=WORK, subject="interview")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """取消."""
    interview: Interview = request.subject
    form = WhyForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        meeting.cancel(interview=interview, why=form.cleaned_data["why"], by=request.user)
        return "远程面试已取消，双方打开网址会看到原因。"

    if request.method == "POST" and form.is_valid() and attempt(request, act):
        return redirect("interviews:interview", pk)
    context: dict[str, Any] = {
        "form": form,
        "referral": interview.referral,
        "title": "取消远程面试",
        "button": "取消面试",
    }
    return render(request, "interviews/act.html", context, status=422 if form.is_bound else 200)

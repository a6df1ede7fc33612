"""One person and one policy: why it seems to fit, what is missing, and what can be done about it."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.guides import paper_lines
from renben.channels.workbench.attempts import Refused, attempt
from renben.channels.workbench.case_start import office_for, startable
from renben.engines.procedures.models import Case
from renben.engines.rules import searching
from renben.engines.rules.searching import Search
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.kernel.policy import page
from renben.services.registration.codes import Channel
from renben.services.registration.territory import street_of
from renben.services.support.finding import actions, printed
from renben.services.support.finding.models import Finding
from renben.services.support.finding.tasks import label_of

VIEW, WORK = "finding.view", "finding.work"
TELL_ID, NO_ID = "tell_%s", "no_%s"
"""Both forms stand on one page and have a field of the same name."""


class TellForm(forms.Form):
    how = forms.ChoiceField(label="怎样告知的", choices=Channel.choices, initial=Channel.PHONE)
    on = forms.DateField(label="哪天告知的", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label="本人怎么说", max_length=300, required=False)

    def clean_on(self) -> dt.date:
        day = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError("告知日期还没到，请核对。")
        return day


class NoForm(forms.Form):
    reason = forms.ChoiceField(label="为什么不办", choices=[(no.value, no.label) for no in Finding.SAID_NO])
    note = forms.CharField(label="具体情况", max_length=300, help_text="比如：已经在外地参保。")


def begins_at(request: HttpRequest, finding: Finding, search: Search | None) -> Organization | None:
    """The office of the reader at which the application can begin; None for a station, which hands on to its street."""
    office = office_for(request, finding.person.organization)
    if office is None or search is None:
        return None
    offered = {procedure.id for procedure in startable(request, office, "person")}
    return office if search.procedure in offered else None


def _show(request: HttpRequest, finding: Finding, *, status: int = 200, **forms_: forms.Form) -> HttpResponse:
    search = searching.search_of(finding.policy)
    procedure = printed.procedure_of(finding.policy)
    may_work = request.principal.may(WORK)
    context = {
        "finding": finding,
        "person": finding.person,
        "label": label_of(finding.policy),
        "determination": printed.explained(finding),
        "procedure": procedure,
        "papers": paper_lines(procedure) if procedure is not None else [],
        "may_work": may_work,
        "office": begins_at(request, finding, search) if may_work and finding.is_open else None,
        "tell_form": forms_.get("tell_form") or TellForm(initial={"on": clock.today()}, auto_id=TELL_ID),
        "no_form": forms_.get("no_form") or NoForm(auto_id=NO_ID),
        "earlier": Finding.objects.filter(person=finding.person, policy=finding.policy)
        .exclude(pk=finding.pk)
        .order_by("-id")[:10],
    }
    return render(request, "findings/finding.html", context, status=status)


@page(action=VIEW, subject="finding", reads_personal=True)
@require_GET
def finding_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Why this policy seems to fit this person."""
    return _show(request, request.subject)


@page(action=WORK, subject="finding")
@require_POST
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """已告知: how and when."""
    finding, form = request.subject, TellForm(request.POST, auto_id=TELL_ID)
    if not form.is_valid():
        return _show(request, finding, status=422, tell_form=form)

    def act() -> str:
        actions.tell(finding=finding, by=request.user, **form.cleaned_data)
        return f"已记告知{finding.person.name}。愿意办的，接着发起申请。"

    attempt(request, act)
    return redirect("findings:finding", pk=pk)


@page(action=WORK, subject="finding")
@require_POST
def hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """报社保所: the street gets a task to start the application."""

    def act() -> str:
        actions.hand_on(finding=request.subject, by=request.user)
        return f"已报{street_of(request.subject.person.organization).name}，由社保所办理申请。"

    attempt(request, act)
    return redirect("findings:finding", pk=pk)


@page(action=WORK, subject="finding")
@require_POST
def apply_for(request: HttpRequest, pk: int) -> HttpResponse:
    """发起申请: the case opens with what is known."""
    finding: Finding = request.subject
    opened: list[Case] = []

    def act() -> str:
        office = begins_at(request, finding, searching.search_of(finding.policy))
        if office is None:
            raise Refused("您的岗位不办这件事，请先告知本人，再报社保所。")
        opened.append(actions.apply_for(finding=finding, organization=office, by=request.user))
        return "已发起申请。已经知道的都带过来了，请接着办。"

    if attempt(request, act):
        return redirect("cases:case", pk=opened[0].pk)
    return redirect("findings:finding", pk=pk)


@page(action=WORK, subject="finding")
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """本人不需要 or 不符合, with its reason."""
    finding, form = request.subject, NoForm(request.POST, auto_id=NO_ID)
    if not form.is_valid():
        return _show(request, finding, status=422, no_form=form)

    def act() -> str:
        actions.decline(finding=finding, by=request.user, **form.cleaned_data)
        return "已记下不办的原因。情况没有变化，系统不会再提醒。"

    attempt(request, act)
    return redirect("findings:finding", pk=pk)


@page(action=WORK, subject="finding")
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """A "no" taken back."""

    def act() -> str:
        actions.take_back(finding=request.subject, by=request.user)
        return "已恢复，可以接着办。"

    attempt(request, act)
    return redirect("findings:finding", pk=pk)


@page(action="document.print", subject="finding")
@require_POST
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Print 《政策告知单》; the paper is kept, telling is recorded apart."""
    finding: Finding = request.subject
    issued = actions.print_notice(finding=finding, by=request.user)
    return redirect("cases:document", pk=issued.pk)

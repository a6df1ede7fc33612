"""月度联系: who has not reported this month, one tap per call, and the dynamic record (J-4.2.1 step 7)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import Refused, attempt, of_people, office_of
from renben.channels.workbench.downloads import export
from renben.channels.workbench.one_open import opened, query_of
from renben.engines.procedures import deadlines
from renben.kernel import calendar_table, clock, duedates, masking, taskboard
from renben.kernel.people import phone_of
from renben.kernel.policy import page
from renben.services.registration import contacts
from renben.services.registration.codes import Channel
from renben.services.registration.models import DynamicRecord, MonthlyContact, UnemploymentRegistration

ACTION = "case.work"
OPEN = Q(reported_on=None, contacted_on=None)
STATES = {
    "open": ("还没有联系", OPEN),
    "missed": ("没联系上", Q(reached=False, reported_on=None)),
    "reached": ("已联系上", Q(reached=True)),
    "reported": ("本人已报告", ~Q(reported_on=None)),
}
OUTCOMES = {
    "seeking": (True, "联系上，正在求职", "联系上，正在求职。"),
    "employed": (True, "已就业", "联系上，本人说已经就业。"),
    "service": (True, "需要服务", "联系上，需要就业服务。"),
    "missed": (False, "没联系上", "电话无人接听或号码不对。"),
}


def month_of(text: str) -> dt.date:
    """The month asked for as its first day; this month when the text names none or one to come."""
    try:
        month = dt.date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        month = clock.today().replace(day=1)
    return min(month, clock.today().replace(day=1))


def of_month(request: HttpRequest, month: dt.date) -> QuerySet[MonthlyContact]:
    return MonthlyContact.objects.filter(request.principal.within("organization__path", ACTION), month=month)


def selected(request: HttpRequest, data: Any) -> tuple[QuerySet[MonthlyContact], dt.date, str, str]:
    """(rows, month, state, text) of a question."""
    month, state, text = month_of(data.get("month", "")), data.get("state", "open"), data.get("q", "").strip()[:40]
    rows = of_people(of_month(request, month), text, "registration__person")
    if state in STATES:
        rows = rows.filter(STATES[state][1])
    else:
        state = "all"
    rows = rows.select_related("registration__person", "organization", "by").order_by("due_on", "id")
    return rows, month, state, text


def _with_signals(rows: list[MonthlyContact]) -> None:
    calendar, limits, now = calendar_table.current(), deadlines.thresholds(), clock.now()
    for row in rows:
        person = row.registration.person
        row.phone = masking.mask_phone(phone_of(person), "list") if person.phone_enc else ""
        row.signal = ""
        row.is_answerable = row.reported_on is None and not row.reached
        if row.due_on and row.reported_on is None and row.contacted_on is None:
            due = duedates.Due(row.due_on, row.due_on, duedates.closing(row.due_on), row.month)
            row.signal = duedates.signal(due, now, calendar, limits)


@page(action=ACTION)
@require_GET
def contact_list(request: HttpRequest) -> HttpResponse:
    """The call list of the month: whoever is still to be called comes first."""
    rows, month, state, text = selected(request, request.GET)
    counts = of_month(request, month).aggregate(
        **{code: Count("id", filter=condition) for code, (_, condition) in STATES.items()}, all=Count("id")
    )
    listed = paginate(request, rows)
    _with_signals(listed.rows)
    office = office_of(request.principal, ACTION)
    context = {
        "rows": listed,
        "month": month,
        "month_text": f"{month:%Y-%m}",
        "state": state,
        "text": text,
        "tabs": [
            {"code": code, "label": label, "count": counts[code], "here": code == state}
            for code, (label, _) in STATES.items()
        ],
        "all_count": counts["all"],
        "outcomes": [(code, label) for code, (_, label, _) in OUTCOMES.items()],
        "office": office,
        "opened": opened(request, [row for row in listed if row.is_answerable]),
        "query": query_of(request),
    }
    return render(request, "contacts/list.html", context)


@page(action=ACTION)
@require_POST
def open_month(request: HttpRequest) -> HttpResponse:
    """List everyone registered who has not reported in the month. Repeating adds nothing."""
    month = month_of(request.POST.get("month", ""))
    office = office_of(request.principal, ACTION)

    def act() -> str:
        if office is None:
            raise Refused("您没有可以联系人员的岗位。")
        left = contacts.open_month_contacts(organization=office, month=month, by=request.user)
        return f"{month.year}年{month.month}月还有 {len(left)} 人没有报告，需要联系。"

    attempt(request, act)
    return redirect(f"{reverse('contacts:list')}?{urlencode({'month': f'{month:%Y-%m}'})}")


@page(action=ACTION)
@require_POST
def contact_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    rows, month, _, _ = selected(request, request.POST)
    columns = [
        ("姓名", 10), ("证件号码", 22), ("管理机构", 16), ("应联系日期", 12), ("本人报告日期", 12), ("主动联系日期", 12),
        ("方式", 8), ("联系上", 8), ("结果", 40), ("联系人", 10),
    ]  # fmt: skip

    def line(row: MonthlyContact) -> list:
        person = row.registration.person
        return [
            person.name, person.id_masked, row.organization.short_name, row.due_on, row.reported_on, row.contacted_on,
            row.get_channel_display() if row.channel else "", {True: "是", False: "否", None: ""}[row.reached], row.result,
            row.by.display_name if row.by else "",
        ]  # fmt: skip

    return export(request, f"月度联系记录（{month:%Y-%m}）", columns, rows, line)


@page(action=ACTION, subject="registration")
@require_POST
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: how the call ended. The next one stands first on the page that follows."""
    registration: UnemploymentRegistration = request.subject
    month = month_of(request.POST.get("month", ""))
    code, note = request.POST.get("outcome", ""), request.POST.get("note", "").strip()[:200]

    def act() -> str:
        if code == "reported":
            contacts.record_report(registration=registration, by=request.user, text=note)
            return f"{registration.person.name}：已记本人报告。"
        if code not in OUTCOMES:
            raise Refused("请选择联系结果。")
        reached, label, text = OUTCOMES[code]
        channel = request.POST.get("channel", "")
        contacts.record_contact(
            registration=registration,
            month=month,
            reached=reached,
            result=f"{text}{note}",
            channel=channel if channel in Channel.values else Channel.PHONE,
            by=request.user,
        )
        if code == "employed":
            taskboard.open_task(
                key=f"registration.close:{registration.pk}",
                title=f"注销 {registration.person.name} 的失业登记",
                reason=f"{clock.today():%m月%d日}联系时本人说已经就业，请核实后注销失业登记。{note}"[:300],
                organization=registration.organization,
                person=registration.person,
                cleared_by="RegistrationClosed",
                url=f"/people/{registration.person_id}/",
            )
        return f"{registration.person.name}：已记“{label}”。"

    attempt(request, act)
    query = request.POST.get("query", "")
    return redirect(f"{reverse('contacts:list')}?{query}" if query else reverse("contacts:list"))


class RecordForm(forms.Form):
    kind = forms.ChoiceField(
        label="内容",
        choices=[(kind.value, kind.label) for kind in DynamicRecord.Kind if kind != DynamicRecord.Kind.OPENED],
    )
    on = forms.DateField(label="发生日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    text = forms.CharField(label="记录", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_on(self) -> dt.date:
        day = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError("发生日期还没到，请核对。")
        return day


@page(action=ACTION, subject="registration")
def records(request: HttpRequest, pk: int) -> HttpResponse:
    """就业动态管理记录单 of one person, with a line to add."""
    registration: UnemploymentRegistration = request.subject
    form = RecordForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data

        def act() -> str:
            if registration.state == UnemploymentRegistration.State.CLOSED:
                raise Refused("失业登记已经注销，不再记动态。")
            contacts.add_dynamic_record(
                person=registration.person,
                registration=registration,
                kind=asked["kind"],
                text=asked["text"],
                on=asked["on"],
                by=request.user,
                organization=registration.organization,
            )
            return "已记入动态管理记录单。"

        if attempt(request, act):
            return redirect("contacts:records", pk)
    rows = DynamicRecord.objects.filter(registration=registration).select_related("by", "organization")
    context = {
        "registration": registration,
        "person": registration.person,
        "form": form,
        "rows": paginate(request, rows.order_by("-on", "-id")),
        "months": list(registration.contacts.select_related("by").order_by("-month")[:12]),
    }
    return render(request, "contacts/records.html", context, status=422 if form.is_bound else 200)

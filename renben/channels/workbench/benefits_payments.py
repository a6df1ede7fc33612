"""实发失业保险金人员名录: made for a month, confirmed, paid; repeating adds nothing (J-4.2.1 step 5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels import export as xlsx
from renben.channels.paging import paginate
from renben.channels.workbench.attempts import Refused, attempt, of_people, offices_under
from renben.channels.workbench.downloads import export, full_numbers
from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.kernel.policy import Principal, page
from renben.services.registration import paying
from renben.services.registration.codes import HEADINGS
from renben.services.registration.models import BenefitMonth

ACTION = "benefit.pay"
State = PaymentBatch.State


class MonthForm(forms.Form):
    office = forms.ModelChoiceField(label="发放机构", queryset=Organization.objects.none(), empty_label=None)
    month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$",
        label="月份",
        error_messages={"invalid": "月份请写成 2026-11 这样。"},
        widget=forms.TextInput(attrs={"type": "month", "class": "form-control"}),
    )

    def __init__(self, principal: Principal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_under(principal, ACTION)
        self.fields["office"].label_from_instance = lambda office: office.short_name
        self.fields["office"].widget.attrs["class"] = "form-select"

    def first_day(self) -> dt.date:
        return dt.date.fromisoformat(self.cleaned_data["month"] + "-01")


def batches(request: HttpRequest) -> QuerySet[PaymentBatch]:
    return request.principal.scoped("payment_batch", ACTION).order_by("-month", "organization__path", "-sequence")


def batches_asked(request: HttpRequest) -> tuple[QuerySet[PaymentBatch], str, str]:
    """The lists a filter asks for, its month and its state; a month or state that is none is left out."""
    rows, month, state = batches(request), request.GET.get("month", ""), request.GET.get("state", "")
    if len(month) == 7 and month[:4].isdigit() and month[5:].isdigit() and 1 <= int(month[5:]) <= 12:
        rows = rows.filter(month=f"{month}-01")
    else:
        month = ""
    if state in State.values:
        rows = rows.filter(state=state)
    return rows, month, state


@page(action=ACTION)
@require_GET
def batches_export(request: HttpRequest) -> HttpResponse:
    """The lists with their totals as a workbook; who stands on one is exported on its own page."""
    rows = (
        [
            f"{batch.month:%Y-%m}",
            batch.organization.name,
            HEADINGS.get(batch.heading, batch.heading),
            batch.sequence,
            batch.count,
            f"{batch.total_fen / 100:.2f}",
            batch.get_state_display(),
            batch.paid_on or "",
        ]
        for batch in batches_asked(request)[0].select_related("organization")[: xlsx.CAP]
    )
    headings = ["月份", "发放机构", "款项", "批次", "人次", "合计（元）", "状态", "发放日期"]
    return xlsx.xlsx(request, name="实发名录清单", headings=headings, rows=rows, action="batches")


@page(action=ACTION)
@require_GET
def batch_list(request: HttpRequest) -> HttpResponse:
    """All lists, and the form that makes the one of a month."""
    rows, month, state = batches_asked(request)
    context = {
        "rows": paginate(request, rows),
        "month": month,
        "state": state,
        "states": State.choices,
        "headings": HEADINGS,
        "form": MonthForm(request.principal, initial={"month": f"{clock.today():%Y-%m}"}),
        "is_filtered": bool(month or state),
    }
    return render(request, "benefits/batches.html", context)


@page(action=ACTION)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """生成名录. Whoever is on it already stays once; months without a standard are told apart, not paid (D-07)."""
    form = MonthForm(request.principal, request.POST)
    made: list[PaymentBatch] = []

    def act() -> str:
        if not form.is_valid():
            raise Refused("".join(error for errors in form.errors.values() for error in errors))
        office = form.cleaned_data["office"]
        batch, blocked = paying.make_month_list(organization=office, month=form.first_day(), by=request.user)
        waiting = f"另有 {len(blocked)} 个月暂缓发放，原因写在名录下面。" if blocked else ""
        if batch is None:
            return f"{office.short_name}{form.cleaned_data['month']}没有应发的人。{waiting}"
        made.append(batch)
        return f"名录共 {batch.count} 人次，合计 {batch.total_fen / 100:,.2f} 元。{waiting}"

    attempt(request, act)
    return redirect("benefits:batch", made[0].pk) if made else redirect("benefits:batches")


def blocked_of(batch: PaymentBatch) -> QuerySet[BenefitMonth]:
    return (
        BenefitMonth.objects.filter(
            benefit__organization=batch.organization_id, month__lte=batch.month, state=BenefitMonth.State.BLOCKED
        )
        .select_related("benefit__person")
        .order_by("month", "id")
    )


@page(action=ACTION, subject="payment_batch")
@require_GET
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One list with its people; what was held back stands below."""
    batch: PaymentBatch = request.subject
    text = request.GET.get("q", "").strip()[:40]
    lines = of_people(batch.lines.select_related("person"), text)
    rows = paginate(request, lines.order_by("person__pinyin", "month", "id"))
    context = {
        "batch": batch,
        "heading": HEADINGS.get(batch.heading, batch.heading),
        "rows": rows,
        "text": text,
        "blocked": list(blocked_of(batch)[:50]),
        "today": clock.today(),
    }
    return render(request, "benefits/batch.html", context)


@page(action=ACTION, subject="payment_batch")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """确认名录: from then on its people and totals stay."""
    batch: PaymentBatch = request.subject
    if request.method == "POST":
        attempt(request, lambda: _confirmed(batch, request))
        return redirect("benefits:batch", pk)
    context = {
        "question": f"确认{batch.month:%Y年%m月}名录？",
        "consequences": [
            f"{batch.organization}：{batch.count} 人次，合计 {batch.total_fen / 100:,.2f} 元。",
            "确认后人员和金额固定下来，不能再增减；之后发现的变动会列入下一批或按追回办理。",
        ],
        "button": "确认名录",
        "button_class": "btn-primary",
        "back": "../",
    }
    return render(request, "confirm.html", context)


def _confirmed(batch: PaymentBatch, request: HttpRequest) -> str:
    held = paying.confirm_month(batch=batch, by=request.user)
    return f"名录已确认：{held.count} 人次，合计 {held.total_fen / 100:,.2f} 元。"


class PaidForm(forms.Form):
    on = forms.DateField(label="发放日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean_on(self) -> dt.date:
        day = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError("发放日期还没到。请在款项发出后再登记。")
        return day


@page(action=ACTION, subject="payment_batch")
def paid(request: HttpRequest, pk: int) -> HttpResponse:
    """登记已发放."""
    batch: PaymentBatch = request.subject
    form = PaidForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]

        def act() -> str:
            paying.pay_month(batch=batch, by=request.user, on=on)
            return f"已登记发放，每个人的已领月数随之更新。发放日期：{on:%Y年%m月%d日}。"

        attempt(request, act)
        return redirect("benefits:batch", pk)
    context = {
        "question": f"登记{batch.month:%Y年%m月}名录已发放",
        "consequences": [f"{batch.organization}：{batch.count} 人次，合计 {batch.total_fen / 100:,.2f} 元。"],
        "form": form,
        "button": "登记已发放",
        "button_class": "btn-primary",
        "back": "../",
    }
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


@page(action=ACTION, subject="payment_batch")
@require_POST
def batch_export(request: HttpRequest, pk: int) -> HttpResponse:
    """实发失业保险金人员名录 as a workbook, with full numbers for the bank; the download is on record."""
    batch: PaymentBatch = request.subject
    rows = batch.lines.select_related("person").order_by("person__pinyin", "month", "id")
    numbers = full_numbers(rows.values_list("person_id", flat=True))
    places = {pk: place for place, pk in enumerate(rows.values_list("pk", flat=True), start=1)}

    def line(row: PaymentLine) -> list:
        return [
            places[row.pk], row.person.name, row.person.get_sex_display(), numbers.get(row.person_id, ""),
            f"{row.month:%Y-%m}", row.fen / 100, "",
        ]  # fmt: skip

    columns = [
        ("序号", 6), ("姓名", 10), ("性别", 6), ("身份证号码", 22), ("所属月份", 10), ("金额（元）", 14), ("备注", 20),
    ]  # fmt: skip
    title = "实发失业保险金人员名录" if batch.heading == "ui_monthly" else "发放一次性失业保险金人员名录"
    draft = batch.state == State.DRAFT
    if draft:
        title = f"【草稿】{title}"
    notes = [
        f"{batch.organization}　{batch.month:%Y年%m月}第{batch.sequence}批　共{batch.count}人次　合计{batch.total_fen / 100:,.2f}元"
    ]
    if draft:
        notes.insert(0, "草稿：还没有确认，不能作为发放依据。")
    return export(request, f"{title}（{batch.month:%Y-%m}）", columns, rows, line, notes=notes)

"""What a clerk does to a running subsidy: account, visit, stop, take a stop back, money that came back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.support import WORK
from renben.engines.payments import accounts
from renben.kernel import clock
from renben.kernel.policy import page
from renben.services.support import adjusting, granting, stopping
from renben.services.support.codes import StopEvent
from renben.services.support.models import InsuranceSubsidy, SubsidyAdjustment

State = InsuranceSubsidy.State


def _day_field(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _not_later(day: dt.date) -> dt.date:
    if day > clock.today():
        raise forms.ValidationError("日期还没到，请填写实际发生的日期。")
    return day


class StopForm(forms.Form):
    event = forms.ChoiceField(label="停发情形", choices=[("", "请选择"), *StopEvent.choices])
    on = _day_field("情形发生日期", "按这一天算出从哪个月起停发；已经发出的会转为追回。")
    reason = forms.CharField(
        label="情况说明",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明怎样得知、有什么材料。",
    )

    def clean_on(self) -> dt.date:
        return _not_later(self.cleaned_data["on"])


class ReasonForm(forms.Form):
    reason = forms.CharField(label="为什么撤销停发", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class AccountForm(forms.Form):
    holder = forms.CharField(label="户名", max_length=50, help_text="必须是本人。")
    bank = forms.CharField(label="开户银行", max_length=60)
    number = forms.CharField(label="账号", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class VisitForm(forms.Form):
    on = _day_field("回访日期")
    visitors = forms.CharField(label="去的人", max_length=100)
    is_working = forms.ChoiceField(
        label="还在经营或就业吗", choices=[("yes", "在"), ("no", "不在了")], widget=forms.RadioSelect
    )
    work = forms.CharField(label="经营项目或工作内容", max_length=200, required=False)
    place = forms.CharField(label="地点", max_length=200, required=False)
    hours = forms.CharField(label="工作时间", max_length=100, required=False)
    income = forms.DecimalField(label="月利润或收入（元）", min_value=0, decimal_places=2, required=False)
    findings = forms.CharField(label="情况", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def clean_on(self) -> dt.date:
        return _not_later(self.cleaned_data["on"])

    def seen(self) -> granting.Seen:
        """The visit as the service takes it."""
        given = self.cleaned_data
        income = given["income"]
        return granting.Seen(
            on=given["on"],
            visitors=given["visitors"],
            work=given["work"],
            place=given["place"],
            hours=given["hours"],
            income_fen=None if income is None else int(income * 100),
            findings=given["findings"],
            is_working=given["is_working"] == "yes",
        )


class RecoveryForm(forms.Form):
    amount = forms.DecimalField(label="收回金额（元）", min_value=0, decimal_places=2)
    on = _day_field("收回日期")
    note = forms.CharField(label="凭据", max_length=200, help_text="例如：收据号、银行回单号。")

    def clean_on(self) -> dt.date:
        return _not_later(self.cleaned_data["on"])


def _asked(request: HttpRequest, form: forms.Form, subsidy: InsuranceSubsidy, **words: Any) -> HttpResponse:
    context = {"form": form, "subsidy": subsidy, "person": subsidy.person, **words}
    return render(request, "support/act.html", context, status=422 if form.is_bound else 200)


@page(action=WORK, subject="subsidy")
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """停发 for a named event, from the right month."""
    subsidy: InsuranceSubsidy = request.subject
    form = StopForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data

        def act() -> str:
            held = stopping.stop(
                subsidy=subsidy, event=asked["event"], on=asked["on"], reason=asked["reason"], by=request.user
            )
            owed = held.adjustments.filter(kind="recovery", state="open").count()
            return f"已停发，自{held.stop_month:%Y年%m月}起不再发放。" + (
                f"已经发出的{owed}个月要追回，见下面“补发和追回”。" if owed else ""
            )

        if attempt(request, act):
            return redirect("support:subsidy", pk)
    return _asked(
        request,
        form,
        subsidy,
        title="停发社会保险补贴",
        button="停发",
        danger=True,
        notes=[
            "情形发生的当月照发，从次月起停；弄虚作假的，当月就停。",
            "已经发出的月份会列入追回，并给社保所一件待办。",
        ],
    )


@page(action=WORK, subject="subsidy")
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销停发, for a stop that was a mistake."""
    subsidy: InsuranceSubsidy = request.subject
    if subsidy.state != State.STOPPED:
        messages.info(request, f"补贴现在是“{subsidy.get_state_display()}”，没有停发。")
        return redirect("support:subsidy", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            held = stopping.resume(subsidy=subsidy, reason=form.cleaned_data["reason"], by=request.user)
            return f"已撤销停发，还可享受的月份重新列出，共{held.months_granted}个月；中间的月份核对扣款后补发。"

        if attempt(request, act):
            return redirect("support:subsidy", pk)
    return _asked(
        request,
        form,
        subsidy,
        title="撤销停发",
        button="撤销停发",
        danger=False,
        notes=["查错了人、登记错了才用。撤销以后，中间的月份核对扣款后随下一批补发。"],
    )


@page(action=WORK, subject="subsidy")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """登记收款账户, checked against the name."""
    subsidy: InsuranceSubsidy = request.subject
    form = AccountForm(request.POST if request.method == "POST" else None, initial={"holder": subsidy.person.name})
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            made = accounts.set_account(person=subsidy.person, by=request.user, **form.cleaned_data)
            return f"收款账户已登记：{made.bank} {made.number_masked}。下一批起存入这个账户。"

        if attempt(request, act):
            return redirect("support:subsidy", pk)
    return _asked(
        request,
        form,
        subsidy,
        title="登记收款账户",
        button="登记",
        danger=False,
        notes=["补贴只存入本人账户，户名与姓名不一致的不收。", "已经报给银行的那一批，仍按原来的账户。"],
    )


@page(action=WORK, subject="subsidy")
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """跟踪回访."""
    subsidy: InsuranceSubsidy = request.subject
    form = VisitForm(
        request.POST if request.method == "POST" else None,
        initial={
            "on": clock.today(),
            "work": subsidy.work,
            "place": subsidy.place,
            "visitors": request.user.display_name,
        },
    )
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            made = granting.follow(subsidy=subsidy, seen=form.seen(), by=request.user)
            return "回访已记下。" if made.is_working else "回访已记下。人已不在经营或就业，请接着办停发。"

        if attempt(request, act):
            return redirect("support:subsidy", pk)
    return _asked(
        request,
        form,
        subsidy,
        title="登记跟踪回访",
        button="记下回访",
        danger=False,
        notes=["自谋职业的看生意、地址、利润；灵活就业的看做什么、在哪做、做多久、挣多少。"],
    )


@page(action=WORK, subject="subsidy_adjustment")
def recovery(request: HttpRequest, pk: int) -> HttpResponse:
    """登记追回, in one sum or in parts."""
    held: SubsidyAdjustment = request.subject
    left = held.fen - held.settled_fen
    form = RecoveryForm(
        request.POST if request.method == "POST" else None, initial={"on": clock.today(), "amount": f"{left / 100:.2f}"}
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data

        def act() -> str:
            done = adjusting.record_recovery(
                adjustment=held, fen=int(asked["amount"] * 100), on=asked["on"], note=asked["note"], by=request.user
            )
            rest = done.fen - done.settled_fen
            return "这一笔已全部追回。" if not rest else f"已记下，还差{rest / 100:,.2f}元。"

        if attempt(request, act):
            return redirect("support:subsidy", held.subsidy_id)
    return _asked(
        request,
        form,
        held.subsidy,
        title=f"登记追回：{held.month:%Y年%m月}",
        button="登记",
        danger=False,
        notes=[
            f"应追回{held.fen / 100:,.2f}元，已追回{held.settled_fen / 100:,.2f}元，还差{left / 100:,.2f}元。",
            held.reason,
        ],
    )

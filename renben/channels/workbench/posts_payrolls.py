"""《顺义区公益性专项补贴审批表》: filled in by one, signed for by another, paid on the 20th, exported, and what came back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Count, Max, Min, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import Refused, attempt, office_of
from renben.channels.workbench.downloads import export, full_numbers
from renben.channels.workbench.posts_acts import asked, day_field, not_later
from renben.engines.payments import accounts
from renben.engines.payments.models import PaymentAccount
from renben.kernel import clock
from renben.kernel.models import Employer
from renben.kernel.policy import page
from renben.services.support.posts import paying, tables
from renben.services.support.posts.codes import Heading
from renben.services.support.posts.models import PostAmount, PostPayroll

ACTION = "public_post.pay"
State = PostPayroll.State


class MonthForm(forms.Form):
    month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$",
        label="月份",
        error_messages={"invalid": "月份请写成 2026-11 这样。", "required": "请选月份。"},
        widget=forms.TextInput(attrs={"type": "month", "class": "form-control"}),
    )


class SignForm(forms.Form):
    approved_on = day_field("区级审批通过日期")
    signed_on = day_field("主管领导签字日期")

    def clean_approved_on(self) -> dt.date:
        return not_later(self.cleaned_data["approved_on"])

    def clean_signed_on(self) -> dt.date:
        return not_later(self.cleaned_data["signed_on"])


class PaidForm(forms.Form):
    on = day_field("拨付日期")

    def clean_on(self) -> dt.date:
        return not_later(self.cleaned_data["on"])


class ReturnForm(forms.Form):
    unit = forms.ModelChoiceField(label="哪个组织的钱退回来了", queryset=Employer.objects.none(), empty_label="请选择")
    on = day_field("退回日期")
    reason = forms.CharField(label="退回原因", max_length=200, help_text="例如：账号已销户。")

    def __init__(self, payroll: PostPayroll, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = paying.amounts_of(payroll).exclude(heading=Heading.FUND).order_by().values("placement__post__employer")
        self.fields["unit"].queryset = Employer.objects.filter(pk__in=units).order_by("name", "id")

    def clean_on(self) -> dt.date:
        return not_later(self.cleaned_data["on"])


def payrolls_asked(request: HttpRequest) -> tuple[QuerySet[PostPayroll], str]:
    """The 审批表 a filter asks for and its state, each with its total; a state that is none is left out."""
    rows = request.principal.scoped("post_payroll", ACTION)
    rows = rows.annotate(total_fen=Sum("batches__total_fen"), lines=Sum("batches__count"))
    rows = rows.order_by("-month", "-sequence", "id")
    state = request.GET.get("state", "")
    return (rows.filter(state=state), state) if state in State.values else (rows, "")


def waiting(request: HttpRequest) -> list[dict[str, Any]]:
    """What is kept back, by heading and reason."""
    rows = PostAmount.objects.filter(
        request.principal.within("placement__post__organization__path", ACTION), state=PostAmount.State.WAITING
    )
    found = rows.values("heading", "reason").annotate(
        people=Count("person", distinct=True), count=Count("id"), first=Min("month"), last=Max("month")
    )
    return [{**row, "label": Heading(row["heading"]).short} for row in found.order_by("heading", "reason")]


@page(action=ACTION)
@require_GET
def payrolls(request: HttpRequest) -> HttpResponse:
    """All 审批表, the form that makes that of a month, and what is kept back with its reason."""
    rows, state = payrolls_asked(request)
    context = {
        "rows": paginate(request, rows),
        "state": state,
        "states": State.choices,
        "form": MonthForm(initial={"month": f"{clock.today():%Y-%m}"}),
        "waiting": waiting(request),
    }
    return render(request, "posts/payrolls.html", context)


@page(action=ACTION)
@require_GET
def payrolls_export(request: HttpRequest) -> HttpResponse:
    """The list of 审批表 as a workbook."""
    columns = [
        ("月份", 10),
        ("第几张", 8),
        ("笔数", 8),
        ("合计（元）", 14),
        ("状态", 10),
        ("审批日期", 12),
        ("签字日期", 12),
        ("拨付日期", 12),
    ]

    def line(row: PostPayroll) -> list:
        return [
            f"{row.month:%Y-%m}", row.sequence, row.lines or 0, (row.total_fen or 0) / 100, row.get_state_display(),
            row.approved_on, row.signed_on, row.paid_on,
        ]  # fmt: skip

    return export(request, "公益性专项补贴审批表清单", columns, payrolls_asked(request)[0], line)


@page(action=ACTION)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """生成审批表 of a month for the whole district; again it follows the facts of today."""
    form, made = MonthForm(request.POST), []

    def act() -> str:
        if not form.is_valid():
            raise Refused("".join(error for errors in form.errors.values() for error in errors))
        month = dt.date.fromisoformat(form.cleaned_data["month"] + "-01")
        office = office_of(request.principal, ACTION)
        payroll = paying.make_payroll(organization=office, month=month, by=request.user)
        if payroll is None:
            return f"{month:%Y年%m月}没有应当拨付的钱；暂缓的和原因见下表。"
        made.append(payroll)
        if payroll.state != State.DRAFT:
            return f"{month:%Y年%m月}的审批表已经签批，没有新的应拨款。"
        units = tables.by_unit(tables.rows_of(payroll))
        total = sum(unit.total for unit in units)
        return f"审批表已生成：{len({p for u in units for p in u.people})}人，合计{total / 100:,.2f}元。"

    attempt(request, act)
    return redirect("posts:payroll", made[0].pk) if made else redirect("posts:payrolls")


def accounts_for(payroll: PostPayroll, units: list[tables.Unit]) -> list[PaymentAccount | None]:
    """Where each unit's money goes: as signed, before that the account in use today."""
    if payroll.state == State.DRAFT:
        owners = Employer.objects.filter(pk__in=[unit.employer_id for unit in units if unit.employer_id])
        held = accounts.current_of(owners)
    else:
        signed = PaymentAccount.objects.filter(lines__batch__post_payrolls=payroll, employer__isnull=False)
        held = {account.employer_id: account for account in signed.distinct().order_by("id")}
    return [held.get(unit.employer_id) for unit in units]


@page(action=ACTION, subject="post_payroll")
@require_GET
def payroll_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One 审批表: unit by unit and person by person, adding up to the same."""
    payroll: PostPayroll = request.subject
    rows = tables.rows_of(payroll)
    text = request.GET.get("q", "").strip()[:40]
    lines = tables.by_person(rows)
    if text:
        lines = [
            one for one in lines if text in one.amount.person.name or text in one.amount.placement.post.employer.name
        ]
    units = tables.by_unit(rows)
    context = {
        "payroll": payroll,
        "units": list(zip(units, accounts_for(payroll, units), strict=True)),
        "total": tables.total_of(units),
        "rows": paginate(request, lines),
        "headings": [(heading.value, heading.short) for heading in Heading],
        "text": text,
        "is_mine": payroll.made_by_id == request.user.pk,
    }
    return render(request, "posts/payroll.html", context)


@page(action=ACTION, subject="post_payroll")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """签批: the lists are fixed."""
    payroll: PostPayroll = request.subject
    first = {"approved_on": clock.today(), "signed_on": clock.today()}
    form = SignForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            paying.confirm_payroll(payroll=payroll, by=request.user, **form.cleaned_data)
            return "审批表已签批，可以随表拨款。"

        if attempt(request, act):
            return redirect("posts:payroll", pk)
    return asked(
        request,
        form,
        reverse("posts:payroll", args=[pk]),
        title=f"签批{payroll.month:%Y年%m月}公益性专项补贴审批表",
        button="签批",
        notes=["签批后人员和金额固定下来；以后发现的变动列入下一张，多拨的按追回办理。", "由谁生成，就不能由谁签批。"],
    )


@page(action=ACTION, subject="post_payroll")
def paid(request: HttpRequest, pk: int) -> HttpResponse:
    """登记已拨付."""
    payroll: PostPayroll = request.subject
    form = PaidForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            held = paying.pay_payroll(payroll=payroll, on=form.cleaned_data["on"], by=request.user)
            return f"已登记拨付，拨付日期{held.paid_on:%Y年%m月%d日}。"

        if attempt(request, act):
            return redirect("posts:payroll", pk)
    return asked(
        request,
        form,
        reverse("posts:payroll", args=[pk]),
        title=f"登记{payroll.month:%Y年%m月}公益性专项补贴已拨付",
        button="登记已拨付",
        notes=["钱随审批表拨到各组织以后再登记；某个组织的钱退回来了，再登记退回。"],
    )


@page(action=ACTION, subject="post_payroll")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """登记退回 of one unit's transfer."""
    payroll: PostPayroll = request.subject
    form = ReturnForm(payroll, request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def act() -> str:
            back = paying.take_back_unit(
                payroll=payroll, employer=given["unit"], reason=given["reason"], on=given["on"], by=request.user
            )
            total = sum(line.fen for line in back) / 100
            return f"已登记退回{total:,.2f}元，核对账户后随下一张审批表再拨。"

        if attempt(request, act):
            return redirect("posts:payroll", pk)
    return asked(
        request,
        form,
        reverse("posts:payroll", args=[pk]),
        title="登记退回",
        button="登记退回",
        notes=["退回的钱又成为应拨款，不会重复拨付。"],
    )


@page(action=ACTION, subject="post_payroll")
@require_POST
def payroll_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Person by person with full numbers, for the finance desk and the units; the download is on record."""
    payroll: PostPayroll = request.subject
    lines = tables.by_person(tables.rows_of(payroll))
    numbers = full_numbers({one.amount.person_id for one in lines})
    columns = [
        ("公益性就业组织", 30), ("姓名", 10), ("证件号码", 22), ("所属月份", 10), ("应发工资", 12), ("个人公积金", 12),
        ("个人保险（单位代扣）", 14), *((heading.short, 14) for heading in Heading), ("合计", 14),
    ]  # fmt: skip

    def line(one: tables.Line) -> list:
        amount = one.amount
        return [
            amount.placement.post.employer.name, amount.person.name, numbers.get(amount.person_id, ""), f"{one.month:%Y-%m}",
            *one.own, *(one.fen[h] / 100 if h in one.fen else None for h in Heading), one.total / 100,
        ]  # fmt: skip

    units = tables.by_unit(tables.rows_of(payroll))
    notes = [f"{unit.name}：{unit.count}人，合计{unit.total / 100:,.2f}元" for unit in units]
    if payroll.state == State.DRAFT:
        notes.insert(0, "草稿：还没有签批，不能作为拨付依据。")
    title = f"{'【草稿】' if payroll.state == State.DRAFT else ''}公益性专项补贴明细（{payroll.month:%Y-%m}）"
    return export(request, title, columns, lines, line, notes=notes)


@page(action=ACTION, subject="post_payroll")
@require_POST
def transfers_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The transfers for the finance desk: a line for each unit with its full account; the download is on record."""
    payroll: PostPayroll = request.subject
    units = tables.by_unit(tables.rows_of(payroll))
    columns = [
        ("公益性就业组织", 30), ("户名", 30), ("开户银行", 22), ("账号", 26), ("人数", 8), ("工资", 14), ("保险、公积金", 14),
        ("福利", 12), ("合计", 14),
    ]  # fmt: skip

    def line(pair: tuple[tables.Unit, PaymentAccount | None]) -> list:
        unit, held = pair
        return [
            unit.name, held.holder if held else "", held.bank if held else "", accounts.number_of(held) if held else "",
            unit.count, unit.pay / 100, unit.insurance / 100, unit.welfare / 100, unit.total / 100,
        ]  # fmt: skip

    total = tables.total_of(units).total
    notes = [f"{payroll.organization}　{payroll.month:%Y年%m月}第{payroll.sequence}张　合计{total / 100:,.2f}元"]
    if payroll.state == State.DRAFT:
        notes.insert(0, "草稿：还没有签批，不能作为拨付依据。")
    pairs = list(zip(units, accounts_for(payroll, units), strict=True))
    title = f"{'【草稿】' if payroll.state == State.DRAFT else ''}公益性专项补贴拨款清单（{payroll.month:%Y-%m}）"
    return export(request, title, columns, pairs, line, notes=notes)

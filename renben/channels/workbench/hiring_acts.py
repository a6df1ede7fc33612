"""Acts on an application for a firm: taken in, reviewed, sent back, refused, listed, looked at again, money that came back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from renben.channels.workbench.attempts import Refused, attempt, office_of
from renben.channels.workbench.hiring import DECIDE, PAY, WORK
from renben.channels.workbench.posts_acts import day_field, not_later
from renben.engines.payments import accounts
from renben.kernel import clock
from renben.kernel.models import Employer
from renben.kernel.policy import Principal, page
from renben.services.support.hiring import applying, paying, reviewing, settling
from renben.services.support.hiring.codes import Item
from renben.services.support.hiring.models import HiringClaim, HiringMonth

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


def month_field(label: str) -> forms.RegexField:
    return forms.RegexField(
        MONTH,
        label=label,
        error_messages={"invalid": "月份请写成 2026-11 这样。"},
        widget=forms.TextInput(attrs={"type": "month"}),
    )


def text_field(label: str, help_text: str = "", *, required: bool = True, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=500, widget=forms.Textarea(attrs={"rows": rows})
    )


class ClaimForm(forms.Form):
    unit = forms.CharField(
        label="申请单位", max_length=100, help_text="写统一社会信用代码或单位全称；先在“用人单位”里建好档案。"
    )
    first_month = month_field("从哪个月")
    last_month = month_field("到哪个月")
    items = forms.MultipleChoiceField(
        label="申请哪种补贴", choices=Item.choices, widget=forms.CheckboxSelectMultiple, initial=list(Item.values)
    )
    applied_on = day_field("申请日期")

    def __init__(self, principal: Principal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.principal = principal

    def clean_unit(self) -> Employer:
        text = self.cleaned_data["unit"].strip()
        rows = self.principal.scoped("employer", WORK).filter(merged_into=None)
        exact = list(rows.filter(Q(uscc=text.upper()) | Q(name=text)).order_by("id")[:2])
        if len(exact) == 1:
            return exact[0]
        near = list(rows.filter(name__contains=text).order_by("name").values_list("name", flat=True)[:5])
        hint = f"名称相近的有：{'、'.join(near)}。" if near else "请先新建用人单位。"
        raise forms.ValidationError(f"没有找到这个单位。{hint}")

    def clean_applied_on(self) -> dt.date:
        return not_later(self.cleaned_data["applied_on"])


class OpinionForm(forms.Form):
    opinion = text_field("意见", "例如：材料齐全，同意。", required=False)


class ReasonForm(forms.Form):
    reason = text_field("理由", "写清楚，单位会看到。")


class AccountForm(forms.Form):
    holder = forms.CharField(label="户名", max_length=100, help_text="必须是单位自己的全称。")
    bank = forms.CharField(label="开户银行", max_length=60)
    number = forms.CharField(label="账号", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class RecoverForm(forms.Form):
    amount = forms.DecimalField(label="这次追回多少（元）", min_value=0, decimal_places=2, max_digits=12)
    on = day_field("追回日期")
    note = forms.CharField(label="凭据", max_length=200, help_text="例如：银行进账单号。")

    def clean_on(self) -> dt.date:
        return not_later(self.cleaned_data["on"])


def asked(request: HttpRequest, form: forms.Form, back: str, **words: Any) -> HttpResponse:
    """One form on a page of its own."""
    status = 422 if form.is_bound else 200
    return render(request, "hiring/act.html", {"form": form, "back": back, **words}, status=status)


@page(action=WORK)
def new(request: HttpRequest) -> HttpResponse:
    """受理申请; a firm's file brings its code along (`?unit=`)."""
    first = {"unit": request.GET.get("unit", "")[:100], "applied_on": clock.today()}
    form = ClaimForm(request.principal, request.POST if request.method == "POST" else None, initial=first)
    made: list[HiringClaim] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def act() -> str:
            office = office_of(request.principal, WORK)
            if office is None:
                raise Refused("您的岗位不能受理申请。")
            claim = applying.open_claim(
                employer=given["unit"],
                organization=office,
                first_month=dt.date.fromisoformat(f"{given['first_month']}-01"),
                last_month=dt.date.fromisoformat(f"{given['last_month']}-01"),
                items=given["items"],
                applied_on=given["applied_on"],
                by=request.user,
            )
            made.append(claim)
            return f"已受理{claim.employer.name}{claim.period}的申请，接着录入花名册。"

        if attempt(request, act):
            return redirect("hiring:roster", made[0].pk)
    notes = [applying.period_on_file(clock.today())[1]]
    return asked(
        request,
        form,
        reverse("hiring:list"),
        title="受理用人单位补贴申请",
        button="受理",
        notes=[n for n in notes if n],
    )


def with_form(
    request: HttpRequest,
    form: forms.Form,
    act: Any,
    *,
    back: str,
    title: str,
    button: str,
    notes: list[str],
    **words: Any,
) -> HttpResponse:
    """A form, the act behind it, and back to the page it came from when it is done."""
    if request.method == "POST" and form.is_valid() and attempt(request, act):
        return redirect(back)
    return asked(request, form, back, title=title, button=button, notes=notes, **words)


def _claim_url(pk: int) -> str:
    return reverse("hiring:claim", args=[pk])


@page(action=WORK, subject="hiring_claim")
def first(request: HttpRequest, pk: int) -> HttpResponse:
    """初审."""
    claim: HiringClaim = request.subject
    form = OpinionForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        reviewing.first_review(claim=claim, opinion=form.cleaned_data["opinion"], by=request.user)
        return "初审通过，请区中心另一位工作人员复审。"

    notes = ["初审以前会按今天的数据再核对一遍每个人、每个月。", "初审以后名单不能再改；复审由另一个人办。"]
    return with_form(request, form, act, back=_claim_url(pk), title="初审", button="初审通过", notes=notes)


@page(action=DECIDE, subject="hiring_claim")
def second(request: HttpRequest, pk: int) -> HttpResponse:
    """复审, by somebody else."""
    claim: HiringClaim = request.subject
    form = OpinionForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        held = reviewing.second_review(claim=claim, opinion=form.cleaned_data["opinion"], by=request.user)
        return f"复审通过，应发{applying.total_fen(held) / 100:,.2f}元，可以列入发放名录。"

    notes = ["金额按今天的数据和标准重新算，每个人的判定存下来，以后能查到依据。"]
    return with_form(request, form, act, back=_claim_url(pk), title="复审", button="复审通过", notes=notes)


@page(action=DECIDE, subject="hiring_claim")
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """退回重报."""
    claim: HiringClaim = request.subject
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        reviewing.send_back(claim=claim, reason=form.cleaned_data["reason"], by=request.user)
        return "已退回，名单可以修改，改好后重新初审。"

    notes = ["退回以后名单可以修改，初审、复审都重新来。"]
    return with_form(request, form, act, back=_claim_url(pk), title="退回", button="退回", notes=notes)


@page(action=WORK, subject="hiring_claim")
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """不予补贴."""
    claim: HiringClaim = request.subject
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        reviewing.refuse(claim=claim, reason=form.cleaned_data["reason"], by=request.user)
        return "已作不予补贴，可以打印告知书给单位。"

    notes = ["整份申请不予补贴；只是某个人不符合的，请在名单里对那个人作不计算。"]
    words = {"title": "不予补贴", "button": "不予补贴", "notes": notes, "danger": True}
    return with_form(request, form, act, back=_claim_url(pk), **words)


@page(action=PAY, subject="hiring_claim")
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """列入名录, to the firm's account."""
    claim: HiringClaim = request.subject
    held = accounts.current_of([claim.employer]).get(claim.employer_id)
    first_values = {"holder": held.holder if held else claim.employer.name, "bank": held.bank if held else ""}
    if held is not None:
        first_values["number"] = accounts.number_of(held)
    form = AccountForm(request.POST if request.method == "POST" else None, initial=first_values)

    def act() -> str:
        office = office_of(request.principal, PAY)
        account = paying.Account(**form.cleaned_data)
        batches = paying.hand_over(claim=claim, organization=office, account=account, by=request.user)
        total = sum(batch.total_fen for batch in batches)
        return f"已列入{len(batches)}份名录（本月合计{total / 100:,.2f}元），由另一个人确认后交银行。"

    due = sum(row.fen for row in applying.payable(claim))
    notes = [f"待列入 {due / 100:,.2f} 元。钱只能进单位自己的账户；已经列入的不会再列一次。"]
    return with_form(request, form, act, back=_claim_url(pk), title="列入发放名录", button="列入名录", notes=notes)


@page(action=WORK, subject="hiring_claim")
@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """按今天的数据重新核对: amounts before they are listed; what was paid against what is due by now."""
    claim: HiringClaim = request.subject

    def act() -> str:
        if claim.state not in HiringClaim.GRANTED:
            applying.recheck(claim=claim, by=request.user)
            return f"已重新核对，现在应发{applying.total_fen(claim) / 100:,.2f}元。"
        owing = settling.review(claim=claim, by=request.user)
        due = sum(row.fen for row in applying.payable(claim))
        owed = sum(row.owed_fen for row in owing)
        return f"已重新核对：待补发{due / 100:,.2f}元，应追回{owed / 100:,.2f}元。"

    attempt(request, act)
    return redirect("hiring:claim", pk)


@page(action=PAY, subject="hiring_month")
def recover(request: HttpRequest, pk: int) -> HttpResponse:
    """登记追回."""
    month: HiringMonth = request.subject
    start = {"on": clock.today(), "amount": f"{month.owed_fen / 100:.2f}"}
    form = RecoverForm(request.POST if request.method == "POST" else None, initial=start)

    def act() -> str:
        given = form.cleaned_data
        fen = int(given["amount"] * 100)
        held = settling.record_recovery(month=month, fen=fen, on=given["on"], note=given["note"], by=request.user)
        return f"已登记追回{fen / 100:,.2f}元，" + (
            f"还差{held.owed_fen / 100:,.2f}元。" if held.owed_fen else "这一笔追清了。"
        )

    notes = [f"{month.person.name}　{month.month:%Y年%m月}　{month.get_item_display()}：{month.reason}"]
    claim_url = _claim_url(month.row.claim_id)
    return with_form(request, form, act, back=claim_url, title="登记追回", button="登记追回", notes=notes)

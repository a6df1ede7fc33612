"""每月核对扣款: one page for an office and a month, all passbooks in one table (J-4.3.2)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import Refused, attempt, of_people, offices_under
from renben.channels.workbench.support import WORK
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.kernel.policy import Principal, page
from renben.kernel.textnorm import halfwidth
from renben.services.support import checking
from renben.services.support.models import SubsidyMonth
from renben.services.support.months import first_of

MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")


class CheckFilter(forms.Form):
    office = forms.ModelChoiceField(
        label="社保所", queryset=Organization.objects.none(), required=False, empty_label=None
    )
    month = forms.RegexField(
        MONTH,
        label="核对到哪个月",
        required=False,
        error_messages={"invalid": "月份请写成 2026-11 这样。"},
        widget=forms.TextInput(attrs={"type": "month", "class": "form-control"}),
    )
    q = forms.CharField(label="姓名、拼音首字母、证件号", max_length=40, required=False)

    def __init__(self, principal: Principal, data: Any) -> None:
        super().__init__(data)
        self.fields["office"].queryset = offices_under(principal, WORK)
        self.fields["office"].label_from_instance = lambda office: office.short_name
        self.fields["office"].widget.attrs["class"] = "form-select"

    def asked(self) -> tuple[Organization | None, dt.date, str]:
        """Office (the first of the territory by default), month (this one) and text."""
        self.is_valid()
        given = self.cleaned_data
        office = given.get("office") or self.fields["office"].queryset.first()
        month = given.get("month")
        day = dt.date.fromisoformat(f"{month}-01") if month else first_of(clock.today())
        return office, day, given.get("q", "")


@dataclass(frozen=True)
class Typed:
    """What was typed beside one month."""

    answer: str
    amount: str
    reason: str

    def debit(self, row: SubsidyMonth) -> checking.Debit:
        """As the service takes it; Refused names the person whose line is wrong."""
        who = f"{row.person.name} {row.month:%Y年%m月}"
        fen = None
        if self.amount:
            try:
                fen = Decimal(halfwidth(self.amount).replace(",", "")) * 100
            except InvalidOperation:
                raise Refused(f"{who}：扣款额“{self.amount[:20]}”不是金额，请写成 312.84 这样。") from None
            if fen != fen.to_integral_value() or fen < 0:
                raise Refused(f"{who}：扣款额“{self.amount[:20]}”应为不超过两位小数的金额。")
        if self.answer == "no" and not self.reason:
            raise Refused(f"{who}：没有扣款的，请写明原因。")
        return checking.Debit(row, self.answer == "yes", None if fen is None else int(fen), self.reason)


def _typed(request: HttpRequest, pk: int) -> Typed:
    given = {name: request.POST.get(f"{name}-{pk}", "").strip() for name in ("answer", "amount", "reason")}
    return Typed(given["answer"], given["amount"][:20], given["reason"][:200])


def _save(request: HttpRequest, office: Organization, month: dt.date) -> str:
    rows = {row.pk: row for row in checking.to_check(office, month)}
    asked = [int(name.removeprefix("answer-")) for name in request.POST if re.fullmatch(r"answer-\d{1,18}", name)]
    debits = [_typed(request, pk).debit(rows[pk]) for pk in asked if pk in rows and _typed(request, pk).answer]
    if not debits:
        raise Refused("还没有勾选任何一个人的扣款情况。")
    for debit in debits:
        checking.record_debit(debit=debit, by=request.user)
    wrong = sum(not debit.is_debited for debit in debits)
    return f"已核对{len(debits)}个月：扣款正常{len(debits) - wrong}，没有扣款{wrong}（不补贴）。"


@page(action=WORK)
def checks(request: HttpRequest) -> HttpResponse:
    """The passbooks of an office up to a month; what is filled in is saved together or not at all."""
    form = CheckFilter(request.principal, request.GET)
    office, month, text = form.asked()
    status, typed = 200, {}
    if request.method == "POST" and office is not None:
        if attempt(request, lambda: _save(request, office, month)):
            return redirect(f"{reverse('support:checks')}?office={office.pk}&month={month:%Y-%m}")
        status = 422
    found = of_people(checking.to_check(office, month), text) if office is not None else SubsidyMonth.objects.none()
    rows = paginate(request, found.order_by("month", "person__pinyin", "id"))
    if status == 422:
        typed = {row.pk: _typed(request, row.pk) for row in rows}
    context = {
        "form": form,
        "office": office,
        "month": month,
        "text": text,
        "lines": [{"row": row, "typed": typed.get(row.pk) or _stored(row)} for row in rows],
        "rows": rows,
        "tally": checking.tally(office, month) if office is not None else None,
    }
    return render(request, "support/checks.html", context, status=status)


def _stored(row: SubsidyMonth) -> Typed:
    """What is on record, as it is shown in the line."""
    answer = {None: "", True: "yes", False: "no"}[row.is_debited]
    amount = "" if row.debit_fen is None else f"{row.debit_fen / 100:.2f}"
    return Typed(answer, amount, row.reason.removeprefix("当月没有扣款：") if row.is_debited is False else "")

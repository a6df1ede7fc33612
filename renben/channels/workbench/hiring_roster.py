"""花名册 of an application: who is known already, typed one by one or read from the firm's file; and acts on one person of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from renben.channels.workbench.attempts import Refused, attempt
from renben.channels.workbench.downloads import attachment, export, full_numbers, workbook
from renben.channels.workbench.hiring import VIEW, WORK, item_words
from renben.channels.workbench.hiring_acts import asked, text_field, with_form
from renben.channels.workbench.posts_acts import day_field, not_later
from renben.kernel import clock
from renben.kernel.models import Person
from renben.kernel.people import find_by_number
from renben.kernel.policy import page
from renben.services.support.hiring import applying, rosters, settling
from renben.services.support.hiring.codes import Group, Origin
from renben.services.support.hiring.models import HiringClaim, HiringPerson

LARGEST = 10 * 1024 * 1024
SHOWN = 20
"""Wrong rows told on the page at once; all of them stand in the firm's own file."""


def money_field(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        min_value=Decimal("0.01"),
        max_value=Decimal("9999999"),
        decimal_places=2,
    )


class ContractForm(forms.Form):
    contract_from = day_field("劳动合同起始日期")
    contract_to = day_field("劳动合同终止日期", "无固定期限的不填。", required=False)
    wage = money_field("月工资（元）")
    base = money_field("缴费基数（元）", "单位为他缴社会保险的月基数。")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        start, end = given.get("contract_from"), given.get("contract_to")
        if start and end and end < start:
            self.add_error("contract_to", "合同终止日期早于起始日期，请核对。")
        return given

    def line(self, person: Person, origin: str) -> applying.Line:
        given = self.cleaned_data
        return applying.Line(
            person,
            given["contract_from"],
            given["contract_to"],
            int(given["wage"] * 100),
            int(given["base"] * 100),
            origin,
        )


class PersonForm(ContractForm):
    field_order = ("number",)
    number = forms.CharField(
        label="居民身份证号码", max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_number(self) -> str:
        text = self.cleaned_data["number"].strip()
        self.person = find_by_number("resident_id", text)
        if self.person is None:
            raise forms.ValidationError("没有这个证件号码的人员档案，请核对号码，或先新建档案。")
        return text


class RosterFile(forms.Form):
    file = forms.FileField(
        label="单位报来的花名册",
        help_text="Excel 或 CSV，要有证件号码、合同起始日期、合同终止日期、月工资、缴费基数几列；表头在哪一行都行。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )

    def clean_file(self) -> Any:
        uploaded = self.cleaned_data["file"]
        if uploaded.size > LARGEST:
            raise forms.ValidationError("文件超过 10 MB，花名册用不了这么大，请核对是不是选错了文件。")
        return uploaded


class GroupForm(forms.Form):
    group = forms.ChoiceField(
        label="核实后的类别",
        choices=[one for one in Group.choices if one[0] != Group.ASK],
        widget=forms.RadioSelect,
    )
    note = text_field("凭据", "例如：《就业困难人员认定表》编号，或与本人、社区核实的情况。")


class StrikeForm(forms.Form):
    reason = text_field("为什么不计算这个人")


class TakeOffForm(forms.Form):
    reason = text_field("为什么去掉", "例如：录错了人、单位撤回了这个人。")


class LeaveForm(forms.Form):
    on = day_field("最后在岗日期")
    reason = forms.CharField(label="离开的情形", max_length=200, help_text="例如：本人辞职、合同解除、退休。")

    def clean_on(self) -> dt.date:
        return not_later(self.cleaned_data["on"])


def _row_url(row: HiringPerson) -> str:
    return reverse("hiring:row", args=[row.pk])


def _plain(fen: int | None) -> str:
    return f"{fen / 100:.2f}" if fen is not None else ""


@page(action=WORK, subject="hiring_claim")
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """录入花名册: whom the register knows is offered, one is typed by number, or the firm's file is read."""
    claim: HiringClaim = request.subject
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            (row,) = applying.put_lines(claim=claim, lines=[form.line(form.person, Origin.TYPED)], by=request.user)
            return f"{row.person.name}已在花名册里，类别：{row.group_label}。"

        if attempt(request, act):
            return redirect("hiring:roster", pk)
    offered = [
        {"person": one.person, "why": one.why, "since": one.since, "to": one.contract_to,
         "wage": _plain(one.wage_fen), "base": _plain(one.base_fen)}
        for one in rosters.proposed(claim)
    ]  # fmt: skip
    context = {
        "claim": claim,
        "items": item_words(claim),
        "rows": claim.people.select_related("person").order_by("-id"),
        "offered": offered,
        "form": form,
        "file_form": RosterFile(),
        "is_open": claim.state == HiringClaim.State.DRAFT,
    }
    return render(request, "hiring/roster.html", context, status=422 if form.is_bound else 200)


def _taken(request: HttpRequest, claim: HiringClaim) -> list[applying.Line]:
    """The offered people that were ticked, with what was typed for them. Refused names whom something is missing for."""
    ticked = {int(text) for text in request.POST.getlist("person") if text.isdigit()}
    lines = []
    for one in rosters.proposed(claim):
        pk = one.person.pk
        if pk not in ticked:
            continue
        form = ContractForm({name: request.POST.get(f"{name}-{pk}", "") for name in ContractForm.base_fields})
        if not form.is_valid():
            wrong = "、".join(str(form.fields[name].label) for name in form.errors if name in form.fields)
            raise Refused(f"{one.person.name}：请核对{wrong}。")
        lines.append(form.line(one.person, Origin.KNOWN))
    if not lines:
        raise Refused("还没有勾选人员。")
    return lines


@page(action=WORK, subject="hiring_claim")
@require_POST
def take_known(request: HttpRequest, pk: int) -> HttpResponse:
    """把登记在本单位的人放进花名册: all that were ticked or none."""
    claim: HiringClaim = request.subject

    def act() -> str:
        rows = applying.put_lines(claim=claim, lines=_taken(request, claim), by=request.user)
        return f"{len(rows)}人已放进花名册。"

    attempt(request, act)
    return redirect("hiring:roster", pk)


@page(action=WORK, subject="hiring_claim")
@require_POST
def take_file(request: HttpRequest, pk: int) -> HttpResponse:
    """读入花名册: good rows are in, each wrong row is told with its number; reading it again adds nobody twice."""
    claim: HiringClaim = request.subject
    form = RosterFile(request.POST, request.FILES)
    wrong: list[str] = []

    def act() -> str:
        if not form.is_valid():
            raise Refused("".join(error for errors in form.errors.values() for error in errors))
        uploaded = form.cleaned_data["file"]
        found = rosters.read_roster(uploaded.read(), uploaded.name)
        wrong.extend(found.wrong)
        rows = applying.put_lines(claim=claim, lines=found.lines, by=request.user)
        more = f"，{len(wrong)}行没有读入，原因见下" if wrong else ""
        return f"读入{len(rows)}人{more}。"

    if attempt(request, act):
        for sentence in wrong[:SHOWN]:
            messages.warning(request, sentence)
        if len(wrong) > SHOWN:
            messages.warning(request, f"还有{len(wrong) - SHOWN}行有问题，改好上面这些再读一次。")
    return redirect("hiring:roster", pk)


TEMPLATE = [
    (rosters.NAME, 12), (rosters.NUMBER, 22), (rosters.FROM, 14), (rosters.TO, 14), (rosters.WAGE, 12), (rosters.BASE, 12),
]  # fmt: skip


@page(action=WORK, subject="hiring_claim")
@require_POST
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """The empty roster for the firm to fill in."""
    claim: HiringClaim = request.subject
    notes = ["日期写成 2026-03-01；合同没有终止日期的空着；工资、基数写元。"]
    book = workbook("用人单位补贴花名册", TEMPLATE, [], notes=notes)
    return attachment(book, f"{claim.employer.name}补贴花名册.xlsx")


@page(action=VIEW, subject="hiring_claim")
@require_POST
def roster_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The roster with full numbers, in the columns it can be read in again; the download is on record."""
    claim: HiringClaim = request.subject
    rows = claim.people.select_related("person").order_by("id")
    numbers = full_numbers(rows.values_list("person_id", flat=True))

    def line(row: HiringPerson) -> list:
        return [
            row.person.name, numbers.get(row.person_id, ""), row.contract_from, row.contract_to or "", row.wage_fen / 100,
            row.base_fen / 100, row.group_label, row.struck_reason,
        ]  # fmt: skip

    columns = [*TEMPLATE, ("人员类别", 18), ("不计算的理由", 24)]
    return export(request, f"{claim.employer.name}补贴花名册（{claim.period}）"[:60], columns, rows, line)


@page(action=WORK, subject="hiring_row")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """改一行的合同、工资、基数."""
    row: HiringPerson = request.subject
    known = {
        "contract_from": row.contract_from, "contract_to": row.contract_to, "wage": _plain(row.wage_fen),
        "base": _plain(row.base_fen),
    }  # fmt: skip
    form = ContractForm(request.POST if request.method == "POST" else None, initial=known)

    def act() -> str:
        applying.put_lines(claim=row.claim, lines=[form.line(row.person, row.origin)], by=request.user)
        return f"{row.person.name}的一行已修改，金额已重新计算。"

    title = f"修改{row.person.name}的一行"
    return with_form(request, form, act, back=_row_url(row), title=title, button="保存", notes=[])


@page(action=WORK, subject="hiring_row")
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    """从花名册去掉, with the reason; the line is gone, the trail keeps who and why."""
    row: HiringPerson = request.subject
    claim = row.claim_id
    form = TakeOffForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        applying.take_off(row=row, reason=form.cleaned_data["reason"], by=request.user)
        return f"{row.person.name}已从花名册去掉。"

    if request.method == "POST" and form.is_valid() and attempt(request, act):
        return redirect("hiring:roster", claim)
    notes = ["只是不符合条件的，请用“不计算”，单位能看到原因；录错了人才从花名册去掉。"]
    title = f"把{row.person.name}从花名册去掉"
    return asked(request, form, _row_url(row), title=title, button="去掉", notes=notes, danger=True)


@page(action=WORK, subject="hiring_row")
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """核实人员类别."""
    row: HiringPerson = request.subject
    form = GroupForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        given = form.cleaned_data
        held = applying.confirm_group(row=row, group=given["group"], note=given["note"], by=request.user)
        return f"{row.person.name}核实为{held.group_label}，金额已重新计算。"

    notes = [f"{row.person.name}：{row.group_text}"]
    return with_form(request, form, act, back=_row_url(row), title="核实人员类别", button="保存", notes=notes)


@page(action=WORK, subject="hiring_row")
def strike(request: HttpRequest, pk: int) -> HttpResponse:
    """不计算某人."""
    row: HiringPerson = request.subject
    form = StrikeForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        applying.strike(row=row, reason=form.cleaned_data["reason"], by=request.user)
        return f"{row.person.name}不计算，金额已重新合计。"

    words = {"title": f"不计算{row.person.name}", "button": "不计算这个人", "notes": [], "danger": True}
    return with_form(request, form, act, back=_row_url(row), **words)


@page(action=WORK, subject="hiring_row")
@require_POST
def unstrike(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复计算."""
    row: HiringPerson = request.subject

    def act() -> str:
        applying.strike(row=row, reason="", by=request.user)
        return f"{row.person.name}恢复计算。"

    attempt(request, act)
    return redirect("hiring:row", pk)


@page(action=WORK, subject="hiring_row")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """登记离开: later months bring nothing, what went out for them is owed back."""
    row: HiringPerson = request.subject
    form = LeaveForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})

    def act() -> str:
        given = form.cleaned_data
        owing = settling.leave(row=row, on=given["on"], reason=given["reason"], by=request.user)
        owed = sum(one.owed_fen for one in owing)
        more = f"，已发的要追回{owed / 100:,.2f}元" if owed else ""
        return f"{row.person.name}自{given['on']:%Y年%m月%d日}以后停发{more}。"

    notes = ["登记以后，之后的月份不再计发；已经拨付的转为应追回。"]
    title = f"登记{row.person.name}离开单位"
    return with_form(request, form, act, back=_row_url(row), title=title, button="登记离开", notes=notes)

"""社会保险补贴发放名录: made by one, confirmed by another, sent to the bank, its answer read back."""

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
from renben.channels.workbench.attempts import Refused, attempt, of_people, office_of
from renben.channels.workbench.benefits_payments import PaidForm
from renben.channels.workbench.downloads import export, full_numbers
from renben.engines.payments import accounts
from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.kernel import clock
from renben.kernel.policy import page
from renben.services.support import bank_files, paying
from renben.services.support.grants.codes import ALL_HEADINGS, HEADINGS
from renben.services.support.models import SubsidyMonth

ACTION = "subsidy.pay"
State = PaymentBatch.State
LARGEST_ANSWER = 10 * 1024 * 1024


class MonthForm(forms.Form):
    month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$",
        label="月份",
        error_messages={"invalid": "月份请写成 2026-11 这样。"},
        widget=forms.TextInput(attrs={"type": "month", "class": "form-control"}),
    )


class ReturnForm(forms.Form):
    file = forms.FileField(
        label="银行回盘文件",
        help_text="Excel 或 CSV，要有流水号、金额、结果三列；失败的写原因。可以直接在本批导出的表上填。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    on = forms.DateField(label="发放日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean_file(self) -> Any:
        uploaded = self.cleaned_data["file"]
        if uploaded.size > LARGEST_ANSWER:
            raise forms.ValidationError("文件超过 10 MB，回盘文件用不了这么大，请核对是不是选错了文件。")
        return uploaded

    def clean_on(self) -> dt.date:
        day = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError("发放日期还没到，请核对。")
        return day


def lists_asked(request: HttpRequest) -> tuple[QuerySet[PaymentBatch], str]:
    """The lists a filter asks for and its state; a state that is none is left out."""
    rows = request.principal.scoped("subsidy_batch", ACTION).order_by("-month", "heading", "-sequence", "id")
    state = request.GET.get("state", "")
    return (rows.filter(state=state), state) if state in State.values else (rows, "")


def held_back() -> QuerySet[SubsidyMonth]:
    """Months that wait because something speaks against paying them."""
    waits = [SubsidyMonth.State.HELD, SubsidyMonth.State.RETURNED]
    return (
        SubsidyMonth.objects.filter(state__in=waits)
        .select_related("person", "subsidy__organization")
        .order_by("month", "person__pinyin", "id")
    )


@page(action=ACTION)
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """All lists, the form that makes those of a month, and what was held back."""
    rows, state = lists_asked(request)
    within = request.principal.within("subsidy__organization__path", ACTION)
    waiting = held_back().filter(within)
    context = {
        "rows": paginate(request, rows),
        "state": state,
        "states": State.choices,
        "headings": ALL_HEADINGS,
        "form": MonthForm(initial={"month": f"{clock.today():%Y-%m}"}),
        "held": list(waiting[:50]),
        "held_count": waiting.count(),
    }
    return render(request, "support/lists.html", context)


@page(action=ACTION)
@require_GET
def lists_export(request: HttpRequest) -> HttpResponse:
    """The lists with their totals as a workbook."""
    rows = (
        [
            f"{batch.month:%Y-%m}",
            ALL_HEADINGS.get(batch.heading, batch.heading),
            batch.organization.name,
            batch.sequence,
            batch.count,
            f"{batch.total_fen / 100:.2f}",
            batch.get_state_display(),
            batch.paid_on or "",
        ]
        for batch in lists_asked(request)[0].select_related("organization")[: xlsx.CAP]
    )
    headings = ["月份", "款项", "发放机构", "批次", "人次", "合计（元）", "状态", "发放日期"]
    return xlsx.xlsx(request, name="社会保险补贴名录清单", headings=headings, rows=rows, action="subsidy_lists")


@page(action=ACTION)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """生成名录 for the clerk's office and everybody below it."""
    form, made = MonthForm(request.POST), []

    def act() -> str:
        if not form.is_valid():
            raise Refused("".join(error for errors in form.errors.values() for error in errors))
        month = dt.date.fromisoformat(form.cleaned_data["month"] + "-01")
        office = office_of(request.principal, ACTION)
        found = paying.make_month_lists(organization=office, month=month, by=request.user)
        waiting = f"另有{len(found.held)}个月暂缓发放，原因见下表。" if found.held else ""
        extra = f"差额补发名录{found.differences.count}人次。" if found.differences else ""
        if found.batch is None:
            return f"{month:%Y年%m月}没有核对过扣款、应当发放的月份。{extra}{waiting}"
        made.append(found.batch)
        return f"名录共{found.batch.count}人次，合计{found.batch.total_fen / 100:,.2f}元。{extra}{waiting}"

    attempt(request, act)
    return redirect("support:list_page", made[0].pk) if made else redirect("support:lists")


@page(action=ACTION, subject="subsidy_batch")
@require_GET
def list_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One list with its people, its control totals and what the bank said."""
    batch: PaymentBatch = request.subject
    text = request.GET.get("q", "").strip()[:40]
    lines = of_people(batch.lines.select_related("person", "account"), text)
    returned = batch.lines.filter(state=PaymentLine.State.RETURNED)
    context = {
        "batch": batch,
        "heading": ALL_HEADINGS.get(batch.heading, batch.heading),
        "rows": paginate(request, lines.order_by("person__pinyin", "month", "id")),
        "text": text,
        "returned_count": returned.count(),
        "returned_fen": sum(returned.values_list("fen", flat=True)),
        "is_mine": batch.made_by_id == request.user.pk,
    }
    return render(request, "support/batch.html", context)


@page(action=ACTION, subject="subsidy_batch")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """确认名录, by somebody other than who made it."""
    batch: PaymentBatch = request.subject
    if request.method == "POST":

        def act() -> str:
            held = paying.confirm_list(batch=batch, by=request.user)
            return f"名录已确认：{held.count}人次，合计{held.total_fen / 100:,.2f}元。可以导出给银行。"

        attempt(request, act)
        return redirect("support:list_page", pk)
    context = {
        "question": f"确认{batch.month:%Y年%m月}{ALL_HEADINGS.get(batch.heading, batch.heading)}名录？",
        "consequences": [
            f"{ALL_HEADINGS.get(batch.heading, batch.heading)}：{batch.count}人次，合计{batch.total_fen / 100:,.2f}元。",
            "确认后人员和金额固定下来，不能再增减；之后发现的变动列入下一批补发，或者按追回办理。",
            "由谁生成，就不能由谁确认。",
        ],
        "button": "确认名录",
        "button_class": "btn-primary",
        "back": "../",
    }
    return render(request, "confirm.html", context)


@page(action=ACTION, subject="subsidy_batch")
def paid(request: HttpRequest, pk: int) -> HttpResponse:
    """登记全部已发放, where the bank sends no answer file."""
    batch: PaymentBatch = request.subject
    form = PaidForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]

        def act() -> str:
            paying.pay_list(batch=batch, by=request.user, on=on)
            return f"已登记全部发放，发放日期{on:%Y年%m月%d日}。"

        attempt(request, act)
        return redirect("support:list_page", pk)
    context = {
        "question": f"登记{batch.month:%Y年%m月}名录全部已发放",
        "consequences": [
            f"{batch.count}人次，合计{batch.total_fen / 100:,.2f}元。",
            "银行有回盘文件的，请用“读入银行回盘”，退回的会自动挑出来。",
        ],
        "form": form,
        "button": "登记全部已发放",
        "button_class": "btn-primary",
        "back": "../",
    }
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


@page(action=ACTION, subject="subsidy_batch")
def take_return(request: HttpRequest, pk: int) -> HttpResponse:
    """读入银行回盘: all of it or nothing."""
    batch: PaymentBatch = request.subject
    is_post = request.method == "POST"
    form = ReturnForm(
        request.POST if is_post else None, request.FILES if is_post else None, initial={"on": clock.today()}
    )
    if is_post and form.is_valid():
        uploaded = form.cleaned_data["file"]

        def act() -> str:
            results = bank_files.read_answer(uploaded.read(), uploaded.name)
            taken = paying.read_return(batch=batch, results=results, on=form.cleaned_data["on"], by=request.user)
            text = f"到账{taken.paid}笔，{taken.paid_fen / 100:,.2f}元"
            back = f"；退回{len(taken.returned)}笔，{taken.returned_fen / 100:,.2f}元，已给社保所待办核对账户"
            return text + (back if taken.returned else "，没有退回") + "。"

        if attempt(request, act):
            return redirect("support:list_page", pk)
    context = {"form": form, "batch": batch, "heading": ALL_HEADINGS.get(batch.heading, batch.heading)}
    return render(request, "support/return.html", context, status=422 if form.is_bound else 200)


@page(action=ACTION, subject="subsidy_batch")
@require_POST
def bank_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The file for the bank: full names, accounts and numbers; the download is on record."""
    batch: PaymentBatch = request.subject
    rows = batch.lines.select_related("person", "account").order_by("person__pinyin", "month", "id")
    numbers = full_numbers(rows.values_list("person_id", flat=True))
    columns = [
        ("流水号", 10), ("户名", 10), ("开户银行", 22), ("账号", 26), ("金额", 12), ("证件号码", 22), ("所属月份", 10),
        ("摘要", 14), ("结果", 8), ("原因", 20),
    ]  # fmt: skip

    def line(row: PaymentLine) -> list:
        held = row.account
        return [
            str(row.pk), held.holder if held else row.person.name, held.bank if held else "",
            accounts.number_of(held) if held else "", row.fen / 100, numbers.get(row.person_id, ""), f"{row.month:%Y-%m}",
            _purpose(batch), _result(row), row.return_reason,
        ]  # fmt: skip

    is_draft = batch.state == State.DRAFT
    control = f"共{batch.count}笔　合计{batch.total_fen / 100:,.2f}元　校验值{batch.control_hash[:16]}"
    notes = [f"{batch.organization}　{batch.month:%Y年%m月}第{batch.sequence}批　{control}"]
    if is_draft:
        notes.insert(0, "草稿：还没有确认，不能作为发放依据。")
    title = f"{'【草稿】' if is_draft else ''}{_purpose(batch)}发放名录"
    return export(request, f"{title}（{batch.month:%Y-%m}）", columns, rows, line, notes=notes)


def _purpose(batch: PaymentBatch) -> str:
    """What the bank writes beside the amount; both insurance subsidies are called by their common name."""
    return HEADINGS.get(batch.heading, "社会保险补贴")


def _result(line: PaymentLine) -> str:
    return {PaymentLine.State.PAID: "成功", PaymentLine.State.RETURNED: "失败"}.get(line.state, "")

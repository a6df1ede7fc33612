"""区级补贴奖励: the list of applications, and one application with its people, reviews, notice, objections and money (Q-1.3.6)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.downloads import export
from renben.engines.payments.models import PaymentLine
from renben.kernel import clock, employers
from renben.kernel.models import Employer
from renben.kernel.people import keys_of_query
from renben.kernel.policy import Principal, page
from renben.services.support.grants import applying, checks, noticing, paying
from renben.services.support.grants.codes import Item, Through
from renben.services.support.grants.models import Grant, GrantLine

State = Grant.State
VIEW, WORK = "grant.view", "grant.work"


class GrantFilter(forms.Form):
    q = forms.CharField(label="单位或人员", max_length=40, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])
    item = forms.ChoiceField(
        label="申请项目",
        required=False,
        choices=[("", "全部"), *Item.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )


def _about(rows: QuerySet[Grant], text: str) -> QuerySet[Grant]:
    """Grants whose firm or one of whose people is meant."""
    if not text.strip():
        return rows
    condition = Q(employer__in=employers.matching(Employer.objects.all(), text).order_by())
    for keys in keys_of_query(text):
        condition |= Q(pk__in=GrantLine.objects.filter(person__search_keys__contains=keys).order_by().values("grant"))
    return rows.filter(condition)


def selected(principal: Principal, form: GrantFilter, *, by_state: bool = True) -> QuerySet[Grant]:
    """The grants a filled-in filter asks for."""
    form.is_valid()
    asked = form.cleaned_data
    rows = _about(principal.scoped("grant", VIEW), asked.get("q", ""))
    if asked.get("item"):
        rows = rows.filter(item=asked["item"])
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows


def with_sums(rows: QuerySet[Grant]) -> QuerySet[Grant]:
    """Newest first, each with how many people count, their amount, how many have none, and what the bank sent back."""
    standing = Q(lines__is_struck=False)
    returned = standing & Q(lines__payment_line__state=PaymentLine.State.RETURNED)
    return rows.annotate(
        people=Count("lines", filter=standing),
        total_fen=Sum("lines__amount_fen", filter=standing),
        unknown=Count("lines", filter=standing & Q(lines__amount_fen=None)),
        paid_fen=Sum("lines__payment_line__fen", filter=Q(lines__payment_line__state=PaymentLine.State.PAID)),
        returned=Count("lines", filter=returned),
    ).order_by("-applied_on", "-id")


@page(action=VIEW)
@require_GET
def grant_list(request: HttpRequest) -> HttpResponse:
    """Applications by state; the numbers are the filter."""
    form = GrantFilter(request.GET)
    rows = selected(request.principal, form)
    everywhere = selected(request.principal, form, by_state=False).order_by()
    found = dict(everywhere.values_list("state").annotate(n=Count("id")))
    current = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "rows": paginate(request, with_sums(rows)),
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
    }
    return render(request, "grants/list.html", context)


@page(action=VIEW)
@require_POST
def grant_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    rows = with_sums(selected(request.principal, GrantFilter(request.POST)))
    columns = [
        ("申请单位", 26), ("申请项目", 22), ("状态", 16), ("申请日期", 12), ("计算人数", 10), ("申请金额", 12), ("计算金额", 12),
        ("已到账", 12), ("报送文号", 20), ("批复文号", 20), ("受理机构", 18),
    ]  # fmt: skip

    def line(row: Grant) -> list:
        total = None if row.unknown or row.total_fen is None else row.total_fen / 100
        return [
            row.employer.name if row.employer else "个人", row.get_item_display(), row.get_state_display(), row.applied_on,
            row.people, None if row.claimed_fen is None else row.claimed_fen / 100, total, (row.paid_fen or 0) / 100,
            row.letter_number, row.reply_number, row.organization.short_name,
        ]  # fmt: skip

    return export(request, "区级补贴奖励清单", columns, rows, line)


@page(action=VIEW, subject="grant")
@require_GET
def grant_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who asks for whom, how much and why, who reviewed, how long the notice still hangs, what was objected, what was paid."""
    grant: Grant = request.subject
    lines = list(
        grant.lines.select_related("person", "determination", "payment_line__batch", "struck_by").order_by("id")
    )
    notice = noticing.current(grant)
    objections = list(notice.objections.select_related("answered_by").order_by("raised_on", "id")) if notice else []
    standing = [line for line in lines if not line.is_struck]
    first = standing[0].determination if standing else None
    may_change = grant.state in (State.FIRST, State.SECOND)
    context = {
        "grant": grant,
        "lines": lines,
        "people": len(standing),
        "total_fen": applying.total_fen(grant),
        "paid_fen": paying.paid_fen(grant),
        "reviews": grant.reviews.select_related("by").order_by("-round", "level"),
        "notice": notice,
        "over": noticing.due_of(notice, objections) if notice else None,
        "objections": objections,
        "parts": first.parts if first else [],
        "missing": first.missing if first else [],
        "against": checks.against_firm(grant.employer, clock.today()) if grant.employer and grant.is_open else [],
        "may_change": may_change,
        "may_object": grant.state == State.NOTICE,
        "returned": [line for line in standing if line.payment_line and line.payment_line.state == "returned"],
        "today": clock.today(),
    }
    return render(request, "grants/grant.html", context)


class ObjectionForm(forms.Form):
    on = forms.DateField(label="收到日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    through = forms.ChoiceField(label="方式", choices=[("", "请选择"), *Through.choices])
    who = forms.CharField(label="提出人", max_length=50, required=False, help_text="匿名的可以不填；姓名不对外公开。")
    text = forms.CharField(label="异议内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    is_upheld = forms.ChoiceField(
        label="查下来", choices=[("no", "异议不成立"), ("yes", "异议成立")], widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="核查结果和答复",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明查了什么、结果怎样、怎么答复的。",
    )


class StrikeForm(forms.Form):
    reason = forms.CharField(label="为什么不算这个人", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class AccountForm(forms.Form):
    holder = forms.CharField(label="户名", max_length=100, help_text="与申请单位（个人）一致。")
    bank = forms.CharField(label="开户银行", max_length=60)
    number = forms.CharField(label="账号", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))


def _asked(request: HttpRequest, form: forms.Form, grant: Grant, **words: Any) -> HttpResponse:
    return render(
        request, "grants/act.html", {"form": form, "grant": grant, **words}, status=422 if form.is_bound else 200
    )


@page(action=WORK, subject="grant")
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """登记异议."""
    grant: Grant = request.subject
    form = ObjectionForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            noticing.object_to(grant=grant, raised=noticing.Raised(**form.cleaned_data), by=request.user)
            return "异议已登记，公示停止计时。查清、答复以前不能往下办、不能发放。"

        if attempt(request, act):
            return redirect("grants:grant", pk)
    notes = ["登记以后公示停止计时，到答复那天接着算。"]
    return _asked(request, form, grant, title="登记异议", button="登记异议", notes=notes)


@page(action=WORK, subject="grant_objection")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """答复异议."""
    objection = request.subject
    grant = objection.notice.grant
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"is_upheld": "no"})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def act() -> str:
            is_upheld = given["is_upheld"] == "yes"
            noticing.answer(objection=objection, text=given["text"], is_upheld=is_upheld, by=request.user)
            if is_upheld:
                return "已答复，异议成立：公示已撤下，请到办件里退回重审或者不予发放。"
            return "已答复，公示接着计时。"

        if attempt(request, act):
            return redirect("grants:grant", grant.pk)
    notes = [f"{objection.raised_on:%Y年%m月%d日}收到：{objection.text}"]
    return _asked(request, form, grant, title="答复异议", button="登记答复", notes=notes)


@page(action=WORK, subject="grant_line")
def strike(request: HttpRequest, pk: int) -> HttpResponse:
    """不予计算某人."""
    line: GrantLine = request.subject
    form = StrikeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            applying.strike(line=line, reason=form.cleaned_data["reason"], by=request.user)
            return f"{line.person.name}不计算，金额已重新合计。"

        if attempt(request, act):
            return redirect("grants:grant", line.grant_id)
    notes = [f"名单里的{line.person.name}：", *line.faults]
    return _asked(request, form, line.grant, title="不予计算", button="不计算这个人", notes=notes, danger=True)


@page(action=WORK, subject="grant_line")
@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """重新比对一个人, after the fact that spoke against it was looked into."""
    line: GrantLine = request.subject

    def act() -> str:
        held = applying.recheck(line=line, by=request.user)
        return f"{line.person.name}：" + ("还有问题，见名单。" if held.faults else "比对没有问题，计入。")

    attempt(request, act)
    return redirect("grants:grant", line.grant_id)


@page(action=WORK, subject="grant")
def list_again(request: HttpRequest, pk: int) -> HttpResponse:
    """退回的重新列入名录, to the corrected account."""
    grant: Grant = request.subject
    form = AccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            batch = paying.list_again(grant=grant, by=request.user, **form.cleaned_data)
            return f"已列入{batch.month:%Y年%m月}名录，确认后交银行。"

        if attempt(request, act):
            return redirect("grants:grant", pk)
    notes = ["被银行退回的，核对账户后重新列入本月名录；已到账的不会再列。"]
    return _asked(request, form, grant, title="重新列入名录", button="列入名录", notes=notes)

"""职业指导培训补贴: claims of institutions, and one claim with who counts, who was drawn by which seed and what they said (Q-1.3.7)."""

from __future__ import annotations

from django import forms
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import Refused, attempt
from renben.channels.workbench.downloads import export
from renben.channels.workbench.grants import VIEW, WORK
from renben.kernel import clock
from renben.kernel.policy import page
from renben.services.support.grants import guidance, guidance_payments
from renben.services.support.grants.guidance_models import GuidanceClaim, GuidancePerson


def _selected(request: HttpRequest, given: dict) -> tuple[QuerySet[GuidanceClaim], str, str]:
    """The claims a filter asks for, its text and its state."""
    text, state = given.get("q", "").strip()[:40], given.get("state", "")
    rows = request.principal.scoped("guidance_claim", VIEW)
    if text:
        rows = rows.filter(institution__icontains=text)
    if state in GuidanceClaim.State.values:
        rows = rows.filter(state=state)
    now = Q(people__round=F("round"))
    counted = rows.annotate(
        total=Count("people", filter=now), counted=Count("people", filter=now & Q(people__is_counted=True))
    )
    return counted.order_by("-reviewed_on", "-id"), text, state


@page(action=VIEW)
@require_GET
def claims(request: HttpRequest) -> HttpResponse:
    """Claims, newest first."""
    rows, text, state = _selected(request, request.GET)
    context = {"rows": paginate(request, rows), "text": text, "state": state, "states": GuidanceClaim.State.choices}
    return render(request, "grants/claims.html", context)


@page(action=VIEW)
@require_POST
def claims_export(request: HttpRequest) -> HttpResponse:
    """The filtered claims as a workbook."""
    rows, _, _ = _selected(request, request.POST)
    columns = [
        ("申报单位", 28), ("状态", 12), ("第几次申报", 10), ("花名册人数", 10), ("审定人数", 10), ("审定金额", 12), ("抽查比例（%）", 10),
        ("应抽人数", 10), ("审核日期", 12), ("抽查办结", 12), ("抽查种子", 34),
    ]  # fmt: skip

    def line(row: GuidanceClaim) -> list:
        amount = None if row.amount_fen is None else row.amount_fen / 100
        return [
            row.institution, row.get_state_display(), row.round, row.total, row.counted, amount, row.share_percent,
            row.sample_size, row.reviewed_on, row.checked_on, row.seed,
        ]  # fmt: skip

    return export(request, "职业指导补贴申报清单", columns, rows, line)


@page(action=VIEW, subject="guidance_claim")
@require_GET
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Who counts and why not, the draw and the answers, over all submissions."""
    held: GuidanceClaim = request.subject
    drawn = {row.pk for row in guidance.drawn(held)}
    people = list(held.people.select_related("person").order_by("-round", "id"))
    for row in people:
        row.is_drawn = row.pk in drawn
    today = clock.today()
    context = {
        "claim": held,
        "people": people,
        "answers": GuidancePerson.Answer.choices,
        "today": today,
        "counted": sum(p.is_counted for p in people if p.round == held.round),
    }
    return render(request, "grants/claim.html", context)


class CallForm(forms.Form):
    answer = forms.ChoiceField(choices=GuidancePerson.Answer.choices, error_messages={"required": "请选核实结果。"})
    on = forms.DateField(error_messages={"required": "请填通话日期。", "invalid": "日期请写成 2026-11-23 这样。"})


@page(action=WORK, subject="guidance_person")
@require_POST
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """登记一个电话."""
    row: GuidancePerson = request.subject

    def act() -> str:
        form = CallForm(request.POST)
        if not form.is_valid():
            raise Refused("".join(error for errors in form.errors.values() for error in errors))
        held = guidance.record_call(row=row, by=request.user, **form.cleaned_data)
        if held.answer == GuidancePerson.Answer.NO:
            return f"已登记：{row.name}说没有参加过。请到办件里选“抽查不合格，整批退回”，下次抽查比例加倍。"
        return f"已登记：{row.name}，{held.get_answer_display()}。"

    attempt(request, act)
    return redirect("grants:claim", row.claim_id)


def _reported(request: HttpRequest) -> QuerySet[GuidanceClaim]:
    """Claims of the reader's territory that went up with a report, newest report first."""
    rows = request.principal.scoped("guidance_claim", VIEW).filter(reported_in__isnull=False)
    return rows.select_related("reported_in").order_by("-reported_in", "institution", "id")


def _payable(claims: list[GuidanceClaim]) -> list[GuidanceClaim]:
    """Each with its people, its amount and the account on the list of its report."""
    for row in claims:
        row.counted = sum(person.is_counted for person in guidance.people_of(row))
        row.payable_fen = guidance_payments.amount_of(row)
        lines = row.reported_in.data.get("account_list") or []
        line = next((one for one in lines if one.get("unit") == row.institution), {})
        row.account_tail = (line.get("account_number") or "")[-4:]
        row.account_bank = line.get("bank") or ""
        row.sent_on = row.reported_in.data.get("uploaded_on") or ""
    return claims


@page(action=VIEW)
@require_GET
def payments(request: HttpRequest) -> HttpResponse:
    """拨付名单: every claim that was checked and reported, with the money and where it goes; which figure is lacking."""
    rows = paginate(request, _reported(request))
    shown = _payable(list(rows))
    context = {"rows": rows, "shown": shown, "missing": guidance_payments.missing_standard(shown)}
    return render(request, "grants/guidance_payments.html", context)


@page(action=VIEW)
@require_POST
def payments_export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook, account numbers by their last four."""
    columns = [
        ("申报单位", 28), ("审定人数", 10), ("拨付金额（元）", 14), ("开户行", 24), ("账号", 14), ("上报办件", 26), ("审核日期", 12),
        ("上传财务日期", 14),
    ]  # fmt: skip

    def line(row: GuidanceClaim) -> list:
        _payable([row])
        amount = None if row.payable_fen is None else row.payable_fen / 100
        tail = f"尾号{row.account_tail}" if row.account_tail else ""
        return [
            row.institution, row.counted, amount, row.account_bank, tail, row.reported_in.number, row.reviewed_on, row.sent_on,
        ]  # fmt: skip

    return export(request, "职业指导补贴拨付名单", columns, _reported(request), line)

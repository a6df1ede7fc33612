"""用人单位岗位补贴、社会保险补贴: the list of applications, one application with its roster and months, the answer to the firm."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.downloads import export
from renben.engines.payments import accounts
from renben.kernel import clock, employers
from renben.kernel.models import Employer
from renben.kernel.people import keys_of_query
from renben.kernel.policy import Principal, page
from renben.services.support.grants.checks import against_firm
from renben.services.support.hiring import applying, paying
from renben.services.support.hiring.codes import Item
from renben.services.support.hiring.decision import months_between
from renben.services.support.hiring.models import HiringClaim, HiringMonth, HiringPerson

State, Month = HiringClaim.State, HiringMonth.State
VIEW, WORK, DECIDE, PAY = "hiring.view", "hiring.work", "hiring.decide", "hiring.pay"
COUNTED = ("due", *HiringMonth.HELD)


class ClaimFilter(forms.Form):
    q = forms.CharField(label="单位或人员", max_length=40, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])
    item = forms.ChoiceField(
        label="补贴",
        required=False,
        choices=[("", "全部"), *Item.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )


def _about(rows: QuerySet[HiringClaim], text: str) -> QuerySet[HiringClaim]:
    """Applications whose firm or one of whose people is meant."""
    if not text.strip():
        return rows
    condition = Q(employer__in=employers.matching(Employer.objects.all(), text).order_by())
    for keys in keys_of_query(text):
        people = HiringPerson.objects.filter(person__search_keys__contains=keys)
        condition |= Q(pk__in=people.order_by().values("claim"))
    return rows.filter(condition)


def selected(principal: Principal, form: ClaimFilter, *, by_state: bool = True) -> QuerySet[HiringClaim]:
    """The applications a filled-in filter asks for."""
    form.is_valid()
    asked = form.cleaned_data
    rows = _about(principal.scoped("hiring_claim", VIEW), asked.get("q", ""))
    if asked.get("item"):
        rows = rows.filter(**{f"asks_{asked['item']}": True})
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows


def with_sums(rows: QuerySet[HiringClaim]) -> QuerySet[HiringClaim]:
    """Newest first, each with its people, what it brings, what was paid and what is owed back."""
    paid = Q(people__months__state__in=["paid", "recover"])
    return rows.annotate(
        count=Count("people", distinct=True),
        total_fen=Sum("people__months__fen", filter=Q(people__months__state__in=COUNTED)),
        paid_fen=Sum("people__months__fen", filter=paid),
        owed_fen=Sum("people__months__owed_fen"),
    ).order_by("-applied_on", "-id")


@page(action=VIEW)
@require_GET
def claim_list(request: HttpRequest) -> HttpResponse:
    """Applications by state; the numbers are the filter."""
    form = ClaimFilter(request.GET)
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
        "period_note": applying.period_on_file(clock.today())[1],
    }
    return render(request, "hiring/list.html", context)


@page(action=VIEW)
@require_POST
def claim_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    rows = with_sums(selected(request.principal, ClaimFilter(request.POST)))
    columns = [
        ("申请单位", 28), ("统一社会信用代码", 22), ("申请期间", 22), ("申请的补贴", 22), ("状态", 18), ("申请日期", 12),
        ("名单人数", 10), ("应发（元）", 14), ("已到账（元）", 14), ("应追回（元）", 14), ("受理机构", 18),
    ]  # fmt: skip

    def line(row: HiringClaim) -> list:
        return [
            row.employer.name, row.employer.uscc, row.period, item_words(row), row.get_state_display(), row.applied_on,
            row.count, (row.total_fen or 0) / 100, (row.paid_fen or 0) / 100, (row.owed_fen or 0) / 100,
            row.organization.short_name,
        ]  # fmt: skip

    return export(request, "用人单位补贴清单", columns, rows, line)


def item_words(claim: HiringClaim) -> str:
    """What is asked for, in words."""
    return "、".join(Item(item).label for item in claim.items)


def roster_of(claim: HiringClaim) -> list[dict[str, Any]]:
    """The roster with what each person brings, in two statements."""
    rows = claim.people.select_related("person", "determination", "struck_by").order_by("id")
    months = (
        HiringMonth.objects.filter(row__claim=claim)
        .select_related("payment_line__batch")
        .order_by("item", "month", "part")
    )
    by_row: dict[int, list[HiringMonth]] = {}
    for month in months:
        by_row.setdefault(month.row_id, []).append(month)
    return [_summary(row, by_row.get(row.pk, [])) for row in rows]


def _summary(row: HiringPerson, months: list[HiringMonth]) -> dict[str, Any]:
    counted = [one for one in months if one.state in COUNTED]
    quiet = [one for one in months if one.state in (Month.NONE, Month.WAITING)]
    return {
        "row": row,
        "months": months,
        "si_months": sum(one.item == Item.SI and not one.part for one in counted),
        "si_fen": sum(one.fen for one in counted if one.item == Item.SI),
        "post_fen": sum(one.fen for one in counted if one.item == Item.POST),
        "waiting": sum(one.state == Month.WAITING for one in quiet),
        "owed_fen": sum(one.owed_fen for one in months),
        "reasons": _told(quiet),
    }


def _told(quiet: list[HiringMonth]) -> list[str]:
    """Why months bring nothing: each reason once, with the months it holds for."""
    found: dict[tuple[str, str], list[dt.date]] = {}
    for one in quiet:
        found.setdefault((one.item, one.reason), []).append(one.month)
    return [f"{Item(item).label}{_months_text(months)}：{reason}" for (item, reason), months in found.items()]


def _months_text(months: list[dt.date]) -> str:
    if len(months) > 1 and months == months_between(months[0], months[-1]):
        return f"{months[0]:%Y年%m月}至{months[-1]:%Y年%m月}"
    return "、".join(f"{month:%Y年%m月}" for month in months)


def by_month(claim: HiringClaim) -> list[dict[str, Any]]:
    """Month by month: how many people count, what it brings under each item, how many wait."""
    rows = HiringMonth.objects.filter(row__claim=claim).order_by().values("month", "item", "state")
    found: dict[dt.date, dict[str, int]] = {}
    for one in rows.annotate(n=Count("id", filter=Q(part=0)), fen=Sum("fen")).order_by("month", "item", "state"):
        line = found.setdefault(one["month"], {"si": 0, "si_fen": 0, "post": 0, "post_fen": 0, "waiting": 0, "none": 0})
        if one["state"] in COUNTED:
            line[one["item"]] += one["n"]
            line[f"{one['item']}_fen"] += one["fen"] or 0
        elif one["state"] in (Month.WAITING, Month.NONE):
            line[one["state"]] += one["n"]
    return [{"month": month, **line} for month, line in found.items()]


def steps_of(claim: HiringClaim) -> list[dict[str, Any]]:
    """The way of the application so far: taken in, reviewed, listed."""
    steps = [{"what": "受理", "on": claim.applied_on, "who": claim.recorded_by, "text": claim.organization.name}]
    for review in claim.reviews.select_related("by").order_by("round", "level"):
        turn = f"（第{review.round}次）" if review.round > 1 else ""
        text = f"{review.people}人，{review.amount_fen / 100:,.2f}元。{review.opinion}"
        steps.append({"what": f"{review.get_level_display()}{turn}", "on": review.on, "who": review.by, "text": text})
    batches: dict[int, Any] = {}
    for line in HiringMonth.objects.filter(row__claim=claim, payment_line__isnull=False).select_related(
        "payment_line__batch__made_by"
    ):
        batches[line.payment_line.batch_id] = line.payment_line.batch
    for batch in sorted(batches.values(), key=lambda one: one.pk):
        text = (
            f"{paying.HEADINGS[batch.heading]}{batch.month:%Y年%m月}第{batch.sequence}批，{batch.get_state_display()}"
        )
        steps.append({"what": "列入名录", "on": batch.made_at.date(), "who": batch.made_by, "text": text})
    return steps


@page(action=VIEW, subject="hiring_claim")
@require_GET
def claim_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is asked for, what each month brings and why not more, who reviewed, what was paid and is owed back."""
    claim: HiringClaim = request.subject
    roster = roster_of(claim)
    context = {
        "claim": claim,
        "items": item_words(claim),
        "rows": paginate(request, roster),
        "count": len(roster),
        "months": by_month(claim),
        "steps": steps_of(claim),
        "total_fen": applying.total_fen(claim),
        "due_fen": sum(claim_month.fen for claim_month in applying.payable(claim)),
        "paid_fen": paying.paid_fen(claim),
        "owing": HiringMonth.objects.filter(row__claim=claim, state=Month.RECOVER)
        .select_related("person")
        .order_by("month", "id"),
        "account": accounts.current_of([claim.employer]).get(claim.employer_id),
        "against": against_firm(claim.employer, clock.today()) if claim.state != State.REFUSED else [],
        "asking": sum(one["row"].settled_group == "ask" and not one["row"].struck_reason for one in roster),
        "is_first_signer": claim.reviews.filter(round=claim.round, by=request.user).exists(),
    }
    return render(request, "hiring/claim.html", context)


@page(action=VIEW, subject="hiring_claim")
@require_GET
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """What the firm is told, in plain words, to print: who counts, how much, and why somebody does not."""
    claim: HiringClaim = request.subject
    roster = roster_of(claim)
    determination = next((one["row"].determination for one in roster if one["row"].determination), None)
    context = {
        "claim": claim,
        "items": item_words(claim),
        "rows": roster,
        "granted": sum(bool(one["si_fen"] or one["post_fen"]) for one in roster),
        "total_fen": applying.total_fen(claim),
        "parts": determination.parts[:-1] if determination else [],
        "is_decided": claim.state in HiringClaim.GRANTED or claim.state == State.REFUSED,
        "today": clock.today(),
    }
    return render(request, "hiring/letter.html", context)


@page(action=VIEW, subject="hiring_row")
@require_GET
def row_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One person of a roster: the contract, of which kind and why, and every month with its reason."""
    row: HiringPerson = request.subject
    months = row.months.select_related("payment_line__batch").order_by("item", "month", "part")
    determination = row.determination
    claim = row.claim
    context = {
        "row": row,
        "claim": claim,
        "person": row.person,
        "months": months,
        "parts": determination.parts if determination else [],
        "may_change": claim.state == State.DRAFT,
        "may_look": claim.state in HiringClaim.OPEN,
        "may_leave": claim.state != State.REFUSED and row.left_on is None,
    }
    return render(request, "hiring/row.html", context)

"""推荐回访: who has to be called by when, done by one line in the list."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import Refused, attempt, of_people
from renben.channels.workbench.one_open import opened, query_of
from renben.channels.workbench.referrals_acts import hired_words
from renben.engines.procedures import deadlines
from renben.kernel import calendar_table, clock, duedates, masking
from renben.kernel.people import phone_of
from renben.kernel.policy import Principal, page
from renben.services.placement import following, results
from renben.services.placement.codes import Unfit
from renben.services.placement.models import Referral, ReferralContact

CALL = "referral.call"
Kind = ReferralContact.Kind
AHEAD = dt.timedelta(days=7)
"""How far the list of the week looks ahead."""


def states(today: dt.date) -> dict[str, tuple[str, Q]]:
    """Tabs of the list: label and condition."""
    waiting = Q(done_on=None)
    return {
        "due": ("今天到期和超期", waiting & Q(due_on__lte=today)),
        "week": ("七天内", waiting & Q(due_on__gt=today, due_on__lte=today + AHEAD)),
        "later": ("以后", waiting & Q(due_on__gt=today + AHEAD)),
        "done": ("已回访", ~waiting),
    }


def due_count(principal: Principal) -> int:
    """Calls due today or overdue in the reader's territory."""
    rows = principal.scoped("referral_contact", CALL).filter(states(clock.today())["due"][1])
    return rows.order_by()[:1000].count()


def selected(request: HttpRequest, text: str) -> QuerySet[ReferralContact]:
    return of_people(request.principal.scoped("referral_contact", CALL), text, "referral__person")


@page(action=CALL)
@require_GET
def contact_list(request: HttpRequest) -> HttpResponse:
    """Calls by when they are due; the overdue come first and stay workable."""
    today, text, state = clock.today(), request.GET.get("q", "").strip()[:40], request.GET.get("state", "due")
    tabs = states(today)
    state = state if state in tabs else "due"
    everything = selected(request, text)
    counts = everything.order_by().aggregate(**{code: Count("id", filter=found) for code, (_, found) in tabs.items()})
    order = ("-done_on", "-id") if state == "done" else ("due_on", "id")
    rows = paginate(request, everything.filter(tabs[state][1]).select_related("by").order_by(*order))
    _with_signals(rows.rows)
    context = {
        "rows": rows,
        "state": state,
        "text": text,
        "tabs": [(code, label, counts[code]) for code, (label, _) in tabs.items()],
        "unfit": Unfit.choices,
        "today": today,
        "opened": opened(request, [row for row in rows if row.is_answerable]),
        "query": query_of(request),
    }
    return render(request, "referrals/contacts.html", context)


def _with_signals(rows: list[ReferralContact]) -> None:
    calendar, limits, now = calendar_table.current(), deadlines.thresholds(), clock.now()
    for row in rows:
        referral = row.referral
        person, employer = referral.person, referral.vacancy.employer
        is_firm = row.kind == Kind.EMPLOYER
        row.phone = (employer.phone if is_firm else masking.mask_phone(phone_of(person), "list")) or "没有电话"
        row.signal = ""
        row.is_answerable = row.done_on is None and (row.kind == Kind.RETENTION or referral.state in Referral.UNDER_WAY)
        if row.done_on is None:
            due = duedates.Due(row.due_on, row.due_on, duedates.closing(row.due_on), referral.made_on)
            row.signal = duedates.signal(due, now, calendar, limits)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused("请写日期。") from None


def _answer(contact: ReferralContact, given: Any, by: Any) -> str:
    """One line of the list as an act."""
    outcome, words = given.get("outcome", ""), given.get("words", "").strip()[:300]
    name = contact.referral.person.name
    match outcome:
        case "waiting":
            following.record_waiting(contact=contact, by=by, words=words)
            return f"{name}：已记回访，还没有结果，到期再提醒。"
        case "hired":
            return hired_words(
                results.record_hired(referral=contact.referral, hired_on=_day(given.get("on", "")), words=words, by=by)
            )
        case "rejected" | "declined":
            unfit = given.get("unfit", "")
            held = results.record_failed(referral=contact.referral, outcome=outcome, unfit=unfit, words=words, by=by)
            return f"{name}：已记“{held.get_state_display()}”（{held.get_unfit_display()}）。"
        case "still":
            following.record_still_there(contact=contact, by=by, words=words)
            return f"{name}：仍在岗。"
        case "left":
            return _left(contact, _day(given.get("on", "")), words, "again" in given, by)
    raise Refused("请选择回访结果。")


def _left(contact: ReferralContact, on: dt.date, words: str, wants_work: bool, by: Any) -> str:
    """Somebody left, and what came of it in a sentence."""
    gone = following.record_left(contact=contact, left_on=on, reason=words, wants_work=wants_work, by=by)
    told = [f"{contact.referral.person.name}：已记离开，就业状态已改。"]
    if gone.freed is not None:
        told.append(f"岗位“{gone.freed.title}”退回1个名额，还在招。")
    if gone.seeker is not None:
        told.append(f"求职登记{gone.seeker.number}继续有效，可以再推荐。")
    elif wants_work:
        told.append("本人没有可以接着用的求职登记，请重新登记。")
    return "".join(told)


@page(action=CALL, subject="referral_contact")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What was heard, in one line; the next call stands first on the page that follows."""
    attempt(request, lambda: _answer(request.subject, request.POST, request.user))
    query = request.POST.get("query", "")
    return redirect(f"{reverse('referrals:contacts')}?{query}" if query else reverse("referrals:contacts"))

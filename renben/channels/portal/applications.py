"""我的应聘: how each stands, what comes next, and what the person may decide: yes or no to an invitation, taking back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.portal.jobs import told
from renben.channels.portal.own import own_page
from renben.channels.workbench.attempts import sentences
from renben.kernel import clock
from renben.services.placement import applicants, applying, inviting, referring, results
from renben.services.placement import messages as messages_sent
from renben.services.placement.codes import Unfit
from renben.services.placement.interviews.models import Interview, Side
from renben.services.placement.models import Referral, ReferralContact
from renben.services.registration.codes import Channel
from renben.services.registration.reasons import NotPossible

Way, State = Referral.Way, Referral.State
MY_REASONS = (Unfit.WAGE, Unfit.DISTANCE, Unfit.HOURS, Unfit.WORK, Unfit.CONDITIONS, Unfit.FAMILY, Unfit.OTHER)
"""Reasons that are the person's own; the others of the table are an employer's or the office's to give."""
_BEGAN = {
    Way.APPLIED: "我应聘的",
    Way.INVITED: "单位邀请的",
    Way.FAIR: "招聘会上谈的",
    Way.RECOMMENDED: "社保所推荐的",
    Way.ACCOMPANIED: "社保所推荐并陪同的",
}
_STANDS = {
    State.MADE: "已送到，等回复",
    State.TOLD: "已联系，等面试",
    State.INTERVIEWED: "已面试，等结果",
    State.HIRED: "已录用",
    State.REJECTED: "这次没有成",
    State.DECLINED: "您选择不去",
    State.WITHDRAWN: "已撤回",
}


class DeclineForm(forms.Form):
    unfit = forms.ChoiceField(
        label="为什么不去", choices=[(one.value, one.label) for one in MY_REASONS], widget=forms.RadioSelect,
        error_messages={"required": "请选一个原因：下次推荐会避开。"},
    )  # fmt: skip
    words = forms.CharField(label="还想说的", max_length=300, required=False)


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label="为什么撤回", max_length=200, help_text="一句话就行，例如：已经找到别的工作。",
        error_messages={"required": "请写一句为什么撤回。"},
    )  # fmt: skip


@dataclass(frozen=True)
class Next:
    """What comes next, in a sentence; `address` leads to where it is done."""

    text: str
    address: str = ""
    button: str = ""


def mine(request: HttpRequest) -> QuerySet[Referral]:
    """The person's own, and nobody else's."""
    return Referral.objects.filter(person=request.person).select_related(
        "vacancy__employer", "vacancy__region", "vacancy__organization", "organization", "seeker", "person"
    )


def doors(referrals: list[Referral]) -> dict[int, Interview]:
    """Booked remote interviews by referral."""
    rows = Interview.objects.filter(referral__in=referrals, state=Interview.State.BOOKED)
    return {one.referral_id: one for one in rows.order_by("starts_at", "id")}


def next_of(referral: Referral, door: Interview | None, due: dt.date | None = None) -> Next:
    """The one thing that matters now."""
    if referral.state not in Referral.UNDER_WAY:
        if referral.state == State.HIRED:
            return Next(
                f"{referral.hired_on:%Y年%m月%d日}上班。祝您工作顺利！" if referral.hired_on else "祝您工作顺利！"
            )
        return Next("看看别的岗位。", reverse("suggested"), "看适合我的岗位")
    if applicants.waits_for_answer(referral):
        return Next("单位邀请您面试，请说愿不愿意去。", reverse("application", args=[referral.pk]), "去答复")
    if door is not None:
        at = door.starts_at.astimezone(clock.ZONE)
        return Next(
            f"{at:%m月%d日 %H:%M}远程面试，用手机或电脑。",
            reverse("interview", args=[door.code_of(Side.SEEKER)]),
            "进入面试",
        )
    if referral.interview_at is not None and referral.state != State.INTERVIEWED:
        at = referral.interview_at.astimezone(clock.ZONE)
        return Next(f"{at:%m月%d日 %H:%M}面试，地点：{referral.interview_place}。带好身份证。")
    if referral.state == State.INTERVIEWED:
        return Next("等单位的结果，有消息会告诉您。")
    office = referral.organization
    until = f"最晚{due:%m月%d日}，" if due else ""
    phone = f"（{office.phone}）" if office.phone else ""
    return Next(f"{until}{office.short_name}{phone}会联系您。")


def stands_of(referral: Referral, door: Interview | None) -> str:
    """Where it is, in a few words."""
    if applicants.waits_for_answer(referral):
        return "等您答复"
    is_waiting = referral.state in (State.MADE, State.TOLD)
    if is_waiting and (door is not None or referral.interview_at is not None):
        return "约好面试了"
    return _STANDS[referral.state]


def calls_due(referrals: list[Referral]) -> dict[int, dt.date]:
    """By when the office has to have called the person, by referral."""
    rows = ReferralContact.objects.filter(referral__in=referrals, kind=ReferralContact.Kind.PERSON, done_on=None)
    return dict(rows.order_by("-due_on", "-id").values_list("referral_id", "due_on"))


def row_of(referral: Referral, door: Interview | None, due: dt.date | None = None) -> dict[str, Any]:
    return {
        "referral": referral,
        "began": _BEGAN[referral.way],
        "stands": stands_of(referral, door),
        "next": next_of(referral, door, due),
        "is_open": referral.state in Referral.UNDER_WAY,
    }


@own_page
@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """Those on their way first, then what is over; the newest first."""
    rows = paginate(request, mine(request).order_by(F("result_on").desc(nulls_first=True), "-made_on", "-id"))
    listed = list(rows)
    booked, due = doors(listed), calls_due(listed)
    lines = [row_of(one, booked.get(one.pk), due.get(one.pk)) for one in listed]
    context = {"rows": rows, "lines": lines}
    return render(request, "portal/applications.html", context)


def _page(request: HttpRequest, referral: Referral, *, status: int = 200, **forms_given: forms.Form) -> HttpResponse:
    is_asked = applicants.waits_for_answer(referral)
    is_open = referral.state in Referral.UNDER_WAY
    context = {
        **told(referral.vacancy),
        **row_of(referral, doors([referral]).get(referral.pk), calls_due([referral]).get(referral.pk)),
        "is_asked": is_asked,
        "may_accept": referral.state == State.MADE and referral.way in messages_sent.BY_OFFICE,
        "may_take_back": is_open and referral.way in (Way.APPLIED, Way.FAIR),
        "may_decline": is_open and referral.way not in (Way.APPLIED, Way.FAIR),
        "decline": forms_given.get("decline") or DeclineForm(),
        "take_back": forms_given.get("take_back") or TakeBackForm(),
    }
    return render(request, "portal/application.html", context, status=status)


@own_page
@require_GET
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them with everything around it."""
    return _page(request, get_object_or_404(mine(request), pk=pk))


def _do(request: HttpRequest, pk: int, act: Callable[[Referral], str]) -> HttpResponse:
    """Do it, or say why not on the page."""
    referral = get_object_or_404(mine(request), pk=pk)
    try:
        with transaction.atomic():
            text = act(referral)
    except NotPossible as refused:
        for sentence in sentences(refused):
            messages.error(request, sentence)
    else:
        messages.success(request, text)
    return redirect("application", pk=pk)


@own_page
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """愿意去: to an invitation, whose employer learns name and telephone then, or to what the office recommended."""

    def act(referral: Referral) -> str:
        if referral.way in messages_sent.BY_OFFICE:
            referring.tell(
                referral=referral, how=Channel.ONLINE, on=clock.today(), by=request.user, words="本人网上说愿意去"
            )
            return f"已经告诉{referral.organization.short_name}您愿意去，会为您约面试。"
        inviting.accept(referral=referral, by=request.user)
        return "已经告诉单位您愿意去。单位会联系您约面试。"

    return _do(request, pk, act)


@own_page
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """不去, with the reason from the table, to an invitation or a recommendation."""
    referral = get_object_or_404(mine(request), pk=pk)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, referral, status=422, decline=form)

    def act(held: Referral) -> str:
        given = form.cleaned_data
        if applicants.waits_for_answer(held):
            inviting.decline(referral=held, unfit=given["unfit"], words=given["words"], by=request.user)
        else:
            results.record_failed(
                referral=held, outcome=State.DECLINED, unfit=given["unfit"], words=given["words"], by=request.user
            )
        return "知道了，谢谢您告诉我们原因。下次推荐会避开。"

    return _do(request, pk, act)


@own_page
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回 an application of one's own."""
    referral = get_object_or_404(mine(request), pk=pk)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return _page(request, referral, status=422, take_back=form)

    def act(held: Referral) -> str:
        applying.take_back(referral=held, reason=form.cleaned_data["reason"], by=request.user)
        return "已撤回，单位不会再联系您。"

    return _do(request, pk, act)

"""The buttons of one referral: told, interview arranged, interviewed, result, taken back."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.referrals import WORK, show
from renben.channels.workbench.referrals_forms import FORMS, ResultForm
from renben.kernel.policy import page
from renben.services.placement import referring, results
from renben.services.placement.models import Referral
from renben.services.placement.results import Hired


def _with(request: HttpRequest, name: str, act: Callable[[forms.Form], str]) -> HttpResponse:
    """Check the form of an act and do it; what is missing comes back in place."""
    form = FORMS[name](request.POST, prefix=name)
    if not form.is_valid():
        return show(request, request.subject, status=422, **{name: form})
    attempt(request, lambda: act(form))
    return redirect("referrals:referral", pk=request.subject.pk)


@page(action=WORK, subject="referral")
@require_POST
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """已通知本人."""

    def act(form: forms.Form) -> str:
        told = referring.tell(referral=request.subject, by=request.user, **form.cleaned_data)
        return f"已记通知{told.person.name}（{told.get_told_how_display()}）。"

    return _with(request, "tell", act)


@page(action=WORK, subject="referral")
@require_POST
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """约面试."""

    def act(form: forms.Form) -> str:
        asked = form.cleaned_data
        made = referring.arrange(
            referral=request.subject,
            at=form.instant(),
            place=asked["place"],
            companion=asked["companion"],
            by=request.user,
        )
        return f"面试已约在{made.interview_at:%m月%d日 %H:%M}，{made.interview_place}。"

    return _with(request, "arrange", act)


@page(action=WORK, subject="referral")
@require_POST
def interviewed(request: HttpRequest, pk: int) -> HttpResponse:
    """已面试，等结果."""

    def act() -> str:
        referring.note_interview(referral=request.subject, by=request.user)
        return "已记面试，等结果。到期会提醒回访。"

    attempt(request, act)
    return redirect("referrals:referral", pk=pk)


def hired_words(done: Hired) -> str:
    """What being hired brought with it, in one sentence."""
    said = [f"已记{done.referral.person.name}就业，就业状态和求职登记同时改好"]
    if done.withdrawn:
        said.append(f"另外{done.withdrawn}次推荐已撤回")
    if done.is_full:
        said.append("岗位已招满，不再推荐")
    if done.others:
        said.append(f"还有{done.others}人推荐到这个岗位，已列入待办，请告诉本人")
    said.append(f"在岗回访定在{'、'.join(f'{day:%Y-%m-%d}' for day in done.calls)}")
    return "；".join(said) + "。"


def record_result(referral: Referral, form: ResultForm, by) -> str:
    """A filled-in result as an act; the sentence to show."""
    asked = form.cleaned_data
    if asked["outcome"] == Referral.State.HIRED:
        done = results.record_hired(
            referral=referral, hired_on=asked["on"], wage_fen=form.wage_fen, words=asked["words"], by=by
        )
        return hired_words(done)
    held = results.record_failed(
        referral=referral, outcome=asked["outcome"], unfit=asked["unfit"], words=asked["words"], on=asked["on"], by=by
    )
    return f"已记{held.person.name}“{held.get_state_display()}”：{held.get_unfit_display()}。可以接着推荐别的岗位。"


@page(action=WORK, subject="referral")
@require_POST
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """录用、未录用、本人不去."""
    return _with(request, "result", lambda form: record_result(request.subject, form, request.user))


@page(action=WORK, subject="referral")
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回."""

    def act(form: forms.Form) -> str:
        referring.withdraw(referral=request.subject, by=request.user, **form.cleaned_data)
        return "这次推荐已撤回。"

    return _with(request, "withdraw", act)

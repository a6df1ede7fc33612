"""What is done to a vacancy from its page: publish, return, pause, renew, fill, withdraw, print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.vacancies import APPROVE, WORK
from renben.channels.workbench.vacancies_forms import CountForm, ReasonForm, RenewForm
from renben.kernel import clock
from renben.kernel.policy import page
from renben.services.placement import vacancies
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_ad import fault_text, musts
from renben.services.placement.vacancies_paper import print_notice


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() else None


def _do(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    attempt(request, act)
    return redirect("vacancies:vacancy", request.subject.pk)


def _ask(request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], str], **words: Any) -> HttpResponse:
    """A page that asks for what an act needs, and does it."""
    if request.method == "POST" and form.is_valid():
        return _do(request, lambda: act(form.cleaned_data))
    context = {"form": form, "back": f"/vacancies/{request.subject.pk}/", "button_class": "btn-primary", **words}
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


@page(action=APPROVE, subject="own_vacancy")
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """发布, as far as today's check lets it."""

    def act() -> str:
        vacancies.publish(vacancy=request.subject, by=request.user, version=_version(request))
        return "已发布，求职的人现在就能看到。"

    return _do(request, act)


@page(action=APPROVE, subject="own_vacancy")
def return_to_employer(request: HttpRequest, pk: int) -> HttpResponse:
    """退回修改: the exact words found stand in the reason already."""
    vacancy: Vacancy = request.subject
    told = "\n".join(fault_text(fault) for fault in musts(vacancy.faults))
    form = ReasonForm(request.POST or None, initial={"reason": told, "version": vacancy.version})
    form.fields["reason"].help_text = "告诉单位改哪几个字、怎么改。检查发现的已经写好，可以增减。"

    def act(given: dict[str, Any]) -> str:
        vacancies.return_to_employer(vacancy=vacancy, reason=given["reason"], by=request.user, version=given["version"])
        return "已退回，请告诉单位要改的地方。"

    return _ask(
        request,
        form,
        act,
        question=f"退回“{vacancy.title}”",
        consequences=["退回后求职的人看不到，单位改好再审。"],
        button="退回修改",
    )


@page(action=WORK, subject="own_vacancy")
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """暂停."""

    def act() -> str:
        vacancies.pause(vacancy=request.subject, by=request.user, version=_version(request))
        return "已暂停，求职的人看不到了。"

    return _do(request, act)


@page(action=WORK, subject="own_vacancy")
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复招聘."""

    def act() -> str:
        vacancies.resume(vacancy=request.subject, by=request.user, version=_version(request))
        return "已恢复招聘。"

    return _do(request, act)


@page(action=WORK, subject="own_vacancy")
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """延长有效期; an expired one comes back."""
    vacancy: Vacancy = request.subject
    form = RenewForm(request.POST or None, initial={"until": vacancies.last_day(clock.today())})

    def act(given: dict[str, Any]) -> str:
        held = vacancies.renew(vacancy=vacancy, until=given["until"], by=request.user)
        waits = "按现在的规定要改几处，已转为待审核。" if held.state == Vacancy.State.SUBMITTED else ""
        return f"已延长到{held.valid_until:%Y年%m月%d日}。{waits}"

    note = f"现在有效到{vacancy.valid_until:%Y年%m月%d日}，还有{vacancy.places_left}个名额。请先问过单位还招不招。"
    return _ask(request, form, act, question=f"延长“{vacancy.title}”的有效期", consequences=[note], button="延长")


@page(action=WORK, subject="own_vacancy")
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """登记招到人, found by the employer itself; hires from referrals are counted by themselves."""
    vacancy: Vacancy = request.subject
    form = CountForm(request.POST or None)

    def act(given: dict[str, Any]) -> str:
        held = vacancies.fill(vacancy=vacancy, count=given["count"], reason=given["reason"], by=request.user)
        return "已招满，不再推荐。" if not held.places_left else f"已登记，还有{held.places_left}个名额。"

    lines = [
        f"招{vacancy.headcount}人，已招到{vacancy.filled}人，还有{vacancy.places_left}个名额。",
        "这里登记单位自己招到的人；经我们推荐录用的，登记推荐结果时自动算上，不用再填。",
    ]
    return _ask(request, form, act, question=f"“{vacancy.title}”招到人", consequences=lines, button="登记")


@page(action=WORK, subject="own_vacancy")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """退回名额: somebody does not come after all."""
    vacancy: Vacancy = request.subject
    form = CountForm(request.POST or None)
    form.fields["reason"].required = True
    form.fields["reason"].help_text = "例如：录用的人没有来报到。"

    def act(given: dict[str, Any]) -> str:
        held = vacancies.reopen(vacancy=vacancy, count=given["count"], reason=given["reason"], by=request.user)
        return f"已退回，还有{held.places_left}个名额。"

    note = f"已招到{vacancy.filled}人。退回的名额重新招人。"
    return _ask(request, form, act, question=f"“{vacancy.title}”退回名额", consequences=[note], button="退回名额")


@page(action=WORK, subject="own_vacancy")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤下, for good."""
    vacancy: Vacancy = request.subject
    form = ReasonForm(request.POST or None, initial={"version": vacancy.version})
    form.fields["reason"].label = "为什么撤下"

    def act(given: dict[str, Any]) -> str:
        vacancies.withdraw(vacancy=vacancy, reason=given["reason"], by=request.user, version=given["version"])
        return "已撤下。"

    lines = ["撤下后不能恢复，要招人得重新登记。只是暂时不招的，请用“暂停”。"]
    return _ask(
        request,
        form,
        act,
        question=f"撤下“{vacancy.title}”",
        consequences=lines,
        button="撤下",
        button_class="btn-danger",
    )


@page(action=WORK, subject="own_vacancy")
@require_POST
def occupation(request: HttpRequest, pk: int) -> HttpResponse:
    """选定职业 of the five proposed."""

    def act() -> str:
        vacancies.choose_occupation(vacancy=request.subject, code=request.POST.get("code", ""), by=request.user)
        return "职业已选定。"

    return _do(request, act)


@page(action="document.print", subject="own_vacancy")
@require_POST
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """《招聘简章》 on paper, from what is on file."""
    paper = print_notice(vacancy=request.subject, by=request.user)
    return redirect("cases:document", pk=paper.pk)

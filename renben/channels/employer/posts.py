"""我的岗位: the firm's vacancies with what waits, one of them with its story, and what the firm does with it without the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.employer.asking import ask, at_once
from renben.channels.paging import paginate
from renben.channels.workbench.downloads import export
from renben.channels.workbench.vacancies_forms import CountForm, ReasonForm, RenewForm
from renben.kernel import clock
from renben.kernel.policy import EMPLOYER, page
from renben.services.placement import vacancies as acts
from renben.services.placement import vacancies_online
from renben.services.placement.models import Referral, Vacancy
from renben.services.placement.vacancies_ad import fault_text, musts
from renben.services.placement.vacancies_words import needs_text, wage_text

State = Vacancy.State
AGAIN = ("published", "paused", "filled", "expired", "withdrawn")
"""States of a vacancy from which another is posted with the same words."""


class PostFilter(forms.Form):
    q = forms.CharField(label="岗位、登记号", max_length=60, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])


def selected(request: HttpRequest, form: PostFilter, *, by_state: bool = True) -> QuerySet[Vacancy]:
    """The firm's vacancies a filled-in filter asks for, with `applicants`: people on their way to it."""
    form.is_valid()
    asked, rows = form.cleaned_data, request.principal.of_firm("firm_vacancy")
    if text := asked.get("q", "").strip():
        rows = rows.filter(Q(title__icontains=text) | Q(number=text.upper()))
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    on_the_way = Count("referrals", filter=Q(referrals__state__in=Referral.UNDER_WAY))
    return rows.annotate(applicants=on_the_way).order_by("-registered_on", "-id")


@page(EMPLOYER)
@require_GET
def vacancy_list(request: HttpRequest) -> HttpResponse:
    """Every post of the firm, the newest first; what came back to be changed stands out."""
    form = PostFilter(request.GET)
    rows = selected(request, form)
    found = dict(
        selected(request, form, by_state=False).order_by().values_list("state").annotate(n=Count("id", distinct=True))
    )
    current = form.cleaned_data.get("state", "")
    listed = paginate(request, rows)
    for vacancy in listed:
        vacancy.wage = wage_text(vacancy)
    context = {
        "form": form,
        "rows": listed,
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
        "today": clock.today(),
    }
    return render(request, "employer/vacancies.html", context)


@page(EMPLOYER)
@require_POST
def vacancy_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    columns = [
        ("登记号", 28), ("岗位名称", 18), ("状态", 10), ("招聘人数", 10), ("已招到", 8), ("工资", 22), ("要求", 40),
        ("工作地点", 24), ("登记日期", 12), ("有效期至", 12), ("经办人", 10),
    ]  # fmt: skip

    def line(row: Vacancy) -> list:
        return [
            row.number, row.title, row.get_state_display(), row.headcount, row.filled, wage_text(row), needs_text(row),
            row.place or row.region.name, row.registered_on, row.valid_until, row.contact_name,
        ]  # fmt: skip

    return export(request, "本单位招聘岗位", columns, selected(request, PostFilter(request.POST)), line)


def _told(vacancy: Vacancy) -> str:
    """The words with which a vacancy came back, where it waits to be changed."""
    if vacancy.state != State.RETURNED:
        return ""
    last = vacancy.events.filter(what="returned").order_by("-id").first()
    return last.reason if last is not None else ""


@page(EMPLOYER, subject="firm_vacancy")
@require_GET
def vacancy_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One post: how it stands, when it is looked at, what has to be changed, what happened."""
    vacancy: Vacancy = request.subject
    events = list(vacancy.events.order_by("-id"))
    for event in events:
        event.label = acts.WHAT.get(event.what, event.what)
    context = {
        "vacancy": vacancy,
        "wage": wage_text(vacancy),
        "needs": needs_text(vacancy),
        "told": _told(vacancy),
        "faults": [fault_text(fault) for fault in musts(vacancy.faults)] if vacancy.state == State.RETURNED else [],
        "answer_by": vacancies_online.answer_by(vacancy.updated_at.astimezone(clock.ZONE).date()),
        "office": vacancy.organization,
        "events": events,
        "may_copy": vacancy.state in AGAIN,
        "on_the_way": Referral.objects.under_way().filter(vacancy=vacancy).count(),
        "today": clock.today(),
    }
    return render(request, "employer/vacancy.html", context)


def _back(vacancy: Vacancy) -> str:
    return reverse("employer:vacancy", args=[vacancy.pk])


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() else None


@page(EMPLOYER, subject="firm_vacancy")
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """暂停."""

    def act() -> str:
        acts.pause(vacancy=request.subject, by=request.user, reason="单位自己暂停", version=_version(request))
        return "已暂停，求职的人看不到了；想接着招的时候点“恢复招聘”。"

    return at_once(request, act, _back(request.subject))


@page(EMPLOYER, subject="firm_vacancy")
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复招聘."""

    def act() -> str:
        acts.resume(vacancy=request.subject, by=request.user, version=_version(request))
        return "已恢复招聘，求职的人现在就能看到。"

    return at_once(request, act, _back(request.subject))


@page(EMPLOYER, subject="firm_vacancy")
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """延长有效期; an expired one comes back."""
    vacancy: Vacancy = request.subject
    form = RenewForm(request.POST or None, initial={"until": acts.last_day(clock.today())})

    def act(given: dict[str, Any]) -> str:
        held = acts.renew(vacancy=vacancy, until=given["until"], by=request.user)
        waits = "按现在的规定有几处要改，已转为待审核。" if held.state == State.SUBMITTED else ""
        return f"已延长到{held.valid_until:%Y年%m月%d日}。{waits}"

    lines = [f"现在有效到{vacancy.valid_until:%Y年%m月%d日}，还有{vacancy.places_left}个名额。"]
    return ask(
        request, form, act, back=_back(vacancy), question=f"延长“{vacancy.title}”的有效期",
        consequences=lines, button="延长",
    )  # fmt: skip


@page(EMPLOYER, subject="firm_vacancy")
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """登记招到人, found by the firm itself; whoever applied here is recorded with the application."""
    vacancy: Vacancy = request.subject
    form = CountForm(request.POST or None)
    form.fields["reason"].help_text = "例如：在门口贴的招工启事招到的。"

    def act(given: dict[str, Any]) -> str:
        held = acts.fill(vacancy=vacancy, count=given["count"], reason=given["reason"], by=request.user)
        return "已招满，求职的人看不到了。" if not held.places_left else f"已登记，还有{held.places_left}个名额。"

    lines = [
        f"招{vacancy.headcount}人，已招到{vacancy.filled}人，还有{vacancy.places_left}个名额。",
        "这里登记您自己招到的人。在这里应聘或由我们推荐来的，请在“应聘的人”里记录用，名额会自动减去，不要重复登记。",
    ]
    return ask(
        request, form, act, back=_back(vacancy), question=f"“{vacancy.title}”招到人", consequences=lines, button="登记",
    )  # fmt: skip


@page(EMPLOYER, subject="firm_vacancy")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤下, for good."""
    vacancy: Vacancy = request.subject
    form = ReasonForm(request.POST or None, initial={"version": vacancy.version})
    form.fields["reason"].label = "为什么撤下"

    def act(given: dict[str, Any]) -> str:
        acts.withdraw(vacancy=vacancy, reason=given["reason"], by=request.user, version=given["version"])
        return "已撤下。以后还招，可以“照这个再发一个”。"

    return ask(
        request, form, act, back=_back(vacancy), question=f"撤下“{vacancy.title}”", button="撤下",
        button_class="btn-danger", consequences=["撤下后不能恢复；只是先不招，请用“暂停”。"],
    )  # fmt: skip

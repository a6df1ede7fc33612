"""推荐岗位 for a person and 合适的人 for a vacancy: the best rows with their reasons, and one button to recommend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.workbench.attempts import Refused, attempt, office_of
from renben.channels.workbench.referrals import VIEW, WORK
from renben.kernel.models import Person
from renben.kernel.policy import Principal, page
from renben.services.placement import matching, matching_table, matching_words, referral_tasks, referring, results
from renben.services.placement.codes import Unfit
from renben.services.placement.matching import Answer, Found
from renben.services.placement.models import Referral, Seeker, SeekerWish, Vacancy

SHOWN, NEAR, MOST = 10, 5, 10
"""Rows on a page, near misses below them, referrals at once."""


def set_aside(request: HttpRequest) -> list[str]:
    """Names of filters that the reader widened (`?without=wage,place`)."""
    table = matching_table.table()
    asked = request.GET.get("without", "").split(",")
    return [name for name in table.filter_names if name in asked and table.filter(name).near]


def funnel_of(answer: Answer) -> list[dict[str, Any]]:
    """Filter by filter how many were left; those where nobody was lost are left out."""
    table, rows, before = matching_table.table(), [], answer.total
    for name, left in answer.funnel:
        if left < before:
            one = table.filter(name)
            rows.append({"name": name, "label": one.label, "lost": before - left, "left": left, "may_widen": one.near})
        before = left
    return rows


def _widened(without: list[str]) -> list[dict[str, str]]:
    table = matching_table.table()
    return [
        {"label": table.filter(name).label, "rest": ",".join(one for one in without if one != name)} for name in without
    ]


def vacancy_rows(found: Iterable[Found], seeker: Seeker, wishes: list[SeekerWish]) -> list[dict[str, Any]]:
    """The rows of the page; a vacancy that ended since is left out."""
    found = list(found)
    held = Vacancy.objects.filter(pk__in=[one.number for one in found]).select_related("employer", "region")
    by_number = {vacancy.pk: vacancy for vacancy in held.order_by("id")}
    table, rows = matching_table.table(), []
    for one in found:
        vacancy = by_number.get(one.number)
        if vacancy is None or one.wish >= len(wishes):
            continue
        rows.append(
            {
                "vacancy": vacancy,
                "score": one.score,
                "parts": matching_words.explained(one.parts, seeker, wishes[one.wish], vacancy),
                "wage": matching_words.month_wage_text(vacancy),
                "failed": table.filter(one.failed) if one.failed else None,
            }
        )
    return rows


def already_on(person: Person) -> set[int]:
    """Vacancies the person is on the way to, or works at."""
    running = (*Referral.UNDER_WAY, Referral.State.HIRED)
    return set(
        Referral.objects.filter(person=person, state__in=running).order_by().values_list("vacancy_id", flat=True)
    )


@page(action=WORK, subject="person", reads_personal=True)
@require_GET
def for_person(request: HttpRequest, pk: int) -> HttpResponse:
    """推荐岗位: what suits this person best now and why; recommended with one button."""
    person: Person = request.subject
    seeker = Seeker.objects.active().select_related("person__organization", "organization").of(person)
    context: dict[str, Any] = {
        "person": person,
        "seeker": seeker,
        "referrals": Referral.objects.filter(person=person)
        .select_related("vacancy__employer", "organization")
        .order_by("-made_on", "-id")[:30],
    }
    if seeker is not None:
        wishes, without = list(seeker.wishes.order_by("rank")), set_aside(request)
        is_near_home = request.GET.get("near") == "home"
        answer = matching.for_seeker(seeker, size=SHOWN + MOST, without=without, is_near_home=is_near_home)
        table, already = matching_table.table(), already_on(person)
        rows = [row for row in vacancy_rows(answer.top, seeker, wishes) if row["vacancy"].pk not in already]
        context |= {
            "wishes": wishes,
            "rows": rows[:SHOWN],
            "near": [row for row in vacancy_rows(answer.near, seeker, wishes) if row["vacancy"].pk not in already][
                :NEAR
            ],
            "funnel": funnel_of(answer),
            "total": answer.total,
            "widened": _widened(without),
            "without": ",".join(without),
            "is_near_home": is_near_home,
            "filters": [table.filter(name).label for name in table.filter_names if name not in without],
            "tie": table.offers_tie.text,
            "advice": matching_words.advice(seeker),
            "failures": results.failures(seeker),
            "expert_waits": referral_tasks.expert_waits(seeker),
            "after_expert_waits": referral_tasks.after_expert_waits(seeker),
        }
    return render(request, "referrals/for_person.html", context)


def _chosen(request: HttpRequest, name: str) -> list[int]:
    """The one row whose button was pressed, or the rows ticked."""
    asked = [request.POST["one"]] if request.POST.get("one") else request.POST.getlist(name)
    numbers = list(dict.fromkeys(int(text) for text in asked if text.isdigit()))
    return numbers[:MOST]


def _refer(request: HttpRequest, seeker: Seeker, vacancy: Vacancy) -> str:
    office = office_of(request.principal, WORK)
    if office is None:
        raise Refused("您没有可以推荐岗位的岗位。")
    pair = matching_words.of_pair(seeker, vacancy)
    made = referring.refer(
        seeker=seeker, vacancy=vacancy, organization=office, by=request.user, score=pair.score, parts=pair.parts
    )
    return f"已推荐{made.person.name}到{vacancy.employer.name}“{vacancy.title}”。请通知本人，可以打印介绍信。"


@page(action=WORK, subject="person")
@require_POST
def refer_person(request: HttpRequest, pk: int) -> HttpResponse:
    """推荐: one row or those ticked; each is recommended or its reason against told."""
    seeker = Seeker.objects.active().select_related("person").of(request.subject)
    chosen = _chosen(request, "vacancy")
    vacancies = Vacancy.objects.filter(pk__in=chosen).select_related("employer").order_by("id")
    if seeker is None:
        messages.error(request, "本人没有有效的求职登记，请先登记。")
    elif not chosen:
        messages.error(request, "请先勾选岗位。")
    else:
        for vacancy in vacancies:
            attempt(request, lambda vacancy=vacancy: _refer(request, seeker, vacancy))
    return redirect("referrals:for_person", pk=pk)


@page(action=WORK, subject="person")
@require_POST
def answer_expert(request: HttpRequest, pk: int) -> HttpResponse:
    """D-16: the clerk's answer to the proposal of an expert."""
    seeker = Seeker.objects.select_related("person", "organization").of(request.subject)

    def act() -> str:
        if seeker is None:
            raise Refused("本人没有求职登记。")
        words = request.POST.get("words", "")[:200]
        if request.POST.get("answer") == "asked":
            results.answer_after_expert(seeker=seeker, words=words, by=request.user)
            return "已记专家指导后的回访。"
        is_arranged = request.POST.get("answer") == "arranged"
        results.answer_expert(seeker=seeker, is_arranged=is_arranged, words=words, by=request.user)
        return "已记安排专家指导，到期提醒回访。" if is_arranged else "已记不转专家指导的原因。"

    attempt(request, act)
    return redirect("referrals:for_person", pk=pk)


def seen_seekers(principal: Principal) -> list[int]:
    """Active registrations of people in the reader's territory."""
    return list(
        Seeker.objects.active()
        .filter(principal.within("person__organization__path", WORK))
        .order_by()
        .values_list("pk", flat=True)
    )


def _people(found: Iterable[Found], vacancy: Vacancy) -> list[dict[str, Any]]:
    found = list(found)
    held = Seeker.objects.active().filter(pk__in=[one.number for one in found]).select_related("person__organization")
    by_number = {seeker.pk: seeker for seeker in held.prefetch_related("wishes").order_by("id")}
    table, rows = matching_table.table(), []
    for one in found:
        seeker = by_number.get(one.number)
        wishes = sorted(seeker.wishes.all(), key=lambda wish: wish.rank) if seeker is not None else []
        if one.wish >= len(wishes):
            continue
        rows.append(
            {
                "seeker": seeker,
                "person": seeker.person,
                "wish": wishes[one.wish],
                "score": one.score,
                "parts": matching_words.explained(one.parts, seeker, wishes[one.wish], vacancy),
                "failed": table.filter(one.failed) if one.failed else None,
            }
        )
    return rows


@page(action=WORK, subject="vacancy", reads_personal=True)
@require_GET
def for_vacancy(request: HttpRequest, pk: int) -> HttpResponse:
    """合适的人: who of the reader's territory suits this vacancy best, and why; names as lists show them."""
    vacancy = Vacancy.objects.select_related("employer", "region", "organization").get(pk=request.subject.pk)
    without = set_aside(request)
    answer = matching.for_vacancy(vacancy, size=SHOWN + MOST, only=seen_seekers(request.principal), without=without)
    running = (*Referral.UNDER_WAY, Referral.State.HIRED)
    already = set(vacancy.referrals.filter(state__in=running).order_by().values_list("person_id", flat=True))
    table = matching_table.table()
    failed = vacancy.referrals.failed().order_by().values_list("unfit", flat=True)
    counts = {label: sum(code == one for one in failed) for code, label in Unfit.choices}
    context = {
        "vacancy": vacancy,
        "wage": matching_words.month_wage_text(vacancy),
        "is_open": vacancy.state == Vacancy.State.PUBLISHED and vacancy.places_left > 0,
        "rows": [row for row in _people(answer.top, vacancy) if row["person"].pk not in already][:SHOWN],
        "near": [row for row in _people(answer.near, vacancy) if row["person"].pk not in already][:NEAR],
        "funnel": funnel_of(answer),
        "total": answer.total,
        "widened": _widened(without),
        "without": ",".join(without),
        "filters": [table.filter(name).label for name in table.filter_names if name not in without],
        "tie": table.wishes_tie.text,
        "why_not": [(label, count) for label, count in counts.items() if count],
        "referrals": request.principal.scoped("referral", VIEW)
        .filter(vacancy=vacancy)
        .order_by("-made_on", "-id")[:50],
        "back": reverse("referrals:list"),
    }
    return render(request, "referrals/for_vacancy.html", context)


@page(action=WORK, subject="vacancy")
@require_POST
def refer_to_vacancy(request: HttpRequest, pk: int) -> HttpResponse:
    """推荐: one person or those ticked, all of the reader's territory."""
    vacancy = Vacancy.objects.select_related("employer").get(pk=request.subject.pk)
    chosen = _chosen(request, "seeker")
    seekers = (
        Seeker.objects.filter(request.principal.within("person__organization__path", WORK), pk__in=chosen)
        .select_related("person")
        .order_by("id")
    )
    if not chosen:
        messages.error(request, "请先勾选人员。")
    for seeker in seekers:
        attempt(request, lambda seeker=seeker: _refer(request, seeker, vacancy))
    return redirect("referrals:for_vacancy", pk=pk)

"""合适的人 for one vacancy of the firm, proposed or looked for by words: who lets employers find them, without name and telephone; and
the invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from renben.channels.employer.asking import ask
from renben.kernel.policy import EMPLOYER, page
from renben.services.placement import candidates, inviting, matching_table, matching_words
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_words import wage_text

SHOWN = 10


class InviteForm(forms.Form):
    message = forms.CharField(
        label="想跟对方说的话", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：包住宿，离您住的地方不远。请不要写联系电话。",
    )  # fmt: skip


def _line(one: candidates.Candidate, vacancy: Vacancy) -> dict[str, Any]:
    parts = matching_words.explained(one.parts, one.seeker, one.wish, vacancy)
    return {"seeker": one.seeker, "facts": one.facts, "score": one.score, "parts": parts, "failed": []}


@page(EMPLOYER, subject="firm_vacancy")
@require_GET
def candidate_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The best ten and why; with words, whoever they find, how each suits the vacancy and what does not agree."""
    vacancy: Vacancy = request.subject
    is_open = vacancy.state == Vacancy.State.PUBLISHED and vacancy.places_left > 0
    text = " ".join(request.GET.get("q", "").split())[:60]
    number = request.GET.get("page", "")
    number = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1
    looked = candidates.search(vacancy, text, page=number, size=SHOWN) if is_open and text else None
    found = candidates.candidates(vacancy, size=SHOWN) if is_open and looked is None else []
    table = matching_table.table()
    context = {
        "vacancy": vacancy,
        "wage": wage_text(vacancy),
        "is_open": is_open,
        "text": text,
        "looked": looked,
        "rows": looked.rows if looked is not None else [_line(one, vacancy) for one in found],
        "filters": [table.filter(name).label for name in table.filter_names],
    }
    return render(request, "employer/candidates.html", context)


@page(EMPLOYER, subject="firm_vacancy")
def invite(request: HttpRequest, pk: int, seeker_id: int) -> HttpResponse:
    """邀请面试 one of those who may be shown."""
    vacancy: Vacancy = request.subject
    chosen = candidates.visible(vacancy).select_related("person").filter(pk=seeker_id).first()
    back = reverse("employer:candidates", args=[pk])
    if chosen is None or vacancy.state != Vacancy.State.PUBLISHED:
        messages.error(request, "这位求职人现在不能邀请了：可能已经邀请过，找到了工作，或者不再让单位看到。")
        return redirect(back)
    label = candidates.skills_of(chosen).label
    form = InviteForm(request.POST if request.method == "POST" else None)

    def act(given: dict[str, Any]) -> str:
        inviting.invite(seeker=chosen, vacancy=vacancy, by=request.user, message=given["message"])
        return f"邀请已送到{label}那里。对方同意后，您会看到姓名和电话。"

    lines = [f"邀请{label}面试“{vacancy.title}”。对方同意以前，看不到姓名和电话。"]
    return ask(request, form, act, back=back, question="邀请面试", consequences=lines, button="发出邀请")

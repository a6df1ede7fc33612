"""我要应聘: what will be sent, a line to the employer, one button. Works without JavaScript."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from renben.channels.portal.jobs import is_open, public_job, told
from renben.channels.portal.own import own_page
from renben.channels.workbench.people_file import identity_of
from renben.kernel.models import Person
from renben.services.placement import applying, finding_vacancies, seekers_acts
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.registration.reasons import NotPossible

NOT_GIVEN = ("证件号码", "性别、年龄", "民族、户口", "住址", "健康状况")
"""What an employer never learns from an application."""


class NoteForm(forms.Form):
    message = forms.CharField(
        label="给单位的话", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：哪天能上班，干过哪些类似的活。最多300字。",
        error_messages={"max_length": "写得太长了，请控制在300字以内。"},
    )  # fmt: skip


def sent_lines(person: Person, seeker: Seeker) -> list[tuple[str, str]]:
    """What the employer will see, line by line; what is empty is left out."""
    identity = identity_of(person)
    night = "能上夜班" if seeker.accepts_nights else "不上夜班"
    housing = "要住宿" if seeker.needs_housing else "不要住宿"
    wishes = "；".join(wish.title for wish in seekers_acts.wishes_of(seeker))
    lines = [
        ("姓名", person.name),
        ("电话", identity["phone"]),
        ("想干的工作", wishes),
        ("文化程度", identity["education"]),
        ("技能", "、".join(seeker.skills)),
        ("证书", "、".join(seeker.certificates)),
        ("工作年限", f"{seeker.experience_years}年"),
        ("夜班、住宿", f"{night}，{housing}"),
        ("工作经历", seeker.history),
        ("自我介绍", seeker.about),
    ]
    return [(label, text) for label, text in lines if text]


def _standing(request: HttpRequest, earlier: Referral) -> HttpResponse:
    """There is an application or a recommendation already: its own page says how it stands."""
    messages.info(request, "这个岗位您已经应聘过，或者社保所、单位已经替您联系过，情况在这里。")
    return redirect("application", pk=earlier.pk)


def _page(
    request: HttpRequest, vacancy: Vacancy, seeker: Seeker, form: NoteForm, *, status: int = 200, why: Any = ()
) -> HttpResponse:
    context = {
        **told(vacancy),
        "seeker": seeker,
        "lines": sent_lines(request.person, seeker),
        "not_given": NOT_GIVEN,
        "form": form,
        "why": why,
        "office": applying.office_of(request.person),
        "similar": [told(row) for row in finding_vacancies.similar(vacancy)] if why else [],
    }
    return render(request, "portal/apply.html", context, status=status)


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm and send. Without a registration for work a short form comes first, and leads back here."""
    vacancy = public_job(number)
    if (earlier := applying.earlier(request.person, vacancy)) is not None:
        return _standing(request, earlier)
    seeker = Seeker.objects.active().of(request.person)
    if seeker is None:
        return redirect(f"{reverse('my_seeker_new')}?{urlencode({'job': number})}")
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        if not is_open(vacancy):
            return redirect("job", number=number)
        return _page(request, vacancy, seeker, form)
    if not form.is_valid():
        return _page(request, vacancy, seeker, form, status=422)
    try:
        with transaction.atomic():
            made = applying.apply(
                person=request.person, vacancy=vacancy, by=request.user, message=form.cleaned_data["message"]
            )
    except NotPossible as refused:
        why = applying.said_to_citizen(refused)
        return _page(request, vacancy, seeker, form, status=409, why=why)
    messages.success(request, "已经送到，单位和社保所都看得到。有消息会在这里，也会发到“我的消息”。")
    return redirect("application", pk=made.pk)

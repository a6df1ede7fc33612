"""我的求职登记: made, read, corrected, renewed and ended by the person, who also decides who sees it; the résumé to take along."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renben.channels.portal.jobs import public_job
from renben.channels.portal.own import own_page
from renben.channels.workbench.attempts import attempt, sentences
from renben.channels.workbench.downloads import attachment
from renben.channels.workbench.people_file import identity_of
from renben.channels.workbench.seekers_forms import SeekerForm, WishForm, WithdrawForm, streets_of, wish_forms
from renben.channels.workbench.seekers_papers import DOCX
from renben.kernel import clock
from renben.services.placement import applying, seekers_acts, seekers_known, seekers_papers, seekers_rules
from renben.services.placement.codes import Access
from renben.services.placement.models import Seeker
from renben.services.placement.seekers_acts import Profile, Wish
from renben.services.registration.reasons import NotPossible

THE_OFFICE_DECIDES = ("seeker_class", "difficulties", "difficulty_note")
LATER = ("about", "needs_housing", "needs", "hours_week_max")
"""Left out of the short form: they can be added any day."""


class OwnSeekerForm(SeekerForm):
    """What the person says of themselves; whether somebody counts as 求职困难人员 the office decides."""

    def __init__(self, *args: Any, is_short: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in THE_OFFICE_DECIDES + (LATER if is_short else ()):
            del self.fields[name]

    def profile_from(self, base: Profile) -> Profile:
        """What was asked replaces what was known; the rest stays."""
        given = {name: self.cleaned_data[name] for name in self.fields if name in Profile.__dataclass_fields__}
        return replace(base, **{name: tuple(v) if isinstance(v, list) else v for name, v in given.items()})


def _initial(profile: Profile) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in Profile.__dataclass_fields__}


def _said(wishes: list[WishForm], known: list[Wish]) -> list[Wish]:
    earlier = {wish.title: wish for wish in known}
    return [wish for wish in (form.wish(earlier) for form in wishes) if wish.title]


def _job_title(number: str) -> str:
    """What the job somebody came from is called; empty for none."""
    try:
        return public_job(number[:40]).title if number else ""
    except Http404:
        return ""


def _onward(number: str) -> HttpResponse:
    return redirect("apply", number=number) if number and _job_title(number) else redirect("my_seeker")


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The short form: one wish, what one can. What the file knows is filled in; the street checks it afterwards."""
    person, number = request.person, request.GET.get("job", "")[:40]
    if Seeker.objects.active().of(person) is not None:
        return _onward(number)
    office = applying.office_of(person)
    answer = seekers_rules.judge_age(sex=person.sex, birth_on=person.birth_on, on=clock.today(), tier=office.tier)
    profile, known = seekers_known.suggested(person, clock.today())
    known = known or ([Wish(title)] if (title := _job_title(number)) else [])
    data = request.POST if request.method == "POST" else None
    form = OwnSeekerForm(data, initial=_initial(profile), is_short=True)
    wishes = wish_forms(data, known[:1], streets_of(office))[:1]
    status = 200
    if request.method == "POST":
        status = 422
        if all([form.is_valid(), *(wish.is_valid() for wish in wishes)]):
            try:
                with transaction.atomic():
                    seeker = applying.register_online(
                        person=person,
                        profile=form.profile_from(profile),
                        wishes=_said(wishes, known),
                        by=request.user,
                    )
            except NotPossible as refused:
                for sentence in sentences(refused):
                    form.add_error(None, sentence)
            else:
                messages.success(
                    request, f"登记好了，有效期到{seeker.valid_until:%Y年%m月%d日}。{office.short_name}会核对。"
                )
                return _onward(number)
    context = {
        "person": person,
        "form": form,
        "wishes": wishes,
        "identity": identity_of(person),
        "office": office,
        "refused": [str(why) for why in answer.refused],
        "notes": answer.notes,
        "is_for_job": bool(number),
    }
    return render(request, "portal/my_seeker_new.html", context, status=status)


@own_page
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The registration there is, or the way to one."""
    seeker = Seeker.objects.select_related("organization").of(request.person)
    if seeker is None:
        return render(request, "portal/my_seeker.html", {"seeker": None, "person": request.person})
    is_active = seeker.state == Seeker.State.ACTIVE
    context = {
        "person": request.person,
        "seeker": seeker,
        "wishes": list(seeker.wishes.order_by("rank")),
        "needs": [Access(code).label for code in seeker.needs],
        "identity": identity_of(request.person),
        "is_active": is_active,
        "is_unchecked": is_active and applying.is_unchecked(seeker),
        "may_renew": is_active
        and seeker.valid_until <= seekers_rules.remind_until(clock.today())
        or seeker.state == Seeker.State.LAPSED,
        "showable": [(key, label, key in seekers_papers.USUAL) for key, label in seekers_papers.SHOWABLE.items()],
    }
    return render(request, "portal/my_seeker.html", context)


def _active(request: HttpRequest) -> Seeker | None:
    return Seeker.objects.active().select_related("organization", "person").of(request.person)


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Correct what was said, and who may see it. What an office changed meanwhile is not overwritten."""
    seeker = _active(request)
    if seeker is None:
        return redirect("my_seeker")
    base, known = seekers_acts.profile_of(seeker), seekers_acts.wishes_of(seeker)
    data = request.POST if request.method == "POST" else None
    form = OwnSeekerForm(data, initial=_initial(base) | {"version": seeker.version})
    wishes = wish_forms(data, known, streets_of(seeker.organization))
    status = 200
    if request.method == "POST":
        status = 422
        if all([form.is_valid(), *(wish.is_valid() for wish in wishes)]):
            try:
                with transaction.atomic():
                    seekers_acts.change_seeker(
                        seeker=seeker,
                        profile=form.profile_from(base),
                        wishes=_said(wishes, known),
                        by=request.user,
                        version=form.cleaned_data["version"],
                    )
                messages.success(request, "已保存。")
                return redirect("my_seeker")
            except NotPossible as refused:
                for sentence in sentences(refused):
                    form.add_error(None, sentence)
                if any(why.code == "stale" for why in refused.reasons):
                    status, form.data = 409, form.data.copy()
                    form.data["version"] = Seeker.objects.get(pk=seeker.pk).version
    context = {"form": form, "wishes": wishes, "seeker": seeker}
    return render(request, "portal/my_seeker_edit.html", context, status=status)


@own_page
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """续期, under the same number."""

    def act() -> str:
        seeker = Seeker.objects.of(request.person)
        if seeker is None:
            return "还没有求职登记，请先登记。"
        renewed = seekers_acts.renew(seeker=seeker, by=request.user)
        return f"已续期，到{renewed.valid_until:%Y年%m月%d日}。"

    attempt(request, act)
    return redirect("my_seeker")


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """不再求职, with the reason."""
    seeker = _active(request)
    if seeker is None:
        return redirect("my_seeker")
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(request, lambda: _ended(seeker, form, request))
        return redirect("my_seeker")
    return render(request, "portal/my_seeker_end.html", {"form": form}, status=422 if form.is_bound else 200)


def _ended(seeker: Seeker, form: forms.Form, request: HttpRequest) -> str:
    seekers_acts.withdraw(seeker=seeker, reason=form.why, by=request.user)
    return "求职登记已结束，不再给您推荐岗位。想再找工作，随时可以重新登记。"


@own_page
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """简历 as PDF or Word, with what was ticked and nothing else."""
    seeker = Seeker.objects.select_related("person").of(request.person)
    if seeker is None:
        return redirect("my_seeker")
    shown = [key for key in request.GET.getlist("show") if key in seekers_papers.SHOWABLE]
    name = f"{request.person.name}的简历"
    if request.GET.get("fmt") == "docx":
        return attachment(seekers_papers.resume_docx(seeker, shown), f"{name}.docx", DOCX)
    return attachment(seekers_papers.resume_pdf(seeker, shown), f"{name}.pdf", "application/pdf")

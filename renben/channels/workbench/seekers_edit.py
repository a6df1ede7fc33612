"""Registering, changing, renewing, ending: one page each, nothing lost when something is wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from renben.channels.workbench.attempts import attempt, office_of, sentences
from renben.channels.workbench.people_file import identity_of
from renben.channels.workbench.seekers import WORK
from renben.channels.workbench.seekers_forms import SeekerForm, WishForm, WithdrawForm, streets_of, wish_forms
from renben.kernel import clock
from renben.kernel.models import Person
from renben.kernel.policy import page
from renben.services.placement import applying, seekers_acts, seekers_coding, seekers_known, seekers_rules
from renben.services.placement.codes import SeekerClass
from renben.services.placement.models import Seeker
from renben.services.placement.seekers_acts import Profile, Wish
from renben.services.registration.reasons import NotPossible

FIELDS = tuple(Profile.__dataclass_fields__)


def _initial(profile: Profile) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in FIELDS}


def _said(forms: list[WishForm], known: list[Wish]) -> list[Wish]:
    earlier = {wish.title: wish for wish in known}
    return [wish for wish in (form.wish(earlier) for form in forms) if wish.title]


def _page(
    request: HttpRequest,
    person: Person,
    form: SeekerForm,
    wishes: list[WishForm],
    *,
    seeker: Seeker | None,
    status: int,
) -> HttpResponse:
    """The one page of a registration, new or changed. `identity` is shown, not asked."""
    context = {
        "person": person,
        "seeker": seeker,
        "form": form,
        "wishes": wishes,
        "identity": identity_of(person),
        "spells": seekers_known.work_spells(person),
        "consequences": [(label, seekers_rules.consequences(code)) for code, label in SeekerClass.choices],
        "valid_until": seeker.valid_until if seeker else seekers_rules.valid_until(clock.today()),
    }
    return render(request, "seekers/edit.html", context, status=status)


def _tell(request: HttpRequest, form: SeekerForm, refused: NotPossible) -> int:
    """Say why not, beside everything that was typed. 409 when somebody else saved meanwhile."""
    for sentence in sentences(refused):
        form.add_error(None, sentence)
    return 409 if any(why.code == "stale" for why in refused.reasons) else 422


@page(action=WORK, subject="person", reads_personal=True)
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """求职登记 of somebody on file. Whoever is registered already is led to that registration."""
    person: Person = request.subject
    office = office_of(request.principal, WORK)
    standing = Seeker.objects.active().of(person)
    if standing is not None:
        messages.info(request, f"{person.name}已有有效的求职登记，请在这里修改或续期。")
        return redirect("seekers:seeker", standing.pk)
    answer = seekers_rules.judge_age(sex=person.sex, birth_on=person.birth_on, on=clock.today(), tier=office.tier)
    if answer.refused:
        return render(request, "seekers/refused.html", {"person": person, "reasons": answer.refused})
    profile, known = seekers_known.suggested(person, clock.today())
    form = SeekerForm(request.POST or None, initial=_initial(profile))
    wishes = wish_forms(request.POST or None, known, streets_of(office))
    status = 200
    if request.method == "POST":
        status = 422
        if all([form.is_valid(), *(wish.is_valid() for wish in wishes)]):
            try:
                seeker = seekers_acts.register_seeker(
                    person=person,
                    organization=office,
                    profile=form.profile(),
                    wishes=_said(wishes, known),
                    by=request.user,
                )
            except NotPossible as refused:
                status = _tell(request, form, refused)
            else:
                text = f"已登记，登记号 {seeker.number}，有效期到{seeker.valid_until:%Y年%m月%d日}。"
                messages.success(request, text)
                return redirect("seekers:seeker", seeker.pk)
    for note in answer.notes:
        messages.info(request, note)
    return _page(request, person, form, wishes, seeker=None, status=status)


@page(action=WORK, subject="seeker", reads_personal=True)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a running registration; one that a colleague saved meanwhile is not overwritten."""
    seeker: Seeker = request.subject
    if seeker.state != Seeker.State.ACTIVE:
        messages.error(request, f"这份登记已经结束（{seeker.get_state_display()}），不能修改。")
        return redirect("seekers:seeker", pk)
    known = seekers_acts.wishes_of(seeker)
    initial = _initial(seekers_acts.profile_of(seeker)) | {"version": seeker.version}
    form = SeekerForm(request.POST or None, initial=initial)
    wishes = wish_forms(request.POST or None, known, streets_of(seeker.organization))
    status = 200
    if request.method == "POST":
        status = 422
        if all([form.is_valid(), *(wish.is_valid() for wish in wishes)]):
            try:
                seekers_acts.change_seeker(
                    seeker=seeker,
                    profile=form.profile(),
                    wishes=_said(wishes, known),
                    by=request.user,
                    version=form.cleaned_data["version"] or 0,
                )
            except NotPossible as refused:
                status = _tell(request, form, refused)
                form.data = form.data.copy()
                form.data["version"] = Seeker.objects.get(pk=pk).version
            else:
                messages.success(request, "已保存。")
                return redirect("seekers:seeker", pk)
    return _page(request, seeker.person, form, wishes, seeker=seeker, status=status)


@page(action=WORK, subject="seeker")
@require_POST
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """续期: the same number, valid from today on."""

    def act() -> str:
        seeker = seekers_acts.renew(seeker=request.subject, by=request.user)
        return f"已续期，有效期到{seeker.valid_until:%Y年%m月%d日}，登记号不变。"

    attempt(request, act)
    return redirect("seekers:seeker", pk)


@page(action=WORK, subject="seeker")
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """已核对 of a registration made in the net."""

    def act() -> str:
        applying.check_online(seeker=request.subject, by=request.user)
        return "已核对。"

    attempt(request, act)
    return redirect("seekers:seeker", pk)


@page(action=WORK, subject="seeker")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """不再求职, with the reason."""
    seeker: Seeker = request.subject
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            seekers_acts.withdraw(seeker=seeker, reason=form.why, by=request.user)
            return "已结束求职登记。以后又想找工作，可以重新登记。"

        attempt(request, act)
        return redirect("seekers:seeker", pk)
    context = {
        "question": f"{seeker.person.name}不再求职",
        "consequences": [
            "登记结束以后，不再给本人推荐岗位，单位也看不到。",
            "已经推荐、还没有结果的，照常跟到有结果。",
        ],
        "form": form,
        "button": "结束求职登记",
        "button_class": "btn-danger",
        "back": f"/seekers/{pk}/",
    }
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


@page(action=WORK, subject="seeker")
@require_POST
def occupation(request: HttpRequest, pk: int) -> HttpResponse:
    """选定职业: which trade a wish means."""
    wish_id = request.POST.get("wish", "")

    def act() -> str:
        wish = seekers_coding.choose(
            seeker=request.subject,
            wish_id=int(wish_id) if wish_id.isdecimal() and len(wish_id) < 19 else 0,
            code=request.POST.get("code", ""),
            by=request.user,
        )
        return f"“{wish.title}”按“{seekers_coding.trade_name(wish.occupation)}”匹配。"

    attempt(request, act)
    return redirect("seekers:seeker", pk)

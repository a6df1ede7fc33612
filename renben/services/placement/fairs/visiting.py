"""Seekers at a fair: signed up, let in, an intent made (Q-2.2.4 信息发布, 组织洽谈)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from renben.kernel import acts, clock, crypto, masking
from renben.kernel.models import Person
from renben.kernel.people import PHONE
from renben.services.placement import referring, referring_checks
from renben.services.placement.fairs import booking, planning
from renben.services.placement.fairs.models import Fair, FairBooth, FairIntent, FairVisitor
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.registration.reasons import NotPossible, Why

VISITOR_PHONE = "fairs.FairVisitor.phone"
_DIGITS = re.compile(r"\D")
_MOBILE = re.compile(r"1\d{10}")


def _phone(text: str) -> str:
    digits = _DIGITS.sub("", text)
    if digits and not _MOBILE.fullmatch(digits):
        raise NotPossible(Why("phone", "手机号要写11位数字，请核对。"))
    return digits


def _same(fair: Fair, person: Person | None, index: str) -> FairVisitor | None:
    rows = FairVisitor.objects.filter(fair=fair)
    found = rows.filter(person=person).first() if person is not None else None
    return found or (rows.filter(phone_index=index).order_by("id").first() if index else None)


@acts.whole
def sign_up(
    *, fair: Fair, name: str = "", phone: str = "", person: Person | None = None, wanted: str = "", by: Any = None
) -> FairVisitor:
    """报名. The same telephone or file again gets the ticket it has. From a file, name and telephone are those on file."""
    held = planning.lock(fair.pk)
    if not held.is_coming:
        raise NotPossible(Why("over", f"这场会{held.get_state_display()}，不能再报名。"))
    if person is not None:
        name, phone = person.name, crypto.decrypt(person.phone_enc, PHONE) if person.phone_enc else ""
    if not name.strip():
        raise NotPossible(Why("name", "请写姓名。"))
    digits = _phone(phone) if person is None else _DIGITS.sub("", phone)
    index = crypto.blind_index(digits, VISITOR_PHONE) if digits else ""
    if same := _same(held, person, index):
        return same
    visitor = FairVisitor.objects.create(
        fair=held,
        person=person,
        code=booking.fresh_code(),
        name=name.strip()[:50],
        phone_enc=crypto.encrypt(digits, VISITOR_PHONE) if digits else "",
        phone_index=index,
        phone_masked=masking.mask_phone(digits, "list"),
        wanted=wanted.strip()[:64],
        signed_up_at=clock.now(),
    )
    planning.note(held, "sign_up", by, visitor=visitor.pk)
    return visitor


@acts.whole
def check_in(*, visitor: FairVisitor, by: Any, guided: bool = False) -> FairVisitor:
    """到会签到, once; a second scan changes nothing."""
    held = FairVisitor.objects.select_for_update(of=("self",)).select_related("fair").get(pk=visitor.pk)
    if held.fair.state == Fair.State.CANCELLED:
        raise NotPossible(Why("cancelled", f"这场会已取消：{held.fair.cancelled_why}"))
    if clock.today() < held.fair.on:
        raise NotPossible(Why("early", f"洽谈会{held.fair.on:%Y-%m-%d}才开，到时再签到。"))
    if held.checked_in_at is None:
        held.checked_in_at = clock.now()
        planning.note(held.fair, "check_in", by, visitor=held.pk)
    held.was_guided = held.was_guided or guided
    held.save(update_fields=["checked_in_at", "was_guided"])
    return held


def vacancies_at(booth: FairBooth) -> list[Vacancy]:
    """What the employer offers at its booth: those named when booking, else everything it has published."""
    named = list(booth.vacancies.order_by("title", "id"))
    return named or list(Vacancy.objects.public().filter(employer=booth.employer_id).order_by("title", "id"))


def vacancies_of(booths: Sequence[FairBooth]) -> dict[int, list[Vacancy]]:
    """Booth → `vacancies_at`, with two statements for all of them."""
    named: dict[int, list[Vacancy]] = defaultdict(list)
    links = FairBooth.vacancies.through.objects.filter(fairbooth__in=booths).select_related("vacancy")
    for link in links.order_by("vacancy__title", "vacancy_id"):
        named[link.fairbooth_id].append(link.vacancy)
    others = [booth.employer_id for booth in booths if booth.pk not in named]
    public: dict[int, list[Vacancy]] = defaultdict(list)
    for vacancy in Vacancy.objects.public().filter(employer__in=others).order_by("title", "id"):
        public[vacancy.employer_id].append(vacancy)
    return {booth.pk: named.get(booth.pk) or public[booth.employer_id] for booth in booths}


@acts.whole
def intend(*, visitor: FairVisitor, booth: FairBooth, vacancy: Vacancy, by: Any = None) -> FairIntent:
    """现场意向. Whoever is registered as a seeker gets a referral too, so that it is followed up like any other."""
    planning.lock(booth.fair_id)
    if visitor.fair_id != booth.fair_id:
        raise NotPossible(Why("fair", "这张入场码不是这场会的，请核对。"))
    if vacancy.pk not in {one.pk for one in vacancies_at(booth)}:
        raise NotPossible(Why("vacancy", "这个岗位不在这个展位上，请看清展位号。"))
    earlier = FairIntent.objects.filter(visitor=visitor, vacancy=vacancy).first()
    if earlier is not None:
        return earlier
    if booth.state != FairBooth.State.ATTENDED:
        booking.attend(booth=booth, came=True, by=by)
    check_in(visitor=visitor, by=by)
    intent = FairIntent.objects.create(
        booth=booth, visitor=visitor, vacancy=vacancy, made_at=clock.now(), referral=refer(visitor, vacancy, by)
    )
    planning.note(booth.fair, "intend", by, visitor=visitor.pk, vacancy=vacancy.pk)
    return intent


def refer(visitor: FairVisitor, vacancy: Vacancy, by: Any) -> Referral | None:
    """The referral of a registered seeker. An intent needs none: what speaks against a referral is asked first, not run into,
    because an act that fails takes the act around it along."""
    seeker = Seeker.objects.active().filter(person=visitor.person_id).first() if visitor.person_id else None
    if seeker is None:
        return None
    if earlier := referring_checks.standing(seeker.person_id, vacancy.pk):
        return earlier
    person, held = referring.hold_person(seeker.person_id), referring.hold_vacancy(vacancy.pk)
    if referring_checks.against(person, seeker, held):
        return None
    fair = visitor.fair
    return referring.refer(seeker=seeker, vacancy=held, organization=fair.organization, by=by, way=Referral.Way.FAIR)

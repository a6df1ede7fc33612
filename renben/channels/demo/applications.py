"""网上应聘 of the demonstration: one labourer with an account, a registration, an application on its way, one that did not come to
anything, and a saved question; made by the acts of the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from renben.channels.demo.offices import PASSWORD
from renben.channels.demo.work import Desk
from renben.kernel import clock
from renben.kernel.models import Organization, User
from renben.kernel.roles import Role
from renben.services.placement import applying, matching, referring, results
from renben.services.placement.codes import Unfit
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.placement.saved import saving
from renben.services.placement.saved.models import SavedSearch
from renben.services.registration.reasons import NotPossible

USERNAME = "seeker"
APPLIED_DAYS_AGO = (9, 3, 0)
"""Days before today of the three applications: one with its result, one with an interview, one sent just now."""


def _candidates() -> Any:
    """Active registrations of the street of the shown clerk first, so that both sides of an application can be looked at; nobody
    who is on the way to a job already."""
    street = Organization.objects.filter(tier="street").order_by("path").first()
    busy = Referral.objects.under_way().values("person")
    rows = Seeker.objects.active().filter(person__user=None).exclude(person__in=busy)
    rows = rows.filter(seeker_class="general").select_related("person__organization__parent", "organization")
    own = rows.filter(Q(person__organization__path__startswith=street.path) if street else Q())
    return [*own.order_by("id")[:40], *rows.order_by("id")[:40]]


def _jobs(seeker: Seeker) -> list[Vacancy]:
    answer = matching.for_seeker(seeker, size=8)
    numbers = [found.number for found in [*answer.top, *answer.near]]
    rows = {one.pk: one for one in Vacancy.objects.filter(pk__in=numbers).select_related("employer").order_by("id")}
    return [rows[number] for number in numbers if number in rows]


def _account(seeker: Seeker) -> User:
    return User.objects.create(
        username=USERNAME,
        display_name=seeker.person.name,
        password=make_password(PASSWORD),
        password_changed_at=clock.now(),
        person=seeker.person,
    )


def _apply(seeker: Seeker, vacancy: Vacancy, user: User, on: dt.date) -> Referral | None:
    at = dt.datetime.combine(on, dt.time(19, 20), tzinfo=clock.ZONE)
    try:
        with clock.as_of(min(at, clock.now())):
            return applying.apply(person=seeker.person, vacancy=vacancy, by=user, message="随时可以上班，能加班。")
    except NotPossible:  # the job was not there yet on that day
        return None


def _follow(made: list[Referral], today: dt.date, by: Any) -> None:
    """The oldest came to nothing, the next has an interview in a few days, the last one was sent just now."""
    if len(made) > 1:
        results.record_failed(
            referral=made[0], outcome=Referral.State.REJECTED, unfit=Unfit.FILLED, by=by, words="单位已经招到人"
        )
        place = made[1].vacancy.place or made[1].vacancy.employer.address or "单位人事部"
        at = dt.datetime.combine(today + dt.timedelta(days=2), dt.time(9, 30), tzinfo=clock.ZONE)
        referring.arrange(referral=made[1], at=at, place=place, by=by)


def applications(today: dt.date) -> list[dict]:
    """Make the account `seeker` and its applications; the account to show. Nothing when no job suits anybody."""
    matching.forget()
    desk = Desk.of_all()
    for seeker in _candidates():
        jobs = _jobs(seeker)
        if len(jobs) < len(APPLIED_DAYS_AGO) + 2:
            continue
        user, made = _account(seeker), []
        for vacancy in jobs:
            days = APPLIED_DAYS_AGO[len(made)]
            referral = _apply(seeker, vacancy, user, max(today - dt.timedelta(days=days), seeker.registered_on))
            made += [referral] if referral is not None else []
            if len(made) == len(APPLIED_DAYS_AGO):
                break
        _follow(made, today, desk.at(made[0].organization_id, [Role.COUNTER]) if made else None)
        wish = seeker.wishes.order_by("rank").first()
        saving.save(user=user, kind=SavedSearch.Kind.JOBS, name=wish.title, query=f"q={wish.title}")
        matching.forget()
        hint = "看“我的应聘”和“适合我的岗位”，再到“找工作”里应聘一个。"
        return [{"username": USERNAME, "label": "找工作的劳动者", "hint": hint}]
    return []

"""What a case may say of its referrals: fields of steps are filled from them, nobody types what is on record (`referral.*`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from renben.engines.procedures import definitions
from renben.engines.procedures.models import Case
from renben.kernel import clock
from renben.kernel.people import phone_of
from renben.kernel.regions_data import code_table
from renben.services.placement import referral_papers
from renben.services.placement.matching_words import month_wage_text
from renben.services.placement.models import Referral, ReferralContact
from renben.services.records.subjects import age_on

State = Referral.State
Kind = ReferralContact.Kind
RESULTS = {State.HIRED: "hired", State.REJECTED: "rejected", State.DECLINED: "declined"}
OWN_REASONS = {"work", "family", "no_show", "unreached", "skills", "papers"}
"""Reasons that lie with the person and not with the post (C-8.1.2.2 因自身原因, the rest 因岗位原因)."""


def of_case(case: Case) -> Referral | None:
    """The referral a person's case is about: its own, or the latest since it was opened."""
    if not case.person_id:
        return None
    since = Q(case=case) | Q(case=None, made_on__gte=case.opened_at.astimezone(clock.ZONE).date())
    rows = Referral.objects.filter(since, person_id=case.person_id).exclude(state=State.WITHDRAWN)
    return rows.select_related("vacancy__employer", "person", "seeker").order_by("-id").first()


def of_employer(case: Case) -> QuerySet[Referral]:
    """The referrals of an office to an employer's vacancies since its case was opened."""
    day = case.opened_at.astimezone(clock.ZONE).date()
    rows = Referral.objects.filter(vacancy__employer=case.employer_id, organization=case.organization_id)
    return rows.filter(made_on__gte=day).select_related("person", "vacancy", "seeker").order_by("id")


def _revisited(referral: Referral) -> dt.date | None:
    done = referral.contacts.filter(kind=Kind.PERSON).exclude(done_on=None).order_by("-done_on", "-id").first()
    return done.done_on if done is not None else None


def _village_result(referral: Referral) -> str | None:
    if referral.state == State.HIRED:
        return "hired"
    if referral.state in Referral.FAILED:
        return "own_reason" if referral.unfit in OWN_REASONS else "job_reason"
    return None


def _reason(referral: Referral) -> str | None:
    words = "：".join(filter(None, [referral.get_unfit_display() if referral.unfit else "", referral.result_note]))
    return words or None if referral.state in Referral.FAILED else None


def _interview_day(referral: Referral) -> dt.date | None:
    return referral.interview_at.astimezone(clock.ZONE).date() if referral.interview_at else None


OF_ONE: dict[str, Callable[[Referral], Any]] = {
    "employer": lambda r: r.vacancy.employer.name,
    "job": lambda r: r.vacancy.title,
    "wage": lambda r: month_wage_text(r.vacancy),
    "contact": referral_papers.contact_of,
    "made_on": lambda r: r.made_on,
    "way": lambda r: "accompanied" if r.way == Referral.Way.ACCOMPANIED else "system",
    "source": lambda r: "local",
    "companion": lambda r: r.companion,
    "interview_on": _interview_day,
    "interview_place": lambda r: r.interview_place,
    "revisited_on": _revisited,
    "result": lambda r: RESULTS.get(r.state),
    "village_result": _village_result,
    "unfit": lambda r: r.unfit or None,
    "reason": _reason,
    "hired_on": lambda r: r.hired_on,
    "status_changed_on": lambda r: r.result_on if r.state == State.HIRED else None,
    "count": lambda r: Referral.objects.filter(person_id=r.person_id, seeker=r.seeker).count(),
}


def _person_line(referral: Referral) -> dict[str, Any]:
    person, seeker = referral.person, referral.seeker
    return {
        "name": person.name,
        "phone": phone_of(person),
        "job": referral.vacancy.title,
        "age": age_on(person.birth_on, clock.today()),
        "education": code_table("education").get(person.education, ""),
        "skill": "、".join([*seeker.skills, *seeker.certificates]) if seeker is not None else "",
    }


def _people(case: Case) -> list[dict[str, Any]]:
    """Rows of the case's own table of recommended people: what its columns ask for."""
    field = definitions.procedure_of(case.definition_id).any_field("recommended_people")
    names = {column.name: column for column in field.columns} if field is not None else {}
    own = {"source": "local" if case.procedure_id.startswith("C-") else "own"}
    return [
        {name: value for name, value in (_person_line(one) | own).items() if name in names and value not in ("", None)}
        for one in of_employer(case).exclude(state=State.WITHDRAWN)
    ]


def _hired_people(case: Case) -> list[dict[str, Any]]:
    rows = of_employer(case).filter(state=State.HIRED)
    return [{"name": one.person.name, "job": one.vacancy.title, "hired_on": one.hired_on.isoformat()} for one in rows]


def _hired_count(case: Case) -> int | None:
    return of_employer(case).filter(state=State.HIRED).count() or None


def _first_hired(case: Case) -> dt.date | None:
    first = of_employer(case).filter(state=State.HIRED).order_by("hired_on", "id").first()
    return first.hired_on if first is not None else None


OF_EMPLOYER: dict[str, Callable[[Case], Any]] = {
    "people": _people,
    "hired_people": _hired_people,
    "hired_count": _hired_count,
    "first_hired_on": _first_hired,
}


def fact(case: Case, name: str) -> Any:
    """One fact of the referrals of a case; None when there is none."""
    if name in OF_EMPLOYER:
        return OF_EMPLOYER[name](case) if case.employer_id else None
    referral = of_case(case)
    return OF_ONE[name](referral) if referral is not None else None


def known(case: Case, name: str) -> Any:
    """One fact for a field of a step, as it is stored: dates as text, nothing for what is not known."""
    value = fact(case, name.removeprefix("referral."))
    if isinstance(value, dt.date):
        return value.isoformat()
    return value or None

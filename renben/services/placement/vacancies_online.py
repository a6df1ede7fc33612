"""单位网上填报岗位: the same registration as at the counter, by the employer itself; nothing leaves it unchecked (J-5.3.1).

An advertisement with words the law forbids is not taken in: the employer sees the article and the wording suggested and puts it right
before anybody at the office has to.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures import deadlines
from renben.kernel import acts, calendar_table, clock, duedates
from renben.kernel.models import Employer, Organization
from renben.kernel.models.organizations import Tier
from renben.services.placement import vacancies, vacancies_ad
from renben.services.placement.codes import VacancySource
from renben.services.placement.models import Vacancy
from renben.services.registration import limits
from renben.services.registration.reasons import NotPossible, Why

CHECK = ("J-5.3.1", "check_employer", "on_the_spot")
"""Procedure, step and limit by which a registration is looked at (D-03)."""


def office_of(employer: Employer) -> Organization:
    """Who takes in what an employer does online: its street's office, for one filed with a station the street above."""
    office = employer.organization
    return office.parent if office.tier == Tier.COMMUNITY and office.parent_id else office


def answer_by(on: dt.date) -> dt.date:
    """The working day by whose end a registration of `on` has been looked at."""
    return duedates.due(on, deadlines.rule_of(limits.deadline_of(*CHECK)), calendar_table.current()).on


def objections(ad: vacancies_ad.Ad, employer: Employer) -> list[Why]:
    """What has to be changed in an advertisement before it may be handed in, each with its words and article."""
    found = vacancies_ad.musts(vacancies_ad.check(ad, employer, clock.today()))
    return [Why(fault["code"], vacancies_ad.fault_text(fault)) for fault in found]


@acts.whole
def post(*, employer: Employer, ad: vacancies_ad.Ad, by: Any, valid_until: dt.date | None = None) -> Vacancy:
    """发布岗位: handed in and waiting for the office's check. NotPossible for forbidden words, a wage below the law, a missing licence."""
    if found := objections(ad, employer):
        raise NotPossible(*found)
    return vacancies.register(
        employer=employer,
        organization=office_of(employer),
        ad=ad,
        by=by,
        source=VacancySource.ONLINE,
        valid_until=valid_until,
    )


@acts.whole
def correct(
    *,
    vacancy: Vacancy,
    ad: vacancies_ad.Ad,
    by: Any,
    version: int | None = None,
    valid_until: dt.date | None = None,
) -> Vacancy:
    """修改 by the employer: words and wages wait for a check again; what may not stand there is not taken in at all."""
    if found := objections(ad, vacancy.employer):
        raise NotPossible(*found)
    return vacancies.change(vacancy=vacancy, ad=ad, by=by, version=version, valid_until=valid_until)

"""Objects of placement for the URL sweep: employers' visits, vacancies, seekers, referrals, fairs, interviews."""

from __future__ import annotations

import datetime as dt

from renben.kernel import clock
from renben.kernel.models import (
    Organization,
    User,
)
from renben.services.placement import seekers_acts
from renben.services.placement.fairs.booking import fresh_code
from renben.services.placement.fairs.models import Fair, FairBooth, FairVisitor
from renben.services.placement.interviews.models import Interview
from renben.services.placement.models import (
    EmployerVisit,
    KeyProject,
    Referral,
    ReferralContact,
    Seeker,
    Vacancy,
    VacancyReport,
)
from tests import build
from tests.guards.objects import DAY, FACTORIES, employer, factory


@factory("interview")
def interview(office: Organization, by: User) -> Interview:
    number = Interview.objects.count()
    return Interview.objects.create(
        referral=referral(office, by),
        organization=office,
        starts_at=clock.now(),
        minutes=30,
        seeker_code=f"seeker-{number}",
        employer_code=f"employer-{number}",
        recorded_at=clock.now(),
    )


@factory("fair")
def fair(office: Organization, by: User) -> Fair:
    return Fair.objects.create(
        organization=office,
        number=f"ZPH{Fair.objects.count()}",
        title="例行会",
        on=DAY,
        starts_at=dt.time(9),
        ends_at=dt.time(11),
        place="大厅",
        booths=10,
        booths_each=2,
        booking_until=DAY,
        recorded_at=clock.now(),
    )


@factory("fair_booth")
def fair_booth(office: Organization, by: User) -> FairBooth:
    held = fair(office, by)
    return FairBooth.objects.create(
        fair=held,
        employer=employer(office, by),
        code=fresh_code(),
        places=[1],
        agent_name="周海燕",
        booked_on=DAY,
        recorded_at=clock.now(),
    )


@factory("fair_visitor")
def fair_visitor(office: Organization, by: User) -> FairVisitor:
    return FairVisitor.objects.create(fair=fair(office, by), code=fresh_code(), name="王秀兰")


@factory("employer_visit")
def employer_visit(office: Organization, by: User) -> EmployerVisit:
    return EmployerVisit.objects.create(
        employer=employer(office, by), organization=office, booked_on=DAY, visit_on=DAY, recorded_at=clock.now()
    )


@factory("key_project")
def key_project(office: Organization, by: User) -> KeyProject:
    return KeyProject.objects.create(employer=employer(office, by), name="二期厂房", recorded_at=clock.now())


@factory("vacancy")
@factory("own_vacancy")
def vacancy(office: Organization, by: User) -> Vacancy:
    """Waiting for its check: nobody outside the office sees it."""
    return Vacancy.objects.create(
        employer=employer(office, by),
        organization=office,
        number=f"110113ZP{Vacancy.objects.count()}",
        title="保洁员",
        duties="打扫楼道",
        region=office.region,
        registered_on=DAY,
        valid_until=dt.date(2027, 1, 1),
        recorded_at=clock.now(),
    )


@factory("referral")
def referral(office: Organization, by: User) -> Referral:
    employer_ = employer(office, by)
    vacancy = Vacancy.objects.create(
        employer=employer_,
        organization=office,
        number=f"V{Vacancy.objects.count()}",
        title="装卸工",
        duties="装货卸货。",
        region=office.region,
        registered_on=DAY,
        valid_until=DAY,
        recorded_at=clock.now(),
    )
    return Referral.objects.create(
        person=build.person(office, "韩梅", "F"),
        vacancy=vacancy,
        organization=office,
        made_on=DAY,
        made_by=by,
        recorded_at=clock.now(),
    )


@factory("referral_contact")
def referral_contact(office: Organization, by: User) -> ReferralContact:
    return ReferralContact.objects.create(referral=referral(office, by), organization=office, kind="person", due_on=DAY)


@factory("seeker")
def seeker(office: Organization, by: User) -> Seeker:
    wishes = [seekers_acts.Wish("仓库保管员")]
    return seekers_acts.register_seeker(
        person=build.person(office, "孙强"), organization=office, profile=seekers_acts.Profile(), wishes=wishes, by=by
    )


@factory("vacancy_report")
def vacancy_report(office: Organization, by: User) -> VacancyReport:
    made = FACTORIES["vacancy"](office, by)
    return VacancyReport.objects.create(
        vacancy=made, organization=office, reason="fee", text="让交押金", reported_at=clock.now()
    )

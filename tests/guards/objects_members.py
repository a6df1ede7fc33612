"""Objects of placement's firms for the URL sweep: agreements, credit, members."""

from __future__ import annotations

import datetime as dt

from renben.kernel import clock
from renben.kernel.models import Organization, User
from renben.services.placement.firms.models import CreditAppeal, VacancyAgreement
from tests.guards.objects import DAY, employer, factory


@factory("agreement")
def agreement(office: Organization, by: User) -> VacancyAgreement:
    return VacancyAgreement.objects.create(
        number=f"KG{VacancyAgreement.objects.count()}",
        employer=employer(office, by),
        organization=office,
        signed_on=DAY,
        starts_on=DAY,
        until=dt.date(2027, 11, 1),
        contact_name="孙丽",
        recorded_at=clock.now(),
    )


@factory("credit_appeal")
def credit_appeal(office: Organization, by: User) -> CreditAppeal:
    return CreditAppeal.objects.create(
        employer=employer(office, by),
        organization=office,
        fact_key=f"booth:{CreditAppeal.objects.count()}",
        fact_text="没有到会",
        fact_on=DAY,
        reason="到会了，签到漏了",
        filed_by="周海燕",
        filed_on=DAY,
        recorded_at=clock.now(),
    )

"""Objects of the subsidies for firms that hire, for the URL sweep."""

from __future__ import annotations

import datetime as dt

from renben.kernel import clock
from renben.kernel.models import Organization, User
from renben.services.support.hiring.models import HiringClaim, HiringMonth, HiringPerson
from tests import build
from tests.guards.objects import DAY, employer, factory


@factory("hiring_claim")
def hiring_claim(office: Organization, by: User) -> HiringClaim:
    return HiringClaim.objects.create(
        employer=employer(office, by),
        organization=office,
        first_month=dt.date(2026, 5, 1),
        last_month=dt.date(2026, 10, 1),
        applied_on=DAY,
        recorded_at=clock.now(),
    )


@factory("hiring_row")
def hiring_row(office: Organization, by: User) -> HiringPerson:
    return HiringPerson.objects.create(
        claim=hiring_claim(office, by),
        person=build.person(office, "张卫东"),
        contract_from=dt.date(2025, 9, 1),
        wage_fen=600_000,
        base_fen=800_000,
        group="registered_unemployed",
    )


@factory("hiring_month")
def hiring_month(office: Organization, by: User) -> HiringMonth:
    row = hiring_row(office, by)
    return HiringMonth.objects.create(
        row=row, person=row.person, item="si", month=dt.date(2026, 5, 1), state="recover", fen=100, owed_fen=100
    )

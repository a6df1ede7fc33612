"""Objects of placement's firms for the URL sweep: agreements, credit, members."""

from __future__ import annotations

import datetime as dt

from renben.kernel import clock, files
from renben.kernel.models import Organization, User
from renben.services.placement.firms.models import (
    CreditAppeal,
    FirmPage,
    FirmPicture,
    Membership,
    VacancyAgreement,
)
from tests.guards.objects import DAY, employer, factory


@factory("agreement")
@factory("firm_agreement")
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


@factory("membership")
def membership(office: Organization, by: User) -> Membership:
    return Membership.objects.create(
        number=f"HY{Membership.objects.count()}",
        employer=employer(office, by),
        organization=office,
        state=Membership.State.REFUSED,
        applied_on=DAY,
        applicant="周海燕",
        recorded_at=clock.now(),
    )


@factory("firm_page")
def firm_page(office: Organization, by: User) -> FirmPage:
    """Approved: nothing of it is taken away by whoever tries."""
    held = FirmPage.objects.filter(employer=employer(office, by)).order_by("id").first()
    made = {"state": FirmPage.State.APPROVED, "written_by": by, "written_at": clock.now()}
    return held or FirmPage.objects.create(employer=employer(office, by), **made)


@factory("firm_picture")
def firm_picture(office: Organization, by: User) -> FirmPicture:
    stored = files.store_bytes(b"\x89PNG\r\n\x1a\n", name="a.png", organization=office, by=by, allow={"png"})
    return FirmPicture.objects.create(page=firm_page(office, by), file=stored, caption="包装线")

"""《就业失业登记证》: issued with a blank from stock, one number for life, stock warned about in time (J-4.2.1 step 4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Sum

from renben.engines.documents.issuing import revoke as revoke_paper
from renben.kernel import acts, audit, calendar_table, clock, numbering, rows, settings_store, taskboard
from renben.kernel.models import Organization, Person, Task
from renben.services.registration import limits
from renben.services.registration.models import (
    CertificateStock,
    RegistrationCertificate,
    StockMovement,
    UnemploymentRegistration,
)
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.territory import street_of

State, Kind = RegistrationCertificate.State, StockMovement.Kind
RESTOCKED_EVENT = "CertificatesReceived"


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10 over the digits of a number: one decimal digit."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def next_number(*, organization: Organization, person: Person, on: dt.date) -> str:
    """The next certificate number of the area in that year, by the pattern of the settings."""
    area = organization.region_id[:6]
    digits, pattern = settings_store.get_many("certificate.hukou_digits", "certificate.number_pattern")
    hukou, year = digits.get(person.hukou_kind, digits[""]), f"{on:%y}"
    serial = numbering.next_value(f"certificate:{area}:{year}")
    check = check_digit(f"{area}{hukou}{year}{serial:06d}")
    return pattern.format(area=area, hukou=hukou, check=check, year=year, serial=serial)


def certificate_of(person: Person) -> RegistrationCertificate | None:
    """The certificate in force, if any."""
    in_force = "t.person_id = %s AND t.state <> 'revoked' ORDER BY t.id LIMIT 1"
    return rows.one(RegistrationCertificate, in_force, str(person.pk))


def _low_key(organization: Organization) -> str:
    """One task per shortage: the next one gets its own key once the last was cleared."""
    past = Task.objects.filter(key__startswith=f"certificates.low:{organization.pk}:").exclude(cleared_at=None).count()
    return f"certificates.low:{organization.pk}:{past + 1}"


def _locked_stock(organization: Organization) -> CertificateStock:
    where, office = "t.organization_id = %s FOR UPDATE", str(organization.pk)
    stock = rows.one(CertificateStock, where, office)
    if stock is None:
        rows.insert_unless(CertificateStock(organization=organization, on_hand=0), "organization_id")
        stock = rows.one(CertificateStock, where, office)
    return stock


@acts.whole
def move_stock(
    *,
    organization: Organization,
    delta: int,
    kind: str,
    by: Any,
    on: dt.date | None = None,
    note: str = "",
    certificate: RegistrationCertificate | None = None,
) -> CertificateStock:
    """Book blank certificates in (+) or out (−). NotPossible when there are not enough; below the line of the procedure a
    task asks the office to fetch new ones from the district, and it goes away when enough have come."""
    stock = _locked_stock(organization)
    if stock.on_hand + delta < 0:
        raise NotPossible(
            Why(
                "no_blank_certificate",
                f"空白《就业失业登记证》只剩{stock.on_hand}本，不够用。",
                "请先到区中心申领，入库登记后再办。",
                "京人社就发〔2011〕80号",
            )
        )
    stock.on_hand += delta
    rows.update(stock, "on_hand")
    movement = StockMovement(
        organization=organization,
        delta=delta,
        kind=kind,
        certificate=certificate,
        on=on or clock.today(),
        at=clock.now(),
        by=by,
        note=note,
    )
    rows.insert([movement])
    if stock.on_hand < (line := limits.certificate_warning_line()):
        taskboard.open_task(
            key=_low_key(organization),
            title="申领空白《就业失业登记证》",
            reason=f"存量{stock.on_hand}本，不足{line}本，请到区中心申领（京人社就发〔2011〕80号）。",
            organization=organization,
            cleared_by=RESTOCKED_EVENT,
            due_on=calendar_table.current().add_working_days(clock.today(), limits.restock_working_days()),
            url="/benefits/certificates/stock/",
        )
    else:
        taskboard.clear_at(organization=organization, event=RESTOCKED_EVENT, outcome=f"现有{stock.on_hand}本")
    if kind != Kind.ISSUED:
        audit.record(
            action=f"certificate.stock.{kind}",
            subject=f"organization:{organization.pk}",
            detail={"delta": delta, "on_hand": stock.on_hand, "note": note},
            by=by,
            organization=organization,
        )
    return stock


@acts.whole
def hand_out_blanks(
    *, from_organization: Organization, to_organization: Organization, count: int, by: Any, on: dt.date | None = None
) -> None:
    """The district gives blanks to a street: out there, in here, in one transaction."""
    if count < 1:
        raise NotPossible(Why("count", "拨付数量至少1本。"))
    move_stock(
        organization=from_organization, delta=-count, kind=Kind.HANDED_OUT, by=by, on=on, note=str(to_organization)
    )
    move_stock(organization=to_organization, delta=count, kind=Kind.RECEIVED, by=by, on=on, note=str(from_organization))


@acts.whole
def issue_certificate(
    *, registration: UnemploymentRegistration, by: Any, on: dt.date | None = None
) -> RegistrationCertificate:
    """Issue the certificate for a running registration: number by pattern, one blank from the office's stock.

    Whoever already holds a valid one keeps it: it is linked to the new registration and no blank is used.
    """
    held = rows.one(UnemploymentRegistration, "t.id = %s FOR UPDATE", str(registration.pk))
    held.person = registration.person
    if held.organization_id == registration.organization_id:
        held.organization = registration.organization
    if held.state == UnemploymentRegistration.State.CLOSED:
        raise NotPossible(Why("registration_closed", "失业登记已经注销，不能发证。", "请先重新登记。"))
    on, existing = on or clock.today(), certificate_of(held.person)
    if existing is not None:
        if held.certificate_id != existing.pk:
            held.certificate = existing
            rows.update(held, "certificate")
        return existing
    office = street_of(held.organization)
    certificate = RegistrationCertificate(
        number=next_number(organization=office, person=held.person, on=on),
        person=held.person,
        registration=held,
        organization=office,
        issued_on=on,
        issued_by=by,
    )
    rows.insert([certificate])
    held.certificate = certificate
    rows.update(held, "certificate")
    move_stock(organization=office, delta=-1, kind=Kind.ISSUED, by=by, on=on, certificate=certificate)
    audit.record(
        action="certificate.issue",
        subject=f"person:{held.person_id}",
        detail={"certificate": certificate.number},
        by=by,
        organization=office,
    )
    return certificate


def _lock(certificate: RegistrationCertificate) -> RegistrationCertificate:
    held = (
        RegistrationCertificate.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=certificate.pk)
    )
    if held.state == State.REVOKED:
        raise NotPossible(Why("certificate_revoked", f"证书{held.number}已于{held.revoked_on}注销。"))
    return held


@acts.whole
def reissue_certificate(
    *,
    certificate: RegistrationCertificate,
    organization: Organization,
    reason: str,
    by: Any,
    on: dt.date | None = None,
) -> RegistrationCertificate:
    """Print a lost or damaged certificate anew: a blank of `organization` is used, the number stays."""
    held, on = _lock(certificate), on or clock.today()
    held.state, held.reissued_on, held.document = State.REISSUED, on, None
    held.reissue_count += 1
    held.save()
    move_stock(
        organization=street_of(organization), delta=-1, kind=Kind.ISSUED, by=by, on=on, certificate=held, note="补发"
    )
    audit.record(
        action="certificate.reissue",
        subject=f"person:{held.person_id}",
        detail={"certificate": held.number, "reason": reason},
        by=by,
        organization=organization,
    )
    return held


@acts.whole
def revoke_certificate(
    *, certificate: RegistrationCertificate, reason: str, by: Any, on: dt.date | None = None
) -> RegistrationCertificate:
    """Revoke: the public check says so from now on."""
    held = _lock(certificate)
    held.state, held.revoked_on, held.revoke_reason = State.REVOKED, on or clock.today(), reason[:200]
    held.save()
    if held.document is not None:
        revoke_paper(issued=held.document, reason=reason[:200], by=by)
    audit.record(
        action="certificate.revoke",
        subject=f"person:{held.person_id}",
        detail={"certificate": held.number, "reason": reason},
        by=by,
        organization=held.organization,
    )
    return held


@acts.whole
def verify_year(*, certificate: RegistrationCertificate, by: Any, on: dt.date | None = None) -> RegistrationCertificate:
    """每年核验: note the year once."""
    held, year = _lock(certificate), (on or clock.today()).year
    if year not in held.verified_years:
        held.verified_years = sorted([*held.verified_years, year])
        held.save()
        audit.record(
            action="certificate.verify_year",
            subject=f"person:{held.person_id}",
            detail={"certificate": held.number, "year": year},
            by=by,
            organization=held.organization,
        )
    return held


def stock_on(organization: Organization, day: dt.date) -> int:
    """Blanks on hand at the end of a day, from the movements."""
    return (
        StockMovement.objects.filter(organization=organization, on__lte=day).aggregate(total=Sum("delta"))["total"] or 0
    )

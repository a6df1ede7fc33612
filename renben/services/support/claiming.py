"""The facts of a claim as the platform knows them: months drawn before, archive, work, retirement day."""

from __future__ import annotations

import datetime as dt

from renben.engines.rules.errors import NoStandardOnFile
from renben.kernel.models import LabourSpell, Person
from renben.services.registration.models import PersonnelArchive, UnemploymentRegistration
from renben.services.support.codes import Kind
from renben.services.support.decision import Claim, retirement_day
from renben.services.support.models import InsuranceSubsidy, SubsidyMonth, SubsidyOpening

WORK_OF_KIND = {
    Kind.SELF_EMPLOYED: LabourSpell.Status.SELF_EMPLOYED,
    Kind.FLEXIBLE: LabourSpell.Status.FLEXIBLE,
}
KIND_OF_WORK = {status.value: kind.value for kind, status in WORK_OF_KIND.items()}


def working_spell(person: Person) -> LabourSpell | None:
    """The running spell of self-employment or flexible work."""
    return (
        LabourSpell.objects.filter(person=person, end_on=None, status__in=KIND_OF_WORK)
        .order_by("-start_on", "-id")
        .first()
    )


def holds_archive(person: Person) -> bool:
    """Whether an office of the district keeps the person's archive."""
    return PersonnelArchive.objects.filter(person=person, state__in=PersonnelArchive.HELD).exists()


def unemployed_since(person: Person) -> dt.date | None:
    """The day the last unemployment began: as registered, else as the archive has it."""
    registered = UnemploymentRegistration.objects.filter(person=person).order_by("-registered_on", "-id").first()
    if registered is not None:
        return registered.separated_on or registered.registered_on
    archive = PersonnelArchive.objects.latest_of(person)
    return archive.separated_on if archive is not None else None


def retires_on(person: Person, on: dt.date) -> dt.date | None:
    """The day statutory retirement age is reached; None when no standard is on file."""
    try:
        return retirement_day(person.sex, person.birth_on, on)
    except NoStandardOnFile:
        return None


def months_on_record(person: Person, *, apart_from: InsuranceSubsidy | None = None) -> int:
    """Months drawn under either subsidy that the platform knows of, each once: before go-live and since."""
    before = sum(SubsidyOpening.objects.filter(person=person).order_by("kind").values_list("months", flat=True))
    drawn = SubsidyMonth.objects.filter(person=person, state__in=SubsidyMonth.COUNTED)
    if apart_from is not None and apart_from.pk:
        drawn = drawn.exclude(subsidy=apart_from)
    return before + len(set(drawn.order_by("month").values_list("month", flat=True)))


def months_before(subsidy: InsuranceSubsidy) -> int:
    """Months drawn before this grant: what is on record, or more when the person says more."""
    known = months_on_record(subsidy.person, apart_from=subsidy)
    return max(known, subsidy.declared_months)


def claim_of(subsidy: InsuranceSubsidy) -> Claim:
    """What the rules are asked about."""
    person, used = subsidy.person, months_before(subsidy)
    return Claim(
        kind=subsidy.kind,
        sex=person.sex,
        birth_on=person.birth_on,
        disability=subsidy.disability,
        started_on=subsidy.started_on,
        is_registered=subsidy.is_registered,
        is_archive_deposited=subsidy.is_archive_deposited,
        insurances=tuple(subsidy.insurances),
        retire_on=subsidy.retire_on,
        used=used,
        again=used > 0,
    )

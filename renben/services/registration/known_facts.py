"""Facts of a case that are already known, for fields that name a `source_fact`: shown, not asked again."""

from __future__ import annotations

import datetime as dt

from renben.engines.procedures.models import Case
from renben.kernel.models import LabourSpell
from renben.services.registration.certificates import certificate_of
from renben.services.registration.codes import PriorStatus
from renben.services.registration.models import PersonnelArchive, UnemploymentRegistration

SOURCE_OF_KIND = {
    PersonnelArchive.Kind.UNEMPLOYED: "employer",
    PersonnelArchive.Kind.NEW: "rural_to_urban",
}
PRIOR_OF_STATUS = {
    LabourSpell.Status.EMPLOYED: PriorStatus.EMPLOYED,
    LabourSpell.Status.PUBLIC_POST: PriorStatus.EMPLOYED,
    LabourSpell.Status.SELF_EMPLOYED: PriorStatus.BUSINESS,
    LabourSpell.Status.FLEXIBLE: PriorStatus.FLEXIBLE,
}


def archive_of(case: Case) -> PersonnelArchive | None:
    """The archive that came in with this case, else the one held for the person."""
    return PersonnelArchive.objects.of_case(case)


def _of_archive(case: Case, name: str):
    archive = archive_of(case)
    value = getattr(archive, name) if archive is not None else None
    return value.isoformat() if isinstance(value, dt.date) else (None if value == "" else value)


def archive_number(case: Case) -> str | None:
    return _of_archive(case, "archive_number")


def archive_source(case: Case) -> str | None:
    """Where the archive comes from, when its kind alone tells; a student's archive has several sources, so it is asked."""
    archive = archive_of(case)
    return SOURCE_OF_KIND.get(archive.kind) if archive is not None else None


def separated_on(case: Case) -> str | None:
    return _of_archive(case, "separated_on")


def separation_reason(case: Case) -> str | None:
    return _of_archive(case, "separation_reason")


def contribution_months(case: Case) -> int | None:
    return _of_archive(case, "contribution_months")


def prior_status(case: Case) -> str | None:
    """The last work on file decides; None when none is known, then it is asked."""
    archive = archive_of(case)
    if archive is not None and archive.kind == PersonnelArchive.Kind.UNEMPLOYED and archive.separated_on:
        return PriorStatus.EMPLOYED.value
    spells = LabourSpell.objects.filter(person_id=case.person_id, status__in=PRIOR_OF_STATUS)
    last = spells.order_by("-start_on", "-id").first()
    return PRIOR_OF_STATUS[LabourSpell.Status(last.status)].value if last else None


def registered_on(case: Case) -> str | None:
    running = UnemploymentRegistration.objects.running_of(case.person) if case.person_id else None
    return running.registered_on.isoformat() if running else None


def certificate_number(case: Case) -> str | None:
    held = certificate_of(case.person) if case.person_id else None
    return held.number if held else None

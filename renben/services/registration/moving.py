"""转街镇: a registered person who moves is handed over with everything that runs; the certificate stays as it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from renben.engines.procedures import actions as procedures
from renben.engines.procedures.models import Case, FollowUp
from renben.kernel import audit, clock, events
from renben.kernel.models import Organization, Person, Task
from renben.services.registration import archives
from renben.services.registration.models import (
    MonthlyContact,
    PersonnelArchive,
    RegistrationChange,
    UnemploymentBenefit,
    UnemploymentRegistration,
)
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.registering import lock, note_change
from renben.services.registration.territory import street_of


@dataclass(frozen=True)
class Handed:
    """What went along: numbers for the message to both offices."""

    cases: int
    archives: int
    tasks: int
    has_registration: bool
    has_benefit: bool

    def __str__(self) -> str:
        parts = [f"办件{self.cases}件", f"档案{self.archives}份", f"待办{self.tasks}项"]
        parts += ["失业登记"] * self.has_registration + ["失业保险待遇"] * self.has_benefit
        return "、".join(parts)


def _hand_over_cases(person: Person, old: Organization, new: Organization, by: Any, reason: str) -> int:
    """Cases and follow-ups of the old street; the engine takes everything of the person along at once."""
    first = Case.objects.filter(person=person, organization=old, state=Case.State.OPEN).order_by("id").first()
    if first is None:
        waiting = FollowUp.objects.filter(person=person, organization=old, cleared_at=None).order_by("id").first()
        first = waiting.case if waiting is not None and waiting.case.organization_id == old.pk else None
    if first is None:
        return 0
    moved = procedures.hand_over(case_id=first.pk, to_organization=new, by=by, reason=reason)
    if isinstance(moved, procedures.Blocked):
        raise NotPossible(*(Why(r.code, r.text, r.fix) for r in moved.reasons))
    return len(moved)


def _hand_over_archives(person: Person, new: Organization, by: Any, on: dt.date, reason: str) -> int:
    held = PersonnelArchive.objects.filter(person=person, state__in=PersonnelArchive.HELD).exclude(
        target_organization=new
    )
    count = 0
    for archive in held.order_by("id"):
        archives.redirect_archive(archive=archive, to_organization=new, by=by, on=on, note=reason)
        count += 1
    return count


@transaction.atomic
def move_person(
    *, person: Person, to_organization: Organization, reason: str, by: Any, on: dt.date | None = None
) -> Handed:
    """Move a person to another office (street or station). Within the same street only the station changes.

    Running registration, benefit, cases, follow-ups, open tasks, contacts of the month and the archive go to the new
    street; past months and the certificate stay as they are. NotPossible without a reason or to the same office.
    """
    if not reason.strip():
        raise NotPossible(Why("reason", "请写明转出的原因，例如“本人户口迁往光明街道”。"))
    person = Person.objects.select_for_update(of=("self",)).select_related("organization").get(pk=person.pk)
    if person.organization_id == to_organization.pk:
        raise NotPossible(Why("same_office", f"本人已在{to_organization}管理，不用转。"))
    on, former = on or clock.today(), person.organization
    registration = UnemploymentRegistration.objects.running_of(person)
    old = registration.organization if registration else street_of(former)
    new = street_of(to_organization)
    cases = papers = tasks = 0
    benefit = UnemploymentBenefit.objects.filter(person=person, state__in=UnemploymentBenefit.RUNNING).first()
    if old.pk != new.pk:
        cases = _hand_over_cases(person, old, new, by, reason)
        papers = _hand_over_archives(person, new, by, on, reason)
        tasks = Task.objects.filter(person=person, cleared_at=None, organization__path__startswith=old.path).update(
            organization=new
        )
        if registration is not None:
            held = lock(registration)
            held.organization, held.version = new, held.version + 1
            held.save()
            note_change(held, RegistrationChange.Kind.MOVED, on=on, by=by, reason=f"{old}→{new}：{reason}")
            MonthlyContact.objects.filter(
                registration=held, reported_on=None, contacted_on=None, organization=old
            ).update(organization=new)
        if benefit is not None:
            benefit.organization, benefit.version = new, benefit.version + 1
            benefit.save()
    Person.objects.filter(pk=person.pk).update(organization=to_organization)
    handed = Handed(cases, papers, tasks, registration is not None, benefit is not None)
    events.emit(events.PersonMoved(person.pk, former.pk, to_organization.pk))
    audit.record(
        action="person.move",
        subject=f"person:{person.pk}",
        detail={"from": former.pk, "to": to_organization.pk, "reason": reason, "handed": str(handed)},
        by=by,
        organization=former,
    )
    return handed

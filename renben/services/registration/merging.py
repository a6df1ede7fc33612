"""How merging two people, or two employers, treats what registration holds and the rows of the engines below it."""

from __future__ import annotations

from typing import Any

from renben.kernel import clock, employer_merge, merge, merging
from renben.kernel.models import Person
from renben.services.registration.codes import CloseReason
from renben.services.registration.models import (
    ArchiveMovement,
    BenefitOpening,
    PersonnelArchive,
    RegistrationCertificate,
    RegistrationChange,
    UnemploymentBenefit,
    UnemploymentRegistration,
)

PLAIN = (
    "registration.InformRecord.person",
    "registration.DynamicRecord.person",
    "procedures.Case.person",
    "procedures.FollowUp.person",
    "rules.Determination.person",
    "documents.IssuedDocument.holder_person",
    "exchange.ImportRow.person",
)
"""Rows that simply belong to the kept file from now on; the engines themselves know no rule about merging."""

PLAIN_OF_EMPLOYERS = ("procedures.Case.employer", "exchange.ImportRow.employer")


def registrations(kept: Person, merged: Person) -> dict[str, Any]:
    """One running registration: when both have one, the merged file's is closed as a duplicate before it moves."""
    rows, note = UnemploymentRegistration.objects.filter(person=merged), ""
    running = UnemploymentRegistration.objects.running_of(merged)
    if running is not None and UnemploymentRegistration.objects.running_of(kept) is not None:
        today = max(clock.today(), running.registered_on)
        running.state, running.closed_on = UnemploymentRegistration.State.CLOSED, today
        running.close_reason, running.close_note = CloseReason.DUPLICATE, "合并档案，重复登记"
        running.version += 1
        running.save()
        RegistrationChange.objects.create(
            registration=running,
            kind=RegistrationChange.Kind.CLOSED,
            on=today,
            at=clock.now(),
            organization=running.organization,
            reason="合并档案，重复登记",
        )
        note = f"closed {running.pk}"
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved, "note": note}


def certificates(kept: Person, merged: Person) -> dict[str, Any]:
    """One valid certificate: the merged file's second one is revoked, so the public check tells."""
    valid, note = RegistrationCertificate.objects.exclude(state=RegistrationCertificate.State.REVOKED), ""
    if valid.filter(person=kept).exists():
        doubled = valid.filter(person=merged)
        note = f"revoked {list(doubled.values_list('number', flat=True))}" if doubled.exists() else ""
        doubled.update(
            state=RegistrationCertificate.State.REVOKED, revoked_on=clock.today(), revoke_reason="合并档案，重复发证"
        )
    rows = RegistrationCertificate.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved, "note": note}


def benefits(kept: Person, merged: Person) -> dict[str, Any]:
    """Two running benefits are money: somebody has to stop one first. MergeRefused."""
    running = UnemploymentBenefit.objects.filter(state__in=UnemploymentBenefit.RUNNING)
    if running.filter(person=kept).exists() and running.filter(person=merged).exists():
        raise merging.MergeRefused("两份档案都有正在执行的失业保险待遇，请先核实并停发其中一份，再合并档案。")
    rows = UnemploymentBenefit.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def archives(kept: Person, merged: Person) -> dict[str, Any]:
    """The same archive registered under both files: the merged file's entry is cancelled before it moves."""
    held = PersonnelArchive.objects.filter(state__in=PersonnelArchive.HELD).exclude(archive_number="")
    numbers = set(held.filter(person=kept).values_list("archive_number", flat=True))
    cancelled = []
    for archive in held.filter(person=merged, archive_number__in=numbers).order_by("id"):
        archive.state = PersonnelArchive.State.CANCELLED
        archive.version += 1
        archive.save()
        ArchiveMovement.objects.create(
            archive=archive,
            kind=ArchiveMovement.Kind.CANCELLED,
            from_organization=archive.organization,
            on=clock.today(),
            at=clock.now(),
            note="合并档案，重复登记",
        )
        cancelled.append(archive.pk)
    rows = PersonnelArchive.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved, "note": f"cancelled {cancelled}" if cancelled else ""}


def openings(kept: Person, merged: Person) -> dict[str, Any]:
    """Months drawn before the platform, told twice: somebody has to take one import back first. MergeRefused."""
    rows = BenefitOpening.objects.filter(person=merged)
    if rows.exists() and BenefitOpening.objects.filter(person=kept).exists():
        raise merging.MergeRefused("两份档案都导入了失业保险金期初月数，请先撤销其中一批导入，再合并档案。")
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def load() -> None:
    """Declare every relation."""
    for relation in PLAIN:
        merge.register(relation, merging.move_all(relation))
    for relation in PLAIN_OF_EMPLOYERS:
        employer_merge.register(relation, merging.move_all(relation))
    merge.register("registration.UnemploymentRegistration.person", registrations)
    merge.register("registration.RegistrationCertificate.person", certificates)
    merge.register("registration.UnemploymentBenefit.person", benefits)
    merge.register("registration.PersonnelArchive.person", archives)
    merge.register("registration.BenefitOpening.person", openings)

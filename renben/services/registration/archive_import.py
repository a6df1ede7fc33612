"""Archives of an imported roster (档案转移花名册): what exchange hands over becomes archives received (Q-1.2.2 录入系统).

Exchange lies below registration, so it knows this sink only by its registered name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from renben.kernel import audit, clock
from renben.kernel.models import Organization
from renben.services.exchange.copy_in import copy_in
from renben.services.exchange.hooks import SinkRow
from renben.services.exchange.uses import uses_of
from renben.services.registration.models import ArchiveMovement, PersonnelArchive

Kind, State, Move = PersonnelArchive.Kind, PersonnelArchive.State, ArchiveMovement.Kind
UNDOABLE = (State.RECEIVED, State.INCOMPLETE, State.COLLECTED)
OWNED = {"registration.PersonnelArchive", "registration.ArchiveMovement"}


def _key(number: str, separated_on: Any, employer: str) -> tuple:
    """What makes two archives of a person the same: the number, or where none is written the dismissal."""
    return ("number", number) if number else ("dismissal", separated_on, employer)


class ArchiveSink:
    """The sink of rows of kind `archive`; the contract is `renben.services.exchange.hooks.Sink`."""

    def owned(self) -> set[str]:
        return OWNED

    def existing(self, rows: Sequence[SinkRow]) -> set[int]:
        held: dict[int, set[tuple]] = {}
        archives = PersonnelArchive.objects.filter(person__in={row.person.pk for row in rows}).exclude(
            state=State.CANCELLED
        )
        for archive in archives.order_by("id"):
            key = _key(archive.archive_number, archive.separated_on, archive.employer_name)
            # One that was handed out may come back; only the same dismissal again is the same paper.
            if archive.state == State.RETURNED:
                key = (*key, archive.separated_on)
            held.setdefault(archive.person_id, set()).add(key)
        return {row.key for row in rows if self._keys(row) & held.get(row.person.pk, set())}

    @staticmethod
    def _keys(row: SinkRow) -> set[tuple]:
        values = row.values
        key = _key(values.get("archive_number", ""), values.get("separated_on"), values.get("source_employer", ""))
        return {key, (*key, values.get("separated_on"))}

    def write(self, rows: Sequence[SinkRow], batch: Any, by: Any) -> None:
        offices = Organization.objects.select_related("parent").in_bulk(
            {row.values.get("organization") or row.person.organization_id for row in rows}
        )
        today, now = clock.today(), clock.now()
        archives = [
            self._archive(row, offices[row.values.get("organization") or row.person.organization_id], batch)
            for row in rows
        ]
        for archive in archives:
            archive.received_on, archive.recorded_at, archive.recorded_by_id = today, now, getattr(by, "pk", None)
        copy_in(archives)
        copy_in(
            [
                ArchiveMovement(
                    archive_id=archive.pk,
                    kind=Move.COLLECTED if archive.state == State.COLLECTED else Move.RECEIVED,
                    to_organization_id=archive.organization_id,
                    on=today,
                    at=now,
                    by_id=getattr(by, "pk", None),
                    note=f"导入：{batch.file_name} 第{row.number}行"[:300],
                )
                for archive, row in zip(archives, rows, strict=True)
            ]
        )
        audit.record(
            action="archive.import",
            subject=f"import:{batch.pk}",
            detail={"archives": [archives[0].pk, archives[-1].pk], "count": len(archives)},
            by=by,
            organization=batch.organization,
        )

    @staticmethod
    def _archive(row: SinkRow, office: Organization, batch: Any) -> PersonnelArchive:
        values = row.values
        target = office.parent if office.tier == "community" and office.parent else office
        missing = values.get("materials_missing") or []
        # A street (or its station) that imports its own roster holds the archives already.
        is_there = target.contains(batch.organization)
        state = State.INCOMPLETE if missing else State.COLLECTED if is_there else State.RECEIVED
        employer = values.get("source_employer", "")
        return PersonnelArchive(
            person_id=row.person.pk,
            kind=values.get("archive_kind", Kind.UNEMPLOYED),
            archive_number=values.get("archive_number", ""),
            source=employer,
            employer_name=employer,
            separated_on=values.get("separated_on"),
            separation_reason=values.get("separation_reason", ""),
            contribution_months=values.get("contribution_months"),
            organization_id=target.pk if is_there else batch.organization_id,
            target_organization_id=target.pk,
            state=state,
            materials_missing=missing,
            batch_id=batch.pk,
        )

    def blocked(self, batch: Any, person_ids: Collection[int]) -> dict[int, str]:
        mine = {
            archive.pk: archive
            for archive in PersonnelArchive.objects.select_for_update()
            .filter(batch=batch, person__in=person_ids)
            .order_by("id")
        }
        reasons: dict[int, str] = {}
        for archive in mine.values():
            if archive.state == State.CANCELLED:
                continue
            if archive.state not in UNDOABLE or archive.handover_id or archive.reviewed_on:
                reasons[archive.person_id] = f"档案现在是“{archive.get_state_display()}”，已经有人接着办理。"
            elif archive.case_id:
                reasons[archive.person_id] = "档案已经立了办件。"
            elif archive.version > 1:
                reasons[archive.person_id] = "档案内容在导入后有人改过。"
        for pk, text in uses_of(PersonnelArchive, mine.keys(), OWNED).items():
            reasons.setdefault(mine[pk].person_id, text)
        first = {archive.person_id: archive.pk for archive in mine.values()}
        others = PersonnelArchive.objects.filter(person__in=person_ids).exclude(pk__in=mine.keys())
        for person_id, pk in others.order_by("id").values_list("person_id", "pk"):
            if pk > first.get(person_id, 0):
                reasons.setdefault(person_id, "此人后来又有别的档案登记。")
        return reasons

    def undo(self, batch: Any, by: Any, *, erase: Collection[int], cancel: Collection[int]) -> None:
        mine = PersonnelArchive.objects.filter(batch=batch)
        gone = list(mine.filter(person__in=erase).order_by("id").values_list("pk", flat=True))
        ArchiveMovement.objects.filter(archive__in=gone).delete()
        mine.filter(pk__in=gone).delete()
        ended = list(mine.filter(person__in=cancel).exclude(state=State.CANCELLED).order_by("id"))
        today, now = clock.today(), clock.now()
        for archive in ended:
            archive.state = State.CANCELLED
            archive.version += 1
        PersonnelArchive.objects.bulk_update(ended, ["state", "version"])
        ArchiveMovement.objects.bulk_create(
            ArchiveMovement(
                archive=archive,
                kind=Move.CANCELLED,
                from_organization=archive.organization,
                on=today,
                at=now,
                by=by,
                note=f"撤销导入批次{batch.pk}",
            )
            for archive in ended
        )
        audit.record(
            action="archive.import_undone",
            subject=f"import:{batch.pk}",
            detail={"erased": gone, "cancelled": [archive.pk for archive in ended]},
            by=by,
            organization=batch.organization,
        )


sink = ArchiveSink()

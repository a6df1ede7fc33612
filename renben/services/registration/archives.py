"""个人档案: received and reviewed by the district, sent to the street by a weekly list, collected there (Q-1.2.2, J-4.2.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from renben.kernel import acts, audit, calendar_table, clock, events, numbering, rows, taskboard
from renben.kernel.models import Organization, Person
from renben.services.registration import limits
from renben.services.registration.models import ArchiveHandover, ArchiveMovement, PersonnelArchive
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.territory import street_of

Kind, State, Move = PersonnelArchive.Kind, PersonnelArchive.State, ArchiveMovement.Kind
COLLECT_TASK = "archives.collect:{}"
COLLECTED_EVENT = "ArchivesCollected"
_ON_LIST = "t.handover_id = %s AND t.state = 'in_transfer' AND t.id = ANY(%s::bigint[]) ORDER BY t.id FOR UPDATE"
_LIST_IS_EMPTY = (
    "SELECT NOT EXISTS (SELECT 1 FROM registration_personnelarchive WHERE handover_id = %s AND state = 'in_transfer')"
)


def _move(archive: PersonnelArchive, kind: str, *, on: dt.date, by: Any, **more: Any) -> ArchiveMovement:
    """`more`: from_organization, to_organization, handover (or their ids), note."""
    movement = ArchiveMovement(archive=archive, kind=kind, on=on, at=clock.now(), by=by, **more)
    rows.insert([movement])
    return movement


def lock(archive: PersonnelArchive) -> PersonnelArchive:
    """The archive as it stands now, locked until the transaction ends."""
    return (
        PersonnelArchive.objects.select_for_update(of=("self",))
        .select_related("person", "organization", "target_organization")
        .get(pk=archive.pk)
    )


def _demand(archive: PersonnelArchive, states: Sequence[str], act: str) -> None:
    if archive.state not in states:
        wanted = "、".join(State(state).label for state in states)
        raise NotPossible(
            Why(
                "archive_state",
                f"{archive.person.name}的档案现在是“{archive.get_state_display()}”，{act}要求是“{wanted}”。",
            )
        )


@acts.whole
def receive_archive(
    *,
    person: Person,
    organization: Organization,
    by: Any,
    kind: str = Kind.UNEMPLOYED,
    archive_number: str = "",
    source: str = "",
    employer_name: str = "",
    separated_on: dt.date | None = None,
    separation_reason: str = "",
    contribution_months: int | None = None,
    received_on: dt.date | None = None,
    target_organization: Organization | None = None,
    materials_missing: Sequence[str] = (),
    case: Any = None,
    batch: Any = None,
) -> PersonnelArchive:
    """Take an archive in at `organization` (Q-1.2.2 录入系统). Receiving the same archive again returns the one on file.

    `target_organization` defaults to the street the person belongs to; NoSuchOffice when that cannot be told.
    """
    if archive_number:
        held = PersonnelArchive.objects.filter(
            person=person, archive_number=archive_number, state__in=PersonnelArchive.HELD
        ).first()
        if held is not None:
            return held
    on = received_on or clock.today()
    archive = PersonnelArchive.objects.create(
        person=person,
        kind=kind,
        archive_number=archive_number,
        source=source or employer_name,
        employer_name=employer_name,
        separated_on=separated_on,
        separation_reason=separation_reason,
        contribution_months=contribution_months,
        received_on=on,
        organization=organization,
        target_organization=target_organization or street_of(person.organization),
        state=State.INCOMPLETE if materials_missing else State.RECEIVED,
        materials_missing=list(materials_missing),
        case=case,
        batch=batch,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    _move(archive, Move.RECEIVED, on=on, by=by, to_organization=organization, note=source or employer_name)
    audit.record(
        action="archive.receive",
        subject=f"archive:{archive.pk}",
        detail={"person": person.pk, "kind": kind, "missing": list(materials_missing)},
        by=by,
        organization=organization,
    )
    return archive


def facts_missing(archive: PersonnelArchive) -> list[str]:
    """Facts of the archive that later decisions need and that nobody has recorded, in words."""
    missing = []
    if archive.kind == Kind.UNEMPLOYED:
        if archive.separated_on is None:
            missing.append("解除或终止劳动关系的日期")
        if not archive.separation_reason:
            missing.append("解除或终止劳动关系的原因")
        if archive.contribution_months is None:
            missing.append("失业保险累计缴费月数")
    return missing


@acts.whole
def review_archive(
    *, archive: PersonnelArchive, by: Any, missing: Sequence[str] = (), on: dt.date | None = None, note: str = ""
) -> PersonnelArchive:
    """Review the papers (Q-1.2.2 审核档案). With `missing` it waits as 材料不齐: the notice is printed by the procedure's
    一次性告知单; without, it must be on a list to its street within the working days of the procedure."""
    held, on = lock(archive), on or clock.today()
    _demand(held, (State.RECEIVED, State.INCOMPLETE, State.REVIEWED), "审核")
    held.materials_missing = [text for text in missing if text.strip()]
    if held.materials_missing:
        held.state, held.reviewed_on, held.transfer_due_on = State.INCOMPLETE, None, None
        _move(held, Move.INCOMPLETE, on=on, by=by, note="；".join(held.materials_missing)[:300])
    elif held.state != State.REVIEWED:
        held.state, held.reviewed_on = State.REVIEWED, on
        held.transfer_due_on = calendar_table.current().add_working_days(on, limits.transfer_working_days())
        _move(held, Move.REVIEWED, on=on, by=by, note=note)
    held.version += 1
    held.save()
    audit.record(
        action="archive.review",
        subject=f"archive:{held.pk}",
        detail={"missing": held.materials_missing, "transfer_due_on": held.transfer_due_on},
        by=by,
        organization=held.organization,
    )
    return held


@acts.whole
def record_facts(*, archive: PersonnelArchive, by: Any, **facts: Any) -> PersonnelArchive:
    """Write down what the papers say (Q-1.2.2 录入系统): archive_number, kind, employer_name, source, separated_on,
    separation_reason, contribution_months. ValueError for any other name."""
    known = {
        "archive_number",
        "kind",
        "employer_name",
        "source",
        "separated_on",
        "separation_reason",
        "contribution_months",
    }
    if unknown := set(facts) - known:
        raise ValueError(f"not a fact of an archive: {sorted(unknown)}")
    held = lock(archive)
    changed = {name: value for name, value in facts.items() if getattr(held, name) != value}
    if not changed:
        return held
    for name, value in changed.items():
        setattr(held, name, value)
    held.version += 1
    held.save()
    audit.record(
        action="archive.record_facts",
        subject=f"archive:{held.pk}",
        detail={"changed": {name: str(value) for name, value in changed.items()}},
        by=by,
        organization=held.organization,
    )
    events.emit(events.PersonFactsChanged(held.person_id, tuple(changed)))
    return held


@acts.whole
def transfer_archives(
    *, archives: Iterable[PersonnelArchive], to_organization: Organization, by: Any, on: dt.date | None = None
) -> ArchiveHandover:
    """Send reviewed archives to their street on one numbered list (Q-1.2.2 转移档案, within 7 working days of the review).

    Archives sent on the same day to the same street join that day's list. NotPossible names each archive that cannot go.
    """
    on = on or clock.today()
    leaving = list(
        PersonnelArchive.objects.select_for_update(of=("self",))
        .filter(pk__in=[archive.pk for archive in archives])
        .select_related("person", "organization", "target_organization")
        .order_by("id")
    )
    wrong = [
        Why(
            "wrong_street", f"{row.person.name}的档案应转往{row.target_organization}，不能列入{to_organization}的名册。"
        )
        for row in leaving
        if row.target_organization_id != to_organization.pk
    ] + [
        Why("archive_state", f"{row.person.name}的档案现在是“{row.get_state_display()}”，审核通过后才能转移。")
        for row in leaving
        if row.state != State.REVIEWED
    ]
    if wrong or not leaving:
        raise NotPossible(*(wrong or [Why("nothing", "没有选中要转移的档案。")]))
    sender = leaving[0].organization
    handover = (
        ArchiveHandover.objects.select_for_update()
        .filter(from_organization=sender, organization=to_organization, sent_on=on, collected_on=None)
        .first()
    )
    if handover is None:
        handover = ArchiveHandover.objects.create(
            number=numbering.next("handover", sender, on, extra="DZ"),
            from_organization=sender,
            organization=to_organization,
            sent_on=on,
            sent_by=by,
            sent_at=clock.now(),
        )
    for row in leaving:
        row.state, row.handover = State.IN_TRANSFER, handover
        row.version += 1
        row.save()
        _move(
            row, Move.SENT, on=on, by=by, from_organization=sender, to_organization=to_organization, handover=handover
        )
    taskboard.open_task(
        key=COLLECT_TASK.format(handover.pk),
        title=f"到区里领取档案：{handover.number}",
        reason=f"{sender}于{on:%Y年%m月%d日}转出档案，请按花名册核对，无误当日接收。",
        organization=to_organization,
        cleared_by=COLLECTED_EVENT,
        url=f"/archives/handovers/{handover.pk}/",
    )
    audit.record(
        action="archive.transfer",
        subject=f"handover:{handover.pk}",
        detail={"number": handover.number, "archives": [row.pk for row in leaving]},
        by=by,
        organization=sender,
    )
    return handover


@acts.whole
def collect_archives(
    *,
    handover: ArchiveHandover | int,
    checked: Iterable[PersonnelArchive],
    by: Any,
    on: dt.date | None = None,
    mismatch: dict[int, str] | None = None,
) -> list[PersonnelArchive]:
    """Receive the checked archives of a list on the day (J-4.2.1 提取档案). `handover`: the list or its id; `mismatch`:
    archive id → what does not agree.

    A mismatch goes back to the district as 已审待转 with a task there. The list is closed when no archive is left on it.
    Returns the archives received.
    """
    on, mismatch = on or clock.today(), mismatch or {}
    handover = rows.one(ArchiveHandover, "t.id = %s FOR UPDATE", str(getattr(handover, "pk", handover)))
    wanted = [archive.pk for archive in checked if archive.pk not in mismatch]
    named = [str(pk) for pk in (*wanted, *mismatch)]
    waiting = {row.pk: row for row in rows.fetch(PersonnelArchive, _ON_LIST, str(handover.pk), named)}
    if strange := [pk for pk in [*wanted, *mismatch] if pk not in waiting]:
        raise NotPossible(Why("not_on_list", f"有{len(strange)}份档案不在这份花名册的待接收之列，请刷新后重新核对。"))
    received = []
    for pk in wanted:
        row = waiting[pk]
        giver, row.organization_id, row.state = row.organization_id, handover.organization_id, State.COLLECTED
        row.version += 1
        rows.update(row, "organization", "state", "version")
        _move(
            row,
            Move.COLLECTED,
            on=on,
            by=by,
            from_organization_id=giver,
            to_organization_id=handover.organization_id,
            handover=handover,
        )
        received.append(row)
    for pk, text in mismatch.items():
        row = waiting[pk]
        row.state, row.handover = State.REVIEWED, None
        row.version += 1
        row.save()
        _move(row, Move.REJECTED, on=on, by=by, to_organization=row.organization, handover=handover, note=text[:300])
        taskboard.open_task(
            key=f"archives.mismatch:{row.pk}:{handover.pk}",
            title=f"核对 {row.person.name} 的档案",
            reason=f"{handover.organization}核对花名册{handover.number}时发现不符：{text}"[:300],
            organization=row.organization,
            person=row.person,
            cleared_by="ArchiveCorrected",
        )
    if rows.value(_LIST_IS_EMPTY, str(handover.pk)):
        handover.collected_on, handover.collected_by = on, by
        rows.update(handover, "collected_on", "collected_by")
        taskboard.clear(key=COLLECT_TASK.format(handover.pk), event=COLLECTED_EVENT, outcome=f"接收{len(received)}份")
    audit.record(
        action="archive.collect",
        subject=f"handover:{handover.pk}",
        detail={"received": wanted, "mismatch": {str(pk): text for pk, text in mismatch.items()}},
        by=by,
        organization=handover.organization_id,
    )
    return received


@acts.whole
def redirect_archive(
    *, archive: PersonnelArchive, to_organization: Organization, by: Any, on: dt.date | None = None, note: str = ""
) -> PersonnelArchive:
    """The person belongs to another street now: an archive not yet collected waits at its holder for the new street's list;
    one already at a street goes on that street's list to the new one."""
    held, on = lock(archive), on or clock.today()
    _demand(held, PersonnelArchive.HELD, "改转")
    if held.target_organization_id == to_organization.pk:
        return held
    held.target_organization, held.handover = to_organization, None
    if held.state in (State.IN_TRANSFER, State.COLLECTED):
        held.state = State.REVIEWED
        held.transfer_due_on = calendar_table.current().add_working_days(on, limits.transfer_working_days())
    held.version += 1
    held.save()
    _move(
        held,
        Move.REDIRECTED,
        on=on,
        by=by,
        from_organization=held.organization,
        to_organization=to_organization,
        note=note,
    )
    audit.record(
        action="archive.redirect",
        subject=f"archive:{held.pk}",
        detail={"to": to_organization.pk, "note": note},
        by=by,
        organization=held.organization,
    )
    return held


@acts.whole
def hand_out_archive(*, archive: PersonnelArchive, to: str, by: Any, on: dt.date | None = None) -> PersonnelArchive:
    """The archive leaves for an employer or another keeper named in `to`."""
    held, on = lock(archive), on or clock.today()
    _demand(held, (State.COLLECTED, State.REVIEWED), "转出")
    held.state = State.RETURNED
    held.version += 1
    held.save()
    _move(held, Move.RETURNED, on=on, by=by, from_organization=held.organization, note=to)
    audit.record(
        action="archive.hand_out",
        subject=f"archive:{held.pk}",
        detail={"to": to},
        by=by,
        organization=held.organization,
    )
    return held


@acts.whole
def cancel_archive(*, archive: PersonnelArchive, reason: str, by: Any, on: dt.date | None = None) -> PersonnelArchive:
    """Undo a receipt that was a mistake, e.g. when its import is undone. Only before it leaves the district."""
    held, on = lock(archive), on or clock.today()
    _demand(held, (State.RECEIVED, State.INCOMPLETE, State.REVIEWED), "撤销")
    held.state = State.CANCELLED
    held.version += 1
    held.save()
    _move(held, Move.CANCELLED, on=on, by=by, from_organization=held.organization, note=reason[:300])
    audit.record(
        action="archive.cancel",
        subject=f"archive:{held.pk}",
        detail={"reason": reason},
        by=by,
        organization=held.organization,
    )
    return held

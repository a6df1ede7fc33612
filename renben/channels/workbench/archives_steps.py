"""Archive acts and their cases go together: where a step of Q-1.2.2 or J-4.2.1 stands open, the act goes through it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from renben.channels.workbench.attempts import unblocked
from renben.engines.procedures import actions, definitions, queries
from renben.engines.procedures.models import CaseStep
from renben.engines.procedures.schema import Step
from renben.kernel import clock
from renben.services.registration import archives
from renben.services.registration.models import ArchiveHandover, PersonnelArchive

DISTRICT, STREET = "Q-1.2.2", "J-4.2.1"
OPEN = [CaseStep.State.READY, CaseStep.State.PAUSED]


def open_step(archive: PersonnelArchive, key: str) -> CaseStep | None:
    """The open step `key` of the archive's own case (Q-1.2.2), if there is one."""
    if archive.case_id is None:
        return None
    return (
        CaseStep.objects.filter(case_id=archive.case_id, key=key, state__in=OPEN)
        .select_related("case", "organization")
        .order_by("-id")
        .first()
    )


def collect_step(archive: PersonnelArchive) -> CaseStep | None:
    """The open step 提取档案 of the person's case at the street, if there is one."""
    return (
        CaseStep.objects.filter(
            case__person_id=archive.person_id, case__procedure_id=STREET, key="collect", state=CaseStep.State.READY
        )
        .select_related("case", "organization")
        .order_by("-id")
        .first()
    )


def opens_case(archive: PersonnelArchive) -> bool:
    """True for an archive that came in by roster: its case begins with the first review."""
    return archive.case_id is None and archive.organization.tier == "district"


def with_case(archive: PersonnelArchive, by: Any) -> None:
    """Open Q-1.2.2 for an archive of the district that has no case yet, so that limits and timeline begin."""
    if opens_case(archive):
        archive.case = actions.start(
            procedure_id=DISTRICT, organization=archive.organization, by=by, person=archive.person
        )
        archive.save(update_fields=["case"])


def review_of(archive: PersonnelArchive) -> Step | None:
    """The review step in force for this archive: its case's version, else the current one."""
    step = open_step(archive, "review")
    if step is not None:
        return queries.procedure_of(step.case).step("review")
    return definitions.current(DISTRICT)[1].step("review") if opens_case(archive) else None


def papers_of(archive: PersonnelArchive) -> list[str]:
    """Names of the papers a review can ask for."""
    spec = review_of(archive)
    return [paper.name for paper in spec.evidence] if spec is not None else []


def choices_of_source(archive: PersonnelArchive) -> list[tuple[str, str]]:
    """The kinds of source the procedure knows, for the case's first step."""
    spec = review_of(archive)
    if spec is None:
        return []
    field = next(f for f in spec.fields if f.name == "archive_source")
    return [(choice.value, choice.label) for choice in field.choices]


def say_what_is_missing(*, archive: PersonnelArchive, missing: Sequence[str], by: Any) -> None:
    """材料不齐: once, with everything. The case's clock stops; the archive waits."""
    with_case(archive, by)
    step = open_step(archive, "review")
    if step is not None and step.state == CaseStep.State.READY:
        unblocked(actions.return_for_correction(step_id=step.pk, missing=list(missing), reason="档案材料不齐", by=by))
    archives.review_archive(archive=archive, by=by, missing=missing)


def approve(*, archive: PersonnelArchive, source: str, by: Any, facts: dict[str, Any]) -> None:
    """审核通过 and what the papers say; a paused case goes on first."""
    with_case(archive, by)
    archives.record_facts(archive=archive, by=by, **facts)
    step = open_step(archive, "review")
    if step is None:
        archives.review_archive(archive=archive, by=by)
        return
    if step.state == CaseStep.State.PAUSED:
        unblocked(actions.resume_after_correction(step_id=step.pk, by=by))
    data = {"archive_source": source} if source else {}
    step.case.data = step.case.data | data
    received = [line.name for line in queries.checklist(step) if line.is_needed is not False]
    unblocked(actions.act(step_id=step.pk, outcome="done", by=by, data=data, received=received))
    archive.refresh_from_db()
    if archive.state != PersonnelArchive.State.REVIEWED:
        archives.review_archive(archive=archive, by=by)


def record(*, archive: PersonnelArchive, by: Any) -> bool:
    """录入系统: finish the step when it is open. False when there was nothing to finish."""
    step = open_step(archive, "record")
    if step is None:
        return False
    unblocked(actions.act(step_id=step.pk, outcome="done", by=by, data={"archive_number": archive.archive_number}))
    return True


def transfer(*, rows: Iterable[PersonnelArchive], to: Any, by: Any) -> ArchiveHandover:
    """转移档案 of all chosen archives on the street's list of today, through their cases where they have one.

    An archive whose 录入 is still open has it finished first: its facts are on file.
    """
    rows = list(rows)
    handover = archives.transfer_archives(archives=rows, to_organization=to, by=by)
    for row in rows:
        if row.case_id is None:
            continue
        record(archive=row, by=by)
        step = open_step(row, "transfer")
        if step is not None:
            unblocked(actions.act(step_id=step.pk, outcome="done", by=by))
    return handover


def collect(
    *, handover: ArchiveHandover, checked: Sequence[PersonnelArchive], mismatch: dict[int, str], by: Any
) -> list[PersonnelArchive]:
    """提取档案: receive the checked ones today, note what does not agree, and move each person's case on."""
    received = archives.collect_archives(handover=handover, checked=checked, by=by, mismatch=mismatch)
    for row in received:
        step = collect_step(row)
        if step is not None:
            today = clock.today().isoformat()
            unblocked(actions.act(step_id=step.pk, outcome="done", by=by, data={"roster_checked_on": today}))
    return received

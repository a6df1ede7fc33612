"""The one writer of labour status (就业状态): half-open spells, sources with precedence, contradictions become tasks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.kernel import acts, clock, rows, taskboard
from renben.kernel.models import LabourSpell, Person

PRECEDENCE = {"registration": 3, "archive": 3, "employer": 2, "survey": 1, "import": 1, "demo": 0}
"""A source may end the running spell of a source of equal or lower rank; a lower rank that contradicts opens a task."""


def last_spell(person: Person) -> LabourSpell | None:
    """The latest spell, locked; it is the running one when it has no end, since spells never overlap."""
    return rows.one(
        LabourSpell, "t.person_id = %s ORDER BY t.start_on DESC, t.id DESC LIMIT 1 FOR UPDATE", str(person.pk)
    )


@acts.whole
def set_status(
    *, person: Person, status: str, start_on: dt.date, source: str, by: Any = None, evidence: str = "", **fields: Any
) -> LabourSpell | None:
    """Begin a spell on `start_on`, ending the running one there. Same status again changes nothing.

    Returns the spell, or None when a higher source says otherwise: then a task asks the office to clear it up.
    """
    return follow_spell(
        last_spell(person),
        person=person,
        status=status,
        start_on=start_on,
        source=source,
        by=by,
        evidence=evidence,
        **fields,
    )


@acts.whole
def take_back_spell(*, person: Person, start_on: dt.date, source: str, evidence: str) -> LabourSpell | None:
    """A spell recorded by mistake goes, and the one it ended runs on: only the running spell, and only what this source began on
    that day with this evidence. None when something else stands there by now; the caller asks for it to be cleared up."""
    current = last_spell(person)
    expected = (start_on, None, source, evidence)
    if current is None or (current.start_on, current.end_on, current.source, current.evidence) != expected:
        return None
    before = LabourSpell.objects.select_for_update().filter(person=person, end_on=start_on).first()
    if before is None:
        return None
    current.delete()
    before.end_on = None
    before.save(update_fields=["end_on"])
    person.labour_status = before.status
    person.save(update_fields=["labour_status"])
    return before


def follow_spell(
    current: LabourSpell | None,
    *,
    person: Person,
    status: str,
    start_on: dt.date,
    source: str,
    by: Any = None,
    evidence: str = "",
    **fields: Any,
) -> LabourSpell | None:
    """`set_status` for an act that holds the `last_spell` already."""
    if current is not None and current.end_on is None:
        if current.status == status:
            return current
        if PRECEDENCE.get(source, 0) < PRECEDENCE.get(current.source, 0):
            taskboard.open_task(
                key=f"status:{person.pk}:{status}:{start_on}",
                title=f"核对 {person.name} 的就业状态",
                reason=f"{source} 报告为“{LabourSpell.Status(status).label}”，与在案的“{current.get_status_display()}”不一致。",
                organization=person.organization,
                person=person,
                cleared_by="LabourStatusConfirmed",
            )
            return None
        if start_on <= current.start_on:
            start_on = current.start_on + dt.timedelta(days=1)
        current.end_on = start_on
        rows.update(current, "end_on")
    elif current is not None and current.end_on is not None and start_on < current.end_on:
        start_on = current.end_on
    spell = LabourSpell(
        person=person,
        status=status,
        start_on=start_on,
        source=source,
        evidence=evidence,
        recorded_by=by,
        recorded_at=clock.now(),
        **fields,
    )
    rows.insert([spell])
    person.labour_status = status
    rows.update(person, "labour_status")
    return spell

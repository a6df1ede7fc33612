"""How every act begins: one statement locks the step and its case and brings the office, the person and the right to act."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from renben.engines.procedures.models import Case, CaseStep
from renben.kernel.models import Organization, Person
from renben.kernel.rows import columns, fields_of, first_of, made


@dataclass(frozen=True)
class LockedStep:
    """A step with its case, locked; whether the reader's own post allows it, else the delegation that does."""

    step: CaseStep
    has_post: bool
    delegation_id: int | None


@cache
def _lock_sql() -> str:
    step, case = columns(CaseStep, "s"), columns(Case, "c")
    office, person = columns(Organization, "o"), columns(Person, "n")
    post = (
        "kernel_post p JOIN kernel_staffmember m ON m.id = p.staff_id WHERE p.organization_id = s.organization_id"
        " AND p.role = ANY(s.roles) AND p.start_on <= %(day)s AND (p.end_on IS NULL OR p.end_on > %(day)s)"
    )
    return (
        f"SELECT EXISTS (SELECT 1 FROM {post} AND m.user_id = %(user)s),"
        " (SELECT min(d.id) FROM kernel_delegation d JOIN kernel_staffmember t ON t.id = d.to_staff_id"
        " WHERE t.user_id = %(user)s AND d.start_on <= %(day)s AND d.end_on > %(day)s AND d.revoked_at IS NULL"
        f" AND EXISTS (SELECT 1 FROM {post} AND m.id = d.from_staff_id)),"
        f" {step}, {case}, {office}, {person}"
        " FROM procedures_casestep s JOIN procedures_case c ON c.id = s.case_id"
        " JOIN kernel_organization o ON o.id = s.organization_id LEFT JOIN kernel_person n ON n.id = c.person_id"
        " WHERE s.id = %(step)s FOR UPDATE OF s, c"
    )


def lock_step(step_id: int, by: Any, day: dt.date) -> LockedStep | None:
    """Lock a step and its case and find out whether `by` may act on it, in one statement. None when there is no such step."""
    user = getattr(by, "pk", None)
    row = first_of(_lock_sql(), {"step": str(step_id), "user": user and str(user), "day": day})
    if row is None:
        return None
    has_post, delegation_id, *values = row
    second = len(fields_of(CaseStep))
    third = second + len(fields_of(Case))
    fourth = third + len(fields_of(Organization))
    step = made(CaseStep, values[:second])
    case = step.case = made(Case, values[second:third])
    step.organization = made(Organization, values[third:fourth])
    if case.organization_id == step.organization_id:
        case.organization = step.organization
    if case.person_id is not None:
        case.person = made(Person, values[fourth:])
    return LockedStep(step, has_post, None if has_post else delegation_id)

"""Facts of a case of Q-1.3.6 that are known already, for fields that name a `source_fact`: shown, not asked again."""

from __future__ import annotations

from renben.engines.procedures.models import Case
from renben.services.support.grants import applying, noticing
from renben.services.support.grants.models import Grant, GrantNotice


def grant_of(case: Case) -> Grant | None:
    """The application of the case."""
    return Grant.objects.filter(case=case).select_related("organization", "employer", "case").first()


def _notice(case: Case) -> GrantNotice | None:
    grant = grant_of(case)
    return noticing.current(grant) if grant is not None else None


def people_count(case: Case) -> int | None:
    grant = grant_of(case)
    return len(applying.counted(grant)) if grant is not None else None


def amount(case: Case) -> int | None:
    """The computed amount in fen; None while a standard is missing."""
    grant = grant_of(case)
    return applying.total_fen(grant) if grant is not None else None


def notice_from(case: Case) -> str | None:
    notice = _notice(case)
    return notice.from_on.isoformat() if notice is not None else None


def notice_to(case: Case) -> str | None:
    """The last day of the notice, with the days an objection was open added."""
    notice = _notice(case)
    return noticing.due_of(notice).raw_on.isoformat() if notice is not None else None


def notice_weeks(case: Case) -> int | None:
    """How long a notice lasts, in the unit of the limit."""
    return noticing.length().n if _notice(case) is not None else None


def objections_received(case: Case) -> int | None:
    notice = _notice(case)
    return notice.objections.count() if notice is not None else None


def payee(case: Case) -> str | None:
    """Whose account the money goes to."""
    grant = grant_of(case)
    if grant is None:
        return None
    if grant.employer is not None:
        return grant.employer.name
    lines = applying.counted(grant)
    return lines[0].person.name if lines else None

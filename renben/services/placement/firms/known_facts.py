"""What a case may say of 空岗报告 agreements: the paper of its employer, and the figures of its office (Q-1.1.2 制定方案)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from renben.engines.procedures.models import Case
from renben.kernel import clock
from renben.services.placement.firms import agreements, reports
from renben.services.placement.firms.models import VacancyAgreement

OF_PAPER: dict[str, Callable[[VacancyAgreement], Any]] = {
    "number": lambda one: one.number,
    "signed_on": lambda one: one.signed_on,
    "starts_on": lambda one: one.starts_on,
    "until": lambda one: one.until,
    "rhythm": lambda one: one.get_rhythm_display(),
    "contact": lambda one: one.contact_name,
    "phone": agreements.phone_of,
}


def _running(case: Case, day: dt.date) -> list[VacancyAgreement]:
    rows = VacancyAgreement.objects.of_state("running", day)
    return list(rows.filter(organization__path__startswith=case.organization.path).order_by("id"))


def in_force(case: Case) -> int:
    """Agreements of the office's territory that hold today."""
    return len(_running(case, clock.today()))


def silent(case: Case) -> int:
    """Firms whose report of the last ended period did not come."""
    today = clock.today()
    found = 0
    for periods in reports.periods_of(_running(case, today), today).values():
        ended = [one for one in periods if one.end <= today]
        found += bool(ended) and ended[-1].state == "missing"
    return found


OF_OFFICE: dict[str, Callable[[Case], int]] = {"in_force": in_force, "silent": silent}


def fact(case: Case, name: str) -> Any:
    """One fact for a printed form; None when the employer has no agreement."""
    if name in OF_OFFICE:
        return OF_OFFICE[name](case)
    held = agreements.current_of(case.employer, clock.today()) if case.employer is not None else None
    return (OF_PAPER[name](held) or None) if held is not None else None


def known(case: Case, name: str) -> Any:
    """One fact for a field of a step, as it is stored. `name` is the whole source fact."""
    value = fact(case, name.removeprefix("agreement."))
    return value.isoformat() if isinstance(value, dt.date) else value

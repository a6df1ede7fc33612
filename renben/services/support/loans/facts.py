"""Facts of a loan's case that are known already, for fields that name a `source_fact`: shown, not asked again.

Each takes the case and answers None when nobody knows.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures.models import Case
from renben.services.support.loans import applying, facts_firms, inspecting, interest, recovering
from renben.services.support.loans.codes import FIRMS, SEEN, CheckOccasion, CheckWay, LoanKind
from renben.services.support.loans.models import Loan, LoanCheck, LoanEvent


def loan_of(case: Case) -> Loan | None:
    """The loan of the case's journey."""
    return Loan.objects.of_journey(case.journey_id)


def round_of(case: Case) -> str | None:
    """再次, when the platform knows of an earlier loan; a first one is asked about."""
    if not case.person_id:
        return None
    return "again" if applying.rounds_on_record(case.person, apart_from=loan_of(case)) else None


def _own(case: Case, name: str) -> Any:
    loan = loan_of(case)
    value = getattr(loan, name) if loan is not None else None
    return value.isoformat() if isinstance(value, dt.date) else value


def borrower_name(case: Case) -> str | None:
    """Whose loan the case is; a duty is about many."""
    return case.person.name if case.person_id and not case.duty else None


def guarantor(case: Case) -> str | None:
    return _own(case, "guarantor")


def sent_on(case: Case) -> str | None:
    """The day the loan was recommended to the guarantor, when that was written on its page."""
    loan = loan_of(case)
    if loan is None:
        return None
    sent = loan.events.filter(kind=LoanEvent.Kind.RECOMMENDED).order_by("-id").first()
    return sent.on.isoformat() if sent is not None else None


def pledge_value(case: Case) -> int | None:
    return _own(case, "pledge_fen")


def file_number(case: Case) -> str | None:
    """Empty in a duty, which is about many loans."""
    return None if case.duty else _own(case, "file_number")


def due_on(case: Case) -> str | None:
    return _own(case, "due_on")


def settled_on(case: Case) -> str | None:
    return _own(case, "settled_on")


def repayment_state(case: Case) -> str | None:
    """As far as the loan's own page tells: overdue, paid by the guarantor, or paid back (early before the last day)."""
    loan = loan_of(case)
    if loan is None:
        return None
    if loan.state == Loan.State.REPAID:
        return "early" if loan.due_on and loan.settled_on and loan.settled_on < loan.due_on else "on_time"
    if loan.state in (Loan.State.PAID_OUT, Loan.State.RECOVERING, Loan.State.RECOVERED):
        return "compensated"
    return "overdue" if loan.state == Loan.State.DEFAULTED else None


def recovered(case: Case) -> int | None:
    loan = loan_of(case)
    return recovering.account_of(loan).recovered or None if loan is not None else None


def owed(case: Case) -> int | None:
    loan = loan_of(case)
    return recovering.account_of(loan).owed if loan is not None and loan.is_lent else None


def running_shops(case: Case) -> int | None:
    return inspecting.running_at(case.organization, LoanKind.INDIVIDUAL).count() if case.period_on else None


def running_firms(case: Case) -> int | None:
    return inspecting.running_at(case.organization, *FIRMS).count() if case.period_on else None


def _checks(case: Case, *kinds: str, **more: Any) -> list[LoanCheck]:
    """Inspections of the period that somebody wrote on the loans' pages already."""
    if not case.period_on:
        return []
    loans = inspecting.running_at(case.organization, *kinds)
    found = LoanCheck.objects.filter(loan__in=loans, on__gte=case.period_on, **more)
    found = found.exclude(occasion=CheckOccasion.COMMUNITY)
    return list(found.select_related("loan__person", "loan__employer").order_by("on", "id"))


def month_checks(case: Case) -> list[dict[str, Any]] | None:
    """The lines of the monthly duty: every inspection of the month with its seven answers."""
    return [
        {
            "borrower": check.loan.file_number or check.loan.business_name or check.loan.borrower_name,
            "day": check.on.isoformat(),
            "way": check.way,
        }
        | {name: check.seen.get(name) or check.note or "没有变化" for name in SEEN}
        for check in _checks(case, LoanKind.INDIVIDUAL)
    ] or None


def quarter_visits(case: Case) -> list[dict[str, Any]] | None:
    """The lines of the quarterly duty of the street."""
    return [
        {
            "borrower": check.loan.file_number or check.loan.business_name or check.loan.borrower_name,
            "day": check.on.isoformat(),
            "place": check.loan.place or "经营场所",
            "finding": check.note or check.seen.get("business") or "没有变化",
        }
        for check in _checks(case, LoanKind.INDIVIDUAL, way=CheckWay.ON_SITE)
    ] or None


def quarter_firms(case: Case) -> list[dict[str, Any]] | None:
    """The lines of the quarterly duty of the district."""
    return [
        {
            "employer": check.loan.business_name or check.loan.borrower_name,
            "visited_day": check.on.isoformat(),
            "state": "serious" if check.has_changed else "good",
            "used_for": check.seen.get("funds") or check.note or "与申请一致",
        }
        for check in _checks(case, *FIRMS, way=CheckWay.ON_SITE)
    ] or None


def _interest(loan: Loan) -> int | None:
    found = interest.granted(loan)
    return found.fen if found is not None else None


PRINTED = {"interest": _interest, **facts_firms.PRINTED}


def fact(case: Case, name: str) -> Any:
    """One fact of the journey's loan for a printed form (`loan.*`); None while there is none."""
    loan = loan_of(case)
    return PRINTED[name](loan) if loan is not None else None

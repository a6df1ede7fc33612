"""What every act on a loan shares: the lock, the state it must be in, the line of its timeline, the audit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.documents.formatting import yuan
from renben.kernel import audit, clock
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.loans.models import Loan, LoanEvent


def lock(loan: Loan) -> Loan:
    """The loan as it stands now, locked until the transaction ends."""
    return (
        Loan.objects.select_for_update(of=("self",))
        .select_related("person", "employer", "organization__parent", "determination", "case")
        .get(pk=loan.pk)
    )


def demand_state(loan: Loan, *states: str) -> None:
    """NotPossible when the loan stands elsewhere."""
    if loan.state not in states:
        text = f"贷款现在是“{loan.get_state_display()}”，不能办这一步。"
        raise NotPossible(Why("loan_state", text, "请按先后次序办理。"))


def demand_past(day: dt.date, label: str) -> None:
    """NotPossible for a day to come."""
    if day > clock.today():
        raise NotPossible(Why("future", f"{label}还没到，请核对。"))


def tell(
    loan: Loan, kind: str, on: dt.date, by: Any, *, text: str = "", fen: int | None = None, case: Any = None
) -> LoanEvent:
    """One line of the loan's timeline."""
    return LoanEvent.objects.create(
        loan=loan, kind=kind, on=on, text=text, fen=fen, case=case, recorded_at=clock.now(), recorded_by=by
    )


def keep(loan: Loan, action: str, by: Any, **detail: Any) -> Loan:
    """Save the loan with its next version, on record."""
    loan.version += 1
    loan.save()
    audit.record(
        action=f"loan.{action}",
        subject=f"person:{loan.person_id}" if loan.person_id else f"employer:{loan.employer_id}",
        detail={"loan": loan.pk, "state": loan.state, **detail},
        by=by,
        organization=loan.organization,
    )
    return loan


def money(fen: int) -> str:
    """Fen as people read it: ``80,000.00元``."""
    return f"{yuan(fen)}元"

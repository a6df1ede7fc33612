"""Facts of a labour-intensive firm's loan, for its fields and its printed papers; None while nobody knows."""

from __future__ import annotations

from typing import Any

from renben.engines.procedures.models import Case
from renben.services.support.loans import firm_rules, firms
from renben.services.support.loans.models import Loan

MONTHS_OF_YEAR = 12


def asked(case: Case) -> int | None:
    """The sum asked for, in fen."""
    loan = Loan.objects.of_journey(case.journey_id)
    return loan.amount_fen if loan is not None else None


def staff_before(loan: Loan) -> int | None:
    staffing = firms.staffing_of(loan)
    return staffing.staff_before if staffing is not None else None


def new_hires(loan: Loan) -> int | None:
    """Those of the roster who count."""
    rows = firms.hires_of(loan)
    return sum(row.is_counted for row in rows) if rows else None


def hire_share(loan: Loan) -> Any:
    """Percent of the staff before hiring."""
    staff, hired = staff_before(loan), new_hires(loan)
    return firm_rules.share_percent(staff, hired) if staff and hired is not None else None


def contract_years(loan: Loan) -> Any:
    """The shortest contract of who counts, in years: 1, 1.5."""
    return f"{loan.contract_months / MONTHS_OF_YEAR:.4g}" if loan.contract_months else None


def staff_size(loan: Loan) -> str | None:
    staff, decided = staff_before(loan), loan.decided
    return firm_rules.size_text(staff, decided.as_of) or None if staff and decided is not None else None


def lender(loan: Loan) -> str | None:
    """Bank and guarantor."""
    return "、".join(dict.fromkeys(filter(None, [loan.bank, loan.guarantor]))) or None


def lent(loan: Loan) -> int | None:
    return loan.lent_fen


def issued_on(loan: Loan) -> str | None:
    return loan.issued_on.isoformat() if loan.issued_on else None


PRINTED = {
    "staff_before": staff_before,
    "new_hires": new_hires,
    "hire_share": hire_share,
    "contract_years": contract_years,
    "staff_size": staff_size,
    "lender": lender,
    "lent": lent,
    "issued_on": issued_on,
}

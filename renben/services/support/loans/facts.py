"""Facts of a loan's case that are known already, for fields that name a `source_fact`: shown, not asked again.

Each takes the case and answers None when nobody knows.
"""

from __future__ import annotations

from renben.engines.procedures.models import Case
from renben.services.support.loans import applying
from renben.services.support.loans.models import Loan


def loan_of(case: Case) -> Loan | None:
    """The loan of the case's journey."""
    return Loan.objects.of_journey(case.journey_id)


def round_of(case: Case) -> str | None:
    """再次, when the platform knows of an earlier loan; a first one is asked about."""
    if not case.person_id:
        return None
    return "again" if applying.rounds_on_record(case.person, apart_from=loan_of(case)) else None

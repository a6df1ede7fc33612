"""Rows of 贷款档案 and 贷后检查登记 (Q-1.3.3, J-5.4.5), read from loans and inspections, typed by nobody.

Each source has the signature `rows(*, as_of, known_at, scope_paths, filters, text) -> Rows`. A loan stands on the ledger from the
day the bank paid it out; one that was refused never does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from renben.engines.ledgers.engine import Rows
from renben.kernel.people import keys_of_query
from renben.services.support.loans.codes import SEEN
from renben.services.support.loans.models import Loan, LoanCheck, LoanEvent


def _within(paths: Sequence[str], prefix: str = "") -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{prefix}organization__path__startswith": path})
    return condition


def _named(text: str, prefix: str = "") -> Q:
    if not text:
        return Q()
    condition = Q(**{f"{prefix}business_name__icontains": text})
    for keys in keys_of_query(text):
        condition |= Q(**{f"{prefix}person__search_keys__contains": keys})
    return condition


def _month(filters: Mapping[str, Any], column: str) -> Q:
    month = filters.get("month")
    return Q(**{f"{column}__year": month.year, f"{column}__month": month.month}) if month else Q()


def loan_files(
    *, as_of: dt.date, known_at: dt.datetime | None, scope_paths: list[str], filters: dict[str, Any], text: str
) -> Rows:
    """贷款档案: every loan the bank has paid out by the day, with where it stands now."""
    rows = Loan.objects.filter(
        _within(scope_paths), _named(text), _month(filters, "issued_on"), issued_on__lte=as_of, state__in=Loan.ON_FILE
    )
    if known_at:
        lent = LoanEvent.objects.filter(kind=LoanEvent.Kind.LENT, recorded_at__lte=known_at)
        rows = rows.filter(pk__in=lent.order_by().values("loan"))

    def to_dict(row: Loan) -> dict[str, Any]:
        return {
            "_key": f"loan:{row.pk}",
            "_person": row.person_id,
            "_url": f"/loans/{row.pk}/",
            "number": row.file_number,
            "borrower": row.employer.name if row.employer is not None else row.person.name,
            "business": row.business_name,
            "uscc": row.employer.uscc if row.employer is not None else "",
            "amount": row.lent_fen,
            "lender": "、".join(dict.fromkeys(filter(None, [row.bank, row.guarantor]))),
            "granted_on": row.issued_on,
            "arrived_on": row.arrived_on,
            "due_on": row.due_on,
            "pieces": row.file_pieces,
            "place": row.file_place,
            "filed_on": row.filed_on if row.filed_on is not None and row.filed_on <= as_of else None,
            "state": row.get_state_display(),
            "office": row.organization.name,
        }

    found = rows.select_related("person", "employer", "organization").order_by("issued_on", "id")
    return Rows(found, to_dict, sums={"amount": "lent_fen"})


def loan_checks(
    *, as_of: dt.date, known_at: dt.datetime | None, scope_paths: list[str], filters: dict[str, Any], text: str
) -> Rows:
    """贷后检查登记: every inspection made by the day, with its seven answers."""
    rows = LoanCheck.objects.filter(
        _within(scope_paths, "loan__"), _named(text, "loan__"), _month(filters, "on"), on__lte=as_of
    )
    if known_at:
        rows = rows.filter(recorded_at__lte=known_at)

    def to_dict(row: LoanCheck) -> dict[str, Any]:
        return {
            "_key": f"loancheck:{row.pk}",
            "_person": row.loan.person_id,
            "_url": f"/loans/{row.loan_id}/",
            "borrower": row.loan.borrower_name,
            "check_round": row.get_occasion_display(),
            "day": row.on,
            "way": row.get_way_display(),
            "note": "；".join(filter(None, [row.note, row.problem])),
            "office": row.loan.organization.short_name,
            "handler": row.inspector,
        } | {name: row.seen.get(name, "") for name in SEEN}

    found = rows.select_related("loan__person", "loan__employer", "loan__organization").order_by("on", "id")
    return Rows(found, to_dict)

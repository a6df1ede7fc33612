"""Limits of the loan procedures as days, read from the catalogue's version in force; no figure stands in code."""

from __future__ import annotations

import datetime as dt

from renben.engines.procedures.deadlines import rule_of
from renben.kernel import calendar_table, duedates
from renben.services.registration.limits import procedure
from renben.services.support.loans.codes import FIRMS, LoanKind

FIRST_CHECK = {
    LoanKind.INDIVIDUAL: ("J-5.4.5", "post_loan/first_check"),
    **dict.fromkeys(FIRMS, ("Q-1.3.3", "after_care/first_inspection")),
}
FILING = {
    LoanKind.INDIVIDUAL: ("J-5.4.5", "post_loan/loan_file"),
    **dict.fromkeys(FIRMS, ("Q-1.3.3", "archive/file_loan")),
}
REPORT = ("J-5.4.5", "post_loan/written_report")
CHANGE = ("J-5.4.5", "post_loan/material_change")


def _last_day(place: tuple[str, str], start: dt.date) -> dt.date:
    procedure_id, limit = place
    rule = rule_of(procedure(procedure_id).limit(limit))
    if rule is None:
        raise ValueError(f"{procedure_id}/{limit} names no number of days")
    return duedates.due(start, rule, calendar_table.current()).on


def first_check_by(kind: str, arrived_on: dt.date) -> dt.date:
    """The last day for the first inspection after the money came."""
    return _last_day(FIRST_CHECK[LoanKind(kind)], arrived_on)


def file_by(kind: str, issued_on: dt.date) -> dt.date:
    """The last day to make the loan's file after it was paid out."""
    return _last_day(FILING[LoanKind(kind)], issued_on)


def report_by(found_on: dt.date) -> dt.date:
    """The last day to report a problem in writing."""
    return _last_day(REPORT, found_on)


def change_by(found_on: dt.date) -> dt.date:
    """The last day to report a material change."""
    return _last_day(CHANGE, found_on)

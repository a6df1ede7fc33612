"""每月核对扣款: the street looks whether the bank took the contribution; a month that was not paid in is not granted (J-4.3.2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from renben.kernel import acts, audit, clock
from renben.kernel.models import Organization
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support import adjusting, planning
from renben.services.support.models import InsuranceSubsidy, SubsidyMonth
from renben.services.support.months import first_of

State = SubsidyMonth.State
CHECKABLE = (State.PLANNED, State.CHECKED, State.HELD, State.WITHHELD, State.RETURNED)


@dataclass(frozen=True)
class Debit:
    """What the passbook says about one month. `fen` is what the bank took, None when the clerk did not write it down."""

    row: SubsidyMonth
    is_debited: bool
    fen: int | None = None
    reason: str = ""


def to_check(organization: Organization, month: dt.date) -> QuerySet[SubsidyMonth]:
    """Every month up to `month` whose debit nobody has looked at, and what was looked at for `month` itself."""
    rows = SubsidyMonth.objects.filter(
        subsidy__organization__path__startswith=organization.path,
        subsidy__agreed_on__isnull=False,
        month__lte=first_of(month),
    ).exclude(state=State.SKIPPED)
    waiting = rows.filter(state=State.PLANNED) | rows.filter(month=first_of(month), is_debited__isnull=False)
    return waiting.select_related("person", "subsidy__organization").order_by("month", "person__pinyin", "id")


def _demand(debit: Debit) -> None:
    row = debit.row
    if row.month > first_of(clock.today()):
        raise NotPossible(Why("future", f"{row.month:%Y年%m月}还没有到，不能核对扣款。"))
    if row.state == State.SKIPPED:
        raise NotPossible(Why("skipped", f"{row.month:%Y年%m月}不发放：{row.reason}"))
    if not debit.is_debited and not debit.reason.strip():
        raise NotPossible(Why("no_reason", f"{row.month:%Y年%m月}没有扣款的原因没有写。", "例如：存折余额不足。"))
    if debit.fen is not None and debit.fen < 0:
        raise NotPossible(Why("negative", "扣款额不能小于零。"))


@acts.whole
def record_debit(*, debit: Debit, by: Any, on: dt.date | None = None) -> SubsidyMonth:
    """Record what the passbook says about one month.

    Paid in: the month waits for payment. Not paid in: it is not granted, with the reason, and uses nothing up. Known late,
    after the money went out, it becomes money to recover; corrected the other way it is paid with the next list (补发).
    """
    subsidy = planning.lock(debit.row.subsidy)
    row = (
        SubsidyMonth.objects.select_for_update(of=("self",)).select_related("payment_line__batch").get(pk=debit.row.pk)
    )
    row.subsidy = subsidy
    _demand(Debit(row, debit.is_debited, debit.fen, debit.reason))
    row.is_debited, row.debit_fen = debit.is_debited, debit.fen
    row.checked_on, row.checked_by = on or clock.today(), by
    reason = debit.reason.strip()[:200]
    if row.state in CHECKABLE:
        row.state = State.CHECKED if debit.is_debited else State.WITHHELD
        row.reason = "" if debit.is_debited else f"当月没有扣款：{reason}"
        if debit.is_debited:
            planning.revalue(row)
    elif row.state == State.LISTED and not debit.is_debited and not planning.is_fixed(row):
        planning.take_off(row, f"当月没有扣款：{reason}", by, state=State.WITHHELD)
    row.save()
    if subsidy.state == InsuranceSubsidy.State.DRAWING:
        planning.replan(subsidy=subsidy, by=by)
        subsidy.save()
    if row.state in (State.PAID, State.RECOVERED):
        adjusting.review_paid(subsidy=subsidy, by=by)
    audit.record(
        action="subsidy.debit",
        subject=f"person:{subsidy.person_id}",
        detail={
            "subsidy": subsidy.pk,
            "month": row.month,
            "debited": debit.is_debited,
            "fen": debit.fen,
            "reason": reason,
        },
        by=by,
        organization=subsidy.organization,
    )
    return row


@dataclass(frozen=True)
class Tally:
    """The check of one month at one office: how many were looked at, how many were right, and the others by name."""

    checked: int
    right: int
    wrong: list[SubsidyMonth]


def tally(organization: Organization, month: dt.date) -> Tally:
    """What the check of a month found (for the monthly duty of the street)."""
    rows = SubsidyMonth.objects.filter(
        subsidy__organization__path__startswith=organization.path, month=first_of(month), is_debited__isnull=False
    ).select_related("person")
    found = list(rows.order_by("person__pinyin", "id"))
    return Tally(len(found), sum(bool(row.is_debited) for row in found), [row for row in found if not row.is_debited])

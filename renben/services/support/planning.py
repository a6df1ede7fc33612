"""The months of a subsidy: planned when the agreement is signed, and planned anew whenever a fact changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentBatch
from renben.kernel import clock
from renben.services.support import claiming
from renben.services.support.decision import amount_of
from renben.services.support.models import InsuranceSubsidy, SubsidyMonth
from renben.services.support.months import Bounds, first_of, plan, shifted

State = SubsidyMonth.State
FIXED = (PaymentBatch.State.CONFIRMED, PaymentBatch.State.PAID)


def lock(subsidy: InsuranceSubsidy) -> InsuranceSubsidy:
    """The subsidy as it stands now, locked until the transaction ends."""
    return (
        InsuranceSubsidy.objects.select_for_update(of=("self",))
        .select_related("person", "organization__parent", "determination", "case")
        .get(pk=subsidy.pk)
    )


def last_month(subsidy: InsuranceSubsidy) -> dt.date:
    """The last month that may be granted: that of retirement, or the one before the subsidy stops."""
    retires = first_of(subsidy.retire_on)
    return min(retires, shifted(subsidy.stop_month, -1)) if subsidy.stop_month else retires


def bounds_of(subsidy: InsuranceSubsidy) -> Bounds:
    """What limits the months of this grant now."""
    return Bounds(subsidy.first_month, subsidy.ceiling, claiming.months_before(subsidy), last_month(subsidy))


def is_fixed(row: SubsidyMonth) -> bool:
    """On a list that is confirmed or paid: the money is out of hand."""
    return row.payment_line is not None and row.payment_line.batch.state in FIXED


def _value(row: SubsidyMonth) -> None:
    """The amount by the standard that holds now, or why there is none (D-07)."""
    found = amount_of(row.month, row.subsidy.insurances, today=clock.today())
    row.amount_fen = found.fen
    if found.fen is None:
        row.reason = found.reason[:300]


def revalue(row: SubsidyMonth) -> None:
    """Bring amount and reason of a month that stands on no list up to the standard of today."""
    if row.reason and row.state in (State.PLANNED, State.CHECKED):
        row.reason = ""
    _value(row)


def take_off(row: SubsidyMonth, reason: str, by: Any, *, state: str = State.SKIPPED) -> None:
    """A month that is not granted any more, off its draft list."""
    line, row.payment_line = row.payment_line, None
    row.state, row.reason = state, reason[:300]
    row.save()
    if line is not None:
        payments.drop_line(line=line, reason=reason, by=by)


def replan(*, subsidy: InsuranceSubsidy, by: Any, reason: str = "") -> list[SubsidyMonth]:
    """Bring the months in line with ceiling, months drawn elsewhere, retirement and stop. Inside a transaction.

    Months to come that are no longer granted are skipped, also from draft lists; skipped ones that are granted again come back;
    a month that brought nothing is made up for at the end. What is on a confirmed or paid list stays: returned are those of it
    that lie outside now, money to recover.
    """
    held = list(
        SubsidyMonth.objects.select_for_update(of=("self",))
        .filter(subsidy=subsidy)
        .select_related("payment_line__batch")
        .order_by("month")
    )
    for row in held:
        row.subsidy = subsidy
    fixed = {row.month for row in held if is_fixed(row)}
    lost = {row.month for row in held if row.state in (State.WITHHELD, State.RECOVERED)}
    lost |= _drawn_elsewhere(subsidy)
    wanted = plan(bounds_of(subsidy), drawn=fixed, lost=lost)
    by_month = {row.month: row for row in held}
    for row in held:
        if row.state in SubsidyMonth.GONE or row.month in fixed or row.month in wanted:
            continue
        take_off(row, reason or "超出可享受的月数或期限", by)
    for month in wanted:
        row = by_month.get(month)
        if row is None:
            row = SubsidyMonth(subsidy=subsidy, person_id=subsidy.person_id, month=month)
        elif row.state != State.SKIPPED:
            continue
        else:
            row.state, row.reason = State.CHECKED if row.is_debited else State.PLANNED, ""
        _value(row)
        row.save()
    subsidy.months_before = claiming.months_before(subsidy)
    subsidy.months_granted = len(wanted)
    inside = set(wanted)
    return [row for row in held if row.month in fixed and row.month not in inside]


def months_with(subsidy: InsuranceSubsidy, month: dt.date) -> list[dt.date]:
    """The months of the grant as they would be if a month that came back counted as drawn again."""
    held = list(subsidy.months.select_related("payment_line__batch").order_by("month"))
    gone = (State.WITHHELD, State.RECOVERED)
    lost = {row.month for row in held if row.state in gone and row.month != month}
    drawn = {row.month for row in held if row.state not in gone and is_fixed(row)} | {month}
    if len(drawn) > bounds_of(subsidy).count:
        return []
    return plan(bounds_of(subsidy), drawn=drawn, lost=lost | _drawn_elsewhere(subsidy))


def _drawn_elsewhere(subsidy: InsuranceSubsidy) -> set[dt.date]:
    """Months this person draws under another subsidy: they cannot be drawn twice."""
    rows = SubsidyMonth.objects.filter(person_id=subsidy.person_id, state__in=SubsidyMonth.COUNTED)
    return set(rows.exclude(subsidy=subsidy).order_by("month").values_list("month", flat=True))


def months_drawn(subsidy: InsuranceSubsidy) -> int:
    """Months of this subsidy that were paid and kept."""
    return subsidy.months.filter(state=State.PAID).count()

"""补发和追回: what was paid for a month against what the rules say today, when a fact came late or a standard changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F

from renben.engines.payments.models import PaymentLine
from renben.kernel import audit, clock, taskboard
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support import planning
from renben.services.support.decision import amount_of
from renben.services.support.models import InsuranceSubsidy, SubsidyAdjustment, SubsidyMonth

Kind, State = SubsidyAdjustment.Kind, SubsidyAdjustment.State


def due_now(row: SubsidyMonth) -> tuple[int | None, str]:
    """What a month should bring by today's facts and standards, and why; None while no standard is on file."""
    subsidy = row.subsidy
    if row.is_debited is False:
        return 0, "当月没有扣款，不应补贴"
    if row.month > planning.last_month(subsidy):
        event = subsidy.get_stop_event_display() if subsidy.stop_month else "达到法定退休年龄"
        return 0, f"{event}，这个月不应发放"
    if row.state == SubsidyMonth.State.SKIPPED:
        return 0, row.reason
    found = amount_of(row.month, subsidy.insurances, today=clock.today())
    return found.fen, f"按{found.document}应发" if found.fen is not None else found.reason


def _paid(row: SubsidyMonth) -> int:
    """What was paid for a month in all, recoveries taken off."""
    total = row.payment_line.fen if row.payment_line and row.payment_line.state == PaymentLine.State.PAID else 0
    for one in SubsidyAdjustment.objects.filter(subsidy=row.subsidy, month=row.month).exclude(state=State.VOID):
        if one.kind == Kind.DIFFERENCE and one.state == State.DONE:
            total += one.fen
        total -= one.settled_fen if one.kind == Kind.RECOVERY else 0
    return total


def _void(row: SubsidyMonth, kind: str) -> None:
    """An open adjustment that is not needed any more; of one that came back in part, that part stays settled."""
    mine = SubsidyAdjustment.objects.filter(subsidy=row.subsidy, month=row.month, kind=kind, state=State.OPEN)
    mine.filter(settled_fen=0).update(state=State.VOID)
    mine.filter(settled_fen__gt=0).update(state=State.DONE, fen=F("settled_fen"))


def _want(row: SubsidyMonth, kind: str, fen: int, reason: str, by: Any) -> None:
    """The open adjustment of a month says what is owed now."""
    other = Kind.RECOVERY if kind == Kind.DIFFERENCE else Kind.DIFFERENCE
    _void(row, other)
    held = SubsidyAdjustment.objects.filter(subsidy=row.subsidy, month=row.month, kind=kind, state=State.OPEN).first()
    if held is not None:
        held.fen, held.reason = fen + held.settled_fen, reason[:300]
        held.save(update_fields=["fen", "reason"])
        return
    if SubsidyAdjustment.objects.filter(subsidy=row.subsidy, month=row.month, kind=kind, state=State.LISTED).exists():
        return
    SubsidyAdjustment.objects.create(
        subsidy=row.subsidy,
        month=row.month,
        kind=kind,
        fen=fen,
        reason=reason[:300],
        recorded_at=clock.now(),
        recorded_by=by,
    )


@transaction.atomic
def review_paid(*, subsidy: InsuranceSubsidy, by: Any) -> list[SubsidyAdjustment]:
    """Compare every paid month with the rules of today; differences become 补发 or 追回. Running it again changes nothing.

    Returns what is open now. A month without a standard on file is left as it was paid.
    """
    rows = subsidy.months.filter(state=SubsidyMonth.State.PAID).select_related("payment_line").order_by("month")
    for row in rows:
        row.subsidy = subsidy
        due, reason = due_now(row)
        if due is None:
            continue
        owed = due - _paid(row)
        if owed > 0:
            _want(row, Kind.DIFFERENCE, owed, reason, by)
        elif owed < 0:
            _want(row, Kind.RECOVERY, -owed, reason, by)
        else:
            _void(row, Kind.DIFFERENCE)
            _void(row, Kind.RECOVERY)
    found = list(subsidy.adjustments.filter(state=State.OPEN).order_by("month", "id"))
    _tell(subsidy, _owed(subsidy))
    return found


def _tell(subsidy: InsuranceSubsidy, owed: list[SubsidyAdjustment]) -> None:
    """One task for all that is owed; it goes when nothing is owed any more."""
    if not owed:
        recoveries = subsidy.adjustments.filter(kind=Kind.RECOVERY).order_by("id")
        for pk in recoveries.values_list("pk", flat=True):
            taskboard.clear(key=f"subsidy.recover:{pk}", event="SubsidyRecovered", outcome="没有要追回的了")
        return
    total = sum(one.fen - one.settled_fen for one in owed)
    taskboard.open_task(
        key=f"subsidy.recover:{owed[0].pk}",
        title=f"追回多发的社会保险补贴：{subsidy.person.name}",
        reason=f"{owed[0].reason}；共{len(owed)}个月，{total / 100:,.2f}元。"[:300],
        organization=subsidy.organization,
        person=subsidy.person,
        cleared_by="SubsidyRecovered",
        url=f"/support/{subsidy.pk}/",
    )


def _owed(subsidy: InsuranceSubsidy) -> list[SubsidyAdjustment]:
    return list(subsidy.adjustments.filter(state=State.OPEN, kind=Kind.RECOVERY).order_by("month", "id"))


@transaction.atomic
def record_recovery(*, adjustment: SubsidyAdjustment, fen: int, on: dt.date, note: str, by: Any) -> SubsidyAdjustment:
    """Money that came back, in one sum or in parts, with what proves it; the month is free again once all of it is back."""
    held = (
        SubsidyAdjustment.objects.select_for_update(of=("self",))
        .select_related("subsidy__person")
        .get(pk=adjustment.pk)
    )
    left = held.fen - held.settled_fen
    if held.kind != Kind.RECOVERY or held.state != State.OPEN:
        raise NotPossible(Why("not_open", f"这一笔现在是“{held.get_state_display()}”，不用再登记追回。"))
    if not 0 < fen <= left:
        raise NotPossible(Why("amount", f"还应追回{left / 100:,.2f}元，填的是{fen / 100:,.2f}元，请核对。"))
    if on > clock.today():
        raise NotPossible(Why("future", "追回日期还没到，请核对。"))
    held.settled_fen += fen
    held.settled_note, held.settled_on = note[:200], on
    subsidy = planning.lock(held.subsidy)
    if held.settled_fen == held.fen:
        held.state = State.DONE
    held.save()
    if not (owed := _owed(subsidy)):
        _tell(subsidy, owed)
    row = subsidy.months.select_related("payment_line").get(month=held.month)
    row.subsidy = subsidy
    if held.state == State.DONE and _paid(row) == 0:
        row.state, row.reason = SubsidyMonth.State.RECOVERED, held.reason
        row.save(update_fields=["state", "reason"])
        if subsidy.state == InsuranceSubsidy.State.DRAWING:
            planning.replan(subsidy=subsidy, by=by)
            subsidy.save()
    audit.record(
        action="subsidy.recover",
        subject=f"person:{subsidy.person_id}",
        detail={"subsidy": subsidy.pk, "month": held.month, "fen": fen, "note": note},
        by=by,
        organization=subsidy.organization,
    )
    return held

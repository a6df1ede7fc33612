"""补发和追回: what was paid for a month against what the rules say today, when a fact came late or a standard changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max

from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentBatch, PaymentLine
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


@dataclass
class Account:
    """All money of one month: what lists give it, what came back, and what is open either way."""

    listed_fen: int = 0
    back_fen: int = 0
    open_lines: list[SubsidyAdjustment] = field(default_factory=list)
    on_drafts: list[SubsidyAdjustment] = field(default_factory=list)
    debt: SubsidyAdjustment | None = None

    @property
    def had_fen(self) -> int:
        return self.listed_fen - self.back_fen


def account_of(row: SubsidyMonth) -> Account:
    """What a month has had so far: its own line once paid, every 补发 on a list, less what came back."""
    line = row.payment_line
    found = Account(line.fen if line is not None and line.state == PaymentLine.State.PAID else 0)
    rows = SubsidyAdjustment.objects.filter(subsidy=row.subsidy_id, month=row.month).exclude(state=State.VOID)
    for one in rows.select_related("payment_line__batch").order_by("id"):
        if one.kind == Kind.RECOVERY:
            found.back_fen += one.settled_fen
            found.debt = one if one.state == State.OPEN else found.debt
        elif one.state == State.OPEN:
            found.open_lines.append(one)
        else:
            found.listed_fen += one.fen
            if one.state == State.LISTED and one.payment_line.batch.state == PaymentBatch.State.DRAFT:
                found.on_drafts.append(one)
    return found


def had_besides(rows: Iterable[SubsidyMonth]) -> list[tuple[SubsidyMonth, int]]:
    """Of months about to be listed, those that were listed before and came back: what their 补发 have brought meanwhile."""
    rows = list(rows)
    settled = SubsidyAdjustment.objects.filter(subsidy__in={row.subsidy_id for row in rows}).exclude(
        state__in=(State.OPEN, State.VOID)
    )
    found = set(settled.order_by("id").values_list("subsidy_id", "month"))
    besides = [(row, account_of(row).had_fen) for row in rows if (row.subsidy_id, row.month) in found]
    return [(row, fen) for row, fen in besides if fen]


def _void(one: SubsidyAdjustment) -> None:
    """An open adjustment that is not needed any more; of one that came back in part, that part stays settled."""
    one.state, one.fen = (State.DONE, one.settled_fen) if one.settled_fen else (State.VOID, one.fen)
    one.save(update_fields=["state", "fen"])


def _off_draft(one: SubsidyAdjustment, by: Any) -> None:
    """A 补发 that is not due after all, off the list nobody has confirmed."""
    line, one.payment_line, one.state = one.payment_line, None, State.VOID
    one.save(update_fields=["payment_line", "state"])
    payments.drop_line(line=line, reason="重新核算，不应补发", by=by)


def _next_part(row: SubsidyMonth) -> int:
    """Which 补发 of the month the next one is, for the person: each is paid once."""
    rows = SubsidyAdjustment.objects.filter(
        subsidy__person=row.person_id, month=row.month, kind=Kind.DIFFERENCE
    ).exclude(payment_line=None, state=State.VOID)
    last = rows.aggregate(last=Max("part"))["last"]
    return 0 if last is None else last + 1


def _owe(row: SubsidyMonth, kind: str, fen: int, reason: str, by: Any) -> None:
    SubsidyAdjustment.objects.create(
        subsidy=row.subsidy,
        month=row.month,
        kind=kind,
        part=_next_part(row) if kind == Kind.DIFFERENCE else 0,
        fen=fen,
        reason=reason[:300],
        recorded_at=clock.now(),
        recorded_by=by,
    )


def _pay_up(row: SubsidyMonth, held: Account, owed: int, reason: str, by: Any) -> None:
    """What is open comes to `owed`: a further line for what is missing, the latest lines give way when it is too much."""
    if held.debt is not None:
        _void(held.debt)
    missing = owed - sum(one.fen for one in held.open_lines)
    if missing > 0:
        _owe(row, Kind.DIFFERENCE, missing, reason, by)
    for one in reversed(held.open_lines):
        if missing >= 0:
            break
        less = min(one.fen, -missing)
        missing += less
        if less == one.fen:
            _void(one)
        else:
            one.fen -= less
            one.save(update_fields=["fen"])


def _claim_back(row: SubsidyMonth, held: Account, owed: int, reason: str, by: Any) -> None:
    """What was given too much: first what no confirmed list holds, the rest is recovered."""
    for one in held.open_lines:
        _void(one)
    for one in reversed(held.on_drafts):
        if owed < one.fen:
            break
        _off_draft(one, by)
        owed -= one.fen
    if owed and held.debt is not None:
        held.debt.fen, held.debt.reason = owed + held.debt.settled_fen, reason[:300]
        held.debt.save(update_fields=["fen", "reason"])
    elif owed:
        _owe(row, Kind.RECOVERY, owed, reason, by)
    elif held.debt is not None:
        _void(held.debt)


def _settle(row: SubsidyMonth, by: Any) -> None:
    due, reason = due_now(row)
    if due is None:
        return
    held = account_of(row)
    owed = due - held.had_fen
    if owed >= 0:
        _pay_up(row, held, owed, reason, by)
    else:
        _claim_back(row, held, -owed, reason, by)


def _revive(row: SubsidyMonth, by: Any) -> bool:
    """A month all of which came back is due after all: it counts again, and is paid up. False while nothing is due for it."""
    subsidy = row.subsidy
    if not due_now(row)[0] or row.month not in planning.months_with(subsidy, row.month):
        return False
    row.state, row.reason = SubsidyMonth.State.PAID, ""
    row.save(update_fields=["state", "reason"])
    if subsidy.state == InsuranceSubsidy.State.DRAWING:
        planning.replan(subsidy=subsidy, by=by)
        subsidy.save()
    return True


@transaction.atomic
def review_paid(*, subsidy: InsuranceSubsidy, by: Any) -> list[SubsidyAdjustment]:
    """Compare every paid month with the rules of today; each late fact is a line of its own, 补发 or 追回, and all of a month
    together come to what the rules give. Running it again changes nothing.

    Returns what is open now. A month without a standard on file is left as it was paid.
    """
    states = [SubsidyMonth.State.PAID, SubsidyMonth.State.RECOVERED]
    rows = subsidy.months.filter(state__in=states).select_related("payment_line").order_by("month")
    for row in rows:
        row.subsidy = subsidy
        if row.state == SubsidyMonth.State.RECOVERED and not _revive(row, by):
            continue
        _settle(row, by)
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
    if held.state == State.DONE and account_of(row).had_fen == 0:
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

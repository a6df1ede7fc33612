"""实发失业保险金人员名录: month by month lists of what is due, never twice, blocked where no standard is on file (D-07)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.kernel import audit, clock
from renben.kernel.models import Organization
from renben.services.exchange import crosschecks
from renben.services.registration import benefits
from renben.services.registration.codes import BENEFIT_FARM_LUMP_SUM, BENEFIT_LUMP_SUM, BENEFIT_MONTHLY, StopEvent
from renben.services.registration.models import BenefitMonth, UnemploymentBenefit
from renben.services.registration.reasons import NotPossible, Why

State, Month = UnemploymentBenefit.State, BenefitMonth.State
PAYABLE = (State.ENROLLED, State.PAYING, State.BLOCKED)


def _revalue(row: BenefitMonth, today: dt.date) -> None:
    """The amount by the standard that holds now: a rise since planning counts, a gap blocks, a filled gap unblocks."""
    fen, reason = benefits.amount_of_month(row.benefit, row.month, row.index, today)
    state = Month.BLOCKED if fen is None else Month.PLANNED
    if (fen, reason, state) != (row.amount_fen, row.blocked_reason, row.state):
        row.amount_fen, row.blocked_reason, row.state = fen, reason, state
        row.save()


def _hold_back(rows: list[BenefitMonth]) -> None:
    """Block the months against which another body's data speak; the next list asks again."""
    objections = crosschecks.objections(BENEFIT_MONTHLY, [(row.benefit.person_id, row.month) for row in rows])
    for row in rows:
        why = objections.get((row.benefit.person_id, row.month))
        if why and row.state == Month.PLANNED:
            row.state, row.blocked_reason = Month.BLOCKED, f"{why[0].text}{why[0].fix}"[:200]
            row.save()


def _due_rows(organization: Organization, month: dt.date) -> list[BenefitMonth]:
    """Months up to `month` of enrolled people that stand on no list yet, also of people stopped later than the month began."""
    return list(
        BenefitMonth.objects.select_for_update(of=("self",))
        .filter(
            benefit__organization=organization,
            benefit__heading=BENEFIT_MONTHLY,
            benefit__enrolled_on__isnull=False,
            month__lte=month,
            state__in=[Month.PLANNED, Month.BLOCKED],
        )
        .exclude(benefit__state__in=[State.INELIGIBLE, State.COMPLETED])
        .select_related("benefit__determination")
        .order_by("benefit_id", "index")
    )


@transaction.atomic
def make_month_list(
    *, organization: Organization, month: dt.date, by: Any
) -> tuple[PaymentBatch | None, list[BenefitMonth]]:
    """The office's list of the month with arrears of earlier months; repeating it adds nothing (J-4.2.1 step 5).

    Returns the list (None when nobody is due) and the months that stay blocked: no standard is on file (D-07), or other
    bodies' data speak against them until somebody has looked (`crosschecks`).
    """
    month, today = month.replace(day=1), clock.today()
    if month > today:
        raise NotPossible(Why("future", f"{month:%Y年%m月}还没有到，不能提前生成名录。"))
    rows = _due_rows(organization, month)
    for row in rows:
        _revalue(row, today)
    _hold_back(rows)
    ready = [row for row in rows if row.state == Month.PLANNED and row.amount_fen]
    dues = [
        payments.Due(row.benefit.person_id, row.month, row.amount_fen, row.benefit.determination_id) for row in ready
    ]
    batch, lines = payments.make_batch(
        heading=BENEFIT_MONTHLY, month=month, organization=organization, dues=dues, by=by
    )
    by_key = {line.key: line for line in lines}
    started = set()
    for row in ready:
        line = by_key.get(payments.payment_key(BENEFIT_MONTHLY, row.benefit.person_id, row.month))
        if line is None:
            row.state, row.blocked_reason = Month.SKIPPED, "这个月已在别的名录中发放。"
        else:
            row.state, row.payment_line = Month.LISTED, line
            started.add(row.benefit_id)
        row.save()
    UnemploymentBenefit.objects.filter(pk__in=started, state__in=[State.ENROLLED, State.BLOCKED]).update(
        state=State.PAYING
    )
    return batch, [row for row in rows if row.state == Month.BLOCKED]


def confirm_month(*, batch: PaymentBatch, by: Any) -> PaymentBatch:
    """Fix the list of a month. PaymentRefused when it is empty or already fixed."""
    return payments.confirm(batch=batch, by=by)


@transaction.atomic
def pay_month(*, batch: PaymentBatch, by: Any, on: dt.date | None = None) -> PaymentBatch:
    """Record that a confirmed list was paid; whoever has drawn everything is done."""
    held = payments.mark_paid(batch=batch, on=on or clock.today(), by=by)
    rows = BenefitMonth.objects.filter(payment_line__batch=held)
    touched = set(rows.values_list("benefit_id", flat=True))
    rows.update(state=Month.PAID)
    touched |= set(
        UnemploymentBenefit.objects.filter(
            person__payment_lines__batch=held, heading=BENEFIT_FARM_LUMP_SUM, state__in=PAYABLE
        ).values_list("pk", flat=True)
        if held.heading == BENEFIT_FARM_LUMP_SUM
        else ()
    )
    for benefit in UnemploymentBenefit.objects.select_for_update().filter(pk__in=touched).order_by("pk"):
        if benefit.heading == BENEFIT_FARM_LUMP_SUM:
            benefit.months_received = benefit.months_entitled
        else:
            benefit.months_received = benefit.opening_months_received + benefit.months.filter(state=Month.PAID).count()
        if benefit.months_received >= benefit.months_entitled and benefit.state in PAYABLE:
            benefit.state = State.COMPLETED
            if held.heading == BENEFIT_LUMP_SUM:
                benefit.stop_event, benefit.stopped_on = StopEvent.LUMP_SUM, held.paid_on
        benefit.version += 1
        benefit.save()
    return held


@transaction.atomic
def pay_lump_sum(*, benefit: UnemploymentBenefit, by: Any, on: dt.date | None = None, reason: str = "") -> PaymentLine:
    """Put the one-off sum on the office's list 发放一次性失业保险金人员名录 of the month.

    A farm contract worker's sum is that of the determination; for a claimant who opened a business with a licence
    (北京市失业保险规定第二十条) it is the rest of the months by the standard in force, and the monthly benefit ends.
    """
    held, on = benefits.lock(benefit), on or clock.today()
    if held.enrolled_on is None or held.state not in PAYABLE:
        raise NotPossible(Why("benefit_state", f"待遇现在是“{held.get_state_display()}”，不能发给一次性金额。"))
    month = on.replace(day=1)
    if held.heading == BENEFIT_FARM_LUMP_SUM:
        heading, fen, rows = BENEFIT_FARM_LUMP_SUM, held.lump_sum_fen, []
    else:
        heading = BENEFIT_LUMP_SUM
        rows = list(
            BenefitMonth.objects.select_for_update(of=("self",))
            .filter(benefit=held, state__in=[Month.PLANNED, Month.BLOCKED])
            .select_related("benefit")
            .order_by("index")
        )
        for row in rows:
            _revalue(row, clock.today())
        known = [row.amount_fen for row in rows]
        fen = None if None in known else sum(known)
    if fen is None:
        raise NotPossible(Why("no_standard", "有的月份没有现行发放标准，查到文件以前不能计算一次性金额（D-07）。"))
    if fen <= 0:
        raise NotPossible(Why("nothing_left", "没有剩余月份可以一次性发给。"))
    _, lines = payments.make_batch(
        heading=heading,
        month=month,
        organization=held.organization,
        dues=[payments.Due(held.person_id, month, fen, held.determination_id)],
        by=by,
    )
    if not lines:
        raise NotPossible(Why("already_listed", "本月的一次性发放名录里已有本人，不能重复发放。"))
    for row in rows:
        row.state, row.payment_line = Month.LISTED, lines[0]
        row.save()
    held.lump_sum_fen, held.version = fen, held.version + 1
    held.state = State.PAYING
    held.save()
    audit.record(
        action="benefit.lump_sum",
        subject=f"person:{held.person_id}",
        detail={"benefit": held.pk, "fen": fen, "reason": reason},
        by=by,
        organization=held.organization,
    )
    return lines[0]

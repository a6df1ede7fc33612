"""失业保险待遇 after its determination: enrolled by the street, planned month by month, stopped with the article (D-29, D-07)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentBatch
from renben.engines.rules.evaluation import evaluate
from renben.kernel import acts, audit, clock, rows, taskboard
from renben.services.registration import determining
from renben.services.registration.codes import BENEFIT_MONTHLY, CloseReason, StopEvent
from renben.services.registration.models import BenefitMonth, UnemploymentBenefit, UnemploymentRegistration
from renben.services.registration.reasons import NotPossible, Why

State = UnemploymentBenefit.State

STOP_OF_CLOSE = {
    CloseReason.HIRED: StopEvent.REEMPLOYED,
    CloseReason.SELF_EMPLOYED: StopEvent.REEMPLOYED,
    CloseReason.STABLE_INCOME: StopEvent.REEMPLOYED,
    CloseReason.PENSION: StopEvent.PENSION,
    CloseReason.IMPRISONED: StopEvent.IMPRISONED,
}
"""Closing a registration for these reasons is itself one of the stop events; any other ends the benefit because the condition
"registered" no longer holds."""

ENDS_REGISTRATION = (StopEvent.REEMPLOYED, StopEvent.PENSION, StopEvent.IMPRISONED)


def lock(benefit: UnemploymentBenefit) -> UnemploymentBenefit:
    """The benefit as it stands now, locked until the transaction ends."""
    return (
        UnemploymentBenefit.objects.select_for_update(of=("self",))
        .select_related("person", "organization", "registration", "determination")
        .get(pk=benefit.pk)
    )


def next_month(month: dt.date, count: int = 1) -> dt.date:
    """The first of the month `count` months on."""
    number = month.year * 12 + month.month - 1 + count
    return dt.date(number // 12, number % 12 + 1, 1)


@acts.whole
def enrol_benefit(*, benefit: UnemploymentBenefit, by: Any, on: dt.date | None = None) -> UnemploymentBenefit:
    """The street enrols the claimant once identity and conditions hold, and plans the months (J-4.2.1 step 5).

    NotPossible when the determination is unfavourable or the registration is not running. Enrolling again changes nothing.
    """
    held, on = rows.one(UnemploymentBenefit, "t.id = %s FOR UPDATE", str(benefit.pk)), on or clock.today()
    held.person = benefit.person
    if held.enrolled_on is not None and held.state not in (State.STOPPED, State.INELIGIBLE):
        return held
    if not held.eligible:
        raise NotPossible(*determining.why_not(held))
    if held.state not in (State.DETERMINED, State.BLOCKED):
        raise NotPossible(Why("benefit_state", f"待遇现在是“{held.get_state_display()}”，不能办理申领登记。"))
    registration = UnemploymentRegistration.objects.running_of(held.person)
    if registration is None:
        raise NotPossible(Why("not_registered", "没有有效的失业登记，不能领取失业保险金。", "请先办理失业登记。"))
    held.registration, held.organization_id = registration, registration.organization_id
    held.enrolled_on, held.enrolled_by = on, by
    if held.state == State.DETERMINED:
        held.state = State.ENROLLED
    held.version += 1
    rows.update(held, "registration", "organization", "enrolled_on", "enrolled_by", "state", "version")
    if held.heading == BENEFIT_MONTHLY:
        _plan_months(held)
    audit.record(
        action="benefit.enrol",
        subject=f"person:{held.person_id}",
        detail={"benefit": held.pk, "months": held.months_left},
        by=by,
        organization=held.organization_id,
    )
    return held


def amount_of_month(benefit: UnemploymentBenefit, month: dt.date, index: int, today: dt.date) -> tuple[int | None, str]:
    """Whole fen of one month by the standard on its first day, a month not begun yet by today's; (None, why) without one (D-07)."""
    found = evaluate(
        "ui.amount_month",
        min(month, today),
        {"contribution_months": benefit.contribution_months, "benefit_month_index": index},
    )
    if not found.is_answered:
        return None, "；".join(found.missing)[:200]
    return round(found.result["amount"] * 100), ""


def _plan_months(benefit: UnemploymentBenefit) -> None:
    today = clock.today()
    planned = []
    for index in range(benefit.opening_months_received + 1, benefit.months_entitled + 1):
        month = next_month(benefit.first_month, index - 1)
        fen, reason = amount_of_month(benefit, month, index, today)
        planned.append(
            BenefitMonth(
                benefit=benefit,
                month=month,
                index=index,
                amount_fen=fen,
                blocked_reason=reason,
                state=BenefitMonth.State.BLOCKED if fen is None else BenefitMonth.State.PLANNED,
            )
        )
    rows.insert(planned)


def judge_stop(event: str, *, on: dt.date) -> tuple[bool, str]:
    """Does the event stop the benefit on this day (`ui.stop`)? The answer and its sentence with the article."""
    if event in (StopEvent.REGISTRATION_CLOSED, StopEvent.LUMP_SUM):
        return True, f"{StopEvent(event).label}。"
    found = evaluate("ui.stop", on, {"event": event})
    text = "；".join(part.text + (f"（{part.citation}）" if part.citation else "") for part in found.parts)
    return bool(found.result.get("stop")), text


def _withdraw(*, benefit: UnemploymentBenefit, first_unpaid: dt.date, reason: str, by: Any) -> list[dt.date]:
    """Take back the months that begin on or after a day. Returns those on a confirmed or paid list: money to recover."""
    months = list(
        BenefitMonth.objects.select_for_update(of=("self",))
        .filter(benefit=benefit, month__gte=first_unpaid)
        .select_related("payment_line__batch")
        .order_by("index")
    )
    fixed, overpaid = (PaymentBatch.State.CONFIRMED, PaymentBatch.State.PAID), []
    for row in months:
        line = row.payment_line
        if line is not None and (line.heading != BENEFIT_MONTHLY or line.batch.state in fixed):
            if line.heading == BENEFIT_MONTHLY:
                overpaid.append(row.month)
            continue
        row.payment_line, row.state, row.blocked_reason = None, BenefitMonth.State.SKIPPED, f"停发：{reason}"[:200]
        row.save()
        if line is not None:
            payments.drop_line(line=line, reason=reason, by=by)
    return overpaid


@acts.whole
def stop_benefit(
    *, benefit: UnemploymentBenefit, event: str, by: Any, on: dt.date | None = None, reason: str = ""
) -> UnemploymentBenefit:
    """Stop for an event of the list in force; NotPossible with the rule's sentence otherwise.

    Months that begin on or after the day are not paid: planned ones are skipped, draft lists lose the line, and money already
    confirmed or paid opens a task to recover it. Stopping again changes nothing.
    """
    held, on = lock(benefit), on or clock.today()
    if held.state in (State.STOPPED, State.COMPLETED):
        return held
    stops, text = judge_stop(event, on=on)
    if not stops:
        raise NotPossible(Why("no_stop", f"这一情形不停发：{text}"))
    overpaid = _withdraw(benefit=held, first_unpaid=on, reason=StopEvent(event).label, by=by)
    held.state, held.stop_event, held.stopped_on = State.STOPPED, event, on
    held.note = f"{text}{reason}"[:500]
    held.version += 1
    held.save()
    if overpaid:
        taskboard.open_task(
            key=f"benefit.recover:{held.pk}:{on}",
            title=f"追回多发的失业保险金：{held.person.name}",
            reason=f"{StopEvent(event).label}，自{on:%Y年%m月%d日}起停发，已列发{len(overpaid)}个月。",
            organization=held.organization,
            person=held.person,
            cleared_by="BenefitRecovered",
            url=f"/people/{held.person_id}/",
        )
    if event in ENDS_REGISTRATION and UnemploymentRegistration.objects.running_of(held.person) is not None:
        taskboard.open_task(
            key=f"registration.close:{held.registration_id}",
            title=f"注销 {held.person.name} 的失业登记",
            reason=f"失业保险金已因“{StopEvent(event).label}”停发，失业登记也应注销。",
            organization=held.organization,
            person=held.person,
            cleared_by="RegistrationClosed",
            url=f"/people/{held.person_id}/",
        )
    audit.record(
        action="benefit.stop",
        subject=f"person:{held.person_id}",
        detail={"benefit": held.pk, "event": event, "on": on, "overpaid": [str(month) for month in overpaid]},
        by=by,
        organization=held.organization,
    )
    return held


def stop_with_registration(
    *, registration: UnemploymentRegistration, close_reason: str, on: dt.date, by: Any
) -> UnemploymentBenefit | None:
    """The running benefit of a registration that closes stops for the matching event. None when there is none."""
    running = (
        UnemploymentBenefit.objects.filter(person=registration.person, state__in=UnemploymentBenefit.RUNNING)
        .order_by("id")
        .first()
    )
    taskboard.clear(key=f"registration.close:{registration.pk}", event="RegistrationClosed", outcome="已注销")
    if running is None:
        return None
    event = STOP_OF_CLOSE.get(CloseReason(close_reason), StopEvent.REGISTRATION_CLOSED)
    if not judge_stop(event, on=on)[0]:
        event = StopEvent.REGISTRATION_CLOSED
    return stop_benefit(benefit=running, event=event, by=by, on=on, reason=CloseReason(close_reason).label)

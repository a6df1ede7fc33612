"""停发: an event of the list ends the subsidy from the right month, and what went out since is recovered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import acts, audit, clock, taskboard
from renben.kernel.models import Task
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support import adjusting, planning
from renben.services.support.codes import StopEvent
from renben.services.support.models import InsuranceSubsidy
from renben.services.support.months import first_of, shifted

AFTER = "subsidy.stop_after_months"
State = InsuranceSubsidy.State


def first_month_without(event: str, on: dt.date) -> dt.date:
    """The first month not granted after an event on `on`: the following one by the parameter in force, at once for 弄虚作假."""
    if event == StopEvent.FALSE_FACTS:
        return first_of(on)
    return shifted(first_of(on), int(Reader(load_parameters(), on)(AFTER)))


def _clear_tasks(subsidy: InsuranceSubsidy) -> None:
    keys = Task.objects.filter(key__startswith=f"subsidy.stop:{subsidy.pk}:", cleared_at=None).order_by("id")
    for key in keys.values_list("key", flat=True):
        taskboard.clear(key=key, event="SubsidyStopped", outcome="已停发")


@acts.whole
def stop(
    *, subsidy: InsuranceSubsidy, event: str, on: dt.date, by: Any, reason: str = "", case: Any = None
) -> InsuranceSubsidy:
    """Stop for an event that happened on `on`. Months from the right one on are not granted; paid ones become 追回.

    Known of an earlier event than the one that stopped it, the stop moves there; the same again changes nothing.
    NotPossible for an application that never came to money, or a day to come.
    """
    held = planning.lock(subsidy)
    if on > clock.today():
        raise NotPossible(Why("future", "情形发生的日期还没到，请核对。"))
    if held.agreed_on is None:
        text = f"申请现在是“{held.get_state_display()}”，还没有开始享受，不用停发。"
        raise NotPossible(Why("not_drawing", text, "请在办件里作不予办理。"))
    month = first_month_without(event, on)
    if held.stop_month is not None and held.stop_month <= month:
        return held
    held.stop_event, held.stopped_on, held.stop_month = event, on, month
    held.state, held.note = State.STOPPED, reason[:500]
    planning.replan(subsidy=held, by=by, reason=f"停发：{StopEvent(event).label}")
    held.version += 1
    held.save()
    open_now = adjusting.review_paid(subsidy=held, by=by)
    _clear_tasks(held)
    audit.record(
        action="subsidy.stop",
        subject=f"person:{held.person_id}",
        detail={"subsidy": held.pk, "event": event, "on": on, "from": month, "open": [one.pk for one in open_now]},
        by=by,
        organization=held.organization,
    )
    return held


@acts.whole
def resume(*, subsidy: InsuranceSubsidy, by: Any, reason: str) -> InsuranceSubsidy:
    """A stop that was a mistake is taken back with its reason: the months come back and are paid later (补发).

    NotPossible unless stopped, or when another application runs by now.
    """
    held = planning.lock(subsidy)
    if held.state != State.STOPPED:
        raise NotPossible(Why("not_stopped", f"补贴现在是“{held.get_state_display()}”，没有停发，不用撤销。"))
    if not reason.strip():
        raise NotPossible(Why("no_reason", "没有写撤销停发的原因。"))
    if InsuranceSubsidy.objects.running().filter(person=held.person).exists():
        raise NotPossible(Why("running", "本人已有另一项正在办理或享受的补贴，不能撤销停发。"))
    held.stop_event, held.stopped_on, held.stop_month = "", None, None
    held.state, held.note = State.DRAWING, f"撤销停发：{reason}"[:500]
    planning.replan(subsidy=held, by=by)
    held.version += 1
    held.save()
    adjusting.review_paid(subsidy=held, by=by)
    audit.record(
        action="subsidy.resume",
        subject=f"person:{held.person_id}",
        detail={"subsidy": held.pk, "reason": reason},
        by=by,
        organization=held.organization,
    )
    return held

"""The limits of a step as dates: named limits of the definition, the case's anchor dates, the pauses, the work calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from renben.engines.procedures.catalogue import limit_of
from renben.engines.procedures.models import CaseStep
from renben.engines.procedures.schema import Deadline, Duty, Procedure
from renben.kernel import duedates, settings_store
from renben.kernel.calendar_table import current as calendar_in_force
from renben.kernel.workcalendar import WorkCalendar

RUNNING, PENDING, MET, DUTY = "running", "pending", "met", "duty"
"""State of a limit: has a date · its anchor has not happened yet · fulfilled · not a limit of this one case."""


@dataclass(frozen=True)
class Clock:
    """What a step's clock shows: all limits, and the earliest running one as the step's due day."""

    limits: list[dict[str, Any]]
    due_on: dt.date | None
    raw_due_on: dt.date | None
    due_at: dt.datetime | None
    is_provisional: bool

    def write(self, step: CaseStep) -> None:
        step.limits, step.due_on, step.raw_due_on = self.limits, self.due_on, self.raw_due_on
        step.due_at, step.is_provisional = self.due_at, self.is_provisional


def rule_of(deadline: Deadline) -> duedates.Rule | None:
    """The due-date rule of a limit; None when it has no length (随时, 期间). D-04: a citizen's right moves later."""
    if deadline.calendar is not None and deadline.calendar.position:
        written = deadline.calendar.offset + deadline.calendar.position
        toward = "later" if deadline.scope == "person" else "earlier"
        try:
            return duedates.parse_position(written, toward=toward)
        except ValueError:
            return duedates.By(deadline.calendar.period, deadline.calendar.position, 0, toward)
    length = limit_of(deadline)
    if length is None or deadline.rule == "during":
        return None
    if deadline.before:
        return duedates.Before(*length)
    if deadline.rule == "at_least":
        return duedates.AtLeast(*length)
    if deadline.rule == "every":
        return duedates.Every(*length)
    return duedates.Within(*length)


@dataclass(frozen=True)
class Term:
    """A recurring duty and the first day of the period a case of it belongs to."""

    duty: Duty
    start_on: dt.date


def term_of(procedure: Procedure, case: Any) -> Term | None:
    """The term of a case that a recurring duty opened; None for any other case."""
    duty = procedure.duty(case.duty) if case.duty else None
    return Term(duty, case.period_on) if duty is not None else None


_PERIOD_END = {"week": "周日", "month": "月末", "quarter": "季度末", "half_year": "半年末", "year": "年底"}


def _rule_in_term(deadline: Deadline, duty: Duty) -> duedates.Rule:
    """A limit of a duty: the day the text names, else the last day of the period."""
    if deadline.calendar is not None and deadline.calendar.position:
        return rule_of(deadline)
    if duty.period == "day":
        return duedates.Within(0, "working_day")
    return duedates.By(duty.period, _PERIOD_END[duty.period])


def due_in_term(deadline: Deadline, term: Term, calendar: WorkCalendar) -> duedates.Due:
    """When a limit of a duty ends in the period of `term`."""
    return duedates.due(term.start_on, _rule_in_term(deadline, term.duty), calendar)


def is_duty(deadline: Deadline) -> bool:
    """Recurring duties of the office and things that happen outside the case are not limits of one case's step."""
    return deadline.anchor_when == "office" or (deadline.rule == "every" and deadline.scope == "office")


def _start(deadline: Deadline, anchors: dict[str, str], opened_on: dt.date) -> dt.date | None:
    if not deadline.anchor or deadline.anchor_when == "step_opened":
        return opened_on
    found = anchors.get(deadline.anchor)
    return dt.date.fromisoformat(found) if found else None


def clock_of(
    procedure: Procedure,
    key: str,
    *,
    anchors: dict[str, str],
    opened_on: dt.date,
    pauses: Sequence[duedates.Pause] = (),
    calendar: WorkCalendar | None = None,
    today: dt.date | None = None,
    term: Term | None = None,
) -> Clock:
    """All limits watched on step `key` and its due day. `calendar` is fetched only when a limit needs it.

    In a case of a recurring duty (`term`) the limits that the duty covers count from the first day of its period; other
    recurring limits belong to other duties.
    """
    limits: list[dict[str, Any]] = []
    earliest: duedates.Due | None = None
    covered = set(term.duty.covers) if term is not None else set()
    for place, deadline in _limits_on(procedure, key, term).items():
        entry: dict[str, Any] = {
            "key": deadline.key,
            "text": deadline.text,
            "scope": deadline.scope,
            "term": deadline.anchor_term,
            "soft": deadline.soft_word,
            "decision": deadline.decision,
        }
        limits.append(entry)
        if term is not None and place in covered:
            start, rule = term.start_on, _rule_in_term(deadline, term.duty)
        else:
            start, rule = _start(deadline, anchors, opened_on), rule_of(deadline)
        recurs = is_duty(deadline) if term is None else deadline.calendar is not None or is_duty(deadline)
        if (recurs and place not in covered) or rule is None:
            entry["state"] = DUTY
        elif start is None:
            entry["state"] = PENDING
        elif deadline.anchor_when == "correction":
            entry.update(state=MET, start_on=start.isoformat(), due_on=start.isoformat())
        else:
            if calendar is None:
                calendar = calendar_in_force()
            # A recurring calendar day is the next one after the day the work arrived (the day of the event is not counted).
            since = start + dt.timedelta(days=1) if isinstance(rule, duedates.By) and place not in covered else start
            due = duedates.due(since, rule, calendar, pauses, today=today)
            entry.update(
                state=RUNNING,
                start_on=start.isoformat(),
                due_on=due.on.isoformat(),
                raw_due_on=due.raw_on.isoformat(),
                provisional=due.provisional,
                note=due.note,
            )
            if earliest is None or due.at < earliest.at:
                earliest = due
    if earliest is None:
        return Clock(limits, None, None, None, False)
    return Clock(limits, earliest.on, earliest.raw_on, earliest.at, earliest.provisional)


def _limits_on(procedure: Procedure, key: str, term: Term | None) -> dict[str, Deadline]:
    """Limits shown on a step, by place; the one step of a duty of its own shows all that the duty covers."""
    if term is not None and term.duty.own is not None and term.duty.own.key == key:
        own = {f"{key}/{limit.key}": limit for limit in term.duty.own.deadlines}
        return {place: procedure.limit(place) for place in term.duty.covers} | own
    return procedure.watched_places(key)


def thresholds() -> duedates.Thresholds:
    """When signals change colour, as the agency has set it."""
    near, yellow, share, most = settings_store.get_many(
        "signal.near_working_days", "signal.yellow_working_days", "signal.yellow_share", "signal.share_days"
    )
    return duedates.Thresholds(
        near_days=int(near), yellow_days=int(yellow), yellow_share=Fraction(str(share)), share_days=int(most)
    )


def signal_of(
    step: CaseStep, now: dt.datetime, calendar: WorkCalendar, limits: duedates.Thresholds | None = None
) -> str:
    """on_time, near, yellow, red, paused, done, or none for a step without a date."""
    if step.state not in (CaseStep.State.READY, CaseStep.State.PAUSED):
        return "done" if step.done_at else "none"
    if step.state == CaseStep.State.PAUSED:
        return "paused"
    if step.due_on is None or step.due_at is None:
        return "none"
    starts = [entry["start_on"] for entry in step.limits if entry.get("due_on") == step.due_on.isoformat()]
    starts_on = dt.date.fromisoformat(min(starts)) if starts else step.opened_at.astimezone(duedates.SHANGHAI).date()
    due = duedates.Due(step.due_on, step.raw_due_on or step.due_on, step.due_at, starts_on, step.is_provisional)
    return duedates.signal(due, now, calendar, limits or thresholds())

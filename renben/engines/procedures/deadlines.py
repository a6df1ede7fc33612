"""The limits of a step as dates: named limits of the definition, the case's anchor dates, the pauses, the work calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from renben.engines.procedures import definitions
from renben.engines.procedures.catalogue import limit_of
from renben.engines.procedures.models import CaseStep
from renben.engines.procedures.schema import Deadline, Duty, Procedure, in_round
from renben.kernel import duedates, settings_store
from renben.kernel.calendar_table import current as calendar_in_force
from renben.kernel.workcalendar import WorkCalendar

MANY = 400
"""So many rounds are counted of a step without an end."""
RUNNING, PENDING, MET, DUTY, OTHER = "running", "pending", "met", "duty", "other"
"""State of a limit: has a date · its anchor has not happened yet · fulfilled · not a limit of this one case · not for this
case or this round."""


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
    """The due-date rule of a limit; None when it has no length (随时, 期间). What recurs on a rest day moves earlier for a
    duty of the office, later for a citizen's right (D-04)."""
    toward = "later" if deadline.scope == "person" else "earlier"
    if deadline.calendar is not None and deadline.calendar.position:
        written = deadline.calendar.offset + deadline.calendar.position
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
        return duedates.Every(*length, toward=toward)
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


def is_duty(deadline: Deadline, nth: int | None = None) -> bool:
    """Recurring duties of the office and things that happen outside the case are not limits of one case's step; what recurs
    in a step that repeats is the limit of its round."""
    recurs = deadline.rule == "every" and deadline.scope == "office" and nth is None
    return deadline.anchor_when == "office" or recurs


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
    facts: Mapping[str, Any] | None = None,
    nth: int | None = None,
) -> Clock:
    """All limits watched on step `key` and its due day. `calendar` is fetched only when a limit needs it.

    In a case of a recurring duty (`term`) the limits that the duty covers count from the first day of its period; a calendar
    day that stands for no duty of its own is the first after those; other recurring limits belong to other duties. `facts`
    decide limits with a condition. In the `nth` round of a step that repeats a recurring limit is due for the nth time after
    its anchor, without an anchor once after the round began.
    """
    limits: list[dict[str, Any]] = []
    earliest: duedates.Due | None = None
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
        if not applies(procedure, deadline, facts or {}, nth):
            entry["state"] = OTHER
            continue
        covered = term is not None and place in term.duty.covers
        rule = _rule_in_term(deadline, term.duty) if term is not None and covered else rule_of(deadline)
        if rule is None or not (covered or _is_of_the_case(deadline, term, nth)):
            entry["state"] = DUTY
            continue
        start = _start(deadline, anchors, opened_on)
        if term is not None:
            calendar = calendar or calendar_in_force()
            start = _start_in_term(procedure, deadline, term, covered, calendar) or start
        if start is None or not procedure.holds(deadline.when, facts or {}):
            entry["state"] = PENDING
        elif deadline.anchor_when == "correction":
            entry.update(state=MET, start_on=start.isoformat(), due_on=start.isoformat())
        else:
            calendar = calendar or calendar_in_force()
            # A recurring calendar day is the next one after the day the work arrived (the day of the event is not counted).
            since = start + dt.timedelta(days=1) if isinstance(rule, duedates.By) and not covered else start
            count = nth if nth and isinstance(rule, duedates.Every) and _is_fixed(deadline) else 1
            due = duedates.due(since, rule, calendar, pauses, today=today, nth=count)
            if count > 1:
                before = duedates.due(since, rule, calendar, pauses, today=today, nth=count - 1)
                entry["opens_on"] = before.raw_on.isoformat()
            entry.update(_running(start, due))
            if earliest is None or due.at < earliest.at:
                earliest = due
    if earliest is None:
        return Clock(limits, None, None, None, False)
    return Clock(limits, earliest.on, earliest.raw_on, earliest.at, earliest.provisional)


def _running(start: dt.date, due: duedates.Due) -> dict[str, Any]:
    return {
        "state": RUNNING,
        "start_on": start.isoformat(),
        "due_on": due.on.isoformat(),
        "raw_due_on": due.raw_on.isoformat(),
        "provisional": due.provisional,
        "note": due.note,
    }


def _is_of_the_case(deadline: Deadline, term: Term | None, nth: int | None) -> bool:
    """Whether a limit that no duty covers is a limit of this case."""
    if term is not None and deadline.calendar is not None and not _goes_with_the_case(deadline):
        return False
    return not is_duty(deadline, nth)


def _start_in_term(
    procedure: Procedure, deadline: Deadline, term: Term, covered: bool, calendar: WorkCalendar
) -> dt.date | None:
    """The day a limit of a duty's case counts from: the first of the period; for what the matter keeps beyond it (it crosses New
    Year) the last day its own period asks. None for any other limit."""
    if covered:
        return term.start_on
    if not _goes_with_the_case(deadline):
        return None
    return max(due_in_term(procedure.limit(one), term, calendar).raw_on for one in term.duty.covers)


def _goes_with_the_case(deadline: Deadline) -> bool:
    """A day of the calendar that opens no duty of its own: the matter that a duty began has to keep it too."""
    return deadline.rule == "by" and bool(deadline.standing) and deadline.calendar is not None


def _is_fixed(deadline: Deadline) -> bool:
    """Whether a recurring limit keeps to the days after one event, however late a round is done."""
    return bool(deadline.anchor) and deadline.anchor_when != "step_opened"


def applies(procedure: Procedure, deadline: Deadline, facts: Mapping[str, Any], nth: int | None) -> bool:
    """Whether a limit can concern this case and this round; True also while nobody knows."""
    return in_round(deadline.rounds, nth) and procedure.holds(deadline.when, facts) is not False


def rounds_due(step: CaseStep, today: dt.date, calendar: WorkCalendar) -> int | None:
    """How often a step that repeats had to be done up to and including `today`, by its fixed recurring limit; None without
    one or while it does not run."""
    procedure = definitions.procedure_of(step.case.definition_id)
    spec = procedure.step(step.key)
    running = {entry["key"]: entry for entry in step.limits if entry["state"] == RUNNING}
    for limit in spec.deadlines:
        rule, entry = rule_of(limit), running.get(limit.key)
        if entry is not None and isinstance(rule, duedates.Every) and _is_fixed(limit):
            start = dt.date.fromisoformat(entry["start_on"])
            most = spec.times or MANY
            count = 0
            while count < most and duedates.due(start, rule, calendar, nth=count + 1).on <= today:
                count += 1
            return count
    return None


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

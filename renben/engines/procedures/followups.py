"""Recurring duties towards a person: a due day, a window before it, and the event that clears it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from renben.engines.procedures import deadlines, definitions
from renben.engines.procedures.contracts import StepContext
from renben.engines.procedures.flow import Move
from renben.engines.procedures.models import Case, FollowUp
from renben.engines.procedures.schema import FollowUpRule, Outcome, Procedure
from renben.kernel import audit, clock, duedates, rows
from renben.kernel.workcalendar import WorkCalendar

ENDED = "ended"
DAY = dt.timedelta(days=1)


def rule_named(procedure: Procedure, kind: str) -> tuple[FollowUpRule, duedates.Rule]:
    """The follow-up rule of that kind and how its days are found. KeyError when the procedure has none."""
    for step in procedure.steps:
        for rule in step.follow_ups:
            if rule.kind == kind:
                deadline = next(d for d in step.deadlines if d.key == rule.deadline)
                return rule, deadlines.rule_of(deadline)
    raise KeyError(f"{procedure.id} has no follow-up {kind}")


def due_after(rule: duedates.Rule, after: dt.date, calendar: WorkCalendar) -> dt.date:
    """The first effective due day after `after`. A written day on a rest day moves as the rule says (`toward`, D-04): earlier
    for a duty of the office, later for a citizen's right. What recurs in days or months counts from `after` itself, so that
    the 31st stays the 31st wherever there is one; a day that a move brings back to `after` or before counts as passed."""
    nth, start = 1, after + DAY if isinstance(rule, duedates.By) else after
    found = duedates.due(start, rule, calendar)
    while found.on <= after:  # the written day lies ahead, but its working day has already passed
        if isinstance(rule, duedates.By):
            start = found.raw_on + DAY
        else:
            nth += 1
        found = duedates.due(start, rule, calendar, nth=nth)
    return found.on


def _make(case: Case, kind: str, after: dt.date) -> FollowUp:
    rule, how = rule_named(definitions.procedure_of(case.definition_id), kind)
    follow_up = FollowUp(
        case=case,
        kind=kind,
        due_on=due_after(how, after, deadlines.calendar_in_force()),
        person_id=case.person_id,
        title=rule.title,
        organization_id=case.organization_id,
        window_days=rule.window_days,
    )
    # The same day is never opened twice; the no-op update makes the existing row answer its id.
    rows.insert([follow_up], " ON CONFLICT (case_id, kind, due_on) DO UPDATE SET kind = EXCLUDED.kind")
    return follow_up


def begin(context: StepContext, move: Move) -> list[int]:
    """Open the first occurrence of every follow-up that starts with this step; returns their ids."""
    return [_make(move.case, rule.kind, context.on).pk for rule in context.spec.follow_ups]


@transaction.atomic
def open_follow_up(*, case: Case, kind: str, by: Any, on: dt.date | None = None) -> FollowUp:
    """Open the next occurrence after `on` (today). The same day is never opened twice. KeyError for an unknown kind."""
    follow_up = _make(case, kind, on or clock.today())
    audit.record(
        action="follow_up.open",
        subject=f"case:{case.pk}",
        detail={"kind": kind, "due_on": follow_up.due_on},
        by=by,
        organization=case.organization_id,
    )
    return follow_up


@transaction.atomic
def record_follow_up(
    *, follow_up_id: int, outcome: str, note: str, by: Any, ends: bool = False, on: dt.date | None = None
) -> FollowUp | None:
    """A worker did what a follow-up asks and says how it went; the next occurrence opens, unless it `ends` for good.

    Answers the next occurrence, None when there is none. One that is cleared already answers the same again.
    """
    day = on or clock.today()
    follow_up = FollowUp.objects.select_for_update().get(pk=follow_up_id)
    case = Case.objects.get(pk=follow_up.case_id)
    if follow_up.cleared_at is not None:
        return FollowUp.objects.filter(case=case, kind=follow_up.kind, cleared_at=None).order_by("due_on").first()
    follow_up.cleared_at, follow_up.cleared_by_event = clock.now(), "recorded"
    follow_up.outcome, follow_up.note = ENDED if ends else outcome, note
    follow_up.save(update_fields=["cleared_at", "cleared_by_event", "outcome", "note"])
    audit.record(
        action="follow_up.record",
        subject=f"case:{case.pk}",
        detail={"follow_up": follow_up.pk, "kind": follow_up.kind, "outcome": follow_up.outcome},
        by=by,
        organization=follow_up.organization_id,
    )
    return None if ends else _make(case, follow_up.kind, max(day, follow_up.due_on))


@dataclass
class Ended:
    """What an event did: ids of the follow-ups it cleared, and of the next occurrences it opened."""

    cleared: list[int] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)


def after_outcome(move: Move, outcome: Outcome) -> Ended:
    """Tell the events that an outcome emits, for the person of the case (a case without one: within its journey)."""
    ended, case = Ended(), move.case
    for event in outcome.emits:
        whose = Q(person_id=case.person_id) if case.person_id else Q(case__journey_id=case.journey_id)
        for follow_up in _touched(whose, event, move.on, ""):
            _clear(follow_up, event, "", "", move.on, ended)
    return ended


def reopen(cleared: list[int]) -> None:
    """Take back what an outcome cleared, when the act is undone."""
    if cleared:
        FollowUp.objects.filter(pk__in=cleared).update(cleared_at=None, cleared_by_event="", outcome="", note="")


def _touched(whose: Q, event: str, day: dt.date, kind: str) -> list[FollowUp]:
    """Open follow-ups that the event ends, or clears within their window."""
    due = FollowUp.objects.select_for_update(of=("self",)).select_related("case").filter(whose, cleared_at=None)
    found = []
    due = due.filter(kind=kind) if kind else due
    for follow_up in due.order_by("due_on", "id"):
        rule, _ = rule_named(definitions.procedure_of(follow_up.case.definition_id), follow_up.kind)
        opens_on = follow_up.due_on - dt.timedelta(days=follow_up.window_days)
        if event in rule.ends_with or (event in rule.cleared_by and day >= opens_on):
            found.append(follow_up)
    return found


def _clear(follow_up: FollowUp, event: str, outcome: str, note: str, day: dt.date, ended: Ended) -> None:
    rule, _ = rule_named(definitions.procedure_of(follow_up.case.definition_id), follow_up.kind)
    ends = event in rule.ends_with
    follow_up.cleared_at, follow_up.cleared_by_event = clock.now(), event
    follow_up.outcome, follow_up.note = outcome or (ENDED if ends else "done"), note
    follow_up.save(update_fields=["cleared_at", "cleared_by_event", "outcome", "note"])
    ended.cleared.append(follow_up.pk)
    if not ends:
        ended.opened.append(_make(follow_up.case, follow_up.kind, max(day, follow_up.due_on)).pk)


@transaction.atomic
def clear_follow_up(
    *,
    person: Any,
    event: str,
    by: Any,
    kind: str = "",
    outcome: str = "",
    note: str = "",
    on: dt.date | None = None,
) -> list[FollowUp]:
    """Tell the engine that `event` (a name of catalog/events.yaml) happened to `person`. Clears every open follow-up that
    this event clears and opens the next occurrence; an event that ends the duty closes it for good. An occurrence whose
    window has not opened yet stays.

    Returns the follow-ups cleared; an empty list when nothing was due to be cleared.
    """
    day, ended = on or clock.today(), Ended()
    cleared = _touched(Q(person=person), event, day, kind)
    for follow_up in cleared:
        _clear(follow_up, event, outcome, note, day, ended)
    if cleared:
        audit.record(
            action="follow_up.clear",
            subject=f"person:{getattr(person, 'pk', person)}",
            detail={"event": event, "follow_ups": ended.cleared, "outcome": outcome},
            by=by,
            organization=cleared[0].organization_id,
        )
    return cleared


def counted(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """The follow-ups with `nth`: which one of its kind in its case it is; those taken back do not count."""
    earlier = FollowUp.objects.filter(case=OuterRef("case"), kind=OuterRef("kind"), due_on__lt=OuterRef("due_on"))
    earlier = earlier.exclude(outcome="undone").order_by().values("kind").annotate(number=Count("pk")).values("number")
    return rows.annotate(nth=Coalesce(Subquery(earlier), 0) + 1)

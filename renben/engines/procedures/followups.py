"""Recurring duties towards a person: a due day, a window before it, and the event that clears it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from renben.engines.procedures import deadlines, definitions
from renben.engines.procedures.contracts import StepContext
from renben.engines.procedures.flow import Move
from renben.engines.procedures.models import Case, FollowUp
from renben.engines.procedures.schema import FollowUpRule, Procedure
from renben.kernel import audit, clock, duedates, rows

ENDED = "ended"


def rule_named(procedure: Procedure, kind: str) -> tuple[FollowUpRule, duedates.Rule]:
    """The follow-up rule of that kind and how its days are found. KeyError when the procedure has none."""
    for step in procedure.steps:
        for rule in step.follow_ups:
            if rule.kind == kind:
                deadline = next(d for d in step.deadlines if d.key == rule.deadline)
                return rule, deadlines.rule_of(deadline)
    raise KeyError(f"{procedure.id} has no follow-up {kind}")


def next_due(rule: duedates.Rule, after: dt.date) -> dt.date:
    """The first due day after `after`; a duty of the office moves before a rest day (D-04)."""
    calendar = deadlines.calendar_in_force()
    start = after + dt.timedelta(days=1) if isinstance(rule, duedates.By) else after
    found = duedates.due(start, rule, calendar)
    while found.on <= after:  # the written day lies ahead, but its working day has already passed
        start = found.raw_on + dt.timedelta(days=1)
        found = duedates.due(start, rule, calendar)
    return found.on


def _make(case: Case, kind: str, after: dt.date) -> FollowUp:
    rule, how = rule_named(definitions.procedure_of(case.definition_id), kind)
    follow_up = FollowUp(
        case=case,
        kind=kind,
        due_on=next_due(how, after),
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
    """Tell the engine that `event` happened to `person`. Clears every open follow-up that this event clears and opens the
    next occurrence; an event that ends the duty closes it for good. An occurrence whose window has not opened yet stays.

    Returns the follow-ups cleared; an empty list when nothing was due to be cleared.
    """
    day = on or clock.today()
    due = FollowUp.objects.select_for_update().filter(person=person, cleared_at=None)
    if kind:
        due = due.filter(kind=kind)
    cleared: list[FollowUp] = []
    for follow_up in due.order_by("due_on", "id"):
        case = Case.objects.get(pk=follow_up.case_id)
        rule, _ = rule_named(definitions.procedure_of(case.definition_id), follow_up.kind)
        ends = event in rule.ends_with
        opens_on = follow_up.due_on - dt.timedelta(days=follow_up.window_days)
        if not ends and (event not in rule.cleared_by or day < opens_on):
            continue
        follow_up.cleared_at, follow_up.cleared_by_event = clock.now(), event
        follow_up.outcome, follow_up.note = outcome or (ENDED if ends else "done"), note
        follow_up.save(update_fields=["cleared_at", "cleared_by_event", "outcome", "note"])
        cleared.append(follow_up)
        if not ends:
            _make(case, follow_up.kind, max(day, follow_up.due_on))
    if cleared:
        audit.record(
            action="follow_up.clear",
            subject=f"person:{getattr(person, 'pk', person)}",
            detail={"event": event, "follow_ups": [f.pk for f in cleared], "outcome": outcome},
            by=by,
            organization=cleared[0].organization_id,
        )
    return cleared

"""What the page of a case says of the matter beyond it: what an office was handed, what others recorded, where it goes on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures import deadlines, queries, visits
from renben.engines.procedures.models import Case, CaseStep, StepEvent
from renben.engines.procedures.schema import CaseField, Continuation, FieldColumn, Procedure, Step
from renben.kernel import calendar_table, clock
from renben.services.records import facts


def recorded_values(spec: Step, row: CaseStep) -> list[dict[str, Any]]:
    """What was recorded at a finished step: label, text, or the lines of a table."""
    values = row.data.get("values") or {}
    return [item for field in spec.fields if (item := shown_value(field, values.get(field.name)))]


def shown_value(field: CaseField, value: Any) -> dict[str, Any] | None:
    """One field as label and text, or as label, heads and lines of a table; None without a value."""
    value = facts.shown(field, value)
    if value is None:
        return None
    if field.type != "rows":
        return {"label": field.label, "text": cell_text(field, value), "heads": [], "lines": []}
    heads = [column.label for column in field.columns]
    lines = [[cell_text(column, line.get(column.name)) for column in field.columns] for line in value]
    return {"label": field.label, "text": "", "heads": heads, "lines": lines}


def cell_text(field: CaseField | FieldColumn, value: Any) -> str:
    """A value in a few words, with its unit."""
    if value is None or value == "":
        return ""
    if field.type == "money_fen":
        return f"{value / 100:,.2f} 元"
    if field.type == "date":
        day = dt.date.fromisoformat(str(value))
        return f"{day.year}年{day.month}月{day.day}日"
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    unit = getattr(field, "unit", "")
    return f"{value} {unit}".strip() if unit else str(value)


def told(events: list[StepEvent], journey: list[Case]) -> list[StepEvent]:
    """The timeline without the beginnings of steps that have ended since: the end says it. A case that another one began is
    `is_handed`, a step that opened by itself `is_automatic`: nobody of that office did it."""
    begun = {one.pk for one in journey if one.parent_id is not None}
    ended = {event.step_id for event in events if event.step_id and event.from_state}
    shown = [event for event in events if event.from_state or event.to_state != "ready" or event.step_id not in ended]
    for event in shown:
        event.is_handed = event.step_id is None and not event.from_state and event.case_id in begun
        event.is_automatic = event.step_id is not None and not event.from_state
    return shown


def elsewhere(case: Case, others: list[Case]) -> list[dict[str, Any]]:
    """What the office directly above or below recorded in this matter, for a reader who may not open its case.

    Tables and files stay there: they may speak of other offices' people.
    """
    linked = [one.pk for one in others if one.pk == case.parent_id or one.parent_id == case.pk]
    found = []
    done = CaseStep.objects.filter(case__in=linked, state__in=["done", "refused"]) if linked else []
    if linked:
        done = done.select_related("case__organization", "case__definition").order_by("case_id", "done_at", "id")
    for row in done:
        spec = queries.procedure_of(row.case).step(row.key)
        texts = [item for item in recorded_values(spec, row) if item["text"]]
        plain = {field.label for field in spec.fields if field.type != "files"}
        found.append({"row": row, "items": [item for item in texts if item["label"] in plain]})
    return found


def handed(case: Case, journey: list[Case], spec: Step) -> dict[str, Any] | None:
    """What came along when another office handed the matter on: who, and the facts that the form of this step does not
    show anyway. None for a case that began here."""
    parent = next((one for one in journey if one.pk == case.parent_id), None)
    if parent is None:
        return None
    mine, theirs = queries.procedure_of(case), queries.procedure_of(parent)
    here = {field.name for field in spec.fields}
    fields = [mine.any_field(name) or theirs.any_field(name) for name in _carried(theirs, case.procedure_id)]
    items = [shown_value(one, case.data.get(one.name)) for one in fields if one is not None and one.name not in here]
    found = [item for item in items if item is not None]
    return {"from": parent, "items": found} if found else None


def _carried(procedure: Procedure, onward: str) -> list[str]:
    """Names of the facts that go along when a procedure continues as another."""
    continuations: list[Continuation] = [
        one
        for step in procedure.steps
        for outcome in step.outcomes
        for one in outcome.continues_as
        if one.procedure == onward
    ]
    return list(dict.fromkeys(name for one in continuations for name in [*one.line.values(), *one.carry]))


def went_on(step: CaseStep) -> str:
    """A sentence about the cases that an act just began at other offices or here; empty when it began none."""
    event = StepEvent.objects.filter(step=step).order_by("-id").first()
    keys = (event.data or {}).get("started", []) if event is not None else []
    begun = Case.objects.filter(pk__in=keys).select_related("organization").order_by("id")
    if len(begun) > 3:
        tiers = "、".join(dict.fromkeys(one.organization.get_tier_display() for one in begun))
        return f"接着由 {len(begun)} 个{tiers}机构办理“{begun[0].title}”。"
    return "".join(f"接着由{one.organization.short_name}办理“{one.title}”。" for one in begun)


def limit_lines(procedure: Procedure, spec: Step, row: CaseStep | None) -> list[dict[str, str]]:
    """The limits of a step: the words, the day each one ends in this case, and what was agreed where the words are open."""
    dated = row is not None and row.state in queries.OPEN and row.limits
    agreed = {one.decision: one.what for one in procedure.decisions}
    if not dated:
        limits = procedure.watched(spec.key)
        return [{"text": one.text, "agreed": agreed.get(one.decision, ""), "ends": "", "waits": ""} for one in limits]
    return [
        {
            "text": entry["text"],
            "agreed": agreed.get(entry["decision"], ""),
            "ends": _ends(entry),
            "waits": _waits(entry),
        }
        for entry in row.limits
        if entry["state"] != deadlines.OTHER
    ]


def earlier_rounds(procedure: Procedure, row: CaseStep) -> list[dict[str, Any]]:
    """What was recorded each time before of a step that is done again and again, the latest first."""
    if (row.nth or 1) == 1:
        return []
    before = CaseStep.objects.filter(case_id=row.case_id, key=row.key, state=CaseStep.State.DONE).exclude(pk=row.pk)
    rows = before.select_related("done_by").order_by("-id")
    return [{"row": one, "items": recorded_values(procedure.step(row.key), one)} for one in rows]


def progress(row: CaseStep) -> str:
    """How often a step that repeats was done and had to be done by today; empty for any other."""
    if row.nth is None:
        return ""
    spec = queries.procedure_of(row.case).step(row.key)
    done = f"{visits.count_text(row.nth, spec.times)}。已做{row.nth - 1}次"
    due = deadlines.rounds_due(row, clock.today(), calendar_table.current())
    return f"{done}。" if due is None else f"{done}，到今天应做{due}次。"


def is_early(row: CaseStep) -> bool:
    """Whether today lies before the time of this round of a step that repeats."""
    today = clock.today().isoformat()
    return row.nth is not None and any(entry.get("opens_on", "") > today for entry in row.limits)


def next_round(step: CaseStep) -> str:
    """A sentence about the round that an act just opened; empty when it opened none."""
    if step.nth is None:
        return ""
    rows = CaseStep.objects.filter(case_id=step.case_id, key=step.key, state__in=queries.OPEN)
    row = rows.order_by("-id").first()
    if row is None:
        return ""
    times = queries.procedure_of(step.case).step(step.key).times
    by = f"，不晚于{row.due_on.year}年{row.due_on.month}月{row.due_on.day}日" if row.due_on else ""
    return f"下一次是{visits.count_text(row.nth, times)}{by}。"


def _ends(entry: dict[str, Any]) -> str:
    """The day a running limit ends."""
    if entry.get("state") != "running":
        return ""
    day = dt.date.fromisoformat(entry["due_on"])
    return f"{day.month}月{day.day}日止"


def _waits(entry: dict[str, Any]) -> str:
    """What has to happen before a limit begins to run."""
    return f"从“{entry['term']}”起算，现在还没有" if entry.get("state") == "pending" and entry.get("term") else ""

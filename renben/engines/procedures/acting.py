"""Starting a case and acting on a step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import wraps
from typing import Any

from django.db import transaction

from renben.engines.procedures import (
    authority,
    deadlines,
    definitions,
    evidence,
    facts,
    flow,
    followups,
    locking,
    registry,
)
from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext, Stop
from renben.engines.procedures.models import Case, CaseStep, EvidenceItem
from renben.engines.procedures.schema import Outcome, Step
from renben.kernel import acts, audit, clock, numbering, rows
from renben.kernel.models import Organization

State = CaseStep.State
CASE_RESULT = ("data", "anchors", "version", "state", "outcome", "closed_at", "first_contact", "handed_over_at")
STEP_RESULT = ("state", "outcome", "reason", "done_at", "done_by", "data")
_CLOSED_TEXT = {
    State.WAITING: "还不能办",
    State.PAUSED: "正在暂停计时",
    State.DONE: "已经办过",
    State.RETURNED: "已经退回",
    State.SKIPPED: "不需要办理",
    State.CANCELLED: "已经终止",
}


def one_transaction(function):
    """Run in one transaction; a `Stop` leaves no trace and becomes `Blocked`."""

    @wraps(function)
    def wrapped(**kwargs):
        try:
            with transaction.atomic(), audit.together():
                return function(**kwargs)
        except Stop as stop:
            return Blocked(stop.reasons)

    return wrapped


@acts.whole
def start(
    *,
    procedure_id: str,
    organization: Organization,
    by: Any,
    person: Any = None,
    employer: Any = None,
    data: dict[str, Any] | None = None,
    parent: Case | None = None,
    anchors: dict[str, str] | None = None,
    on: dt.date | None = None,
) -> Case:
    """Open a case at `organization`. `data` are facts already known, by field name.

    Raises ProcedureUnknown, and Stop (with reasons for the clerk) when the office is of the wrong tier.
    """
    day, at = flow.instants(on)
    move = flow.new_case(
        procedure_id=procedure_id,
        organization=organization,
        by=by,
        on=day,
        at=at,
        person=person,
        employer=employer,
        data=data,
        parent=parent,
        anchors=anchors,
    )
    (case,) = flow.write_new([move])
    audit.record(
        action="case.start",
        subject=f"case:{case.pk}",
        detail={"number": case.number, "procedure": procedure_id, "person": case.person_id},
        by=by,
        organization=organization,
    )
    return case


@acts.whole
def start_many(
    *,
    procedure_id: str,
    organization: Organization,
    by: Any,
    subjects: Sequence[tuple[Any, dict[str, Any]]],
    on: dt.date | None = None,
) -> list[Case]:
    """Open one case for each `(person, data)`, in a handful of statements. Errors as in `start`; then none is opened."""
    day, at = flow.instants(on)
    definition, calendar = definitions.current(procedure_id), deadlines.calendar_in_force()
    numbers = numbering.take("case", organization, day, procedure_id, count=len(subjects)) if subjects else []
    moves = [
        flow.new_case(
            number=number,
            procedure_id=procedure_id,
            organization=organization,
            by=by,
            on=day,
            at=at,
            person=person,
            data=data,
            definition=definition,
            calendar=calendar,
        )
        for number, (person, data) in zip(numbers, subjects, strict=True)
    ]
    cases = flow.write_new(moves)
    if cases:
        audit.record(
            action="case.start_many",
            subject=f"procedure:{procedure_id}",
            detail={"count": len(cases), "first": cases[0].number, "last": cases[-1].number},
            by=by,
            organization=organization,
        )
    return cases


def lock_step(step_id: int, by: Any) -> locking.LockedStep:
    """The step with its case, locked together, and whether `by` may act on it. Raises Stop when there is none."""
    locked = locking.lock_step(step_id, by, clock.today())
    if locked is None:
        raise Stop(Reason("not_found", "没有找到这一环节", "请刷新页面"))
    return locked


def demand_ready(step: CaseStep) -> None:
    """Raises Stop when the step cannot be acted on now."""
    if step.state == State.READY:
        return
    why = f"：{step.reason}" if step.reason else ""
    raise Stop(Reason(f"step_{step.state}", f"“{step.title}”{_CLOSED_TEXT[State(step.state)]}{why}", "请刷新页面查看"))


def _replayed(step: CaseStep, outcome: str) -> Done | None:
    """The first answer again, when the same act comes a second time."""
    if step.state in (State.DONE, State.RETURNED) and step.data.get("asked", step.outcome) == outcome:
        return Done(outcome=step.outcome, refs=step.data.get("refs", {}), replayed=True)
    return None


def chosen_outcome(spec: Step, outcome: str, nth: int | None = None) -> Outcome:
    found = spec.outcome(outcome)
    if found is None or found not in spec.outcomes_in(nth):
        raise Stop(Reason("unknown_outcome", f"“{spec.name}”没有“{outcome}”这个办理结果", "请刷新页面"))
    return found


def guard_reasons(spec: Step, context: StepContext, *, before_action: bool = False) -> list[Reason]:
    """Reasons of the step's named guards. A guard nobody registered stops the act: it fails closed.

    `before_action`: the step's action runs next, so what the action itself checks under its locks is not asked twice.
    """
    reasons: list[Reason] = []
    for name in spec.guards:
        guard = registry.guard(name)
        if guard is None:
            reasons.append(Reason("guard_unknown", f"检查项“{name}”没有登记，不能办理", "请联系系统管理员检查规程目录"))
        elif not (before_action and registry.is_checked_by(spec.action, name)):
            reasons += guard(context)
    return reasons


def stored_evidence(step: CaseStep, spec: Step) -> list[EvidenceItem]:
    if not spec.evidence:
        return []
    return rows.fetch(EvidenceItem, "t.case_id = %s AND t.step_key = %s ORDER BY t.id", str(step.case_id), step.key)


def take_evidence(
    step: CaseStep, spec: Step, items: list[EvidenceItem], received: Iterable[str], by: Any, at: dt.datetime
) -> list[EvidenceItem]:
    """Mark the named pieces received; returns all stored rows of the step. Raises Stop for a name not on the list."""
    stored = {item.name: item for item in items}
    pieces = {piece.name: piece for piece in spec.evidence}
    fresh, changed = [], []
    for name in dict.fromkeys(received):
        if name not in pieces:
            raise Stop(Reason("unknown_evidence", f"“{name}”不在这一环节的材料清单里", "请刷新页面"))
        item = stored.get(name)
        if item is None:
            piece = pieces[name]
            item = EvidenceItem(case_id=step.case_id, step_key=step.key, name=name, copies=piece.copies)
            item.group, item.condition = piece.group, piece.when.code if piece.when else ""
            stored[name] = item
            fresh.append(item)
        elif item.state != EvidenceItem.State.RECEIVED:
            changed.append(item)
        else:
            continue
        item.state, item.received_at, item.received_by = EvidenceItem.State.RECEIVED, at, by
    if fresh:
        rows.insert(fresh)
    if changed:
        EvidenceItem.objects.bulk_update(changed, ["state", "received_at", "received_by"])
    return list(stored.values())


def _run_action(spec: Step, context: StepContext, outcome: Outcome) -> Done:
    if not spec.action or not outcome.goes_on:
        return Done()
    action = registry.action(spec.action)
    if action is None:
        raise Stop(Reason("action_unknown", f"业务动作“{spec.action}”没有登记，不能办理", "请联系系统管理员"))
    answer = action(context)
    if isinstance(answer, Blocked):
        raise Stop(*answer.reasons)
    if not isinstance(answer, Done):
        raise TypeError(f"action {spec.action} must answer Done or Blocked, not {answer!r}")
    return answer


@one_transaction
def act(
    *,
    step_id: int,
    outcome: str,
    by: Any,
    data: dict[str, Any] | None = None,
    reason: str = "",
    on: dt.date | None = None,
    received: Iterable[str] = (),
) -> Done | Blocked:
    """Finish a step with one of its outcomes.

    `data`: the step's fields; `received`: names of evidence handed in now; `on`: the day it was done (not in the future).
    An approving outcome needs all fields and evidence, passes the guards and runs the step's action; everything happens
    in one transaction or not at all. The same act again answers what the first answered.
    """
    day, at = flow.instants(on)
    locked = lock_step(step_id, by)
    step = locked.step
    if replayed := _replayed(step, outcome):
        return replayed
    demand_ready(step)
    case, procedure = step.case, definitions.procedure_of(step.case.definition_id)
    spec = procedure.step(step.key)
    wanted = chosen_outcome(spec, outcome, step.nth)
    delegation_id = authority.demand(locked)
    if wanted.kind == "refuse":
        raise Stop(Reason("use_refuse", "不予办理要写明理由、依据和申诉途径", "请用“不予办理”填写"))
    if wanted.kind == "return" and not reason.strip():
        raise Stop(Reason("reason_missing", "退回要写明原因", "请填写退回原因"))
    values, reasons = facts.take(spec, data or {}, step.nth)
    if reasons:
        raise Stop(*reasons)
    before = facts.carried(spec, case.data, step.nth) if wanted.goes_on else case.data
    if wanted.goes_on:
        values |= facts.fetch(spec, case, before | values)
    known = facts.with_defaults(procedure, before | values)
    context = StepContext(
        case, step, procedure, spec, outcome, known, values, by, day, at, reason, delegation_id=delegation_id
    )
    if wanted.goes_on:
        context.items = take_evidence(step, spec, stored_evidence(step, spec), received, by, at)
        _demand_complete(context, wanted)
    answer = _run_action(spec, context, wanted)
    if answer.outcome and answer.outcome != outcome:
        wanted = chosen_outcome(spec, answer.outcome, step.nth)
    if wanted.kind == "refuse":
        return refuse_locked(context, answer.refs, asked=outcome)
    return _finish(context, wanted, values, answer, asked=outcome)


def _demand_complete(context: StepContext, wanted: Outcome) -> None:
    """Everything an outcome that goes on needs: values, papers, standards, the right time, the guards. Raises Stop."""
    spec, procedure, step = context.spec, context.procedure, context.step
    reasons = facts.missing(procedure, spec, context.facts, wanted, step.nth)
    reasons += evidence.gate(procedure, spec, context.facts, context.items)
    times = step.nth if wanted.kind == "advance" else None
    context.missed, below = facts.below_standard(spec, context.data, context.reason.strip(), times)
    reasons += below + _late(context) + _early(context)
    reasons += guard_reasons(spec, context, before_action=not reasons)
    if reasons:
        raise Stop(*reasons)


def _early(context: StepContext) -> list[Reason]:
    """A round of a fixed recurring limit done before its own time began may be meant to make up the number: say why."""
    for limit in context.step.limits if context.step.nth else []:
        if (
            limit.get("opens_on")
            and context.on < dt.date.fromisoformat(limit["opens_on"])
            and not context.reason.strip()
        ):
            text = f"第{context.step.nth}次应在 {limit['opens_on']} 至 {limit['due_on']} 之间办（{limit['text']}），现在还早"
            return [Reason("explain_early", text, "确实已经办了的，请在“说明”里写明原因")]
    return []


def _late(context: StepContext) -> list[Reason]:
    """A duty that is done late is still done, with the reason on record."""
    step = context.step
    if not context.case.duty or step.due_at is None or context.at <= step.due_at or context.reason.strip():
        return []
    return [Reason("explain_delay", f"“{step.title}”已经超过期限（{step.due_on}）", "请在“说明”里写明逾期原因后再提交")]


def _finish(context: StepContext, wanted: Outcome, values: dict, answer: Done, asked: str) -> Done:
    case, step, procedure, spec = context.case, context.step, context.procedure, context.spec
    move = flow.Move(case, procedure, context.by, context.on, context.at, context.delegation_id)
    before = {"anchors": case.anchors, "facts": case.data}
    dates = facts.anchors_in(spec, values) | answer.anchors
    if wanted.goes_on:
        dates |= dict.fromkeys(spec.marks, context.on.isoformat())
        case.data = facts.carried(spec, case.data, step.nth)
    case.data = case.data | values | answer.facts
    case.anchors = case.anchors | dates
    known = facts.with_defaults(procedure, case.data)
    step.state = State.RETURNED if wanted.kind == "return" else State.DONE
    step.outcome, step.reason, step.done_at, step.done_by = wanted.code, context.reason, context.at, context.by
    step.data = {"values": values, "refs": answer.refs, "on": context.on.isoformat(), "asked": asked}
    if context.missed:
        step.data["missed"] = context.missed
    if case.handed_over_at is not None and step.organization_id == case.organization_id:
        case.first_contact, case.handed_over_at = context.by, None
    log = move.note(step, State.READY, step.state, outcome=wanted.code, reason=context.reason)
    # The next procedures first, so that a step which waits for one of them finds it open.
    flow.continue_journey(move, wanted.continues_as, known)
    flow.open_next(move, step, wanted, known)
    live = any(s.state in (State.READY, State.WAITING) for s in move.opened)
    closing = not flow.finish_step(step, *STEP_RESULT) and not live
    if closing:
        flow.close(move, Case.State.DONE, wanted.code)
    case.version += 1
    follow_ups = followups.begin(context, move) if wanted.kind == "advance" else []
    ended = followups.after_outcome(move, wanted)
    log.data = {
        "before": before,
        "started": [child.pk for child in move.started],
        "follow_ups": [*follow_ups, *ended.opened],
    }
    if ended.cleared:
        log.data["cleared"] = ended.cleared
    flow.write(move, *CASE_RESULT)
    if closing:
        flow.after_close(move)
    audit.record(
        action=f"step.{step.state}",
        subject=f"case:{case.pk}",
        detail={
            "step": step.key,
            "outcome": wanted.code,
            "action": spec.action,
            "refs": answer.refs,
            "started": [child.number for child in move.started],
            "delegation": context.delegation_id,
        },
        by=context.by,
        organization=step.organization_id,
    )
    return Done(outcome=wanted.code, refs=answer.refs, facts=values | answer.facts, anchors=dates)


def refuse_locked(context: StepContext, refs: dict[str, Any], asked: str) -> Done:
    """End the case with a refusal; `refs` hold `reason`, `article`, `appeal`. Open branches are cancelled."""
    case, step = context.case, context.step
    words = {"reason": "理由", "article": "依据", "appeal": "申诉途径"}
    lacking = [label for name, label in words.items() if not str(refs.get(name, "")).strip()]
    if lacking:
        raise Stop(Reason("refusal_incomplete", f"不予办理还缺：{'、'.join(lacking)}", "请补全后再办"))
    outcome = next((o for o in context.spec.outcomes if o.kind == "refuse"), None)
    if outcome is None:
        raise Stop(Reason("no_refusal", f"“{context.spec.name}”不能作不予办理", "请选择其他办理结果"))
    move = flow.Move(case, context.procedure, context.by, context.on, context.at, context.delegation_id)
    from_state = step.state
    step.state, step.outcome, step.reason = State.DONE, outcome.code, refs["reason"]
    step.done_at, step.done_by = context.at, context.by
    step.data = {"values": context.data, "refs": refs, "on": context.on.isoformat(), "asked": asked}
    rows.update(step, *STEP_RESULT)
    move.note(step, from_state, State.DONE, outcome=outcome.code, reason=refs["reason"], data=dict(refs))
    cancel_open_steps(move, "本办件不予办理", keep=step.pk)
    flow.close(move, Case.State.REFUSED, outcome.code)
    case.data = case.data | context.data
    case.version += 1
    flow.write(move, "data", "version", "state", "outcome", "closed_at")
    flow.after_close(move)
    audit.record(
        action="case.refuse",
        subject=f"case:{case.pk}",
        detail={"step": step.key, **refs},
        by=context.by,
        organization=step.organization_id,
    )
    return Done(outcome=outcome.code, refs=refs)


def cancel_open_steps(move: flow.Move, reason: str, keep: int | None = None) -> None:
    """End every branch still open, on record."""
    still_open = CaseStep.objects.filter(case=move.case, state__in=[State.READY, State.PAUSED, State.WAITING])
    for sibling in still_open.exclude(pk=keep).order_by("id"):
        move.note(sibling, sibling.state, State.CANCELLED, reason=reason)
        sibling.state, sibling.reason = State.CANCELLED, reason
        sibling.save(update_fields=["state", "reason"])

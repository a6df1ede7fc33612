"""What interrupts a step: papers to be corrected (一次性告知), pauses, refusal, evidence handed in later (D-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from renben.engines.procedures import authority, deadlines, definitions, facts, flow
from renben.engines.procedures.acting import (
    demand_ready,
    lock_step,
    one_transaction,
    refuse_locked,
    stored_evidence,
    take_evidence,
)
from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext, Stop
from renben.engines.procedures.models import Case, CaseStep, EvidenceItem, OneTimeNotice, Pause, StepEvent
from renben.kernel import audit, clock, numbering
from renben.kernel.roles import Role
from renben.kernel.workcalendar import WorkCalendar

State = CaseStep.State


def pauses_of(step: CaseStep) -> list[tuple[dt.date, dt.date | None]]:
    """The stopped intervals `[start, end)` of a step."""
    return list(Pause.objects.filter(step=step).order_by("start_on", "id").values_list("start_on", "end_on"))


def recount(
    step: CaseStep,
    pauses: list | None = None,
    today: dt.date | None = None,
    calendar: WorkCalendar | None = None,
) -> None:
    """Compute the step's limits anew from its anchors and intervals (never counted down)."""
    procedure = definitions.procedure_of(step.case.definition_id)
    deadlines.clock_of(
        procedure,
        step.key,
        anchors=step.case.anchors,
        opened_on=clock_day(step.opened_at),
        pauses=pauses_of(step) if pauses is None else pauses,
        today=today or clock.today(),
        calendar=calendar,
        term=deadlines.term_of(procedure, step.case),
        facts=facts.with_defaults(procedure, step.case.data),
        nth=step.nth,
    ).write(step)


def clock_day(at: dt.datetime) -> dt.date:
    return at.astimezone(clock.ZONE).date()


CLOCK_FIELDS = ["limits", "due_on", "raw_due_on", "due_at", "is_provisional"]


def _pause(step: CaseStep, move: flow.Move, kind: str, reason: str) -> None:
    Pause.objects.create(step=step, kind=kind, start_on=move.on, reason=reason, opened_by=move.by)
    step.state, step.reason = State.PAUSED, reason
    recount(step, today=move.on)
    step.save(update_fields=["state", "reason", *CLOCK_FIELDS])
    move.note(step, State.READY, State.PAUSED, reason=reason, note=kind)


def _resume(step: CaseStep, move: flow.Move) -> None:
    Pause.objects.filter(step=step, end_on=None).update(end_on=move.on)
    step.state, step.reason = State.READY, ""
    recount(step, today=move.on)
    step.save(update_fields=["state", "reason", *CLOCK_FIELDS])
    move.note(step, State.PAUSED, State.READY)


def _begin(step_id: int, by: Any, on: dt.date | None = None) -> tuple[CaseStep, flow.Move]:
    day, at = flow.instants(on)
    locked = lock_step(step_id, by)
    step, delegation_id = locked.step, authority.demand(locked)
    procedure = definitions.procedure_of(step.case.definition_id)
    return step, flow.Move(step.case, procedure, by, day, at, delegation_id)


def _audit(step: CaseStep, move: flow.Move, action: str, detail: dict) -> None:
    audit.record(
        action=action,
        subject=f"case:{step.case_id}",
        detail={"step": step.key, "delegation": move.delegation_id, **detail},
        by=move.by,
        organization=step.organization_id,
    )


@one_transaction
def pause(*, step_id: int, kind: str, reason: str, by: Any, on: dt.date | None = None) -> Done | Blocked:
    """Stop the clock of a step. `kind`: 补正, 公示, 现场核查 or 上级批复 (D-05)."""
    if kind not in Pause.Kind.values:
        raise Stop(Reason("bad_pause", f"“{kind}”不是可以暂停计时的情形", f"只能是{'、'.join(Pause.Kind.values)}"))
    if not reason.strip():
        raise Stop(Reason("reason_missing", "暂停计时要写明原因", "请填写原因"))
    step, move = _begin(step_id, by, on)
    demand_ready(step)
    _pause(step, move, kind, reason)
    flow.write(move)
    _audit(step, move, "step.pause", {"kind": kind, "reason": reason})
    return Done(outcome="paused")


@one_transaction
def resume(*, step_id: int, by: Any, on: dt.date | None = None) -> Done | Blocked:
    """Let the clock run again; a step under correction also has its notice cleared."""
    return _resumed(step_id, by, (), on)


@one_transaction
def resume_after_correction(
    *, step_id: int, by: Any, received: Iterable[str] = (), on: dt.date | None = None
) -> Done | Blocked:
    """The person came back with the papers: mark those `received`, clear the notice, let the clock run again."""
    return _resumed(step_id, by, received, on)


def _resumed(step_id: int, by: Any, received: Iterable[str], on: dt.date | None) -> Done:
    step, move = _begin(step_id, by, on)
    if step.state != State.PAUSED:
        raise Stop(Reason("not_paused", f"“{step.title}”没有在暂停计时", "请刷新页面查看"))
    spec = move.procedure.step(step.key)
    received = list(received)
    if received:
        take_evidence(step, spec, stored_evidence(step, spec), received, by, move.at)
    OneTimeNotice.objects.filter(step=step, cleared_at=None).update(cleared_at=move.at)
    _resume(step, move)
    flow.write(move)
    _audit(step, move, "step.resume", {"received": received})
    return Done(outcome="resumed", refs={"due_on": step.due_on.isoformat() if step.due_on else None})


@one_transaction
def return_for_correction(
    *,
    step_id: int,
    missing: list[str],
    reason: str,
    by: Any,
    approved_by: Any = None,
    on: dt.date | None = None,
) -> OneTimeNotice | Blocked:
    """Say once what is missing: a 一次性告知单, and the clock stops until the papers come.

    `missing`: names of evidence or plain words. A second notice in the same case needs `approved_by`, who must hold the
    leader's post of the office, and the reason why it was not said the first time.
    """
    missing = [name.strip() for name in missing if name.strip()]
    if not missing:
        raise Stop(Reason("nothing_missing", "没有写明要补什么", "请列出全部需要补正的材料或内容"))
    step, move = _begin(step_id, by, on)
    demand_ready(step)
    again = OneTimeNotice.objects.filter(case_id=step.case_id).exists()
    if again:
        if approved_by is None or not reason.strip():
            raise Stop(
                Reason("second_notice", "这个办件已经告知过一次，再次告知要由主管领导同意并写明理由", "请主管领导办理")
            )
        authority.delegation_for(approved_by, step.organization, [Role.LEADER])
    spec = move.procedure.step(step.key)
    stored = {item.name: item for item in stored_evidence(step, spec)}
    for piece in spec.evidence:
        if piece.name in missing:
            item = stored.get(piece.name) or EvidenceItem(
                case_id=step.case_id, step_key=step.key, name=piece.name, copies=piece.copies, group=piece.group
            )
            item.condition = piece.when.code if piece.when else ""
            item.state, item.note, item.received_at, item.received_by = EvidenceItem.State.MISSING, reason, None, None
            item.save()
    notice = OneTimeNotice.objects.create(
        case_id=step.case_id,
        step=step,
        number=numbering.next(kind="notice", organization=step.organization, on=move.on, extra="GZ"),
        items=missing,
        reason=reason,
        issued_at=move.at,
        issued_by=by,
    )
    told = {d.anchor: move.on.isoformat() for d in spec.deadlines if d.anchor_when == "correction"}
    step.case.anchors = step.case.anchors | told
    step.case.version += 1
    step.case.save(update_fields=["anchors", "version"])
    _pause(step, move, Pause.Kind.CORRECTION, reason or "等待补正材料")
    flow.write(move)
    _audit(
        step,
        move,
        "step.return_for_correction",
        {"notice": notice.number, "missing": missing, "approved_by": getattr(approved_by, "pk", None)},
    )
    return notice


@one_transaction
def refuse(
    *, step_id: int, reason: str, article: str, appeal: str, by: Any, on: dt.date | None = None
) -> Done | Blocked:
    """End the case with a refusal that says why, by which article, and how to appeal. A second identical call answers the
    first one's result."""
    day, at = flow.instants(on)
    locked = lock_step(step_id, by)
    step = locked.step
    if step.state == State.DONE and step.case.state == Case.State.REFUSED:
        return Done(outcome=step.outcome, refs=step.data.get("refs", {}), replayed=True)
    if step.state != State.PAUSED:
        demand_ready(step)
    procedure = definitions.procedure_of(step.case.definition_id)
    spec = procedure.step(step.key)
    delegation_id = authority.demand(locked)
    if step.state == State.PAUSED:
        Pause.objects.filter(step=step, end_on=None).update(end_on=day)
        OneTimeNotice.objects.filter(step=step, cleared_at=None).update(cleared_at=at)
    known = facts.with_defaults(procedure, step.case.data)
    context = StepContext(
        step.case, step, procedure, spec, "refused", known, {}, by, day, at, reason, delegation_id=delegation_id
    )
    return refuse_locked(context, {"reason": reason, "article": article, "appeal": appeal}, asked="refused")


@one_transaction
def receive_evidence(
    *,
    case_id: int,
    step_key: str,
    name: str,
    by: Any,
    file: Any = None,
    note: str = "",
    state: str = EvidenceItem.State.RECEIVED,
    due_on: dt.date | None = None,
) -> EvidenceItem | Blocked:
    """Record one piece of evidence: received, waived (免交, needs a note) or deferred (容缺, needs `due_on`)."""
    case = Case.objects.select_for_update().select_related("organization").get(pk=case_id)
    if case.state != Case.State.OPEN:
        raise Stop(Reason("case_closed", "办件已经结束，不能再收材料", "如需补充，请重新受理"))
    procedure = definitions.procedure_of(case.definition_id)
    try:
        spec = procedure.step(step_key)
    except KeyError:
        raise Stop(Reason("not_found", "没有找到这一环节", "请刷新页面")) from None
    piece = next((p for p in spec.evidence if p.name == name), None)
    if piece is None:
        raise Stop(Reason("unknown_evidence", f"“{name}”不在这一环节的材料清单里", "请刷新页面"))
    authority.delegation_for(by, case.organization, spec.roles)
    if state == EvidenceItem.State.WAIVED and not note.strip():
        raise Stop(Reason("reason_missing", "免交要写明理由", "请填写理由"))
    if state == EvidenceItem.State.DEFERRED and (not piece.deferrable or due_on is None):
        raise Stop(Reason("not_deferrable", f"“{name}”不能容缺，或没有写补交期限", "请收齐材料后再办"))
    got = state == EvidenceItem.State.RECEIVED
    item, _ = EvidenceItem.objects.update_or_create(
        case=case,
        step_key=step_key,
        name=name,
        defaults={
            "copies": piece.copies,
            "group": piece.group,
            "condition": piece.when.code if piece.when else "",
            "condition_met": procedure.holds(
                piece.when.code if piece.when else "", facts.with_defaults(procedure, case.data)
            ),
            "state": state,
            "file": file,
            "note": note,
            "due_on": due_on,
            "received_at": clock.now() if got else None,
            "received_by": by if got else None,
        },
    )
    StepEvent.objects.create(
        case=case, to_state=case.state, at=clock.now(), by=by, note=f"材料：{name}", data={"evidence": state}
    )
    audit.record(
        action="case.evidence",
        subject=f"case:{case.pk}",
        detail={"step": step_key, "name": name, "state": state},
        by=by,
        organization=case.organization,
    )
    return item

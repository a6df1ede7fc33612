"""What moves a case as a whole: another office takes it, it is withdrawn, the last act is undone, its dates move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from renben.engines.procedures import authority, deadlines, definitions, flow, followups, registry
from renben.engines.procedures.acting import cancel_open_steps, demand_ready, lock_step, one_transaction
from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext, Stop
from renben.engines.procedures.corrections import CLOCK_FIELDS, recount
from renben.engines.procedures.models import Case, CaseStep, FollowUp, Pause, StepEvent
from renben.kernel import audit, clock
from renben.kernel.models import Organization

State = CaseStep.State
UNDO_WITHIN = dt.timedelta(minutes=5)
_OPEN = [State.READY, State.PAUSED, State.WAITING]


def _locked_case(case_id: int) -> Case:
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("organization", "person__organization")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise Stop(Reason("not_found", "没有找到这个办件", "请刷新页面"))
    return case


@one_transaction
def hand_over(*, case_id: int, to_organization: Organization, by: Any, reason: str) -> list[Case] | Blocked:
    """Give the case to another office of the same tier. Everything that runs for the same person at the old office goes
    along: cases, steps (also paused and waiting ones) and follow-ups, with their clocks as they stand.

    The first contact stays responsible until the new office acts for the first time.
    """
    if not reason.strip():
        raise Stop(Reason("reason_missing", "转出要写明原因", "请填写原因，例如“本人户口迁往光明街道”"))
    case = _locked_case(case_id)
    office = case.organization
    if to_organization.pk == office.pk:
        raise Stop(Reason("same_office", "办件已经在这个机构", "请选择转入的机构"))
    if to_organization.tier != office.tier or not to_organization.is_active:
        raise Stop(Reason("wrong_tier", f"不能转到{to_organization.short_name}", "请选择同一层级、正在运行的机构"))
    rows = Case.objects.filter(organization=office, state=Case.State.OPEN)
    rows = rows.filter(person_id=case.person_id) if case.person_id else rows.filter(pk=case.pk)
    moving = list(rows.select_for_update(of=("self",)).order_by("id"))
    follow_ups = FollowUp.objects.filter(organization=office, cleared_at=None)
    follow_ups = follow_ups.filter(person_id=case.person_id) if case.person_id else follow_ups.filter(case=case)
    if not moving and not follow_ups.exists():
        raise Stop(Reason("nothing_running", "没有正在办理的事项可转", "如需查询历史，请到办件列表"))
    at = clock.now()
    for running in moving:
        running.organization, running.handed_over_at = to_organization, at
        running.version += 1
        running.save(update_fields=["organization", "handed_over_at", "version"])
    CaseStep.objects.filter(case__in=moving, organization=office, state__in=_OPEN).update(
        organization=to_organization, claimed_by=None
    )
    moved_follow_ups = follow_ups.update(organization=to_organization)
    StepEvent.objects.bulk_create(
        StepEvent(
            case=running,
            from_state=Case.State.OPEN,
            to_state=Case.State.OPEN,
            outcome=Case.State.HANDED_OVER,
            at=at,
            by=by,
            reason=reason,
            note=f"{office.short_name}→{to_organization.short_name}",
            data={"from": office.pk, "to": to_organization.pk},
        )
        for running in moving
    )
    audit.record(
        action="case.hand_over",
        subject=f"case:{case.pk}",
        detail={
            "cases": [running.number for running in moving],
            "follow_ups": moved_follow_ups,
            "from": office.pk,
            "to": to_organization.pk,
            "reason": reason,
        },
        by=by,
        organization=office,
    )
    return moving


@one_transaction
def withdraw(*, case_id: int, by: Any, reason: str) -> Done | Blocked:
    """The person no longer wants it: the case ends as withdrawn, open steps are cancelled, what waited for it goes on."""
    if not reason.strip():
        raise Stop(Reason("reason_missing", "撤回要写明原因", "请填写原因"))
    case = _locked_case(case_id)
    if case.state == Case.State.WITHDRAWN:
        return Done(outcome=case.outcome, replayed=True)
    if case.state != Case.State.OPEN:
        raise Stop(Reason("case_closed", "办件已经结束，不能撤回", "如需更正，请重新受理"))
    move = flow.Move(case, definitions.procedure_of(case.definition_id), by, clock.today(), clock.now())
    cancel_open_steps(move, f"撤回：{reason}")
    Pause.objects.filter(step__case=case, end_on=None).update(end_on=move.on)
    flow.close(move, Case.State.WITHDRAWN, "withdrawn")
    move.log[-1].reason = reason
    case.version += 1
    case.save(update_fields=["state", "outcome", "closed_at", "version"])
    flow.write(move)
    flow.after_close(move)
    audit.record(
        action="case.withdraw",
        subject=f"case:{case.pk}",
        detail={"number": case.number, "reason": reason},
        by=by,
        organization=case.organization,
    )
    return Done(outcome="withdrawn")


def _last_act(step: CaseStep) -> StepEvent:
    last = StepEvent.objects.filter(case_id=step.case_id, step=step).order_by("-id").first()
    if last is None or last.to_state not in (State.DONE, State.RETURNED) or "before" not in last.data:
        raise Stop(Reason("cannot_undo", f"“{step.title}”没有可以撤销的办理", "请刷新页面查看"))
    return last


def _followers(step: CaseStep, last: StepEvent) -> tuple[list[CaseStep], list[Case]]:
    """Steps and cases that the act opened. Raises Stop when somebody has already worked on one of them."""
    later = StepEvent.objects.filter(case_id=step.case_id, id__gt=last.pk, at__gt=last.at)
    started = list(Case.objects.filter(pk__in=last.data["started"]).order_by("id"))
    touched = later.exists() or any(child.version > 1 for child in started)
    opened = list(
        CaseStep.objects.filter(case_id=step.case_id, opened_at=last.at, id__gt=step.pk)
        .exclude(pk=step.pk)
        .order_by("id")
    )
    if touched or any(s.claimed_by_id for s in opened):
        raise Stop(Reason("followed", "后面的环节已经有人办了，不能撤销", "请用“退回”交回上一环节"))
    return opened, started


@one_transaction
def undo(*, step_id: int, by: Any) -> Done | Blocked:
    """Take back one's own act within five minutes, when nothing has followed and the business act can be taken back."""
    step = lock_step(step_id, by).step
    case = step.case
    last = _last_act(step)
    if last.by_id != by.pk:
        raise Stop(Reason("not_yours", "只能撤销自己刚办的环节", "请由办理人撤销，或用“退回”"))
    if clock.now() - last.at > UNDO_WITHIN:
        raise Stop(Reason("too_late", "已经超过五分钟，不能撤销", "请用“退回”交回上一环节"))
    if case.state != Case.State.OPEN and case.parent_id is not None:
        raise Stop(Reason("followed", "办件已经办结并交给了下一级，不能撤销", "请联系接手的机构"))
    opened, started = _followers(step, last)
    procedure = definitions.procedure_of(case.definition_id)
    spec = procedure.step(step.key)
    chosen = spec.outcome(step.outcome)
    context = StepContext(
        case,
        step,
        procedure,
        spec,
        step.outcome,
        case.data,
        step.data.get("values", {}),
        by,
        clock.today(),
        clock.now(),
    )
    if spec.action and chosen is not None and chosen.goes_on:
        undo_action = registry.undo_action(spec.action)
        if undo_action is None:
            raise Stop(Reason("cannot_undo", f"“{spec.name}”已经产生登记或证照，不能撤销", "请按更正或注销办理"))
        answer = undo_action(context)
        if isinstance(answer, Blocked):
            raise Stop(*answer.reasons)
    move = flow.Move(case, procedure, by, clock.today(), clock.now())
    _cancel(move, opened, "上一环节的办理被撤销")
    for child in started:
        other = flow.Move(child, definitions.procedure_of(child.definition_id), by, move.on, move.at)
        cancel_open_steps(other, "上一环节的办理被撤销")
        flow.close(other, Case.State.WITHDRAWN, "undone")
        child.version += 1
        child.save(update_fields=["state", "outcome", "closed_at", "version"])
        flow.write(other)
    FollowUp.objects.filter(pk__in=last.data["follow_ups"], cleared_at=None).update(
        cleared_at=move.at, cleared_by_event="undo", outcome="undone"
    )
    from_state = step.state
    followups.reopen(last.data.get("cleared", []))
    # The round goes up so that what this step opens next does not collide with the rows just cancelled.
    highest = max([step.round, *(other.round for other in opened if other.key == step.key)])
    step.state, step.round, step.outcome, step.reason, step.data = State.READY, highest + 1, "", "", {}
    step.done_at = step.done_by = None
    step.save(update_fields=["state", "round", "outcome", "reason", "data", "done_at", "done_by"])
    case.data, case.anchors = last.data["before"]["facts"], last.data["before"]["anchors"]
    case.state, case.outcome, case.closed_at = Case.State.OPEN, "", None
    case.version += 1
    case.save(update_fields=["data", "anchors", "state", "outcome", "closed_at", "version"])
    move.note(step, from_state, State.READY, note="撤销")
    flow.write(move)
    audit.record(
        action="step.undo",
        subject=f"case:{case.pk}",
        detail={"step": step.key, "cancelled": [child.number for child in started]},
        by=by,
        organization=step.organization_id,
    )
    return Done(outcome="undone")


def _cancel(move: flow.Move, steps: list[CaseStep], reason: str) -> None:
    for step in steps:
        move.note(step, step.state, State.CANCELLED, reason=reason)
        step.state, step.reason = State.CANCELLED, reason
        step.save(update_fields=["state", "reason"])


@one_transaction
def claim(*, step_id: int, by: Any) -> Done | Blocked:
    """Take a step of one's office on oneself, so that colleagues see who is at it."""
    locked = lock_step(step_id, by)
    step = locked.step
    if step.claimed_by_id == by.pk:
        return Done(outcome="claimed", replayed=True)
    demand_ready(step)
    if step.claimed_by_id is not None:
        raise Stop(Reason("claimed", f"{step.claimed_by.display_name}正在办理", "请与其联系，或请其放回"))
    delegation_id = authority.demand(locked)
    return _claimed(step, by, by, "领办", delegation_id)


@one_transaction
def release(*, step_id: int, by: Any) -> Done | Blocked:
    """Put a claimed step back for the colleagues of the office."""
    locked = lock_step(step_id, by)
    step = locked.step
    if step.claimed_by_id is None:
        return Done(outcome="released", replayed=True)
    delegation_id = authority.demand(locked)
    return _claimed(step, None, by, "放回", delegation_id)


def _claimed(step: CaseStep, whom: Any, by: Any, note: str, delegation_id: int | None) -> Done:
    step.claimed_by = whom
    step.save(update_fields=["claimed_by"])
    StepEvent.objects.create(
        case=step.case,
        step=step,
        from_state=step.state,
        to_state=step.state,
        at=clock.now(),
        by=by,
        note=note,
        acting_for_id=delegation_id,
    )
    action = "claim" if whom else "release"
    audit.record(
        action=f"step.{action}",
        subject=f"case:{step.case_id}",
        detail={"step": step.key},
        by=by,
        organization=step.organization_id,
    )
    return Done(outcome=f"{action}ed" if whom else "released")


@one_transaction
def record_anchor(*, case_id: int, anchor: str, on: dt.date, by: Any) -> Done | Blocked:
    """Put a date on record that limits count from (code of catalog/events.yaml); open steps get their due day."""
    case = _locked_case(case_id)
    procedure = definitions.procedure_of(case.definition_id)
    if not any(d.anchor == anchor for s in procedure.steps for d in s.deadlines):
        raise Stop(Reason("unknown_anchor", f"“{procedure.title}”没有从“{anchor}”起算的时限", "请检查规程目录"))
    case.anchors = case.anchors | {anchor: on.isoformat()}
    case.version += 1
    case.save(update_fields=["anchors", "version"])
    for step in CaseStep.objects.filter(case=case, state__in=[State.READY, State.PAUSED]).order_by("id"):
        step.case = case
        recount(step)
        step.save(update_fields=CLOCK_FIELDS)
    audit.record(
        action="case.anchor",
        subject=f"case:{case.pk}",
        detail={"anchor": anchor, "on": on},
        by=by,
        organization=case.organization,
    )
    return Done(outcome="recorded", anchors={anchor: on.isoformat()})


@one_transaction
def attach_person(*, case_id: int, person: Any, by: Any) -> Done | Blocked:
    """Say whom a case is about, when it began with a name only (a list that the community reported)."""
    case = _locked_case(case_id)
    if case.person_id is not None:
        if case.person_id == person.pk:
            return Done(outcome="attached", replayed=True)
        raise Stop(Reason("has_person", "这一件已经有服务对象", "办错了请撤回后重新受理"))
    case.person = person
    case.version += 1
    case.save(update_fields=["person", "version"])
    StepEvent.objects.create(
        case=case, from_state=case.state, to_state=case.state, at=clock.now(), by=by, note="补上服务对象"
    )
    audit.record(
        action="case.attach_person",
        subject=f"case:{case.pk}",
        detail={"person": person.pk},
        by=by,
        organization=case.organization,
    )
    return Done(outcome="attached")


@dataclass(frozen=True)
class Moved:
    """A due day that changed with the calendar."""

    step_id: int
    before: dt.date | None
    after: dt.date | None


def recompute_due(*, dates: Iterable[dt.date], by: Any = None) -> list[Moved]:
    """The work calendar changed on `dates`: compute the open steps it can touch anew. Answers what moved, on record.

    Finished steps keep the dates they were judged by.
    """
    days = sorted(dates)
    if not days:
        return []
    moved: list[Moved] = []
    with transaction.atomic():
        rows = (
            CaseStep.objects.select_for_update(of=("self",))
            .select_related("case")
            .filter(state__in=[State.READY, State.PAUSED], due_on__isnull=False, opened_at__lte=clock.now())
            .filter(due_on__gte=days[0] - dt.timedelta(days=31))
            .order_by("id")
        )
        pauses: dict[int, list] = {}
        for step_id, start_on, end_on in Pause.objects.filter(step__in=rows.values("id")).values_list(
            "step_id", "start_on", "end_on"
        ):
            pauses.setdefault(step_id, []).append((start_on, end_on))
        events, changed, calendar = [], [], deadlines.calendar_in_force()
        for step in rows:
            before, limits = step.due_on, step.limits
            recount(step, pauses.get(step.pk, []), calendar=calendar)
            if step.due_on != before:
                moved.append(Moved(step.pk, before, step.due_on))
                note = f"工作日历调整：{before}→{step.due_on}"
                events.append(
                    StepEvent(
                        case=step.case, step=step, from_state=step.state, to_state=step.state, at=clock.now(), by=by,
                        note=note, data={"before": limits},
                    )
                )  # fmt: skip
            if step.limits != limits:
                changed.append(step)
        CaseStep.objects.bulk_update(changed, CLOCK_FIELDS, batch_size=1000)
        StepEvent.objects.bulk_create(events, batch_size=1000)
        if changed:
            audit.record(
                action="case.recompute_due",
                subject="calendar",
                detail={"dates": [day.isoformat() for day in days], "moved": len(moved), "changed": len(changed)},
                by=by,
            )
    return moved

"""What is done with a finding: told, handed to the street, applied for, or a "no" with its reason. One transaction each."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.documents.issuing import issue
from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures import actions as procedures
from renben.engines.procedures import queries as procedure_queries
from renben.engines.procedures.models import Case
from renben.engines.rules.searching import search_of
from renben.kernel import acts, audit, clock
from renben.kernel.models import Organization
from renben.services.registration.codes import Channel
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.territory import NoSuchOffice, street_of
from renben.services.support.finding import printed, running, tasks
from renben.services.support.finding.models import Finding

State = Finding.State
NOTICE = "政策告知单"


def _held(finding: Finding) -> Finding:
    """The row, locked; NotPossible when it has come to an end meanwhile."""
    held = (
        Finding.objects.select_for_update(of=("self",))
        .select_related("person__organization", "case")
        .get(pk=finding.pk)
    )
    if not held.is_open:
        raise NotPossible(Why("ended", f"这条已经了结（{held.get_state_display()}），不能再办。"))
    return held


def _note(finding: Finding, event: str, by: Any, **detail: Any) -> None:
    audit.record(
        action=f"finding.{event}",
        subject=f"person:{finding.person_id}",
        detail={"finding": finding.pk, "policy": finding.policy, **detail},
        by=by,
        organization=finding.person.organization,
    )


@acts.whole
def tell(*, finding: Finding, how: str, on: dt.date, by: Any, note: str = "") -> Finding:
    """已告知: how and when the person heard of it. Telling again keeps the first day and changes the note."""
    held = _held(finding)
    if how not in Channel.values:
        raise NotPossible(Why("how", "请选择怎样告知的。"))
    if not held.found_on <= on <= clock.today():
        raise NotPossible(Why("when", f"告知日期要在发现日期{held.found_on:%Y-%m-%d}以后、今天以前，请核对。"))
    held.told_on, held.told_how, held.told_note = held.told_on or on, how, note.strip()[:300]
    held.told_by, held.version = by, held.version + 1
    if held.state == State.FOUND:
        held.state = State.TOLD
    held.save()
    tasks.clear(held, f"已告知（{Channel(how).label}）", tasks.TELL)
    _note(held, "tell", by, how=how, on=str(on))
    return held


@acts.whole
def hand_on(*, finding: Finding, by: Any) -> Finding:
    """报社保所: a station passes on that the person wants to apply; the street gets the task. NotPossible before telling."""
    held = _held(finding)
    if held.state != State.TOLD:
        raise NotPossible(Why("not_told", "请先登记已告知。" if held.state == State.FOUND else "已经在申请了。"))
    if held.handed_on is None:
        held.handed_on, held.version = clock.today(), held.version + 1
        held.save(update_fields=["handed_on", "version"])
        tasks.open_to_apply(held, street_of(held.person.organization))
        _note(held, "hand_on", by)
    return held


@acts.whole
def apply_for(*, finding: Finding, organization: Organization, by: Any) -> Case:
    """发起申请 at an office that handles the procedure; a case of the same matter that runs already is taken."""
    held = _held(finding)
    search = search_of(held.policy)
    if search is None:
        raise NotPossible(Why("gone", "这项政策已不再查找，不能从这里申请。"))
    case = procedure_queries.open_case(held.person, search.procedure)
    if case is None:
        known = search.carry(held.inputs, held.judged_on) if search.carry is not None else {}
        case = procedures.start(
            procedure_id=search.procedure, organization=organization, by=by, person=held.person, data=known
        )
    held.case, held.state, held.version = case, State.APPLIED, held.version + 1
    held.applied_on = held.applied_on or clock.today()
    held.save(update_fields=["case", "state", "applied_on", "version"])
    tasks.clear(held, f"已申请（{case.number}）")
    _note(held, "apply", by, case=case.number)
    return case


@acts.whole
def decline(*, finding: Finding, reason: str, note: str, by: Any) -> Finding:
    """本人不需要 or 不符合, with why; it is not raised again until the facts change."""
    held = _held(finding)
    if reason not in Finding.SAID_NO:
        raise NotPossible(Why("reason", "请选择不办的原因。"))
    if not note.strip():
        raise NotPossible(Why("note", "请写一句具体情况，以后别人看得懂。"))
    if held.state == State.APPLIED:
        raise NotPossible(Why("applied", "已经在申请。", "请在办件里撤回或作不予办理。"))
    running.end(held, State.DECLINED, note.strip(), on=clock.today(), by=by, no_reason=reason)
    _note(held, "decline", by, reason=reason)
    return held


@acts.whole
def take_back(*, finding: Finding, by: Any) -> Finding:
    """A "no" is taken back: the person has thought again, or it was a mistake."""
    held = Finding.objects.select_for_update(of=("self",)).select_related("person__organization").get(pk=finding.pk)
    if held.state != State.DECLINED:
        raise NotPossible(Why("not_declined", f"这条现在是“{held.get_state_display()}”，不用恢复。"))
    if Finding.objects.open().filter(person=held.person, policy=held.policy).exists():
        raise NotPossible(Why("open", "本人这项政策已有一条没办完的记录。"))
    held.state = State.TOLD if held.told_on else State.FOUND
    held.no_reason, held.ended_on, held.ended_note, held.ended_by = "", None, "", None
    held.version += 1
    held.save()
    _note(held, "take_back", by)
    return held


@acts.whole
def print_notice(*, finding: Finding, by: Any) -> IssuedDocument:
    """《政策告知单》 of the street, to hand over; printing it does not count as telling."""
    person = finding.person
    try:
        office = street_of(person.organization)
    except NoSuchOffice:
        office = person.organization
    return issue(form=NOTICE, person=person, organization=office, data=printed.notice(finding, office), by=by)

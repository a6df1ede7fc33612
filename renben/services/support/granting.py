"""From the check on the spot to the agreement: each act moves one application on (J-4.3.2, Q-1.3.1, Q-1.3.2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.engines.payments import accounts
from renben.kernel import acts, audit, clock, taskboard
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support import applying, messages, planning
from renben.services.support.codes import BASIS, Kind
from renben.services.support.models import InsuranceSubsidy, SubsidyVisit

State, Occasion = InsuranceSubsidy.State, SubsidyVisit.Occasion


@dataclass(frozen=True)
class Seen:
    """What a visit found. `is_working` says whether the person really runs the business or does the work."""

    on: dt.date
    visitors: str = ""
    work: str = ""
    place: str = ""
    hours: str = ""
    income_fen: int | None = None
    findings: str = ""
    is_working: bool = True


def _demand_state(subsidy: InsuranceSubsidy, *states: str) -> None:
    if subsidy.state not in states:
        text = f"申请现在是“{subsidy.get_state_display()}”，还不能办这一步。"
        raise NotPossible(Why("subsidy_state", text, "请按顺序办理。"))


def _moved(subsidy: InsuranceSubsidy, action: str, by: Any, **detail: Any) -> InsuranceSubsidy:
    subsidy.version += 1
    subsidy.save()
    audit.record(
        action=f"subsidy.{action}",
        subject=f"person:{subsidy.person_id}",
        detail={"subsidy": subsidy.pk, "state": subsidy.state, **detail},
        by=by,
        organization=subsidy.organization,
    )
    return subsidy


def record_visit(*, subsidy: InsuranceSubsidy, occasion: str, seen: Seen, by: Any, case: Any = None) -> SubsidyVisit:
    """Keep what was seen. NotPossible for a day to come."""
    if seen.on > clock.today():
        raise NotPossible(Why("future", "走访日期还没到，请核对。"))
    return SubsidyVisit.objects.create(
        subsidy=subsidy,
        occasion=occasion,
        on=seen.on,
        visitors=seen.visitors[:100],
        work=seen.work[:200],
        place=seen.place[:200],
        hours=seen.hours[:100],
        income_fen=seen.income_fen,
        findings=seen.findings,
        is_working=seen.is_working,
        case=case,
        recorded_at=clock.now(),
        recorded_by=by,
    )


@acts.whole
def verify(*, subsidy: InsuranceSubsidy, seen: Seen, by: Any, case: Any = None) -> InsuranceSubsidy:
    """街（镇）实地核实: work and place are those that were seen. NotPossible when there is no real work: that is a refusal."""
    held = planning.lock(subsidy)
    _demand_state(held, State.APPLIED, State.VERIFIED)
    if not seen.is_working:
        text = "实地没有看到在经营或就业，不能上报。"
        raise NotPossible(Why("not_working", text, "请选“没有实际经营或就业”。", BASIS[Kind(held.kind)]))
    record_visit(subsidy=held, occasion=Occasion.VERIFY, seen=seen, by=by, case=case)
    held.work, held.place, held.state = seen.work[:200], seen.place[:200], State.VERIFIED
    return _moved(held, "verify", by)


@acts.whole
def submit(*, subsidy: InsuranceSubsidy, first_month: dt.date, by: Any, on: dt.date) -> InsuranceSubsidy:
    """报区: from the month asked for, decided anew; somebody whose months are used up by now is refused (state 未批准)."""
    held = planning.lock(subsidy)
    _demand_state(held, State.VERIFIED, State.SUBMITTED)
    applying.set_first_month(subsidy=held, month=first_month)
    held.state, held.submitted_on = State.SUBMITTED, on
    applying.decide(subsidy=held, by=by, on=on)
    return _moved(held, "submit", by, first=held.first_month, months=held.months_granted)


@acts.whole
def review(*, subsidy: InsuranceSubsidy, by: Any, on: dt.date) -> InsuranceSubsidy:
    """区受理审核: the district decides by the rules of its own day, on the facts as they are by then."""
    held = planning.lock(subsidy)
    _demand_state(held, State.APPLIED, State.VERIFIED, State.SUBMITTED)
    if held.first_month is None:
        applying.set_first_month(subsidy=held, month=on)
    held.state, held.submitted_on = State.SUBMITTED, held.submitted_on or on
    applying.decide(subsidy=held, by=by, on=on)
    return _moved(held, "review", by, months=held.months_granted)


@acts.whole
def check(*, subsidy: InsuranceSubsidy, seen: Seen, by: Any, case: Any = None) -> InsuranceSubsidy:
    """区实地核查 and 网上审批."""
    held = planning.lock(subsidy)
    _demand_state(held, State.SUBMITTED, State.REVIEWED)
    if not seen.is_working:
        text = "核查时没有实际经营或就业，不能上报。"
        raise NotPossible(Why("not_working", text, "请选“不予上报”。", BASIS[Kind(held.kind)]))
    record_visit(subsidy=held, occasion=Occasion.CHECK, seen=seen, by=by, case=case)
    held.work, held.place = seen.work[:200] or held.work, seen.place[:200] or held.place
    held.state, held.reviewed_on = State.REVIEWED, seen.on
    return _moved(held, "check", by)


@acts.whole
def report(*, subsidy: InsuranceSubsidy, petition: str, by: Any) -> InsuranceSubsidy:
    """材料上报市局."""
    held = planning.lock(subsidy)
    _demand_state(held, State.REVIEWED, State.REPORTED)
    held.state, held.petition_number = State.REPORTED, petition[:60]
    return _moved(held, "report", by, petition=petition)


@acts.whole
def approve(*, subsidy: InsuranceSubsidy, on: dt.date, number: str, by: Any) -> InsuranceSubsidy:
    """市局批复: months and amounts are those of the determination; the street gets a task to sign and tell."""
    held = planning.lock(subsidy)
    _demand_state(held, State.REPORTED, State.APPROVED)
    if on > clock.today():
        raise NotPossible(Why("future", "批复日期还没到，请核对。"))
    held.state, held.approved_on, held.reply_number = State.APPROVED, on, number[:60]
    taskboard.open_task(
        key=f"subsidy.agree:{held.pk}",
        title=f"为 {held.person.name} 代签补贴协议",
        reason=f"{held.get_kind_display()}社会保险补贴已批复，可享受{held.months_granted}个月，请代签协议并告知本人。",
        organization=held.organization,
        person=held.person,
        cleared_by="SubsidyAgreed",
        url=f"/support/{held.pk}/",
    )
    messages.subsidy_decided(held)
    return _moved(held, "approve", by, number=held.reply_number)


@dataclass(frozen=True)
class Account:
    """The passbook or card the subsidy goes to."""

    holder: str
    bank: str
    number: str


@acts.whole
def agree(*, subsidy: InsuranceSubsidy, on: dt.date, account: Account, by: Any) -> InsuranceSubsidy:
    """代签协议: the account is the person's own, and the months are planned. PaymentRefused for somebody else's account."""
    held = planning.lock(subsidy)
    _demand_state(held, State.APPROVED, State.DRAWING)
    if on > clock.today():
        raise NotPossible(Why("future", "代签协议日期还没到，请核对。"))
    accounts.set_account(person=held.person, holder=account.holder, bank=account.bank, number=account.number, by=by)
    held.agreed_on, held.state = on, State.DRAWING
    planning.replan(subsidy=held, by=by)
    taskboard.clear(key=f"subsidy.agree:{held.pk}", event="SubsidyAgreed", outcome="已代签")
    return _moved(held, "agree", by, months=held.months_granted)


@acts.whole
def follow(*, subsidy: InsuranceSubsidy, seen: Seen, by: Any, case: Any = None) -> SubsidyVisit:
    """跟踪回访. Somebody who does not work any more becomes a task to stop the subsidy."""
    held = planning.lock(subsidy)
    _demand_state(held, State.DRAWING, State.STOPPED, State.COMPLETED)
    visit = record_visit(subsidy=held, occasion=Occasion.FOLLOW, seen=seen, by=by, case=case)
    if not seen.is_working and held.state == State.DRAWING:
        taskboard.open_task(
            key=f"subsidy.stop:{held.pk}:{seen.on}",
            title=f"停发 {held.person.name} 的社会保险补贴",
            reason=f"{seen.on:%Y年%m月%d日}回访时已不再经营或就业，请登记停发。",
            organization=held.organization,
            person=held.person,
            cleared_by="SubsidyStopped",
            url=f"/support/{held.pk}/stop/",
        )
    _moved(held, "follow", by, visit=visit.pk, working=seen.is_working)
    return visit

"""Step actions of J-4.3.2, Q-1.3.1 and Q-1.3.2: they read the case, call the business act and answer Done or Blocked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps

from renben.engines.payments.actions import PaymentRefused
from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.registering import refusal_of
from renben.services.registration.territory import NoSuchOffice
from renben.services.support import applying, granting, stopping
from renben.services.support.codes import BASIS, Kind
from renben.services.support.known_facts import KIND_OF_PROCEDURE, subsidy_of
from renben.services.support.models import InsuranceSubsidy

State = InsuranceSubsidy.State
WORKING = ("running", "working")
"""Answers of `actual_state` that mean the person really works."""


def step_action(function: Callable[[StepContext], Done]) -> Callable[[StepContext], Done | Blocked]:
    """Turn a refused business act into `Blocked`; a case without a person is blocked at once."""

    @wraps(function)
    def wrapped(ctx: StepContext) -> Done | Blocked:
        if ctx.case.person_id is None:
            return Blocked([Reason("no_person", "办件还没有确定服务对象", "请先在人员档案中选定本人")])
        try:
            return function(ctx)
        except NotPossible as refused:
            return Blocked([Reason(why.code, str(why), why.fix) for why in refused.reasons])
        except (NoSuchOffice, PaymentRefused) as error:
            return Blocked([Reason("refused", str(error))])

    return wrapped


def _day(ctx: StepContext, name: str) -> dt.date:
    value = ctx.facts.get(name)
    return dt.date.fromisoformat(value) if value else ctx.on


def _subsidy(ctx: StepContext) -> InsuranceSubsidy:
    subsidy = subsidy_of(ctx.case)
    if subsidy is None:
        raise NotPossible(Why("no_application", "还没有受理补贴申请。", "请先办“接待受理”。"))
    return subsidy


def _facts(ctx: StepContext, kind: str) -> applying.Facts:
    given = ctx.facts
    return applying.Facts(
        kind=kind,
        started_on=_day(ctx, "started_on"),
        disability=given.get("disability") or "none",
        is_registered=bool(given.get("employment_registered")),
        is_archive_deposited=bool(given.get("archive_deposited")),
        insurances=list(given.get("insurance_kinds") or []),
        retire_on=_day(ctx, "retire_on"),
        declared_months=int(given.get("earlier_months") or 0),
        work=given.get("work_content") or "",
        place=given.get("work_place") or "",
    )


def _answer(subsidy: InsuranceSubsidy) -> Done:
    """Done, or the refusal with every reason, its article and the way to appeal."""
    refs = {
        "subsidy": subsidy.pk,
        "determination": subsidy.determination_id,
        "months": subsidy.months_granted,
    }
    if subsidy.state != State.REFUSED:
        return Done(refs=refs)
    refusal = refusal_of(applying.why_not(subsidy))
    reason = "；".join(why.text for why in refusal.reasons)
    article = refusal.article or BASIS[Kind(subsidy.kind)]
    return Done(outcome="refused", refs=refs | {"reason": reason, "article": article, "appeal": refusal.appeal})


@step_action
def apply(ctx: StepContext) -> Done:
    """J-4.3.2 接待受理: facts once; the rule says yes, or each condition that is lacking."""
    subsidy = applying.apply_subsidy(
        person=ctx.person,
        organization=ctx.organization,
        facts=_facts(ctx, ctx.facts["subsidy_kind"]),
        by=ctx.by,
        on=ctx.on,
        case=ctx.case,
    )
    return _answer(subsidy)


@step_action
def verify(ctx: StepContext) -> Done:
    """J-4.3.2 实地核实: the record of the visit; work and place are those that were seen."""
    given = ctx.facts
    seen = granting.Seen(
        on=_day(ctx, "verified_on"),
        visitors=ctx.by.display_name,
        work=given.get("work_content", ""),
        place=given.get("work_place", ""),
        income_fen=given.get("monthly_income"),
        findings=given.get("verification", ""),
    )
    subsidy = granting.verify(subsidy=_subsidy(ctx), seen=seen, by=ctx.by, case=ctx.case)
    return Done(refs={"subsidy": subsidy.pk})


@step_action
def submit(ctx: StepContext) -> Done:
    """J-4.3.2 材料上报: decided anew from the month asked for; how many months follows from the rule."""
    subsidy = granting.submit(
        subsidy=_subsidy(ctx), first_month=_day(ctx, "subsidy_from"), by=ctx.by, on=_day(ctx, "submitted_on")
    )
    if subsidy.state == State.REFUSED:
        raise NotPossible(*applying.why_not(subsidy))
    first = subsidy.first_month.isoformat()
    return Done(refs={"subsidy": subsidy.pk, "months": subsidy.months_granted}, facts={"subsidy_from": first})


@step_action
def review(ctx: StepContext) -> Done:
    """Q-1.3.1, Q-1.3.2 受理审核: the district decides by the rules of its day. An application that came without the street's
    case is taken here."""
    subsidy = subsidy_of(ctx.case)
    if subsidy is None or (subsidy.state in InsuranceSubsidy.OPEN_TO_CHANGE and _changed(ctx, subsidy)):
        subsidy = applying.apply_subsidy(
            person=ctx.person,
            organization=ctx.organization,
            facts=_facts(ctx, KIND_OF_PROCEDURE[ctx.case.procedure_id].value),
            by=ctx.by,
            on=ctx.on,
            case=ctx.case,
        )
    if subsidy.state == State.REFUSED:
        return _answer(subsidy)
    applying.set_first_month(subsidy=subsidy, month=_day(ctx, "subsidy_from"))
    subsidy.save(update_fields=["first_month"])
    return _answer(granting.review(subsidy=subsidy, by=ctx.by, on=ctx.on))


def _changed(ctx: StepContext, subsidy: InsuranceSubsidy) -> bool:
    """Whether the district corrected a fact of the application."""
    asked = _facts(ctx, subsidy.kind)
    return any(
        getattr(asked, name) != getattr(subsidy, name)
        for name in ("started_on", "disability", "is_registered", "is_archive_deposited", "insurances", "retire_on")
    )


@step_action
def check(ctx: StepContext) -> Done:
    """Q-1.3.1 系统审批, Q-1.3.2 系统审核: what was seen on the spot."""
    given = ctx.facts
    seen = granting.Seen(
        on=_day(ctx, "visited_on"),
        visitors=given.get("visitors", ""),
        work=given.get("work_content", ""),
        place=given.get("work_place", ""),
        findings=given.get("visit_findings", ""),
        is_working=given.get("actual_state") in WORKING,
    )
    subsidy = granting.check(subsidy=_subsidy(ctx), seen=seen, by=ctx.by, case=ctx.case)
    return Done(refs={"subsidy": subsidy.pk})


@step_action
def report(ctx: StepContext) -> Done:
    """Q-1.3.1, Q-1.3.2 材料上报."""
    subsidy = granting.report(subsidy=_subsidy(ctx), petition=ctx.facts.get("petition_number", ""), by=ctx.by)
    return Done(refs={"subsidy": subsidy.pk})


@step_action
def approve(ctx: StepContext) -> Done:
    """Q-1.3.1, Q-1.3.2 下达批复: the months and amounts are those of the determination."""
    subsidy = granting.approve(
        subsidy=_subsidy(ctx),
        on=_day(ctx, "city_reply_on"),
        number=ctx.facts.get("city_reply_number", ""),
        by=ctx.by,
    )
    return Done(refs={"subsidy": subsidy.pk, "months": subsidy.months_granted})


@step_action
def agree(ctx: StepContext) -> Done:
    """J-4.3.2 通知存款: agreement and account; the months are planned."""
    given = ctx.facts
    account = granting.Account(
        holder=given.get("account_holder", ""), bank=given.get("bank", ""), number=given.get("account_number", "")
    )
    subsidy = granting.agree(subsidy=_subsidy(ctx), on=_day(ctx, "agreement_signed_on"), account=account, by=ctx.by)
    hidden = {"account_number": f"尾号{account.number.strip()[-4:]}"}
    ctx.data.update(hidden)
    return Done(refs={"subsidy": subsidy.pk, "months": subsidy.months_granted}, facts=hidden)


@step_action
def follow(ctx: StepContext) -> Done:
    """J-4.3.2 跟踪回访: what was seen; with 停发 the event and its day end the subsidy from the right month."""
    given, stops = ctx.facts, ctx.outcome == "stopped"
    subsidy = _subsidy(ctx)
    if stops and not (given.get("stop_event") and given.get("stop_on")):
        raise NotPossible(Why("no_event", "报停发要写明停发情形和发生日期。", "请填写后再办。"))
    seen = granting.Seen(
        on=_day(ctx, "followed_on"),
        visitors=ctx.by.display_name,
        work=given.get("current_work") or given.get("business_state") or "",
        place=given.get("current_place", ""),
        hours=given.get("working_time", ""),
        income_fen=given.get("current_income"),
        is_working=not stops,
    )
    visit = granting.follow(subsidy=subsidy, seen=seen, by=ctx.by, case=ctx.case)
    if stops:
        stopping.stop(subsidy=subsidy, event=given["stop_event"], on=_day(ctx, "stop_on"), by=ctx.by, reason=ctx.reason)
    return Done(refs={"subsidy": subsidy.pk, "visit": visit.pk})


def approved_guard(ctx: StepContext) -> list[Reason]:
    """Nobody signs before the district has passed the reply on."""
    subsidy = subsidy_of(ctx.case) if ctx.case.person_id else None
    if subsidy is None or subsidy.state in (State.APPROVED, State.DRAWING):
        return []
    text = f"补贴申请现在是“{subsidy.get_state_display()}”，区里还没有下达批复"
    return [Reason("not_approved", text, "批复下达后再代签协议、通知存款。")]

"""Step actions of 推荐岗位 (J-5.2.4, C-8.1.2.2): the case and the referral are one matter, told once.

A post found outside the platform leaves no referral; its case is the record then, as before.
"""

from __future__ import annotations

import datetime as dt

from renben.engines.procedures.contracts import Done, StepContext
from renben.services.placement import referral_facts, results
from renben.services.placement.codes import Unfit
from renben.services.placement.models import Referral
from renben.services.placement.seekers_steps import step_action
from renben.services.registration.reasons import NotPossible, Why

State = Referral.State
SAID = {
    "hired": State.HIRED,
    "rejected": State.REJECTED,
    "declined": State.DECLINED,
    "job_reason": State.REJECTED,
    "own_reason": State.DECLINED,
}
"""Answers of the steps as results of the referral."""


def _referral(ctx: StepContext, employer: str, job: str) -> Referral | None:
    """The referral the step speaks of: same employer and post, or none."""
    found = referral_facts.of_case(ctx.case)
    if found is None:
        return None
    same = (found.vacancy.employer.name, found.vacancy.title) == (ctx.facts.get(employer), ctx.facts.get(job))
    return found if same else None


def _joined(ctx: StepContext, employer: str, job: str) -> Done:
    found = _referral(ctx, employer, job)
    if found is None:
        return Done()
    if found.case_id is None:
        found.case = ctx.case
        found.save(update_fields=["case"])
    return Done(refs={"referral": found.pk})


@step_action
def recommended(ctx: StepContext) -> Done:
    """J-5.2.4 匹配推荐: the case and the referral made on the match page belong together."""
    return _joined(ctx, "recommended_employer", "recommended_job")


@step_action
def recommended_at_station(ctx: StepContext) -> Done:
    """C-8.1.2.2 岗位匹配; 重新商量意愿 joins nothing."""
    return _joined(ctx, "referred_employer", "referred_job") if ctx.outcome == "done" else Done()


def _day(ctx: StepContext, name: str) -> dt.date:
    value = ctx.facts.get(name)
    return dt.date.fromisoformat(value) if value else ctx.on


def _take(ctx: StepContext, found: Referral | None, said: str, reason: str) -> Done:
    """Record the result with the referral; one that has it already must say the same."""
    if found is None:
        return Done()
    wanted = SAID[said]
    if found.state not in Referral.UNDER_WAY:
        if (found.state == State.HIRED) != (wanted == State.HIRED):
            text = f"推荐记录里的结果是“{found.get_state_display()}”，和这里填的不一样。"
            raise NotPossible(Why("other_result", text, "请核对；推荐记录是对的，就照着改这里。"))
        return Done(refs={"referral": found.pk})
    if wanted == State.HIRED:
        results.record_hired(referral=found, hired_on=_day(ctx, "hired_on"), by=ctx.by)
    else:
        unfit = ctx.facts.get("failure_kind") or Unfit.OTHER
        results.record_failed(referral=found, outcome=wanted, unfit=unfit, words=ctx.facts.get(reason) or "", by=ctx.by)
    return Done(refs={"referral": found.pk})


@step_action
def followed(ctx: StepContext) -> Done:
    """J-5.2.4 后续服务: the result of the interview; 已就业 changes the labour status the same moment."""
    found = _referral(ctx, "recommended_employer", "recommended_job")
    return _take(ctx, found, ctx.facts["interview_result"], "failure_reason")


@step_action
def followed_at_station(ctx: StepContext) -> Done:
    """C-8.1.2.2 跟踪服务."""
    found = _referral(ctx, "referred_employer", "referred_job")
    return _take(ctx, found, ctx.facts["job_result"], "not_hired_reason")

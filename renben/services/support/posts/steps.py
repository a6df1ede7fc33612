"""Step actions of Q-1.3.5: they read the posts and lists, call the business act and answer Done with the figures, or Blocked.

An office that holds no posts on the platform keeps what its clerk typed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps

from renben.engines.payments.actions import PaymentRefused
from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.posts import case_facts, paying, planning
from renben.services.support.posts.codes import BASIS, Heading
from renben.services.support.posts.models import PostPayroll

State = PostPayroll.State


def step_action(function: Callable[[StepContext], Done]) -> Callable[[StepContext], Done | Blocked]:
    """Turn a refused act into `Blocked`; nothing to do for an office without posts."""

    @wraps(function)
    def wrapped(ctx: StepContext) -> Done | Blocked:
        if not case_facts.has_posts(ctx.case.organization):
            return Done()
        try:
            return function(ctx)
        except NotPossible as refused:
            return Blocked([Reason(why.code, str(why), why.fix) for why in refused.reasons])
        except PaymentRefused as error:
            return Blocked([Reason("refused", str(error))])

    return wrapped


@step_action
def determine(ctx: StepContext) -> Done:
    """核定待遇: everybody's month by the rules. A wage against the rule has to be put right first."""
    placements, pays, _ = case_facts.staff_on(ctx.case)
    wrong = [
        Why("wage", f"{one.person.name}：{pay.reasons[Heading.WAGE]}", "请在“单位工资表”里改正后再核定。", BASIS)
        for one, pay in zip(placements, pays, strict=True)
        if pay.failed
    ]
    if wrong:
        raise NotPossible(*wrong[:20])
    rows = case_facts.staff(ctx.case)
    if rows is None:
        raise NotPossible(Why("nobody", "这个月没有人在公益性岗位上。", "请先在“公益性岗位—岗位”里安排上岗。"))
    return Done(refs={"people": len(rows)}, facts={"staff_benefits": rows})


@step_action
def apply(ctx: StepContext) -> Done:
    """资金申请: the plan of the next quarter, added up person by person."""
    plan = planning.quarter_plan(ctx.case.organization, case_facts.quarter_asked(ctx.case))
    if plan.faults:
        raise NotPossible(*[Why("wage", text, "请与单位核对工资后再申报。", BASIS) for text in plan.faults[:20]])
    return Done(refs={"people": plan.people, "missing": plan.missing}, facts=case_facts.plan_facts(plan))


@step_action
def pay(ctx: StepContext) -> Done:
    """资金拨付: the month's signed 审批表 are paid on the day given; their figures become the case's."""
    month = case_facts.month_of(ctx.case)
    payrolls = PostPayroll.objects.filter(organization=ctx.case.organization, month=month).order_by("sequence")
    text = f"{month:%Y年%m月}的公益性专项补贴审批表还没有签批。"
    if not payrolls or payrolls.filter(state=State.DRAFT).exists():
        raise NotPossible(Why("not_signed", text, "请先在“公益性岗位—每月审批表”里生成、签批。"))
    on = dt.date.fromisoformat(ctx.facts["paid_on"])
    for payroll in payrolls:
        if payroll.state == State.CONFIRMED:
            paying.pay_payroll(payroll=payroll, on=on, by=ctx.by)
    signed = case_facts.payrolls_of(ctx.case)
    facts = case_facts.pay_facts(signed) | {"paid_on": case_facts.paid_on(ctx.case)}
    return Done(refs={"payrolls": [payroll.pk for payroll in signed]}, facts=facts)

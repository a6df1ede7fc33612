"""Step actions of the loan procedures: they read the case, call the business act and answer Done or Blocked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures.contracts import Done, StepContext
from renben.engines.rules.exact import fraction
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.registering import refusal_of
from renben.services.support.loans import applying
from renben.services.support.loans.codes import BASIS, LoanKind
from renben.services.support.loans.models import Loan
from renben.services.support.steps import step_action

State = Loan.State
REPEATED = "again"


def day_of(ctx: StepContext, name: str) -> dt.date:
    """A date among the facts, the day of the act without one."""
    value = ctx.facts.get(name)
    return dt.date.fromisoformat(value) if value else ctx.on


def loan_of(ctx: StepContext) -> Loan:
    """The loan of the journey; NotPossible while there is none."""
    loan = Loan.objects.of_journey(ctx.case.journey_id)
    if loan is None:
        raise NotPossible(Why("no_loan", "这件事项还没有受理贷款申请。", "请先办受理环节。"))
    return loan


def answer(loan: Loan, **facts: Any) -> Done:
    """Done, or the refusal with every reason, its article and the way to appeal."""
    refs = {"loan": loan.pk, "determination": loan.determination_id}
    if loan.state != State.REFUSED:
        return Done(refs=refs, facts=facts)
    refusal = refusal_of(applying.why_not(loan))
    reason = "；".join(why.text for why in refusal.reasons)
    article = refusal.article or BASIS[LoanKind(loan.kind)]
    return Done(outcome="refused", refs=refs | {"reason": reason, "article": article, "appeal": refusal.appeal})


def _share(percent: Any, of_fen: int) -> int | None:
    """A percentage of a sum in fen, cut off, so that rounding never helps over a limit."""
    return None if percent in (None, "") else int(fraction(percent) * of_fen / 100)


def _own_business(ctx: StepContext, kind: str) -> applying.LoanFacts:
    """The facts of J-4.3.3 接待受理 and J-5.4.5 资料审查."""
    given = ctx.facts
    return applying.LoanFacts(
        kind=kind,
        amount_fen=int(given["loan_amount"]),
        business_name=given.get("business_name") or "",
        industry=given.get("business_project") or "",
        place=given.get("business_place") or "",
        use=given.get("loan_use") or "",
        round=2 if given.get("loan_round") == REPEATED else 1,
        borrower=given.get("borrower_category") or "",
        own_fen=_share(given.get("own_share"), int(given["loan_amount"])),
        pledge=given.get("mortgage") or "",
        pledge_fen=given.get("mortgage_value"),
    )


@step_action
def apply(ctx: StepContext) -> Done:
    """J-4.3.3 接待受理: facts once; the rule says yes, or each condition that is lacking."""
    facts = _own_business(ctx, ctx.facts["borrower_kind"])
    loan = applying.apply_loan(
        person=ctx.person, organization=ctx.organization, facts=facts, by=ctx.by, on=ctx.on, case=ctx.case
    )
    return answer(loan)


@step_action
def verify(ctx: StepContext) -> Done:
    """J-4.3.3 实地核实: three places, one opinion."""
    given = ctx.facts
    places = [("入户", "home_visit"), ("社区（村）", "community_visit"), ("经营场所", "premises_visit")]
    text = "；".join(f"{label}：{given[name]}" for label, name in places if given.get(name))
    if given.get("verify_opinion") not in (None, "true_and_fit"):
        raise NotPossible(Why("not_fit", "核实意见不是“属实，符合条件”。", "请选退回补正或不符合条件。"))
    loan = applying.verify(loan=loan_of(ctx), on=day_of(ctx, "verified_on"), text=text, by=ctx.by, case=ctx.case)
    return answer(loan)


@step_action
def send_up(ctx: StepContext) -> Done:
    """J-4.3.3 申请上报: with the sum the street recommends."""
    loan = applying.send_up(
        loan=loan_of(ctx),
        amount_fen=int(ctx.facts["recommended_amount"]),
        by=ctx.by,
        on=day_of(ctx, "sent_up_on"),
        case=ctx.case,
    )
    return answer(loan)

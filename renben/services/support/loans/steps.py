"""Step actions of the loan procedures: they read the case, call the business act and answer Done or Blocked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext
from renben.engines.rules.exact import fraction
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.registering import refusal_of
from renben.services.support.loans import applying, lending
from renben.services.support.loans.codes import BASIS, LoanKind
from renben.services.support.loans.decision import FEN_OF_WAN
from renben.services.support.loans.models import Loan
from renben.services.support.steps import step_action

State = Loan.State
REPEATED = "again"


def refusable(function: Callable[[StepContext], Done]) -> Callable[[StepContext], Done | Blocked]:
    """Turn a refused business act into `Blocked`, also for a duty that is about nobody in particular."""

    @wraps(function)
    def wrapped(ctx: StepContext) -> Done | Blocked:
        try:
            return function(ctx)
        except NotPossible as refused:
            return Blocked([Reason(why.code, str(why), why.fix) for why in refused.reasons])

    return wrapped


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


@step_action
def review(ctx: StepContext) -> Done:
    """J-5.4.5 资料审查: decided anew on the facts as they are by now; a loan that came without J-4.3.3 is taken here."""
    loan = Loan.objects.of_journey(ctx.case.journey_id)
    asked = _own_business(ctx, LoanKind.INDIVIDUAL)
    if loan is not None:
        asked = replace(asked, place=loan.place, pledge=loan.pledge)
    loan = applying.apply_loan(
        person=ctx.person, organization=ctx.organization, facts=asked, by=ctx.by, on=ctx.on, case=ctx.case
    )
    if loan.state == State.REFUSED:
        return answer(loan)
    finding = ctx.facts.get("review_finding") or "材料真实有效"
    return answer(lending.review(loan=loan, text=finding, by=ctx.by, on=ctx.on, case=ctx.case))


@step_action
def sign(ctx: StepContext) -> Done:
    """J-5.4.5 签署意见: recommended to the guarantor, and what the bank answered."""
    given = ctx.facts
    if given.get("bank_result") != "lent":
        raise NotPossible(Why("not_lent", "银行回告不是“已放款”。", "请选“不批”或“要求补充，退回审查”。"))
    sent_on = day_of(ctx, "sent_to_guarantor_on")
    loan = lending.recommend(
        loan=loan_of(ctx),
        guarantor=given["guarantor"],
        by=ctx.by,
        on=sent_on,
        text=given.get("recommend_opinion") or "",
        case=ctx.case,
    )
    terms = lending.Terms(
        bank=given["bank"],
        fen=int(given["approved_amount"]),
        issued_on=day_of(ctx, "loan_issued_on"),
        arrived_on=day_of(ctx, "funds_arrived_on"),
        due_on=day_of(ctx, "loan_due_on"),
    )
    return answer(lending.lend(loan=loan, terms=terms, by=ctx.by, case=ctx.case))


def _trade_of(ctx: StepContext) -> str:
    """The industry in words: the label of a trade that is not supported, else what the business does."""
    trade = ctx.facts.get("trade")
    field = ctx.procedure.any_field("trade")
    if trade == "other" or field is None:
        loan = Loan.objects.of_journey(ctx.case.journey_id)
        return loan.industry if loan is not None and loan.industry else "其他"
    return next(choice.label for choice in field.choices if choice.value == trade)


@step_action
def receive(ctx: StepContext) -> Done:
    """Q-1.3.3 接待受理: the trade and the sum are judged at once; what needs papers is judged when they are reviewed."""
    given, loan = ctx.facts, Loan.objects.of_journey(ctx.case.journey_id)
    before = applying.facts_of(loan) if loan is not None else applying.LoanFacts(LoanKind.COMPANY, 1)
    asked = replace(
        before,
        kind=LoanKind.COMPANY,
        amount_fen=int(given["loan_amount"]),
        business_name=given.get("business_name") or "",
        use=given.get("loan_use") or "",
        industry=_trade_of(ctx),
    )
    loan = applying.apply_loan(
        person=ctx.person, organization=ctx.organization, facts=asked, by=ctx.by, on=ctx.on, case=ctx.case
    )
    return answer(loan)


@step_action
def assess(ctx: StepContext) -> Done:
    """Q-1.3.3 审核材料: own funds, counter-guarantee, hires and contracts (D-08) against the agreed sum."""
    given, loan = ctx.facts, loan_of(ctx)
    if given.get("qualified_by") == "nobody":
        raise NotPossible(Why("nobody", "法人和股东没有一个人符合政策。", "请选“不予推荐”。"))
    agreed = int(fraction(given["agreed_amount"]) * FEN_OF_WAN)
    proofs = [one for one in given.get("staff_proofs") or [] if one != "none"]
    asked = replace(
        applying.facts_of(loan),
        own_fen=_share(given["own_funds_percent"], agreed),
        pledge_fen=given.get("guarantee_value"),
        is_top=bool(given.get("wants_top_loan")),
        has_hired=bool(proofs),
        contract_months=int(fraction(given.get("contract_years") or 0) * 12),
    )
    loan = applying.correct(loan=loan, facts=asked, by=ctx.by)
    return answer(lending.assess(loan=loan, amount_fen=agreed, by=ctx.by, on=ctx.on, case=ctx.case))


@step_action
def track(ctx: StepContext) -> Done:
    """Q-1.3.3 跟踪受理: the bank has paid."""
    given = ctx.facts
    loan = loan_of(ctx)
    if loan.state == State.RECOMMENDED:
        loan = lending.guarantee(
            loan=loan, guarantor=given["lender"], by=ctx.by, on=day_of(ctx, "released_on"), case=ctx.case
        )
    terms = lending.Terms(
        bank=given["lender"],
        fen=int(given["released_amount"]),
        issued_on=day_of(ctx, "granted_on"),
        arrived_on=day_of(ctx, "funds_arrived_on"),
    )
    return answer(lending.lend(loan=loan, terms=terms, by=ctx.by, case=ctx.case))


@step_action
def archive(ctx: StepContext) -> Done:
    """Q-1.3.3 建立档案."""
    given = ctx.facts
    folder = lending.Folder(
        number=given["loan_file_number"],
        pieces=given.get("file_pieces"),
        place=given.get("file_place") or "",
        due_on=day_of(ctx, "loan_due_on"),
    )
    return answer(lending.file_loan(loan=loan_of(ctx), folder=folder, by=ctx.by, on=ctx.on, case=ctx.case))

"""Step actions of Q-1.3.4: the firm itself asks, its roster is compared, the finance bureau agrees."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures.contracts import Done, StepContext
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.loans import applying, firms
from renben.services.support.loans.codes import LoanKind
from renben.services.support.loans.models import Loan
from renben.services.support.loans.steps import answer, day_of, loan_of, refusable


def _trade_of(ctx: StepContext) -> str:
    """The label of a trade that is not supported, else what the firm's file says it does."""
    trade, field = ctx.facts.get("trade"), ctx.procedure.any_field("trade")
    if trade == "other" or field is None:
        return ctx.case.employer.industry_name or "其他"
    return next(choice.label for choice in field.choices if choice.value == trade)


@refusable
def receive(ctx: StepContext) -> Done:
    """接待受理: the trade and the sum are judged at once; the share is judged when the roster is in."""
    firm, given = ctx.case.employer, ctx.facts
    if firm is None:
        raise NotPossible(Why("no_firm", "办件还没有确定企业。", "请从单位档案新建这件事项。"))
    facts = applying.LoanFacts(
        kind=LoanKind.INTENSIVE,
        amount_fen=int(given["loan_amount"]),
        business_name=firm.name,
        industry=_trade_of(ctx),
        place=firm.address,
        use=given.get("loan_use") or "",
    )
    loan = applying.apply_loan(
        person=None,
        employer=firm,
        organization=ctx.organization,
        facts=facts,
        by=ctx.by,
        on=ctx.on,
        case=ctx.case,
    )
    return answer(loan)


def _hired(rows: list[dict[str, Any]]) -> list[firms.Hired]:
    return [
        firms.Hired(
            row["name"],
            row["id_number"],
            row["proof"],
            dt.date.fromisoformat(row["hired_on"]),
            int(row["contract_months"]),
        )
        for row in rows
    ]


@refusable
def recognise(ctx: StepContext) -> Done:
    """审核材料: the roster line by line, the share and the contracts by the rule of the day."""
    given = ctx.facts
    roster = firms.Roster(
        int(given["staff_before"]), day_of(ctx, "staff_counted_on"), _hired(given.get("hired_people") or [])
    )
    loan = firms.recognise(
        loan=loan_of(ctx),
        roster=roster,
        proofs=given.get("hired_proofs") or [],
        amount_fen=int(given["agreed_amount"]),
        by=ctx.by,
        on=ctx.on,
        case=ctx.case,
    )
    return answer(loan)


@refusable
def submit(ctx: StepContext) -> Done:
    """材料上报: the finance bureau's review; then the loan may be recommended on its page."""
    given = ctx.facts
    review = firms.FinanceReview(
        number=given["recognition_number"],
        given_on=day_of(ctx, "finance_given_on"),
        reviewed_on=day_of(ctx, "finance_reviewed_on"),
        opinion=given["finance_opinion"],
    )
    loan: Loan = firms.take_finance(loan=loan_of(ctx), review=review, by=ctx.by, case=ctx.case)
    return answer(loan)

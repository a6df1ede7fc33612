"""What loans tell the rules engine: their rows for a comparison of parameters, and how a decision is made again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from renben.engines.rules import register, reviewing
from renben.engines.rules.evaluation import yuan_text
from renben.engines.rules.models import Determination
from renben.engines.rules.register import Population, Rows, column
from renben.services.support.loans import applying
from renben.services.support.loans.codes import DOMAIN, Borrower, LoanKind
from renben.services.support.loans.decision import KIND, Wish, decide
from renben.services.support.loans.models import Loan


def waiting(on: dt.date) -> Rows:
    """Shopkeepers' loans not paid out yet whose facts are all known, by what the rule asks of them."""
    loans = Loan.objects.filter(kind=LoanKind.INDIVIDUAL, state__in=Loan.BEFORE_MONEY, own_fen__isnull=False).exclude(
        borrower=""
    )
    asked = [
        (
            loan.person_id,
            loan.organization_id,
            loan.recommended_fen or loan.amount_fen,
            loan.own_fen,
            loan.round,
            loan.industry or "未写",
            loan.borrower,
        )
        for loan in loans.order_by("person_id", "id")
    ]
    person, office, amount, own, turn, industry, borrower = zip(*asked, strict=True) if asked else ((),) * 7
    return Rows(
        column(person, np.int64),
        column(office, np.int64),
        {
            "amount_fen": column(amount, np.int64),
            "own_fen": column(own, np.int64),
            "round": column(turn, np.int64),
            "industry": column(industry, "U100"),
            "borrower": column(borrower, "U24"),
        },
    )


def waiting_firms(on: dt.date) -> Rows:
    """Firms' loans of the top product not paid out yet whose own funds are known, by what the rule asks of them."""
    loans = Loan.objects.filter(
        kind=LoanKind.COMPANY, state__in=Loan.BEFORE_MONEY, is_top=True, own_fen__isnull=False, person__isnull=False
    )
    asked = [
        (
            loan.person_id,
            loan.organization_id,
            loan.recommended_fen or loan.amount_fen,
            loan.own_fen,
            loan.industry or "未写",
            loan.has_hired,
            loan.contract_months,
        )
        for loan in loans.order_by("person_id", "id")
    ]
    person, office, amount, own, industry, hired, months = zip(*asked, strict=True) if asked else ((),) * 7
    return Rows(
        column(person, np.int64),
        column(office, np.int64),
        {
            "amount_fen": column(amount, np.int64),
            "own_fen": column(own, np.int64),
            "industry": column(industry, "U100"),
            "hired_beijing_unemployed": column(hired, np.bool_),
            "contract_months": column(months, np.int64),
        },
    )


def facts_now(determination: Determination) -> dict[str, Any]:
    """The facts of the wish as the loan has them now, for the sum that was judged."""
    loan = Loan.objects.filter(determination=determination).first()
    if loan is None:
        return {}
    return vars(applying.wish_of(loan, determination.inputs.get("amount_fen"))).copy()


def again(inputs: Mapping[str, Any], as_of: dt.date) -> dict[str, Any]:
    """The decision on these inputs, by the parameters of a day."""
    return decide(Wish(**inputs), as_of).as_json()


def said(result: Mapping[str, Any]) -> str:
    """The answer in one sentence to the borrower."""
    if not result.get("eligible"):
        return "您现在不能申请这笔小额担保贷款"
    return f"您可以申请{yuan_text(round(result['amount'] * 100))}的小额担保贷款"


def load() -> None:
    """Make all of it known to the rules engine."""
    register.register_population(
        Population(
            "loan.waiting",
            "个体工商户贷款：已受理、还没有放款的人",
            DOMAIN[LoanKind.INDIVIDUAL],
            "按各人的申请看够不够条件。",
            waiting,
        )
    )
    register.register_population(
        Population(
            "loan.waiting_firms",
            "自办小企业贷款（最高额产品）：已受理、还没有放款的企业",
            DOMAIN[LoanKind.COMPANY],
            "按各企业的申请看够不够条件。",
            waiting_firms,
        )
    )
    reviewing.register_kind(
        reviewing.Kind(
            name=KIND,
            label="小额担保贷款判定",
            again=again,
            facts=facts_now,
            said=said,
            words={
                "kind": "贷款类别",
                "amount_fen": "贷款额（分）",
                "industry": "行业",
                "round": "第几次贷款",
                "own_fen": "自有资金（分）",
                "borrower": "借款人身份",
                "pledge_fen": "反担保价值（分）",
                "is_top": "申请最高额产品",
                "has_hired": "已招用本市失业人员",
                "contract_months": "劳动合同月数",
                "staff": "招用前在册职工",
                "new_hires": "当年新招用人数",
                "eligible": "是否符合条件",
                "amount": "金额（元）",
            },
            values=dict([*LoanKind.choices, *Borrower.choices]),
            compared=("eligible", "amount"),
        )
    )

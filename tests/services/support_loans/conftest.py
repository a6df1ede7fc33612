"""A street that takes loans, and a loan at any stage."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest

from renben.kernel.models import Person
from renben.services.support.loans import applying, inspecting, lending
from renben.services.support.loans.models import Loan, LoanCheck
from tests import build

WAN = 1_000_000
"""万元 in fen."""

SHOP = applying.LoanFacts(
    kind="individual",
    amount_fen=8 * WAN,
    business_name="顺义老王面馆",
    industry="餐饮",
    place="府前东街22号",
    use="添置设备",
    borrower="beijing_unemployed",
    own_fen=3 * WAN,
    pledge="裕龙三区住房一套",
    pledge_fen=20 * WAN,
)
FIRM = applying.LoanFacts(
    kind="company",
    amount_fen=50 * WAN,
    business_name="顺达食品加工厂",
    industry="食品加工",
    use="购买原料",
    own_fen=15 * WAN,
    pledge="设备一批",
    pledge_fen=10 * WAN,
    is_top=True,
    has_hired=True,
    contract_months=24,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass
class Office:
    """Who works on loans in the test district, and the acts one after another."""

    place: Any
    clerk: Any
    reviewer: Any

    def person(self, name: str = "王秀兰", **fields: Any) -> Person:
        return build.person(self.place.villages[0], name, fields.pop("sex", "F"), **fields)

    def apply(self, person: Person | None = None, facts: applying.LoanFacts = SHOP, **changes: Any) -> Loan:
        return applying.apply_loan(
            person=person or self.person(),
            organization=self.place.streets[0],
            facts=replace(facts, **changes),
            by=self.clerk,
        )

    def lent(self, loan: Loan | None = None, *, fen: int | None = None, on: str = "2026-11-02", **changes: Any) -> Loan:
        """From the review to the bank's money; `on` is the day it was paid out and came."""
        loan = loan or self.apply(**changes)
        lending.review(loan=loan, text="材料真实", by=self.clerk, on=day(on))
        lending.recommend(loan=loan, guarantor="顺义担保公司", by=self.clerk, on=day(on))
        terms = lending.Terms("农商行顺义支行", fen or loan.amount_fen, day(on), day(on), day("2028-11-01"))
        return lending.lend(loan=loan, terms=terms, by=self.clerk)

    def inspect(self, loan: Loan, on: str, **changes: Any) -> LoanCheck:
        return inspecting.record(loan=loan, inspection=inspecting.Inspection(on=day(on), **changes), by=self.clerk)


@pytest.fixture
def office(db) -> Office:
    place = build.district()
    return Office(
        place, place.staff("counter", place.streets[0], "李敏"), place.staff("first_review", place.centre, "赵敏")
    )

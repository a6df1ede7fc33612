"""A street that takes loans, and a loan at any stage."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest

from renben.kernel.models import Person
from renben.services.support.loans import applying
from renben.services.support.loans.models import Loan
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


@pytest.fixture
def office(db) -> Office:
    place = build.district()
    return Office(
        place, place.staff("counter", place.streets[0], "李敏"), place.staff("first_review", place.centre, "赵敏")
    )

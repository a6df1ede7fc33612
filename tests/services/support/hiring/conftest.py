"""A firm of the district that hired people, insured by it, in the half year that ended a month ago; and who works on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest

from renben.engines.payments.models import PaymentBatch
from renben.kernel import clock
from renben.kernel.models import Employer, ImportBatch, LabourSpell, Person, Post
from renben.services.exchange.models import OutsideFact
from renben.services.support import paying as lists
from renben.services.support.hiring import applying, paying, reviewing
from renben.services.support.hiring.models import HiringClaim, HiringMonth, HiringPerson
from tests import build

FLOOR_MONTH = 150402 + 71620
"""7162 yuan, the floor of both bases since July 2025, × 21 % and × 10 %."""
A_YEAR_OF_THE_POST = 500_000
ACCOUNT = "0200112233445566"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass
class Office:
    """Who works on these subsidies in the test district, and the acts one after another."""

    place: Any
    clerk: Any
    reviewer: Any
    maker: Any
    checker: Any
    file: ImportBatch = field(repr=False, default=None)

    def firm(self, name: str = "北京顺通物流有限公司") -> Employer:
        return build.employer(self.place.villages[0], name)

    def person(
        self, name: str = "张卫东", *, hired: str = "2025-09-01", firm: Employer | None = None, **fields: Any
    ) -> Person:
        """Registered as unemployed until the firm hired them."""
        fields.setdefault("birth_on", day("1985-04-05"))
        person = build.person(self.place.villages[0], name, fields.pop("sex", "M"), **fields)
        spell = {"person": person, "recorded_at": clock.now(), "source": "registration"}
        LabourSpell.objects.create(
            **spell, status="registered_unemployed", start_on=day("2025-01-01"), end_on=day(hired)
        )
        if firm is not None:
            LabourSpell.objects.create(**spell, status="employed", start_on=day(hired), employer=firm)
        return person

    def insure(
        self,
        person: Person,
        firm: Employer,
        start: str = "2025-09-01",
        end: str | None = None,
        as_of: str = "2026-11-01",
    ) -> OutsideFact:
        return OutsideFact.objects.create(
            kind="contributions", role="employer", person=person, start_on=day(start), end_on=day(end) if end else None,
            body=firm.name, body_code=firm.uscc, as_of=day(as_of), batch=self.file,
        )  # fmt: skip

    def hire(self, firm: Employer, name: str = "张卫东", *, hired: str = "2025-09-01", **fields: Any) -> Person:
        person = self.person(name, hired=hired, firm=firm, **fields)
        self.insure(person, firm, start=hired[:8] + "01")
        return person

    def claim(self, firm: Employer, first: str = "2026-05", last: str = "2026-10", items=("si", "post")) -> HiringClaim:
        return applying.open_claim(
            employer=firm, organization=self.place.streets[0], first_month=day(f"{first}-01"),
            last_month=day(f"{last}-01"), items=items, applied_on=clock.today(), by=self.clerk,
        )  # fmt: skip

    def line(self, person: Person, **changes: Any) -> applying.Line:
        given = {
            "contract_from": day("2025-09-01"), "contract_to": day("2028-08-31"),
            "wage_fen": 600_000, "base_fen": 800_000,
        }  # fmt: skip
        return applying.Line(person, **given | changes)

    def put(self, claim: HiringClaim, person: Person, **changes: Any) -> HiringPerson:
        return applying.put_lines(claim=claim, lines=[self.line(person, **changes)], by=self.clerk)[0]

    def approve(self, claim: HiringClaim) -> HiringClaim:
        reviewing.first_review(claim=claim, opinion="材料齐全", by=self.clerk)
        return reviewing.second_review(claim=claim, opinion="同意", by=self.reviewer)

    def hand_over(self, claim: HiringClaim) -> list[PaymentBatch]:
        account = paying.Account(claim.employer.name, "北京农村商业银行", ACCOUNT)
        return paying.hand_over(claim=claim, organization=self.place.centre, account=account, by=self.maker)

    def pay(self, claim: HiringClaim) -> list[PaymentBatch]:
        batches = self.hand_over(claim)
        for batch in batches:
            lists.confirm_list(batch=batch, by=self.checker)
            lists.pay_list(batch=batch, by=self.maker, on=clock.today())
        return batches


def make_office() -> Office:
    """The district with its staff and the day the contributions were read in."""
    place = build.district()
    made = Office(
        place,
        place.staff("counter", place.streets[0], "李敏"),
        place.staff("second_review", place.centre, "孙主任"),
        place.staff("counter", place.centre, "钱会"),
        place.staff("second_review", place.centre, "周主任"),
    )
    Post.objects.update(start_on=day("2000-01-01"))
    made.file = ImportBatch.objects.create(
        kind="contributions", file_name="缴费.xlsx", file_sm3="0", organization=place.centre,
        created_by=made.maker, created_at=clock.now(),
    )  # fmt: skip
    return made


@pytest.fixture
def office(db) -> Office:
    return make_office()


def months(row: HiringPerson, item: str = "si") -> dict[str, tuple[int | None, str]]:
    """`{month: (fen, state)}`."""
    rows = row.months.filter(item=item, part=0).order_by("month")
    return {f"{one.month:%Y-%m}": (one.fen, one.state) for one in rows}


def reason(row: HiringPerson, month: str, item: str = "si") -> str:
    return HiringMonth.objects.get(row=row, item=item, month=day(f"{month}-01")).reason

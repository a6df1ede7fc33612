"""The year 2011, for which every figure of a public-benefit post is on file, and a unit with people on its posts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from renben.engines.payments import accounts
from renben.kernel.models import Employer, Person, Post
from renben.services.support.posts import paying, placing, wages
from renben.services.support.posts.models import PostPayroll, PostPlacement, PublicPost
from tests import build

UNIT_INSURANCE = 33610 + 25208 + 1681 + 2017
"""50415 ÷ 12 yuan (2010) × 40 % × 20 %, × 60 % × 10 %, × 40 % × 1 %, × 60 % × 0.8 %, each half up to the fen."""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass
class Office:
    """Who works on public-benefit posts in the test district."""

    place: Any
    maker: Any
    checker: Any
    travel: Any

    def go(self, text: str) -> dt.date:
        """It is ten in the morning of that day."""
        self.travel.move_to(dt.datetime.combine(day(text), dt.time(10), ZoneInfo("Asia/Shanghai")))
        return day(text)

    def unit(self, name: str = "光明街道社区公益性就业组织", street: int = 0, *, has_account: bool = True) -> Employer:
        unit = build.employer(self.place.villages[street], name)
        if has_account:
            number = f"0200{unit.pk:012d}"
            accounts.set_payee_account(owner=unit, holder=name, bank="北京农村商业银行", number=number, by=self.maker)
        return unit

    def post(self, unit: Employer | None = None, headcount: int = 3, name: str = "社区治安协管员") -> PublicPost:
        return placing.open_post(
            employer=unit or self.unit(), name=name, headcount=headcount, approved_from=day("2011-01-01"),
            approval="顺人社字〔2010〕49号", by=self.maker,
        )  # fmt: skip

    def person(self, name: str = "郑淑琴", **fields: Any) -> Person:
        fields.setdefault("birth_on", day("1971-05-06"))
        return build.person(self.place.villages[0], name, fields.pop("sex", "F"), **fields)

    def place_on(self, post: PublicPost, person: Person | None = None, **given: Any) -> PostPlacement:
        terms = {"started_on": day("2011-02-01"), "ends_on": day("2012-12-31"), "base_fen": 116_000} | given
        return placing.place(
            post=post, person=person or self.person(), agreement=placing.Agreement(**terms), by=self.maker
        )

    def sheet(self, month: str, *lines: tuple[PostPlacement, int, int]) -> int:
        rows = [wages.Wage(one, base, floating) for one, base, floating in lines]
        return wages.record_sheet(month=day(f"{month}-01"), wages=rows, by=self.maker)

    def make(self, month: str) -> PostPayroll | None:
        return paying.make_payroll(organization=self.place.centre, month=day(f"{month}-01"), by=self.maker)

    def pay(self, month: str) -> PostPayroll:
        """From the list to the transfer, all today."""
        payroll, today = self.make(month), dt.date.today()
        paying.confirm_payroll(payroll=payroll, approved_on=today, signed_on=today, by=self.checker)
        return paying.pay_payroll(payroll=payroll, on=today, by=self.maker)


@pytest.fixture
def office(frozen_time, db) -> Office:
    place = build.district()
    Post.objects.update(start_on=day("2000-01-01"))
    made = Office(
        place,
        place.staff("first_review", place.centre, "赵敏"),
        place.staff("second_review", place.centre, "孙主任"),
        frozen_time,
    )
    Post.objects.update(start_on=day("2000-01-01"))
    made.go("2011-03-20")
    return made


def due(placement: PostPlacement) -> dict[tuple[str, str], tuple[int | None, str]]:
    """`{(month, heading): (fen, state)}`."""
    rows = placement.amounts.order_by("month", "heading")
    return {(f"{row.month:%Y-%m}", row.heading.removeprefix("post_")): (row.fen, row.state) for row in rows}

"""The year 2007, for which the amount of the subsidy is on file, and an application at any stage."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from renben.kernel.models import Person, Post
from renben.services.support import applying, checking, granting, paying
from renben.services.support.models import InsuranceSubsidy, SubsidyMonth
from tests import build

MONTH_FEN = 16845 + 1805 + 12634
"""36097 ÷ 12 yuan × (40 % × 14 % + 40 % × 1.5 % + 70 % × 6 %) of April 2007 to March 2008, part by part half up to the fen."""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass
class Office:
    """Who works on subsidies in the test district, and the acts one after another."""

    place: Any
    clerk: Any
    reviewer: Any
    maker: Any
    checker: Any
    travel: Any

    def go(self, text: str) -> dt.date:
        """It is ten in the morning of that day."""
        self.travel.move_to(dt.datetime.combine(day(text), dt.time(10), ZoneInfo("Asia/Shanghai")))
        return day(text)

    def since_2000(self) -> None:
        """Everybody has held their post all the time."""
        Post.objects.update(start_on=day("2000-01-01"))

    def person(self, name: str = "王秀兰", **fields: Any) -> Person:
        fields.setdefault("birth_on", day("1960-03-08"))
        return build.person(self.place.villages[0], name, fields.pop("sex", "F"), **fields)

    def facts(self, **changes: Any) -> applying.Facts:
        given = {
            "kind": "flexible",
            "started_on": day("2007-01-10"),
            "disability": "none",
            "is_registered": True,
            "is_archive_deposited": True,
            "insurances": ["pension", "unemployment", "medical"],
            "retire_on": day("2010-03-08"),
            "work": "钟点家政",
            "place": "石园东区",
        }
        return applying.Facts(**given | changes)

    def apply(self, person: Person | None = None, on: str = "2007-04-10", **changes: Any) -> InsuranceSubsidy:
        return applying.apply_subsidy(
            person=person or self.person(),
            organization=self.place.streets[0],
            facts=self.facts(**changes),
            by=self.clerk,
            on=self.go(on),
        )

    def approve(self, subsidy: InsuranceSubsidy, first: str = "2007-04-01") -> InsuranceSubsidy:
        """From the visit to the city's reply."""
        today = subsidy.applied_on
        seen = granting.Seen(today, "赵敏、刘建国", "钟点家政", "石园东区", "每周六天", 120000, "雇主证明属实")
        granting.verify(subsidy=subsidy, seen=seen, by=self.clerk)
        granting.submit(subsidy=subsidy, first_month=day(first), by=self.clerk, on=today)
        granting.review(subsidy=subsidy, by=self.reviewer, on=today)
        granting.check(subsidy=subsidy, seen=seen, by=self.reviewer)
        granting.report(subsidy=subsidy, petition="顺人社字〔2007〕8号", by=self.reviewer)
        return granting.approve(subsidy=subsidy, on=today, number="京劳社〔2007〕9号", by=self.reviewer)

    def agree(self, subsidy: InsuranceSubsidy, number: str = "6222020200112233", **account: Any) -> InsuranceSubsidy:
        given = {"holder": subsidy.person.name, "bank": "北京农村商业银行", "number": number}
        return granting.agree(
            subsidy=subsidy, on=subsidy.approved_on, account=granting.Account(**given | account), by=self.clerk
        )

    def drawing(self, person: Person | None = None, *, first: str = "2007-04-01", **changes: Any) -> InsuranceSubsidy:
        number = changes.pop("number", "6222020200112233")
        return self.agree(self.approve(self.apply(person, **changes), first), number)

    def debit(self, subsidy: InsuranceSubsidy, month: str, is_debited: bool = True, reason: str = "") -> SubsidyMonth:
        row = subsidy.months.get(month=day(f"{month}-01"))
        return checking.record_debit(
            debit=checking.Debit(row, is_debited, MONTH_FEN if is_debited else None, reason), by=self.clerk
        )

    def lists(self, month: str) -> paying.Made:
        return paying.make_month_lists(organization=self.place.centre, month=day(f"{month}-01"), by=self.maker)

    def pay(self, month: str) -> paying.Made:
        """Confirm and pay what stands on the month's lists. One that a late fact has emptied waits for the next line."""
        made = self.lists(month)
        for batch in (made.batch, made.differences):
            if batch is not None and batch.state == "draft" and batch.count:
                paying.confirm_list(batch=batch, by=self.checker)
                paying.pay_list(batch=batch, by=self.maker, on=dt.date.today())
        return made


@pytest.fixture
def office(frozen_time, db) -> Office:
    place = build.district()
    made = Office(
        place,
        place.staff("counter", place.streets[0], "李敏"),
        place.staff("first_review", place.centre, "赵敏"),
        place.staff("counter", place.centre, "钱会"),
        place.staff("second_review", place.centre, "孙主任"),
        frozen_time,
    )
    made.since_2000()
    return made


def states(subsidy: InsuranceSubsidy) -> dict[str, str]:
    return {f"{row.month:%Y-%m}": row.state for row in subsidy.months.order_by("month")}

"""Two desks at the same instant, on two connections: an application is listed once, a month is granted to one firm."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine

from renben.engines.payments.models import PaymentLine
from renben.services.support.hiring.models import HiringClaim, HiringMonth
from tests.engines.procedures.conftest import committed
from tests.services.placement.test_last_post import side_by_side
from tests.services.support.hiring import conftest

__all__ = ["committed"]


@pytest.fixture
def same_day():
    """Threads live on the same day as the test."""
    with time_machine.travel(dt.datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai")), tick=False):
        yield SimpleNamespace()


def test_two_desks_list_an_application_once(committed, same_day):
    def prepare():
        office = conftest.make_office()
        firm = office.firm()
        claim = office.claim(firm)
        office.put(claim, office.hire(firm))
        return office, office.approve(claim)

    office, claim = committed(prepare)
    answers = committed(lambda: side_by_side(*(lambda: office.hand_over(claim) for _ in range(2))))
    assert answers[0] == "done" and "没有待拨付的月份" in answers[1]
    counted = committed(lambda: (PaymentLine.objects.count(), HiringMonth.objects.filter(state="listed").count()))
    assert counted == (7, 7)


def test_two_firms_that_were_both_granted_a_month_get_it_once(committed, same_day):
    def prepare():
        office = conftest.make_office()
        person = office.person()
        claims = []
        for name in ("北京顺通物流有限公司", "北京别家商贸有限公司"):
            firm = office.firm(name)
            office.insure(person, firm)
            claim = office.claim(firm, items=("si",))
            office.put(claim, person)
            claims.append(claim)
        HiringClaim.objects.update(state="approved")
        HiringMonth.objects.update(state="due", fen=conftest.FLOOR_MONTH)
        return office, list(HiringClaim.objects.select_related("employer").order_by("id"))

    office, claims = committed(prepare)
    answers = committed(lambda: side_by_side(*(lambda one=one: office.hand_over(one) for one in claims)))
    assert "done" in answers
    listed = committed(lambda: sorted(PaymentLine.objects.order_by("month").values_list("month", flat=True)))
    assert len(listed) == len(set(listed)) == 6

"""The demonstration's loans: the shown street has some at several stages, and a labour-intensive firm."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from renben.channels.demo.loans import loans
from renben.channels.demo.work import District
from renben.kernel import calendar_table
from renben.kernel.models import LabourSpell
from renben.services.support.loans.models import Loan
from tests import build
from tests.channels.loans.test_loan_pages import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_the_shown_street_has_loans_at_several_stages():
    made = build.district()
    clerk = made.staff("counter", made.streets[0])
    made.staff("counter", made.streets[1])
    for number in range(8):
        place = made.villages[0] if number < 4 else made.villages[2]
        person = build.person(place, f"王{number}", "F", birth_on=dt.date(1985, 1, 1 + number))
        LabourSpell.objects.create(
            person=person,
            status="flexible" if number == 3 else "self_employed",
            start_on=dt.date(2024, 3, 1),
            source="demo",
            recorded_at=dt.datetime.now(dt.UTC),
        )
    firm = build.employer(made.villages[0], "北京顺衣服装有限公司", industry="C18")
    log = loans(District(random.Random(1), calendar_table.current(), dt.date(2026, 11, 21)))
    assert sum(log.values()) == 7
    here = Loan.objects.filter(organization=made.streets[0])
    assert sorted(here.values_list("state", flat=True)) == [
        "applied",
        "disbursed",
        "disbursed",
        "recovering",
        "repaying",
    ]
    assert here.get(person=None).employer == firm
    shown = text_of(signed_in(clerk).get("/loans/"))
    assert "北京顺衣服装有限公司" in shown and "还款中 1" in shown

"""The demonstration's posts are what the acts would have made: a unit with an account, two months paid, nobody before their day."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from renben.channels.demo.public_posts import public_posts
from renben.channels.demo.work import District
from renben.kernel import calendar_table
from renben.kernel.models import LabourSpell
from renben.services.support.posts.models import PostAmount, PostPayroll, PostPlacement
from tests import build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


def test_the_demonstration_pays_two_months_and_leaves_this_one_open():
    made = build.district()
    for role in ("first_review", "second_review"):
        made.staff(role, made.centre)
    for number in range(8):
        person = build.person(made.villages[number % 4], f"王{number}", "F", birth_on=dt.date(1985, 1, 1 + number))
        since = dt.date(2026, 10, 22) if number == 7 else dt.date(2025, 3, 1)
        LabourSpell.objects.create(
            person=person, status="public_post", start_on=since, source="demo", recorded_at=dt.datetime.now(dt.UTC)
        )
    assert public_posts(District(random.Random(1), calendar_table.current(), TODAY)) == 8
    payrolls = PostPayroll.objects.order_by("month")
    assert [(f"{one.month:%Y-%m}", one.state) for one in payrolls] == [("2026-09", "paid"), ("2026-10", "paid")]
    assert PostPlacement.objects.filter(left_on=None).count() == 7
    for amount in PostAmount.objects.filter(state="paid").select_related("placement").order_by("id"):
        paid_on = payrolls.get(month=amount.month).paid_on
        assert amount.placement.started_on <= paid_on
    assert not PostAmount.objects.filter(state="recover").exists()

"""The demonstration's firm is what the acts would have made: a half year paid, the next one waiting for the second review."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from renben.channels.demo.hiring import hiring
from renben.channels.demo.work import District
from renben.kernel import calendar_table, clock
from renben.kernel.models import LabourSpell
from renben.services.support.hiring import watching
from renben.services.support.hiring.models import HiringClaim, HiringMonth
from tests import build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


def test_the_demonstration_pays_a_half_year_and_leaves_the_next_for_the_district():
    made = build.district()
    made.staff("counter", made.streets[0])
    for role in ("first_review", "second_review"):
        made.staff(role, made.centre)
    firm = build.employer(made.villages[0])
    for number in range(4):
        person = build.person(made.villages[0], f"王{'一二三四'[number]}", birth_on=dt.date(1990, 1, 1 + number))
        LabourSpell.objects.create(
            person=person, status="employed", start_on=dt.date(2025, 1 + number, 3), employer=firm, source="demo",
            recorded_at=clock.now(),
        )  # fmt: skip
    district = District(random.Random(1), calendar_table.current(), TODAY)
    assert hiring(district) == 4 and not district.log
    earlier, later = HiringClaim.objects.order_by("first_month")
    assert [(earlier.period, earlier.state), (later.period, later.state)] == [
        ("2025年11月至2026年04月", "listed"), ("2026年05月至2026年10月", "first"),
    ]  # fmt: skip
    paid = HiringMonth.objects.filter(row__claim=earlier, state="paid")
    assert paid.filter(item="si").count() == 24 and paid.filter(item="post").count() == 4
    assert not HiringMonth.objects.filter(state="recover").exists()
    assert watching.watch() == 1, "the one who is no longer insured is asked about"

"""The demonstration's district grants are what the acts would have made, one at each stage reached without an amount on file."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from renben.channels.demo.grants import grants
from renben.channels.demo.work import District
from renben.engines.procedures import definitions
from renben.kernel import calendar_table, clock
from renben.kernel.models import LabourSpell
from renben.services.support.grants.models import Grant
from tests import build

pytestmark = [pytest.mark.pages, pytest.mark.django_db]
CATALOG = Path(__file__).resolve().parents[2] / "catalog"
TODAY = dt.date(2026, 11, 23)


def test_the_demonstration_has_a_grant_at_every_stage():
    made = build.district()
    definitions.sync_definitions(CATALOG)
    for role in ("first_review", "second_review"):
        made.staff(role, made.centre)
    for number, name in enumerate(("顺通物流", "顺达商贸", "顺景园林", "顺丰服装")):
        firm = build.employer(made.villages[0], f"北京{name}有限公司")
        for place in range(2):
            birth = dt.date(1985 + number, 1, 1 + place)
            person = build.person(made.villages[0], f"王{'一二三四'[number]}{'甲乙'[place]}", birth_on=birth)
            LabourSpell.objects.create(
                person=person, status="employed", start_on=dt.date(2025, 3 + number, 3), employer=firm, source="demo",
                recorded_at=clock.now(),
            )  # fmt: skip
    district = District(random.Random(1), calendar_table.current(), TODAY)
    assert grants(district) == 4 and not district.log
    found = Grant.objects.order_by("id")
    assert [grant.state for grant in found] == ["first", "second", "first", "refused"]
    assert [grant.lines.filter(is_struck=False).count() for grant in found] == [2, 2, 1, 2]
    assert not Grant.objects.filter(lines__amount_fen__isnull=False).exists(), "no amount is invented"
    assert [grant.applied_on for grant in found] == sorted(grant.applied_on for grant in found)

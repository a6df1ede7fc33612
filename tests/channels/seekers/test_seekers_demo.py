"""The demonstration's seekers are what the acts would have made: numbered, coded, valid as long as the figures say."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from renben.channels.demo import seekers as demo
from renben.engines.coding import occupations
from renben.kernel.checkchar import is_valid
from renben.kernel.models import LabourSpell, Person
from renben.services.placement import seekers_rules
from renben.services.placement.models import Seeker, SeekerWish
from tests import build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


def test_the_demonstration_holds_what_registering_would_have_made():
    made = build.district()
    for number in range(60):
        person = build.person(made.villages[number % 4], birth_on=dt.date(1970, 1, 1) + dt.timedelta(days=97 * number))
        Person.objects.filter(pk=person.pk).update(labour_status=LabourSpell.Status.JOBLESS)
    young = build.person(made.villages[0], birth_on=dt.date(2012, 1, 1))
    Person.objects.filter(pk=young.pk).update(labour_status=LabourSpell.Status.JOBLESS)
    count = demo.seekers(random.Random(3), TODAY)
    rows = list(Seeker.objects.select_related("organization").order_by("id"))
    assert count == len(rows) > 20
    assert len({row.number for row in rows}) == len({row.person_id for row in rows}) == count
    assert young.pk not in {row.person_id for row in rows}
    for row in rows:
        assert is_valid(row.number) and row.valid_until == seekers_rules.valid_until(row.registered_on)
        assert row.organization.tier == "street" and row.wishes.exists()
        assert (row.state == "lapsed") == (row.valid_until < TODAY)
        assert bool(row.difficulties) == (row.seeker_class == "difficult")
    assert {row.state for row in rows} >= {"active", "lapsed"}
    assert {wish.occupation for wish in SeekerWish.objects.order_by("id")} <= {code.code for code in occupations.tree()}

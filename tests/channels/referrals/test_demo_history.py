"""The year of recommendations of the demonstration says everywhere the same: posts, registrations, calls, work."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from renben.channels.demo.referral_history import history
from renben.engines.ledgers.definitions import find
from renben.engines.ledgers.engine import open_ledger
from renben.kernel import clock
from renben.kernel.models import LabourSpell
from renben.services.placement.models import Referral, ReferralContact, Seeker, Vacancy
from tests import build
from tests.services.placement.referral_world import TODAY

pytestmark = pytest.mark.django_db
NAMES = ("王秀兰", "李红", "赵敏", "周敏", "孙丽", "冯丽", "陈刚", "马强", "刘军", "杨帆")


@pytest.fixture
def year(world):
    firm = build.employer(world.street, "北京顺通物流有限公司")
    for number, name in enumerate(NAMES):
        since = TODAY - dt.timedelta(days=30 + 33 * number)
        LabourSpell.objects.create(
            person=build.person(world.place.villages[0], name), status="employed", start_on=since, employer=firm,
            employer_name=firm.name, source="demo", recorded_at=clock.now(),
        )  # fmt: skip
    assert history(random.Random(7), TODAY, 400) == Referral.objects.count()
    return world


def test_it_covers_the_year_and_everything_agrees(year):
    hired = Referral.objects.filter(state="hired")
    assert hired.count() == len(NAMES)
    assert len({(one.made_on.year, one.made_on.month) for one in hired}) >= 9
    for one in hired.select_related("vacancy", "seeker"):
        assert (one.vacancy.state, one.vacancy.filled, one.vacancy.ended_on) == ("filled", 1, one.hired_on)
        assert one.seeker.registered_on < one.made_on < one.hired_on == one.seeker.ended_on
        assert one.vacancy.registered_on < one.made_on
    assert set(Seeker.objects.values_list("state", flat=True)) == {"placed"}
    assert Vacancy.objects.filter(state="filled").count() == len(NAMES)
    calls = ReferralContact.objects.filter(kind="retention")
    assert calls.count() == 3 * len(NAMES)
    assert calls.filter(done_on=None).exists() and not calls.filter(
        done_on=None, due_on__lt=TODAY - dt.timedelta(days=3)
    )
    ledger = {"as_of": TODAY, "scope_paths": [year.place.centre.path]}
    assert open_ledger(find("失业人员推荐就业统计台账"), **ledger).total_rows == Referral.objects.count()

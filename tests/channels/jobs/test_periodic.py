"""Jobs that come by themselves, called as the worker calls them."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from renben.channels import periodic, tasks
from renben.kernel import audit
from renben.services.registration import registering
from renben.services.registration.models import MonthlyContact
from tests import build

pytestmark = pytest.mark.django_db

PAPERS = [
    "用人单位终止解除劳动关系（聘用关系）的书面证明复印件",
    "本人的《居民身份证》复印件",
    "失业人员的身份证明材料复印件",
]


def test_the_month_list_opens_by_itself_and_a_second_run_adds_nothing():
    world = build.district()
    clerk = build.staff("counter", world.streets[0])
    registering.register_unemployment(
        person=build.person(world.villages[0]),
        organization=world.streets[0],
        prior_status="employed",
        evidence=PAPERS,
        by=clerk,
        on=dt.date(2026, 9, 1),
        separated_on=dt.date(2026, 8, 20),
    )
    periodic.month_contacts.func(timestamp=0)
    first = list(MonthlyContact.objects.values_list("id", flat=True))
    periodic.month_contacts.func(timestamp=0)
    assert len(first) == 1
    assert list(MonthlyContact.objects.values_list("id", flat=True)) == first


def test_the_days_anchor_holds_the_heads_of_the_chain(settings, tmp_path):
    settings.RENBEN_HOME = tmp_path
    audit.record(action="case.start", subject="case:1")
    periodic.anchor.func(timestamp=0)
    kept = json.loads((tmp_path / "anchors" / "20261123.json").read_text())
    assert kept["faults"] == []
    assert kept["heads"]["0"]["seq"] == 1


def test_the_worker_knows_the_jobs():
    assert {"imports.run", "jobs.rescue", "registration.month_contacts", "audit.anchor"} <= set(tasks.app.tasks)

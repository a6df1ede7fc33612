"""空岗报告 from the firm's own space: asked for on its home, answered in one step."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.kernel import clock
from renben.services.placement.firms import reports
from renben.services.placement.firms.models import Statement, VacancyAgreement
from tests.channels.employer.conftest import contact_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement(firm) -> VacancyAgreement:
    today = clock.today()
    begun = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    return VacancyAgreement.objects.create(
        employer=firm.employer, organization=firm.desk.street, number="KG1", signed_on=begun, starts_on=begun,
        until=today + dt.timedelta(days=300), rhythm="month", contact_name="周海燕", recorded_at=clock.now(),
    )  # fmt: skip


def test_a_period_without_a_word_waits_on_the_home_and_is_answered_once(firm, agreement):
    home, at = firm.page("/employer/"), f"/employer/agreements/{agreement.pk}/none/"
    last = reports.periods_of([agreement], clock.today())[agreement.pk][0]
    assert f"{last.label}的空岗还没报" in home and at in home
    given = {"start": last.start.isoformat(), "note": "订单少"}
    told = firm.client.post(at, given, follow=True).content.decode()
    assert "已记下：没有空岗" in told and f"{last.label}的空岗还没报" not in told
    said = Statement.objects.get(agreement=agreement)
    assert (said.kind, said.way, said.said_by, said.note) == ("none", "online", firm.user.display_name, "订单少")
    assert firm.client.post(at, given).status_code == 422 and Statement.objects.count() == 1


def test_another_firm_cannot_answer(firm, agreement, desk):
    from tests import build

    rival = signed_in(contact_of(build.employer(desk.street, "北京顺和食品有限公司"), "孙丽"))
    assert rival.get(f"/employer/agreements/{agreement.pk}/none/").status_code == 404
    assert "空岗还没报" not in rival.get("/employer/").content.decode()

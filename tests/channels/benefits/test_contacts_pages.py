"""Monthly contact: the list, one tap per call, the record sheet."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.kernel.models import Task
from renben.services.registration import conditions, registering
from renben.services.registration.models import DynamicRecord, MonthlyContact
from tests import build


@pytest.fixture
def street(place, sign_in):
    return sign_in(place.clerk)


def test_from_the_empty_month_to_the_last_call(street, registration, title):
    page = street.get("/contacts/")
    assert title(page) == "月度联系" and "还没有列出名单" in page.content.decode()
    text = street.post("/contacts/open/", {"month": "2026-11"}, follow=True).content.decode()
    assert "还有 1 人没有报告" in text and "没联系上" in text and "138****1234" in text
    answer = street.post(
        f"/contacts/{registration.pk}/outcome/", {"month": "2026-11", "outcome": "seeking", "query": "month=2026-11"}
    )
    assert answer["Location"] == "/contacts/?month=2026-11"
    assert "这个月都联系过了" in street.get("/contacts/?month=2026-11").content.decode()
    row = MonthlyContact.objects.get()
    assert (row.reached, row.contacted_on) == (True, dt.date(2026, 11, 23))


def test_not_reached_stays_callable_and_employed_opens_a_task(street, registration):
    street.post("/contacts/open/", {"month": "2026-11"})
    street.post(f"/contacts/{registration.pk}/outcome/", {"month": "2026-11", "outcome": "missed"})
    page = street.get("/contacts/?state=missed").content.decode()
    assert "李**" in page and 'value="employed"' in page
    street.post(f"/contacts/{registration.pk}/outcome/", {"month": "2026-11", "outcome": "employed"})
    assert Task.objects.filter(key=f"registration.close:{registration.pk}", cleared_at=None).exists()
    assert MonthlyContact.objects.get().reached is True


def test_reported_in_person(street, registration):
    street.post("/contacts/open/", {})
    street.post(f"/contacts/{registration.pk}/outcome/", {"outcome": "reported"})
    assert MonthlyContact.objects.get().reported_on == dt.date(2026, 11, 23)
    assert "李**" in street.get("/contacts/?state=reported").content.decode()


def test_an_unknown_outcome_is_refused(street, registration):
    answer = street.post(f"/contacts/{registration.pk}/outcome/", {"outcome": "x"}, follow=True)
    assert "请选择联系结果" in answer.content.decode()
    assert not MonthlyContact.objects.exists()


def test_record_sheet(street, registration):
    url = f"/contacts/{registration.pk}/records/"
    count = DynamicRecord.objects.count()
    bad = street.post(url, {"kind": "service", "on": "2026-12-01", "text": "职业指导"})
    assert bad.status_code == 422 and "职业指导" in bad.content.decode(), "what was typed stays"
    street.post(url, {"kind": "service", "on": "2026-11-20", "text": "职业指导一次"})
    assert DynamicRecord.objects.count() == count + 1
    assert "职业指导一次" in street.get(url).content.decode()


def test_other_street_and_export(street, registration, place, sign_in):
    assert (
        sign_in(place.other_clerk).post(f"/contacts/{registration.pk}/outcome/", {"outcome": "missed"}).status_code
        == 404
    )
    street.post("/contacts/open/", {})
    assert street.post("/contacts/export/", {"month": "2026-11"}).content[:2] == b"PK"


def test_the_list_costs_the_same_for_many_rows(street, registration, place):
    counts = []
    for n in (0, 4):
        for _ in range(n):
            person = build.person(place.village)
            registering.register_unemployment(
                person=person,
                organization=place.street,
                prior_status="first_time",
                evidence=conditions.required_evidence("first_time"),
                by=place.clerk,
            )
        street.post("/contacts/open/", {})
        street.get("/contacts/")
        with CaptureQueriesContext(connection) as caught:
            street.get("/contacts/")
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 15

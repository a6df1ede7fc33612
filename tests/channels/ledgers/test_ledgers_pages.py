"""Ledgers on screen: as of any day, inside the territory, every row leads to its file, files say the same."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.engines.ledgers import definitions
from renben.engines.ledgers.models import LedgerRun
from renben.kernel.models import AuditEvent
from renben.kernel.people import full_number
from renben.services.registration import conditions, registering
from tests import build

SLUG = "unemployment_management"


@pytest.fixture
def street(place, sign_in):
    return sign_in(place.clerk)


def cells(answer) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def test_every_ledger_opens_empty(street, title, place):
    index = street.get("/ledgers/")
    assert title(index) == "台账与报表"
    for ledger in definitions.all_ledgers():
        assert ledger.name in index.content.decode()
        page = street.get(f"/ledgers/{ledger.slug}/")
        assert title(page) == ledger.name and "这一天还没有内容" in page.content.decode()
    assert "没有这个名称" in street.get("/ledgers/?q=不存在").content.decode()
    assert street.get("/ledgers/nothing/").status_code == 404


def test_rows_lead_to_the_person_and_numbers_stay_masked(street, registration, worker):
    text = street.get(f"/ledgers/{SLUG}/").content.decode()
    assert f"/people/{worker.pk}/" in text and "共1条" in text
    assert full_number(worker) not in text and worker.id_masked in text
    assert "没有符合条件的行" in street.get(f"/ledgers/{SLUG}/?q=王").content.decode()
    assert "没有符合条件的行" in street.get(f"/ledgers/{SLUG}/?prior_status=flexible").content.decode()


def test_as_of_an_earlier_day_the_person_is_not_there(street, registration):
    text = street.get(f"/ledgers/{SLUG}/?as_of=2026-11-20").content.decode()
    assert "正在查看 2026年11月20日 的情况" in text and "这一天还没有内容" in text
    assert "共 1 行" in street.get(f"/ledgers/{SLUG}/?as_of=2026-11-23").content.decode()


def test_another_street_sees_none_of_it_and_the_district_can_choose(registration, place, sign_in):
    assert "这一天还没有内容" in sign_in(place.other_clerk).get(f"/ledgers/{SLUG}/").content.decode()
    centre = sign_in(place.district_clerk)
    assert "共 1 行" in centre.get(f"/ledgers/{SLUG}/?office={place.street.path}").content.decode()
    assert "没有符合条件的行" in centre.get(f"/ledgers/{SLUG}/?office={place.other.path}").content.decode()


def test_a_wrong_filter_is_told_and_nothing_breaks(street, registration):
    answer = street.get(f"/ledgers/{SLUG}/?registered_month=abc", follow=True)
    assert "2026-11 这样的年月" in answer.content.decode()
    exported = street.post(f"/ledgers/{SLUG}/export/xlsx/", {"registered_month": "abc"})
    assert exported.status_code == 302


def test_workbook_and_pdf_say_the_same_and_leave_a_trace(street, registration, worker):
    masked = cells(street.post(f"/ledgers/{SLUG}/export/xlsx/"))
    assert worker.id_masked in masked and full_number(worker) not in masked
    assert full_number(worker) in cells(street.post(f"/ledgers/{SLUG}/export/xlsx/", {"full": "1"}))
    earlier = cells(street.post(f"/ledgers/{SLUG}/export/xlsx/", {"day": "2026-11-20"}))
    assert worker.name not in earlier
    pdf = street.post(f"/ledgers/{SLUG}/export/pdf/")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content[:5] == b"%PDF-"
    assert street.post(f"/ledgers/{SLUG}/export/doc/").status_code == 404
    traces = list(AuditEvent.objects.filter(action="ledger.export").order_by("seq").values_list("detail", flat=True))
    assert [json.loads(trace)["full_numbers"] for trace in traces] == [False, True, False, False]


def test_a_reader_without_the_right_gets_no_full_numbers(registration, place, worker, sign_in):
    counsellor = sign_in(build.staff("counsellor", place.street))
    assert "含证件号" not in counsellor.get(f"/ledgers/{SLUG}/").content.decode()
    found = cells(counsellor.post(f"/ledgers/{SLUG}/export/xlsx/", {"full": "1"}))
    assert full_number(worker) not in found


def test_the_page_costs_the_same_for_many_rows(street, registration, place):
    counts = []
    for n in (0, 5):
        for _ in range(n):
            registering.register_unemployment(
                person=build.person(place.village),
                organization=place.street,
                prior_status="first_time",
                evidence=conditions.required_evidence("first_time"),
                by=place.clerk,
            )
        with CaptureQueriesContext(connection) as caught:
            street.get(f"/ledgers/{SLUG}/")
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 15


def test_freeze_and_what_is_corrected_later(street, registration, place, title):
    page = street.get(f"/ledgers/{SLUG}/freeze/").content.decode()
    assert "定稿把这一天的台账原样留存" in page
    future = street.post(f"/ledgers/{SLUG}/freeze/", {"office": place.street.pk, "as_of": "2026-12-24"})
    assert future.status_code == 422
    strange = street.post(f"/ledgers/{SLUG}/freeze/", {"office": place.other.pk, "as_of": "2026-11-23"})
    assert strange.status_code == 422
    answer = street.post(f"/ledgers/{SLUG}/freeze/", {"office": place.street.pk, "as_of": "2026-11-23"})
    run = LedgerRun.objects.get()
    assert answer["Location"] == f"/ledgers/runs/{run.pk}/"
    frozen = street.get(answer["Location"])
    assert title(frozen) == "失业人员管理台帐定稿" and "没有更正" in frozen.content.decode()
    assert f"/ledgers/runs/{run.pk}/" in street.get(f"/ledgers/{SLUG}/").content.decode()
    registering.register_unemployment(
        person=build.person(place.village, "王小二"),
        organization=place.street,
        prior_status="first_time",
        evidence=conditions.required_evidence("first_time"),
        by=place.clerk,
    )
    text = street.get(answer["Location"]).content.decode()
    assert "补进 1 行" in text and "定稿 · 1 行" in text


def test_a_touched_run_is_told_and_another_street_does_not_see_it(street, registration, place, sign_in):
    street.post(f"/ledgers/{SLUG}/freeze/", {"office": place.street.pk, "as_of": "2026-11-23"})
    run = LedgerRun.objects.get()
    assert sign_in(place.other_clerk).get(f"/ledgers/runs/{run.pk}/").status_code == 404
    run.rows[0]["name"] = "某人"
    run.save()
    assert "可能被改动过" in street.get(f"/ledgers/runs/{run.pk}/").content.decode()

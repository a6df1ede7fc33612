"""Benefits: the page explains the money, the monthly list pays nobody twice, stopping names its article."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.engines.procedures import actions
from renben.engines.procedures.models import CaseStep
from renben.kernel.models import AuditEvent
from renben.kernel.people import full_number
from renben.services.registration import determining
from renben.services.registration.models import BenefitMonth, UnemploymentBenefit
from tests import build

State = UnemploymentBenefit.State


@pytest.fixture
def benefit(place, worker, registration):
    return determining.determine_benefit(person=worker, by=place.reviewer)


@pytest.fixture
def street(place, sign_in):
    return sign_in(place.clerk)


def make(client, place, month: str = "2026-11"):
    return client.post("/benefits/months/make/", {"office": place.street.pk, "month": month}, follow=True)


def test_empty_pages_say_what_to_do(place, street, title):
    assert title(street.get("/benefits/")) == "失业保险待遇"
    assert "还没有核定过待遇" in street.get("/benefits/").content.decode()
    assert "还没有生成过名录" in street.get("/benefits/months/").content.decode()


def test_the_page_explains_every_part_with_its_article(street, benefit, title):
    answer = street.get(f"/benefits/{benefit.pk}/")
    text = answer.content.decode()
    assert title(answer) == "李建国的失业保险待遇"
    for part in benefit.determination.parts:
        assert part["text"] in text
    assert "《北京市失业保险规定》" in text and "按现行标准" in text
    assert text.count("<rect") == benefit.months_entitled == 14
    amount = benefit.determination.result["schedule"][0]["amount"]
    assert f"{amount:,.2f}" in text and "style=" not in text
    assert "结果与核定时完全一样" in street.get(f"/benefits/{benefit.pk}/?compare=1").content.decode()


def test_comparison_shows_what_would_change_today(street, benefit, frozen_time):
    benefit.determination.__class__._base_manager.filter(pk=benefit.determination_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rules_determination SET result = jsonb_set(result, '{months}', '12') WHERE id = %s",
            [benefit.determination_id],
        )
    text = street.get(f"/benefits/{benefit.pk}/?compare=1").content.decode()
    assert "有下面这些不同" in text and "月数" in text


def test_a_month_without_a_standard_is_marked(street, benefit, place):
    street.post(f"/benefits/{benefit.pk}/enrol/")
    row = BenefitMonth.objects.filter(benefit=benefit).order_by("index").first()
    row.amount_fen, row.state, row.blocked_reason = None, "blocked", "没有现行标准"
    row.save()
    text = street.get(f"/benefits/{benefit.pk}/").content.decode()
    assert "无现行标准" in text and 'class="bar-none"' in text


def test_enrol_list_confirm_pay(street, benefit, place):
    assert "申领登记已办好" in street.post(f"/benefits/{benefit.pk}/enrol/", follow=True).content.decode()
    text = make(street, place).content.decode()
    assert "1 人次" in text and "李**" in text and "李建国" not in text
    make(street, place)
    batch = PaymentBatch.objects.get()
    assert PaymentLine.objects.count() == 1, "making the list again adds nothing"
    early = street.post(f"/benefits/months/{batch.pk}/paid/", {"on": "2026-11-23"}, follow=True).content.decode()
    assert "确认后才能登记发放" in early
    assert "不能再增减" in street.get(f"/benefits/months/{batch.pk}/confirm/").content.decode()
    street.post(f"/benefits/months/{batch.pk}/confirm/")
    future = street.post(f"/benefits/months/{batch.pk}/paid/", {"on": "2026-12-01"})
    assert future.status_code == 422 and "还没到" in future.content.decode()
    street.post(f"/benefits/months/{batch.pk}/paid/", {"on": "2026-11-23"})
    batch.refresh_from_db(), benefit.refresh_from_db()
    assert (batch.state, batch.paid_on, benefit.months_received) == ("paid", dt.date(2026, 11, 23), 1)
    sheet = openpyxl.load_workbook(io.BytesIO(street.post(f"/benefits/months/{batch.pk}/export/").content)).active
    assert sheet.cell(3, 4).value == full_number(benefit.person)
    assert sheet.cell(3, 6).value == batch.total_fen / 100
    assert AuditEvent.objects.filter(action="list.export").count() == 1


def test_a_bad_month_or_a_strange_office_is_refused_in_words(street, place):
    assert "月份请写成" in make(street, place, "2026-13").content.decode()
    assert "还没有到" in make(street, place, "2027-01").content.decode()
    other = street.post("/benefits/months/make/", {"office": place.other.pk, "month": "2026-11"}, follow=True)
    assert PaymentBatch.objects.count() == 0 and "选择一个有效的选项" in other.content.decode()


def test_stop_with_event_and_article(street, benefit, place):
    street.post(f"/benefits/{benefit.pk}/enrol/")
    page = street.get(f"/benefits/{benefit.pk}/stop/").content.decode()
    assert "重新就业" in page and "第五十一条" in page
    empty = street.post(f"/benefits/{benefit.pk}/stop/", {"on": "2026-11-23"})
    assert empty.status_code == 422
    future = street.post(f"/benefits/{benefit.pk}/stop/", {"event": "reemployed", "on": "2026-12-23", "reason": "x"})
    assert "还没到" in future.content.decode()
    street.post(f"/benefits/{benefit.pk}/stop/", {"event": "reemployed", "on": "2026-11-23", "reason": "社保已续缴"})
    benefit.refresh_from_db()
    assert (benefit.state, benefit.stop_event) == (State.STOPPED, "reemployed") and "社保已续缴" in benefit.note
    assert (
        "停发"
        not in street.get(f"/benefits/{benefit.pk}/").content.decode().split("结果</h2>")[0].split("page-actions")[1]
    )


def test_enrolment_goes_through_the_open_step_of_the_case(street, place, benefit, worker):
    case = actions.start(procedure_id="J-4.2.1", organization=place.street, by=place.clerk, person=worker)
    step = CaseStep.objects.get(case=case, key="collect")
    CaseStep.objects.filter(pk=step.pk).update(key="benefit", title="失业保险金发放")
    answer = street.post(f"/benefits/{benefit.pk}/enrol/", follow=True).content.decode()
    assert "申领登记已办好" in answer
    benefit.refresh_from_db()
    assert benefit.enrolled_on == dt.date(2026, 11, 23)
    assert CaseStep.objects.get(pk=step.pk).state == "done"


def test_list_filters_export_and_territory(street, benefit, place, sign_in):
    assert "李**" in street.get("/benefits/?q=ljg").content.decode()
    assert "没有符合条件的待遇" in street.get("/benefits/?state=stopped").content.decode()
    sheet = openpyxl.load_workbook(io.BytesIO(street.post("/benefits/export/").content)).active
    assert sheet.cell(3, 1).value == "李建国"
    other = sign_in(place.other_clerk)
    assert "还没有核定过待遇" in other.get("/benefits/").content.decode()
    assert other.get(f"/benefits/{benefit.pk}/").status_code == 404


def test_lists_cost_the_same_for_many_rows(street, place, benefit):
    counts = []
    for n in (0, 5):
        for _ in range(n):
            person = build.person(place.village)
            UnemploymentBenefit.objects.create(
                person=person,
                organization=place.street,
                eligible=True,
                determined_on=dt.date(2026, 11, 1),
                state=State.DETERMINED,
                recorded_at=benefit.recorded_at,
            )
        with CaptureQueriesContext(connection) as caught:
            assert street.get("/benefits/").status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 15

"""The pages of other bodies' data: how fresh they are, what contradicts, the look somebody takes, the report."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from renben.kernel import people
from renben.kernel.models import AuditEvent, ImportBatch
from renben.services.exchange.models import OutsideFact
from renben.services.registration.models import UnemploymentRegistration
from tests import build


@pytest.fixture
def worker(district):
    """Registered unemployed since August."""
    person = build.person(district.villages[0])
    UnemploymentRegistration.objects.create(
        person=person,
        organization=district.streets[0],
        registered_on=dt.date(2026, 8, 3),
        prior_status="employed",
        recorded_at=dt.datetime(2026, 8, 3, tzinfo=dt.UTC),
    )
    return person


@pytest.fixture
def client(district, sign_in):
    return sign_in(district.staff("counter", district.streets[0]))


def file_of(*rows: tuple) -> SimpleUploadedFile:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet()
        for r, row in enumerate(rows):
            page.write_row(r, 0, row)
    return SimpleUploadedFile("社保.xlsx", target.getvalue())


@pytest.fixture
def insured(client, worker):
    heads = ("姓名", "社会保障号码", "费款所属期", "参保单位")
    row = (worker.name, people.full_number(worker), "202610", "北京顺达物流有限公司")
    answer = client.post(
        "/imports/new/", {"kind": "contributions", "as_of": "2026-11-10", "file": file_of(("某市社保",), heads, row)}
    )
    batch = ImportBatch.objects.get()
    assert answer["Location"] == f"/imports/{batch.pk}/", answer.content.decode()
    assert "可导入 1" in client.get(answer["Location"]).content.decode()
    client.post(f"/imports/{batch.pk}/confirm/")
    return OutsideFact.objects.get()


def test_before_any_data_the_page_says_so(client):
    text = client.get("/imports/outside/").content.decode()
    assert text.count("还没有导入过") == 6 and "没有要核实的矛盾" in text


def test_a_contradiction_is_listed_looked_at_and_gone(client, insured, worker):
    text = client.get("/imports/outside/").content.decode()
    assert "矛盾待核实 1" in text and "北京顺达物流有限公司" in text and "2026年11月10日" in text
    page = f"/imports/outside/{insured.pk}/"
    text = client.get(page).content.decode()
    assert "可能已经就业" in text and "2026-08-03起登记失业" in text and "第五十一条" in text
    answer = client.post(page, {"is_true": "false", "reason": ""})
    assert answer.status_code == 422 and "为什么不属实" in answer.content.decode()
    answer = client.post(page, {"reason": "x"})
    assert answer.status_code == 422 and "请选择属实或不属实" in answer.content.decode()
    answer = client.post(page, {"is_true": "false", "reason": "漏办停保，有离职证明"}, follow=True)
    text = answer.content.decode()
    assert "已记录核实结果" in text and "矛盾待核实 0" in text and "核实不属实 1" in text
    assert AuditEvent.objects.filter(action="outside.judge", subject=f"person:{worker.pk}").count() == 1


def test_the_report_is_a_workbook_with_masked_numbers(client, insured, worker):
    answer = client.post("/imports/outside/export/", {"tab": "open"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    (line,) = [row for row in rows if row[0] == worker.name]
    assert "北京顺达物流有限公司" in line[4] and people.full_number(worker) not in str(rows)


def test_filters_find_and_do_not_find(client, insured, worker):
    assert "北京顺达" in client.get("/imports/outside/", {"q": "ljg"}).content.decode()
    assert "没有符合条件的数据" in client.get("/imports/outside/", {"q": "王芳"}).content.decode()
    assert "没有符合条件的数据" in client.get("/imports/outside/", {"kind": "deaths"}).content.decode()
    assert "北京顺达" in client.get("/imports/outside/", {"tab": "all", "kind": "contributions"}).content.decode()


def test_another_street_does_not_see_it(district, sign_in, insured):
    other = sign_in(district.staff("counter", district.streets[1]))
    assert "北京顺达" not in other.get("/imports/outside/", {"tab": "all"}).content.decode()
    assert other.get(f"/imports/outside/{insured.pk}/").status_code == 404


def test_data_of_tomorrow_are_refused(client, worker):
    row = (worker.name, people.full_number(worker), "2026-11-02")
    answer = client.post(
        "/imports/new/",
        {"kind": "deaths", "as_of": "2099-01-01", "file": file_of(("姓名", "身份证号", "死亡日期"), row)},
    )
    assert answer.status_code == 422 and "还没到" in answer.content.decode()

"""The import pages: a roster goes in by its good rows, the bad ones come back, and all of it can be undone."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.channels import tasks
from renben.channels.workbench import imports as pages
from renben.kernel import clock
from renben.kernel.models import AuditEvent, ImportBatch, Person
from renben.services.exchange import sample
from renben.services.registration.models import PersonnelArchive

PLACES = [("胜利街道", "胜利1社区"), ("光明街道", "光明1社区")]


def roster(n: int, faults: dict[int, str] | None = None) -> bytes:
    target = io.BytesIO()
    people = sample.synthetic_people(n, seed=3, places=PLACES, today=clock.today())
    sample.write_roster(target, people, faults=faults)
    return target.getvalue()


@pytest.fixture
def district_clerk(district):
    return district.staff("counter", district.centre)


@pytest.fixture
def client(district_clerk, sign_in):
    return sign_in(district_clerk)


def upload(client, content: bytes, name: str = "档案转移花名册.xlsx", kind: str = "people"):
    return client.post("/imports/new/", {"kind": kind, "file": SimpleUploadedFile(name, content)})


def test_nothing_yet(client, title):
    answer = client.get("/imports/")
    assert title(answer) == "名册导入" and "还没有导入过名册" in answer.content.decode()


def test_preview_tells_each_bad_row_and_enters_nothing(client, title):
    answer = upload(client, roster(8, {2: "check_digit", 5: "sex"}))
    batch = ImportBatch.objects.get()
    assert answer["Location"] == f"/imports/{batch.pk}/"
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert title(page) == "导入：档案转移花名册.xlsx"
    assert "有问题 2" in text and "可导入 6" in text and "导入好的行（6）" in text
    assert "校验" in text and "性别" in text
    assert Person.objects.count() == 0
    number = sample.synthetic_people(8, seed=3, places=PLACES, today=clock.today())[5]["身份证号码"]
    assert number not in text and number[:6] in text, "numbers stay masked"


def test_a_file_that_is_no_roster_is_refused_in_words(client):
    answer = upload(client, b"\x89PNG\r\n\x1a\n" + b"0" * 50, "x.xlsx")
    assert answer.status_code == 422 and "不接受" in answer.content.decode()
    empty = client.post("/imports/new/", {"kind": "people"})
    assert empty.status_code == 422 and "请选择要导入的文件" in empty.content.decode()
    assert not ImportBatch.objects.exists()


def test_good_rows_go_in_once_and_the_bad_come_back_red(client):
    upload(client, roster(8, {2: "check_digit"}))
    batch = ImportBatch.objects.get()
    for _ in range(2):
        assert client.post(f"/imports/{batch.pk}/confirm/").status_code == 302
    batch.refresh_from_db()
    assert batch.state == "done" and Person.objects.count() == 7 and PersonnelArchive.objects.count() == 7
    text = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "已导入 7" in text and "撤销这次导入" in text
    book = client.post(f"/imports/{batch.pk}/errors/")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet.max_row == 2
    assert any(cell.fill.fgColor.rgb == "FFFBE3E1" for cell in sheet[2])
    assert AuditEvent.objects.filter(action="import.errors_downloaded").count() == 1
    upload(client, roster(8, {2: "check_digit"}), "again.xlsx")
    again = ImportBatch.objects.latest("pk")
    assert (again.good, again.unchanged, again.bad) == (0, 7, 1)
    assert "导入好的行" not in client.get(f"/imports/{again.pk}/").content.decode()


def test_a_large_batch_becomes_a_job_with_a_progress_bar(client, monkeypatch, district_clerk):
    monkeypatch.setattr(pages, "AT_ONCE", 3)
    upload(client, roster(6))
    batch = ImportBatch.objects.get()
    client.post(f"/imports/{batch.pk}/confirm/")
    batch.refresh_from_db()
    assert batch.state == "running" and Person.objects.count() == 0
    text = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "<progress" in text and 'max="6"' in text and "刷新" in text
    assert "HX-Refresh" not in client.get(f"/imports/{batch.pk}/progress/", headers={"HX-Request": "true"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs")
        (job,) = cursor.fetchall()
    assert job[0] == "imports.run"
    tasks.run_import(batch.pk, district_clerk.pk)
    assert Person.objects.count() == 6
    assert client.get(f"/imports/{batch.pk}/progress/")["HX-Refresh"] == "true"
    client.post(f"/imports/{batch.pk}/undo/")
    batch.refresh_from_db()
    assert batch.state == "running" and Person.objects.count() == 6
    tasks.undo_import(batch.pk, district_clerk.pk)
    batch.refresh_from_db()
    assert batch.state == "undone" and Person.objects.count() == 0


def test_undo_asks_first_and_says_what_stays(client, district_clerk):
    from renben.services.registration import archives

    upload(client, roster(4))
    batch = ImportBatch.objects.get()
    client.post(f"/imports/{batch.pk}/confirm/")
    first = PersonnelArchive.objects.order_by("id").first()
    archives.review_archive(archive=first, by=district_clerk)
    archives.transfer_archives(archives=[first], to_organization=first.target_organization, by=district_clerk)
    ask = client.get(f"/imports/{batch.pk}/undo/").content.decode()
    assert "撤销这次导入？" in ask and "4 行" in ask
    client.post(f"/imports/{batch.pk}/undo/")
    text = client.get(f"/imports/{batch.pk}/?tab=kept").content.decode()
    assert "没能撤销 1" in text and "撤销了 3 行" in text
    assert Person.objects.count() == 1


def test_a_preview_can_be_thrown_away(client):
    upload(client, roster(2))
    batch = ImportBatch.objects.get()
    client.post(f"/imports/{batch.pk}/discard/")
    assert ImportBatch.objects.exists(), "an empty request throws nothing away"
    client.post(f"/imports/{batch.pk}/discard/", {"discard": "yes"})
    assert not ImportBatch.objects.exists() and Person.objects.count() == 0


def test_another_street_does_not_see_the_batch(client, district, sign_in):
    other = sign_in(district.staff("counter", district.streets[1]))
    mine = sign_in(district.staff("counter", district.streets[0]))
    upload(mine, roster(1))
    batch = ImportBatch.objects.get()
    assert other.get(f"/imports/{batch.pk}/").status_code == 404
    assert sign_in(district.staff("counsellor", district.streets[0])).get("/imports/").status_code == 403


def test_template_and_sample(client, settings):
    book = openpyxl.load_workbook(io.BytesIO(client.get("/imports/template/people/").content)).active
    headings = [cell.value for cell in book[2]]
    assert "姓名*" in headings and "身份证号*" in headings
    assert client.get("/imports/template/pets/").status_code == 404
    assert client.get("/imports/sample/").status_code == 404
    settings.DEMO = True
    assert client.get("/imports/sample/").content[:2] == b"PK"


def test_the_grid_costs_the_same_for_many_rows(client):
    counts = []
    for n in (3, 18):
        upload(client, roster(n), f"{n}.xlsx")
        batch = ImportBatch.objects.latest("pk")
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(f"/imports/{batch.pk}/")
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 15


def test_list_filters(client):
    upload(client, roster(1), "甲.xlsx")
    assert "甲.xlsx" in client.get("/imports/?q=甲").content.decode()
    assert "没有符合条件的导入" in client.get("/imports/?q=乙").content.decode()
    assert "没有符合条件的导入" in client.get("/imports/?state=done").content.decode()

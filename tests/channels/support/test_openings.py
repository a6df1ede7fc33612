"""期初月数: months drawn before go-live come from a spreadsheet, count against the ceiling, and can be taken back unused."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renben.channels.workbench.downloads import workbook
from renben.kernel.models import ImportBatch
from renben.kernel.people import full_number
from renben.services.support.models import SubsidyOpening

pytestmark = pytest.mark.django_db

HEADINGS = [(name, 14) for name in ("序号", "姓名", "身份证号", "补贴类别", "已享受月数", "享受到哪个月", "依据")]


def book(*rows: tuple) -> bytes:
    return workbook("社会保险补贴期初月数", HEADINGS, [(place, *row) for place, row in enumerate(rows, 1)])


def upload(client, content: bytes, confirm: bool = True) -> str:
    data = {"kind": "subsidy_openings", "file": SimpleUploadedFile("期初月数.xlsx", io.BytesIO(content).getvalue())}
    answer = client.post("/imports/new/", data)
    assert answer.status_code == 302, answer.content.decode()
    batch = ImportBatch.objects.latest("id")
    if confirm:
        client.post(f"/imports/{batch.pk}/confirm/")
    return client.get(f"/imports/{batch.pk}/?show=all").content.decode()


def test_months_before_go_live_come_in_and_count(office, street):
    one, other = office.person(), office.person("刘桂英")
    office.go("2007-04-02")
    upload(
        street,
        book(
            ("王秀兰", full_number(one), "灵活就业", 10, "2006-11-30", "旧台账第3页"),
            ("王秀兰", full_number(one), "自谋职业", 2, "2005-12-31", "旧台账第1页"),
            ("刘桂英", full_number(other), "灵活就业", 0, "2006-12-31", "旧台账"),
            ("刘桂英", full_number(other), "自谋职业", 3, "2006-12-31", ""),
            ("赵无名", "110113196001010041", "灵活就业", 5, "2006-12-31", "旧台账"),
        ),
    )
    held = {(row.kind, row.months, f"{row.through:%Y-%m}") for row in SubsidyOpening.objects.all()}
    assert held == {("flexible", 10, "2006-11"), ("self_employed", 2, "2005-12")}
    batch = ImportBatch.objects.latest("id")
    assert (batch.total, batch.good, batch.bad) == (5, 2, 3)
    subsidy = office.apply(one)
    assert (subsidy.months_before, subsidy.ceiling) == (12, 60)
    assert SubsidyOpening.objects.filter(batch=batch, evidence="旧台账第3页").exists()


def test_the_same_file_changes_nothing_and_another_figure_is_refused(office, street):
    one = office.person()
    office.go("2007-04-02")
    row = ("王秀兰", full_number(one), "灵活就业", 10, "2006-11-30", "旧台账")
    upload(street, book(row))
    upload(street, book(row))
    assert ImportBatch.objects.latest("id").unchanged == 1
    upload(street, book((*row[:3], 12, *row[4:])))
    assert ImportBatch.objects.latest("id").bad == 1
    assert SubsidyOpening.objects.get().months == 10


def test_it_can_be_taken_back_until_somebody_was_decided_about(office, street):
    one, other = office.person(), office.person("刘桂英")
    office.go("2007-04-02")
    rows = [(p.name, full_number(p), "灵活就业", 10, "2006-11-30", "旧台账") for p in (one, other)]
    upload(street, book(*rows))
    office.apply(one)
    batch = ImportBatch.objects.latest("id")
    street.post(f"/imports/{batch.pk}/undo/")
    assert [row.person for row in SubsidyOpening.objects.all()] == [one], "his months have been counted"

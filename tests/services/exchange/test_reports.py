"""What comes back: the workbook with red cells, the report of the command line, the benchmark's figures."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

from renben.kernel import people
from renben.kernel.models import AuditEvent, ImportBatch, Person
from renben.services.exchange import bench, hooks, imports
from renben.services.exchange.commands import import_command
from renben.services.exchange.error_book import error_workbook
from renben.services.exchange.sample import demo_roster, district_places, synthetic_people, write_roster
from tests import build

from .conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def archives_have_a_sink():
    hooks.register_sink("archive", "renben.services.registration.archive_import:sink")


@pytest.fixture
def district():
    return build.district(with_calendar=False)


@pytest.fixture
def clerk(district):
    return build.staff("district_reviewer", district.centre)


@pytest.fixture
def roster_file(tmp_path):
    """Five people; the third has a wrong phone, the fourth a number Excel ruined."""
    persons = synthetic_people(5, places=[("胜利街道", "胜利1社区")], today=TODAY)
    persons[2]["姓名"] = "=1+1"
    path = tmp_path / "花名册.xlsx"
    write_roster(path, persons, faults={2: "phone", 3: "float"})
    return path


def test_bad_cells_come_back_red_and_explained(district, clerk, roster_file):
    batch = imports.preview(
        roster_file.read_bytes(), kind="people", organization=district.centre, by=clerk, name=roster_file.name
    )
    book = openpyxl.load_workbook(io.BytesIO(error_workbook(batch)))
    page = book["花名册"]
    heads = [cell.value for cell in page[1]]
    assert (heads[0], heads[-1]) == ("原行号", "问题说明")
    assert [page.cell(row, 1).value for row in range(2, page.max_row + 1)] == [5, 6]
    red = {
        (cell.row, heads[cell.column - 1])
        for row in page.iter_rows(min_row=2)
        for cell in row
        if cell.fill.fill_type == "solid"
    }
    assert red == {(2, "姓名"), (2, "联系电话"), (3, "身份证号码")}
    name = page.cell(2, heads.index("姓名") + 1)
    assert (name.value, name.data_type) == ("=1+1", "s")  # text, never a formula
    assert "姓名只能用汉字" in name.comment.text
    assert "联系电话：手机号应是11位" in page.cell(2, len(heads)).value
    assert page.cell(3, heads.index("出生日期") + 1).value.count("-") == 2


def test_the_corrected_workbook_can_be_uploaded_as_it_is(district, clerk, roster_file):
    batch = imports.preview(
        roster_file.read_bytes(), kind="people", organization=district.centre, by=clerk, name=roster_file.name
    )
    imports.confirm(batch, clerk)
    book = openpyxl.load_workbook(io.BytesIO(error_workbook(batch)))
    page = book["花名册"]
    heads = [cell.value for cell in page[1]]
    persons = synthetic_people(5, places=[("胜利街道", "胜利1社区")], today=TODAY)
    for row, person in ((2, persons[2]), (3, persons[3])):
        for heading in ("姓名", "联系电话", "身份证号码"):
            page.cell(row, heads.index(heading) + 1).value = person[heading]
    target = io.BytesIO()
    book.save(target)
    second = imports.preview(target.getvalue(), kind="people", organization=district.centre, by=clerk, name="改.xlsx")
    imports.confirm(second, clerk)
    assert (second.total, second.good, second.bad) == (2, 2, 0)
    assert Person.objects.count() == 5
    assert people.find_by_number("resident_id", persons[3]["身份证号码"]).archives.count() == 1


def test_a_workbook_without_bad_rows_says_so(district, clerk, tmp_path):
    path = tmp_path / "a.xlsx"
    write_roster(path, synthetic_people(1, places=[("胜利街道", "胜利1社区")], today=TODAY))
    batch = imports.preview(path.read_bytes(), kind="people", organization=district.centre, by=clerk, name="a.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(error_workbook(batch)))
    assert "没有被拒收的行" in book.active.cell(1, 1).value


def test_the_command_reports_row_by_row_and_masks(district, clerk, roster_file, capsys):
    options = {"dry_run": False, "as_json": True, "organization": "110113", "user": clerk.username}
    assert import_command("people", str(roster_file), **options) == 0
    out = json.loads(capsys.readouterr().out)
    assert (out["kind"], out["total"], out["good"], out["bad"], out["unchanged"], out["created"]) == (
        "people",
        5,
        3,
        2,
        0,
        3,
    )
    phone = next(row for row in out["rows"] if row["column"] == "联系电话")
    assert phone["row"] == 5 and "11位" in phone["problem"] and phone["value_masked"].startswith("***")
    assert import_command("people", str(roster_file), **options) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["created"], again["unchanged"], again["good"]) == (0, 3, 0)


def test_a_dry_run_leaves_nothing_behind(district, roster_file, capsys):
    assert import_command("people", str(roster_file), dry_run=True, as_json=True) == 0
    out = json.loads(capsys.readouterr().out)
    assert (out["good"], out["bad"], out["created"], out["batch_id"]) == (3, 2, 0, None)
    assert len(out["rows"]) == 3
    assert ImportBatch.objects.count() == Person.objects.count() == 0
    assert AuditEvent.objects.filter(action="import.preview").count() == 0


def test_a_file_refused_as_a_whole(district, tmp_path, capsys):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"MZ" + bytes(10))
    assert import_command("people", str(path), dry_run=False, as_json=True) == 1
    captured = capsys.readouterr()
    assert "可执行程序" in json.loads(captured.out)["refused"]
    assert "可执行程序" in captured.err


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("planets", {}, "可以导入：people、employers"),
        ("people", {"organization": "火星街道"}, "没有找到机构“火星街道”"),
        ("people", {"user": "nobody"}, "没有登录名为“nobody”的用户"),
    ],
)
def test_what_the_command_does_not_know(district, tmp_path, capsys, kind, options, words):
    assert import_command(kind, str(tmp_path / "x.xlsx"), dry_run=False, as_json=False, **options) == 2
    assert words in capsys.readouterr().err


def test_a_missing_file(district, tmp_path, capsys):
    assert import_command("people", str(tmp_path / "x.xlsx"), dry_run=False, as_json=False) == 1
    assert "打不开文件" in capsys.readouterr().err


def test_the_command_in_words(district, roster_file, capsys):
    assert import_command("people", str(roster_file), dry_run=False, as_json=False, organization="胜利街道") == 0
    out = capsys.readouterr().out
    assert "共5行" in out and "拒收2行" in out and "第6行 身份证号码" in out


def test_the_demonstration_roster_fits_the_demonstration_district():
    from renben.kernel import foundation

    foundation.lay_foundation()
    from renben.kernel.models import Organization

    centre = Organization.objects.get(tier="district")
    batch = imports.preview(demo_roster(today=TODAY), kind="people", organization=centre, by=None, name="示例.xlsx")
    imports.confirm(batch, None)
    assert (batch.total, batch.good, batch.bad) == (12, 6, 6)
    stations = {person.organization.tier for person in Person.objects.order_by("pk").select_related("organization")}
    assert stations == {"community"}
    assert len(district_places()) > 500


def test_the_benchmark_measures_a_real_import(district):
    figures = bench.run(rows=30, columns=20)
    assert figures["good"] + figures["bad"] == 30
    assert figures["seconds"] >= figures["preview_seconds"] > 0
    assert {"peak_mb", "read_seconds", "confirm_seconds"} <= figures.keys()

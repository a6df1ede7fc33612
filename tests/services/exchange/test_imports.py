"""From a file to the register and back: preview, confirm, second import, killed import, undo."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

from renben.kernel import audit, people
from renben.kernel.models import AuditEvent, Employer, IdentityDocument, ImportBatch, LabourSpell, Person, StoredFile
from renben.kernel.uscc import make_uscc
from renben.services.exchange import hooks, imports, queries, row_store
from renben.services.exchange.error_book import error_workbook
from renben.services.exchange.models import ImportRow
from renben.services.exchange.sample import synthetic_people, write_roster
from renben.services.registration.models import ArchiveMovement, PersonnelArchive
from tests import build

from .conftest import TODAY

pytestmark = pytest.mark.django_db

PLACES = [("胜利街道", "胜利1社区"), ("光明街道", "光明2社区")]


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
def roster():
    """`roster(n, faults={...})` gives (people, bytes); the first person has all materials, the second lacks one."""

    def make(n: int = 6, **options):
        persons = synthetic_people(n, places=PLACES, today=TODAY)
        for place, person in enumerate(persons):
            person["缺少材料"] = "劳动合同" if place == 1 else ""
        target = io.BytesIO()
        write_roster(target, persons, **options)
        return persons, target.getvalue()

    return make


@pytest.fixture
def take(district, clerk):
    """Preview and confirm bytes at the district centre."""

    def taking(data: bytes, kind: str = "people", organization=None) -> ImportBatch:
        batch = imports.preview(
            data, kind=kind, organization=organization or district.centre, by=clerk, name="花名册.xlsx"
        )
        return imports.confirm(batch, clerk)

    return taking


def figures(batch) -> tuple[int, int, int, int]:
    batch.refresh_from_db()
    return batch.total, batch.good, batch.bad, batch.unchanged


def test_a_preview_changes_nothing_but_tells_everything(district, clerk, roster):
    _, data = roster(6, faults={2: "check_digit"})
    batch = imports.preview(data, kind="people", organization=district.centre, by=clerk, name="花名册.xlsx")
    assert figures(batch) == (6, 5, 1, 0)
    assert (Person.objects.count(), PersonnelArchive.objects.count()) == (0, 0)
    assert StoredFile.objects.get().sm3 == batch.file_sm3
    assert "合计行" in batch.message
    (bad,) = queries.grid_of(batch, states=["bad"])
    assert bad.number == 5
    assert [cell.label for cell in bad.cells if cell.problem] == ["身份证号码"]
    assert len(queries.grid_of(batch, start=2, limit=3)) == 3


def test_nothing_readable_is_stored_between_preview_and_confirmation(district, clerk, roster):
    persons, data = roster(3, faults={2: "check_digit"})
    batch = imports.preview(data, kind="people", organization=district.centre, by=clerk, name="花名册.xlsx")
    columns = ["title", "values_enc", "problems", "sheet"]
    stored = json.dumps(list(batch.rows.order_by("id").values_list(*columns)), ensure_ascii=False)
    for person in persons:
        for heading in ("姓名", "身份证号码", "联系电话", "住址"):
            assert person[heading] not in stored


def test_good_rows_go_in_bad_rows_stay_out(take, district, roster):
    persons, data = roster(6, faults={2: "check_digit"})
    batch = take(data)
    assert (batch.state, figures(batch), batch.done_rows) == ("done", (6, 5, 1, 0), 5)
    assert Person.objects.count() == IdentityDocument.objects.count() == PersonnelArchive.objects.count() == 5
    person = people.find_by_number("resident_id", persons[0]["身份证号码"])
    assert (person.name, person.birth_on, person.sex) == (
        persons[0]["姓名"],
        persons[0]["出生日期"],
        "M" if persons[0]["性别"] == "男" else "F",
    )
    assert people.phone_of(person) == persons[0]["联系电话"]
    assert people.address_of(person) == persons[0]["住址"]
    assert person.organization.short_name == persons[0]["社区（村）"]
    archive = person.archives.get()
    assert archive.target_organization.short_name == persons[0]["街道（镇）"]
    assert (archive.organization, archive.batch, archive.state) == (district.centre, batch, "received")
    assert archive.separated_on == persons[0]["终止解除劳动合同日期"]
    assert archive.employer_name == persons[0]["原工作单位"]
    spell = LabourSpell.objects.get(person=person)
    assert (spell.status, spell.start_on, spell.source) == ("jobless", archive.separated_on, "archive")
    assert person.labour_status == "jobless"
    lacking = PersonnelArchive.objects.get(state="incomplete")
    assert lacking.materials_missing == ["劳动合同"]
    assert ArchiveMovement.objects.filter(kind="received").count() == 5
    assert AuditEvent.objects.filter(action="import.rows").count() == 1
    assert audit.verify()[0] == []


def test_imported_people_are_found_by_name_and_last_four(take, roster):
    persons, data = roster(2)
    take(data)
    for query in (persons[0]["姓名"], persons[0]["身份证号码"], persons[0]["身份证号码"][-4:]):
        keys = people.keys_of_query(query)[0]
        assert Person.objects.filter(search_keys__contains=keys, name=persons[0]["姓名"]).exists()


def test_cells_are_forgotten_once_the_row_is_in(take, roster):
    _, data = roster(3, faults={2: "phone"})
    batch = take(data)
    assert set(batch.rows.filter(state="in").values_list("values_enc", flat=True)) == {""}
    row = batch.rows.get(state="bad")
    assert row_store.unpack(row)[1]
    first = queries.grid_of(batch)[0]
    assert first.person_id and first.cells == [] and "*" in first.title


def test_the_same_file_again_changes_nothing(take, roster):
    _, data = roster(6, faults={2: "check_digit"})
    take(data)
    before = (Person.objects.count(), PersonnelArchive.objects.count(), ArchiveMovement.objects.count())
    again = take(data)
    assert figures(again) == (6, 0, 1, 5)
    assert queries.figures_of(again)["created"] == 0
    assert (Person.objects.count(), PersonnelArchive.objects.count(), ArchiveMovement.objects.count()) == before
    assert "导入过" in again.message


def test_confirming_again_changes_nothing(take, clerk, roster):
    _, data = roster(3)
    batch = take(data)
    imports.confirm(batch, clerk)
    assert (Person.objects.count(), batch.done_rows, batch.state) == (3, 3, "done")


def test_a_known_person_with_a_new_archive_gets_only_the_archive(take, district, roster):
    persons, data = roster(1)
    village = district.villages[0]
    known = build.person(
        village,
        persons[0]["姓名"],
        number=persons[0]["身份证号码"],
        birth_on=persons[0]["出生日期"],
        phone="13911112222",
    )
    batch = take(data)
    assert figures(batch) == (1, 1, 0, 0)
    assert queries.figures_of(batch)["created"] == 0
    assert Person.objects.get() == known
    assert people.phone_of(Person.objects.get()) == "13911112222"
    assert known.archives.count() == 1


def test_a_number_registered_under_another_name_is_refused_without_telling_the_name(take, district, roster):
    persons, data = roster(2)
    build.person(district.villages[0], "诸葛孔明", number=persons[1]["身份证号码"], birth_on=persons[1]["出生日期"])
    batch = take(data)
    assert figures(batch) == (2, 1, 1, 0)
    (row,) = queries.grid_of(batch, states=["bad"])
    assert "诸葛**" in row.problems[0] and "孔明" not in row.problems[0]


def test_somebody_registers_the_number_between_preview_and_confirmation(district, clerk, roster):
    persons, data = roster(3)
    batch = imports.preview(data, kind="people", organization=district.centre, by=clerk, name="花名册.xlsx")
    build.person(district.villages[0], "另一人", number=persons[1]["身份证号码"], birth_on=persons[1]["出生日期"])
    imports.confirm(batch, clerk)
    assert figures(batch) == (3, 2, 1, 0)
    assert batch.rows.get(state="bad").number == 4
    assert batch.done_rows == 2
    page = openpyxl.load_workbook(io.BytesIO(error_workbook(batch)))["花名册"]
    line = dict(zip([cell.value for cell in page[1]], [cell.value for cell in page[2]], strict=True))
    assert (line["原行号"], line["身份证号"], line["姓名"]) == (4, persons[1]["身份证号码"], persons[1]["姓名"])
    assert "登记的姓名是“另**”" in line["问题说明"]


def test_a_plain_list_of_people_only_opens_files(take, district, sheet, roster):
    persons, _ = roster(2)
    rows = [["姓名", "身份证号"], *[[person["姓名"], person["身份证号码"]] for person in persons]]
    batch = take(sheet(rows))
    assert (Person.objects.count(), PersonnelArchive.objects.count()) == (2, 0)
    assert set(Person.objects.values_list("organization", flat=True)) == {district.centre.pk}
    assert figures(take(sheet([*rows, []]))) == (2, 0, 0, 2)
    assert figures(batch) == (2, 2, 0, 0)


def test_an_archive_without_a_street_is_refused_by_the_district_not_by_the_street(take, district, sheet, roster):
    persons, _ = roster(1)
    person = persons[0]
    data = sheet([["姓名", "身份证号", "档案号"], [person["姓名"], person["身份证号码"], "D1"]])
    batch = take(data)
    assert "不知道档案该转到哪里" in batch.rows.get().problems[0]["text"]
    street = district.streets[0]
    take(data, organization=street)
    archive = PersonnelArchive.objects.get()
    assert (archive.organization, archive.target_organization, archive.state) == (street, street, "collected")


def test_a_street_cannot_write_into_another_street(take, district, roster):
    persons, data = roster(4)
    street = district.streets[0]
    mine = sum(person["街道（镇）"] == "胜利街道" for person in persons)
    batch = take(data, organization=street)
    assert figures(batch) == (4, mine, 4 - mine, 0)
    assert 0 < mine < 4
    assert all(person.organization.path.startswith(street.path) for person in Person.objects.order_by("pk"))


def test_a_street_learns_nothing_of_a_person_of_another_street(take, district, sheet):
    other = build.person(district.villages[2], "周建业")
    number = people.full_number(other)
    data = sheet([["姓名", "身份证号", "档案号"], ["周建业", number, "D1"]])
    batch = take(data, organization=district.streets[0])
    assert batch.rows.get().state == "bad"
    assert "光明" not in json.dumps(batch.rows.get().problems, ensure_ascii=False)


def test_progress_is_told_between_chunks(district, clerk, roster, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    _, data = roster(5)
    batch = imports.preview(data, kind="people", organization=district.centre, by=clerk, name="a.xlsx")
    seen = []
    imports.confirm(batch, clerk, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 5), (4, 5)]
    assert batch.done_rows == 5


def test_a_killed_import_goes_on_where_it_stopped(district, clerk, roster, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    _, data = roster(5)
    batch = imports.preview(data, kind="people", organization=district.centre, by=clerk, name="a.xlsx")

    def killed(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.confirm(batch, clerk, progress=killed)
    batch.refresh_from_db()
    assert (batch.state, batch.done_rows, Person.objects.count()) == ("running", 2, 2)
    imports.confirm(ImportBatch.objects.get(pk=batch.pk), clerk)
    assert (Person.objects.count(), PersonnelArchive.objects.count()) == (5, 5)
    assert figures(batch) == (5, 5, 0, 0)
    assert batch.state == "done"


def test_an_error_in_a_chunk_keeps_what_is_in(district, clerk, roster, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    _, data = roster(5)
    batch = imports.preview(data, kind="people", organization=district.centre, by=clerk, name="a.xlsx")
    real, calls = imports.people_rows.write, []

    def failing(*args):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("disk")
        return real(*args)

    monkeypatch.setattr(imports.people_rows, "write", failing)
    with pytest.raises(RuntimeError):
        imports.confirm(batch, clerk)
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == ("failed", 2)
    imports.confirm(batch, clerk)
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == ("done", 5)
    assert "出错" not in batch.message


def test_undo_leaves_no_trace_of_unused_people(take, clerk, roster):
    _, data = roster(4)
    batch = take(data)
    assert imports.undo(batch, clerk) == []
    assert batch.state == "undone" and batch.undone_at
    for model in (Person, IdentityDocument, LabourSpell, PersonnelArchive, ArchiveMovement):
        assert model.objects.count() == 0, model
    assert set(batch.rows.values_list("state", flat=True)) == {"undone"}
    assert figures(take(data)) == (4, 4, 0, 0)
    assert audit.verify()[0] == []


def test_undo_cancels_the_archive_of_a_person_known_before(take, district, clerk, roster):
    persons, data = roster(1)
    build.person(
        district.villages[0], persons[0]["姓名"], number=persons[0]["身份证号码"], birth_on=persons[0]["出生日期"]
    )
    batch = take(data)
    assert imports.undo(batch, clerk) == []
    assert Person.objects.count() == 1
    assert PersonnelArchive.objects.get().state == "cancelled"
    assert ArchiveMovement.objects.filter(kind="cancelled").count() == 1
    assert figures(take(data)) == (1, 1, 0, 0)


def test_undo_says_which_rows_cannot_go_and_why(take, district, clerk, roster):
    from renben.kernel import taskboard
    from renben.services.registration import archives

    _, data = roster(5)
    batch = take(data)
    rows = list(batch.rows.order_by("id"))
    archives.review_archive(archive=rows[0].person.archives.get(), by=clerk)
    taskboard.open_task(
        key="visit", title="走访", reason="", organization=district.centre, person=rows[1].person, cleared_by="Visited"
    )
    Person.objects.filter(pk=rows[2].person_id).update(version=2)
    kept = imports.undo(batch, clerk)
    assert [row.number for row in kept] == [3, 4, 5]
    reasons = [row.problems[-1]["text"] for row in kept]
    assert "已审待转" in reasons[0] and "任务" in reasons[1] and "有人改过" in reasons[2]
    assert Person.objects.count() == PersonnelArchive.objects.count() == 3
    assert "有3行" in batch.message
    Person.objects.filter(pk=rows[2].person_id).update(version=1)
    assert len(imports.undo(batch, clerk)) == 2
    assert Person.objects.count() == 2


def test_what_is_not_in_or_already_undone(district, clerk, take, roster):
    _, data = roster(2)
    batch = imports.preview(data, kind="people", organization=district.centre, by=clerk, name="a.xlsx")
    with pytest.raises(imports.CannotDo, match="还没有导入"):
        imports.undo(batch, clerk)
    imports.discard(batch)
    assert (ImportBatch.objects.count(), ImportRow.objects.count()) == (0, 0)
    batch = take(data)
    with pytest.raises(imports.CannotDo, match="不能丢弃"):
        imports.discard(batch)
    imports.undo(batch, clerk)
    with pytest.raises(imports.CannotDo, match="已经撤销"):
        imports.confirm(batch, clerk)


def test_a_second_preview_of_a_file_replaces_the_first(district, clerk, roster):
    _, data = roster(2)
    for _ in range(2):
        batch = imports.preview(data, kind="people", organization=district.centre, by=clerk, name="a.xlsx")
    assert ImportBatch.objects.get() == batch


def test_a_refused_file_leaves_no_batch(district, clerk):
    with pytest.raises(imports.RefusedFile, match="可执行程序"):
        imports.preview(b"MZ" + bytes(100), kind="people", organization=district.centre, by=clerk, name="a.xlsx")
    assert ImportBatch.objects.count() == StoredFile.objects.count() == 0


def test_no_query_per_row(district, clerk, roster, django_assert_max_num_queries):
    _, data = roster(40)
    with django_assert_max_num_queries(45):
        batch = imports.preview(data, kind="people", organization=district.centre, by=clerk, name="a.xlsx")
        imports.confirm(batch, clerk)
    with django_assert_max_num_queries(120):  # one for each kind of row that may hang on a person, none for each row
        imports.undo(batch, clerk)


class TestEmployers:
    HEAD = ["统一社会信用代码", "单位名称", "街道", "电话", "行业"]

    def test_in_again_and_undone(self, take, district, clerk, sheet):
        codes = [make_uscc(i) for i in range(3)]
        rows = [[code, f"顺义第{i}制衣厂", "光明街道", "010-69440000", "C18"] for i, code in enumerate(codes)]
        data = sheet([self.HEAD, *rows, [codes[0][:-1] + "?", "坏厂", "", "", ""]])
        batch = take(data, "employers")
        assert figures(batch) == (4, 3, 1, 0)
        employer = Employer.objects.get(uscc=codes[1])
        assert (employer.name, employer.organization, employer.phone) == (
            "顺义第1制衣厂",
            district.streets[1],
            "01069440000",
        )
        assert figures(take(data, "employers")) == (4, 0, 1, 3)
        renamed = sheet([self.HEAD, [codes[0], "改了名的厂", "", "", ""]])
        assert figures(take(renamed, "employers")) == (1, 0, 1, 0)
        employer.contacts.create(name="王五")
        (kept,) = imports.undo(batch, clerk)
        assert "联系人" in kept.problems[-1]["text"]
        assert Employer.objects.get() == employer

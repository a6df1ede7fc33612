"""A list of vacancies from a spreadsheet: good rows in, bad ones refused with reasons, the same file again changes nothing."""

from __future__ import annotations

import datetime as dt
import html
import io
import json

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from renben.cli import main
from renben.kernel.models import ImportBatch
from renben.services.placement import vacancies
from renben.services.placement.models import Vacancy
from tests import build

HEAD = [
    "序号",
    "单位名称",
    "信用代码",
    "岗位",
    "人数",
    "工资待遇",
    "岗位职责",
    "任职要求",
    "工作地点",
    "联系人",
    "联系电话",
    "截止日期",
]
SOUND = [
    "分拣员",
    "5人",
    "4500-6000元/月",
    "分拣打包",
    "能上两班",
    "光明街道大街3号",
    "周海燕",
    "13911112222",
    "2026-12-20",
]


def book(*rows: list) -> bytes:
    """A sheet as offices keep it: a title, who made it, and the heading in the third row."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet("岗位")
        sheet.write(0, 0, "招聘岗位表")
        sheet.write(1, 0, "填报单位：胜利街道")
        for column, heading in enumerate(HEAD):
            sheet.write(2, column, heading)
        for line, row in enumerate(rows, start=3):
            for column, value in enumerate([line - 2, *row]):
                sheet.write(line, column, value)
        sheet.write(len(rows) + 3, 0, "制表人：李敏")
    return out.getvalue()


def upload(client, content: bytes) -> tuple[ImportBatch, str]:
    data = {"kind": "vacancies", "file": SimpleUploadedFile("岗位.xlsx", content)}
    answer = client.post("/imports/new/", data)
    assert answer.status_code == 302, html.unescape(answer.content.decode())
    batch = ImportBatch.objects.latest("id")
    client.post(f"/imports/{batch.pk}/confirm/")
    batch.refresh_from_db()
    return batch, html.unescape(client.get(f"/imports/{batch.pk}/?show=all").content.decode())


def changed(**cells) -> list:
    places = {"title": 0, "count": 1, "wage": 2, "agent": 6, "until": 8}
    row = list(SOUND)
    for name, value in cells.items():
        row[places[name]] = value
    return row


def test_good_rows_come_in_and_bad_ones_say_why(desk, counter):
    bare = build.employer(desk.street, "北京无照商贸有限公司")
    own = [desk.employer.name, desk.employer.uscc]
    batch, page = upload(
        counter,
        book(
            [*own, *SOUND],
            [desk.employer.name, "", *changed(title="叉车工", wage="每天220元", until="")],
            [*own, *changed(count="若干")],
            [*own, *changed(wage="面议")],
            [*own, *changed(until="2026-01-01")],
            [*own, *changed(agent="")],
            ["北京没有建档有限公司", "", *SOUND],
            [bare.name, bare.uscc, *SOUND],
        ),
    )
    assert (batch.total, batch.good, batch.bad) == (8, 2, 6)
    for reason in (
        "不是人数",
        "看不出是多少",
        "不是今天以后的日期",
        "没有写经办人",
        "请先建单位档案",
        "没有登记营业执照",
    ):
        assert reason in page
    sorter, driver = Vacancy.objects.order_by("id")
    assert (sorter.state, sorter.source, sorter.headcount) == ("submitted", "import", 5)
    assert (sorter.region_id, sorter.valid_until) == (desk.place.streets[1].region_id, dt.date(2026, 12, 20))
    assert (driver.wage_period, driver.wage_low_fen) == ("day", 22_000)


def test_the_same_file_again_changes_nothing(desk, counter):
    row = [desk.employer.name, desk.employer.uscc, *SOUND]
    upload(counter, book(row))
    batch, _ = upload(counter, book(row, row))
    assert (batch.good, batch.unchanged) == (0, 2)
    assert Vacancy.objects.count() == 1


def test_two_equal_rows_are_one_post(desk, counter):
    row = [desk.employer.name, desk.employer.uscc, *SOUND]
    upload(counter, book(row, row))
    assert Vacancy.objects.count() == 1


def test_a_batch_is_taken_back_except_what_is_published(desk, counter):
    own = [desk.employer.name, desk.employer.uscc]
    batch, _ = upload(counter, book([*own, *SOUND], [*own, *changed(title="叉车工", wage="220元/天")]))
    kept = Vacancy.objects.get(title="叉车工")
    vacancies.publish(vacancy=kept, by=desk.clerk)
    counter.post(f"/imports/{batch.pk}/undo/")
    assert dict(Vacancy.objects.values_list("title", "state")) == {"分拣员": "withdrawn", "叉车工": "published"}


def test_another_streets_employer_is_not_ours_to_import(desk, counter):
    other = desk.firm("北京光明商贸有限公司", organization=desk.place.streets[1])
    batch, page = upload(counter, book([other.name, other.uscc, *SOUND]))
    assert batch.bad == 1
    assert "归别的街（镇）管理" in page


def test_the_command_says_the_same(desk, tmp_path, capsys):
    path = tmp_path / "岗位.xlsx"
    path.write_bytes(
        book([desk.employer.name, desk.employer.uscc, *SOUND], [desk.employer.name, "", *changed(wage="面议")])
    )
    assert main(["import", "vacancies", str(path), "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["good"], told["bad"]) == (1, 1)
    assert not Vacancy.objects.exists()
    assert main(["import", "vacancies", str(path), "--json"]) == 0
    assert Vacancy.objects.count() == 1

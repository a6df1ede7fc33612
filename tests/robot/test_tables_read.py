"""The table of a step read from a workbook: whatever row the headings stand in, every fault named, all rows or none."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renben.channels.workbench.downloads import workbook
from renben.kernel.people import full_number
from renben.services.support.grants.models import Grant
from tests.robot.clerk import current
from tests.robot.handing import act
from tests.robot.test_grants import world  # noqa: F401 - the fixture

pytestmark = [pytest.mark.pages, pytest.mark.django_db]

HEADINGS = [("姓名", 10), ("身份证号码", 22), ("起始月", 12), ("月数", 8)]


def book(*rows: tuple, headings=HEADINGS) -> bytes:
    return workbook("2026年10月安置人员名单", headings, rows)


class Table:
    """The first step of a grant's case and its list of people."""

    def __init__(self, world) -> None:  # noqa: F811
        self.world, self.client = world, world.first.client
        self.case = world.first.start(current("Q-1.3.6"), world.place.centre, employer=world.employer)
        self.step = self.case.steps.get(key="first_review")
        self.url = f"/cases/{self.case.pk}/steps/{self.step.pk}/table/"

    def send(self, content: bytes | None, **typed):
        given = {"table": "grant_people", **typed}
        if content is not None:
            given["grant_people__table"] = SimpleUploadedFile("名单.xlsx", content)
        return self.client.post(self.url, given)

    def row(self, person, *rest) -> tuple:
        return (person.name, full_number(person), *rest)


@pytest.fixture
def table(world):  # noqa: F811
    return Table(world)


def test_a_list_is_read_into_the_form_and_then_worked(table):
    one, two = table.world.people
    rows = [table.row(one, "2026年10月1日", 1.0), table.row(two, "2026-10-01", "１"), ("合计", "", "", 2)]
    answer = table.send(book(*rows), first_opinion="材料齐全", policy_item="settling", claimed_amount="6000")
    assert answer.status_code == 200 and "“涉及的人员”读入2行" in answer.text
    form = answer.context["form"]
    assert form.initial["grant_people"] == table.world.wanted["grant_people"]
    assert "材料齐全" in answer.text and f'value="{full_number(two)}"' in answer.text, "what was typed stays"
    assert not Grant.objects.exists(), "reading does nothing yet"
    act(table.world.first, table.case, "first_review")
    assert Grant.objects.get().lines.count() == 2


def test_the_template_can_be_filled_in_and_read(table):
    content = table.client.post(f"{table.url}template/", {"table": "grant_people"}).content
    sheet = openpyxl.load_workbook(io.BytesIO(content))
    headings = next(row for row in sheet.active.iter_rows(values_only=True) if row[0] == "姓名")
    assert headings[:4] == ("姓名", "证件号码", "起始月", "月数")
    sheet.active.append(table.row(table.world.people[0], "2026-10-01", 1))
    filled = io.BytesIO()
    sheet.save(filled)
    assert "读入1行" in table.send(filled.getvalue()).text


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (("2026年13月", 1), "第4行“起始月”写的是“2026年13月”：日期应写成 2026-10-01 这样"),
        (("2026-10-01", 1.5), "第4行“月数”写的是“1.5”：应写整数"),
        (("2026-10-01", "两个"), "应写数字"),
        (("2026-10-01", None), "第4行没有填“月数”"),
        ((None, 1), "第4行没有填“起始月”"),
    ],
)
def test_one_fault_keeps_the_whole_list_out(rest, said, table):
    one, two = table.world.people
    answer = table.send(book(table.row(one, "2026-10-01", 1), table.row(two, *rest)), first_opinion="材料齐全")
    assert answer.status_code == 422 and said in answer.text
    assert not answer.context["form"].initial.get("grant_people") and "材料齐全" in answer.text


def test_a_number_kept_as_a_figure_is_told_apart_from_a_wrong_one(table):
    rows = [("王秀英", 110113197503021236.0, "2026-10-01", 1)]
    answer = table.send(book(*rows))
    assert "后几位已经丢失" in answer.text and "文本" in answer.text


def test_what_is_no_list_is_refused_in_words(table):
    assert "请先选择要读入的 Excel 文件" in table.send(None).text
    assert "请下载模板填写" in table.send(book(("a", "b"), headings=[("工号", 5), ("部门", 5)])).text
    assert "请下载模板填写" in table.send(book()).text, "headings and no row"
    assert table.send(b"\x7fELF\x02\x01\x01").status_code == 422
    assert "这一步没有这张表" in table.client.post(table.url, {"table": "no_such"}, follow=True).text

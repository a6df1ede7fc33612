"""求职登记名单 from a spreadsheet: people on file are registered by the same act, bad rows say why, nothing comes in twice."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renben.channels.workbench.downloads import workbook
from renben.kernel.models import ImportBatch
from renben.kernel.people import full_number
from renben.services.exchange.commands import import_command
from renben.services.placement import seekers_acts
from renben.services.placement.models import Seeker
from tests import build

pytestmark = pytest.mark.django_db
HEADINGS = [
    (name, 14) for name in ("序号", "姓名", "身份证号码", "求职意向", "期望工资", "困难原因", "特长", "登记日期")
]


def book(*rows: tuple) -> bytes:
    return workbook("求职登记名单", HEADINGS, [(place, *row) for place, row in enumerate(rows, 1)])


@pytest.fixture
def people(district):
    return [
        build.person(district.village, name, sex, birth_on=dt.date(1985 + place, 3, 2))
        for place, (name, sex) in enumerate([("李建国", "M"), ("王芳", "F"), ("赵强", "M"), ("孙小梅", "F")])
    ]


def lines(people) -> list[tuple]:
    one, two, three, four = people
    return [
        (
            "李建国",
            full_number(one),
            "仓库保管员、叉车司机、保安、厨师",
            "4500-6000元",
            "",
            "开叉车、盘点",
            "2026-11-02",
        ),
        ("王芳", full_number(two), "保洁", "面议", "照顾老人", "", ""),
        ("赵强", full_number(three), "电工", "4.5", "", "", ""),
        ("孙小梅", full_number(four), "会计", "", "", "", "2026-05-01"),
        ("周无名", "110113196001010041", "保安", "", "", "", ""),
    ]


def test_a_list_is_registered_and_says_what_it_could_not_take(district, street, people):
    file = SimpleUploadedFile("求职.xlsx", book(*lines(people)))
    answer = street.post("/imports/new/", {"kind": "seekers", "file": file})
    assert answer.status_code == 302, answer.content.decode()
    batch = ImportBatch.objects.get()
    street.post(f"/imports/{batch.pk}/confirm/")
    shown = street.get(f"/imports/{batch.pk}/?show=all").content.decode()
    assert "不像一个月的工资" in shown and "已经过期" in shown and "没有此人的档案" in shown
    first, second = Seeker.objects.order_by("id")
    wishes = seekers_acts.wishes_of(first)
    assert [wish.title for wish in wishes] == ["仓库保管员", "叉车司机", "保安"]
    assert wishes[0].wage_min_fen == 450000 and wishes[0].occupation == "4-02-06-01"
    assert (first.registered_on, first.valid_until) == (dt.date(2026, 11, 2), dt.date(2027, 2, 1))
    assert (first.skills, first.organization, first.batch) == (["开叉车", "盘点"], district.street, batch)
    assert (second.seeker_class, second.difficulties, second.difficulty_note) == ("difficult", ["other"], "照顾老人")


def test_the_same_list_again_changes_nothing_and_what_was_touched_stays_when_it_is_undone(district, street, people):
    for _ in range(2):
        file = SimpleUploadedFile("求职.xlsx", book(*lines(people)[:2]))
        street.post("/imports/new/", {"kind": "seekers", "file": file})
        street.post(f"/imports/{ImportBatch.objects.latest('id').pk}/confirm/")
    assert Seeker.objects.count() == 2 and ImportBatch.objects.latest("id").unchanged == 2
    touched, other = Seeker.objects.order_by("id")
    seekers_acts.change_seeker(
        seeker=touched, profile=seekers_acts.profile_of(touched), wishes=[seekers_acts.Wish("厨师")], by=district.clerk
    )
    street.post(f"/imports/{ImportBatch.objects.earliest('id').pk}/undo/")
    touched.refresh_from_db()
    other.refresh_from_db()
    assert (touched.state, other.state) == ("active", "withdrawn")


def test_the_command_line_does_the_same(district, people, tmp_path, capsys):
    file = tmp_path / "seekers.xlsx"
    file.write_bytes(book(*lines(people)))
    assert import_command("seekers", str(file), False, True) == 0
    report = json.loads(capsys.readouterr().out)
    assert Seeker.objects.count() == 2, report

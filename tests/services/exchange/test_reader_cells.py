"""Every fault a real roster carries, planted in a real .xlsx: refused with words, mended, or let through."""

from __future__ import annotations

import io

import pytest

from renben.services.exchange.sample import FAULTS, synthetic_people, write_roster

from .conftest import TODAY

PLACES = [("胜利街道", "义宾社区居委会")]

REFUSED = {
    "float": ("id_number", "最后几位已经丢失"),
    "scientific": ("id_number", "最后几位已经丢失"),
    "check_digit": ("id_number", "校验不通过"),
    "no_number": ("id_number", "请填写身份证号码"),
    "birth_in_number": ("id_number", "不存在"),
    "sex": ("sex", "第17位"),
    "sex_word": ("sex", "请填“男”或“女”"),
    "birth": ("birth_on", "而身份证号里是"),
    "birth_text": ("birth_on", "不是有效的日期"),
    "name": ("name", "@"),
    "no_name": ("name", "没有填姓名"),
    "street": ("street", "顺义区没有“望京街道”"),
    "phone": ("phone", "现在是9位"),
    "date": ("separated_on", "“2026-02-30”不是有效的日期"),
    "date_future": ("separated_on", "还没到"),
    "months_word": ("contribution_months", "3年2个月"),
    "months_long": ("contribution_months", "单位是年还是月"),
}
WARNED = {"fifteen": "15位", "fifteen_number": "15位", "community": "没有找到", "reason": "审核档案时请选准"}


def roster(people, **options) -> bytes:
    target = io.BytesIO()
    write_roster(target, people, **options)
    return target.getvalue()


@pytest.fixture
def people():
    return synthetic_people(3, places=PLACES, today=TODAY)


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_each_fault(read, people, fault):
    _, clean = read(roster(people))
    _, rows = read(roster(people, faults={1: fault}))
    assert [row.number for row in rows] == [3, 4, 5]
    assert not rows[0].problems and not rows[2].problems
    row = rows[1]
    if fault in REFUSED:
        field, words = REFUSED[fault]
        assert [(problem.field, words in problem.text) for problem in row.problems] == [(field, True)]
        return
    assert not row.problems
    if fault in WARNED:
        assert any(WARNED[fault] in warning.text for warning in row.warnings)
    changed = {key for key in clean[1].values if clean[1].values[key] != row.values.get(key)}
    lost = {"community": {"community", "organization"}, "reason": {"separation_reason"}}
    assert changed <= lost.get(fault, set())


def test_an_untouched_row_is_understood_whole(read, people):
    reading, rows = read(roster(people[:1]))
    values, person = rows[0].values, people[0]
    assert rows[0].warnings == []
    assert values["name"] == person["姓名"]
    assert values["id_number"] == person["身份证号码"]
    assert values["birth_on"] == person["出生日期"]
    assert values["separated_on"] == person["终止解除劳动合同日期"]
    assert values["contribution_months"] == _months(person["缴费年限"])
    assert (values["organization"], values["archive_kind"]) == (4, "unemployed")
    assert reading.has_archives


def _months(text: str) -> int:
    years, months = text.removesuffix("个月").split("年")
    return int(years) * 12 + int(months)


def test_the_same_number_twice_names_the_first_row(read, people):
    people[2] = dict(people[0], 档案编号="DA99")
    _, rows = read(roster(people))
    assert [bool(row.problems) for row in rows] == [False, False, True]
    assert "与第3行重复" in rows[2].problems[0].text


def test_one_archive_number_for_two_people(read, people):
    people[1]["档案编号"] = people[0]["档案编号"]
    _, rows = read(roster(people))
    assert "档案号与第3行重复" in rows[1].problems[0].text


def test_the_old_and_the_new_form_of_one_number_are_the_same_person(read, people):
    people[1] = dict(people[0], 档案编号="DA99")
    _, rows = read(roster(people, faults={1: "fifteen"}))
    assert "重复" in rows[1].problems[0].text


@pytest.mark.parametrize(
    ("written", "heading", "months"),
    [
        ("3年2个月", "缴费年限", 38),
        ("3年", "缴费年限", 36),
        ("11个月", "缴费年限", 11),
        ("３年２月", "缴费年限", 38),
        ("5年半", "缴费年限", 66),
        (12, "缴费年限", 144),
        (2.5, "缴费年限", 30),
        ("38", "缴费月数", 38),
        (38, "缴费年限（月）", 38),
        (3, "累计缴费时间（年）", 36),
        (3.1, "缴费年限", None),
        (38, "累计缴费时间", None),
        (12.5, "缴费月数", None),
    ],
)
def test_contribution_months(read, sheet, people, written, heading, months):
    person = people[0]
    _, rows = read(sheet([["姓名", "身份证号", heading], [person["姓名"], person["身份证号码"], written]]))
    assert rows[0].values.get("contribution_months") == months
    assert bool(rows[0].problems) == (months is None)


@pytest.mark.parametrize(
    ("written", "office"),
    [
        ("胜利街道", 2),
        ("胜利街道办事处", 2),
        ("胜利", 2),
        ("仁和镇", 3),
        ("仁和地区办事处", 3),
        ("北京市顺义区胜利街道", 2),
        ("胜利街道社保所", 2),
    ],
)
def test_streets_in_many_wordings(read, sheet, people, written, office):
    person = people[0]
    _, rows = read(sheet([["姓名", "身份证号", "街（镇）"], [person["姓名"], person["身份证号码"], written]]))
    assert (rows[0].values.get("organization"), rows[0].problems) == (office, [])


def test_a_street_of_somebody_else_is_refused_in_other_words(read, sheet, people):
    person = people[0]
    _, rows = read(sheet([["姓名", "身份证号", "街道"], [person["姓名"], person["身份证号码"], "光明街道"]]))
    assert "不在您单位的辖区内" in rows[0].problems[0].text


@pytest.mark.parametrize(
    ("written", "kept", "ok"),
    [
        ("138-0013-8000", "13800138000", True),
        ("+86 13800138000", "13800138000", True),
        ("010-69441234", "01069441234", True),
        ("13800138000/13900139000", "13800138000", True),
        ("69441234", "69441234", True),
        ("无", None, False),
        ("23800138000123", None, False),
    ],
)
def test_phones(read, sheet, people, written, kept, ok):
    person = people[0]
    _, rows = read(sheet([["姓名", "身份证号", "手机"], [person["姓名"], person["身份证号码"], written]]))
    assert (rows[0].values.get("phone"), not rows[0].problems) == (kept, ok)


def test_a_birth_month_is_enough_but_a_wrong_month_is_not(read, sheet, people):
    person = people[0]
    day = person["出生日期"]
    good, bad = f"{day:%Y-%m}", f"{day.year}-{day.month % 12 + 1:02d}"
    for written, ok in ((good, True), (bad, False)):
        _, rows = read(sheet([["姓名", "身份证号", "出生年月"], [person["姓名"], person["身份证号码"], written]]))
        assert (not rows[0].problems) is ok


def test_missing_materials_become_a_list(read, people):
    people[0]["缺少材料"], people[1]["缺少材料"] = "劳动合同、独生子女证；照片", "无"
    _, rows = read(roster(people))
    assert rows[0].values["materials_missing"] == ["劳动合同", "独生子女证", "照片"]
    assert not rows[1].values.get("materials_missing")

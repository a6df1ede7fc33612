"""Synthetic rosters: a file a newcomer can upload, the files the tests break on purpose, and the one the benchmark reads.

Nobody in them exists: names are drawn from common characters, identity numbers are valid in form only.
"""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from renben.kernel.identity import make_resident_id
from renben.kernel.regions_data import CODES_DIR, read_regions

COLUMNS = [
    "序号",
    "姓名",
    "性别",
    "出生日期",
    "民族",
    "身份证号码",
    "文化程度",
    "户口性质",
    "街道（镇）",
    "社区（村）",
    "住址",
    "联系电话",
    "原工作单位",
    "终止解除劳动合同日期",
    "离职原因",
    "缴费年限",
    "档案编号",
    "档案类别",
    "缺少材料",
    "备注",
]

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国志宏玉春梅海燕晓东亮红云飞鹏辉莉凤琴文斌雪峰"
_EMPLOYERS = [
    "燕京纺织",
    "顺鑫包装",
    "空港物流",
    "牛栏山机械",
    "潮白河食品",
    "北方汽车配件",
    "京东印刷",
    "首航餐饮",
    "后沙峪建材",
    "天竺服装",
]
_REASONS = ["劳动合同期满", "单位提出协商解除", "单位解除", "辞职", "单位破产", "本人提出协商解除", "被迫解除"]
_EDUCATION = ["初中", "高中", "中专", "大专", "本科", "职高", "小学"]
_MISSING = ["", "", "", "", "", "劳动合同原件", "终止解除劳动合同证明、独生子女证"]

Place = tuple[str, str]


def district_places(path: Path | None = None) -> list[Place]:
    """(street, community) names of the district on file, in code order."""
    rows = read_regions(path or sorted(CODES_DIR.glob("regions_*.csv"))[0])
    names = {row.code: row.name for row in rows}
    return [(names[row.parent_code], row.name) for row in rows if len(row.code) == 12]


def synthetic_people(
    n: int, *, seed: int = 1, places: Sequence[Place] | None = None, today: dt.date
) -> list[dict[str, Any]]:
    """`n` people as roster rows keyed by `COLUMNS`; the same seed gives the same people.

    Numbers are distinct up to 60,000 people.
    """
    places = places or district_places()
    draw = random.Random(seed)
    area = "110222"  # 顺义县, the code most working people of the district were born with
    oldest = dt.date(today.year - 55, 1, 1)
    people = []
    for i in range(n):
        # Day and sequence are counted, not drawn: that keeps every number distinct within a seed.
        born = oldest + dt.timedelta(days=(i * 7 + seed * 131) % 12_000)
        male = draw.random() < 0.52
        sequence = (i // 12_000 * 200 + draw.randrange(100) * 2 + (1 if male else 0)) % 1000
        left = today - dt.timedelta(days=draw.randrange(5, 120))
        most = max((left - born).days // 365 - 18, 0) * 12
        months = min(draw.randrange(6, 300), most)
        street, community = places[draw.randrange(len(places))]
        name = draw.choice(_SURNAMES) + "".join(draw.sample(_GIVEN, draw.choice((1, 2, 2))))
        people.append(
            dict(
                zip(
                    COLUMNS,
                    (
                        i + 1,
                        name,
                        "男" if male else "女",
                        born,
                        "汉族" if draw.random() < 0.95 else draw.choice(("满族", "回族", "蒙古族")),
                        make_resident_id(area, born, sequence),
                        draw.choice(_EDUCATION),
                        draw.choice(("城镇", "农村")),
                        street,
                        community,
                        f"{street}{community}{draw.randrange(1, 40)}号楼{draw.randrange(1, 7)}单元",
                        f"1{draw.choice('3578')}{draw.randrange(10**8, 10**9)}",
                        f"北京{draw.choice(_EMPLOYERS)}有限公司",
                        left,
                        draw.choice(_REASONS),
                        f"{months // 12}年{months % 12}个月",
                        f"DA{seed % 100:02d}{i + 1:06d}",
                        "失业人员档案",
                        draw.choice(_MISSING),
                        "",
                    ),
                    strict=True,
                )
            )
        )
    return people


def _change(column: str, value: Callable[[Any], Any]) -> Callable[[dict], None]:
    def fault(person: dict) -> None:
        person[column] = value(person[column])

    return fault


def _wrong_check(number: str) -> str:
    return number[:-1] + ("1" if number[-1] != "1" else "2")


FAULTS: dict[str, Callable[[dict], None]] = {
    "float": _change("身份证号码", lambda number: float(number[:17] + "0")),
    "scientific": _change("身份证号码", lambda number: f"{number[0]}.{number[1:6]}E+17"),
    "fifteen": _change("身份证号码", lambda number: number[:6] + number[8:17]),
    "fifteen_number": _change("身份证号码", lambda number: int(number[:6] + number[8:17])),
    "full_width": _change("身份证号码", lambda number: number.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})),
    "spaces": _change("身份证号码", lambda number: f" {number[:6]} {number[6:14]} {number[14:]} "),
    "apostrophe": _change("身份证号码", lambda number: f"'{number}"),
    "check_digit": _change("身份证号码", _wrong_check),
    "no_number": _change("身份证号码", lambda number: ""),
    "birth_in_number": _change("身份证号码", lambda number: number[:10] + "1332" + number[14:]),
    "sex": _change("性别", lambda sex: "女" if sex == "男" else "男"),
    "sex_word": _change("性别", lambda sex: "未知"),
    "birth": _change("出生日期", lambda day: day + dt.timedelta(days=400)),
    "birth_month": _change("出生日期", lambda day: f"{day:%Y.%m}"),
    "birth_text": _change("出生日期", lambda day: "1980年2月30日"),
    "name": _change("姓名", lambda name: name + "@1"),
    "name_spaces": _change("姓名", lambda name: f" {name[0]}　{name[1:]} "),
    "no_name": _change("姓名", lambda name: ""),
    "street": _change("街道（镇）", lambda street: "望京街道"),
    "community": _change("社区（村）", lambda community: "没有这个社区居委会"),
    "phone": _change("联系电话", lambda phone: phone[:9]),
    "phone_number": _change("联系电话", int),
    "date": _change("终止解除劳动合同日期", lambda day: "2026-02-30"),
    "date_text": _change("终止解除劳动合同日期", lambda day: f"{day.year}年{day.month}月{day.day}日"),
    "date_number": _change("终止解除劳动合同日期", lambda day: int(f"{day:%Y%m%d}")),
    "date_future": _change("终止解除劳动合同日期", lambda day: day.replace(year=day.year + 10, day=1)),
    "months_word": _change("缴费年限", lambda text: "很多年"),
    "months_long": _change("缴费年限", lambda text: 240),
    "reason": _change("离职原因", lambda text: "说不清"),
}
"""What goes wrong in real rosters: a name and what it does to a row of `synthetic_people`."""


def write_roster(
    target: Path | str | BinaryIO,
    people: Sequence[dict[str, Any]],
    *,
    faults: dict[int, str] | None = None,
    columns: Sequence[str] = COLUMNS,
    title: str = "档案转移花名册",
    header_row: int = 2,
    footer: bool = True,
) -> None:
    """Write an .xlsx as offices send them: title, heading in row `header_row` (from 1), people, total, signatures.

    `faults` names what to break (`FAULTS`), by index in `people`; the people given are not changed.
    """
    book = xlsxwriter.Workbook(
        target if isinstance(target, str | Path) else target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    sheet = book.add_worksheet("花名册")
    head = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#e3eefa"})
    if header_row > 1:
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 16}))
    sheet.set_column(0, len(columns) - 1, 14)
    sheet.set_column(5, 5, 22)
    for place, column in enumerate(columns):
        sheet.write_string(header_row - 1, place, column, head)
    for index, person in enumerate(people):
        if faults and index in faults:
            person = dict(person)
            FAULTS[faults[index]](person)
        for place, column in enumerate(columns):
            value = person.get(column, "")
            if value != "":
                sheet.write(header_row + index, place, value)
    if footer:
        below = header_row + len(people)
        sheet.write_string(below, 0, "合计")
        sheet.write_string(below, 1, f"{len(people)}人")
        sheet.write_string(below + 1, 0, "制表人：")
        sheet.write_string(below + 1, 5, "审核人：")
        sheet.write_string(below + 1, 10, "制表日期：")
    book.close()


DEMO_FAULTS = ("float", "check_digit", "sex", "date", "phone")


def demo_roster(n: int = 12, seed: int = 2026, *, today: dt.date) -> bytes:
    """示例花名册.xlsx for a newcomer to upload: `n` invented people, some with a typical mistake and one written twice."""
    places = district_places()
    first = [place for place in places if place[0] == places[0][0]]  # the street whose clerk the demonstration shows
    people = synthetic_people(
        n, seed=seed, places=first * (len(places) // max(len(first), 1)) + list(places), today=today
    )
    spread = max(n // (len(DEMO_FAULTS) + 1), 1)
    faults = {place: fault for i, fault in enumerate(DEMO_FAULTS) if (place := (i + 1) * spread) < n - 1}
    if n > 2:
        people[-1] = dict(people[0], 序号=n)
    target = io.BytesIO()
    write_roster(target, people, faults=faults, title="档案转移花名册（示例，人员均为虚构）")
    return target.getvalue()

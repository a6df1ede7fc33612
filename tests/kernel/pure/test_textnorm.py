"""Names and dates as people type them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.kernel.textnorm import clean_name, halfwidth, name_problem, parse_date, split_surname

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "raw",
    [
        "20261121",
        20261121,
        20261121.0,
        "2026.11.21",
        "2026-11-21",
        "2026/11/21",
        "2026年11月21日",
        "2026 年 11 月 21 日",
        "２０２６年１１月２１日",
        "2026－11－21",
        "2026。11。21",
        "2026-11-21 00:00:00",
        "2026-11-21T08:30:00+08:00",
        " 2026年11月21号 ",
        46347,
        46347.75,
        "46347",
        DAY,
        datetime(2026, 11, 21, 23, 59),
    ],
)
def test_one_day_in_many_hands(raw):
    assert parse_date(raw) == DAY


@pytest.mark.parametrize("raw", ["2026年11月", "2026-11", "2026.11", "202611", 202611, 2026.11, "2026/11", "2026年11"])
def test_a_month_is_its_first_day(raw):
    assert parse_date(raw) == date(2026, 11, 1)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "  ",
        "-",
        "长期",
        "无",
        "2026-02-30",
        "20260231",
        20261301,
        "2026-13-01",
        "3/4/26",
        "2026",
        2026,
        2026.1,
        0,
        -5,
        60,
        10**12,
    ]
    + [float("nan"), float("inf"), True, "0000-00-00", "2026-11-21-3", "²026-11-21", "123456789", [2026]],
)
def test_no_day(raw):
    assert parse_date(raw) is None


@given(st.dates(date(1906, 1, 1), date(2100, 12, 31)))  # serial numbers of earlier days look like bare years
def test_every_form_of_every_day(day):
    assert parse_date((day - date(1899, 12, 30)).days) == day
    assert parse_date(f"{day:%Y%m%d}") == parse_date(f"{day.year}年{day.month}月{day.day}日") == day
    assert parse_date(f"{day.year}.{day.month}.{day.day}") == parse_date(day + timedelta(0)) == day


@given(st.one_of(st.text(), st.integers(), st.floats(), st.binary()))
def test_no_input_breaks_dates(raw):
    assert parse_date(raw) is None or isinstance(parse_date(raw), date)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("张　三", "张三"),
        (" 欧 阳 修 ", "欧阳修"),
        ("阿不都•买买提", "阿不都·买买提"),
        ("阿不都 ．买买提", "阿不都·买买提"),
        ("Ｊｏｈｎ  Smith", "John Smith"),
        ("王\u200b小明\ufeff", "王小明"),
        ("\uf9b4", "\u9818"),
        ("李𬱖", "李𬱖"),
        (None, ""),
        (12, "12"),
    ],
)
def test_names_in_canonical_form(raw, name):
    assert clean_name(raw) == name


@given(st.text(max_size=30))
def test_cleaning_twice_changes_nothing(raw):
    once = clean_name(raw)
    assert clean_name(once) == once


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("张三", None),
        ("阿不都·买买提", None),
        ("O'Brien", None),
        ("𬱖", None),
        ("", "empty"),
        ("张3", "characters"),
        ("张三（女）", "characters"),
        ("张\ue000", "rare_character"),
        ("张" * 61, "length"),
    ],
)
def test_name_problems(name, code):
    found = name_problem(name)
    assert (found.code if found else None) == code


def test_surnames():
    assert split_surname("欧阳修") == ("欧阳", "修")
    assert split_surname("欧阳") == ("欧", "阳")
    assert split_surname("张三丰") == ("张", "三丰")
    assert split_surname("") == ("", "")


@given(st.text(max_size=30))
def test_halfwidth_leaves_nothing_wide(text):
    narrow = halfwidth(text)
    assert len(narrow) == len(text)
    assert not any(0xFF01 <= ord(char) <= 0xFF5E or char == "\u3000" for char in narrow)

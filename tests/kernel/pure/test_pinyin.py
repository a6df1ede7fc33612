"""Pinyin keys: surnames are read as surnames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.kernel.pinyin import initials, pinyin_key, pinyin_plain


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("张三", "zhang san"),
        ("单雄信", "shan xiong xin"),
        ("仇英", "qiu ying"),
        ("曾国藩", "zeng guo fan"),
        ("解缙", "xie jin"),
        ("查良镛", "zha liang yong"),
        ("区寄", "ou ji"),
        ("朴正", "piao zheng"),
        ("尉迟恭", "yu chi gong"),
        ("万俟卨", "mo qi xie"),
        ("欧阳修", "ou yang xiu"),
        ("吕布", "lv bu"),
        ("阿不都·买买提", "a bu dou mai mai ti"),
        ("John  Smith", "john smith"),
        ("王 小 明", "wang xiao ming"),
        ("仇", "qiu"),
        ("", ""),
    ],
)
def test_readings(name, key):
    assert pinyin_key(name) == key
    assert pinyin_plain(name) == key.replace(" ", "")
    assert initials(name) == "".join(word[0] for word in key.split())


def test_a_character_that_is_read_otherwise_inside_a_name():
    assert pinyin_key("李单") == "li dan"


def test_the_order_is_that_of_syllables():
    names = ["张三丰", "章安", "张三", "仇和", "单田", "阿里"]
    assert sorted(names, key=pinyin_key) == ["阿里", "仇和", "单田", "章安", "张三", "张三丰"]


@given(st.text(max_size=20))
def test_no_name_breaks_it(name):
    assert len(initials(name)) == len(pinyin_key(name).split())

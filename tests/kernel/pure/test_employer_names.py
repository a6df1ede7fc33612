from __future__ import annotations

import pytest

from renben.kernel.employer_names import ALIKE, core_name, likeness, plain_name
from renben.kernel.uscc import check_uscc, make_uscc


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北京顺通物流有限公司", "北京顺通物流有限责任公司"),
        ("顺通（北京）物流有限公司", "顺通(北京) 物流有限公司"),
        ("ＡＢＣ科技有限公司", "abc科技有限公司"),
        ("北京·顺通“物流”公司", "北京顺通物流公司"),
    ],
)
def test_spellings_of_one_name_are_equal(one, other):
    assert plain_name(one) == plain_name(other) != ""


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("北京顺通物流有限公司", "顺通物流"),
        ("北京市顺义区胜利建材经营部", "胜利建材"),
        ("北京市", "北京市"),
        ("公司", "公司"),
        ("", ""),
    ],
)
def test_the_core_of_a_name(name, core):
    assert core_name(name) == core


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("北京顺通物流有限公司", "顺义区顺通物流中心", True),
        ("北京顺通物流有限公司", "北京顺通国际物流有限公司", True),
        ("北京顺通物流有限公司", "北京红梅食品有限公司", False),
        ("北京顺通物流有限公司", "北京顺达商贸有限公司", False),
    ],
)
def test_similar_names(one, other, is_alike):
    assert (likeness(one, other) >= ALIKE) is is_alike
    assert likeness(one, other) == likeness(other, one)


def test_a_wrong_check_character_is_explained():
    good = make_uscc(123)
    wrong = good[:17] + ("0" if good[17] != "0" else "1")
    (problem,) = check_uscc(wrong).problems
    assert problem.code == "check_digit"
    assert f"应是“{good[17]}”" in problem.text and f"填的是“{wrong[17]}”" in problem.text
    wide = "".join(chr(ord(c) + 0xFEE0) for c in good.lower())
    assert check_uscc(f" {wide} ").number == good

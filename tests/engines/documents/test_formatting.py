"""Money and dates as they stand on paper."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.documents.formatting import chinese_date, chinese_month, yuan, yuan_in_words


@pytest.mark.parametrize(
    ("fen", "figure", "words"),
    [
        (0, "0.00", "零元整"),
        (5, "0.05", "伍分"),
        (100, "1.00", "壹元整"),
        (105, "1.05", "壹元零伍分"),
        (150, "1.50", "壹元伍角整"),
        (121234, "1,212.34", "壹仟贰佰壹拾贰元叁角肆分"),
        (100000100, "1,000,001.00", "壹佰万零壹元整"),
        (1000010000, "10,000,100.00", "壹仟万零壹佰元整"),
        (-2000, "-20.00", "负贰拾元整"),
    ],
)
def test_money(fen, figure, words):
    assert (yuan(fen), yuan_in_words(fen)) == (figure, words)


def value_of(words: str) -> int:
    """Read capital numerals back, independently of how they were written."""
    digits = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    total = section = digit = fen = 0
    for c in words.removesuffix("整"):
        if c in digits:
            digit = digits[c]
        elif c in "拾佰仟":
            section += digit * {"拾": 10, "佰": 100, "仟": 1000}[c]
            digit = 0
        elif c in "万亿":
            total = (total + section + digit) * {"万": 10_000, "亿": 10**8}[c]
            section = digit = 0
        elif c == "元":
            fen += (total + section + digit) * 100
            digit = 0
        else:
            fen += digit * {"角": 10, "分": 1}[c]
            digit = 0
    return fen


@given(st.integers(min_value=0, max_value=9_999_999_999))
def test_words_read_back_to_the_figure(fen):
    words = yuan_in_words(fen)
    assert value_of(words) == fen
    assert "零零" not in words


def test_dates_from_values_and_from_stored_text():
    assert chinese_date(dt.date(2012, 3, 5)) == chinese_date("2012-03-05") == "2012年3月5日"
    assert chinese_month("2012-03") == chinese_month(dt.date(2012, 3, 1)) == "2012年3月"

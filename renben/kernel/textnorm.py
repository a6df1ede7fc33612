"""Cleaning of what people type or paste: widths, names, dates.

Pure functions, no database and no clock. Everything that enters the platform (forms, Excel files, kiosks) goes through here
before it is compared or stored.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from math import floor, isfinite

from .regions_data import CODES_DIR, read_table


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input: a stable `code` for programs, a Chinese sentence `text` that says what to do."""

    code: str
    text: str


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_INVISIBLE = dict.fromkeys(
    [0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x00AD, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
)
_DOTS = dict.fromkeys(map(ord, "•・‧∙●⋅．.･᛫﹒"), "·")

# The characters of a Chinese name: unified ideographs with every extension, compatibility ideographs, 〇.
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NOT_IN_NAME = re.compile(rf"[^{_HAN}A-Za-z\u00c0-\u024f·'\- ]")
_SPACE_AFTER_HAN = re.compile(rf"(?<=[{_HAN}·]) +| +(?=[{_HAN}·])")
_SPACES = re.compile(r"\s+")


def halfwidth(s: str) -> str:
    """`s` with full-width letters, digits, punctuation and spaces made half-width; Chinese characters stay."""
    return s if s.isascii() else s.translate(_WIDE)


def clean_name(s: object) -> str:
    """The canonical form of a person's or employer's contact name, for storing and comparing.

    Full-width letters become half-width, compatibility ideographs their standard form, every kind of middle dot becomes ·,
    invisible characters go, spaces between Chinese characters go, spaces between Latin words become one. Nothing visible is
    dropped: what does not belong in a name stays and is reported by `name_problem`.
    """
    if s is None:
        return ""
    text = str(s)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_WIDE).translate(_INVISIBLE).translate(_DOTS)
    text = _SPACES.sub(" ", text).strip(" ·")
    return _SPACE_AFTER_HAN.sub("", text)


def name_problem(name: str) -> Problem | None:
    """What is wrong with a cleaned person name, or None. Codes: empty, characters, rare_character, length."""
    if not name:
        return Problem("empty", "请填写姓名。")
    if bad := _NOT_IN_NAME.search(name):
        char = bad.group()
        if unicodedata.category(char) == "Co":
            return Problem(
                "rare_character", "姓名里有一个自造的生僻字，别的电脑认不出来，请改用国家标准字库里的同一个字。"
            )
        return Problem("characters", f"姓名里有“{char}”，姓名只能用汉字、字母和间隔号“·”，请改正。")
    if len(name) > 60:
        return Problem("length", "姓名超过60个字，请核对是不是填错了格。")
    return None


@cache
def surname_readings() -> dict[str, list[str]]:
    """`{surname: syllables}` of the surnames in `catalog/codes/surnames.csv`: every compound surname and the single ones that are
    read differently as a surname. A compound one with the usual reading has no syllables there."""
    return {row["surname"]: row["reading"].split() for row in read_table(CODES_DIR / "surnames.csv")}


def split_surname(name: str) -> tuple[str, str]:
    """(surname, given name) of a cleaned Chinese name; a compound surname counts only when a given name follows it."""
    cut = 2 if len(name) > 2 and name[:2] in surname_readings() else 1
    return name[:cut], name[cut:]


_DATE = re.compile(
    r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*(?:[-月./]\s*(?:(\d{1,2})\s*[日号]?)?)?(?:[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−－。、"), "-")
_EXCEL_EPOCH = date(1899, 12, 30)
_YEARS = range(1800, 10000)


def parse_date(raw: object) -> date | None:
    """The day meant by `raw`, or None when there is none (empty, impossible like 2月30日, or ambiguous like 3/4/26).

    Accepts date and datetime, 20261121, 2026.11.21, 2026-11-21, 2026/11/21, 2026年11月21日, each also in full-width digits and
    with a time of day behind; 2026年11月, 2026-11 and 202611 (the first of that month); Excel serial numbers as int, float or
    five digits of text. A bare year (1900–2100) is refused because it could also be a serial number.
    """
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, bool) or raw is None:
        return None
    if isinstance(raw, int | float):
        return _from_number(raw)
    text = halfwidth(str(raw)).translate(_DASHES).strip()
    if text.isascii() and text.isdigit():
        return _from_number(int(text)) if len(text) in (5, 6, 8) else None
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = match.groups()
    return _day(int(year), int(month), int(day) if day else 1)


def _from_number(n: int | float) -> date | None:
    if not isfinite(n):
        return None
    whole = floor(n)
    if whole == n and 1_800_01_01 <= whole <= 9999_12_31:
        return _day(whole // 10000, whole // 100 % 100, whole % 100)
    if whole == n and 1_900_01 <= whole <= 2_100_12:
        return _day(whole // 100, whole % 100, 1)
    if 1900 <= whole <= 2100:
        # A cell "2026.11" read as a number: the month survives unless it was 1 or 10, which look alike.
        month = round((n - whole) * 100)
        return None if abs(n - whole - month / 100) > 1e-9 or month == 10 else _day(whole, month, 1)
    if 61 <= whole <= 73_415:  # 1900-03-01 .. 2100-12-31; below that Excel counts a day that never was
        return _EXCEL_EPOCH + timedelta(days=whole)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None

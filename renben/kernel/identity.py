"""Identity papers: normalising, checking and making their numbers.

The resident identity number follows GB 11643-1999: area (6), birth date (8), sequence (3, odd is male), check character by
ISO 7064 MOD 11-2. An area code that is not on file only warns: real people carry codes of counties abolished long ago.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from .regions_data import area_names, code_table
from .textnorm import Problem, halfwidth

__all__ = [
    "KINDS",
    "IdentityCheck",
    "Problem",
    "area_name",
    "check_document",
    "check_resident_id",
    "make_resident_id",
    "normalise",
]

KINDS = {
    "resident_id": "居民身份证",
    "hk_macao_residence": "港澳居民居住证",
    "taiwan_residence": "台湾居民居住证",
    "hk_macao_permit": "港澳居民来往内地通行证",
    "taiwan_permit": "台湾居民来往大陆通行证",
    "passport": "护照",
    "foreigner_permit": "外国人永久居留身份证",
}
"""Kinds of identity paper and their Chinese names, in the order a form offers them."""

_RESIDENCE_KINDS = {"81": "hk_macao_residence", "82": "hk_macao_residence", "83": "taiwan_residence"}
_PERMIT_PREFIXES = frozenset([*_RESIDENCE_KINDS, "71", "91"])  # no counties of theirs are on file
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_DROP = dict.fromkeys(map(ord, " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff'’‘`-_‐‑‒–—―−"))
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{1,3}")
_EXCEL_FIX = "请在 Excel 里先把这一列设成“文本”格式，再按证件重新填写。"


@dataclass(slots=True)
class IdentityCheck:
    """What a number says. `number` is the canonical form (18 characters for the resident identity number), None when there is
    any problem; `sex` is M or F; `area_code` six digits. `birth_on`, `sex`, `area_code` are None where the paper has none."""

    number: str | None = None
    birth_on: date | None = None
    sex: str | None = None
    area_code: str | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    kind: str = "resident_id"

    @property
    def is_valid(self) -> bool:
        """Whether the number may be stored (warnings do not count)."""
        return self.number is not None


def normalise(raw: object) -> str:
    """`raw` (text, int, float or None) as upper-case half-width text without spaces, dashes, quotes and invisible characters.

    Whole floats lose their ".0". A float too large to be exact keeps the digits Python knows; `check_resident_id` reports it.
    """
    if raw is None:
        return ""
    if isinstance(raw, float):
        if raw != raw or raw in (float("inf"), float("-inf")):
            return ""
        raw = f"{raw:.0f}" if raw.is_integer() else str(raw)
    text = raw if isinstance(raw, str) else str(raw)
    if text.isalnum() and text.isascii():
        return text.upper()
    return halfwidth(text).translate(_DROP).upper()


def area_name(code: str) -> str | None:
    """The county-level area of a six-digit code, or None when it is not on file. Former ones start with 原."""
    return area_names().get(code)


@lru_cache(maxsize=8192)
def _area_warning(code: str) -> Problem | None:
    if code[:2] not in code_table("provinces") and code[:2] not in _PERMIT_PREFIXES:
        return Problem(
            "unknown_area", f"证件号开头的 {code[:2]} 不是已知的省级代码，请对照证件再看一眼；确认无误可以继续办理。"
        )
    if code[:2] in _PERMIT_PREFIXES or code in area_names():
        return None
    return Problem(
        "unknown_area",
        f"地区代码 {code} 不在现行区划表里（可能是已撤并的区县），请对照证件再看一眼；确认无误可以继续办理。",
    )


def check_character(body17: str) -> str:
    """The 18th character for 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(map(int.__mul__, _WEIGHTS, map(int, body17))) % 11]


def check_resident_id(raw: object, *, today: date) -> IdentityCheck:
    """Check a resident identity number (also the residence permits for 港澳台, which share its form).

    Problem codes: empty, float_ruined, length, characters, birth_date, future_birth, check_digit. Warning codes: unknown_area,
    old_fifteen (a 15-digit number, converted). Source: GB 11643-1999.
    """
    number = normalise(raw)
    result = IdentityCheck()
    problem = _form_problem(raw, number)
    if problem is not None:
        result.problems.append(problem)
        return result
    if len(number) == 15:
        number = f"{number[:6]}19{number[6:]}"
        number += check_character(number)
        result.warnings.append(
            Problem("old_fifteen", "这是旧的15位号码，已按规则换算成18位，请对照本人的二代身份证核对。")
        )
    birth_on = _birth(number[6:14])
    if birth_on is None or birth_on.year < 1850:
        result.problems.append(
            Problem("birth_date", f"号码里的出生日期“{number[6:14]}”不存在，请对照证件核对第7到14位。")
        )
    elif birth_on > today:
        result.problems.append(
            Problem("future_birth", f"号码里的出生日期“{number[6:14]}”还没到，请对照证件核对第7到14位。")
        )
    if check_character(number[:17]) != number[17]:
        result.problems.append(_check_digit_problem(number))
    area = number[:6]
    if warning := _area_warning(area):
        result.warnings.append(warning)
    if not result.problems:
        result.number = number
        result.birth_on = birth_on
        result.sex = "M" if int(number[16]) % 2 else "F"
        result.area_code = area
        result.kind = _RESIDENCE_KINDS.get(area[:2], "resident_id")
    return result


def _form_problem(raw: object, number: str) -> Problem | None:
    """What makes the text no identity number at all, before any digit is looked at."""
    if not number:
        return Problem("empty", "请填写身份证号码。")
    lost_as_number = (
        not isinstance(raw, str) and len(number) > 15 and (isinstance(raw, float) or number.endswith("000"))
    )
    if lost_as_number or _SCIENTIFIC.fullmatch(number):
        return Problem("float_ruined", f"Excel 把身份证号当成数字，最后几位已经丢失。{_EXCEL_FIX}")
    if len(number) not in (15, 18):
        return Problem("length", f"身份证号码应是18位，现在是{len(number)}位，请对照证件核对有没有多填或漏填。")
    digits = number if len(number) == 15 else number[:17]
    if not (digits.isascii() and digits.isdigit()) or (len(number) == 18 and number[17] not in "0123456789X"):
        return Problem("characters", "身份证号码只能是数字（最后一位可以是 X），请把其他字符改正。")
    return None


def _check_digit_problem(number: str) -> Problem:
    if number.endswith("000"):
        return Problem(
            "float_ruined", f"号码最后是000而且校验不对，多半是 Excel 把它当成数字，丢了最后几位。{_EXCEL_FIX}"
        )
    return Problem("check_digit", "身份证号码校验不通过，至少有一位填错了，请对照证件逐位核对。")


def _birth(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


_PERMITS = {
    "hk_macao_permit": (
        re.compile(r"[HM]\d{8}(?:\d{2})?"),
        "应是 H 或 M 加8位数字",
    ),
    "taiwan_permit": (re.compile(r"\d{8}|\d{10}[A-Z]?"), "应是8位数字"),
    "passport": (re.compile(r"(?=.*\d)[A-Z0-9]{5,15}"), "应是5到15位字母和数字"),
    "foreigner_permit": (re.compile(r"[A-Z]{3}\d{12}"), "应是9开头的18位号码，或3个字母加12位数字"),
}


def check_document(kind: str, raw: object, *, today: date) -> IdentityCheck:
    """Check the number of an identity paper of `kind` (a key of `KINDS`; ValueError otherwise).

    Codes as in `check_resident_id`, plus `other_kind` when the number belongs to another kind of paper.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of identity paper: {kind!r}")
    if kind == "resident_id" or kind in _RESIDENCE_KINDS.values():
        result = check_resident_id(raw, today=today)
        if result.number and result.kind != kind:
            return _other_kind(kind, result.kind)
        result.kind = kind
        return result
    number = normalise(raw)
    if not number:
        return _refused(kind, "empty", f"请填写{KINDS[kind]}号码。")
    if (isinstance(raw, float) and len(number) > 15) or _SCIENTIFIC.fullmatch(number):
        return _refused(kind, "float_ruined", f"Excel 把证件号码当成数字，最后几位已经丢失。{_EXCEL_FIX}")
    if len(number) == 18:
        if kind == "foreigner_permit" and number[0] == "9":
            return _check_foreigner(number, today)
        resident = check_resident_id(number, today=today)
        if resident.number:
            return _other_kind(kind, resident.kind)
    pattern, shape = _PERMITS[kind]
    if not pattern.fullmatch(number):
        return _refused(kind, "characters", f"{KINDS[kind]}号码{shape}，请对照证件核对。")
    birth_on = None
    if kind == "foreigner_permit":
        birth_on = _birth_of_six(number[7:13], today)
        if birth_on is None:
            return _refused(kind, "birth_date", "号码里的出生日期不存在，请对照证件核对。")
    return IdentityCheck(number=number, birth_on=birth_on, kind=kind)


def _check_foreigner(number: str, today: date) -> IdentityCheck:
    """The 18-character card of 2023: 9, place of issue (2), nationality (3), birth date, sequence, check character."""
    kind = "foreigner_permit"
    if not number[:17].isdigit() or not number.isascii():
        return _refused(kind, "characters", f"{KINDS[kind]}号码{_PERMITS[kind][1]}，请对照证件核对。")
    birth_on = _birth(number[6:14])
    if birth_on is None:
        return _refused(kind, "birth_date", "号码里的出生日期不存在，请对照证件核对第7到14位。")
    if birth_on > today:
        return _refused(kind, "future_birth", "号码里的出生日期还没到，请对照证件核对第7到14位。")
    if check_character(number[:17]) != number[17]:
        return _refused(kind, "check_digit", "证件号码校验不通过，至少有一位填错了，请对照证件逐位核对。")
    return IdentityCheck(number=number, birth_on=birth_on, sex="M" if int(number[16]) % 2 else "F", kind=kind)


def _other_kind(kind: str, found: str) -> IdentityCheck:
    return _refused(kind, "other_kind", f"这个号码是{KINDS[found]}的，请把证件类型改过来。")


def _birth_of_six(digits: str, today: date) -> date | None:
    """yymmdd of the old foreigner's card: the latest century that is not in the future."""
    for century in (today.year // 100, today.year // 100 - 1):
        born = _birth(f"{century}{digits}")
        if born is not None and born <= today:
            return born
    return None


def _refused(kind: str, code: str, text: str) -> IdentityCheck:
    return IdentityCheck(problems=[Problem(code, text)], kind=kind)


def make_resident_id(area6: str, birth_on: date, sequence3: int | str) -> str:
    """A well-formed 18-character number for demonstrations and tests; `sequence3` 0–999, odd means male."""
    body = f"{area6}{birth_on:%Y%m%d}{int(sequence3):03d}"
    if len(body) != 17 or not body.isdigit():
        raise ValueError(f"cannot make an identity number of {area6!r} and {sequence3!r}")
    return body + check_character(body)

"""How personal data is shown: the one module that masks.

Contexts: `list` (lists and search results), `detail` (one file, read within one's own scope), `public` (公示, LED, SMS, verified
papers). The full value of a number is never this module's business: showing it is an audited act elsewhere.

In public an identity number keeps its last four characters only: with the area code beside them a person could be found among
some two thousand candidates, and among a few dozen when the age is printed too.
"""

import re

from .textnorm import halfwidth, split_surname

CONTEXTS = ("list", "detail", "public")
HIDDEN = "***"
"""Shown where nothing may be seen; it does not tell the length."""

_HAN_NAME = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,5}")
_NOT_DIGIT = re.compile(r"\D")
_STREET = re.compile(r".*?(?:街道|地区|镇|乡)")
_COMMUNITY = re.compile(r".*?(?:社区|居委会|村委会|村|嘎查)")
_DISTRICT = re.compile(r".*(?:[区县旗]|自治州|市)")
_FIRST_NUMBER = re.compile(r"[\d０-９]")


def _check(context: str) -> None:
    if context not in CONTEXTS:
        raise ValueError(f"unknown masking context: {context!r}")


def mask_name(name: str | None, context: str) -> str:
    """A person's name: 张*, 张**, 欧阳**; names of other scripts or with · keep the first character; full in `detail`."""
    _check(context)
    name = (name or "").strip()
    if context == "detail" or not name:
        return name
    if len(name) == 1:
        return "*"
    if _HAN_NAME.fullmatch(name):
        surname, given = split_surname(name)
        return surname + "*" * min(len(given), 2)
    return name[0] + "**"


def mask_id(number: str | None, context: str) -> str:
    """The number of an identity paper: 110113********1234 with the birth date hidden; in `public` the last four only.

    Shorter papers (passports, permits) keep at most the first character and a third of the number.
    """
    _check(context)
    number = (number or "").strip()
    length = len(number)
    if not number:
        return ""
    tail = min(4, length // 3)
    if context == "public":
        head = 0
    elif length in (15, 18):
        head, tail = 6, (4 if length == 18 else 3)
    else:
        head = 1 if length >= 5 else 0
    return number[:head] + "*" * (length - head - tail) + number[length - tail :]


def mask_phone(number: str | None, context: str) -> str:
    """A telephone number: 138****1234 for a mobile phone, ***1234 for others; never in `public`."""
    _check(context)
    digits = _NOT_DIGIT.sub("", halfwidth(number or ""))
    if not digits:
        return ""
    if context == "public":
        return HIDDEN
    if len(digits) == 11 and digits[0] == "1":
        return f"{digits[:3]}****{digits[-4:]}"
    return HIDDEN + (digits[-4:] if len(digits) >= 7 else "")


def mask_account(number: str | None, context: str) -> str:
    """A bank account: the last four digits; never in `public`."""
    _check(context)
    text = "".join(halfwidth(number or "").split())
    if not text:
        return ""
    return HIDDEN if context == "public" or len(text) < 8 else f"**** {text[-4:]}"


def mask_address(address: str | None, context: str) -> str:
    """A home address: down to the community or village in `list`, full in `detail`, never in `public`.

    What follows the first digit is never shown in `list`; without any known level nothing is.
    """
    _check(context)
    address = (address or "").strip()
    if context == "detail" or not address:
        return address
    if context == "public":
        return HIDDEN
    number = _FIRST_NUMBER.search(address)
    known = address[: number.start()] if number else address
    street = _STREET.match(known)
    start = street.end() if street else 0
    community = _COMMUNITY.match(known, start)
    shown = community or street or _DISTRICT.match(known)
    return (known[: shown.end()] if shown else "") + HIDDEN


def mask_flag(value: object, context: str) -> str:
    """Something sensitive (残疾, 病情, 低保): 有 or 无 without the content; never in `public`. Who may read more is a permission."""
    _check(context)
    if context == "public":
        return HIDDEN
    return "有" if value else "无"

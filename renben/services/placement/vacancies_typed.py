"""A post as it is written down in a case or a list: wage in words, papers in words. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from renben.services.placement.codes import WagePeriod, WorkKind
from renben.services.placement.vacancies_words import INSURANCES

_AMOUNT = r"(\d+(?:\.\d{1,2})?)\s*(万|千|K)?"
_WAGE = re.compile(rf"{_AMOUNT}(?:\s*元)?(?:\s*(?:-|~|—|–|至|到)\s*{_AMOUNT})?")
_TIMES = {"万": 10_000, "千": 1_000, "K": 1_000, None: 1}
_PER = (
    (WagePeriod.HOUR, re.compile(r"小时|时薪|/时|/H")),
    (WagePeriod.DAY, re.compile(r"每天|每日|/天|/日|一天|日薪|日结")),
    (WagePeriod.PIECE, re.compile(r"计件")),
)
LEAST = {WagePeriod.HOUR: 5, WagePeriod.DAY: 30, WagePeriod.MONTH: 300, WagePeriod.PIECE: 300}
"""Yuan below which a number is no wage of that period but something else that was written there (a rank, a grade)."""
_ALL = re.compile(r"五险|社保|社会保险|六险")


@dataclass(frozen=True)
class Wage:
    """Both ends in fen of the period; the same when one figure is written."""

    period: str
    low_fen: int
    high_fen: int


def wage_of(text: str) -> Wage | None:
    """`4500-6000元/月`, `每小时28元`, `6千到8千`, `200元/天` → the wage; None when the words tell none."""
    said = unicodedata.normalize("NFKC", text or "").upper().replace(",", "")
    period = next((code for code, pattern in _PER if pattern.search(said)), WagePeriod.MONTH)
    for match in _WAGE.finditer(said):
        low, unit, high, unit_high = match.groups()
        times = _TIMES[unit or unit_high] if high else _TIMES[unit]
        first = round(float(low) * times * 100)
        last = round(float(high) * _TIMES[unit_high or unit] * 100) if high else first
        if first >= LEAST[period] * 100:
            return Wage(period, first, max(first, last))
    return None


def insurances_of(text: str) -> list[str]:
    """The kinds of insurance a sentence names; 五险 are all five."""
    named = [name for name in INSURANCES if name in (text or "") or (name == "住房公积金" and "公积金" in (text or ""))]
    return (
        list(INSURANCES[:5]) + [name for name in named if name not in INSURANCES[:5]]
        if _ALL.search(text or "")
        else named
    )


def kind_of(text: str, wage: Wage | None) -> str:
    """用工形式 as far as the words tell it; paid by the hour is part-time, by the day seasonal, unless they say otherwise."""
    for code, words in (
        (WorkKind.DISPATCH, ("派遣",)),
        (WorkKind.INTERN, ("见习", "实习")),
        (WorkKind.PART, ("非全日制", "小时工", "兼职")),
        (WorkKind.SEASON, ("季节", "临时")),
        (WorkKind.FULL, ("全日制", "全职")),
    ):
        if any(word in (text or "") for word in words):
            return code
    by_period = {WagePeriod.HOUR: WorkKind.PART, WagePeriod.DAY: WorkKind.SEASON}
    return by_period.get(wage.period, WorkKind.FULL) if wage is not None else WorkKind.FULL

"""Social-insurance subsidies of people who work for themselves or flexibly (Q-1.3.1, Q-1.3.2): who, how long, how much.

Pure: no database, no clock, no request. Figures live in catalog/policies/subsidy and wage. Importing registers the domains.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from renben.engines.rules.choosing import either
from renben.engines.rules.coded import among
from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Part, yuan, yuan_text
from renben.engines.rules.exact import fraction, percent_text, share
from renben.engines.rules.inputs import Input
from renben.engines.rules.parameters import Reader, Version, to_fen
from renben.engines.rules.people import AGE, LONGEST_CAREER, SEX, SEX_WORDS
from renben.engines.rules.registry import rule
from renben.engines.rules.telling import condition, verdict

DISABILITY_WORDS = {"none": "没有残疾", "mild": "轻度残疾", "moderate": "中度残疾", "severe": "重度残疾"}
DISABILITY = Input("disability", "code", "残疾等级", codes=frozenset(DISABILITY_WORDS))
WAGE_YEAR = Input("wage_year", "int", "平均工资所属年度", minimum=1949, maximum=2999)


def _old_enough(p: Reader, prefix: str, sex: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Who has reached the age that holds for their sex."""
    return either(sex == "F", age >= p(f"{prefix}female_min_age"), age >= p(f"{prefix}male_min_age"))


def _months(p: Reader, prefix: str, eligible: np.ndarray, long_term: np.ndarray) -> np.ndarray:
    """Months of the longer or the usual length, 0 where nothing is granted."""
    return either(long_term, p(f"{prefix}long_months"), p(f"{prefix}months")) * eligible


def _flags(conditions: tuple[str, ...], holds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """``eligible`` and one ``failed:`` flag for each condition in force on the day."""
    eligible = np.logical_and.reduce([holds[code] for code in conditions])
    return {"eligible": eligible, **{f"failed:{code}": ~holds[code] for code in conditions}}


def _tell_age(p: Reader, prefix: str, given: dict[str, Any], holds: bool) -> Part:
    """The condition of age or disability, told with the limit for this person's sex."""
    least = p.version(f"{prefix}.{'female' if given['sex'] == 'F' else 'male'}_min_age")
    grades = p.version(f"{prefix}.disability")
    accepted = "、".join(DISABILITY_WORDS[code] for code in grades.value)
    text = (
        f"您是{SEX_WORDS[given['sex']]}，{given['age']}周岁，{DISABILITY_WORDS[given['disability']]}；"
        f"须满{least.value}周岁，或者为{accepted}"
    )
    return condition("年龄或残疾等级", text, holds, least, grades)


def _yes(label: str, fact: bool, done: str, not_done: str, version: Version) -> Part:
    return condition(label, f"您{done if fact else not_done}", fact, version)


def _tell_self_employed(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    prefix = "subsidy.self_employed"
    conditions, least = p.version(f"{prefix}.conditions"), p.version(f"{prefix}.min_business_months")
    business = f"您已经营{given['business_months']}个月，须满{least.value}个月"
    tell = {
        "age_or_disability": lambda ok: _tell_age(p, prefix, given, ok),
        "business_months": lambda ok: condition("经营时间", business, ok, least),
        "employment_registered": lambda ok: _yes("就业登记", ok, "已办理就业登记", "没有办理就业登记", conditions),
        "archive_deposited": lambda ok: _yes("存档", ok, "已办理存档", "没有办理存档", conditions),
        "once_only": lambda ok: _yes(
            "只享受一次", ok, "没有享受过这项补贴", "享受过这项补贴，只能享受一次", conditions
        ),
    }
    parts = [tell[code](not answer[f"failed:{code}"]) for code in conditions.value]
    granted = f"您可享受{answer['months']}个月的自谋职业社会保险补贴"
    closing = verdict("结论", parts, granted, "您现在不能享受自谋职业社会保险补贴", answer["months"])
    return [*parts, _tell_length(p, given, answer), closing] if answer["eligible"] else [*parts, closing]


def _tell_length(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> Part:
    """Which of the two lengths of the self-employed applies, and from which age the longer one is granted."""
    prefix = "subsidy.self_employed"
    least = p.version(f"{prefix}.long_{'female' if given['sex'] == 'F' else 'male'}_min_age")
    grades, length = (
        p.version(f"{prefix}.long_disability"),
        p.version(f"{prefix}.{'long_months' if answer['long_term'] else 'months'}"),
    )
    accepted = "、".join(DISABILITY_WORDS[code] for code in grades.value)
    who = f"{SEX_WORDS[given['sex']]}满{least.value}周岁或{accepted}的"
    longer = p.version(f"{prefix}.long_months")
    text = (
        f"{who}按{length.value}个月计。"
        if answer["long_term"]
        else f"{who}按{longer.value}个月计，您按{length.value}个月计。"
    )
    return Part("期限", text, answer["months"], (length, least, grades))


@rule(
    "subsidy.self_employed",
    label="自谋职业（自主创业）社会保险补贴",
    basis="京劳社服发〔2006〕45号；京劳社就发〔2007〕90号",
    inputs=(
        SEX,
        AGE,
        DISABILITY,
        Input("business_months", "int", "已经营月数", maximum=LONGEST_CAREER),
        Input("employment_registered", "bool", "已办理就业登记"),
        Input("archive_deposited", "bool", "已办理存档"),
        Input("enjoyed_before", "bool", "以前享受过"),
    ),
    explain=_tell_self_employed,
)
def self_employed(
    p: Reader,
    sex: np.ndarray,
    age: np.ndarray,
    disability: np.ndarray,
    business_months: np.ndarray,
    employment_registered: np.ndarray,
    archive_deposited: np.ndarray,
    enjoyed_before: np.ndarray,
) -> dict[str, np.ndarray]:
    """``eligible``, ``failed:`` flags and ``months`` (0 when not eligible); ``long_term`` tells which of the two lengths applies."""
    prefix = "subsidy.self_employed."
    holds = {
        "age_or_disability": _old_enough(p, prefix, sex, age) | among(disability, p(f"{prefix}disability")),
        "business_months": business_months >= p(f"{prefix}min_business_months"),
        "employment_registered": employment_registered,
        "archive_deposited": archive_deposited,
        "once_only": ~enjoyed_before,
    }
    flags = _flags(p(f"{prefix}conditions"), holds)
    long_term = _old_enough(p, f"{prefix}long_", sex, age) | among(disability, p(f"{prefix}long_disability"))
    months = _months(p, prefix, flags["eligible"], long_term)
    return {**flags, "months": months, "long_term": long_term}


def _tell_flexible(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    prefix = "subsidy.flexible"
    conditions = p.version(f"{prefix}.conditions")
    least = p.version(f"{prefix}.{'min_days_again' if given['again'] else 'min_days_first'}")
    which = "再次" if given["again"] else "首次"
    days = f"您已灵活就业{given['flexible_days']}天，{which}申请须满{least.value}天"
    tell = {
        "age_or_disability": lambda ok: _tell_age(p, prefix, given, ok),
        "flexible_days": lambda ok: condition("灵活就业时间", days, ok, least),
        "employment_registered": lambda ok: _yes("就业登记", ok, "已办理就业登记", "没有办理就业登记", conditions),
    }
    parts = [tell[code](not answer[f"failed:{code}"]) for code in conditions.value]
    length = p.version(f"{prefix}.{'long_months' if answer['long_term'] else 'months'}")
    near = p.version(f"{prefix}.long_within_months_of_retirement")
    granted = f"您最多可享受{answer['months']}个月的灵活就业社会保险补贴，享受到退休为止"
    refused = "您现在不能享受灵活就业社会保险补贴"
    closing = verdict("结论", parts, granted, refused, answer["months"], length, near)
    if answer["eligible"]:
        reason = (
            f"您距退休{given['months_to_retirement']}个月，不超过{near.value}个月或重度残疾的按{length.value}个月计。"
        )
        other = f"您距退休{given['months_to_retirement']}个月，超过{near.value}个月，按{length.value}个月计。"
        parts.append(Part("期限", reason if answer["long_term"] else other, answer["months"], (length, near)))
    return [*parts, closing]


@rule(
    "subsidy.flexible",
    label="灵活就业社会保险补贴",
    basis="京劳社就发〔2006〕160号；京劳社就发〔2007〕90号",
    inputs=(
        SEX,
        AGE,
        DISABILITY,
        Input("flexible_days", "int", "已灵活就业天数", maximum=LONGEST_CAREER * 31),
        Input("again", "bool", "再次申请"),
        Input("months_to_retirement", "int", "距法定退休月数", maximum=LONGEST_CAREER),
        Input("employment_registered", "bool", "已办理就业登记"),
    ),
    explain=_tell_flexible,
)
def flexible(
    p: Reader,
    sex: np.ndarray,
    age: np.ndarray,
    disability: np.ndarray,
    flexible_days: np.ndarray,
    again: np.ndarray,
    months_to_retirement: np.ndarray,
    employment_registered: np.ndarray,
) -> dict[str, np.ndarray]:
    """``eligible``, ``failed:`` flags and ``months``, the ceiling (it ends at retirement anyway; 0 when not eligible)."""
    prefix = "subsidy.flexible."
    first, later = (flexible_days >= p(f"{prefix}min_days_{when}") for when in ("first", "again"))
    holds = {
        "age_or_disability": _old_enough(p, prefix, sex, age) | among(disability, p(f"{prefix}disability")),
        "flexible_days": either(again, later, first),
        "employment_registered": employment_registered,
    }
    flags = _flags(p(f"{prefix}conditions"), holds)
    near = months_to_retirement <= p(f"{prefix}long_within_months_of_retirement")
    long_term = near | among(disability, p(f"{prefix}long_disability"))
    months = _months(p, prefix, flags["eligible"], long_term)
    return {**flags, "months": months, "long_term": long_term}


def by_year(p: Reader, name: str, years: np.ndarray, *, month: int = 1, day: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Fen of a yearly CNY parameter for every year (its value on that day of the year), and where none is on file."""
    wanted, place = np.unique(years, return_inverse=True)
    fen, missing = np.zeros(wanted.size, dtype=np.int64), np.zeros(wanted.size, dtype=bool)
    for position, year in enumerate(wanted.tolist()):
        try:
            fen[position] = p.on(date(year, month, day)).fen(name)
        except NoStandardOnFile:
            missing[position] = True
    return fen[place], missing[place]


def year_part(p: Reader, name: str, year: int, *, month: int = 1, day: int = 1) -> Part:
    """Which figure of a year was taken, or that none is on file (then without a value)."""
    try:
        version = p.on(date(year, month, day)).version(name)
    except NoStandardOnFile as error:
        return Part("工资基数", str(error), None)
    return Part(
        "工资基数", f"{year}年度{version.label}为{yuan_text(to_fen(version.value))}。", version.value, (version,)
    )


_INSURANCES = {"pension": "养老保险", "unemployment": "失业保险", "medical": "医疗保险"}
_BASE_WORDS = {"average_wage": "职工月平均工资", "minimum_wage_at_year_end": "年末月最低工资"}


def _bases(p: Reader, years: np.ndarray) -> dict[str, tuple[np.ndarray, int, np.ndarray]]:
    """For each insurance the wage it is counted on: fen, the months these fen cover, and where no wage is on file."""
    average, unknown = by_year(p, "wage.average.annual", years)
    yearly = (average, 12, unknown)
    if p("subsidy.self_flexible.base") == "average_wage":
        return dict.fromkeys(_INSURANCES, yearly)
    minimum, no_minimum = by_year(p, "wage.minimum.monthly", years, month=12, day=31)
    return {"pension": (minimum, 1, no_minimum), "unemployment": (minimum, 1, no_minimum), "medical": yearly}


def _share_name(insurance: str) -> str:
    return f"subsidy.self_flexible.{'medical' if insurance == 'medical' else 'pension'}_base_share"


def _tell_monthly(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    year, base = given["wage_year"], p.version("subsidy.self_flexible.base")
    parts = [year_part(p, "wage.average.annual", year)]
    if base.value != "average_wage":
        parts.insert(0, year_part(p, "wage.minimum.monthly", year, month=12, day=31))
    if answer["no_standard"]:
        return parts
    for insurance, word in _INSURANCES.items():
        of, rate = p.version(_share_name(insurance)), p.version(f"subsidy.self_flexible.{insurance}_rate")
        wage = _BASE_WORDS["average_wage" if insurance == "medical" else base.value]
        fen = answer[f"{insurance}_fen"]
        text = f"{word}每月补贴{yuan_text(fen)}，即{year}年{wage}的{percent_text(of.value)}再乘{percent_text(rate.value)}。"
        parts.append(Part(word, text, yuan(fen), (base, of, rate)))
    total = answer["total_fen"]
    each = "、".join(f"{word}{yuan_text(answer[f'{insurance}_fen'])}" for insurance, word in _INSURANCES.items())
    text = f"您每月可得补贴{yuan_text(total)}，因为{each}，相加得出。"
    return [*parts, Part("合计", text, yuan(total), (base,))]


@rule(
    "subsidy.self_flexible_monthly",
    label="自谋职业、灵活就业社会保险补贴月标准",
    basis="京劳社服发〔2006〕45号第四条；京劳社就发〔2007〕47号；D-07",
    inputs=(WAGE_YEAR,),
    explain=_tell_monthly,
)
def self_flexible_monthly(p: Reader, wage_year: np.ndarray) -> dict[str, np.ndarray]:
    """``pension_fen``, ``unemployment_fen``, ``medical_fen`` of one month, each half up to the fen, and their sum ``total_fen``.

    Counted on the wage of ``wage_year`` (an annual wage ÷ 12, not rounded). A year without a wage on file flags ``no_standard``.
    """
    answer: dict[str, np.ndarray] = {}
    blocked = np.zeros(wage_year.shape, dtype=bool)
    for insurance, (fen, months, unknown) in _bases(p, wage_year).items():
        of = fraction(p(_share_name(insurance))) * fraction(p(f"subsidy.self_flexible.{insurance}_rate")) / months
        answer[f"{insurance}_fen"] = share(fen, of)
        blocked |= unknown
    answer["total_fen"] = sum(answer.values())
    return {**answer, "no_standard": blocked}

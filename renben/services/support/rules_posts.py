"""Public-benefit posts (Q-1.3.5): wage limits, social insurance, housing fund and welfare of a post. Figures: catalog/policies/public_post.

Pure: no database, no clock, no request. Importing registers the domains.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Part, yuan, yuan_text
from renben.engines.rules.exact import exceeds, fraction, percent_text, share
from renben.engines.rules.inputs import Input
from renben.engines.rules.parameters import Reader
from renben.engines.rules.people import months_later
from renben.engines.rules.registry import rule
from renben.engines.rules.telling import condition, verdict

BASE = Input("base", "yuan", "基本工资")
_INSURANCES = {"pension": "养老保险", "medical": "医疗保险", "unemployment": "失业保险", "maternity": "生育保险"}
_SIDES = {"employer": "单位", "employee": "个人"}


def _tell_wage(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    floor, wage = p.version("public_post.base_floor"), p.version("wage.minimum.monthly")
    most = p.version("public_post.float_max_share")
    base = f"基本工资{yuan_text(given['base_fen'])}，须不低于当年最低工资{wage.value}元"
    extra = f"浮动工资{yuan_text(given['float_fen'])}，须不超过基本工资的{percent_text(most.value)}"
    parts = [
        condition("基本工资", base, not answer["failed:base"], floor, wage),
        condition("浮动工资", extra, not answer["failed:float"], most),
    ]
    return [*parts, verdict("结论", parts, "这个岗位的工资符合规定", "这个岗位的工资不符合规定", answer["ok"], floor)]


@rule(
    "public_post.wage",
    label="公益性岗位工资",
    basis="京人社办发〔2009〕7号；顺人社字〔2010〕49号",
    inputs=(BASE, Input("float", "yuan", "浮动工资")),
    explain=_tell_wage,
)
def wage(p: Reader, base_fen: np.ndarray, float_fen: np.ndarray) -> dict[str, np.ndarray]:
    """``ok``, ``failed:base`` (below the minimum wage), ``failed:float`` (above its share of the base wage)."""
    p("public_post.base_floor")
    low = base_fen < p.fen("wage.minimum.monthly")
    high = exceeds(float_fen, base_fen, fraction(p("public_post.float_max_share")))
    return {"ok": ~low & ~high, "failed:base": low, "failed:float": high}


def _lines() -> list[tuple[str, str]]:
    """Insurance and side of every line; nobody pays maternity insurance but the employer."""
    return [(name, side) for name in _INSURANCES for side in _SIDES if (name, side) != ("maternity", "employee")]


def _tell_si(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    parts = []
    for name, side in _lines():
        of, rate = p.version(f"public_post.{name}_base_share"), p.version(f"public_post.{name}_{side}_rate")
        fen, versions = answer[f"{name}_{side}_fen"], [of, rate]
        text = (
            f"{_INSURANCES[name]}{_SIDES[side]}每月缴{yuan_text(fen)}，即月平均工资{yuan_text(given['average_monthly_fen'])}的"
            f"{percent_text(of.value)}再乘{percent_text(rate.value)}"
        )
        if (name, side) == ("medical", "employee"):
            versions.append(p.version("public_post.medical_employee_fixed"))
            text += f"，另加{versions[-1].value}元"
        parts.append(Part(f"{_INSURANCES[name]}（{_SIDES[side]}）", f"{text}。", yuan(fen), tuple(versions)))
    return parts


@rule(
    "public_post.si",
    label="公益性岗位社会保险",
    basis="顺人社字〔2010〕49号；D-11",
    inputs=(Input("average_monthly", "yuan", "上年职工月平均工资"),),
    explain=_tell_si,
)
def social_insurance(p: Reader, average_monthly_fen: np.ndarray) -> dict[str, np.ndarray]:
    """``<insurance>_<employer|employee>_fen`` a month: average × base share × rate, half up to the fen; the worker's medical
    insurance has a fixed amount on top (D-11)."""
    answer = {}
    for name, side in _lines():
        of = fraction(p(f"public_post.{name}_base_share")) * fraction(p(f"public_post.{name}_{side}_rate"))
        answer[f"{name}_{side}_fen"] = share(average_monthly_fen, of)
    answer["medical_employee_fen"] = answer["medical_employee_fen"] + p.fen("public_post.medical_employee_fixed")
    return answer


def _tell_fund(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    money, value = yuan_text(answer["employer_fen"]), yuan(answer["employer_fen"])
    try:
        fixed = p.version("public_post.housing_fund_each")
    except NoStandardOnFile:
        rate = p.version("public_post.housing_fund_rate")
        text = f"单位和个人每月各缴{money}，即基本工资{yuan_text(given['base_fen'])}的{percent_text(rate.value)}。"
        return [Part("住房公积金", text, value, (rate,))]
    return [Part("住房公积金", f"单位和个人每月各缴{money}，今年是固定数。", value, (fixed,))]


@rule(
    "public_post.housing_fund",
    label="公益性岗位住房公积金",
    basis="顺人社字〔2010〕49号；D-11",
    inputs=(BASE,),
    explain=_tell_fund,
)
def housing_fund(p: Reader, base_fen: np.ndarray) -> dict[str, np.ndarray]:
    """``employer_fen`` and ``employee_fen`` a month: the fixed amount while one is in force, otherwise the share of the base wage."""
    try:
        each = np.full(base_fen.shape, p.fen("public_post.housing_fund_each"))
    except NoStandardOnFile:
        each = share(base_fen, fraction(p("public_post.housing_fund_rate")))
    return {"employer_fen": each, "employee_fen": each}


def _day_of(text: str, year: int) -> np.datetime64:
    """A day of the catalogue (``11-15``) in a year."""
    return np.datetime64(f"{year}-{text}", "D")


def _day_words(text: str) -> str:
    """A day of the catalogue as it is said: ``11-15`` is 11月15日."""
    month, day = text.split("-")
    return f"{int(month)}月{int(day)}日"


def _season_months(p: Reader, name: str, year: int, started_on: np.ndarray, last_on: np.ndarray) -> np.ndarray:
    """Months of a season begun by the day of the judgement in which somebody was on the post; none for who comes too late.

    ``year`` is the one the season begins in; who comes on or after the named day of the year of payment has none of it.
    """
    months = np.zeros(started_on.shape, dtype=np.int64)
    first = _day_of(p(f"public_post.{name}_from"), year)
    for number in range(int(p(f"public_post.{name}_months"))):
        begins, ends = months_later(first, number), months_later(first, number + 1)
        months += (started_on < ends) & (last_on >= begins) & (begins <= np.datetime64(p.date))
    late = started_on >= _day_of(p(f"public_post.{name}_entry_before"), p.date.year)
    return np.where(late, 0, months)


def _tell_welfare(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    month = p.version("public_post.probation_months")
    if answer["left_in_probation"]:
        return [Part("福利", f"在{month.value}个月试用期内解除合同，各项福利都不发。", False, (month,))]
    parts = []
    if answer["in_probation"]:
        parts.append(
            Part("试用期", f"还在{month.value}个月试用期里，期满后仍在岗的，福利从上岗当月补发。", True, (month,))
        )
    for name, label in (("heating", "取暖补贴和煤火费"), ("cooling", "防暑降温费")):
        of, late = p.version(f"public_post.{name}_months"), p.version(f"public_post.{name}_entry_before")
        first = p.version(f"public_post.{name}_from")
        count = answer[f"{name}_months"]
        text = f"{label}从{_day_words(first.value)}起{of.value}个月，{_day_words(late.value)}以后上岗的不发；本人在岗{count}个月。"
        parts.append(Part(label, text, count, (of, first, late)))
    age = p.version("public_post.only_child_until_age")
    if given["child_birth_on"] is not None:
        said = "本月发" if answer["only_child"] else f"子女已满{age.value}周岁，不再发"
        parts.append(Part("独生子女费", f"{said}。", bool(answer["only_child"]), (age,)))
    return parts


@rule(
    "public_post.welfare",
    label="公益性岗位福利",
    basis="顺人社字〔2010〕49号",
    inputs=(
        Input("started_on", "date", "上岗日期"),
        Input("last_on", "date", "在岗最后一天", default=None),
        Input("child_birth_on", "date", "独生子女出生日期", default=None),
    ),
    explain=_tell_welfare,
)
def welfare(
    p: Reader, started_on: np.ndarray, last_on: np.ndarray | None, child_birth_on: np.ndarray | None
) -> dict[str, np.ndarray]:
    """``heating_months`` of the season that ended in the year of the judgement, ``cooling_months`` of that year, ``only_child``
    (the month of the judgement still counts), ``in_probation`` on the day, ``left_in_probation`` (then nothing is granted).

    Months on the post count once begun, the month of probation included (顺义区规程第一章第三节（五）4).
    """
    nobody = np.full(started_on.shape, np.datetime64("NaT"), dtype="datetime64[D]")
    last_on = nobody if last_on is None else last_on
    child = nobody if child_birth_on is None else child_birth_on
    probation_ends = months_later(started_on, int(p("public_post.probation_months")))
    left_in_probation = last_on < probation_ends  # NaT compares as False: still there
    still = np.where(np.isnat(last_on), np.datetime64("9999-12-31", "D"), last_on)
    turned = months_later(child, 12 * int(p("public_post.only_child_until_age")))
    grows_up_later = turned.astype("datetime64[M]") >= np.datetime64(p.date, "M")
    year = p.date.year
    return {
        "heating_months": np.where(left_in_probation, 0, _season_months(p, "heating", year - 1, started_on, still)),
        "cooling_months": np.where(left_in_probation, 0, _season_months(p, "cooling", year, started_on, still)),
        "only_child": grows_up_later & ~np.isnat(child) & ~left_in_probation,
        "in_probation": (probation_ends > np.datetime64(p.date)) & ~left_in_probation,
        "left_in_probation": left_in_probation,
    }

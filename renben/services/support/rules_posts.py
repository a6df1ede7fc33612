"""Public-benefit posts (Q-1.3.5): wage limits, social insurance and housing fund of a post. Figures: catalog/policies/public_post.

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

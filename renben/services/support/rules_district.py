"""区级补贴奖励 and 职业指导培训补贴: a standard for each person and month or time (Q-1.3.6, Q-1.3.7). Figures: catalog/policies/subsidy,
guidance. Pure: no database, no clock, no request. Importing registers the domains."""

from __future__ import annotations

from typing import Any

import numpy as np

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Part, yuan, yuan_text
from renben.engines.rules.inputs import Input
from renben.engines.rules.parameters import Reader
from renben.engines.rules.registry import rule

ITEMS = {
    "hardship": "城乡就业困难人员补贴",
    "settling": "安置奖励金",
    "referral": "推荐就业奖励金",
    "trainee": "岗位见习训练补贴",
    "startup": "自主创业吸纳就业奖励金",
}
BY_MONTH = frozenset({"hardship", "trainee"})
"""Items that are paid for months; the others once for each person."""
MOST_MONTHS = 120


def _standard(item: str) -> str:
    return f"subsidy.district.{item}"


def _tell_district(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    item, months = given["item"], given["months"]
    try:
        standard = p.version(_standard(item))
    except NoStandardOnFile as error:
        return [Part("标准", str(error), None)]
    unit = "每人每月" if item in BY_MONTH else "每人一次"
    fen = answer["amount_fen"]
    counted = f"，{months}个月" if item in BY_MONTH else ""
    text = f"{ITEMS[item]}{yuan_text(fen)}，因为标准是{unit}{standard.value}元{counted}。"
    return [Part("金额", text, yuan(fen), (standard,))]


@rule(
    "grant.district",
    label="区级补贴奖励",
    basis="顺劳社字〔2009〕42号；D-07",
    inputs=(
        Input("item", "code", "申请项目", codes=frozenset(ITEMS)),
        Input("months", "int", "计算几个月", minimum=1, maximum=MOST_MONTHS),
    ),
    explain=_tell_district,
)
def district(p: Reader, item: np.ndarray, months: np.ndarray) -> dict[str, np.ndarray]:
    """``amount_fen`` of one person: the standard of the item × months (a reward counts once, whatever ``months`` says);
    items without a standard on file are flagged ``no_standard``."""
    amount, unknown = np.zeros(months.shape, dtype=np.int64), np.zeros(months.shape, dtype=bool)
    for name in ITEMS:
        here = item == name
        if not here.any():
            continue
        try:
            standard = p.fen(_standard(name))
        except NoStandardOnFile:
            unknown |= here
            continue
        amount = np.where(here, standard * (months if name in BY_MONTH else 1), amount)
    return {"amount_fen": amount, "no_standard": unknown}


def _tell_guidance(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    standard = p.version("guidance.subsidy_per_head")
    fen = answer["amount_fen"]
    text = f"补贴{yuan_text(fen)}，因为审定{given['people']}人，每人{standard.value}元。"
    return [Part("金额", text, yuan(fen), (standard,))]


@rule(
    "guidance.subsidy",
    label="职业指导培训补贴",
    basis="京人社职介发〔2009〕136号；D-07",
    inputs=(Input("people", "int", "审定人数", maximum=10**6),),
    explain=_tell_guidance,
)
def guidance(p: Reader, people: np.ndarray) -> dict[str, np.ndarray]:
    """``amount_fen``: people counted × the standard a head. NoStandardOnFile while no amount is on file."""
    return {"amount_fen": people * p.fen("guidance.subsidy_per_head")}

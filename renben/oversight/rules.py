"""Figures of the supervisor: ratios of the labour market and full employment of a community. Catalog/policies/stat, full_employment.

Pure: no database, no clock, no request. Importing registers the domains.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from renben.engines.rules.errors import InputError
from renben.engines.rules.evaluation import Part
from renben.engines.rules.exact import fraction, percent_text, reaches
from renben.engines.rules.inputs import Input
from renben.engines.rules.parameters import Reader
from renben.engines.rules.registry import rule
from renben.engines.rules.telling import condition, verdict

PERCENT = 100


def rounded(part: np.ndarray, whole: np.ndarray, scale: int, decimals: int) -> np.ndarray:
    """``part ÷ whole × scale`` half up to so many decimals; whole numbers in, so that a tie is a tie."""
    units = 10**decimals
    return (part * (2 * scale * units) + whole) // (2 * whole) / units


def _tell_ratio(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    decimals = p.version("stat.job_ratio.decimals")
    text = (
        f"求人倍率为{answer['ratio']:.{decimals.value}f}，因为{given['demand']}个岗位由{given['seekers']}人求职，"
        f"两数相除，四舍五入到{decimals.value}位小数。"
    )
    return [Part("求人倍率", text, answer["ratio"], (decimals,))]


@rule(
    "stat.job_ratio",
    label="求人倍率",
    basis="人力资源社会保障部季度报告脚注",
    inputs=(Input("demand", "int", "需求人数"), Input("seekers", "int", "求职人数", minimum=1)),
    explain=_tell_ratio,
)
def job_ratio(p: Reader, demand: np.ndarray, seekers: np.ndarray) -> dict[str, np.ndarray]:
    """``ratio``: openings ÷ seekers, half up."""
    return {"ratio": rounded(demand, seekers, 1, p("stat.job_ratio.decimals"))}


def _tell_rate(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    decimals = p.version("stat.registered_unemployment_rate.decimals")
    text = (
        f"登记失业率为{answer['percent']:.{decimals.value}f}%，因为登记失业{given['registered_unemployed']}人，除以"
        f"从业{given['employed']}人与登记失业人数之和，四舍五入到{decimals.value}位小数。"
    )
    return [Part("登记失业率", text, answer["percent"], (decimals,))]


@rule(
    "stat.registered_unemployment_rate",
    label="城镇登记失业率",
    basis="城镇登记失业率口径",
    inputs=(Input("employed", "int", "从业人数"), Input("registered_unemployed", "int", "登记失业人数")),
    explain=_tell_rate,
)
def registered_unemployment_rate(
    p: Reader, employed: np.ndarray, registered_unemployed: np.ndarray
) -> dict[str, np.ndarray]:
    """``percent``: registered unemployed ÷ (employed + registered unemployed), half up. InputError when there is nobody."""
    labour_force = employed + registered_unemployed
    if (labour_force == 0).any():
        raise InputError("out_of_range", "employed", "从业人数（employed）和登记失业人数不能都为0。")
    decimals = p("stat.registered_unemployment_rate.decimals")
    return {"percent": rounded(registered_unemployed, labour_force, PERCENT, decimals)}


def _tell_community(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    prefix = "full_employment.community"
    work, help_, liked = (p.version(f"{prefix}.{name}_share") for name in ("employment", "hardship", "satisfaction"))
    employment = f"有就业愿望{given['willing']}人，就业{given['employed']}人，须达到{percent_text(work.value)}"
    hardship = (
        f"就业困难人员{given['hardship']}人，就业{given['hardship_employed']}人，须达到{percent_text(help_.value)}"
    )
    share = f"{given['satisfaction_e9'] / 10**7:.7f}".rstrip("0").rstrip(".")
    satisfaction = f"群众满意率{share}%，须达到{percent_text(liked.value)}"
    parts = [
        condition("就业率", employment, not answer["failed:employment"], work),
        condition("困难人员就业率", hardship, not answer["failed:hardship"], help_),
        condition("满意率", satisfaction, not answer["failed:satisfaction"], liked),
    ]
    return [*parts, verdict("结论", parts, "达到充分就业社区标准", "没有达到充分就业社区标准", answer["ok"])]


def _refuse_more(key: str, label: str, part: np.ndarray, whole: np.ndarray) -> None:
    if (part > whole).any():
        raise InputError("out_of_range", key, f"{label}（{key}）不能多于总人数，请核对。")


@rule(
    "full_employment.community",
    label="充分就业社区",
    basis="京社就办发〔2011〕2号",
    inputs=(
        Input("willing", "int", "有就业愿望的劳动力人数"),
        Input("employed", "int", "其中就业人数"),
        Input("hardship", "int", "就业困难人员人数"),
        Input("hardship_employed", "int", "其中就业人数"),
        Input("satisfaction", "share", "群众满意率"),
    ),
    explain=_tell_community,
)
def community(
    p: Reader,
    willing: np.ndarray,
    employed: np.ndarray,
    hardship: np.ndarray,
    hardship_employed: np.ndarray,
    satisfaction_e9: np.ndarray,
) -> dict[str, np.ndarray]:
    """``ok`` and ``failed:employment``, ``failed:hardship``, ``failed:satisfaction``; a group of nobody reaches its share."""
    _refuse_more("employed", "就业人数", employed, willing)
    _refuse_more("hardship_employed", "困难人员就业人数", hardship_employed, hardship)
    least = {
        name: fraction(p(f"full_employment.community.{name}_share"))
        for name in ("employment", "hardship", "satisfaction")
    }
    failed = {
        "employment": ~reaches(employed, willing, least["employment"]),
        "hardship": ~reaches(hardship_employed, hardship, least["hardship"]),
        "satisfaction": ~reaches(satisfaction_e9, np.int64(10**9), least["satisfaction"]),
    }
    ok = ~np.logical_or.reduce(list(failed.values()))
    return {"ok": ok, **{f"failed:{code}": flag for code, flag in failed.items()}}

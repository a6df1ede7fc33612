"""Reviews of a service (好差评): which are bad and who must be called back. Figures: catalog/policies/review.

Pure: no database, no clock, no request. Importing registers the domain.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from renben.engines.rules.errors import InputError
from renben.engines.rules.evaluation import Part
from renben.engines.rules.inputs import Input
from renben.engines.rules.parameters import Reader
from renben.engines.rules.registry import rule


def _tell_review(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    bad, share = p.version("review.bad_levels"), p.version("review.named_callback_share")
    kind = "属于差评" if answer["bad"] else "不属于差评"
    text = f"评价为“{given['level']}”，{kind}（差评为{'、'.join(bad.value)}）。"
    who = "留了姓名" if given["named"] else "没有留姓名"
    call = "须回访评价人并告知整改结果" if answer["callback_required"] else "不须回访"
    because = "，因为是实名差评" if answer["callback_required"] else "，因为只有实名差评才回访"
    return [
        Part("评价等级", text, answer["bad"], (bad,)),
        Part("回访", f"这次评价{who}，{call}{because}。", answer["callback_required"], (share, bad)),
    ]


@rule(
    "review",
    label="服务评价",
    basis="国办发〔2019〕51号",
    inputs=(Input("level", "text", "评价等级", minimum=1), Input("named", "bool", "实名评价")),
    explain=_tell_review,
)
def review(p: Reader, level: np.ndarray, named: np.ndarray) -> dict[str, np.ndarray]:
    """``bad`` and ``callback_required`` (bad and named). InputError for a word that is no level in force."""
    levels = p("review.levels")
    unknown = ~np.isin(level, levels)
    if unknown.any():
        text = f"评价等级（level）没有“{level[unknown][0]}”，应为{'、'.join(levels)}之一。"
        raise InputError("unknown_code", "level", text)
    bad = np.isin(level, p("review.bad_levels"))
    return {"bad": bad, "callback_required": bad & named & (p("review.named_callback_share") > 0)}

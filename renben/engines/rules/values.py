"""A value as an official types it, and as a page says it: by the unit and the shape of the parameter.

Shapes: ``number``, ``bool``, ``code``, ``codes`` (several of a list) and ``scale`` (a table by threshold).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from .parameters import Parameter, Scale

UNIT_WORDS = {
    "month": "个月", "year": "年", "day": "天", "working_day": "个工作日", "day_of_month": "日", "CNY": "元",
    "hour": "小时", "ratio": "", "times": "倍", "person": "人", "kg": "公斤", "bool": "", "code": "",
}  # fmt: skip
UNIT_LABELS = {
    "month": "月", "year": "年", "day": "天", "working_day": "工作日", "day_of_month": "每月的日", "CNY": "元",
    "hour": "小时", "ratio": "比例", "times": "倍数", "person": "人", "kg": "公斤", "bool": "是或否", "code": "情形",
}  # fmt: skip
_LIMITS = {
    "month": (0, 1200), "year": (0, 150), "day": (0, 36600), "working_day": (0, 1000), "day_of_month": (1, 31),
    "CNY": (0, 10**10), "ratio": (0, 100), "times": (0, 1000), "person": (0, 10**9), "hour": (0, 10000), "kg": (0, 1000),
}  # fmt: skip
_PLACES = {"CNY": 2, "ratio": 6, "times": 4, "kg": 1}


class WrongValue(ValueError):
    """What was typed cannot be a value of this parameter; the text says why and what to do."""


def shape_of(parameter: Parameter) -> str:
    """The shape of a parameter's values, from the newest that is not empty."""
    value = next((version.value for version in reversed(parameter.versions) if version.value is not None), None)
    if isinstance(value, Scale):
        return "scale"
    if isinstance(value, tuple):
        return "codes"
    if isinstance(value, bool) or parameter.unit == "bool":
        return "bool"
    return "code" if isinstance(value, str) else "number"


def codes_of(parameter: Parameter) -> list[str]:
    """Every code any version of the parameter has used, in the order of their first use."""
    found: dict[str, None] = {}
    for version in parameter.versions:
        for code in version.value if isinstance(version.value, tuple) else (version.value,):
            if isinstance(code, str):
                found.setdefault(code)
    return list(found)


def number(unit: str, text: str) -> int | float:
    """A figure typed by hand; WrongValue with a sentence. Money has two decimals at most, counts have none."""
    typed = text.strip().replace(",", "").replace("，", "")
    try:
        found = Decimal(typed)
    except InvalidOperation:
        raise WrongValue(f"“{text}”不是数字。") from None
    if not found.is_finite():
        raise WrongValue(f"“{text}”不是数字。")
    low, high = _LIMITS[unit]
    if not low <= found <= high:
        raise WrongValue(f"应在{low}到{high}之间，现为“{text}”。")
    places = _PLACES.get(unit, 0)
    if found != round(found, places):
        kind = "金额最多两位小数" if unit == "CNY" else f"最多{places}位小数" if places else "应为整数"
        raise WrongValue(f"{kind}，现为“{text}”。")
    return int(found) if found == int(found) else float(found)


def scale(unit: str, lines: Sequence[tuple[str, str]]) -> dict[str, list[int | float]]:
    """A table typed as (threshold, amount) lines; empty lines are left out. WrongValue names the line, counted from 1."""
    thresholds, amounts = [], []
    for place, (low, amount) in enumerate(lines, start=1):
        if not low.strip() and not amount.strip():
            continue
        try:
            thresholds.append(number("person", low))
            amounts.append(number(unit, amount))
        except WrongValue as error:
            raise WrongValue(f"第{place}档：{error}") from None
    if not thresholds:
        raise WrongValue("至少填写一档。")
    if thresholds != sorted(set(thresholds)):
        raise WrongValue("分档界限须从小到大，不能重复。")
    return {"thresholds": thresholds, "amounts": amounts}


def value_text(value: Any, unit: str, words: dict[str, str] | None = None, steps_in: str = "") -> str:
    """A value in words: ``782元``, ``满12个月：3个月；满24个月：6个月``, ``没有标准``. ``steps_in``: the unit of a table's steps."""
    words = words or {}
    if isinstance(value, Scale):
        value = {"thresholds": value.thresholds, "amounts": value.amounts}
    if value is None:
        return "没有标准"
    if isinstance(value, dict):
        pairs = zip(value["thresholds"], value["amounts"], strict=True)
        step = UNIT_WORDS.get(steps_in, "")
        return "；".join(f"满{low}{step}：{value_text(amount, unit, words)}" for low, amount in pairs)
    if isinstance(value, (list, tuple)):
        return "、".join(words.get(code, code) for code in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return words.get(value, value)
    if unit == "ratio":
        return f"{(Decimal(str(value)) * 100).normalize():f}%"
    return f"{Decimal(str(value)).normalize():,f}{UNIT_WORDS[unit]}"

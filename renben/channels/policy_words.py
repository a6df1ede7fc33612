"""Parameters, rules and determinations in plain words: codes of the catalogue become Chinese, values get their unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from django.conf import settings

from renben.engines.rules.parameters import CONFIDENCES, Parameter, Version
from renben.engines.rules.values import shape_of, value_text


@cache
def words() -> dict[str, dict[str, str]]:
    """``groups``, ``results`` and ``codes`` of the catalogue's list of words."""
    path = settings.CATALOG_DIR / "content" / "policies" / "words.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def word(code: object) -> str:
    """A code in words; what is in words already stays."""
    return words()["codes"].get(str(code), str(code))


def group_of(name: str) -> str:
    """The policy a parameter or rule belongs to, in words."""
    head = name.partition(".")[0]
    return words()["groups"].get(head, head)


def said(value: Any, parameter: Parameter) -> str:
    """A value of a parameter as one says it."""
    return value_text(value, parameter.unit, words()["codes"], parameter.threshold_unit)


@dataclass(frozen=True)
class StateOf:
    """How a parameter stands on a day: 现行, 待核 or 没有标准, with the chip to show it."""

    code: str
    label: str
    chip: str
    shape: str


STATES = {
    "current": StateOf("current", "现行", "on_time", "●"),
    "check": StateOf("check", "待核", "yellow", "▲"),
    "none": StateOf("none", "没有标准", "red", "■"),
}


def state_of(version: Version | None) -> StateOf:
    """The state of the version in force (None before the first)."""
    if version is None or version.value is None:
        return STATES["none"]
    return STATES["check" if version.needs_check else "current"]


def mark_of(version: Version) -> str:
    """How sure a value is, in words; empty for an official text."""
    return CONFIDENCES.get(version.confidence, "") or ("截止日期未见，待核" if version.until_unknown else "")


def result_lines(result: dict[str, Any]) -> list[tuple[str, str]]:
    """The answer of a rule as (what, said); what has no word in the catalogue is told by the parts."""
    known, lines = words()["results"], []
    for key, value in result.items():
        if key == "error":
            lines.append(("结论", word(value)))
        elif key in known:
            lines.append((known[key], _plain(value)))
    return lines


def _plain(value: Any) -> str:
    if value is None:
        return "没有"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple | set):
        return "、".join(_plain(one) for one in value) or "没有"
    if isinstance(value, dict):
        return "：".join(_plain(one) for one in value.values())
    if isinstance(value, float):
        return f"{value:,.2f}" if value != int(value) else f"{int(value):,}"
    return f"{value:,}" if isinstance(value, int) else word(value)


def is_words(parameter: Parameter) -> bool:
    """True for a list of texts of the catalogue (words to look for), not of codes."""
    return shape_of(parameter) == "codes" and any(
        not str(one).isascii() for version in parameter.versions if version.value for one in version.value
    )

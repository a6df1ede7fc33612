"""Words that every explanation shares: a condition and whether it holds, and the sentence that gives the answer and its reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from .evaluation import Part
from .parameters import Version

_FAILS = "：不符合。"
ALL_HOLD = "，因为以上条件都符合"
"""Stands at the end of a verdict, below its conditions."""


def condition(label: str, text: str, holds: bool, *versions: Version) -> Part:
    """One condition as a part: ``text：符合。`` or ``text：不符合。``"""
    return Part(label, f"{text}：符合。" if holds else f"{text}{_FAILS}", bool(holds), versions)


def lacking(parts: Iterable[Part]) -> str:
    """What does not hold, in the words of its conditions; empty when everything holds."""
    return "；".join(part.text.removesuffix(_FAILS) for part in parts if part.value is False)


def day_text(day: date) -> str:
    """A day as it is said: ``1972年6月1日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def verdict(label: str, parts: Iterable[Part], granted: str, refused: str, value: Any, *versions: Version) -> Part:
    """The closing sentence: what is granted, or what is refused because of the conditions that do not hold."""
    why_not = lacking(parts)
    text = f"{refused}，因为：{why_not}。" if why_not else f"{granted}{ALL_HOLD}。"
    return Part(label, text, value, versions)

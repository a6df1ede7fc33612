"""Words that every explanation shares: a condition and whether it holds, and the sentence that gives the answer and its reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .evaluation import Part
from .parameters import Version


def condition(label: str, text: str, holds: bool, *versions: Version) -> Part:
    """One condition as a part: ``text：符合。`` or ``text：不符合。``"""
    return Part(label, f"{text}：{'符合' if holds else '不符合'}。", bool(holds), versions)


def verdict(label: str, parts: Iterable[Part], granted: str, refused: str, value: Any, *versions: Version) -> Part:
    """The closing sentence: what is granted, or what is refused because of the conditions that do not hold."""
    lacking = [part.label for part in parts if part.value is False]
    text = f"{refused}，因为{'、'.join(lacking)}不符合条件。" if lacking else f"{granted}，因为以上条件都符合。"
    return Part(label, text, value, versions)

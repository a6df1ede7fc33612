"""Names of employers as they are compared: one spelling for what is the same, and how alike two of them are.

Pure functions, no database and no clock.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from renben.kernel.textnorm import clean_name

_MARKS = re.compile(r"[\s()\[\]【】〔〕《》<>“”\"'‘’、,，。.·\-—–_/&]")
_PLACE = re.compile(r"^(?:北京市?|天津市?|上海市?|重庆市?|河北省?)?(?:[^市区县公司]{1,3}[区县])?")
_ENDINGS = (
    "股份有限公司",
    "有限公司",
    "分公司",
    "总公司",
    "公司",
    "合作社",
    "经营部",
    "服务部",
    "工作室",
    "中心",
    "商店",
    "厂",
    "店",
)
ALIKE = 0.6
"""From this share of common characters on two names are called similar."""


def plain_name(name: str) -> str:
    """The name without brackets, spaces and marks, Latin letters large, 有限责任公司 as 有限公司: equal for one employer."""
    plain = _MARKS.sub("", clean_name(name)).upper()
    return plain.replace("有限责任公司", "有限公司")[:100]


def core_name(name: str) -> str:
    """What tells an employer apart: without the place in front and the legal form behind. Never empty for a name."""
    plain = plain_name(name)
    core = _PLACE.sub("", plain, count=1) or plain
    for ending in _ENDINGS:
        if core.endswith(ending) and len(core) > len(ending) + 1:
            return core[: -len(ending)]
    return core


def likeness(one: str, other: str) -> float:
    """0 to 1: the share of characters two names have in common in the same order, place and legal form left aside."""
    first, second = core_name(one), core_name(other)
    if first == second:
        return 1.0
    short, long = sorted((first, second), key=lambda text: (len(text), text))
    if len(short) >= 3 and short in long:
        return max(ALIKE, len(short) / len(long))
    return SequenceMatcher(None, short, long, autojunk=False).ratio()

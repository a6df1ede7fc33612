"""What a job advertisement must not say and must not leave out. Words, exceptions and figures: catalog/policies/ad.

Pure: no database, no clock, no request. Importing registers the domains.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Part
from renben.engines.rules.inputs import Input
from renben.engines.rules.parameters import Reader, Version
from renben.engines.rules.registry import rule

GROUNDS = {
    "sex": "性别限制",
    "marital_birth": "婚育限制",
    "ethnicity": "民族限制",
    "race": "种族限制",
    "religion": "宗教信仰限制",
    "disability": "残疾限制",
    "pathogen_carrier": "病原携带限制",
    "rural_origin": "农村劳动者限制",
    "deposit_or_fee": "收取财物",
}
HINTS = {
    "under_16": "招用未满十六周岁",
    "age": "年龄",
    "residence": "户籍",
    "looks": "相貌身高",
    "zodiac": "属相星座血型",
}
STANDALONE = ("sex", "ethnicity")
"""Grounds that also have words which count only when they stand alone (男 in 搬运工，男; not in 男装)."""

LIMITED = ("sex", "ethnicity", "race", "religion", "rural_origin")
"""Grounds with names of people that become a limit beside a limiting word (只面向男性, 城镇户籍优先)."""
REFUSED = ("ethnicity", "disability", "rural_origin", "marital_birth")
"""Grounds with names of people who may be preferred but not refused (残疾人优先; not 残疾人勿扰)."""

_STOPS = r"，,。．.；;！!？?、：:（）()\[\]【】《》\"“”\n"
_GAP = rf"[^{_STOPS}]{{0,8}}"
"""What ``*`` in a word stands for: a few characters of the same clause."""
_LOOK_BACK = 80
"""Characters before a word in which its negation is looked for: a long text stays as quick as a short one."""
_EDGE_BEFORE = rf"(?:^|[{_STOPS}\s/\-+]|岁|以上|以下|左右|性别|要求|限|招聘|急招|诚聘|急聘|招收|招|聘)"
_EDGE_AFTER = rf"(?=$|[{_STOPS}\s/\-+]|\d|[一二两三四五六七八九十若]|优先|为佳|为主|名|人)"
_MALE = "男"


@dataclass(frozen=True)
class Finding:
    """A word of the advertisement that falls under a ground; ``excused`` when the law allows it for this work."""

    code: str
    word: str
    excused: bool = False


def plain(text: str) -> str:
    """Full-width forms to half-width, Latin letters to capitals: what the patterns are written for."""
    return unicodedata.normalize("NFKC", text).upper()


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for many words, longest first; spaces between the characters are ignored, ``*`` is a short gap."""
    return re.compile("|".join(_written(plain(word)) for word in sorted(words, key=len, reverse=True)))


def _written(word: str) -> str:
    """A word as a pattern. One of Latin letters (HIV) must not be a piece of a longer one (Hive)."""
    spaced = r"\s*".join(_GAP if char == "*" else re.escape(char) for char in word)
    return rf"(?<![A-Z]){re.escape(word)}(?![A-Z])" if word.isascii() and word.isalpha() else spaced


@cache
def _standalone(words: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted((plain(word) for word in words), key=len, reverse=True)
    return re.compile(f"{_EDGE_BEFORE}({'|'.join(map(re.escape, ordered))}){_EDGE_AFTER}")


@cache
def _negated(words: tuple[str, ...]) -> re.Pattern[str]:
    """A negation shortly before a word, in the same clause or list (不收押金、报名费)."""
    return re.compile(f"(?:{'|'.join(map(re.escape, words))}){_GAP}(?:、{_GAP})*$")


@cache
def _beside(
    groups: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...], things: tuple[str, ...]
) -> re.Pattern[str]:
    """A group of people with a limiting word before or after it in the same clause. What follows the group must not show that it is
    about goods or customers (女性用品)."""
    who, first, last, what = (
        "|".join(_written(plain(word)) for word in sorted(words, key=len, reverse=True))
        for words in (groups, before, after, things)
    )
    return re.compile(f"(?:{first}){_GAP}(?:{who})(?!的?(?:{what}))|(?:{who})(?!的?(?:{what})){_GAP}(?:{last})")


def _limits(p: Reader, code: str, text: str) -> Iterator[tuple[int, int]]:
    """Where people of a ground are limited to, preferred or refused in so many words."""
    things = p("ad.groups.things")
    text = _pattern(p("ad.limits.denied")).sub(lambda match: "，" * len(match.group()), text)
    refusing = p("ad.limits.refusing_before"), p("ad.limits.refusing_after")
    if code in LIMITED:
        before, after = (*p("ad.limits.before"), *refusing[0]), (*p("ad.limits.after"), *refusing[1])
        yield from (match.span() for match in _beside(p(f"ad.groups.{code}"), before, after, things).finditer(text))
    if code in REFUSED:
        yield from (match.span() for match in _beside(p(f"ad.refused.{code}"), *refusing, things).finditer(text))


def spans(p: Reader, code: str, text: str) -> list[tuple[int, int]]:
    """Where the words of one ground stand in a plain text, negated ones left out, in order; a word inside a longer one is not
    told twice."""
    refused = _negated(p("ad.negations"))
    found = [
        match.span()
        for match in _pattern(p(f"ad.words.{code}")).finditer(text)
        if not refused.search(text, max(0, match.start() - _LOOK_BACK), match.start())
    ]
    if code in STANDALONE:
        alone = (match.span(1) for match in _standalone(p(f"ad.standalone.{code}")).finditer(text))
        found += [(start, end) for start, end in alone if not any(a <= start and end <= b for a, b in found)]
    found += [(start, end) for start, end in _limits(p, code, text) if not any(a < end and start < b for a, b in found)]
    return sorted(found)


def hint_spans(p: Reader, code: str, text: str) -> list[tuple[int, int]]:
    """Where wording that deserves a second look stands in a plain text."""
    return [match.span() for match in _pattern(p(f"ad.hints.{code}")).finditer(text)]


def allowed_spans(p: Reader, text: str) -> list[tuple[int, int]]:
    """Where wording stands that only looks like a restriction (男女均可)."""
    return [match.span() for match in _pattern(p("ad.allowed")).finditer(text)]


def _search(p: Reader, code: str, text: str) -> list[str]:
    """The words of one ground as they stand in the text, each once."""
    return list(dict.fromkeys(text[start:end].strip() for start, end in spans(p, code, text)))


_PER_HOUR = re.compile(rf"每小时[^{_STOPS}]{{0,10}}?(\d+)\s*次|(\d+)\s*次\s*/\s*小时")
_WEIGHT = re.compile(
    rf"(?:每次|单次|负重|搬|扛|抬|举|装卸)[^{_STOPS}体]{{0,8}}?(超过|大于)?\s*(\d+(?:\.\d+)?)[^{_STOPS}\d]{{0,3}}?(?:\d+(?:\.\d+)?)?\s*(公斤|千克|KG|斤)"
)
_JIN = 0.5
"""A 斤 is half a kilogram."""


def heaviest_lift(text: str) -> tuple[float, bool]:
    """Kilograms of the heaviest single lift the text names (the lower end of a range), and whether it says 超过; (0, False) if none."""
    lifts = [
        (float(weight) * (_JIN if unit == "斤" else 1), bool(over)) for over, weight, unit in _WEIGHT.findall(text)
    ]
    return max(lifts, default=(0.0, False))


def barred_to_women(p: Reader, text: str) -> tuple[str, tuple[Version, ...]]:
    """Why women may not do this work by law, with its parameters; ``("", ())`` when they may or no rule is on file."""
    try:
        words = p.version("ad.exempt.words")
    except NoStandardOnFile:
        return "", ()
    if match := _pattern(words.value).search(text):
        return f"“{match.group()}”属于国家规定不适合妇女的劳动", (words,)
    often, many = p.version("ad.exempt.lifts_per_hour"), p.version("ad.exempt.lift_kg")
    seldom = p.version("ad.exempt.intermittent_lift_kg")
    weight, over = heaviest_lift(text)
    times = max((int(a or b) for a, b in _PER_HOUR.findall(text)), default=0)
    limit = many if times >= often.value else seldom
    if weight > limit.value or (over and weight >= limit.value):
        how = f"每小时{times}次、每次" if limit is many else "间断负重每次"
        return f"{how}{weight:g}公斤，超过{limit.value}公斤，属于国家规定不适合妇女的劳动", (often, limit)
    return "", ()


def is_excused(code: str, word: str, reason: str) -> bool:
    """Whether the law allows a word for this work: men wanted for what women may not do (`reason` of `barred_to_women`)."""
    return code == "sex" and _MALE in word and bool(reason)


def findings(p: Reader, text: str) -> list[Finding]:
    """Every word found, ground by ground in the order of the list in force. NoStandardOnFile before the first law."""
    wanted = plain(text)
    cleaned = _pattern(p("ad.allowed")).sub(" ｜ ", wanted).replace("｜", "")
    reason, _ = barred_to_women(p, wanted)
    return [
        Finding(code, word, excused=is_excused(code, word, reason))
        for code in p("ad.grounds")
        for word in _search(p, code, cleaned)
    ]


def _tell_ad(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    parts, text = [], plain(given["text"])
    found = findings(p, given["text"])
    reason, versions = barred_to_women(p, text)
    for code in p("ad.grounds"):
        words = p.version(f"ad.words.{code}")
        held = [one.word for one in found if one.code == code and not one.excused]
        excused = [one.word for one in found if one.code == code and one.excused]
        if held:
            told = "、".join(f"“{word}”" for word in held)
            parts.append(Part(GROUNDS[code], f"招聘信息里的{told}属于{GROUNDS[code]}，请删去。", False, (words,)))
        if excused:
            told = "、".join(f"“{word}”" for word in excused)
            parts.append(Part("允许的例外", f"{told}可以保留，因为{reason}。", True, versions))
    for code in answer["hints"]:
        kind = p.version(f"ad.hints.{code}")
        told = "、".join(f"“{word}”" for word in dict.fromkeys(_pattern(kind.value).findall(text)))
        parts.append(Part("提示", f"{told}涉及{HINTS[code]}，请核对是否必要。", None, (kind,)))
    if not answer["violations"]:
        parts.append(Part("结论", "没有发现禁止的内容，可以发布。", True, (p.version("ad.grounds"),)))
    else:
        words = "、".join(GROUNDS[code] for code in answer["violations"])
        parts.append(Part("结论", f"这条招聘信息不能发布，因为有：{words}。", False, (p.version("ad.grounds"),)))
    return parts


@rule(
    "ad.check",
    label="招聘信息检查",
    basis="《就业促进法》第三条、第二十六条至第三十一条；《妇女权益保障法》第四十三条；《劳动合同法》第九条",
    inputs=(Input("text", "text", "招聘信息"),),
    explain=_tell_ad,
    vectorised=False,
)
def check(p: Reader, text: str) -> dict[str, Any]:
    """``violations``: the grounds the text falls under; ``found``: the exact words with their ground; ``hints``: kinds of wording
    that no national law forbids and that only deserve a second look."""
    held = [one for one in findings(p, text) if not one.excused]
    hints = [code for code in HINTS if _pattern(p(f"ad.hints.{code}")).search(plain(text))]
    return {
        "violations": list(dict.fromkeys(one.code for one in held)),
        "found": [{"code": one.code, "word": one.word} for one in held],
        "hints": hints,
    }


FIELDS = {
    "employer_profile": "单位基本情况",
    "headcount": "招聘人数",
    "requirements": "招聘条件",
    "duties": "工作内容",
    "location": "工作地点",
    "pay": "基本劳动报酬",
}


def _tell_fields(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    required = p.version("ad.required_fields")
    if not answer["missing"]:
        return [Part("必备内容", "招聘信息的必备内容齐全。", True, (required,))]
    words = "、".join(FIELDS.get(code, code) for code in answer["missing"])
    return [Part("必备内容", f"招聘信息还缺：{words}，请补上。", False, (required,))]


@rule(
    "ad.required_fields",
    label="招聘信息必备内容",
    basis="《人力资源市场暂行条例》第二十四条",
    inputs=(Input("present", "codes", "已写明的内容"),),
    explain=_tell_fields,
    vectorised=False,
)
def required_fields(p: Reader, present: tuple[str, ...]) -> dict[str, list[str]]:
    """``missing``: what an advertisement must state and this one does not."""
    return {"missing": [code for code in p("ad.required_fields") if code not in present]}

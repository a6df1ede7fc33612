"""Where in an advertisement the forbidden and the doubtful words stand, and how the text reads without them.

Pure but for the list of wordings, which is read once from catalog/content/vacancies. The rule is `ad_rules`; this module only
keeps the places, which the answer of a rule has no room for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from django.conf import settings

from renben.engines.rules.parameters import Reader, Version
from renben.services.placement.ad_rules import (
    GROUNDS,
    HINTS,
    allowed_spans,
    barred_to_women,
    hint_spans,
    is_excused,
    plain,
    spans,
)

MUST, HINT, ALLOWED = "must", "hint", "allowed"
_STOPS = "，,。．.；;！!？?、\n"
_BREAKS = _STOPS + "（）()　 "
_UNTIDY = re.compile(rf"[（(]\s*[）)]|(?<=[{_STOPS}])[，,、；;。]+|^[{_STOPS}\s]+")


@dataclass(frozen=True)
class Mark:
    """A piece `[start, end)` of a text: kind `must` (has to go), `hint` (think again) or `allowed` (an exception of the law)."""

    start: int
    end: int
    code: str
    word: str
    kind: str


@cache
def wording() -> dict[str, Any]:
    """What is told to the employer about each ground and hint, and how long a clause is taken out whole."""
    path = settings.CATALOG_DIR / "content" / "vacancies" / "wording.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _flat(text: str) -> tuple[str, list[int]]:
    """The text as the patterns read it, and for each of its characters the place in the text as it was written."""
    chars, places = [], []
    for place, char in enumerate(text):
        for one in unicodedata.normalize("NFKC", char).upper():
            chars.append(one)
            places.append(place)
    return "".join(chars), places


def _without(flat: str, places: list[int], gone: Sequence[tuple[int, int]]) -> tuple[str, list[int]]:
    """The text with each piece replaced by two blanks, so that what stands around it does not run together."""
    chars, kept, last = [], [], 0
    for start, end in gone:
        chars += [flat[last:start], "  "]
        kept += [*places[last:start], places[start], places[start]]
        last = end
    return "".join([*chars, flat[last:]]), [*kept, *places[last:]]


def marks(p: Reader, text: str, whole: str = "") -> list[Mark]:
    """Every marked piece of one field, in order. `whole` is the full advertisement, which decides about legal exceptions."""
    flat, places = _flat(text)
    cleaned, kept = _without(flat, places, allowed_spans(p, flat))
    reason, _ = barred_to_women(p, plain(whole or text))
    found = []
    for code in p("ad.grounds"):
        for start, end in spans(p, code, cleaned):
            word = cleaned[start:end].strip()
            kind = ALLOWED if is_excused(code, word, reason) else MUST
            found.append(_mark(text, kept, start, end, code, kind))
    for code in HINTS:
        found += [_mark(text, places, start, end, code, HINT) for start, end in hint_spans(p, code, flat)]
    return _apart(found)


def _mark(text: str, places: list[int], start: int, end: int, code: str, kind: str) -> Mark:
    first, last = places[start], places[end - 1] + 1
    while first < last and text[first].isspace():
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    return Mark(first, last, code, text[first:last], kind)


def _apart(found: list[Mark]) -> list[Mark]:
    """In order and without overlap; of two that overlap the graver one stays."""
    weight = {MUST: 0, ALLOWED: 1, HINT: 2}
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda one: (weight[one.kind], one.start, -one.end)):
        if not any(mark.start < other.end and other.start < mark.end for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda one: one.start)


def suggested(text: str, found: Sequence[Mark]) -> str:
    """The text without what has to go: a short clause goes whole, of a long one the words. Unchanged when nothing has to."""
    longest, out = wording()["clause_up_to"], text
    for mark in sorted((one for one in found if one.kind == MUST), key=lambda one: -one.start):
        start, end = _clause(out, mark)
        if end - start > longest or not (out[:start] + out[end:]).strip():
            start, end = mark.start, mark.end
        out = out[:start] + out[end:]
    return _UNTIDY.sub("", out).strip() if out != text else text


def _clause(text: str, mark: Mark) -> tuple[int, int]:
    start = max((text.rfind(char, 0, mark.start) for char in _BREAKS), default=-1) + 1
    ends = [place for char in _BREAKS if (place := text.find(char, mark.end)) >= 0]
    return start, min(ends, default=len(text))


def segments(text: str, found: Sequence[Mark]) -> list[tuple[str, str, str]]:
    """The text cut into `(piece, kind, label)`; pieces without a mark have an empty kind."""
    cut, last = [], 0
    for mark in found:
        if mark.start > last:
            cut.append((text[last : mark.start], "", ""))
        cut.append((text[mark.start : mark.end], mark.kind, label_of(mark.code)))
        last = mark.end
    return [*cut, (text[last:], "", "")] if last < len(text) else cut


def label_of(code: str) -> str:
    """A ground or kind of hint in words."""
    return GROUNDS.get(code) or HINTS.get(code, code)


def version_of(p: Reader, code: str) -> Version:
    """The list of words of a ground or hint, with the article it rests on."""
    return p.version(f"ad.words.{code}" if code in GROUNDS else f"ad.hints.{code}")


def faults(p: Reader, fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the check found, field by field and ground by ground, as it is kept with the vacancy.

    `fields` maps a field's name to its text. Each entry: `field`, `code`, `label`, `kind`, `words`, `text` (what to do),
    `article`.
    """
    whole, out = "\n".join(fields.values()), []
    for name, text in fields.items():
        grouped: dict[tuple[str, str], list[str]] = {}
        for mark in marks(p, text, whole):
            grouped.setdefault((mark.kind, mark.code), []).append(mark.word)
        out += [_fault(p, name, kind, code, words, whole) for (kind, code), words in grouped.items()]
    return out


def _fault(p: Reader, field: str, kind: str, code: str, words: list[str], whole: str) -> dict[str, Any]:
    version = version_of(p, code)
    article = version.document + version.article
    text = wording()["grounds" if code in GROUNDS else "hints"][code]
    if kind == ALLOWED:
        reason, versions = barred_to_women(p, plain(whole))
        text, article = f"可以保留，因为{reason}。", versions[0].document + versions[0].article
    return {
        "field": field,
        "code": code,
        "label": label_of(code),
        "kind": kind,
        "words": list(dict.fromkeys(words)),
        "text": text,
        "article": article,
    }

"""The words a superior's table is recognised by: `catalog/content/ledgers/synonyms.yaml`, and how headings are compared."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from renben.engines.ledgers.definitions import LedgerError, load_ledgers
from renben.kernel.textnorm import halfwidth

FACTS = {
    "office": "单位",
    "as_of": "截至日期",
    "month": "月份",
    "by": "填表人",
    "made_on": "填表日期",
}
_PUNCTUATION = re.compile(r"[\s\W_]+")
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")


def plain_heading(text: object) -> str:
    """A heading as it is compared: half-width, small letters, without spaces and punctuation."""
    return _PUNCTUATION.sub("", halfwidth(str(text))).lower()


def forms(text: object) -> tuple[str, ...]:
    """A heading read whole and, if that leaves something, without what stands in brackets."""
    wide = halfwidth(str(text))
    found = (plain_heading(wide), plain_heading(_BRACKETS.sub("", wide)))
    return tuple(dict.fromkeys(form for form in found if form))


@dataclass(frozen=True)
class Words:
    """`groups`: for each compared heading the numbers of its synonym groups. `known`: every heading some ledger knows.

    For tables of figures: `counts` are headings that ask how many; `offices` and `spans` titles of ledger columns that hold
    offices and figures to be told in spans (年龄).
    """

    groups: dict[str, frozenset[int]]
    known: frozenset[str]
    number: frozenset[str]
    totals: tuple[str, ...]
    footers: tuple[str, ...]
    facts: dict[str, tuple[str, ...]]
    counts: frozenset[str] = frozenset()
    offices: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()

    def is_same(self, one: str, other: str) -> bool:
        """Whether two headings mean the same: equal as compared, or in one group of synonyms."""
        for a in forms(one):
            for b in forms(other):
                if a == b or self.groups.get(a, frozenset()) & self.groups.get(b, frozenset()):
                    return True
        return False

    def fact_of(self, heading: str) -> str:
        """The fact a label names, or an empty string."""
        wanted = set(forms(heading))
        return next((code for code, labels in self.facts.items() if wanted & {plain_heading(x) for x in labels}), "")


def likeness(one: str, other: str) -> float:
    """How alike two headings look, 0 to 1; only ever a suggestion."""
    a, b = plain_heading(one), plain_heading(other)
    if not a or not b:
        return 0.0
    if min(len(a), len(b)) >= 2 and (a in b or b in a):
        return 0.75
    return difflib.SequenceMatcher(None, a, b).ratio()


def load_words(catalog: Path | None = None) -> Words:
    """The words of a catalogue, read once per process. LedgerError when the file is wrong."""
    if catalog is None:
        from django.conf import settings

        catalog = settings.CATALOG_DIR
    return _load(Path(catalog))


@lru_cache(maxsize=4)
def _load(catalog: Path) -> Words:
    path = catalog / "content" / "ledgers" / "synonyms.yaml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        groups: dict[str, set[int]] = {}
        for place, group in enumerate(content["groups"]):
            for word in group:
                groups.setdefault(plain_heading(word), set()).add(place)
        titles = {form for ledger in load_ledgers(catalog).values() for c in ledger.columns for form in forms(c.title)}
        number = frozenset(plain_heading(word) for word in content["number"])
        return Words(
            groups={word: frozenset(places) for word, places in groups.items()},
            known=frozenset(groups) | titles | number,
            number=number,
            totals=tuple(plain_heading(word) for word in content["totals"]),
            footers=tuple("".join(halfwidth(word).split()) for word in content["footers"]),
            facts={code: tuple(content["facts"][code]) for code in FACTS},
            counts=frozenset(plain_heading(word) for word in content["counts"]),
            offices=tuple(content["offices"]),
            spans=tuple(content["spans"]),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise LedgerError(f"{path.name} 有误：{error}") from error

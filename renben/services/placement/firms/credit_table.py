"""The table of credit (catalog/content/placement/credit.yaml): what each kind of fact weighs, and where the levels begin.

Reads no database and no framework; the figures are the agency's (docs/decisions/0018).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

KINDS = frozenset(
    [
        "false_report", "inspection_fault", "returned", "no_show", "report_missing", "receipt_late", "hired", "reported",
        "receipt", "inspection_fine",
    ]
)  # fmt: skip
"""Kinds of fact that are read from rows (`credit_facts`)."""


class CreditTableError(ValueError):
    """The table does not hold together; the sentence says where."""


@dataclass(frozen=True)
class Weight:
    """What facts of a kind weigh: `points` each, in sum at most `most`; `at_most` caps the level."""

    kind: str
    label: str
    points: int
    most: int | None = None
    at_most: str = ""


@dataclass(frozen=True)
class Level:
    """A level that begins at a score; the last one has no beginning."""

    code: str
    label: str
    begins: int | None


@dataclass(frozen=True)
class CreditTable:
    """`months`: how far back a rating of today looks. `levels` from best to worst."""

    decision: str
    source: str
    months: int
    start: int
    weights: dict[str, Weight]
    levels: tuple[Level, ...]

    def level_of(self, score: int, caps: frozenset[str] = frozenset()) -> Level:
        """The level of a score, no better than any of the levels in `caps`."""
        codes = [level.code for level in self.levels]
        found = next(n for n, level in enumerate(self.levels) if level.begins is None or score >= level.begins)
        return self.levels[max([found, *(codes.index(code) for code in caps)])]


def _number(entry: dict[str, Any], name: str, place: str) -> int:
    if not isinstance(value := entry.get(name), int):
        raise CreditTableError(f"{place}：{name} 要写整数")
    return value


def _weight(entry: dict[str, Any], codes: list[str]) -> Weight:
    kind = entry.get("kind", "")
    if kind not in KINDS:
        raise CreditTableError(f"没有“{kind}”这种事实，可以写：{'、'.join(sorted(KINDS))}")
    if entry.get("at_most", codes[0]) not in codes:
        raise CreditTableError(f"{kind}：没有等级“{entry['at_most']}”")
    most = _number(entry, "most", kind) if "most" in entry else None
    return Weight(kind, entry["label"], _number(entry, "points", kind), most, entry.get("at_most", ""))


def read(path: Path) -> CreditTable:
    """The table of a file. CreditTableError when a fact, a level or a figure is wrong or missing."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    levels = tuple(Level(one["code"], one["label"], one.get("from")) for one in data.get("levels", []))
    if not levels or levels[-1].begins is not None or any(one.begins is None for one in levels[:-1]):
        raise CreditTableError("levels：从好到差列出，除最后一级外都要写 from")
    begins = [one.begins for one in levels[:-1]]
    if begins != sorted(begins, reverse=True):
        raise CreditTableError("levels：from 要从大到小")
    codes = [one.code for one in levels]
    weights = {weight.kind: weight for weight in (_weight(one, codes) for one in data.get("facts", []))}
    if missing := KINDS - weights.keys():
        raise CreditTableError(f"facts：没有写 {'、'.join(sorted(missing))}")
    for name in ("decision", "source"):
        if not data.get(name):
            raise CreditTableError(f"没有写 {name}：分数从哪里来要有依据")
    months, start = _number(data, "months", "months"), _number(data, "start", "start")
    return CreditTable(str(data["decision"]), data["source"], months, start, weights, levels)


@lru_cache(maxsize=4)
def _kept(path: Path, stamp: float) -> CreditTable:
    return read(path)


def table(catalog: Path) -> CreditTable:
    """The table in force below a catalogue folder; a changed file is read anew."""
    path = catalog / "content" / "placement" / "credit.yaml"
    return _kept(path, path.stat().st_mtime)

"""The table of matching and what it says about one pair, in plain Python: the yardstick the quick index is held against.

The rules are data (catalog/content/matching/placement.yaml); this module knows their forms, not their figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from renben.engines.matching.table import Condition, Filter, Part, Table, load, side_of
from renben.services.placement.matching_rows import Row

NEVER = (
    "sex", "性别", "ethnic", "民族", "hukou", "户籍", "户口", "disab", "残疾", "marri", "婚", "生育", "birth", "出生",
    "relig", "宗教", "carrier", "乙肝", "年龄",
)  # fmt: skip
"""Words no name or label of the table may hold, a filter with its law excepted (D-27)."""


@lru_cache(maxsize=4)
def _load(path: Path, stamp: float) -> Table:
    return load(path, refused=NEVER)


def table() -> Table:
    """The table in force. TableError (Chinese) when the file does not hold together."""
    path = Path(settings.CATALOG_DIR) / "content" / "matching" / "placement.yaml"
    return _load(path, path.stat().st_mtime)


@dataclass(frozen=True)
class Judged:
    """One pair: points by part, and the names of the filters it fails, in the order of the table."""

    parts: dict[str, int]
    failed: tuple[str, ...]

    @property
    def score(self) -> int:
        return sum(self.parts.values())


def score_one(offer: Row, wish: Row, context: Mapping[str, int], rules: Table) -> Judged:
    """What the table says about one vacancy and one wish."""
    sides = {"offer": offer.columns, "wish": wish.columns, "context": context}

    def get(operand: str | int) -> int:
        side = side_of(operand)
        return operand if side == "number" else sides[side][operand.partition(".")[2]]

    failed = []
    if wish.group >= 0 and offer.group != wish.group:
        failed.append(rules.group.name)
    if wish.area and not wish.area >> offer.area & 1:
        failed.append(rules.area.name)
    failed += [one.name for one in rules.filters if not _passes(one, get)]
    return Judged({part.name: _points(part, get) for part in rules.parts}, tuple(failed))


def _passes(one: Filter, get) -> bool:
    return all(_holds(condition, get) for condition in one.all)


def _holds(condition: Condition, get) -> bool:
    this, that = get(condition.this), get(condition.that)
    match condition.relation:
        case "at_least":
            return this >= that
        case "at_most":
            return this <= that
        case "equal":
            return this == that
        case "covers":
            return not that & ~this
        case "within":
            return not this & ~that
        case _:
            return bool(this & that)


def _points(part: Part, get) -> int:
    return max(part.floor, min(part.limit, _KINDS[part.kind](part, get)))


def _levels(part: Part, get) -> int:
    agreed = (level.points for level in part.levels.agree if get(level.this) and get(level.this) == get(level.that))
    return next(agreed, part.levels.otherwise)


def _ramp(part: Part, get) -> int:
    rule = part.ramp
    width, along = abs(rule.full_at - rule.none_at), get(rule.this) - get(rule.that) - rule.none_at
    along = -along if rule.full_at < rule.none_at else along
    return part.limit * max(0, min(width, along)) // width


def _overlap(part: Part, get) -> int:
    rule = part.overlap
    mine = {get(f"offer.{name}") for name in rule.offer} - {0}
    theirs = {get(f"wish.{name}") for name in rule.wish} - {0}
    return rule.each * len(mine & theirs)


def _value(part: Part, get) -> int:
    return part.value.sign * get(part.value.this)


def _flags(part: Part, get) -> int:
    return part.flags.each * (get(part.flags.this) & get(part.flags.that)).bit_count()


def _rings(part: Part, get) -> int:
    square = sum((get(this) - get(that)) ** 2 for this, that in zip(part.rings.this, part.rings.that, strict=True))
    return next((ring.points for ring in part.rings.within if square <= ring.distance**2), 0)


_KINDS = {"rings": _rings, "levels": _levels, "ramp": _ramp, "overlap": _overlap, "value": _value, "flags": _flags}

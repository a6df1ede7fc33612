"""What a table says about values, in numpy: does a condition hold, how many points does a part give.

Plain and slow on purpose. `get(operand)` answers an array of whole numbers (or one number); arrays are broadcast. The kernel
must agree with this to the last point; the numpy twin and every explanation are made of it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .table import Condition, Filter, Levels, Overlap, Part, Ramp, Rings

Get = Callable[[str | int], np.ndarray]

UNKNOWN = -32768
"""Stands for the code 0 of whoever asks, so that it agrees with no code on the other side (those are 0 or more)."""


def holds(condition: Condition, get: Get) -> np.ndarray:
    """Where the comparison holds (bool)."""
    this, that = get(condition.this), get(condition.that)
    match condition.relation:
        case "at_least":
            return this >= that
        case "at_most":
            return this <= that
        case "equal":
            return this == that
        case "covers":
            return (that & ~this) == 0
        case "within":
            return (this & ~that) == 0
        case _:
            return (this & that) != 0


def passes(one: Filter, get: Get) -> np.ndarray:
    """Where all conditions of the filter hold (bool)."""
    found = holds(one.all[0], get)
    for condition in one.all[1:]:
        found = found & holds(condition, get)
    return found


def points(part: Part, get: Get) -> np.ndarray:
    """Points of one part (int64), between its floor and its limit."""
    raw = _KINDS[part.kind](part, get)
    return np.clip(raw, part.floor, part.limit)


def _levels(part: Part, get: Get) -> np.ndarray:
    rule: Levels = part.levels
    found = np.int64(rule.otherwise)
    for level in reversed(rule.agree):
        this = get(level.this)
        found = np.where((this == get(level.that)) & (this != 0), np.int64(level.points), found)
    return found


def _ramp(part: Part, get: Get) -> np.ndarray:
    rule: Ramp = part.ramp
    width = abs(rule.full_at - rule.none_at)
    along = get(rule.this) - get(rule.that) - rule.none_at
    if rule.full_at < rule.none_at:
        along = -along
    return part.limit * np.clip(along, 0, width) // width


def _rings(part: Part, get: Get) -> np.ndarray:
    rule: Rings = part.rings
    square = sum((get(this) - get(that)) ** 2 for this, that in zip(rule.this, rule.that, strict=True))
    found = np.int64(0)
    for ring in reversed(rule.within):
        found = np.where(square <= ring.distance**2, np.int64(ring.points), found)
    return found


def _flags(part: Part, get: Get) -> np.ndarray:
    both = np.asarray(get(part.flags.this) & get(part.flags.that) & 0xFFFF, dtype=np.uint16)
    return part.flags.each * np.bitwise_count(both).astype(np.int64)


def _overlap(part: Part, get: Get) -> np.ndarray:
    rule: Overlap = part.overlap  # rows repeat no code
    count = np.int64(0)
    for mine in rule.offer:
        code = get(f"offer.{mine}")
        shared = False
        for theirs in rule.wish:
            shared = shared | (code == get(f"wish.{theirs}"))
        count = count + (shared & (code != 0))
    return rule.each * count


def _value(part: Part, get: Get) -> np.ndarray:
    return part.value.sign * get(part.value.this)


_KINDS = {
    "levels": _levels,
    "ramp": _ramp,
    "rings": _rings,
    "flags": _flags,
    "overlap": _overlap,
    "value": _value,
}

"""A table as seen from one side, in arrays that the kernel runs: which columns of the rows meet which values of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from . import points
from .rows import Rows
from .table import Condition, Filter, Part, Side, Table, TableError, name_of, side_of

WIDTH = 15
"""Numbers of one operation: kind, then what the kind needs (see `_parts` and `_conditions`)."""
LEVELS2, LEVELS4, RAMP, RINGS, FLAGS, VALUE, OVERLAP = range(7)
AT_LEAST, AT_MOST, EQUAL, COVERS, WITHIN, SHARES = range(10, 16)
_RELATIONS = {
    "at_least": AT_LEAST,
    "at_most": AT_MOST,
    "equal": EQUAL,
    "covers": COVERS,
    "within": WITHIN,
    "shares": SHARES,
}
_FLIPPED = {AT_LEAST: AT_MOST, AT_MOST: AT_LEAST, EQUAL: EQUAL, COVERS: WITHIN, WITHIN: COVERS, SHARES: SHARES}
AREA_BITS = 16
"""Areas of a wish that one int16 column holds, when wishes are the rows."""


@dataclass
class Program:
    """Operations on rows of `side`: parts first, then conditions.

    rings: squared distances and their points; columns: those of the rows that overlaps read;
    slots: what each value of the asker is, `(operand, is a code)`; rows' columns are numbered as in `table.columns(side)`.
    constant_parts, constant_filters: what no column of the rows decides.
    """

    table: Table
    side: Side
    ops: np.ndarray
    rings: np.ndarray
    columns: np.ndarray
    slots: list[tuple[str | int, bool]]
    constant_parts: list[Part] = field(default_factory=list)
    constant_conditions: list[tuple[int, Condition]] = field(default_factory=list)


class _Writing:
    """A program in the making."""

    def __init__(self, table: Table, side: Side):
        self.table, self.side = table, side
        self.place = {name: number for number, name in enumerate(table.columns(side))}
        self.ops: list[list[int]] = []
        self.rings: list[tuple[int, int]] = []
        self.columns: list[int] = []
        self.slots: list[tuple[str | int, bool]] = []

    def mine(self, operand: str | int) -> bool:
        return side_of(operand) == self.side

    def column(self, operand: str | int) -> int:
        return self.place[name_of(operand)]

    def slot(self, operand: str | int, *, is_code: bool = False) -> int:
        wanted = (operand, is_code)
        if wanted not in self.slots:
            self.slots.append(wanted)
        return self.slots.index(wanted)

    def turned(self, this, that):
        """The pair as (of the rows, of the asker), and whether they were the other way round."""
        return (this, that, False) if self.mine(this) else (that, this, True)

    def write(self, *numbers: int) -> None:
        self.ops.append([*numbers, *[0] * (WIDTH - len(numbers))])


def compile_table(table: Table, side: Side) -> Program:
    """The program for rows of a side."""
    writing = _Writing(table, side)
    constant_parts = [part for part in table.parts if not _part(writing, part)]
    constant_conditions = []
    for number, one in enumerate(table.filters, start=2):
        constant_conditions += _conditions(writing, number, one)
    return Program(
        table=table,
        side=side,
        ops=np.asarray(writing.ops, dtype=np.int64).reshape(-1, WIDTH),
        rings=np.asarray(writing.rings, dtype=np.int64).reshape(-1, 2),
        columns=np.asarray(writing.columns, dtype=np.int64),
        slots=writing.slots,
        constant_parts=constant_parts,
        constant_conditions=constant_conditions,
    )


def _part(writing: _Writing, part: Part) -> bool:
    """Writes a part; False when no column of the rows has to do with it."""
    if not any(writing.mine(operand) for operand in part.operands):
        return False
    _PARTS[part.kind](writing, part)
    return True


def _levels(writing: _Writing, part: Part) -> None:
    """LEVELS2/4: otherwise, then (column, slot, points) coarsest first; levels that are left over repeat the finest."""
    levels = list(reversed(part.levels.agree))
    size = 2 if len(levels) <= 2 else 4
    levels += [levels[-1]] * (size - len(levels))
    numbers = []
    for level in levels:
        row, asker, _ = writing.turned(level.this, level.that)
        numbers += [writing.column(row), writing.slot(asker, is_code=True), level.points]
    writing.write(LEVELS2 if size == 2 else LEVELS4, part.levels.otherwise, *numbers)


def _ramp(writing: _Writing, part: Part) -> None:
    """RAMP: column, slot, sign, shift, width, limit: points = limit * clip(sign * (row - asker) + shift, 0, width) // width."""
    rule = part.ramp
    row, asker, turned = writing.turned(rule.this, rule.that)
    rising = 1 if rule.full_at > rule.none_at else -1
    sign = -rising if turned else rising
    width = abs(rule.full_at - rule.none_at)
    writing.write(RAMP, writing.column(row), writing.slot(asker), sign, -rising * rule.none_at, width, part.limit)


def _rings(writing: _Writing, part: Part) -> None:
    """RINGS: two columns, two slots, first and past-the-last ring (squared distance, points), farthest first."""
    row, asker, _ = (
        (part.rings.this, part.rings.that, False)
        if writing.mine(part.rings.this[0])
        else (part.rings.that, part.rings.this, True)
    )
    first = len(writing.rings)
    writing.rings += [(ring.distance**2, ring.points) for ring in reversed(part.rings.within)]
    columns, slots = map(writing.column, row), map(writing.slot, asker)
    writing.write(RINGS, *columns, *slots, first, len(writing.rings))


def _flags(writing: _Writing, part: Part) -> None:
    """FLAGS: column, slot, points each, floor, limit."""
    row, asker, _ = writing.turned(part.flags.this, part.flags.that)
    writing.write(FLAGS, writing.column(row), writing.slot(asker), part.flags.each, part.floor, part.limit)


def _value(writing: _Writing, part: Part) -> None:
    """VALUE: column, sign, floor, limit."""
    writing.write(VALUE, writing.column(part.value.this), part.value.sign, part.floor, part.limit)


def _overlap(writing: _Writing, part: Part) -> None:
    """OVERLAP: points each, limit, columns from-to, slots from-to. Which side is counted does not matter: no code is repeated."""
    rule, first = part.overlap, len(writing.columns)
    offers, wishes = [f"offer.{name}" for name in rule.offer], [f"wish.{name}" for name in rule.wish]
    rows, askers = (offers, wishes) if writing.side == "offer" else (wishes, offers)
    writing.columns += [writing.column(one) for one in rows]
    start = len(writing.slots)
    writing.slots += [(one, True) for one in askers]  # one run, even when a code has a slot elsewhere
    writing.write(OVERLAP, rule.each, part.limit, first, len(writing.columns), start, len(writing.slots))


_PARTS = {"levels": _levels, "ramp": _ramp, "rings": _rings, "flags": _flags, "value": _value, "overlap": _overlap}


def _conditions(writing: _Writing, number: int, one: Filter) -> list[tuple[int, Condition]]:
    """Writes a filter: relation, number of the filter, column, slot. Answers the conditions without a column of the rows."""
    constant = []
    for condition in one.all:
        if not any(writing.mine(operand) for operand in condition.operands):
            constant.append((number, condition))
            continue
        row, asker, turned = writing.turned(condition.this, condition.that)
        relation = _RELATIONS[condition.relation]
        relation = _FLIPPED[relation] if turned else relation
        writing.write(relation, number, writing.column(row), writing.slot(asker))
    return constant


@dataclass(frozen=True)
class Questions:
    """Rows of the other side made ready for a program: one question each, those of one owner next to each other.

    slots int16 (questions × slots); base int16: points that no row decides; failed int64: bit n is set when filter n fails
    whatever the row; owners int64 and bounds: the questions of owners[i] are bounds[i] to bounds[i + 1].
    """

    rows: Rows
    slots: np.ndarray
    base: np.ndarray
    failed: np.ndarray
    owners: np.ndarray
    bounds: np.ndarray


def ask(program: Program, rows: Rows, context: Mapping[str, int]) -> Questions:
    """Make questions of rows (any order; sorted here). TableError when the context lacks a figure or a figure is no int16."""
    if rows.side == program.side:
        raise TableError("提问的一方必须是另一方。")
    figures = _context(program.table, context)
    rows = rows.by_owner()

    def get(operand: str | int) -> np.ndarray:
        match side_of(operand):
            case "number":
                return np.int64(operand)
            case "context":
                return figures[name_of(operand)]
            case _:
                return rows.columns[name_of(operand)].astype(np.int64)

    slots = np.empty((rows.size, max(len(program.slots), 1)), dtype=np.int16)
    for number, (operand, is_code) in enumerate(program.slots):
        values = get(operand)
        slots[:, number] = np.where(values == 0, points.UNKNOWN, values) if is_code else values
    base = np.zeros(rows.size, dtype=np.int64)
    for part in program.constant_parts:
        base += points.points(part, get)
    failed = np.zeros(rows.size, dtype=np.int64)
    for number, condition in program.constant_conditions:
        failed |= np.where(points.holds(condition, get), 0, 1 << number)
    owners, starts = np.unique(rows.ids, return_index=True)
    bounds = np.append(starts, rows.size).astype(np.int64)
    return Questions(rows, slots, base.astype(np.int16), failed, owners, bounds)


def _context(table: Table, context: Mapping[str, int]) -> dict[str, np.int64]:
    if set(context) != set(table.context):
        strange = sorted(set(context) ^ set(table.context))
        raise TableError(f"当天的数与匹配表不符：{'、'.join(strange)}。")
    if any(not -32768 <= value <= 32767 for value in context.values()):
        raise TableError("当天的数必须在 ±32767 之间。")
    return {name: np.int64(value) for name, value in context.items()}

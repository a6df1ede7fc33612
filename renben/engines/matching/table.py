"""The table of a match: named filters that let a pair through or not, named whole-number parts that add up to its score.

A table is data (`load`). It is written once, from no side in particular, and holds in both directions: an operand says whose
value it is, `offer.wage_top`, `wish.wage`, `context.today` (a figure of the day, given with each question) or a plain number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Side = Literal["offer", "wish"]
Relation = Literal["at_least", "at_most", "equal", "covers", "within", "shares"]
LOWEST, HIGHEST = -32768, 32767
"""Of a column's values (int16)."""
MOST_POINTS = 16_000
"""Most points, up or down, that all parts of a table may give together: the score shares a 64-bit key with tie and number."""
MOST_AREAS = 64


class TableError(Exception):
    """A table, or what is handed to it, does not hold together. The message is a Chinese sentence."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def side_of(operand: str | int) -> str:
    """`offer`, `wish`, `context` or `number`."""
    return "number" if isinstance(operand, int) else operand.partition(".")[0]


def name_of(operand: str | int) -> str:
    """The operand's column without its side."""
    return str(operand).partition(".")[2]


class Condition(_Strict):
    """One comparison. `covers`: this has every flag of that; `within`: that has every flag of this; `shares`: one flag in common.

    Flags are the sixteen bits of a column.
    """

    this: str | int
    relation: Relation = Field(alias="is")
    that: str | int

    @property
    def operands(self) -> tuple[str | int, ...]:
        return (self.this, self.that)


class Filter(_Strict):
    """All of its conditions must hold. `fails` tells a person what is wrong when they do not; `source` is the law, if one asks.

    With `near` false, a pair that fails only here is not shown as a near miss.
    """

    name: str
    label: str
    fails: str
    all: list[Condition] = Field(min_length=1)
    source: str = ""
    near: bool = True

    @property
    def operands(self) -> tuple[str | int, ...]:
        return tuple(operand for condition in self.all for operand in condition.operands)


class Group(_Strict):
    """The filter by which rows are stored: an offer's group must be the wish's. Numbers 0 to `count` - 1; -1 is unknown or any."""

    name: str
    label: str
    fails: str
    count: int = Field(ge=1, le=4000)
    near: bool = False


class Area(_Strict):
    """The second filter by which offers are stored: the offer's area must be among the wish's. Numbers 0 to `count` - 1."""

    name: str
    label: str
    fails: str
    count: int = Field(ge=1, le=MOST_AREAS)
    near: bool = True


class Level(_Strict):
    """Points when two codes agree; 0 is an unknown code and agrees with nothing."""

    this: str
    that: str
    points: int


class Levels(_Strict):
    """The first level that agrees gives its points; finest first. None agrees: `otherwise`."""

    agree: list[Level] = Field(min_length=1, max_length=4)
    otherwise: int = 0


class Ramp(_Strict):
    """Points grow evenly with `this` - `that`: none at `none_at`, the part's limit at `full_at` (which may be the smaller)."""

    this: str
    that: str | int
    none_at: int
    full_at: int

    @model_validator(mode="after")
    def _whole(self) -> Ramp:
        if self.none_at == self.full_at:
            raise ValueError("none_at 和 full_at 不能相同")
        if max(abs(self.none_at), abs(self.full_at)) > HIGHEST:
            raise ValueError("none_at 和 full_at 必须在 ±32767 之间")
        return self


class Ring(_Strict):
    distance: int = Field(ge=0, le=HIGHEST)
    points: int


class Rings(_Strict):
    """Points by the straight distance of two points (two columns each, one unit); nearest first. Farther than all: none."""

    this: tuple[str, str]
    that: tuple[str, str]
    within: list[Ring] = Field(min_length=1, max_length=8)


class Flags(_Strict):
    """So many points for each flag that both have."""

    this: str
    that: str
    each: int


class Overlap(_Strict):
    """So many points for each code of the offer that is among the wish's; 0 is no code. A code that one
    side repeats counts once."""

    offer: list[str] = Field(min_length=1, max_length=12)
    wish: list[str] = Field(min_length=1, max_length=12)
    each: int = Field(ge=1)


class Value(_Strict):
    """A column counts as it stands, times `sign`."""

    this: str
    sign: Literal[1, -1] = 1


class Part(_Strict):
    """One named part of the score: exactly one kind, never below `floor`, never above `limit`."""

    name: str
    label: str
    limit: int
    floor: int = 0
    levels: Levels | None = None
    ramp: Ramp | None = None
    rings: Rings | None = None
    flags: Flags | None = None
    overlap: Overlap | None = None
    value: Value | None = None

    @property
    def kind(self) -> str:
        return next(key for key in KINDS if getattr(self, key) is not None)

    @property
    def operands(self) -> tuple[str | int, ...]:
        rule = getattr(self, self.kind)
        if isinstance(rule, Levels):
            return tuple(operand for level in rule.agree for operand in (level.this, level.that))
        if isinstance(rule, Rings):
            return (*rule.this, *rule.that)
        if isinstance(rule, Overlap):
            return tuple(f"offer.{name}" for name in rule.offer) + tuple(f"wish.{name}" for name in rule.wish)
        return (rule.this,) if isinstance(rule, Value) else (rule.this, rule.that)

    @model_validator(mode="after")
    def _whole(self) -> Part:
        if sum(getattr(self, key) is not None for key in KINDS) != 1:
            raise ValueError(f"{self.name}：必须写明一种计分办法（{'、'.join(KINDS)}）")
        if self.floor > min(0, self.limit) or self.limit < 0:
            raise ValueError(f"{self.name}：下限不得高于 0，上限不得低于 0")
        points = [level.points for level in self.levels.agree] + [self.levels.otherwise] if self.levels else []
        points += [ring.points for ring in self.rings.within] if self.rings else []
        if points and (max(points) > self.limit or min(points) < self.floor or points != sorted(points, reverse=True)):
            raise ValueError(f"{self.name}：各档分数应从高到低，并在上下限之间")
        if self.rings and [r.distance for r in self.rings.within] != sorted({r.distance for r in self.rings.within}):
            raise ValueError(f"{self.name}：距离应从近到远")
        return self


KINDS = ("levels", "ramp", "rings", "flags", "overlap", "value")


class Tie(_Strict):
    """Who comes first among equal scores: by a column of the rows shown, then the lower number. `text` is what the public reads."""

    column: str
    first: Literal["high", "low"]
    text: str


class Table(_Strict):
    """A whole table. `offer`, `wish` and `context` name every column with what it holds; nothing else can be used."""

    id: str
    title: str
    offer: dict[str, str]
    wish: dict[str, str]
    context: dict[str, str] = Field(default_factory=dict)
    group: Group
    area: Area
    filters: list[Filter] = Field(max_length=40)
    parts: list[Part] = Field(min_length=1)
    offers_tie: Tie | None = None
    wishes_tie: Tie | None = None

    def tie(self, side: Side) -> Tie | None:
        """The tie rule among rows of a side."""
        return self.offers_tie if side == "offer" else self.wishes_tie

    def columns(self, side: Side) -> list[str]:
        """Names of the columns of a side, in the order of the table."""
        return list(self.offer if side == "offer" else self.wish)

    def codes(self, side: Side) -> set[str]:
        """Columns of a side that hold codes: 0 is unknown, below 0 nothing."""
        found = set()
        for part in self.parts:
            if part.levels or part.overlap:
                found |= {name_of(operand) for operand in part.operands if side_of(operand) == side}
        return found

    def code_sets(self, side: Side) -> list[list[str]]:
        """Columns of a side that hold one set of codes together, in which none is repeated."""
        return [getattr(part.overlap, side) for part in self.parts if part.overlap]

    @property
    def filter_names(self) -> list[str]:
        """Every filter in the order in which they are counted: group, area, then the others."""
        return [self.group.name, self.area.name, *(one.name for one in self.filters)]

    def filter(self, name: str) -> Filter | Group | Area:
        """The filter of that name; KeyError when there is none."""
        return {one.name: one for one in (self.group, self.area, *self.filters)}[name]

    def operands(self) -> Iterator[str | int]:
        for one in (*self.filters, *self.parts):
            yield from one.operands

    @model_validator(mode="after")
    def _whole(self) -> Table:
        if faults := [*_doubled(self), *_unknown(self), *_one_sided(self), *_too_much(self)]:
            raise ValueError("；".join(faults))
        return self


def _doubled(table: Table) -> Iterator[str]:
    for names, what in ((table.filter_names, "条件"), ([part.name for part in table.parts], "分项")):
        yield from (f"{what} {name} 写了两次" for name in sorted({name for name in names if names.count(name) > 1}))


def _unknown(table: Table) -> Iterator[str]:
    """Operands whose column the table does not declare, and numbers no column can hold."""
    known = {"offer": table.offer, "wish": table.wish, "context": table.context}
    for operand in table.operands():
        if isinstance(operand, int):
            if not LOWEST <= operand <= HIGHEST:
                yield f"数 {operand} 超出 ±32767"
        elif name_of(operand) not in known.get(side_of(operand), {}):
            yield f"{operand} 没有在 offer、wish 或 context 里写明"
    for side in ("offer", "wish"):
        tie = table.tie(side)
        if tie and tie.column not in table.columns(side):
            yield f"并列次序的列 {tie.column} 没有在 {side} 里写明"


def _one_sided(table: Table) -> Iterator[str]:
    """Pairs of operands that the engine cannot ask from both sides."""
    for one in table.filters:
        for condition in one.all:
            sides = {side_of(operand) for operand in condition.operands}
            if len(sides) == 1 or not sides & {"offer", "wish"}:
                yield f"条件 {one.name} 的一个比较没有用到两方，或者用了同一方两次"
    for part in table.parts:
        rule = getattr(part, part.kind)
        if part.kind in ("levels", "rings", "flags"):
            pairs = [(one.this, one.that) for one in rule.agree] if part.levels else [(rule.this, rule.that)]
            flat = [(_only_side(this), _only_side(that)) for this, that in pairs]
            if any({this, that} != {"offer", "wish"} for this, that in flat):
                yield f"分项 {part.name} 必须一边是 offer，一边是 wish"
        elif part.kind == "ramp":
            sides = {side_of(rule.this), side_of(rule.that)}
            if len(sides) == 1 or not sides & {"offer", "wish"}:
                yield f"分项 {part.name} 没有用到两方，或者用了同一方两次"
        elif part.kind == "value" and side_of(rule.this) not in ("offer", "wish"):
            yield f"分项 {part.name} 必须取自 offer 或 wish"


def _only_side(operand: str | tuple[str, str]) -> str:
    sides = {side_of(one) for one in ((operand,) if isinstance(operand, str) else operand)}
    return sides.pop() if len(sides) == 1 else "mixed"


def _too_much(table: Table) -> Iterator[str]:
    top, bottom = sum(part.limit for part in table.parts), sum(part.floor for part in table.parts)
    if top > MOST_POINTS or bottom < -MOST_POINTS:
        yield f"各分项合计 {bottom} 至 {top} 分，超出 ±{MOST_POINTS}"


def load(path: Path, *, refused: Collection[str] = ()) -> Table:
    """The table of a file. `refused`: words that no name or label may hold (attributes that must never count).

    TableError tells what is wrong in Chinese.
    """
    try:
        table = Table.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise TableError(f"{path.name} 读不出来：{error}") from error
    except ValidationError as error:
        faults = "；".join(
            f"{'.'.join(map(str, one['loc'])) or '整表'}：{one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        )
        raise TableError(f"{path.name} 不对：{faults}") from error
    if found := refusals(table, refused):
        raise TableError(f"{path.name} 用了不得影响匹配的内容：{'、'.join(found)}。")
    return table


def refusals(table: Table, words: Collection[str]) -> list[str]:
    """Names and labels of the table that hold one of the words; filters that name the law they follow (`source`) are exempt."""
    lawful = {name_of(o) for one in table.filters if one.source for o in one.operands}
    lawful -= {name_of(o) for one in table.filters if not one.source for o in one.operands}
    lawful -= {name_of(o) for part in table.parts for o in part.operands}
    texts = {
        f"{name} {label}"
        for side in (table.offer, table.wish, table.context)
        for name, label in side.items()
        if name not in lawful
    }
    texts |= {f"{one.name} {one.label}" for one in (table.group, table.area, *table.parts)}
    texts |= {f"{one.name} {one.label}" for one in table.filters if not one.source}
    return sorted(text for text in texts if any(word in text.lower() for word in words))

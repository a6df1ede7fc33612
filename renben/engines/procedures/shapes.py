"""What a drawing of a procedure is made of: shapes with places, lines with way points and words, lanes."""

from __future__ import annotations

from dataclasses import dataclass, field

from renben.engines.procedures.schema import Procedure, Step

GATE = 50
"""Side of a gateway, and of any shape that says nothing else."""
_STANDING = ("StartEvent", "Join", "Wait", "Task", "Gateway", "Split", "EndEvent")
"""The shapes of a step from left to right, by the beginning of their id."""


@dataclass
class Node:
    """`kind`: start, task, catch, exclusive, inclusive, parallel or end. `x, y` is the upper left corner. `of`: its step."""

    id: str
    kind: str
    name: str
    lane: str
    of: str
    w: int = GATE
    h: int = GATE
    step: Step | None = None
    x: int = 0
    y: int = 0

    @property
    def middle(self) -> int:
        return self.y + self.h // 2

    @property
    def centre(self) -> int:
        return self.x + self.w // 2

    @property
    def standing(self) -> int:
        return _STANDING.index(self.id.partition("_")[0])


@dataclass(frozen=True)
class Label:
    """The words of an edge in lines; `x, y` and the text anchor are those of the last line."""

    x: int
    y: int
    anchor: str
    lines: list[str]


@dataclass
class Edge:
    """`label` is missing where the edge has no name or its end says the same. `rounds`: of a step that repeats, how many
    rounds lead here (`< 6`)."""

    id: str
    source: str
    target: str
    name: str = ""
    outcomes: list[str] = field(default_factory=list)
    when: str = ""
    rounds: str = ""
    points: list[tuple[int, int]] = field(default_factory=list)
    label: Label | None = None


@dataclass
class Lane:
    id: str
    name: str
    y: int
    height: int


@dataclass
class Diagram:
    procedure: Procedure
    nodes: dict[str, Node]
    edges: list[Edge]
    lanes: list[Lane]
    width: int
    height: int

    def flows(self, node_id: str) -> tuple[list[Edge], list[Edge]]:
        """`(incoming, outgoing)` edges of a node."""
        return (
            [e for e in self.edges if e.target == node_id],
            [e for e in self.edges if e.source == node_id],
        )

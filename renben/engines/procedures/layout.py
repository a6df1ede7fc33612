"""A procedure as a drawing: lanes by office and post, nodes with places, edges with way points. BPMN and SVG draw the same.

Linear lanes: each step stands one column right of what opens it, branches stand under each other. Edges that go back run
above the row. Every terminal branch has its own end near where it leaves, so that no line crosses a task.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from renben.engines.procedures.schema import Outcome, Procedure, Step
from renben.kernel.roles import Role

TIER_LABELS = {"city": "市", "district": "区", "street": "街镇", "community": "社区（村）"}
HEAD, LANE_HEAD, MARGIN = 30, 30, 40
TASK_W, TASK_H, GATE, EVENT = 132, 76, 50, 36
GAP, LETTER, ABOVE, BELOW, BACK = 30, 13, 34, 20, 14
END_BELOW = 84
"""Room: between shapes, per character of a label, above and under a row, per edge that goes back, for an end under a row."""


@dataclass
class Node:
    """`kind`: start, task, catch, exclusive, inclusive, parallel or end. `x, y` is the upper left corner."""

    id: str
    kind: str
    name: str
    lane: str
    x: int = 0
    y: int = 0
    w: int = GATE
    h: int = GATE
    step: Step | None = None

    @property
    def middle(self) -> int:
        return self.y + self.h // 2

    @property
    def centre(self) -> int:
        return self.x + self.w // 2


@dataclass
class Edge:
    id: str
    source: str
    target: str
    name: str = ""
    outcomes: list[str] = field(default_factory=list)
    when: str = ""
    points: list[tuple[int, int]] = field(default_factory=list)


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


def lane_of(procedure: Procedure, step: Step, posts: bool = True) -> tuple[str, str]:
    """Id and label of the lane: the office's tier and the post that does the step; the tier alone without `posts`."""
    tier, role = step.tier or procedure.tier, step.roles[0]
    if not posts:
        return f"Lane_{tier}", TIER_LABELS[tier]
    return f"Lane_{tier}_{role}", f"{TIER_LABELS[tier]}·{Role(role).label}"


def draw(procedure: Procedure, *, posts: bool = True) -> Diagram:
    """Lay a procedure out. Deterministic: the same definition always gives the same drawing. `posts`: a lane for each post."""
    return _Drawing(procedure, posts).finish()


class _Drawing:
    def __init__(self, procedure: Procedure, posts: bool = True) -> None:
        self.procedure, self.posts = procedure, posts
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self.lane_names: dict[str, str] = {}
        self.places: dict[str, tuple[int, int]] = {}
        for step in procedure.steps:
            lane, label = lane_of(procedure, step, posts)
            self.lane_names.setdefault(lane, label)
        self._place_steps()
        self._lanes()

    def _place_steps(self) -> None:
        """Column = distance from the first step along forward edges; row = next free one in that lane and column."""
        order = {step.key: i for i, step in enumerate(self.procedure.steps)}
        column = {self.procedure.steps[0].key: 0}
        for step in self.procedure.steps:
            column.setdefault(step.key, max(column.values()) + 1)
            for outcome in step.outcomes:
                for target in outcome.to:
                    if order[target] > order[step.key]:
                        column[target] = max(column.get(target, 0), column[step.key] + 1)
        taken: dict[tuple[str, int], int] = defaultdict(int)
        for step in self.procedure.steps:
            lane, _ = lane_of(self.procedure, step, self.posts)
            self.places[step.key] = (column[step.key], taken[lane, column[step.key]])
            taken[lane, column[step.key]] += 1
        self.back = sum(
            order[target] <= order[step.key] for step in self.procedure.steps for o in step.outcomes for target in o.to
        )
        x = MARGIN + HEAD + LANE_HEAD + EVENT + 2 * GAP
        self.column_x: dict[int, int] = {}
        for index in range(max(column.values()) + 1):
            here = [step for step in self.procedure.steps if column[step.key] == index]
            x += max(self._room_before(step) for step in here)
            self.column_x[index] = x
            x += TASK_W + max(self._room_after(step) for step in here) + GAP

    def _room_before(self, step: Step) -> int:
        room = (EVENT + GAP if step.waits_for else 0) + (GATE + GAP if step.join else 0)
        condition = self.procedure.condition(step.when)
        return room + (LETTER * len(condition.text) + GAP if condition else 0)

    def _room_after(self, step: Step) -> int:
        """Width of what follows a task in its column: result gateway, split, labels, the end of a closing outcome."""
        room = GAP
        forked = len({tuple(o.to) or o.code for o in step.outcomes}) > 1
        forward = [o for o in step.outcomes if o.kind == "advance"]
        label = max((LETTER * len(o.label) for o in forward), default=0) + 20
        if forked:
            room += GATE + label
        if any(len(o.to) > 1 for o in forward):
            room += GATE + GAP
        if any(not o.to for o in forward):
            room += EVENT + 2 * GAP
        return room

    def _lanes(self) -> None:
        y = MARGIN
        self.lanes: list[Lane] = []
        self.row_y: dict[tuple[str, int], int] = {}
        for lane, label in self.lane_names.items():
            top = y
            steps = [step for step in self.procedure.steps if lane_of(self.procedure, step, self.posts)[0] == lane]
            for row in range(max(self.places[step.key][1] for step in steps) + 1):
                in_row = [step for step in steps if self.places[step.key][1] == row]
                y += ABOVE + (self.back * BACK if row == 0 else 0)
                self.row_y[lane, row] = y
                ends_below = any(not o.to and o.kind != "advance" for step in in_row for o in step.outcomes)
                y += TASK_H + (END_BELOW if ends_below else BELOW)
            self.lanes.append(Lane(lane, label, top, y - top))
        self.bottom = y
        self.returned = 0

    def _add(self, node: Node) -> Node:
        self.nodes[node.id] = node
        return node

    def _connect(self, source: str, target: str, name: str = "", outcomes=(), when: str = "") -> None:
        for edge in self.edges:
            if (edge.source, edge.target) == (source, target):  # one flow, or a join would wait for a second token
                edge.outcomes += outcomes
                edge.name = "、".join(part for part in (edge.name, name) if part)
                return
        self.edges.append(Edge(f"Flow_{len(self.edges) + 1}", source, target, name, list(outcomes), when))

    def finish(self) -> Diagram:
        first = self.procedure.steps[0]
        for step in self.procedure.steps:
            self._task(step)
        entry = self._entry(first.key)
        task = self.nodes[entry]
        self._add(Node("StartEvent_1", "start", "受理", task.lane, task.x - 80, task.middle - EVENT // 2, EVENT, EVENT))
        self._connect("StartEvent_1", entry)
        for step in self.procedure.steps:
            self._outcomes(step)
        for edge in self.edges:
            edge.points = self._way(edge)
        width = max(node.x + node.w for node in self.nodes.values()) + 40
        return Diagram(self.procedure, self.nodes, self.edges, self.lanes, width, self.bottom + MARGIN)

    def _task(self, step: Step) -> None:
        column, row = self.places[step.key]
        lane, _ = lane_of(self.procedure, step, self.posts)
        x, y = self.column_x[column], self.row_y[lane, row]
        task = self._add(Node(f"Task_{step.key}", "task", step.name, lane, x, y, TASK_W, TASK_H, step))
        if step.waits_for is not None:
            x -= EVENT + GAP
            wait = Node(
                f"Wait_{step.key}", "catch", step.waits_for.reason, lane, x, task.middle - EVENT // 2, EVENT, EVENT
            )
            self._add(wait)
            self._connect(wait.id, task.id)
        if step.join:
            front = f"Wait_{step.key}" if step.waits_for else task.id
            gate = Node(f"Join_{step.key}", "parallel", "都办完后", lane, x - GATE - GAP, task.middle - GATE // 2)
            self._add(gate)
            self._connect(gate.id, front)

    def _entry(self, key: str) -> str:
        """The node an edge into this step arrives at."""
        for prefix in ("Join_", "Wait_"):
            if f"{prefix}{key}" in self.nodes:
                return f"{prefix}{key}"
        return f"Task_{key}"

    def _outcomes(self, step: Step) -> None:
        task = self.nodes[f"Task_{step.key}"]
        ways = {tuple(outcome.to) if outcome.to else outcome.code for outcome in step.outcomes}
        source = task.id
        x = task.x + task.w + GAP
        if len(ways) > 1:
            gate = Node(f"Gateway_{step.key}", "exclusive", f"{step.name}的结果", task.lane, x, task.middle - GATE // 2)
            self._add(gate)
            self._connect(task.id, gate.id)
            source, x = (
                gate.id,
                x + GATE + 20 + LETTER * max(len(o.label) for o in step.outcomes if o.kind == "advance"),
            )
        ends = 0
        for outcome in step.outcomes:
            name = outcome.label if len(ways) > 1 else ""
            codes = [outcome.code] if len(ways) > 1 else []
            if not outcome.to:
                self._end(step, outcome, source, name, codes, ends)
                ends += 1
            elif len(outcome.to) == 1:
                self._connect(source, self._entry(outcome.to[0]), name, codes)
            else:
                self._split(step, outcome, source, x, name, codes)

    def _end(self, step: Step, outcome: Outcome, source: str, name: str, codes: list[str], ends: int) -> None:
        task = self.nodes[f"Task_{step.key}"]
        from_node = self.nodes[source]
        forward = outcome.kind == "advance"
        onward = "、".join(c.procedure for c in outcome.continues_as)
        label = f"转 {onward}" if onward else outcome.label if outcome.kind == "refuse" else "办结"
        room = LETTER * len(name) + 20 if name else GAP
        x = from_node.x + from_node.w + room if forward else from_node.centre - EVENT // 2 + ends * 50
        y = task.middle - EVENT // 2 if forward else task.y + task.h + 28
        node = Node(f"EndEvent_{step.key}_{outcome.code}", "end", label, task.lane, x, y, EVENT, EVENT)
        self._add(node)
        self._connect(source, node.id, name, codes)

    def _split(self, step: Step, outcome: Outcome, source: str, x: int, name: str, codes: list[str]) -> None:
        task = self.nodes[f"Task_{step.key}"]
        conditional = any(self.procedure.step(key).when for key in outcome.to)
        gate = Node(
            f"Split_{step.key}_{outcome.code}",
            "inclusive" if conditional else "parallel",
            "同时开始",
            task.lane,
            x,
            task.middle - GATE // 2,
        )
        self._add(gate)
        self._connect(source, gate.id, name, codes)
        for key in outcome.to:
            condition = self.procedure.condition(self.procedure.step(key).when)
            self._connect(
                gate.id, self._entry(key), condition.text if condition else "", when=self.procedure.step(key).when
            )

    def _way(self, edge: Edge) -> list[tuple[int, int]]:
        a, b = self.nodes[edge.source], self.nodes[edge.target]
        if b.x <= a.x and b.kind != "end":  # back: above the row
            self.returned += 1
            y = min(a.y, b.y) - BELOW - (self.returned - 1) * BACK
            return [(a.centre, a.y), (a.centre, y), (b.centre, y), (b.centre, b.y)]
        if b.kind == "end" and b.y > a.y + a.h:
            return [(a.centre, a.y + a.h), (a.centre, b.middle), (b.x, b.middle)] if b.centre != a.centre else [
                (a.centre, a.y + a.h),
                (b.centre, b.y),
            ]  # fmt: skip
        if a.middle == b.middle:
            return [(a.x + a.w, a.middle), (b.x, b.middle)]
        if a.kind in ("inclusive", "parallel"):
            leave = a.y if b.middle < a.y else a.y + a.h
            return [(a.centre, leave), (a.centre, b.middle), (b.x, b.middle)]
        turn = b.x - 24
        return [(a.x + a.w, a.middle), (turn, a.middle), (turn, b.middle), (b.x, b.middle)]

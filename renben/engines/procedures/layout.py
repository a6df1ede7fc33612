"""A procedure as a drawing: lanes by office and post, nodes with places, edges with way points. BPMN and SVG draw the same.

Each step stands one column right of what opens it, in a band (a row of its lane). Lines have room of their own, so that
none crosses a shape and no two lie on each other: every outcome that goes on or ends leaves its gateway on a line of its
own, one under the other; what goes back or past another step runs on a track above the band; what changes the band does
so in the channel left of its target's column.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import chain, count
from math import ceil

from renben.engines.procedures.schema import Outcome, Procedure, Step
from renben.engines.procedures.shapes import GATE, Diagram, Edge, Label, Lane, Node
from renben.kernel.roles import Role

TIER_LABELS = {"city": "市", "district": "区", "street": "街镇", "community": "社区（村）"}
HEAD, LANE_HEAD, MARGIN = 30, 30, 40
TASK_W, TASK_H, EVENT = 132, 76, 36
GAP, LETTER, ABOVE, BELOW, TRACK, CHANNEL, EXIT = 30, 13, 28, 20, 20, 14, 64
"""Room: between shapes, per character of a label, above and under a band, per track above a band, per line in a channel,
between the lines on which the outcomes of a step leave."""
WRAP = 12
"""Characters per line of a label."""


@dataclass(frozen=True)
class _Over:
    """A way on the track at `level` above a band. It ends on top of its target or goes down the target's `channel`."""

    band: int
    span: tuple[int, int]
    channel: bool
    level: int = 0


def lane_of(procedure: Procedure, step: Step, posts: bool = True) -> tuple[str, str]:
    """Id and label of the lane: the office's tier and the post that does the step; the tier alone without `posts`."""
    tier, role = step.tier or procedure.tier, step.roles[0]
    if not posts:
        return f"Lane_{tier}", TIER_LABELS[tier]
    return f"Lane_{tier}_{role}", f"{TIER_LABELS[tier]}·{Role(role).label}"


def draw(procedure: Procedure, *, posts: bool = True) -> Diagram:
    """Lay a procedure out. Deterministic: the same definition always gives the same drawing. `posts`: a lane for each post."""
    return _Drawing(procedure, posts).finish()


def wrapped(text: str, width: int) -> list[str]:
    lines = [text[i : i + width] for i in range(0, len(text), width)]
    if len(lines) > 1 and lines[-1] in ("》", "）", "。"):  # a closing mark does not stand alone on a line
        lines[-2] += lines.pop()
    return lines


def _label_lines(text: str) -> list[str]:
    """Lines of about the same length."""
    return wrapped(text, ceil(len(text) / ceil(len(text) / WRAP)))


def _wide(text: str) -> int:
    return sum(LETTER if ord(letter) > 127 else LETTER // 2 + 1 for letter in text)


def _label_room(text: str) -> int:
    return max(map(_wide, _label_lines(text))) + 20 if text else 0


class _Drawing:
    """First what is drawn and which way each edge takes, then heights, then widths, then the points of the edges."""

    def __init__(self, procedure: Procedure, posts: bool = True) -> None:
        self.procedure = procedure
        self.lane = {step.key: lane_of(procedure, step, posts) for step in procedure.steps}
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self.places: dict[str, tuple[int, int]] = {}
        self.over: dict[str, _Over] = {}
        self.exits: dict[str, int] = {}
        self.channels: dict[int, list[str]] = defaultdict(list)

    def finish(self) -> Diagram:
        for step in self.procedure.steps:
            self._task(step)
        first = self.procedure.steps[0].key
        self._add("StartEvent_1", "start", "受理", first, EVENT)
        self._connect("StartEvent_1", self._entry(first))
        for step in self.procedure.steps:
            self._outcomes(step)
        self._place_steps()
        self._choose_ways()
        lanes = self._heights()
        self._use_channels()
        width = self._widths()
        for edge in self.edges:
            self._draw_edge(edge)
        return Diagram(self.procedure, self.nodes, self.edges, lanes, width, lanes[-1].y + lanes[-1].height + MARGIN)

    # What is drawn

    def _add(self, id: str, kind: str, name: str, of: str, size: int = GATE) -> Node:
        self.nodes[id] = Node(id, kind, name, self.lane[of][0], of, size, size)
        return self.nodes[id]

    def _connect(self, source: str, target: str, name: str = "", outcomes=(), when: str = "", rounds: str = "") -> None:
        for edge in self.edges:
            if (edge.source, edge.target) == (source, target):  # one flow, or a join would wait for a second token
                edge.outcomes += outcomes
                edge.name = "、".join(part for part in (edge.name, name) if part)
                return
        self.edges.append(Edge(f"Flow_{len(self.edges) + 1}", source, target, name, list(outcomes), when, rounds))

    def _task(self, step: Step) -> None:
        task = self._add(f"Task_{step.key}", "task", step.name, step.key)
        task.w, task.h, task.step = TASK_W, TASK_H, step
        front = task.id
        if step.waits_for is not None:
            front = self._add(f"Wait_{step.key}", "catch", step.waits_for.reason, step.key, EVENT).id
            self._connect(front, task.id)
        if step.join:
            gate = self._add(f"Join_{step.key}", "parallel", "都办完后", step.key)
            self._connect(gate.id, front)

    def _entry(self, key: str) -> str:
        """The node an edge into this step arrives at."""
        for prefix in ("Join_", "Wait_"):
            if f"{prefix}{key}" in self.nodes:
                return f"{prefix}{key}"
        return f"Task_{key}"

    def _outcomes(self, step: Step) -> None:
        source = f"Task_{step.key}"
        ways = {tuple(outcome.to) if outcome.to else outcome.code for outcome in step.outcomes}
        forked = len(ways) > 1 or step.repeats
        if forked:
            gate = self._add(f"Gateway_{step.key}", "exclusive", f"{step.name}的结果", step.key)
            self._connect(source, gate.id)
            source = gate.id
        for outcome in step.outcomes:
            name, codes = (outcome.label, [outcome.code]) if forked else ("", [])
            if outcome.kind == "again" and self._again(step, outcome, source):
                continue
            if not outcome.to:
                self._connect(source, self._end(step, outcome).id, name, codes)
            elif len(outcome.to) == 1:
                self._connect(source, self._entry(outcome.to[0]), name, codes)
            else:
                self._split(step, outcome, source, name, codes)

    def _again(self, step: Step, outcome: Outcome, source: str) -> bool:
        """The ways of an outcome that opens its step anew: back to the step, and on once that ends. False when the way on is
        drawn like that of any other outcome."""
        codes, own = [outcome.code], self._entry(step.key)
        for key in outcome.beside:
            self._connect(source, self._entry(key), outcome.label, codes)
        standard = step.standard(outcome.until)
        if standard is not None:
            self._connect(source, own, f"{outcome.label}，未满{standard.value}次", codes, rounds=f"< {standard.value}")
            on, target = f"满{standard.value}次", outcome.to[0] if outcome.to else ""
            end = self._entry(target) if target else self._end(step, outcome).id
            self._connect(source, end, on, codes, rounds=f">= {standard.value}")
        elif outcome.only_while:
            condition = self.procedure.condition(outcome.only_while)
            self._connect(source, own, condition.text if condition else outcome.label, codes)
            return False
        else:
            self._connect(source, own, outcome.label, codes)
        return True

    def _end(self, step: Step, outcome: Outcome) -> Node:
        onward = "、".join(c.procedure for c in outcome.continues_as)
        label = f"转 {onward}" if onward else outcome.label if outcome.kind == "refuse" else "办结"
        return self._add(f"EndEvent_{step.key}_{outcome.code}", "end", label, step.key, EVENT)

    def _split(self, step: Step, outcome: Outcome, source: str, name: str, codes: list[str]) -> None:
        conditional = any(self.procedure.step(key).when for key in outcome.to)
        kind = "inclusive" if conditional else "parallel"
        gate = self._add(f"Split_{step.key}_{outcome.code}", kind, "同时开始", step.key)
        self._connect(source, gate.id, name, codes)
        for key in outcome.to:
            condition = self.procedure.condition(self.procedure.step(key).when)
            self._connect(
                gate.id, self._entry(key), condition.text if condition else "", when=self.procedure.step(key).when
            )

    # Where it stands

    def _place_steps(self) -> None:
        """Column = distance from the first step along forward edges; band = the row of what opens it if that is free in
        this lane and column, otherwise the next free one."""
        order = {step.key: i for i, step in enumerate(self.procedure.steps)}
        column = {self.procedure.steps[0].key: 0}
        opened_by: dict[str, str] = {}
        for step in self.procedure.steps:
            column.setdefault(step.key, max(column.values()) + 1)
            for target in (target for outcome in step.outcomes for target in outcome.to):
                if order[target] > order[step.key]:
                    column[target] = max(column.get(target, 0), column[step.key] + 1)
                    if self.lane[target] == self.lane[step.key]:
                        opened_by.setdefault(target, step.key)
        row: dict[str, int] = {}
        taken: set[tuple[tuple[str, str], int, int]] = set()
        for key in order:
            start = row[opened_by[key]] if key in opened_by else 0
            free = (r for r in chain((start,), count()) if (self.lane[key], column[key], r) not in taken)
            row[key] = next(free)
            taken.add((self.lane[key], column[key], row[key]))
        lanes = list(dict.fromkeys(self.lane.values()))
        self.bands = sorted({(lanes.index(self.lane[key]), row[key]) for key in order})
        for key in order:
            self.places[key] = (column[key], self.bands.index((lanes.index(self.lane[key]), row[key])))

    def _clear(self, columns: range, bands: range) -> bool:
        return not any(column in columns and band in bands for column, band in self.places.values())

    def _within(self, edge: Edge) -> bool:
        """Between two shapes of one step, from left to right."""
        a, b = self.nodes[edge.source], self.nodes[edge.target]
        return a.of == b.of and a.standing < b.standing

    def _choose_ways(self) -> None:
        """Straight on where nothing stands in the way; otherwise over the band, short ways nearest to it."""
        for edge in self.edges:
            if self._within(edge):
                continue
            column, band = self.places[self.nodes[edge.source].of]
            to_column, to_band = self.places[self.nodes[edge.target].of]
            if column < to_column and self._clear(range(column + 1, to_column), range(band, band + 1)):
                continue
            back_up = to_column <= column and self._clear(range(column, column + 1), range(to_band, band))
            on_top = to_column <= column and (to_band == band or (to_band < band and back_up))
            start, stop = 2 * column + 1, 2 * to_column + on_top
            self.over[edge.id] = _Over(to_band if on_top else band, (min(start, stop), max(start, stop)), not on_top)
        used: set[tuple[int, int, int]] = set()
        for id, over in sorted(self.over.items(), key=lambda item: item[1].span[1] - item[1].span[0]):
            stretch = range(over.span[0], over.span[1] + 1)
            level = next(n for n in count() if not any((over.band, n, place) in used for place in stretch))
            used |= {(over.band, n, place) for n in range(level + 1) for place in stretch}
            self.over[id] = replace(over, level=level)
        for node in self.nodes.values():
            leaving = [e for e in self.edges if e.source == node.id and e.id not in self.over]
            if node.kind == "exclusive":
                leaving.sort(key=self._rank)
                self.exits |= {edge.id: i for i, edge in enumerate(leaving)}

    def _rank(self, edge: Edge) -> int:
        """Outcomes that go on leave above those that end; an end that says it all comes last."""
        target = self.nodes[edge.target]
        return (1 + (target.name == edge.name)) if target.kind == "end" else 0

    def _words(self, edge: Edge) -> str:
        """What stands at the edge; nothing where its end says the same."""
        target = self.nodes[edge.target]
        return "" if target.kind == "end" and target.name == edge.name else edge.name

    def _is_below(self, edge: Edge) -> bool:
        """Whether the end stands right under its gateway: it carries its label itself and no other outcome is under it."""
        last = max((self.exits[e.id] for e in self.edges if e.source == edge.source and e.id in self.exits), default=0)
        return self._rank(edge) == 2 and 0 < self.exits.get(edge.id, 0) == last

    # How much room it takes

    def _heights(self) -> list[Lane]:
        levels: dict[int, int] = defaultdict(int)
        for over in self.over.values():
            levels[over.band] = max(levels[over.band], over.level + 1)
        last: dict[int, int] = defaultdict(int)
        for edge in self.edges:
            band = self.places[self.nodes[edge.source].of][1]
            last[band] = max(last[band], self.exits.get(edge.id, 0))
        self.middles: list[int] = []
        lanes: list[Lane] = []
        y = MARGIN
        for index, (id, name) in enumerate(dict.fromkeys(self.lane.values())):
            top = y
            for band in (band for band, (lane, _) in enumerate(self.bands) if lane == index):
                self.middles.append(y + ABOVE + levels[band] * TRACK + TASK_H // 2)
                y = self.middles[band] + max(TASK_H // 2 + BELOW, last[band] * EXIT + EVENT // 2 + BELOW + 8)
            y = max(y, top + _wide(name) + BELOW)
            lanes.append(Lane(id, name, top, y - top))
        exit_of = {edge.target: self.exits.get(edge.id, 0) for edge in self.edges if self._within(edge)}
        for node in self.nodes.values():
            node.y = self.middles[self.places[node.of][1]] + exit_of.get(node.id, 0) * EXIT - node.h // 2
        return lanes

    def _line(self, edge: Edge) -> int:
        """The height on which an edge leaves."""
        if over := self.over.get(edge.id):
            return self.middles[over.band] - TASK_H // 2 - 18 - over.level * TRACK
        return self.nodes[edge.source].middle + self.exits.get(edge.id, 0) * EXIT

    def _bundle(self, edge: Edge) -> str:
        """The edges of one split share their line in a channel."""
        return edge.source if self.nodes[edge.source].kind in ("inclusive", "parallel") else edge.id

    def _use_channels(self) -> None:
        """What turns up or down into a column, from left to right so that few lines cross and none lie on each other."""
        turning: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            over = self.over.get(edge.id)
            turns = over.channel if over else self._line(edge) != self.nodes[edge.target].middle
            if turns and not self._within(edge):
                turning[self.places[self.nodes[edge.target].of][0]].append(edge)
        for column, edges in turning.items():
            arriving = {self.nodes[edge.target].middle for edge in edges}

            def turn(edge: Edge, column: int = column, arriving: set[int] = arriving) -> tuple[bool, bool, bool, int]:
                start, stop = self._line(edge), self.nodes[edge.target].middle
                from_right = self.places[self.nodes[edge.source].of][0] >= column
                return start not in arriving, from_right, start > stop, start if start > stop else -start

            self.channels[column] = list(dict.fromkeys(self._bundle(edge) for edge in sorted(edges, key=turn)))

    def _widths(self) -> int:
        """Columns from left to right: the channel, what stands before the tasks, the tasks, what follows them."""
        x = MARGIN + HEAD + LANE_HEAD + GAP
        start = self.nodes["StartEvent_1"]
        start.x = x
        x += EVENT
        self.channel_x: dict[tuple[int, str], int] = {}
        for column in range(max(column for column, _ in self.places.values()) + 1):
            x += 20
            for line in self.channels[column]:
                self.channel_x[column, line] = x
                x += CHANNEL
            here = [key for key, place in self.places.items() if place[0] == column]
            x += 20 + max(self._room_before(key) for key in here)
            x = max(self._stand(key, x) for key in here)
        return x + GAP

    def _room_before(self, key: str) -> int:
        fronts = sum(self.nodes[id].w + GAP for id in (f"Join_{key}", f"Wait_{key}") if id in self.nodes)
        return fronts + max(_label_room(e.name if e.when else "") for e in self.edges if e.target == self._entry(key))

    def _stand(self, key: str, x: int) -> int:
        """Put the shapes of a step beside its task at `x`; where they and their labels end."""
        task = self.nodes[f"Task_{key}"]
        task.x = x
        for id in (f"Wait_{key}", f"Join_{key}"):
            if front := self.nodes.get(id):
                x -= front.w + GAP
                front.x = x
        right = task.x + TASK_W
        rooms = [0]  # ends stand under each other, right of all labels
        rooms += [
            _label_room(self._words(e)) for e in self.edges if e.source == f"Gateway_{key}" and e.id in self.exits
        ]
        for edge in self.edges:
            a, b = self.nodes[edge.source], self.nodes[edge.target]
            if a.of != key or a.standing < task.standing or edge.id in self.over:
                continue
            if self._within(edge):
                spill = max((_wide(b.name) - b.w) // 2, 0) if b.kind == "end" and not self._is_below(edge) else 0
                room = max(*rooms, spill, GAP) if b.kind == "end" else _label_room(edge.name) or GAP
                b.x = a.centre - b.w // 2 if self._is_below(edge) else a.x + a.w + room
                right = max(right, b.x + b.w + spill)
            else:
                right = max(right, a.x + a.w + (_label_room(edge.name) if edge.id in self.exits else 0))
        return right

    # The lines

    def _draw_edge(self, edge: Edge) -> None:
        a, b, over = self.nodes[edge.source], self.nodes[edge.target], self.over.get(edge.id)
        y = self._line(edge)
        if self._is_below(edge):
            edge.points = [(a.centre, a.y + a.h), (b.centre, b.y)]
            return
        if over:
            x = a.x + a.w - GAP if a.kind == "task" else a.centre  # what comes back to a task arrives at its centre
            edge.points = [(x, a.y), (x, y)]
        elif y == a.middle:
            edge.points = [(a.x + a.w, y)]
        else:
            edge.points = [(a.centre, a.y + a.h), (a.centre, y)]
        if over and not over.channel:
            edge.points += [(b.centre, y), (b.centre, b.y)]
        else:
            if y != b.middle:
                x = self.channel_x[self.places[b.of][0], self._bundle(edge)]
                edge.points += [(x, y), (x, b.middle)]
            edge.points.append((b.x, b.middle))
        if words := self._words(edge):
            edge.label = self._label(edge, words)

    def _label(self, edge: Edge, words: str) -> Label:
        """Conditions stand before their target, outcomes behind their gateway; over a band there is room for one line."""
        a, b, y = self.nodes[edge.source], self.nodes[edge.target], self._line(edge)
        if edge.when:
            return Label(b.x - 10, b.middle - 6, "end", _label_lines(words))
        if edge.id in self.over:
            x = edge.points[0][0]
            onward = edge.points[2][0] > x
            return Label(x + 6 if onward else x - 6, y - 5, "start" if onward else "end", [words])
        return Label(a.x + a.w + 4 if y == a.middle else a.centre + 8, y - 6, "start", _label_lines(words))

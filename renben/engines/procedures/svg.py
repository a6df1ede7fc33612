"""The picture of a procedure for the case page: server-side SVG, no script, no style attribute, prints as it is.

Colours are presentation attributes (a strict content policy forbids inline styles) and every state also has a word, so
that nobody has to see colours. Each shape carries a `<title>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from renben.engines.procedures.layout import HEAD, LANE_HEAD, MARGIN, draw, wrapped
from renben.engines.procedures.schema import Procedure
from renben.engines.procedures.shapes import Diagram, Edge, Node

INK, SECONDARY, LINE, PAGE = "#1d2733", "#4a5868", "#dbe1e8", "#ffffff"
_LOOKS = {
    "": (PAGE, SECONDARY, ""),
    "done": ("#e2f3ea", "#0d5738", "✓ 已办"),
    "ready": ("#e3eefa", "#0b57a4", "● 正在办"),
    "paused": ("#e9edf1", "#3d4a59", "‖ 暂停"),
    "waiting": ("#e9edf1", "#3d4a59", "… 等待"),
    "returned": ("#fff0c2", "#6b4700", "↩ 已退回"),
    "skipped": ("#f3f5f8", "#4a5868", "－ 不需办理"),
    "cancelled": ("#f3f5f8", "#4a5868", "× 终止"),
}


def to_svg(
    procedure: Procedure, states: Mapping[str, str] | None = None, *, element_id: str = "procedure", posts: bool = True
) -> str:
    """The picture as an `<svg>` element. `states`: step key → state of its latest round; empty for the bare procedure.
    `posts`: lanes name the posts, as staff see it; without, only the tier of the office."""
    states = states or {}
    diagram = draw(procedure, posts=posts)
    now = "、".join(s.name for s in procedure.steps if states.get(s.key) in ("ready", "paused"))
    title = f"{procedure.title}流程图" + (f"，正在办：{now}" if now else "")
    width, height = diagram.width + 10, diagram.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="procedure-picture" role="img" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" aria-labelledby="{element_id}-title" font-family="sans-serif">',
        f'<title id="{element_id}-title">{escape(title)}</title>',
        f'<defs><marker id="{element_id}-tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7"'
        f' orient="auto"><path d="M0 0L10 5L0 10z" fill="{SECONDARY}"/></marker></defs>',
        *_lanes(diagram),
        *(_line(edge, element_id) for edge in diagram.edges),
        *(_label(edge) for edge in diagram.edges),
        *(_node(node, states) for node in diagram.nodes.values()),
        "</svg>",
    ]
    return "\n".join(parts)


def _text(x: int, y: int, text: str, size: int = 13, fill: str = INK, more: str = ' text-anchor="middle"') -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}"{more}>{escape(text)}</text>'


def _lanes(diagram: Diagram) -> list[str]:
    parts = []
    width = diagram.width - MARGIN
    height = sum(lane.height for lane in diagram.lanes)
    parts.append(f'<rect x="{MARGIN}" y="{MARGIN}" width="{width}" height="{height}" fill="{PAGE}" stroke="{LINE}"/>')
    middle = MARGIN + height // 2
    turned = f' text-anchor="middle" transform="rotate(-90 {MARGIN + 19} {middle})"'
    parts.append(_text(MARGIN + 19, middle, diagram.procedure.id, 13, SECONDARY, turned))
    for lane in diagram.lanes:
        x, centre = MARGIN + HEAD, lane.y + lane.height // 2
        parts.append(
            f'<g class="lane"><title>{escape(lane.name)}</title><rect x="{x}" y="{lane.y}" width="{width - HEAD}"'
            f' height="{lane.height}" fill="none" stroke="{LINE}"/><rect x="{x}" y="{lane.y}" width="{LANE_HEAD}"'
            f' height="{lane.height}" fill="#f3f5f8" stroke="{LINE}"/>'
            + _text(
                x + 20, centre, lane.name, 13, INK, f' text-anchor="middle" transform="rotate(-90 {x + 20} {centre})"'
            )
            + "</g>"
        )
    return parts


def _line(edge: Edge, element_id: str) -> str:
    points = " ".join(f"{x},{y}" for x, y in edge.points)
    return (
        f'<polyline class="flow" points="{points}" fill="none" stroke="{SECONDARY}" stroke-width="1.3"'
        f' marker-end="url(#{element_id}-tip)"/>'
    )


def _label(edge: Edge) -> str:
    """The words at a line, on a white edge so that lines behind them do not disturb."""
    if (label := edge.label) is None:
        return ""
    more = f' text-anchor="{label.anchor}" stroke="{PAGE}" stroke-width="4" paint-order="stroke"'
    first = label.y - 15 * (len(label.lines) - 1)
    return "".join(_text(label.x, first + 15 * i, line, 12, SECONDARY, more) for i, line in enumerate(label.lines))


def _node(node: Node, states: Mapping[str, str]) -> str:
    if node.kind == "task":
        return _task(node, states.get(node.step.key, "") if node.step else "")
    x, y = node.centre, node.middle
    if node.kind in ("start", "end", "catch"):
        stroke = {"start": 1.5, "end": 3, "catch": 1.5}[node.kind]
        inner = f'<circle cx="{x}" cy="{y}" r="13" fill="none" stroke="{SECONDARY}"/>' if node.kind == "catch" else ""
        name = "等上一级" if node.kind == "catch" else node.name
        return (
            f'<g class="node-{node.kind}"><title>{escape(node.name)}</title>'
            f'<circle cx="{x}" cy="{y}" r="{node.w // 2}" fill="{PAGE}" stroke="{SECONDARY}" stroke-width="{stroke}"/>'
            + inner
            + _text(x, node.y + node.h + 16, name, 12, SECONDARY)
            + "</g>"
        )
    mark = {"exclusive": "×", "parallel": "＋", "inclusive": "○"}[node.kind]
    corners = f"{x},{node.y} {node.x + node.w},{y} {x},{node.y + node.h} {node.x},{y}"
    return (
        f'<g class="node-gateway"><title>{escape(node.name)}</title>'
        f'<polygon points="{corners}" fill="{PAGE}" stroke="{SECONDARY}"/>'
        + _text(x, y + 6, mark, 17, SECONDARY)
        + "</g>"
    )


def _task(node: Node, state: str) -> str:
    fill, stroke, word = _LOOKS.get(state, _LOOKS[""])
    lines = wrapped(node.name, 9)
    height = 18 * len(lines) + (16 if word else 0)
    y = node.middle - height // 2 + 13
    texts = [_text(node.centre, y + 18 * i, line, 14) for i, line in enumerate(lines)]
    if word:
        texts.append(_text(node.centre, y + 18 * len(lines), word, 12, stroke))
    title = f"{node.name}（{word[2:]}）" if word else node.name
    wide = 2.5 if state in ("ready", "paused") else 1.3
    return (
        f'<g class="node-task is-{state or "ahead"}"><title>{escape(title)}</title>'
        f'<rect x="{node.x}" y="{node.y}" width="{node.w}" height="{node.h}" rx="8" fill="{fill}" stroke="{stroke}"'
        f' stroke-width="{wide}"/>' + "".join(texts) + "</g>"
    )

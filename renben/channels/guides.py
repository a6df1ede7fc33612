"""A procedure told to whoever asks: papers of all steps, limits with what they mean, in words. Used by staff and public pages."""

from __future__ import annotations

from dataclasses import dataclass

from renben.engines.procedures.edits import length_text
from renben.engines.procedures.schema import Deadline, Evidence, Procedure

KINDS = {
    "case": "个人和单位办件",
    "cycle": "按期工作",
    "campaign": "专项活动",
    "desk": "窗口服务",
    "monitoring": "监测",
    "facility": "设施",
    "publication": "信息发布",
}
SCOPES = {"person": "群众或单位的时限", "office": "机构的时限", "batch": "整批的时限"}


@dataclass(frozen=True)
class LimitLine:
    """A limit as the regulation says it, what it means here, and whose it is."""

    text: str
    meaning: str
    whose: str
    decision: str


def limit_line(limit: Deadline, procedure: Procedure) -> LimitLine:
    """What stands under a limit: for whom, from when it counts, how long, and for a soft word the length this agency has set."""
    condition = procedure.condition(limit.when) if limit.when else None
    whom = limit.holds_for or (condition.text if condition is not None else "")
    parts = [f"只对“{whom}”"] if whom else []
    if limit.counts_from:
        parts.append(f"从“{limit.counts_from}”起算")
    if limit.before:
        parts.append(f"在“{limit.before}”以前")
    if limit.soft:
        parts.append(f"“{limit.soft_word}”{_soft(limit)}")
    elif limit.n is not None and length_text(limit.n, limit.unit) not in limit.text:
        parts.append(f"按{_length(limit.n, limit.unit)}计")
    if limit.standing:
        parts.append(limit.standing)
    return LimitLine(limit.text, "，".join(parts), SCOPES[limit.scope], limit.decision)


def _soft(limit: Deadline) -> str:
    return "不设期限" if limit.soft_n is None else f"按{_length(limit.soft_n, limit.soft_unit)}执行"


def _length(n: int, unit: str | None) -> str:
    return "当个工作日" if (n, unit) == (0, "working_day") else "当天" if n == 0 else length_text(n, unit)


def papers(procedure: Procedure) -> list[Evidence]:
    """The papers of all steps, each named once."""
    found: dict[str, Evidence] = {}
    for step in procedure.steps:
        for piece in step.evidence:
            found.setdefault(piece.name, piece)
    return list(found.values())


def condition_text(procedure: Procedure, piece: Evidence) -> str:
    """When a paper is needed, in the words of the condition that decides it; empty for one that everybody brings."""
    if piece.when is None:
        return ""
    named = procedure.condition(piece.when.code)
    return named.text if named else piece.when.text


def paper_lines(procedure: Procedure) -> list[dict]:
    """`name, copies, when` of every paper, as pages show it."""
    return [
        {"name": piece.name, "copies": piece.copies, "when": condition_text(procedure, piece)}
        for piece in papers(procedure)
    ]


def matches(procedure: Procedure, text: str) -> bool:
    """Whether a search finds it: by number, or by any word of title, purpose, steps, papers, forms and ledgers."""
    wanted = text.strip().lower()
    if not wanted or procedure.id.lower().startswith(wanted):
        return True
    words = [procedure.title, procedure.purpose, *(step.name for step in procedure.steps)]
    words += [name for step in procedure.steps for name in (*step.forms, *step.ledgers)]
    words += [piece.name for piece in papers(procedure)]
    return any(wanted in word.lower() for word in words)

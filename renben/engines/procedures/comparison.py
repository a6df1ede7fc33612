"""Compares the catalogue with a requirement inventory, by id and by fact: what is missing, what is extra, what was decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renben.engines.procedures.catalogue import read_yaml
from renben.engines.procedures.schema import Deadline, Procedure, Step

INVENTORY_FILES = ("district.yaml", "street.yaml", "community.yaml")


@dataclass
class Comparison:
    """`missing` and `extra`: `{id, kind, what}`; `decided`: `{id, what, decision}`."""

    missing: list[dict[str, str]] = field(default_factory=list)
    extra: list[dict[str, str]] = field(default_factory=list)
    decided: list[dict[str, str]] = field(default_factory=list)


def read_inventory(spec_dir: Path) -> dict[str, dict]:
    """Procedures of the inventory by id. ValueError when the folder holds none."""
    found: dict[str, dict] = {}
    for name in INVENTORY_FILES:
        path = spec_dir / name
        if path.exists():
            found |= {item["id"]: item for item in read_yaml(path)}
    if not found:
        raise ValueError(f"{spec_dir} 中没有工作项清单")
    return found


def _list(value: Any) -> list:
    return [] if value is None else value if isinstance(value, list) else [value]


def _limit(entry: dict) -> str:
    """The facts of a limit as one comparable text: rule, length, calendar, and the events it counts from."""
    calendar = entry.get("calendar") or {}
    parts = [
        entry["rule"],
        f"{entry['n']} {entry['unit']}" if entry.get("n") is not None else "",
        " ".join(str(calendar[key]) for key in ("period", "offset", "position") if calendar.get(key)),
        f"after {entry['after']}" if entry.get("after") else "",
        f"before {entry['before']}" if entry.get("before") else "",
        f"for {entry['for']}" if entry.get("for") else "",
    ]
    return " | ".join(part for part in parts if part)


def _own_limit(limit: Deadline) -> str:
    return _limit(
        {
            "rule": limit.rule,
            "n": limit.n,
            "unit": limit.unit,
            "calendar": limit.calendar.model_dump() if limit.calendar else None,
            "after": limit.counts_from,
            "before": limit.before,
            "for": limit.holds_for,
        }
    )


def _number(entry: dict) -> str:
    """A threshold's facts: operator, value, unit. What it is called may be said in other words."""
    value = entry["value"]
    shown = "–".join(str(v) for v in value) if isinstance(value, list) else value
    return f"{entry['op']} {shown} {entry.get('unit', '')}".strip()


def _paper(name: str, copies: int, conditional: bool, item_no: Any) -> str:
    text = name if copies == 1 else f"{name} ×{copies}"
    return text + (f" #{item_no}" if item_no else "") + (" (有条件)" if conditional else "")


def _facts_of_inventory(step: dict) -> dict[str, list[str]]:
    return {
        "deadline": [_limit(d) for d in _list(step.get("deadline"))],
        "evidence": [
            _paper(e["name"], e.get("copies", 1), bool(e.get("when")), e.get("item_no"))
            for e in step.get("evidence", [])
        ],
        "form": list(step.get("forms", [])),
        "ledger": list(step.get("ledgers", [])),
        "threshold": [_number(t) for t in _list(step.get("threshold"))],
        "system": list(step.get("systems", [])),
        "channel": list(step.get("channels", [])),
    }


def _facts_of_step(step: Step, wanted: list[dict]) -> dict[str, list[str]]:
    # A piece that the text lists without a condition may get one here (it belongs to a group of which one is needed).
    unconditional = {e["name"] for e in wanted if not e.get("when")}
    return {
        "deadline": [_own_limit(d) for d in step.deadlines],
        "evidence": [
            _paper(
                e.name, e.copies, bool(e.when and e.when.text) and not (e.group and e.name in unconditional), e.item_no
            )
            for e in step.evidence
        ],
        "form": step.forms,
        "ledger": step.ledgers,
        "threshold": [_number(t.model_dump()) for t in step.thresholds],
        "system": step.systems,
        "channel": step.channels,
    }


def _told(step: dict) -> dict[str, int]:
    """Things that must be there, in whatever words."""
    return {
        "handoff": int(bool(step.get("handoff"))),
        "record": int(bool(step.get("record"))),
        "branch": len(step.get("branches", [])),
    }


def compare(procedures: dict[str, Procedure], inventory: dict[str, dict]) -> Comparison:
    """Every difference of fact between the two. A difference that a decision of the procedure covers is `decided`."""
    result = Comparison()
    for id_, item in inventory.items():
        procedure = procedures.get(id_)
        if procedure is None:
            result.missing.append({"id": id_, "kind": "procedure", "what": item["title"]})
        else:
            _compare_one(procedure, item, result)
    for id_, procedure in procedures.items():
        if id_ not in inventory:
            result.extra.append({"id": id_, "kind": "procedure", "what": procedure.title})
    return result


def _compare_one(procedure: Procedure, item: dict, result: Comparison) -> None:
    covered = {what: d.decision for d in procedure.decisions for what in d.covers}
    result.decided += [
        {"id": procedure.id, "what": d.what, "decision": d.decision} for d in procedure.decisions if not d.covers
    ]

    def differ(kind: str, wanted: list[str], have: list[str], where: str = "") -> None:
        missing, extra = Counter(wanted) - Counter(have), Counter(have) - Counter(wanted)
        for target, counter in ((result.missing, missing), (result.extra, extra)):
            for what in counter.elements():
                text = f"{where}：{what}" if where else what
                decision = covered.get(f"{kind}:{what}")
                if decision:
                    result.decided.append({"id": procedure.id, "what": f"{kind} {text}", "decision": decision})
                else:
                    target.append({"id": procedure.id, "kind": kind, "what": text})

    for name in ("title", "tier", "kind", "subject"):
        differ(name, [str(item[name])], [str(getattr(procedure, name))])
    for name in ("chapter", "section", "item"):
        differ("source", [str(item["source"].get(name, ""))], [str(getattr(procedure.source, name))])
    differ("policy", item.get("policy_basis", []), procedure.policy_basis)
    differ("kpi", [_number(k) for k in item.get("kpi", [])], [_number(k.model_dump()) for k in procedure.kpi])
    names, own = [step["name"] for step in item["steps"]], [step.name for step in procedure.steps]
    differ("step", names, own)
    if names != own and sorted(names) == sorted(own):
        result.missing.append({"id": procedure.id, "kind": "order", "what": "→".join(names)})
    for index, wanted in enumerate(item["steps"]):
        step = next((s for s in procedure.steps[index:] + procedure.steps[:index] if s.name == wanted["name"]), None)
        if step is None:
            continue
        expected, actual = _facts_of_inventory(wanted), _facts_of_step(step, wanted.get("evidence", []))
        for kind in expected:
            differ(kind, expected[kind], actual[kind], step.name)
        have = {"handoff": int(bool(step.handoff)), "record": int(bool(step.record)), "branch": len(step.branches)}
        for kind, count in _told(wanted).items():
            if have[kind] < count:
                text = f"{step.name}：{count - have[kind]} 处"
                result.missing.append({"id": procedure.id, "kind": kind, "what": text})

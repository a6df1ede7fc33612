"""Reads catalog/ into validated procedures. No Django, no database: `renben catalog check` starts in well under a second."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from renben.engines.procedures.schema import AnchorKind, Calendar, Deadline, Procedure, Strict, Unit

_STRING = "tag:yaml.org,2002:str"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """The safe loader with a short way for what the catalogue is made of: text that can be nothing but text."""

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:
        if kind is not yaml.ScalarNode:
            return self.DEFAULT_MAPPING_TAG if kind is yaml.MappingNode else self.DEFAULT_SEQUENCE_TAG
        if not implicit[0] or (value and value[0] not in self.yaml_implicit_resolvers):
            return _STRING
        return super().resolve(kind, value, implicit)

    def value_of(self, node: yaml.Node) -> Any:
        """A node as plain data. A key written twice is a slip of the pen, not the second value."""
        if node.tag == _STRING:
            return node.value
        if isinstance(node, yaml.MappingNode):
            found: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = self.value_of(key_node)
                if key in found:
                    raise yaml.MarkedYAMLError(problem=f"“{key}”写了两次", problem_mark=key_node.start_mark)
                found[key] = self.value_of(value_node)
            return found
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(item) for item in node.value]
        return self.construct_object(node)


TIER_FOLDERS = ("district", "street", "community")


class CatalogueError(Exception):
    """The catalogue cannot be used. `problems` are sentences naming file and place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Anchor(Strict):
    """A moment the regulation counts from. `marked_by` are `procedure/step` or `procedure` whose end sets it."""

    term: str
    when: AnchorKind
    marked_by: list[str] = []
    note: str = ""


class Happening(Strict):
    """An event that clears or ends follow-ups: what it is called, and what counts as it."""

    term: str
    note: str = ""


class SoftLimit(Strict):
    """What a soft word (即时, 及时 …) means for one item, by decision D-03; the agency may change it."""

    word: str
    n: int | None = None
    unit: Unit | None = None
    calendar: Calendar | None = None
    decision: str
    text: str


@dataclass(frozen=True)
class Catalogue:
    procedures: dict[str, Procedure]
    anchors: dict[str, Anchor]
    soft_limits: dict[str, SoftLimit]
    files: dict[str, Path]
    events: dict[str, Happening] = field(default_factory=dict)


def read_yaml(path: Path) -> Any:
    """Parse one file; a syntax error or a key written twice becomes a CatalogueError with line and column."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        return loader.value_of(node) if node is not None else None
    except yaml.YAMLError as error:
        raise CatalogueError([f"{path.name}：YAML 写法有误：{error}"]) from error


def _problems(where: str, error: ValidationError) -> list[str]:
    return [f"{where}：{'.'.join(str(p) for p in e['loc'])}：{e['msg']}" for e in error.errors()]


def _table(path: Path, key: str, model: type[Strict], problems: list[str]) -> dict[str, Any]:
    if not path.exists():
        return {}
    found = {}
    for code, value in ((read_yaml(path) or {}).get(key) or {}).items():
        try:
            found[code] = model.model_validate(value)
        except ValidationError as error:
            problems += _problems(f"{path.name}：{code}", error)
    return found


def _resolve(deadline: dict, anchors: dict[str, Anchor], soft: dict[str, SoftLimit], where: str) -> list[str]:
    problems = []
    if code := deadline.get("anchor"):
        if code in anchors:
            deadline.update(anchor_term=anchors[code].term, anchor_when=anchors[code].when)
        else:
            problems.append(f"{where}：起算点 {code} 不在 catalog/events.yaml 中")
    if name := deadline.get("soft"):
        if name in soft:
            deadline.update(soft_word=soft[name].word, soft_n=soft[name].n, soft_unit=soft[name].unit)
        else:
            problems.append(f"{where}：软时限 {name} 不在 soft_limits.yaml 中")
    return problems


def build(raw: dict, anchors: dict[str, Anchor], soft: dict[str, SoftLimit], where: str) -> Procedure:
    """Validate one procedure and resolve its anchors and soft limits. Raises CatalogueError."""
    if not isinstance(raw, dict):
        raise CatalogueError([f"{where}：应是一个工作项"])
    problems: list[str] = []
    steps = raw.get("steps") if isinstance(raw.get("steps"), list) else []
    marks: dict[str, list[str]] = {}
    for code, anchor in anchors.items():
        for place in anchor.marked_by:
            marks.setdefault(place, []).append(code)
    duties = raw.get("duties") if isinstance(raw.get("duties"), list) else []
    for step in [*steps, *(duty.get("own") for duty in duties if isinstance(duty, dict))]:
        if not isinstance(step, dict):
            continue
        here = f"{where}：{step.get('key', '?')}"
        for deadline in step.get("deadlines") or []:
            if isinstance(deadline, dict):
                problems += _resolve(deadline, anchors, soft, here)
        if found := marks.get(f"{raw.get('id')}/{step.get('key')}"):
            step["marks"] = sorted(found)
    if found := marks.get(str(raw.get("id"))):
        raw["marks_on_done"] = sorted(found)
    try:
        procedure = Procedure.model_validate(raw)
    except ValidationError as error:
        raise CatalogueError(problems + _problems(where, error)) from error
    if problems:
        raise CatalogueError(problems)
    return procedure


def load(catalog_dir: Path) -> Catalogue:
    """Everything under `catalog_dir`. Raises CatalogueError with every problem found, not only the first."""
    problems: list[str] = []
    anchors = _table(catalog_dir / "events.yaml", "anchors", Anchor, problems)
    events = _table(catalog_dir / "events.yaml", "events", Happening, problems)
    soft = _table(catalog_dir / "procedures" / "soft_limits.yaml", "limits", SoftLimit, problems)
    procedures: dict[str, Procedure] = {}
    files: dict[str, Path] = {}
    for folder in TIER_FOLDERS:
        for path in sorted((catalog_dir / "procedures" / folder).glob("*.yaml")):
            where = f"{folder}/{path.name}"
            try:
                procedure = build(read_yaml(path), anchors, soft, where)
            except CatalogueError as error:
                problems += error.problems
                continue
            if procedure.tier != folder:
                problems.append(f"{where}：层级 {procedure.tier} 与所在文件夹不符")
            if procedure.id in procedures:
                problems.append(f"{where}：编号 {procedure.id} 与 {files[procedure.id].name} 重复")
            procedures[procedure.id] = procedure
            files[procedure.id] = path
    if problems:
        raise CatalogueError(problems)
    return Catalogue(procedures, anchors, soft, files, events)


def body_of(procedure: Procedure) -> dict:
    """The JSON that is frozen in a Definition row; `Procedure.model_validate` reads it back."""
    return procedure.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def digest(body: dict) -> str:
    """SHA-256 over the canonical JSON of a body."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def limit_of(deadline: Deadline) -> tuple[int, str] | None:
    """`(n, unit)` of a limit counted from its anchor, hard or soft; None when it has no length."""
    if deadline.n is not None and deadline.unit is not None:
        return deadline.n, deadline.unit
    if deadline.soft_n is not None and deadline.soft_unit is not None:
        return deadline.soft_n, deadline.soft_unit
    return None

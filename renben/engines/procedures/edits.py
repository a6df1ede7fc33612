"""What may be changed of a procedure on screen, applied to its text. Pure: no database, no clock.

An edit is a mapping with any of these keys; what is left out stays as it is:

    purpose: text                    service: {who, conditions: [text], where, result, fee}
    order: [step key]                only where the steps follow each other in one line
    steps: {key: {does, note,
                  limits: {key: {n, unit, text}} or {key: {soft_n}},
                  papers: [{was, name, copies, text, code}]    the whole list; `was` is the name before, "" for a new one
                  outcomes: {code: [step key]}}}

Names of steps, posts, forms, ledgers and limits by the calendar belong to the regulation: they change in the files only.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, get_args

from renben.engines.procedures.schema import Condition, Deadline, Procedure, Step, Unit

UNITS = {"working_day": "个工作日", "day": "天", "hour": "小时", "week": "周", "month": "个月", "year": "年"}
LONGEST = 3650
"""Units a limit may have at most; more is a slip of the pen."""
SERVICE = {"who": "谁能办", "where": "在哪办", "result": "办成得到什么", "fee": "费用"}


class Refused(Exception):
    """The edit cannot be taken over. `problems`: (place of the field, sentence that says what to do)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("".join(sentence for _, sentence in problems))
        self.problems = problems


def length_text(n: int | None, unit: str | None) -> str:
    """7 and `working_day` → 7个工作日; empty without a figure."""
    return "" if n is None else f"{n}{UNITS.get(unit or '', unit or '')}"


def has_figure(limit: Deadline) -> bool:
    """Whether the figure of a limit may be changed: it has one, and no calendar that says the same in other words."""
    return limit.n is not None and limit.calendar is None


def has_soft_figure(limit: Deadline) -> bool:
    """Whether the agency may set how long a soft word means in this procedure."""
    return bool(limit.soft) and limit.soft_n is not None


def is_linear(procedure: Procedure) -> bool:
    """Whether each step leads to the next one only, so that their order may be changed by naming it."""
    steps = procedure.steps
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        onward = [outcome.to for outcome in step.outcomes if outcome.kind == "advance"]
        if not onward or any(to != ([following.key] if following else []) for to in onward):
            return False
        if step.join or step.waits_for or step.when or step.repeats:
            return False
    return len(steps) > 1


class _Edit:
    """One application: collects problems, so that all are told at once."""

    def __init__(self, procedure: Procedure, body: dict) -> None:
        self.procedure, self.body = procedure, body
        self.problems: list[tuple[str, str]] = []

    def refuse(self, place: str, sentence: str) -> None:
        self.problems.append((place, sentence))

    def text(self, place: str, value: Any, label: str, *, required: bool = True) -> str:
        found = " ".join(str(value or "").split()) if "\n" not in str(value or "") else str(value).strip()
        if required and not found:
            self.refuse(place, f"“{label}”不能空着。")
        return found

    def number(self, place: str, value: Any, label: str, least: int = 0) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LONGEST:
            self.refuse(place, f"“{label}”请填 {least} 到 {LONGEST} 之间的整数。")
            return None
        return value

    def step(self, body: dict, spec: Step, changes: Mapping[str, Any]) -> None:
        if "does" in changes:
            body["does"] = self.text("does", changes["does"], "怎么办")
        if "note" in changes:
            _put(body, "note", self.text("note", changes["note"], "说明", required=False))
        for key, values in changes.get("limits", {}).items():
            self.limit(body, spec, key, values)
        if "papers" in changes:
            self.papers(body, spec, changes["papers"])
        for code, targets in changes.get("outcomes", {}).items():
            self.outcome(body, spec, code, targets)

    def limit(self, body: dict, spec: Step, key: str, values: Mapping[str, Any]) -> None:
        limit = next((d for d in spec.deadlines if d.key == key), None)
        if limit is None:
            return self.refuse(f"limit_{key}", f"环节“{spec.name}”没有这个时限，请刷新页面。")
        written = next(d for d in body["deadlines"] if d["key"] == key)
        if "soft_n" in values:
            if not has_soft_figure(limit):
                return self.refuse(f"limit_{key}_soft_n", f"时限“{limit.text}”没有可以改的天数。")
            n = self.number(f"limit_{key}_soft_n", values["soft_n"], f"{limit.soft_word}按多久")
            return None if n is None else written.update(soft_n=n)
        if not has_figure(limit):
            return self.refuse(f"limit_{key}_n", f"时限“{limit.text}”不是一个数字，不能在屏幕上改，请改目录文件。")
        n = self.number(f"limit_{key}_n", values.get("n", limit.n), "多久")
        unit = values.get("unit", limit.unit)
        if unit not in get_args(Unit):
            self.refuse(f"limit_{key}_unit", "请选择一个单位。")
        words = self.text(f"limit_{key}_text", values.get("text", limit.text), "怎么说")
        if n is not None:
            written.update(n=n, unit=unit, text=words)
        return None

    def papers(self, body: dict, spec: Step, wanted: list[Mapping[str, Any]]) -> None:
        before = {piece["name"]: piece for piece in body.get("evidence", [])}
        codes = {condition.code for condition in self.procedure.conditions}
        found: list[dict] = []
        for place, line in enumerate(wanted):
            piece = copy.deepcopy(before.get(line.get("was", ""), {}))
            piece["name"] = self.text(f"paper_{place}_name", line.get("name"), "材料名称")
            copies = self.number(f"paper_{place}_copies", line.get("copies", piece.get("copies", 1)), "份数", least=1)
            _put(piece, "copies", copies, empty=1)
            self._condition(place, piece, line, codes)
            if piece["name"] and any(other["name"] == piece["name"] for other in found):
                self.refuse(f"paper_{place}_name", f"材料“{piece['name']}”写了两遍，请去掉一个或改名。")
            found.append(piece)
        _put(body, "evidence", found, empty=[])
        used = {piece.get("group") for piece in found}
        groups = [group for group in body.get("evidence_groups", []) if group["code"] in used]
        _put(body, "evidence_groups", groups, empty=[])

    def _condition(self, place: int, piece: dict, line: Mapping[str, Any], codes: set[str]) -> None:
        """A paper keeps the condition it has; its words may change. A new one may take a condition of the procedure."""
        code = piece.get("when", {}).get("code") or line.get("code", "")
        words = self.text("", line.get("text", piece.get("when", {}).get("text", "")), "什么情况下要", required=False)
        if not code:
            if words:
                self.refuse(f"paper_{place}_text", f"材料“{piece['name']}”写了什么情况下要，还要选一个条件。")
            return
        if code not in codes:
            self.refuse(f"paper_{place}_code", f"材料“{piece['name']}”的条件没有定义，请重新选。")
        piece["when"] = {"code": code, "text": words} if words else {"code": code}

    def outcome(self, body: dict, spec: Step, code: str, targets: list[str]) -> None:
        place, outcome = f"outcome_{code}", spec.outcome(code)
        keys = [step.key for step in self.procedure.steps]
        if outcome is None or outcome.kind == "refuse":
            return self.refuse(place, f"环节“{spec.name}”的这个结果后面不能接环节。")
        if any(target not in keys for target in targets):
            return self.refuse(place, f"“{outcome.label}”以后接的环节不存在，请重新选。")
        if outcome.kind == "return" and len(targets) != 1:
            return self.refuse(place, f"“{outcome.label}”要退回到一个环节，请只选一个。")
        if outcome.kind == "again" and bool(targets) != bool(outcome.to):
            return self.refuse(place, f"“{outcome.label}”是一次次做的，后面接不接环节要改目录文件。")
        if spec.key in targets:
            return self.refuse(place, f"“{outcome.label}”不能接回本环节。")
        written = next(o for o in body["outcomes"] if o["code"] == code)
        _put(written, "to", [key for key in keys if key in targets], empty=[])
        return None

    def order(self, wanted: list[str]) -> None:
        names = {step.key: step.name for step in self.procedure.steps}
        if sorted(wanted) != sorted(names):
            return self.refuse("order", "排次序要把每个环节排一遍，不多不少。")
        if wanted == list(names):
            return None
        if not is_linear(self.procedure):
            return self.refuse("order", "这个工作项的环节有分支，不能整体排次序；请到环节里改“办完以后接哪个环节”。")
        steps = {step["key"]: step for step in self.body["steps"]}
        for place, key in enumerate(wanted):
            following = wanted[place + 1 : place + 2]
            for outcome in steps[key]["outcomes"]:
                kind = outcome.get("kind", "advance")
                if kind == "advance":
                    _put(outcome, "to", following, empty=[])
                elif kind == "return" and outcome["to"][0] not in wanted[:place]:
                    self.refuse(
                        "order", f"环节“{names[key]}”办不下去时要退到“{names[outcome['to'][0]]}”，它要排在前面。"
                    )
        self.body["steps"] = [steps[key] for key in wanted]
        for duty in self.body.get("duties", []):
            if duty.get("steps"):
                duty["steps"] = sorted(duty["steps"], key=wanted.index)
        return None

    def service(self, wanted: Mapping[str, Any]) -> None:
        if self.procedure.service is None:
            return self.refuse("service", "这个工作项没有办事指南，要加请改目录文件。")
        guide = self.body["service"]
        for name, label in SERVICE.items():
            if name in wanted:
                guide[name] = self.text(f"service_{name}", wanted[name], label)
        if "conditions" in wanted:
            lines = [" ".join(str(line).split()) for line in wanted["conditions"]]
            _put(guide, "conditions", [line for line in lines if line], empty=[])
        return None


def _put(body: dict, name: str, value: Any, empty: Any = "") -> None:
    """Write a value, or leave the key out where it is the default, as a frozen text does."""
    if value == empty:
        body.pop(name, None)
    else:
        body[name] = value


def applied(procedure: Procedure, body: dict, changes: Mapping[str, Any]) -> dict:
    """The text after an edit, as plain data (`procedure` is what `body` reads as). Raises Refused with every problem."""
    edit = _Edit(procedure, copy.deepcopy(body))
    if "purpose" in changes:
        edit.body["purpose"] = edit.text("purpose", changes["purpose"], "目的")
    if "service" in changes:
        edit.service(changes["service"])
    for key, values in changes.get("steps", {}).items():
        spec = next((step for step in procedure.steps if step.key == key), None)
        if spec is None:
            edit.refuse("steps", f"没有环节 {key}，请刷新页面。")
            continue
        edit.step(next(step for step in edit.body["steps"] if step["key"] == key), spec, values)
    if "order" in changes:
        edit.order(list(changes["order"]))
    if edit.problems:
        raise Refused(edit.problems)
    return edit.body


def flow_problems(procedure: Procedure) -> list[str]:
    """Ways that lead nowhere, and facts that are needed before they are asked; in sentences for whoever edits."""
    problems = []
    by_key = {step.key: step for step in procedure.steps}
    onward = {s.key: [o for o in s.outcomes if o.goes_on] for s in procedure.steps}
    ends = {
        key for key, ways in onward.items() if any(not o.to and (o.kind == "advance" or o.only_while) for o in ways)
    }
    grown = True
    while grown:
        more = {key for key in by_key if any(set(o.opens) & ends for o in onward[key])} - ends
        grown, ends = bool(more), ends | more
    problems += [
        f"从环节“{step.name}”起怎么也办不结，请检查办完以后接哪个环节。"
        for step in procedure.steps
        if step.key not in ends
    ]
    place = {field.name: i for i, step in enumerate(procedure.steps) for field in step.fields}
    for i, step in enumerate(procedure.steps):
        for condition in _looked_at(procedure, step):
            if place.get(condition.field, -1) > i:
                later = procedure.steps[place[condition.field]].name
                problems.append(
                    f"环节“{step.name}”要看“{condition.text}”，这件事到后面的环节“{later}”才填，请调整次序。"
                )
    return problems


def _looked_at(procedure: Procedure, step: Step) -> list[Condition]:
    codes = {piece.when.code for piece in step.evidence if piece.when is not None} | {step.when}
    codes |= {field.required_when for field in step.fields}
    return [condition for condition in procedure.conditions if condition.code in codes]

"""Values of a step's fields: from a form's strings to facts of the case, and what is missing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures import registry
from renben.engines.procedures.contracts import Reason
from renben.engines.procedures.models import Case
from renben.engines.procedures.schema import CaseField, Procedure, Step

_TRUE = {"true", "on", "1", "yes", "是"}
_FALSE = {"false", "off", "0", "no", "否"}


def _read(field: CaseField, value: Any) -> Any:
    """The fact for a raw value. ValueError when it cannot be one."""
    if field.type == "bool":
        if isinstance(value, bool):
            return value
        text = str(value).strip().lower()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        raise ValueError("请选择是或否")
    if field.type == "date":
        if isinstance(value, dt.datetime):
            value = value.date()
        if isinstance(value, dt.date):
            return value.isoformat()
        try:
            return dt.date.fromisoformat(str(value).strip()).isoformat()
        except ValueError:
            raise ValueError("日期请写成 2026-11-23 这样") from None
    if field.type in ("int", "money_fen"):
        try:
            number = int(str(value).strip())
        except ValueError:
            raise ValueError("请填写整数") from None
        if field.type == "money_fen" and number < 0:
            raise ValueError("金额不能小于零")
        return number
    if field.type == "choice":
        for choice in field.choices:
            if str(choice.value) == str(value):
                return choice.value
        raise ValueError("请从列出的选项里选")
    if field.type == "choices":
        values = value if isinstance(value, list | tuple) else [value]
        known = {str(choice.value): choice.value for choice in field.choices}
        if any(str(v) not in known for v in values):
            raise ValueError("请从列出的选项里选")
        return [known[str(v)] for v in values]
    return str(value).strip()


def is_blank(value: Any) -> bool:
    return value is None or value == "" or value == []


def with_defaults(procedure: Procedure, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts, with the default of every field that has one and no value yet."""
    defaults = {f.name: f.default for s in procedure.steps for f in s.fields if f.default is not None}
    return defaults | facts


def take(procedure: Procedure, spec: Step, facts: dict[str, Any], data: dict[str, Any]) -> tuple[dict, list[Reason]]:
    """`(values, reasons)`: the step's fields found in `data`, and what is wrong or missing once they are in.

    A value that is not a field of the step is refused: nothing unchecked enters a case.
    """
    values: dict[str, Any] = {}
    reasons: list[Reason] = []
    known = {field.name: field for field in spec.fields}
    for name in data.keys() - known.keys():
        reasons.append(Reason("unknown_field", f"“{spec.name}”没有“{name}”这一项", "请刷新页面后再办"))
    for field in spec.fields:
        if field.name not in data or is_blank(data[field.name]):
            continue
        try:
            values[field.name] = _read(field, data[field.name])
        except ValueError as error:
            reasons.append(Reason("bad_field", f"“{field.label}”填写有误", str(error)))
    return values, reasons


def fetch(spec: Step, case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    """Values of the step's fields that nobody typed but a registered source knows (enter once)."""
    found = {}
    for field in spec.fields:
        if field.source_fact and is_blank(facts.get(field.name)):
            source = registry.field_source(field.source_fact)
            value = source(case) if source else None
            if not is_blank(value):
                found[field.name] = _read(field, value)
    return found


def missing(procedure: Procedure, spec: Step, facts: dict[str, Any]) -> list[Reason]:
    """Required fields of the step without a value."""
    reasons = []
    for field in spec.fields:
        needed = field.required or (field.required_when and procedure.holds(field.required_when, facts))
        if needed and is_blank(facts.get(field.name)):
            reasons.append(Reason("field_missing", f"还没有填写“{field.label}”", f"请填写“{field.label}”"))
    return reasons


def anchors_in(spec: Step, values: dict[str, Any]) -> dict[str, str]:
    """Anchor dates that fields of this act set."""
    return {f.anchor: values[f.name] for f in spec.fields if f.anchor and f.type == "date" and values.get(f.name)}

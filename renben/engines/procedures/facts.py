"""Values of a step's fields: from a form's strings to facts of the case, and what is missing."""

from __future__ import annotations

import datetime as dt
import json
import operator
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from renben.engines.procedures import registry
from renben.engines.procedures.contracts import Reason
from renben.engines.procedures.models import Case
from renben.engines.procedures.schema import CaseField, Choice, FieldColumn, Outcome, Procedure, Step, Threshold
from renben.kernel.textnorm import halfwidth

_TRUE = {"true", "on", "1", "yes", "是"}
_FALSE = {"false", "off", "0", "no", "否"}


def _date(value: Any) -> str:
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return value.isoformat()
    try:
        return dt.date.fromisoformat(halfwidth(str(value)).strip()).isoformat()
    except ValueError:
        raise ValueError("日期请写成 2026-11-23 这样") from None


def _time(value: Any) -> str:
    try:
        return dt.time.fromisoformat(halfwidth(str(value)).strip()).isoformat("minutes")
    except ValueError:
        raise ValueError("时间请写成 14:30 这样") from None


def _int(value: Any) -> int:
    try:
        return int(halfwidth(str(value)).strip())
    except ValueError:
        raise ValueError("请填写整数") from None


def _number(value: Any) -> int | float:
    try:
        number = Decimal(halfwidth(str(value)).strip().removesuffix("%"))
    except InvalidOperation:
        raise ValueError("请填写数字") from None
    if not number.is_finite():
        raise ValueError("请填写数字")
    return int(number) if number == number.to_integral_value() else float(number)


def _fen(value: Any) -> int:
    number = _int(value)
    if number < 0:
        raise ValueError("金额不能小于零")
    return number


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError("请选择是或否")


def _text(value: Any) -> str:
    return str(value).strip().replace("\r\n", "\n")


def _choice(choices: list[Choice], value: Any) -> Any:
    for choice in choices:
        if str(value) in (str(choice.value), choice.label):
            return choice.value
    raise ValueError("请从列出的选项里选")


_READERS: dict[str, Callable[[Any], Any]] = {
    "bool": _bool,
    "date": _date,
    "time": _time,
    "int": _int,
    "number": _number,
    "money_fen": _fen,
    "text": _text,
    "long_text": _text,
}


def _rows(field: CaseField, value: Any) -> list[dict[str, Any]]:
    """Lines of a small table; empty ones fall away. `value`: a list of mappings, or the same as JSON text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("表格没有读懂，请刷新页面后重新填写") from None
    if not isinstance(value, list | tuple) or not all(isinstance(row, dict) for row in value):
        raise ValueError("表格没有读懂，请刷新页面后重新填写")
    columns = {column.name: column for column in field.columns}
    lines = []
    for number, row in enumerate((row for row in value if not all(is_blank(v) for v in row.values())), 1):
        if strange := row.keys() - columns.keys():
            raise ValueError(f"第{number}行有不认识的列：{'、'.join(sorted(strange))}")
        line = {}
        for name, column in columns.items():
            if is_blank(row.get(name)):
                if column.required:
                    raise ValueError(f"第{number}行还没有填“{column.label}”")
                continue
            try:
                line[name] = _read(column, row[name])
            except ValueError as error:
                raise ValueError(f"第{number}行“{column.label}”：{error}") from None
        lines.append(line)
    return lines


def _read(field: CaseField | FieldColumn, value: Any) -> Any:
    """The fact for a raw value. ValueError when it cannot be one."""
    if field.type == "choice":
        return _choice(field.choices, value)
    if field.type == "choices":
        values = value if isinstance(value, list | tuple) else [value]
        return [_choice(field.choices, one) for one in values]
    if field.type == "rows":
        return _rows(field, value)
    if field.type == "files":
        return [_int(one) for one in (value if isinstance(value, list | tuple) else [value])]
    return _READERS[field.type](value)


def is_blank(value: Any) -> bool:
    return value is None or value == "" or value == []


def with_defaults(procedure: Procedure, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts, with the default of every field that has one and no value yet."""
    defaults = {f.name: f.default for s in procedure.steps for f in s.fields if f.default is not None}
    return defaults | facts


def carried(spec: Step, facts: dict[str, Any], nth: int | None) -> dict[str, Any]:
    """The facts without those that a step asks anew in each of its rounds."""
    if (nth or 1) == 1:
        return facts
    anew = {field.name for field in spec.fields if field.rounds == "each"}
    return {name: value for name, value in facts.items() if name not in anew}


def take(spec: Step, data: dict[str, Any], nth: int | None = None) -> tuple[dict, list[Reason]]:
    """`(values, reasons)`: the step's fields found in `data`, and what is wrong with them.

    A value that is not a field of the step (in this round of it) is refused: nothing unchecked enters a case.
    """
    values: dict[str, Any] = {}
    reasons: list[Reason] = []
    fields = spec.fields_in(nth)
    for name in data.keys() - {field.name for field in fields}:
        reasons.append(Reason("unknown_field", f"“{spec.name}”没有“{name}”这一项", "请刷新页面后再办"))
    for field in fields:
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


def missing(
    procedure: Procedure, spec: Step, facts: dict[str, Any], outcome: Outcome | None = None, nth: int | None = None
) -> list[Reason]:
    """Required fields of the step, for this round and this outcome, without a value."""
    reasons, asked = [], outcome.asks if outcome is not None else []
    for field in spec.fields_in(nth):
        needed = field.required or field.name in asked
        needed = needed or (field.required_when and procedure.holds(field.required_when, facts))
        if needed and is_blank(facts.get(field.name)):
            reasons.append(Reason("field_missing", f"还没有填写“{field.label}”", f"请填写“{field.label}”"))
    return reasons


def anchors_in(spec: Step, values: dict[str, Any]) -> dict[str, str]:
    """Anchor dates that fields of this act set."""
    return {f.anchor: values[f.name] for f in spec.fields if f.anchor and f.type == "date" and values.get(f.name)}


_COMPARE = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def meets(standard: Threshold, value: int | float | bool) -> bool:
    """Whether a recorded figure meets a standard. Standards in words, which no figure can judge, count as met."""
    if standard.op in ("between", "range"):
        low, high = standard.bounds
        return low <= value <= high
    if isinstance(standard.value, str) or standard.op not in _COMPARE:
        return True
    return _COMPARE[standard.op](value, standard.value)


def measured(standard: Threshold, values: dict[str, Any], times: int | None) -> Any:
    """The figure that a standard judges: a recorded number, the lines of a table, or how often the step was done."""
    if standard.counts:
        return times
    value = values.get(standard.field) if standard.field else None
    return len(value) if isinstance(value, list) else value


def below_standard(
    spec: Step, values: dict[str, Any], explanation: str, times: int | None = None
) -> tuple[list[dict[str, Any]], list[Reason]]:
    """`(missed, reasons)`: the standards of a step that the recorded figures miss, for the record, and what stops the act:
    a standard marked `must`, or a miss that nobody explained. `times`: how often the step was done, once it ends."""
    missed, reasons = [], []
    for standard in spec.thresholds:
        value = measured(standard, values, times)
        if is_blank(value) or meets(standard, value):
            continue
        wanted = f"{standard.op} {standard.value}{standard.unit}".replace("= ", "", 1 if standard.op == "=" else 0)
        missed.append({"what": standard.what, "wanted": wanted, "got": value, "text": standard.text})
        if standard.must:
            reasons.append(
                Reason(
                    "below_standard",
                    f"“{standard.what}”为 {value}{standard.unit}，达不到要求（{standard.text}）",
                    "达到要求后再办",
                )
            )
        elif not explanation:
            reasons.append(
                Reason(
                    "explain_standard",
                    f"“{standard.what}”为 {value}{standard.unit}，没有达到标准（{standard.text}）",
                    "请在“说明”里写明原因后再提交",
                )
            )
    return missed, reasons

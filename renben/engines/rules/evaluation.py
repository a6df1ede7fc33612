"""Evaluate a domain for one person (with its explanation) or for columns of a million (numbers only), by the same function."""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np

from . import registry
from .errors import CalendarYearMissing, InputError, NoStandardOnFile
from .inputs import check_keys, given_or_default, iso_day, known_day
from .parameters import CONFIDENCES, Parameters, Reader, Version, load_parameters


@dataclass(frozen=True)
class Part:
    """One step of the reasoning in plain Chinese, with the parameter versions it rests on and their article."""

    label: str
    text: str
    value: Any = None
    versions: tuple[Version, ...] = ()
    article: str = ""

    @property
    def citation(self) -> str:
        """The article given, or those of the parameters, each once."""
        if self.article:
            return self.article
        articles: dict[str, dict[str, None]] = {}
        for version in self.versions:
            articles.setdefault(version.document, {}).update({version.article: None} if version.article else {})
        return "；".join(document + "、".join(named) for document, named in articles.items())

    @property
    def marks(self) -> tuple[str, ...]:
        """待核 marks of the parameters used, each once."""
        marks = []
        for version in self.versions:
            if version.needs_check:
                why = CONFIDENCES.get(version.confidence) or "截止日期未见，待核"
                marks.append(f"{version.label}：{why}")
        return tuple(dict.fromkeys(marks))

    def as_json(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "label": self.label,
            "text": self.text,
            "value": self.value,
            "article": self.citation,
            "marks": list(self.marks),
            "parameters": [{"name": version.name, "from": version.valid_from.isoformat()} for version in self.versions],
        }


@dataclass(frozen=True)
class Determination:
    """The answer for one person: what came in, what comes out (yuan), why, on which parameter versions, and what is missing.

    ``result`` is ``{"error": "no_standard_on_file"}`` (or ``calendar_missing``) when the question cannot be answered.
    """

    domain: str
    label: str
    basis: str
    as_of: date
    inputs: dict[str, Any]
    result: dict[str, Any]
    parts: tuple[Part, ...]
    parameters: tuple[Version, ...]
    missing: tuple[str, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """All 待核 marks, each once."""
        return tuple(dict.fromkeys(mark for part in self.parts for mark in part.marks))

    @property
    def is_answered(self) -> bool:
        """False when a standard or a calendar year is missing."""
        return "error" not in self.result

    def as_json(self) -> dict[str, Any]:
        """Everything as JSON-ready values; dates in ISO form."""
        return {
            "domain": self.domain,
            "label": self.label,
            "basis": self.basis,
            "as_of": self.as_of.isoformat(),
            "inputs": self.inputs,
            "result": self.result,
            "parts": [part.as_json() for part in self.parts],
            "marks": list(self.marks),
            "parameters": [version.as_json() for version in self.parameters],
            "missing": list(self.missing),
            "ruleset": ruleset_hash(),
        }


def yuan(fen: int) -> int | float:
    """Fen to yuan for the edges: an int when whole, otherwise two decimals."""
    whole, rest = divmod(int(fen), 100)
    return whole if rest == 0 else int(fen) / 100


def yuan_text(fen: int) -> str:
    """Fen as a Chinese amount: ``782元`` or ``168.40元``."""
    whole, rest = divmod(int(fen), 100)
    return f"{whole}元" if rest == 0 else f"{whole}.{rest:02d}元"


def _day(as_of: date | str) -> date:
    if isinstance(as_of, date) and not isinstance(as_of, datetime):
        return known_day(as_of, "as_of", "判定日期")
    try:
        return known_day(iso_day(as_of), "as_of", "判定日期")
    except (TypeError, ValueError):
        raise InputError("wrong_type", "as_of", f"日期（as_of）应写成 YYYY-MM-DD，现为 {as_of!r}。") from None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _result(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Scalars of a rule into the contract's output: yuan, and ``failed`` (or another list) as the flags that hold."""
    out: dict[str, Any] = {}
    for key, value in answer.items():
        if key == "no_standard":
            continue
        name, flag, code = key.partition(":")
        if flag:
            out.setdefault(name, [])
            if value:
                out[name].append(code)
        elif key.endswith("_fen"):
            out[key.removesuffix("_fen")] = yuan(value)
        else:
            out[key] = _plain(value)
    return out


def evaluate(
    domain: str,
    as_of: date | str,
    inputs: Mapping[str, Any],
    *,
    parameters: Parameters | None = None,
    explain: bool = True,
) -> Determination:
    """Answer ``domain`` for one person on ``as_of`` (chooses the parameters); ``explain=False`` leaves the parts out.

    NoSuchDomain for an unknown name; InputError naming the key for a bad input. A missing standard or calendar year is an answer.
    """
    rule = registry.get(domain)
    on = _day(as_of)
    check_keys(rule.inputs, inputs)
    if rule.one_of and not inputs:
        names = "、".join(item.name for item in rule.inputs)
        raise InputError("missing_key", rule.inputs[0].name, f"至少填写一项：{names}。")
    arguments = {item.argument: given_or_default(item, inputs) for item in rule.inputs}
    reader = Reader(parameters or load_parameters(), on)
    missing: tuple[str, ...] = ()
    parts: list[Part] = []
    try:
        answer = _compute_one(rule, reader, arguments)
        if answer.get("no_standard"):
            result: dict[str, Any] = {"error": NoStandardOnFile.code}
        else:
            result = _result(answer)
        if rule.explain and explain:
            parts = rule.explain(reader, arguments, answer)
            missing = tuple(part.text for part in parts if part.value is None and answer.get("no_standard"))
    except (NoStandardOnFile, CalendarYearMissing) as error:
        result = {"error": error.code}
        missing = (str(error),)
        parts = [Part("不能作出判定", str(error))]
    return Determination(
        domain=domain,
        label=rule.label,
        basis=rule.basis,
        as_of=on,
        inputs={key: _plain(value) for key, value in inputs.items()},
        result=result,
        parts=tuple(parts),
        parameters=tuple(reader.used.values()),
        missing=missing,
    )


def _compute_one(rule: registry.Domain, reader: Reader, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A vectorised rule is run on columns of one row, so one person and a million cannot differ."""
    if not rule.vectorised:
        return rule.compute(reader, **arguments)
    columns = {
        item.argument: None if arguments[item.argument] is None else item.array(arguments[item.argument])
        for item in rule.inputs
    }
    return {
        key: value[0].item() if isinstance(value, np.ndarray) else value
        for key, value in rule.compute(reader, **columns).items()
    }


def evaluate_columns(
    domain: str, as_of: date | str, columns: Mapping[str, Any], *, parameters: Parameters | None = None
) -> dict[str, np.ndarray]:
    """Answer ``domain`` for many people at once: 1-D columns of equal length in, arrays of that length out.

    Keys in and out are those of the rule function (money as ``*_fen`` int64, months as year × 12 + month − 1, conditions as
    ``failed:<code>``), plus ``no_standard``, a bool column: where it is true the other values mean nothing.
    """
    rule = registry.get(domain)
    if not rule.vectorised:
        raise InputError("wrong_type", "domain", f"判定 {domain} 只能逐人计算。")
    check_keys(rule.inputs, columns, columns=True)
    if not columns:
        raise InputError("missing_key", rule.inputs[0].name, "没有任何列。")
    arrays = {item.argument: item.column(columns[item.argument]) for item in rule.inputs if item.argument in columns}
    lengths = {array.size for array in arrays.values()}
    if len(lengths) != 1:
        raise InputError("wrong_type", next(iter(columns)), "各列的行数不一致。")
    size = lengths.pop()
    for item in rule.inputs:
        if item.argument not in arrays:
            arrays[item.argument] = (
                None if item.default is None else np.repeat(item.array(item.one(item.default)), size)
            )
    reader = Reader(parameters or load_parameters(), _day(as_of))
    try:
        answer = rule.compute(reader, **arrays)
    except NoStandardOnFile:
        return {"no_standard": np.ones(size, dtype=bool)}
    out = {
        key: value if isinstance(value, np.ndarray) else np.broadcast_to(value, size) for key, value in answer.items()
    }
    out.setdefault("no_standard", np.zeros(size, dtype=bool))
    return out


def ruleset_hash(parameters: Parameters | None = None) -> str:
    """SHA-256 over all parameter files and the source of every module that owns a registered rule: names what decided."""
    modules = tuple(sorted({registry.get(name).module for name in registry.names()}))
    return hashlib.sha256(f"{(parameters or load_parameters()).digest}|{_sources(modules)}".encode()).hexdigest()


@cache
def _sources(modules: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for module in modules:
        digest.update(inspect.getsource(sys.modules[module]).encode())
    return digest.hexdigest()

"""Whom a right fits, over columns of facts: sure, likely with what is missing, or not, by the same rules that decide.

A service registers a `Search`: which domain, where each input comes from, and what is taken when a fact is unknown. A need
that is unknown is tried with the value that favours the person and named as missing; so "likely" always says what to ask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import registry
from .columns import Known, Table
from .evaluation import Determination, evaluate, evaluate_columns
from .parameters import Parameters, Reader, load_parameters

Value = Any | Callable[[Reader], Any]
NOTHING, APPLIED, GRANTED = 0, 1, 2
"""What a column of standing says: no application, one that runs, or the right is there."""


@dataclass(frozen=True)
class Need:
    """Where an input of the domain comes from.

    ``columns``: facts it rests on; with several, ``derive(table, on, reader)`` makes the value of them. ``favour``: taken when unknown (a
    callable gets the parameters of the day). ``missing``: what to ask then; empty for a further ground that nobody is asked
    about. ``first``: what to do first when a yes-or-no fact is known to be no and can be brought about.
    """

    columns: tuple[str, ...]
    favour: Value = None
    missing: str = ""
    first: str = ""
    derive: Callable[[Table, dt.date, Reader], np.ndarray] | None = None


@dataclass(frozen=True)
class Search:
    """One policy that looks for people.

    ``answer``: the output of ``domain`` that says yes. ``among(table, on, reader)``: who comes into question at all, in words ``whom``.
    ``standing``: a column of NOTHING, APPLIED or GRANTED. ``still(answer, table)``: where a yes brings anything yet. ``procedure``: where it is applied
    for. ``needs`` by argument of the domain. ``more``: further columns that ``among`` reads. ``conclude(inputs, on)`` says what a
    yes brings where the domain's own parts do not; ``carry(inputs, on)`` the facts an application begins with. ``judge`` replaces the judgement for rules about more than one person.
    """

    key: str
    label: str
    domain: str
    answer: str
    procedure: str
    whom: str
    among: Callable[[Table, dt.date, Reader], np.ndarray]
    standing: str
    needs: Mapping[str, Need] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    still: Callable[[Mapping[str, np.ndarray], Table], np.ndarray] | None = None
    conclude: Callable[[Mapping[str, Any], dt.date], str] | None = None
    carry: Callable[[Mapping[str, Any], dt.date], dict[str, Any]] | None = None
    judge: Callable[[Search, np.ndarray, Table, dt.date], Judged] | None = None

    @property
    def columns(self) -> set[str]:
        """Every column the search reads."""
        return {self.standing, *self.more} | {name for need in self.needs.values() for name in need.columns}


@dataclass(frozen=True)
class Judged:
    """The answer for every row: ``holds`` (sure or likely), ``sure``, and for one row its inputs, what is missing, what it rests on."""

    holds: np.ndarray
    sure: np.ndarray
    inputs: Callable[[int], dict[str, Any]]
    missing: Callable[[int], list[str]]
    rests_on: Callable[[int], list[Any]]


_searches: dict[str, Search] = {}


def register_search(search: Search) -> None:
    """Make a search known; the same key again replaces it."""
    _searches[search.key] = search


def searches() -> list[Search]:
    """All searches in the order they were registered."""
    return list(_searches.values())


def search_of(key: str) -> Search | None:
    """The search of a key; None when it is gone."""
    return _searches.get(key)


def plain(value: Any) -> Any:
    """A value of a column as JSON takes it: days in ISO form, codes as text."""
    value = value.item() if isinstance(value, np.generic) else value
    return value.isoformat() if isinstance(value, dt.date) else value


def _pick(table: Table, rows: np.ndarray) -> dict[str, Known]:
    return {name: Known(known.values[rows], known.known[rows]) for name, known in table.items()}


@dataclass(frozen=True)
class _Filled:
    """Arguments of the domain with what was taken for unknown facts, and where something is to be asked or done first."""

    arguments: dict[str, np.ndarray]
    asked: dict[str, np.ndarray]
    first: dict[str, np.ndarray]

    def todo(self, search: Search, row: int) -> list[str]:
        before = [need.first for name, need in search.needs.items() if name in self.first and self.first[name][row]]
        return before + [need.missing for name, need in search.needs.items() if self.asked[name][row]]


def _fill(search: Search, table: Table, on: dt.date, reader: Reader) -> _Filled:
    filled = _Filled({}, {}, {})
    for name, need in search.needs.items():
        known = np.logical_and.reduce([table[column].known for column in need.columns])
        values = need.derive(table, on, reader) if need.derive else table[need.columns[0]].values
        favour = need.favour(reader) if callable(need.favour) else need.favour
        if favour is not None:
            values = np.where(known, values, np.asarray(favour, dtype=values.dtype))
        if need.first:
            filled.first[name] = known & ~values
            values = values | filled.first[name]
        filled.arguments[name] = values
        filled.asked[name] = ~known & bool(need.missing)
    return filled


def judge(
    search: Search, ids: np.ndarray, table: Table, on: dt.date, *, parameters: Parameters | None = None
) -> Judged:
    """Ask the domain for every row of the table. Rows outside ``among`` never hold; nor does one without a standard on file."""
    if search.judge is not None:
        return search.judge(search, ids, table, on)
    parameters = parameters or load_parameters()
    reader = Reader(parameters, on)
    rows = np.flatnonzero(search.among(table, on, reader))
    holds, sure = np.zeros(ids.size, dtype=bool), np.zeros(ids.size, dtype=bool)
    inside = _pick(table, rows)
    filled = _fill(search, inside, on, reader) if rows.size else _Filled({}, {}, {})
    answer: dict[str, np.ndarray] = {}
    if rows.size:
        answer = evaluate_columns(search.domain, on, filled.arguments, parameters=parameters)
        if search.answer in answer:
            holds[rows] = answer[search.answer].astype(bool) & ~answer["no_standard"]
        if search.still is not None:
            holds[rows] &= search.still(answer, inside)
        sure[rows] = ~np.logical_or.reduce([*filled.asked.values(), *filled.first.values()])
    place = {row: number for number, row in enumerate(rows.tolist())}

    def inputs(row: int) -> dict[str, Any]:
        given = {name: values[place[row]] for name, values in filled.arguments.items()}
        return {name: plain(value) for name, value in given.items() if _is_given(search, name, value)}

    def rests_on(row: int) -> list[Any]:
        at = place[row]
        facts = [
            [name, plain(inside[name].values[at]) if inside[name].known[at] else None]
            for name in sorted(search.columns - {search.standing})
        ]
        return [facts, [[key, plain(values[at])] for key, values in sorted(answer.items())]]

    return Judged(holds, holds & sure, inputs, lambda row: filled.todo(search, place[row]), rests_on)


def _is_given(search: Search, name: str, value: Any) -> bool:
    """An optional input without a value is left out for one person, as a clerk leaves a blank."""
    item = next(item for item in registry.get(search.domain).inputs if item.argument == name)
    return not (item.default is None and (value == "" or (isinstance(value, np.datetime64) and np.isnat(value))))


def explain(
    search: Search, inputs: Mapping[str, Any], on: dt.date, *, parameters: Parameters | None = None
) -> Determination:
    """The determination on these inputs with its parts and articles."""
    return evaluate(search.domain, on, inputs, parameters=parameters)


@dataclass(frozen=True)
class Told:
    """The answer to one person: ``yes``, ``maybe`` or ``no``, why, and what is still to be asked or done."""

    search: Search
    verdict: str
    reason: str
    determination: Determination | None
    missing: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        return {"yes": "可以", "maybe": "可能", "no": "不可以"}[self.verdict]


def concluded(search: Search, found: Determination, inputs: Mapping[str, Any], on: dt.date, *, holds: bool) -> str:
    """The closing sentence: what the person gets, or which conditions do not hold."""
    if not found.is_answered:
        return "；".join(found.missing) or "没有现行标准，不能判断。"
    if search.conclude is None:
        return found.parts[-1].text if found.parts else ""
    if holds:
        return search.conclude(inputs, on)
    lacking = "、".join(part.label for part in found.parts if part.value is False)
    return f"您现在不能享受“{search.label}”，因为{lacking}不符合条件。"


def tell(search: Search, table: Table, on: dt.date) -> Told:
    """One row of facts judged and explained. Somebody outside ``among`` is told for whom the policy is."""
    if not search.among(table, on, Reader(load_parameters(), on))[0]:
        return Told(search, "no", f"这项政策给{search.whom}。", None)
    judged = judge(search, np.zeros(1, dtype=np.int64), table, on)
    inputs, holds = judged.inputs(0), bool(judged.holds[0])
    found = explain(search, inputs, on)
    reason = concluded(search, found, inputs, on, holds=holds)
    if not holds:
        return Told(search, "no", reason, found)
    missing = tuple(judged.missing(0))
    return Told(search, "maybe" if missing else "yes", reason, found, missing)

"""What the whole register would say with other parameters: who gains, who loses, what it costs.

Services register populations (the columns their rules read); the comparison runs a domain over all rows before and after a
change, by the same functions that decide for one person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .evaluation import evaluate_columns
from .parameters import Parameters
from .uses import parameters_of

MONEY, MONTHS = ("amount_fen", "total_fen"), "months"


@dataclass(frozen=True)
class Rows:
    """One row per person, or per person and month.

    ``person`` and ``office`` are int64 keys, ``columns`` the domain's arguments, ``day`` (datetime64[D]) the day each row is
    judged by, None for the day of the change; ``output`` the key of the answer each row counts, None for the whole. All of
    one length.
    """

    person: np.ndarray
    office: np.ndarray
    columns: Mapping[str, np.ndarray]
    day: np.ndarray | None = None
    output: np.ndarray | None = None


@dataclass(frozen=True)
class Population:
    """Rows that a domain can be asked about. ``load(on)`` reads them as of a day; ``note`` says in words who they are.

    ``is_cost``: what is added up is money that would really be paid (months not yet paid), not an estimate.
    """

    key: str
    label: str
    domain: str
    note: str
    load: Callable[[dt.date], Rows]
    is_cost: bool = False


_populations: dict[str, Population] = {}


def register_population(population: Population) -> None:
    """Make a population known; the same key again replaces it."""
    _populations[population.key] = population


def populations_of(parameter: str) -> list[Population]:
    """Those whose domain reads the parameter, money that would be paid first."""
    found = [one for one in _populations.values() if parameter in parameters_of(one.domain)]
    return sorted(found, key=lambda one: (not one.is_cost, one.key))


@dataclass(frozen=True)
class Outcome:
    """Before and after for every person of a population, in order of their key; money and months summed over their rows.

    ``before`` and ``after`` are the amounts compared: fen where ``in_money``, otherwise months (or 0 and 1 for a plain yes).
    ``unknown``: a standard is missing before or after, so nothing can be said. Arrays of one length.
    """

    population: Population
    person: np.ndarray
    office: np.ndarray
    before: np.ndarray
    after: np.ndarray
    unknown: np.ndarray
    in_money: bool
    in_months: bool

    @property
    def gains(self) -> np.ndarray:
        return (self.after > self.before) & ~self.unknown

    @property
    def loses(self) -> np.ndarray:
        return (self.after < self.before) & ~self.unknown

    @property
    def changed(self) -> np.ndarray:
        return self.gains | self.loses

    def totals(self, chosen: np.ndarray | None = None) -> tuple[int, int]:
        """Sums before and after over the rows chosen (all when None), those that are unknown left out."""
        known = ~self.unknown if chosen is None else chosen & ~self.unknown
        return int(self.before[known].sum()), int(self.after[known].sum())

    def by_office(self) -> Iterable[tuple[int, int, int, int, int]]:
        """(office, gains, loses, before, after) for each office with a change, by its key."""
        offices, place = np.unique(self.office, return_inverse=True)
        counts = [self.gains, self.loses, np.where(self.unknown, 0, self.before), np.where(self.unknown, 0, self.after)]
        sums = np.zeros((len(counts), offices.size), dtype=np.int64)
        for row, values in zip(sums, counts, strict=True):
            np.add.at(row, place, values.astype(np.int64))
        for at in np.flatnonzero(sums[0] + sums[1]).tolist():
            yield (int(offices[at]), *(int(value) for value in sums[:, at]))


def _kind_of(answer: Mapping[str, np.ndarray]) -> str:
    """Which output of a domain is compared: money first, then months, then a plain yes; empty without any."""
    return next((key for key in (*MONEY, MONTHS, "eligible", "ok", "stop") if key in answer), "")


def _judged(
    population: Population, rows: Rows, on: dt.date, parameters: Parameters
) -> tuple[np.ndarray, np.ndarray, str]:
    """The amount of every row, where nothing can be said, and which output it is."""
    size = rows.person.size
    amounts, unknown, kind = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool), ""
    days = np.full(size, np.datetime64(on)) if rows.day is None else rows.day
    for day in np.unique(days):
        here = np.flatnonzero(days == day)
        columns = rows.columns if here.size == size else {name: one[here] for name, one in rows.columns.items()}
        answer = evaluate_columns(population.domain, day.astype(object), columns, parameters=parameters)
        unknown[here] = answer["no_standard"]
        kind = _kind_of(answer) or kind
        if rows.output is None:
            found = answer.get(_kind_of(answer), amounts[here])
        else:
            keys = np.unique(rows.output[here])
            found = np.select([rows.output[here] == key for key in keys], [answer.get(key, 0) for key in keys])
        amounts[here] = np.where(answer["no_standard"], 0, found)
    return amounts, unknown, kind


def compare(population: Population, *, before: Parameters, after: Parameters, on: dt.date) -> Outcome:
    """The population by the old and by the new parameters, told per person. The same parameters give no difference."""
    rows = population.load(on)
    old, old_unknown, kind = _judged(population, rows, on, before)
    new, new_unknown, new_kind = _judged(population, rows, on, after)
    person, first, place = np.unique(rows.person, return_index=True, return_inverse=True)
    sums = np.zeros((2, person.size), dtype=np.int64)
    np.add.at(sums[0], place, old)
    np.add.at(sums[1], place, new)
    unknown = np.zeros(person.size, dtype=bool)
    np.logical_or.at(unknown, place, old_unknown | new_unknown)
    kind = kind or new_kind
    in_money = kind in MONEY or (rows.output is not None and all(key.endswith("_fen") for key in rows.output.tolist()))
    return Outcome(
        population, person, rows.office[first], sums[0], sums[1], unknown, in_money, kind == MONTHS
    )  # fmt: skip


def column(values: Iterable[Any], dtype: Any) -> np.ndarray:
    """A column of a query's answer; None in a date column becomes NaT."""
    return np.asarray(list(values), dtype=dtype)

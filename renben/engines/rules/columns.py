"""What is known about people, as columns: each service says which facts its tables hold and reads them for many at once.

A fact that nobody has recorded stays unknown; whoever asks decides what that means, nothing is filled in here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import CatalogueError


@dataclass(frozen=True)
class Column:
    """One fact about a person. ``dtype`` is a numpy dtype (``datetime64[D]`` for days, ``U16`` for codes), ``unit`` its unit in words.

    ``as_of``: the day the values hold for in words, by default the day asked for.
    """

    name: str
    label: str
    dtype: str
    unit: str = ""
    as_of: str = "查找当天"


@dataclass(frozen=True)
class Known:
    """Values of a column, one per person, and for whom they are known (bool). Both of one length; unknown values mean nothing."""

    values: np.ndarray
    known: np.ndarray

    @classmethod
    def of_all(cls, values: np.ndarray) -> Known:
        """A column that is known for everybody."""
        return cls(values, np.ones(values.size, dtype=bool))

    @classmethod
    def single(cls, value: Any, dtype: str) -> Known:
        """One person's fact; None is unknown."""
        if value is None:
            return cls(np.zeros(1, dtype=dtype), np.zeros(1, dtype=bool))
        return cls(np.asarray([value], dtype=dtype), np.ones(1, dtype=bool))

    def is_true(self) -> np.ndarray:
        """Known and true (of a bool column)."""
        return self.known & self.values

    def is_false(self) -> np.ndarray:
        """Known and false (of a bool column)."""
        return self.known & ~self.values

    def is_one_of(self, codes: Iterable[str]) -> np.ndarray:
        """Known and among these codes."""
        return self.known & np.isin(self.values, list(codes))


Table = Mapping[str, Known]
Load = Callable[[np.ndarray, dt.date], Table]


@dataclass(frozen=True)
class Source:
    """Columns that are read together. ``load(ids, on)`` gets sorted int64 keys of people and answers every column in their order."""

    key: str
    columns: tuple[Column, ...]
    load: Load


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Make columns known; the same key again replaces them. CatalogueError when another source has a column of that name."""
    taken = {column.name for other in _sources.values() if other.key != source.key for column in other.columns}
    if doubled := taken & {column.name for column in source.columns}:
        raise CatalogueError(f"事实列 {'、'.join(sorted(doubled))} 已由别的模块登记。")
    _sources[source.key] = source


def columns() -> dict[str, Column]:
    """All registered columns by name."""
    return {column.name: column for source in _sources.values() for column in source.columns}


def read(ids: np.ndarray, on: dt.date, names: Iterable[str]) -> dict[str, Known]:
    """The named columns of these people (sorted keys) on a day. CatalogueError for a name that nobody registered."""
    wanted = set(names)
    if strange := wanted - set(columns()):
        raise CatalogueError(f"没有登记的事实列：{'、'.join(sorted(strange))}。")
    table: dict[str, Known] = {}
    for source in _sources.values():
        if wanted & {column.name for column in source.columns}:
            table |= {name: known for name, known in source.load(ids, on).items() if name in wanted}
    return table


def spread(ids: np.ndarray, rows: Sequence[Sequence[Any]], dtypes: Mapping[str, str]) -> dict[str, Known]:
    """Rows ``(person, value, value, …)`` in the order of ``ids``; ``dtypes`` names the values and their types.

    A person without a row, or with None, is unknown there. Rows of strangers are left out; of two rows the last one counts.
    """
    found = np.asarray([row[0] for row in rows], dtype=np.int64)
    place = np.searchsorted(ids, found)
    place[place == ids.size] = 0
    here = np.flatnonzero(ids[place] == found) if ids.size else np.zeros(0, dtype=np.int64)
    table = {}
    for number, (name, dtype) in enumerate(dtypes.items(), start=1):
        values, known = np.zeros(ids.size, dtype=dtype), np.zeros(ids.size, dtype=bool)
        given = [index for index in here.tolist() if rows[index][number] is not None]
        values[place[given]] = np.asarray([rows[index][number] for index in given], dtype=dtype)
        known[place[given]] = True
        table[name] = Known(values, known)
    return table


def full_months(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Completed months from day to day, int64: 15 January to 14 April are 2, to 15 April 3; 0 when ``end`` is not later.

    A month that has no such day is completed on its last one. Days are datetime64[D].
    """
    first, last = start.astype("datetime64[M]"), end.astype("datetime64[M]")
    day_of_start = (start - first.astype("datetime64[D]")).astype(np.int64)
    day_of_end = (end - last.astype("datetime64[D]")).astype(np.int64)
    longest = ((last + 1).astype("datetime64[D]") - last.astype("datetime64[D]")).astype(np.int64) - 1
    count = (last - first).astype(np.int64) - (day_of_end < np.minimum(day_of_start, longest))
    return np.where(end > start, count, 0)

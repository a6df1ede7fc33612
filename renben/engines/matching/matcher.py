"""The index of one side: put in, changed in place, asked by the other side for its best rows, with reasons."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import reasons, twin
from .points import points
from .program import AREA_BITS, Questions, ask, compile_table
from .rows import MOST_VARIANTS, Rows
from .store import Store
from .table import Side, Table, TableError

CHUNK = 512
"""Owners that one thread takes at a time."""
MOST_ROWS = 1000
"""Longest list that can be asked for."""


@dataclass(frozen=True)
class Best:
    """The best rows of each owner, best first: arrays of owners × k, the first `filled` of each line are rows.

    keys int64: the order itself (higher first); vias int16: which wish and which form of the offer.
    """

    owners: np.ndarray
    keys: np.ndarray
    vias: np.ndarray
    filled: np.ndarray

    @property
    def numbers(self) -> np.ndarray:
        """Numbers of the rows (int64), -1 where there is none."""
        return np.where(self.keys < 0, -1, twin.LOW32 - (self.keys & twin.LOW32))

    @property
    def scores(self) -> np.ndarray:
        """Scores (int64); 0 where there is no row."""
        return np.where(self.keys < 0, 0, (self.keys >> twin.SCORE_SHIFT) - twin.OFFSET)


@dataclass(frozen=True)
class Pair:
    """A shown row: its number, score, and points by part, which add up to the score; which wish and form of the offer it rests on."""

    number: int
    score: int
    parts: dict[str, int]
    wish: int
    form: int


class Matcher:
    """Rows of one side (`store`). Changes and questions may come from several threads; each sees whole rows only."""

    def __init__(self, table: Table, side: Side):
        self.table, self.side = table, side
        self.program = compile_table(table, side)
        self.store = Store(table, side)
        self.lock = threading.RLock()

    @property
    def size(self) -> int:
        return self.store.size

    def fill(self, rows: Rows) -> Matcher:
        """These rows in place of all others; built aside, so questions go on meanwhile."""
        fresh = Store(self.table, self.side).fill(rows)
        with self.lock:
            self.store = fresh
        return self

    def put(self, rows: Rows) -> None:
        """All rows of one number, in place of what it had."""
        with self.lock:
            self.store.put(rows)

    def remove(self, number: int) -> bool:
        """Takes a number out; False when it was not there."""
        with self.lock:
            return self.store.remove(number)

    def change(self, number: int, **values: int) -> bool:
        """New values in some columns of a number; False when it is not there."""
        with self.lock:
            return self.store.change(number, values)

    def set_column(self, name: str, numbers: np.ndarray, values: np.ndarray, *, otherwise: int = 0) -> None:
        """A whole column anew, such as prices."""
        with self.lock:
            self.store.set_column(name, numbers, values, otherwise=otherwise)

    def rows(self) -> Rows:
        """A copy of everything stored."""
        with self.lock:
            return self.store.rows()

    def save(self, path: Path) -> None:
        with self.lock:
            self.store.save(path)

    def open(self, path: Path) -> Matcher:
        """The rows of a saved file. TableError when it must be made anew."""
        fresh = Store.open(self.table, self.side, path)
        with self.lock:
            self.store = fresh
        return self

    def best(
        self, asking: Rows, size: int, context: Mapping[str, int], *, threads: int = 1, compiled: bool = True
    ) -> Best:
        """The best `size` rows for every owner of `asking`. `compiled=False` asks the numpy twin: same answer, slower."""
        if not 1 <= size <= MOST_ROWS:
            raise TableError(f"一次最多列出 {MOST_ROWS} 条。")
        questions = ask(self.program, asking, context)
        with self.lock:
            if not compiled:
                found = twin.best(self.table, self.store, questions.rows, questions.bounds, size, context)
                return Best(questions.owners, *found)
            return self._compiled(questions, size, threads)

    def _compiled(self, questions: Questions, size: int, threads: int) -> Best:
        from . import kernel

        owners = questions.owners.size
        keys, vias = np.empty((owners, size), dtype=np.int64), np.zeros((owners, size), dtype=np.int16)
        filled = np.zeros(owners, dtype=np.int64)
        given = (*self._arrays(), _asked(questions, self.store))

        def run(first: int) -> None:
            kernel.best(*given, first, min(first + CHUNK, owners), keys, vias, filled)

        if threads == 1 or owners <= CHUNK:
            kernel.best(*given, 0, owners, keys, vias, filled)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(run, range(0, owners, CHUNK)))
        return Best(questions.owners, keys, vias, filled)

    def _arrays(self) -> tuple:
        """Store, buckets and program as the kernel takes them."""
        store, program, tie = self.store, self.program, self.table.tie(self.side)
        column = store.names.index(tie.column) if tie else 0
        first = 0 if tie is None else 1 if tie.first == "high" else -1
        return (
            (store.cells, store.numbers, store.variants, column, first),
            (store.starts, store.useds, store.groups, store.areas),
            (program.ops, program.rings, program.columns, self.side == "offer"),
        )

    def shown(self, asking: Rows, size: int, context: Mapping[str, int]) -> list[Pair]:
        """The best `size` rows for one owner, best first, each with the points of its parts."""
        asking = reasons.of_one(asking)
        with self.lock:
            found = self.best(asking, size, context)
            return [self._pair(asking, int(key), int(via), context) for key, via in _line(found)]

    def near(self, asking: Rows, each: int, context: Mapping[str, int]) -> list[tuple[str, Pair]]:
        """What one owner just misses: the best `each` rows for every filter that they fail, and that one only, with its name."""
        asking, names = reasons.of_one(asking), self.table.filter_names
        with self.lock:
            missed = reasons.near(self.table, self.store, asking, each, context)
            return [(names[one.failed], self._pair(asking, one.key, one.via, context)) for one in missed]

    def funnel(self, asking: Rows, context: Mapping[str, int]) -> list[reasons.Left]:
        """How many numbers are left for one owner after each filter; the first line counts all."""
        with self.lock:
            return reasons.funnel(self.table, self.store, reasons.of_one(asking), context)

    def _pair(self, asking: Rows, key: int, via: int, context: Mapping[str, int]) -> Pair:
        """A row with its parts. The caller holds the lock, so it is still what the key was made of."""
        wish, form = divmod(via, MOST_VARIANTS)
        mine, theirs = (form, wish) if self.side == "offer" else (wish, form)
        number = twin.LOW32 - (key & twin.LOW32)
        places, question = np.array([self.store.place(number, mine)]), int(np.flatnonzero(asking.variants == theirs)[0])
        get = twin.pair_values(self.table, self.store, places, asking, question, context)
        parts = {part.name: int(np.ravel(points(part, get))[0]) for part in self.table.parts}
        return Pair(number, sum(parts.values()), parts, wish, form)


def _line(found: Best) -> list[tuple[int, int]]:
    """Keys and vias of the first list."""
    filled = int(found.filled[0])
    return list(zip(found.keys[0, :filled].tolist(), found.vias[0, :filled].tolist(), strict=True))


def _asked(questions: Questions, store: Store) -> tuple:
    rows = questions.rows
    columns, bits = np.full(rows.size, -1, dtype=np.int64), np.zeros(rows.size, dtype=np.int16)
    if store.side == "wish":
        areas = np.bitwise_count(rows.areas - np.uint64(1)).astype(np.int64)
        columns = len(store.names) + areas // AREA_BITS
        bits = (1 << (areas % AREA_BITS)).astype(np.uint16).view(np.int16)
    return (
        questions.slots, questions.base, questions.failed, questions.bounds,
        rows.groups.astype(np.int64), rows.areas, rows.variants, _repeats(questions, store), columns, bits,
    )  # fmt: skip


def _repeats(questions: Questions, store: Store) -> np.ndarray:
    """Owners (bool) who may come upon one row's owner twice: two of their questions look into one bucket, or rows have forms."""
    rows, bounds = questions.rows, questions.bounds
    if store.has_variants or store.side == "wish":
        return np.ones(questions.owners.size, dtype=bool)
    owner = np.repeat(np.arange(questions.owners.size), np.diff(bounds))
    order = np.lexsort((rows.groups, owner))
    owner, groups = owner[order], rows.groups[order]
    again = (owner[1:] == owner[:-1]) & ((groups[1:] == groups[:-1]) | (groups[:-1] < 0))
    found = np.zeros(questions.owners.size, dtype=bool)
    found[owner[1:][again]] = True
    return found

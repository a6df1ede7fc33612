"""Why a list is short: how many rows are left after each filter, and which rows fail at one filter only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from . import twin
from .points import passes
from .rows import Rows
from .store import Store
from .table import Table, TableError


@dataclass(frozen=True)
class Left:
    """What is left after one filter, in the order of the table; `name` is empty for the count before all filters."""

    name: str
    count: int


def of_one(asking: Rows) -> Rows:
    """The rows, when they are of one owner; TableError otherwise."""
    if np.unique(asking.ids).size != 1:
        raise TableError("一次只能问一个编号。")
    return asking.by_owner()


def funnel(table: Table, store: Store, asking: Rows, context: Mapping[str, int]) -> list[Left]:
    """How many numbers are left after each filter; a number stays as long as one of its rows suits one of the wishes so far."""
    names = table.filter_names
    depth = np.zeros(store.cells.shape[1], dtype=np.int8)
    for question in range(asking.size):
        places = _in_group(store, asking, question)
        depth[places] = np.maximum(depth[places], 1)
        for reached, held in enumerate(_later_filters(table, store, asking, question, context), start=2):
            places = places[held(places)]
            depth[places] = np.maximum(depth[places], reached)
    places = store.positions()
    reached = depth[places].astype(np.int64)
    if store.has_variants or store.side == "wish":
        _, owner = np.unique(store.numbers[places], return_inverse=True)
        best = np.zeros(owner.max(initial=-1) + 1, dtype=np.int64)
        np.maximum.at(best, owner, reached)
        reached = best
    counts = np.bincount(reached, minlength=len(names) + 1)[::-1].cumsum()[::-1]
    return [Left(name, int(count)) for name, count in zip(["", *names], counts, strict=True)]


@dataclass(frozen=True)
class Miss:
    """A row that fails at one filter only: its key and via as in a list of best rows, and the filter's number in the table."""

    key: int
    via: int
    failed: int


def near(table: Table, store: Store, asking: Rows, each: int, context: Mapping[str, int]) -> list[Miss]:
    """Numbers that no wish finds and that fail at exactly one filter, the best `each` for every filter; best first.

    A number that two wishes nearly find is listed once, as the better of the two. Filters with `near: false` list nothing.
    """
    found = [one for question in range(asking.size) for one in _misses(table, store, asking, question, context)]
    keys, vias, failed = (np.concatenate([one[i] for one in found]) for i in range(3)) if found else (np.zeros(0),) * 3
    keys = keys.astype(np.int64)
    reached = keys[failed < 0] & twin.LOW32
    keep = (failed >= 0) & ~np.isin(keys & twin.LOW32, reached)
    keys, vias, failed = keys[keep], vias[keep], failed[keep]
    order = np.lexsort((vias, -keys))
    _, first = np.unique(keys[order] & twin.LOW32, return_index=True)
    order = order[np.sort(first)]
    listed = [order[failed[order] == number][:each] for number in range(len(table.filter_names))]
    places = [int(place) for line in listed for place in line]
    places.sort(key=lambda place: -int(keys[place]))
    return [Miss(int(keys[place]), int(vias[place]), int(failed[place])) for place in places]


def _misses(
    table: Table, store: Store, asking: Rows, question: int, context: Mapping[str, int]
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Keys, vias and failed filters (-1 none) of rows that fail at one shown filter or none, for one question."""
    inside = _in_group(store, asking, question)
    runs = [(inside, 0)]
    if table.group.near:
        runs.append((np.setdiff1d(store.positions(), inside, assume_unique=True), 1))
    shown = np.array([table.filter(name).near for name in table.filter_names])
    for places, outside in runs:
        fails = np.full(places.size, outside, dtype=np.int64)
        which = np.where(fails > 0, 0, -1)
        for number, held in enumerate(_later_filters(table, store, asking, question, context), start=1):
            good = held(places)
            fails += ~good
            which = np.where(good, which, number)
        keep = (fails == 0) | ((fails == 1) & shown[which])
        places, which = places[keep], which[keep]
        scores = twin.scores(table, store, places, asking, question, context)
        yield *twin.ranked(table, store, places, scores, int(asking.variants[question])), which


def _in_group(store: Store, asking: Rows, question: int) -> np.ndarray:
    """Positions of rows whose group suits a question, wherever they are."""
    group = int(asking.groups[question])
    if store.side == "offer":
        groups = range(store.groups + 1) if group < 0 else [group]
    else:
        groups = [store.groups] if group < 0 else [group, store.groups]
    return twin.run(store, [g * store.areas + a for g in groups for a in range(store.areas)])


def _later_filters(
    table: Table, store: Store, asking: Rows, question: int, context: Mapping[str, int]
) -> Iterator[Callable[[np.ndarray], np.ndarray]]:
    """The filters after the group, each as a function of positions (bool)."""
    if store.side == "wish":
        yield lambda places: twin.wanted_area(store, places, asking, question)
    else:
        mask, one = asking.areas[question], np.uint64(1)
        yield lambda places: (mask >> store.area_at(places)) & one == one
    for rule in table.filters:
        yield lambda places, rule=rule: np.broadcast_to(
            passes(rule, twin.pair_values(table, store, places, asking, question, context)), places.shape
        )

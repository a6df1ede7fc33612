"""The numpy twin of the kernel: the same best rows, found in another way. Used where there is no compiled kernel and as its proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from .points import Get, passes, points
from .rows import MOST_VARIANTS, Rows
from .store import Store
from .table import Table, Tie, name_of, side_of

SCORE_SHIFT, TIE_SHIFT, OFFSET, LOW32 = 48, 32, 16384, 0xFFFFFFFF


def pair_values(
    table: Table, store: Store, places: np.ndarray, asking: Rows, question: int, context: Mapping[str, int]
) -> Get:
    """`get` for the rows at these positions and one question."""

    def get(operand: str | int) -> np.ndarray:
        side = side_of(operand)
        if side == "number":
            return np.int64(operand)
        if side == "context":
            return np.int64(context[name_of(operand)])
        if side == store.side:
            return store.cells[store.names.index(name_of(operand)), places].astype(np.int64)
        return np.int64(asking.columns[name_of(operand)][question])

    return get


def keys_of(scores: np.ndarray, ties: np.ndarray, tie: Tie | None, numbers: np.ndarray) -> np.ndarray:
    """The order of pairs as one whole number each: score, tie, lower number first."""
    turned = np.int64(0)
    if tie is not None:
        turned = ties.astype(np.int64) + 32768 if tie.first == "high" else 32767 - ties.astype(np.int64)
    return (
        ((scores.astype(np.int64) + OFFSET) << SCORE_SHIFT) | (turned << TIE_SHIFT) | (LOW32 - numbers.astype(np.int64))
    )


def places_for(store: Store, asking: Rows, question: int) -> np.ndarray:
    """Positions of the rows whose group, and for offers area, suits a question."""
    group = int(asking.groups[question])
    every = range(store.groups + 1)
    if store.side == "offer":
        mask = int(asking.areas[question])
        areas = [area for area in range(store.areas) if mask >> area & 1]
        buckets = [g * store.areas + a for g in (every if group < 0 else [group]) for a in areas]
    else:
        buckets = [store.groups] if group < 0 else [group, store.groups]
    return run(store, buckets)


def run(store: Store, buckets: Iterable[int]) -> np.ndarray:
    """Positions of all rows of some buckets."""
    runs = [np.arange(store.starts[b], store.starts[b] + store.useds[b]) for b in buckets if store.useds[b]]
    return np.concatenate(runs) if runs else np.zeros(0, dtype=np.int64)


def wanted_area(store: Store, places: np.ndarray, asking: Rows, question: int) -> np.ndarray:
    """Whether the wishes at these positions will do with the asking offer's area (bool)."""
    area = int(asking.areas[question]).bit_length() - 1
    word = store.cells[len(store.names) + area // 16, places].astype(np.uint16)
    return (word >> np.uint16(area % 16)) & 1 == 1


def candidates(
    table: Table, store: Store, asking: Rows, question: int, context: Mapping[str, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All rows that pass for one question: keys, vias, positions."""
    places = places_for(store, asking, question)
    if store.side == "wish" and places.size:
        places = places[wanted_area(store, places, asking, question)]
    for one in table.filters:
        held = passes(one, pair_values(table, store, places, asking, question, context))
        places = places[np.broadcast_to(held, places.shape)]
    keys, vias = ranked(
        table, store, places, scores(table, store, places, asking, question, context), asking.variants[question]
    )
    return keys, vias, places


def scores(
    table: Table, store: Store, places: np.ndarray, asking: Rows, question: int, context: Mapping[str, int]
) -> np.ndarray:
    """The score (int64) of the rows at these positions for one question, whether they pass or not."""
    get = pair_values(table, store, places, asking, question, context)
    total = np.zeros(places.size, dtype=np.int64)
    for part in table.parts:
        total += points(part, get)
    return total


def ranked(
    table: Table, store: Store, places: np.ndarray, scored: np.ndarray, variant: int
) -> tuple[np.ndarray, np.ndarray]:
    """Keys and vias (int64) of rows with these scores, asked for by that variant of the asker."""
    tie = table.tie(store.side)
    ties = store.cells[store.names.index(tie.column), places] if tie else np.zeros(places.size)
    keys = keys_of(scored, ties, tie, store.numbers[places])
    mine, other = int(variant), store.variants[places].astype(np.int64)
    return keys, mine * MOST_VARIANTS + other if store.side == "offer" else other * MOST_VARIANTS + mine


def best(
    table: Table, store: Store, asking: Rows, bounds: np.ndarray, size: int, context: Mapping[str, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The best `size` rows of each owner, questions sorted by owner: keys int64 (-1 free), vias int16, how many."""
    keys = np.full((bounds.size - 1, size), -1, dtype=np.int64)
    vias, filled = np.zeros(keys.shape, dtype=np.int16), np.zeros(bounds.size - 1, dtype=np.int64)
    for owner in range(bounds.size - 1):
        found = [candidates(table, store, asking, q, context) for q in range(bounds[owner], bounds[owner + 1])]
        mine, via = (np.concatenate([one[i] for one in found]) for i in (0, 1))
        if mine.size > 4 * size:
            cut = np.partition(mine, mine.size - 4 * size)[mine.size - 4 * size]
            if np.unique(mine[mine >= cut] & LOW32).size >= size:
                mine, via = mine[mine >= cut], via[mine >= cut]
        order = np.lexsort((via, -mine))
        _, first = np.unique(mine[order] & LOW32, return_index=True)
        order = order[np.sort(first)][:size]
        filled[owner] = order.size
        keys[owner, : order.size], vias[owner, : order.size] = mine[order], via[order]
    return keys, vias, filled

"""What an offer pays, in points, for being shown to more people than it has places for.

Each night everybody's longer lists are made; then, a few times over, everybody is shown the first few of his list, offers shown too often for their places become dearer and those shown too seldom cheaper, and the lists are made again. What comes out is one whole number for each offer, never below 0, that stands in the score as a part of its own: anyone can see it and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .matcher import Best, Matcher
from .rows import Rows
from .table import Table, TableError

SHOWN, LISTED = 10, 60
TURNS = ((6, 3.0), (3, 2.0))
"""For each making of the lists: so many rounds, and the points by which a price moves when an offer is shown about three times (e)
as often as its places would have it. One making is not enough: prices bring in offers that were on nobody's list."""
TOGETHER = 4096
"""Lists that are looked at in one go."""


@dataclass(frozen=True)
class Spread:
    """How the shown places fall on the offers. never: share of offers shown to nobody; gini: of showings per place (0 even, 1 all
    to one); most: lists that the most shown offer is in; score: mean of the shown scores without prices."""

    never: float
    gini: float
    most: int
    score: float


def settle(
    matcher: Matcher,
    column: str,
    asking: Rows,
    places: Mapping[int, int],
    context: Mapping[str, int],
    *,
    threads: int = 1,
) -> dict[int, int]:
    """Prices of all offers of `matcher`, which has them in `column` afterwards: number → points, from 0 to what the table allows.

    asking: everybody's wishes; places: how many each offer wants (1 where nothing is said). Prices of an earlier night play no
    part, so a night done twice gives the same. TableError when the table takes no points away for that column.
    """
    most = dearest(matcher.table, column)
    offers = np.unique(matcher.rows().ids)
    if not offers.size or not asking.size:
        return {}
    wanted = np.array([max(places.get(number, 1), 1) for number in offers.tolist()], dtype=np.int64)
    price = np.zeros(offers.size, dtype=np.int16)
    for rounds, step in TURNS:
        matcher.set_column(column, offers, price)
        lists = matcher.best(asking, LISTED, context, threads=threads)
        price = prices(lists, offers, wanted, start=price, rounds=rounds, step=step, most=most)
    matcher.set_column(column, offers, price)
    return dict(zip(offers.tolist(), price.tolist(), strict=True))


def dearest(table: Table, column: str) -> int:
    """How many points the table lets a price take away: an offer that suits is not pushed out of sight however many it suits."""
    for part in table.parts:
        if part.value and part.value.this == f"offer.{column}" and part.value.sign < 0 and part.floor < 0:
            return -part.floor
    raise TableError(f"匹配表里没有按 {column} 扣分的分项。")


def prices(
    lists: Best, offers: np.ndarray, places: np.ndarray, *, start: np.ndarray, rounds: int, step: float, most: int
) -> np.ndarray:
    """Prices (int16, 0 to `most`) for `offers` (sorted numbers) with so many places each (int64, at least 1).

    lists: everybody's best offers, longer than `SHOWN`, made with the prices `start`.
    """
    at = _places_in(lists, offers)
    scores = (lists.scores + start[at]).astype(np.int32)
    price = start.astype(np.float64)
    for _ in range(rounds):
        load = _load(at, scores, lists.keys, _whole(price).astype(np.int32))
        fair = load.sum() * places / places.sum()
        price = np.clip(price + step * np.log((load + 0.5) / (fair + 0.5)), 0, most)
    return _whole(price)


def spread(lists: Best, offers: np.ndarray, places: np.ndarray, price: np.ndarray) -> Spread:
    """How the first `SHOWN` of everybody's lists fall on the offers; `price` is what the lists were made with."""
    at, shown = _places_in(lists, offers), (lists.keys >= 0) & (np.arange(lists.keys.shape[1]) < SHOWN)
    load = np.bincount(at[shown], minlength=offers.size)
    return Spread(
        never=float((load == 0).mean()),
        gini=gini(load / places, places),
        most=int(load.max(initial=0)),
        score=float((lists.scores + price[at])[shown].mean()) if shown.any() else 0.0,
    )


def gini(values: np.ndarray, weights: np.ndarray) -> float:
    """Gini's coefficient of values that stand for so many places each: 0 when all are equal."""
    order = np.argsort(values)
    weight = np.append(0.0, np.cumsum(weights[order])) / weights.sum()
    total = (values * weights).sum()
    if not total:
        return 0.0
    held = np.append(0.0, np.cumsum((values * weights)[order])) / total
    return float(1 - ((held[1:] + held[:-1]) * np.diff(weight)).sum())


def _whole(price: np.ndarray) -> np.ndarray:
    return np.rint(price).astype(np.int16)


def _places_in(lists: Best, offers: np.ndarray) -> np.ndarray:
    """Where each listed offer stands in `offers`; anything for places without one."""
    return np.minimum(np.searchsorted(offers, np.maximum(lists.numbers, 0)), offers.size - 1)


def _load(at: np.ndarray, scores: np.ndarray, keys: np.ndarray, price: np.ndarray) -> np.ndarray:
    """How many people are shown each offer under these prices; some lists at a time, so that little memory is touched anew."""
    load = np.zeros(price.size, dtype=np.int64)
    for first in range(0, keys.shape[0], TOGETHER):
        some = slice(first, first + TOGETHER)
        load += np.bincount(at[some][_shown(scores[some] - price[at[some]], keys[some])], minlength=price.size)
    return load


def _shown(worth: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """The best `SHOWN` of each list by `worth` (bool, lists × length); among equals the list's own order holds."""
    length = keys.shape[1]
    if length <= SHOWN:
        return keys >= 0
    ordered = np.where(keys < 0, np.int32(-(2**24)), worth) * np.int32(length) - np.arange(length, dtype=np.int32)
    bar = np.partition(ordered, length - SHOWN, axis=1)[:, length - SHOWN, None]
    return (ordered >= bar) & (keys >= 0)

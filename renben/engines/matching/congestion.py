"""What an offer pays, in points, for being shown to more people than it has places for.

Each night everybody's longest lists are made once without prices; then, a few times over, everybody is shown the first few of
his list, offers shown too often for their places become dearer and those shown too seldom cheaper. What comes out is one whole
number for each offer, never below 0, that stands in the score as a part of its own: anyone can see it and why.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .matcher import Best

ROUNDS, SHOWN = 6, 10
STEP = 3.0
"""Points by which a price moves when an offer is shown about three times (e) as often as its places would have it."""
MOST = 60
"""Dearest price: an offer that suits is not pushed out of sight however many it suits."""


@dataclass(frozen=True)
class Spread:
    """How the shown places fall on the offers. never: share of offers shown to nobody; gini: of showings per place (0 even, 1 all
    to one); most: lists that the most shown offer is in; score: mean of the shown scores without prices."""

    never: float
    gini: float
    most: int
    score: float


def prices(
    lists: Best, offers: np.ndarray, places: np.ndarray, *, rounds: int = ROUNDS, shown: int = SHOWN, step: float = STEP,
    most: int = MOST,
) -> np.ndarray:  # fmt: skip
    """Prices (int16, 0 to `most`) for `offers` (sorted numbers) with so many places each (int64, at least 1).

    lists: everybody's best offers, longer than `shown` (sixty do), by scores without prices.
    """
    at, scores = _places_in(lists, offers), lists.scores
    price = np.zeros(offers.size, dtype=np.float64)
    for _ in range(rounds):
        chosen = _shown(at, scores, _whole(price, most), lists.keys, shown)
        load = np.bincount(at[chosen], minlength=offers.size)
        fair = np.maximum(load.sum() * places / places.sum(), 1e-9)
        price = np.clip(price + step * np.log((load + 0.5) / (fair + 0.5)), 0, most)
    return _whole(price, most)


def spread(lists: Best, offers: np.ndarray, places: np.ndarray, price: np.ndarray, *, shown: int = SHOWN) -> Spread:
    """What everybody's first `shown` offers look like under these prices (lists by scores without them)."""
    at, scores = _places_in(lists, offers), lists.scores
    chosen = _shown(at, scores, price, lists.keys, shown)
    load = np.bincount(at[chosen], minlength=offers.size)
    return Spread(
        never=float((load == 0).mean()),
        gini=gini(load / places, places),
        most=int(load.max(initial=0)),
        score=float(scores[chosen].mean()) if chosen.any() else 0.0,
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


def _whole(price: np.ndarray, most: int) -> np.ndarray:
    return np.clip(np.rint(price), 0, most).astype(np.int16)


def _places_in(lists: Best, offers: np.ndarray) -> np.ndarray:
    """Where each listed offer stands in `offers`; anything for places without one."""
    return np.minimum(np.searchsorted(offers, np.maximum(lists.numbers, 0)), offers.size - 1)


def _shown(at: np.ndarray, scores: np.ndarray, price: np.ndarray, keys: np.ndarray, shown: int) -> np.ndarray:
    """The first `shown` of each list when prices count (bool, lists × length); among equals the list's own order holds."""
    length = keys.shape[1]
    worth = np.where(keys < 0, np.int32(-(2**24)), scores.astype(np.int32) - price[at]) * np.int32(length)
    worth -= np.arange(length, dtype=np.int32)
    if length > shown:
        bar = np.partition(worth, length - shown, axis=1)[:, length - shown, None]
        return (worth >= bar) & (keys >= 0)
    return keys >= 0

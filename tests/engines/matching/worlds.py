"""Small worlds for the tests of matching, and the plainest answer there is: every pair looked at, nothing clever."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from renben.engines.matching import rows, table
from renben.engines.matching.points import passes, points
from renben.engines.matching.rows import Rows
from renben.engines.matching.table import name_of, side_of

TABLE = table.load(Path(__file__).with_name("table.yaml"))
TODAY = {"today": 20}

_NARROW = {
    "offer": {"kind": (0, 1), "goods": (4, 7), "asks": (0, 2), "level": (0, 6), "day": (0, 20), "code": (0, 4)},
    "wish": {"kind": (0, 1), "needs": (-1, 5), "has": (1, 7), "level": (3, 9), "age": (15, 20), "pay": (0, 12), "code": (0, 4)},
}  # fmt: skip
EXTREMES = (-32768, -32767, -1, 0, 1, 32766, 32767)


def some(side: str, size: int, seed: int, *, extreme: float = 0.0, owners: int | None = None) -> Rows:
    """Random rows in which everything happens: equal scores, unknown codes, empty groups, several rows of one owner.

    extreme: share of values from the ends of what a column holds.
    """
    rng, columns = np.random.default_rng(seed), {}
    codes = TABLE.codes(side)
    for name in TABLE.columns(side):
        low, high = _NARROW[side].get(name, (0, 8 if name in codes else 24))
        values = rng.integers(low, high + 1, size)
        if name not in codes:
            values = np.where(rng.random(size) < extreme, rng.choice(EXTREMES, size), values)
        columns[name] = values
    keys = np.arange(size) if owners is None else rng.integers(0, owners, size)
    ids, variants = np.divmod(np.unique(keys * 8 + rng.integers(0, 3, size)), 8)
    columns = {name: values[: ids.size] for name, values in columns.items()}
    groups = rng.integers(-1, TABLE.group.count, ids.size)
    if side == "offer":
        return rows.offers(TABLE, ids, groups, rng.integers(0, 18, ids.size), columns, variants=variants)
    masks = rng.integers(0, 2**18, ids.size) | rng.integers(0, 2**18, ids.size)
    return rows.wishes(TABLE, ids, groups, masks * (rng.random(ids.size) > 0.2), columns, variants=variants)


worlds = st.builds(
    lambda seed, offers, wishes, extreme, owners: (
        some("offer", offers, seed, extreme=extreme, owners=owners),
        some("wish", wishes, seed + 1, extreme=extreme, owners=owners),
    ),
    st.integers(0, 2**30), st.integers(0, 160), st.integers(1, 60), st.sampled_from([0.0, 0.05, 0.4]), st.sampled_from([None, 9, 40]),
)  # fmt: skip


def judged(offers: Rows, wishes: Rows, today: dict = TODAY) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Every offer with every wish: points (offers × wishes) and, by filter, where it holds."""

    def get(operand):
        match side_of(operand):
            case "offer":
                return offers.columns[name_of(operand)].astype(np.int64)[:, None]
            case "wish":
                return wishes.columns[name_of(operand)].astype(np.int64)[None, :]
            case "context":
                return np.int64(today[name_of(operand)])
            case _:
                return np.int64(operand)

    shape = (offers.size, wishes.size)
    held = {
        TABLE.group.name: (wishes.groups[None, :] < 0) | (wishes.groups[None, :] == offers.groups[:, None]),
        TABLE.area.name: (offers.areas[:, None] & wishes.areas[None, :]) != 0,
    }
    held |= {one.name: np.broadcast_to(passes(one, get), shape) for one in TABLE.filters}
    total = sum(np.broadcast_to(points(part, get), shape) for part in TABLE.parts)
    return total, held


def plain(offers: Rows, wishes: Rows, size: int, *, asking: str) -> dict[int, list[tuple[int, int, int]]]:
    """For each owner of the asking side its best `size`: (number, score, via), by Python's own sort."""
    total, held = judged(offers, wishes)
    good = np.logical_and.reduce(list(held.values()))
    found: dict[int, dict[int, tuple]] = {}
    for o, w in np.argwhere(good):
        via = int(wishes.variants[w]) * 8 + int(offers.variants[o])
        if asking == "wish":
            owner, other, tie = int(wishes.ids[w]), int(offers.ids[o]), -int(offers.columns["day"][o])
        else:
            owner, other, tie = int(offers.ids[o]), int(wishes.ids[w]), int(wishes.columns["since"][w])
        order = (-int(total[o, w]), tie, other, via)
        mine = found.setdefault(owner, {})
        mine[other] = min(mine.get(other, order), order)
    return {
        owner: [(other, -score, via) for score, _, other, via in sorted(mine.values())[:size]]
        for owner, mine in found.items()
    }


def listed(best) -> dict[int, list[tuple[int, int, int]]]:
    """An answer of a matcher in the same form; owners with an empty list are left out."""
    return {
        int(owner): [
            (int(best.numbers[i, j]), int(best.scores[i, j]), int(best.vias[i, j])) for j in range(int(best.filled[i]))
        ]
        for i, owner in enumerate(best.owners)
        if best.filled[i]
    }

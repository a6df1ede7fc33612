"""A synthetic city for measuring the match: trades by Zipf's law, districts with streets, skills by trade.

Each trade asks for its own schooling; wages go by trade, and up with schooling and years on both sides, as wages do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from renben.engines.matching import rows, table
from renben.engines.matching.rows import Rows
from renben.engines.matching.table import Table

GROUPS, SMALLS, CODES, DISTRICTS, STREETS = 64, 248, 573, 16, 349
TODAY = {"today": 1000}


@lru_cache(maxsize=1)
def the_table() -> Table:
    return table.load(Path(__file__).with_name("matching_table.yaml"))


@dataclass(frozen=True)
class World:
    """What both sides share: which group a code is in, how common it is, what it pays; which district a street is in."""

    small_of: np.ndarray
    group_of: np.ndarray
    share: np.ndarray
    schooling: np.ndarray
    pay: np.ndarray
    district_of: np.ndarray
    district_share: np.ndarray


def world(seed: int = 5) -> World:
    rng = np.random.default_rng(seed)
    small_of = np.concatenate([np.arange(SMALLS), rng.integers(0, SMALLS, CODES - SMALLS)])
    group_of_small = np.concatenate([np.arange(GROUPS), rng.integers(0, GROUPS, SMALLS - GROUPS)])
    share = 1 / (np.arange(CODES) + 2) ** 0.95
    district_of = np.concatenate([np.arange(DISTRICTS), rng.integers(0, DISTRICTS, STREETS - DISTRICTS)])
    district_share = 1 / (np.arange(DISTRICTS) + 6)
    rng.shuffle(share)
    schooling = rng.integers(0, 4, GROUPS)[group_of_small[small_of]]
    pay = rng.integers(38, 100, GROUPS)[group_of_small[small_of]] + rng.integers(-8, 9, CODES)
    return World(
        small_of, group_of_small[small_of], share / share.sum(), schooling, pay, district_of,
        district_share / district_share.sum(),
    )  # fmt: skip


def _streets(rng: np.random.Generator, one: World, size: int) -> np.ndarray:
    weights = one.district_share[one.district_of] / np.bincount(one.district_of)[one.district_of]
    return rng.choice(STREETS, size, p=weights / weights.sum())


def _skills(rng: np.random.Generator, groups: np.ndarray, size: int) -> dict[str, np.ndarray]:
    """`size` different skills a row: of the twenty of the trade, or of thirty that any trade asks."""
    own = np.argsort(rng.random((groups.size, 24)), axis=1)[:, :size]
    codes = np.where(own < 16, groups[:, None] * 16 + own, 2000 + own) + 1
    return {f"skill{number + 1}": codes[:, number] for number in range(size)}


def _degrees(rng: np.random.Generator, schooling: np.ndarray) -> np.ndarray:
    """Schooling asked for or had (0 to 6), around that of the trade."""
    return np.clip(schooling + rng.choice([-1, 0, 0, 1, 2], schooling.size), 0, 6)


def _wages(rng: np.random.Generator, pay: np.ndarray, degree: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Hundreds of yuan: the trade's, six in a hundred more for each step of schooling, two for each year up to five."""
    return np.clip(rng.normal(pay * (1 + 0.06 * degree + 0.02 * np.minimum(years, 5)), 6), 22, 400).astype(np.int64)


def offers(size: int, seed: int = 1) -> Rows:
    """Vacancies with the numbers 1 to `size`."""
    rng, one = np.random.default_rng(seed), world()
    code = rng.choice(CODES, size, p=one.share)
    street = _streets(rng, one, size)
    degree = np.maximum(_degrees(rng, one.schooling[code]) - 1, 0)
    years = rng.choice([0, 0, 0, 1, 2, 3, 5], size)
    columns = {
        "occupation": code + 1,
        "small": one.small_of[code] + 1,
        "street": street + 1,
        "district": one.district_of[street] + 1,
        "wage_top": _wages(rng, one.pay[code], degree, years),
        "degree": degree,
        "years": years,
        "age_from": rng.choice([16, 16, 18], size),
        "goods": rng.integers(0, 16, size),
        "published": TODAY["today"] - rng.integers(0, 30, size),
        "price": np.zeros(size, dtype=np.int64),
        **_skills(rng, one.group_of[code], 5),
    }
    return rows.offers(the_table(), np.arange(1, size + 1), one.group_of[code], one.district_of[street], columns)


def headcounts(size: int, seed: int = 9) -> np.ndarray:
    """People wanted by each vacancy."""
    return np.minimum(np.random.default_rng(seed).geometric(0.35, size), 40)


def wishes(seekers: int, seed: int = 2) -> Rows:
    """Wishes of seekers 1 to `seekers`: one to three each; a home district and some more."""
    rng, one = np.random.default_rng(seed), world()
    many = rng.choice([1, 2, 3], seekers, p=[0.55, 0.3, 0.15])
    owner = np.repeat(np.arange(seekers), many)
    variant = np.arange(owner.size) - np.repeat(np.cumsum(many) - many, many)
    code = rng.choice(CODES, owner.size, p=one.share)
    street = _streets(rng, one, seekers)
    home = one.district_of[street]
    also = rng.random((seekers, DISTRICTS)) < 0.45
    also[np.arange(seekers), home] = True
    mask = (also * (1 << np.arange(DISTRICTS))).sum(axis=1).astype(np.uint64)
    first = code[variant == 0]
    degree, years = _degrees(rng, one.schooling[first]), rng.integers(0, 30, seekers)
    person = {
        "street": street + 1,
        "district": home + 1,
        "degree": degree,
        "years": years,
        "age": rng.integers(16, 60, seekers),
        "needs": np.where(rng.random(seekers) < 0.2, 1, 0),
        "since": TODAY["today"] - rng.integers(0, 700, seekers),
    }
    columns = {
        "occupation": code + 1,
        "small": one.small_of[code] + 1,
        "wage": _wages(rng, one.pay[code] * 0.82, degree[owner], years[owner]),
        **{name: values[owner] for name, values in person.items()},
        **_skills(rng, one.group_of[code], 8),
    }
    return rows.wishes(the_table(), owner + 1, one.group_of[code], mask[owner], columns, variants=variant)


def again(given: Rows, times: int) -> Rows:
    """The same wishes several times over, each time under other numbers."""
    step = int(given.ids.max()) + 1
    ids = np.concatenate([given.ids + step * turn for turn in range(times)])
    variants, groups, areas = (np.tile(one, times) for one in (given.variants, given.groups, given.areas))
    return Rows(
        given.side, ids, variants, groups, areas, {name: np.tile(one, times) for name, one in given.columns.items()}
    )

"""Synthetic vacancies with real titles: as many as asked for, the same for the same seed.

Titles people wrote (with their occupation) come as often as a Zipf law says; duties are the official tasks of the occupation;
places are the villages and streets of the demonstration district. Nothing of it is a real vacancy.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from renben.engines.coding import occupations
from renben.kernel.regions_data import CODES_DIR, read_table

SENTENCE = re.compile(r"\d+\.")


@dataclass(frozen=True)
class Made:
    """One vacancy; wages in yuan a month."""

    key: int
    title: str
    text: str
    occupation: str
    region: str
    wage_low: int
    wage_high: int
    education: str
    shift: str
    day: int


def coded_titles() -> list[tuple[str, str]]:
    """(title, code) of the catalogue."""
    return [(row["title"], row["code"]) for row in read_table(CODES_DIR / "occupation_titles.csv")]


def is_held_out(title: str) -> bool:
    """The fixed fifth that neither model nor vacancies have seen."""
    return int(hashlib.sha256(f"fold|{title}".encode()).hexdigest(), 16) % 5 == 0


@cache
def _duties(code: str) -> tuple[str, ...]:
    """Official task sentences of an occupation, or of all below a group."""
    found: list[str] = []
    for row in _rows():
        if row["code"] == code or row["code"].startswith(code.rstrip("0-") + "-"):
            found += [part for part in SENTENCE.split(row["tasks"]) if part] or [row["definition"]]
            if len(found) > 200:
                break
    return tuple(part for part in found if part) or ("按单位安排工作",)


@cache
def _rows() -> list[dict[str, str]]:
    return read_table(CODES_DIR / "occupations.csv")


def made(count: int, titles: Sequence[tuple[str, str]], *, seed: int = 5) -> Iterator[Made]:
    """`count` vacancies over these titles."""
    rng = random.Random(seed)
    titles = sorted(titles)
    rng.shuffle(titles)
    weights = [1 / (rank + 10) for rank in range(len(titles))]
    places = [row["code"] for row in read_table(CODES_DIR / "regions_110113.csv") if len(row["code"]) == 12]
    for key, (title, code) in enumerate(rng.choices(titles, weights, k=count), start=1):
        base = 3000 + int(hashlib.sha256(code.encode()).hexdigest()[:4], 16) % 7000
        low = base + rng.randrange(-5, 6) * 200
        duties = rng.sample(_duties(code), k=min(4, len(_duties(code))))
        yield Made(
            key=key,
            title=title,
            text="。".join(duties)[:220],
            occupation=code,
            region=rng.choice(places),
            wage_low=low,
            wage_high=low + rng.randrange(0, 8) * 500,
            education=rng.choice(("", "", "71", "61", "31", "21")),
            shift=rng.choice(("day", "day", "rotating", "night")),
            day=rng.randrange(0, 60),
        )


def model_of_the_others(titles: Sequence[tuple[str, str]]):
    """A model that has seen none of the held-out titles."""
    unseen = {occupations.clean_title(title) for title, _ in titles if is_held_out(title)}
    names = {occupations.clean_title(code.name) for code in occupations.tree()}
    kept = [one for one in occupations.examples() if one[0] not in unseen or (one[2] < 1 and one[0] in names)]
    return occupations.trained(kept)

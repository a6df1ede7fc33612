"""What words and codes of a search mean, the same for vacancies and for seekers: trades and places, and how each is widened."""

from __future__ import annotations

from collections.abc import Sequence

from renben.engines.coding import occupations
from renben.engines.search.asking import AnyOf, Filter, Likely
from renben.kernel.models import Region

LIKELY_GUESSES = 8


def meanings(text: str) -> list[occupations.Guess]:
    """The trades the words may mean, likeliest first; none for no words."""
    return occupations.predict(text, LIKELY_GUESSES) if text.strip() else []


def likely(guesses: Sequence[occupations.Guess]) -> list[Likely]:
    """What the words probably mean, by 小类: the chances of its occupations together."""
    chances: dict[str, float] = {}
    for guess in guesses:
        group = occupations.group_of(guess.code)
        chances[group] = chances.get(group, 0.0) + guess.confidence
    tree = occupations.tree()
    return [Likely("occupation", group, chance, tree.name(group)) for group, chance in chances.items()]


def trade(code: str) -> Filter:
    """An occupation, widened to its 小类 and 中类."""
    tree = occupations.tree()
    line = tree.ancestry(code)[::-1]
    wider = tuple(((above,), tree.name(above)) for above in line[1:3])
    return AnyOf("occupation", (code,), tree.name(code), wider=wider)


def above(region: Region) -> list[Region]:
    """A place, its street and its district: something there is found under each."""
    line = [region]
    while line[-1].parent is not None:
        line.append(line[-1].parent)
    return line


def offices_above(path: str) -> list[str]:
    """The paths of an office and of those above it."""
    parts = path.strip("/").split("/")
    return ["/".join(parts[: n + 1]) + "/" for n in range(len(parts))]

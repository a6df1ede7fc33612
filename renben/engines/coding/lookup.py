"""Finding a code while somebody types: by name, by a local title, by the first letters of the pinyin, by the code itself.

Everything is in memory and read once per process; a question about 2,000 occupations takes a few milliseconds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from renben.kernel.pinyin import initials, pinyin_plain
from renben.kernel.regions_data import CODES_DIR, code_table, read_regions, read_table

from . import occupations
from .codetree import code_tree

TABLES = {"occupation": "职业", "industry": "行业", "region": "地区", "education": "文化程度"}
LONGEST = 60
"""Characters of a question that are read."""
GUESSED, LIKELY = 4, 0.1
"""What the model of titles adds to what the words themselves find: so many trades, each at least that likely."""
BEYOND = 9
"""A rank no row reaches that has nothing to do with the question."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: `path` names the groups above it, the widest first."""

    code: str
    name: str
    path: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """How it stands in a field: the name, then the code, so that two rows of one name are told apart."""
        return f"{self.name} {self.code}"


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    letters: str
    sound: str
    titles: tuple[str, ...]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text[:LONGEST]).lower().split())


def _of_tree(name: str) -> list[Entry]:
    tree = code_tree(name)
    return [Entry(row.code, row.name, tuple(tree.path(row.code)[:-1])) for row in tree]


def _of_regions() -> list[Entry]:
    rows = [row for path in sorted(CODES_DIR.glob("regions_*.csv")) for row in read_regions(path)]
    named = {row.code: row for row in rows}
    found = []
    for row in rows:
        above, parent = [], named.get(row.parent_code)
        while parent is not None:
            above.insert(0, parent.name)
            parent = named.get(parent.parent_code)
        found.append(Entry(row.code, row.name, tuple(above)))
    return found


@cache
def entries(table: str) -> dict[str, Entry]:
    """All rows of a table by code, in the order of the file. KeyError for a table nobody knows."""
    rows = {
        "occupation": lambda: _of_tree("occupations"),
        "industry": lambda: _of_tree("industries"),
        "region": _of_regions,
        "education": lambda: [Entry(code, name) for code, name in code_table("education").items()],
    }[table]()
    return {row.code: row for row in rows}


@cache
def _keys(table: str) -> dict[str, _Key]:
    titles: dict[str, list[str]] = {}
    if table == "occupation":
        for row in read_table(CODES_DIR / "occupation_titles.csv"):
            titles.setdefault(row["code"], []).append(_plain(row["title"]))
    return {
        code: _Key(_plain(row.name), initials(row.name), pinyin_plain(row.name), tuple(titles.get(code, ())))
        for code, row in entries(table).items()
    }


def _rank(code: str, key: _Key, words: str) -> int:
    """How well a row answers, 0 the best; BEYOND when it does not."""
    if words in (code.lower(), key.name):
        return 0
    if words in key.titles:
        return 1
    if key.name.startswith(words):
        return 2
    if code.lower().startswith(words) or words in key.name:
        return 3
    if not words.isascii():
        return 4 if any(words in title for title in key.titles) else BEYOND
    if key.letters.startswith(words) or key.sound.startswith(words):
        return 5
    return 6 if len(words) > 1 and words in key.letters else BEYOND


def find(table: str, text: str, limit: int = 12) -> list[Entry]:
    """The rows somebody may mean, the likeliest first; none for an empty question."""
    words = _plain(text)
    if not words:
        return []
    rows, keys = entries(table), _keys(table)
    ranked = ((_rank(code, key, words), len(key.name), code) for code, key in keys.items())
    found = [code for rank, _, code in sorted(ranked)[:limit] if rank < BEYOND]
    if table == "occupation" and not words.isascii():
        found += [guess.code for guess in occupations.predict(words, GUESSED) if guess.confidence >= LIKELY]
    return [rows[code] for code in dict.fromkeys(found)][:limit]


def warm() -> None:
    """Read every table and the model of titles now: the first letter somebody types waits for nothing."""
    for table in TABLES:
        find(table, "一")


def stem(code: str) -> str:
    """What the codes of a group of occupations begin with: `4-02-00-00` → `4-02`; a single trade is itself."""
    while code.endswith("-00"):
        code = code.removesuffix("-00")
    return code


def exactly(table: str, text: str) -> Entry | None:
    """The one row a field's text stands for: a code, `name code`, or a name that only one row bears."""
    rows = entries(table)
    last = text.split()[-1] if text.split() else ""
    if found := rows.get(text.strip()) or rows.get(last):
        return found
    named = _named(table).get(_plain(text), [])
    return rows[named[-1]] if named and _is_one(rows, named) else None


def _is_one(rows: dict[str, Entry], named: Iterable[str]) -> bool:
    """Whether the codes of one name lie on one line: a group with a single member of the same name means the member."""
    *wider, narrowest = (rows[code] for code in named)
    return all(one.name in narrowest.path for one in wider)


@cache
def _named(table: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in sorted(entries(table).values(), key=lambda one: len(one.path)):
        found.setdefault(_plain(row.name), []).append(row.code)
    return found

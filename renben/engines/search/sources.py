"""What is searched: a service describes its rows once, and the engine reads them whenever it needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Document:
    """One row as it is searched. `codes` and `numbers` hold the fields the source declares; a code may be many.

    For codes that are prefixes of each other (regions, occupations) the service gives every length it wants to filter by.
    """

    key: int
    title: str
    text: str = ""
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchSource:
    """`rows()` gives every document that is to be found, in any order; `row_of(keys)` those of these keys that are (still)
    to be found; `count()` how many `rows` would give, for noticing an index that lags behind."""

    name: str
    rows: Callable[[], Iterable[Document]]
    row_of: Callable[[Sequence[int]], Iterable[Document]]
    count: Callable[[], int]
    codes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


_sources: dict[str, SearchSource] = {}


def register(source: SearchSource) -> None:
    """Make a source known, at start-up. The same name again replaces it (a second start in one process)."""
    _sources[source.name] = source


def source(name: str) -> SearchSource:
    """The source of that name; KeyError names those that exist."""
    try:
        return _sources[name]
    except KeyError:
        raise KeyError(f"no search source {name!r}; registered: {sorted(_sources)}") from None


def names() -> list[str]:
    """Every registered source."""
    return sorted(_sources)

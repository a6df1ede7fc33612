"""A question to an index and its answer, which says what it did: nothing is widened or left out in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Only documents with one of these codes. `wider`: (codes, words) to try, nearest first, when nothing is found.

    `required` filters are never left out (what the reader may not see, what is closed).
    """

    field: str
    codes: tuple[str, ...]
    words: str
    required: bool = False
    wider: tuple[tuple[tuple[str, ...], str], ...] = ()


@dataclass(frozen=True, slots=True)
class Between:
    """Only documents whose number is at least `low` and at most `high` (None: no limit on that side)."""

    field: str
    low: int | None
    high: int | None
    words: str
    required: bool = False
    wider: tuple = ()


Filter = AnyOf | Between


@dataclass(frozen=True, slots=True)
class Likely:
    """A code the words probably mean (`chance` 0-1): documents with it rank higher, and are found by it from
    `FOUND_BY_CODE` on, which the answer says with `words`."""

    field: str
    code: str
    chance: float
    words: str


FOUND_BY_CODE = 0.25


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked. `order`: a number field, best match when empty. `near`: a code field and codes from the nearest to the
    widest, which rank higher. Filters stand in the order in which the reader would rather give them up."""

    text: str = ""
    filters: Sequence[Filter] = ()
    likely: Sequence[Likely] = ()
    order: str = ""
    descending: bool = True
    near: tuple[str, tuple[str, ...]] | None = None
    offset: int = 0
    limit: int = 20
    facets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """One thing the search did beside what was asked. Kinds: `code` (found by what the words mean), `sound`, `slip` (a
    character is wrong), `partly` (only some of the words), `wider` (a filter was widened), `without` (a filter was left out), `all` (the words were left out)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What leaving one filter out would bring."""

    field: str
    words: str
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """`keys` of this page in order; `total` found, of them `literal` by the words themselves; `scores` beside the keys."""

    keys: list[int]
    total: int
    literal: int
    notes: list[Note] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    facets: Mapping[str, dict[str, int]] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)

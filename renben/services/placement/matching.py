"""推荐岗位 and 合适的人: the best rows for somebody, why, what narrowly fails, and where everything is lost.

Each process keeps an index of open vacancies and one of active registrations, built from the database and kept current by what
`matching_changes` notes down; a row that has gone since is left out by whoever shows it. One question is one look over the
columns, so the funnel and the near misses cost no second one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from renben.engines.matching import rows as match_rows
from renben.engines.matching.matcher import Matcher
from renben.engines.matching.points import passes, points
from renben.engines.matching.rows import Rows
from renben.engines.matching.table import Table
from renben.engines.matching.twin import keys_of, pair_values
from renben.kernel import clock
from renben.services.placement import matching_changes, matching_table
from renben.services.placement.matching_rows import Row, Vocabulary, area_mask, context, vacancy_row, wish_rows
from renben.services.placement.models import Seeker, Vacancy

OFFER, WISH = "offer", "wish"
CHUNK = 5_000
KEEP_SECONDS = 12 * 3600
"""An index older than this is built anew: ages grow, notes of changes are cleared away."""


@dataclass(frozen=True)
class Found:
    """One row of an answer: vacancy or seeker, which wish it rests on, points by part; `failed` names the filter of a near miss."""

    number: int
    wish: int
    score: int
    parts: dict[str, int]
    failed: str = ""


@dataclass(frozen=True)
class Answer:
    """`top` best first, `near` those failing one filter, `funnel` (filter, how many were left after it), `total` looked at."""

    top: list[Found]
    near: list[Found]
    funnel: list[tuple[str, int]]
    total: int


@dataclass
class Index:
    """One side in memory. `seen`: how far the notes of changes were read."""

    matcher: Matcher
    vocabulary: Vocabulary
    seen: matching_changes.Seen
    built_at: float = field(default_factory=time.monotonic)
    lock: threading.RLock = field(default_factory=threading.RLock)


_indexes: dict[tuple[str, str], Index] = {}
_building = threading.RLock()


def forget() -> None:
    """The indexes of this process are built anew at the next question."""
    _indexes.clear()


def open_vacancies() -> QuerySet[Vacancy]:
    """What can be recommended today."""
    return Vacancy.objects.open_on(clock.today()).order_by("id")


def _active_seekers() -> Iterable[Seeker]:
    rows = Seeker.objects.active().select_related("person__organization").prefetch_related("wishes")
    return rows.order_by("id")


def _rows_of(side: str, things: Iterable, vocabulary: Vocabulary) -> list[Row]:
    if side == OFFER:
        return [vacancy_row(one, vocabulary) for one in things]
    today = clock.today()
    return [row for one in things for row in wish_rows(one, list(one.wishes.all()), vocabulary, today)]


def as_rows(side: str, rows: list[Row], table: Table) -> Rows:
    """Rows as the engine takes them."""
    names = table.columns(side)
    columns = {name: np.array([row.columns[name] for row in rows], dtype=np.int64) for name in names}
    given = [np.array([getattr(row, name) for row in rows], dtype=np.int64) for name in ("number", "group", "area")]
    variants = np.array([row.variant for row in rows], dtype=np.int64)
    make = match_rows.offers if side == OFFER else match_rows.wishes
    return make(
        table, given[0], given[1], given[2].astype(np.uint64 if side == WISH else np.int64), columns, variants=variants
    )


def index(side: str) -> Index:
    """The index of a side, built at the first question and brought up to date at each."""
    key = (str(connection.settings_dict["NAME"]), side)
    with _building:
        held = _indexes.get(key)
        if held is None or time.monotonic() - held.built_at > KEEP_SECONDS:
            _indexes[key] = fresh(side)
        held = _indexes[key]
    with held.lock:
        for number in matching_changes.since(held.seen, side):
            _refresh(held, side, number)
    return held


def fresh(side: str) -> Index:
    """An index of its own, as the database stands; nobody else asks it."""
    table, vocabulary = matching_table.table(), Vocabulary.of_district()
    seen = matching_changes.now()
    things = open_vacancies() if side == OFFER else _active_seekers()
    found = _rows_of(side, things.iterator(chunk_size=CHUNK), vocabulary)
    return Index(Matcher(table, side).fill(as_rows(side, found, table)), vocabulary, seen)


def everybody(vocabulary: Vocabulary) -> Rows:
    """The wishes of all active registrations, to ask an index that was made with the same vocabulary."""
    found = _rows_of(WISH, _active_seekers().iterator(chunk_size=CHUNK), vocabulary)
    return as_rows(WISH, found, matching_table.table())


def _refresh(held: Index, side: str, number: int) -> None:
    """One vacancy or registration as it stands now; out of the index when it is not open any more."""
    things = open_vacancies() if side == OFFER else _active_seekers()
    found = _rows_of(side, things.filter(pk=number), held.vocabulary)
    held.matcher.remove(number)
    if found:
        held.matcher.put(as_rows(side, found, held.matcher.table))


def _positions(held: Matcher) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of all rows, and the group and area of each (area of a wish: not used)."""
    store = held.store
    filled = np.flatnonzero(store.useds)
    places = [np.arange(store.starts[b], store.starts[b] + store.useds[b]) for b in filled]
    buckets = np.repeat(filled, store.useds[filled])
    groups = buckets // store.areas
    groups = np.where(groups == store.groups, -1, groups)
    return (np.concatenate(places) if places else np.zeros(0, dtype=np.int64)), groups, buckets % store.areas


def _area_holds(held: Matcher, places: np.ndarray, areas: np.ndarray, asking: Rows, question: int) -> np.ndarray:
    store = held.store
    if held.side == OFFER:
        return (np.uint64(asking.areas[question]) >> areas.astype(np.uint64)) & np.uint64(1) == 1
    area = int(asking.areas[question]).bit_length() - 1
    word = store.cells[len(store.names) + area // 16, places].astype(np.uint16)
    return (word >> np.uint16(area % 16)) & 1 == 1


def _group_holds(held: Matcher, groups: np.ndarray, asking: Rows, question: int) -> np.ndarray:
    asked = int(asking.groups[question])
    if held.side == OFFER:
        return np.ones(groups.shape, dtype=bool) if asked < 0 else groups == asked
    return (groups == -1) | (groups == asked)


def look(
    held: Index, asking: list[Row], *, size: int, only: Collection[int] | None = None, without: Collection[str] = ()
) -> Answer:
    """The best `size` rows for whoever asks (a seeker's wishes, or one vacancy), the near misses and the funnel.

    `only`: numbers that may be shown. `without`: names of filters that are set aside on purpose. Rows move when others change, so
    nothing is changed while somebody looks.
    """
    with held.matcher.lock:
        return _look(held.matcher, asking, size=size, only=only, without=without)


def _look(
    matcher: Matcher, asking: list[Row], *, size: int, only: Collection[int] | None, without: Collection[str]
) -> Answer:
    table, store, day = matcher.table, matcher.store, context(clock.today())
    places, groups, areas = _positions(matcher)
    if only is not None:
        kept = np.isin(store.numbers[places], np.fromiter(only, dtype=np.int64, count=len(only)))
        places, groups, areas = places[kept], groups[kept], areas[kept]
    asked = as_rows(WISH if matcher.side == OFFER else OFFER, asking, table)
    total = int(np.count_nonzero(store.variants[places] == 0))  # everyone has a first wish, every vacancy one form
    if not asked.size:
        return Answer([], [], [(name, 0) for name in table.filter_names], total)
    if not table.group.near:  # rows of other groups are neither shown nor near: nothing more is asked about them
        kept = np.any([_group_holds(matcher, groups, asked, question) for question in range(asked.size)], axis=0)
        places, groups, areas = places[kept], groups[kept], areas[kept]
    failed, scores, keys = [], [], []
    for question in range(asked.size):
        get = pair_values(table, store, places, asked, question, day)
        fails = [~_group_holds(matcher, groups, asked, question), ~_area_holds(matcher, places, areas, asked, question)]
        fails += [np.broadcast_to(~passes(one, get), places.shape) for one in table.filters]
        names = table.filter_names
        failed.append(np.array([f & (name not in without) for name, f in zip(names, fails, strict=True)]))
        parts = np.array([np.broadcast_to(points(part, get), places.shape) for part in table.parts])
        scores.append(parts)
        tie = table.tie(matcher.side)
        keys.append(
            keys_of(parts.sum(axis=0), store.cells[store.names.index(tie.column), places], tie, store.numbers[places])
        )
    found = _answer(matcher, places, np.array(failed), np.array(scores), np.array(keys), size, asked)
    return replace(found, total=total)


def _answer(matcher: Matcher, places, failed, scores, keys, size: int, asked: Rows) -> Answer:
    """failed bool (questions × filters × rows), scores int64 (questions × parts × rows), keys int64 (questions × rows)."""
    table, store = matcher.table, matcher.store
    count = failed.sum(axis=1)
    numbers, variants = store.numbers[places].astype(np.int64), store.variants[places]
    left = np.cumsum(failed, axis=1) == 0
    funnel = [
        (name, int(np.unique(numbers[left[:, place, :].any(axis=0)]).size))
        for place, name in enumerate(table.filter_names)
    ]
    near_ones = np.array([table.filter(name).near for name in table.filter_names])
    may_be_near = (count == 1) & (failed & near_ones[None, :, None]).any(axis=1)

    def best(mask, wanted: int, *, leave: frozenset[int] = frozenset()) -> list[Found]:
        questions, rows = np.nonzero(mask)
        order = np.argsort(-keys[questions, rows], kind="stable")
        found, seen = [], set(leave)
        for q, r in zip(questions[order].tolist(), rows[order].tolist(), strict=True):
            if int(numbers[r]) in seen:
                continue
            seen.add(int(numbers[r]))
            parts = dict(zip((p.name for p in table.parts), scores[q, :, r].tolist(), strict=True))
            wish = int(asked.variants[q]) if matcher.side == OFFER else int(variants[r])
            lost = "" if not count[q, r] else table.filter_names[int(np.flatnonzero(failed[q, :, r])[0])]
            found.append(Found(int(numbers[r]), wish, sum(parts.values()), parts, lost))
            if len(found) == wanted:
                break
        return found

    top = best(count == 0, size)
    passed = frozenset(numbers[(count == 0).any(axis=0)].tolist())
    return Answer(top, best(may_be_near, size, leave=passed), funnel, int(np.unique(numbers).size))


def for_seeker(seeker: Seeker, *, size: int = 10, without: Collection[str] = (), is_near_home: bool = False) -> Answer:
    """推荐岗位: the best open vacancies of the district for a registration; near home, those of the own street only."""
    held = index(OFFER)
    asking = wish_rows(seeker, list(seeker.wishes.order_by("rank")), held.vocabulary, clock.today())
    if is_near_home:
        home = area_mask([seeker.person.organization.region_id], held.vocabulary)
        asking = [replace(row, area=home) for row in asking]
    return look(held, asking, size=size, without=without)


def for_vacancy(
    vacancy: Vacancy, *, size: int = 10, only: Collection[int] | None = None, without: Collection[str] = ()
) -> Answer:
    """合适的人: the best active registrations for a vacancy; `only` those the reader may see."""
    held = index(WISH)
    return look(held, [vacancy_row(vacancy, held.vocabulary)], size=size, only=only, without=without)

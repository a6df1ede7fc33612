"""The store: rows are put in, changed, taken out in place, and everything reads as if it had been laid out anew."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.matching import rows
from renben.engines.matching.matcher import Matcher
from renben.engines.matching.rows import Rows
from renben.engines.matching.store import Store
from renben.engines.matching.table import TableError
from tests.engines.matching.worlds import TABLE, TODAY, listed, some


def as_lines(given: Rows) -> list[tuple]:
    """Rows as sorted tuples, to compare two sets of rows."""
    names = sorted(given.columns)
    arrays = [given.ids, given.variants, given.groups, given.areas, *(given.columns[name] for name in names)]
    return sorted(zip(*(array.tolist() for array in arrays), strict=True))


def without(given: Rows, number: int) -> Rows:
    return given.take(given.ids != number)


def together(one: Rows, other: Rows) -> Rows:
    columns = {name: np.concatenate([one.columns[name], other.columns[name]]) for name in one.columns}
    pairs = [(one.ids, other.ids), (one.variants, other.variants), (one.groups, other.groups), (one.areas, other.areas)]
    return Rows(one.side, *(np.concatenate(pair) for pair in pairs), columns)


@pytest.mark.parametrize("side", ["offer", "wish"])
@given(seed=st.integers(0, 2**30), steps=st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_changes_in_place_leave_what_a_new_layout_holds(side, seed, steps):
    rng = np.random.default_rng(seed)
    stand = some(side, int(rng.integers(0, 120)), seed)
    store = Store(TABLE, side).fill(stand)
    for step in range(steps):
        number = int(rng.integers(0, 130))
        if rng.random() < 0.4:
            assert store.remove(number) == bool((stand.ids == number).any())
            stand = without(stand, number)
        elif rng.random() < 0.5:
            mine = some(side, 3, seed + step, owners=1)
            mine = Rows(side, mine.ids + number, mine.variants, mine.groups, mine.areas, mine.columns)
            store.put(mine)
            stand = together(without(stand, number), mine)
        else:
            assert store.change(number, {"level": step}) == bool((stand.ids == number).any())
            stand.columns["level"][stand.ids == number] = step
    assert as_lines(store.rows()) == as_lines(stand) and store.size == stand.size


def test_a_full_bucket_grows_until_everything_is_laid_out_anew():
    one = some("offer", 1, 3)
    store = Store(TABLE, "offer").fill(one)
    capacity = store.cells.shape[1]
    for number in range(1, 9_000):
        store.put(Rows("offer", one.ids * 0 + number, one.variants, one.groups, one.areas, one.columns))
    assert store.size == 8_999 + int(one.ids[0] not in range(1, 9_000))
    assert store.cells.shape[1] > capacity
    assert all(store.place(number, int(one.variants[0])) >= 0 for number in range(1, 9_000, 97))


def test_a_change_is_in_the_next_answer():
    """Closed: gone. Changed: judged by the new value. Put in: found. Nothing is rebuilt in between."""
    offers, wishes = some("offer", 160, 4), some("wish", 30, 5)
    matcher = Matcher(TABLE, "offer").fill(offers)
    owner, line = next((o, line) for o, line in listed(matcher.best(wishes, 20, TODAY)).items() if len(line) > 2)
    first, second = line[0][0], line[1][0]
    assert matcher.remove(first) and not matcher.remove(first)
    assert listed(matcher.best(wishes, 20, TODAY))[owner][0][0] == second
    assert matcher.change(second, pay=-32768)
    assert second not in [number for number, *_ in listed(matcher.best(wishes, 20, TODAY))[owner]]
    matcher.put(offers.take(offers.ids == first))
    assert listed(matcher.best(wishes, 20, TODAY))[owner][0] == line[0]


def test_prices_are_set_for_all_at_once():
    offers = some("offer", 160, 4)
    matcher = Matcher(TABLE, "offer").fill(offers)
    matcher.set_column("price", np.array([7, 3]), np.array([70, 30]), otherwise=5)
    stored = matcher.store.rows()
    prices = dict(zip(stored.ids.tolist(), stored.columns["price"].tolist(), strict=True))
    assert prices[7] == 70 and prices[3] == 30 and {prices[n] for n in prices if n not in (3, 7)} == {5}


@pytest.mark.parametrize("side", ["offer", "wish"])
def test_what_is_saved_is_what_is_opened(side, tmp_path):
    given_rows, asking = some(side, 90, 11), some("wish" if side == "offer" else "offer", 40, 12)
    matcher = Matcher(TABLE, side).fill(given_rows)
    matcher.save(tmp_path / "index.npz")
    again = Matcher(TABLE, side).open(tmp_path / "index.npz")
    assert as_lines(again.store.rows()) == as_lines(given_rows)
    assert listed(again.best(asking, 9, TODAY)) == listed(matcher.best(asking, 9, TODAY))


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "noise", "other table"])
def test_a_damaged_file_says_that_it_must_be_made_anew(damage, tmp_path):
    path, table = tmp_path / "index.npz", TABLE
    Matcher(TABLE, "offer").fill(some("offer", 90, 11)).save(path)
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "other table":
        table = TABLE.model_copy(update={"id": "another"})
    else:
        path.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "noise": b"x" * 5000}[damage])
    with pytest.raises(TableError, match="需要重建"):
        Matcher(table, "offer").open(path)


@pytest.mark.parametrize(
    ("column", "value"), [("pay", 40_000), ("pay", -40_000), ("code", -1), ("pay", 1.5), ("unheard", 1)]
)
def test_values_without_a_place_are_refused(column, value):
    good = some("offer", 1, 3)
    columns = {name: values.tolist() for name, values in good.columns.items()} | {column: [value]}
    with pytest.raises(TableError):
        rows.offers(TABLE, good.ids, good.groups, [0], columns)
    store = Store(TABLE, "offer").fill(good)
    if isinstance(value, int):
        with pytest.raises(TableError):
            store.change(int(good.ids[0]), {column: value})


@pytest.mark.parametrize(
    ("ids", "groups", "areas"), [([-1], [0], [0]), ([2**32], [0], [0]), ([1], [3], [0]), ([1], [0], [18])]
)
def test_numbers_groups_and_areas_without_a_place_are_refused(ids, groups, areas):
    columns = dict(some("offer", 1, 3).columns)
    with pytest.raises(TableError, match="必须在"):
        rows.offers(TABLE, ids, groups, areas, columns)


def test_a_code_that_is_repeated_counts_once():
    one = some("wish", 1, 3)
    columns = dict(one.columns) | {"t1": [4], "t2": [4], "t3": [4]}
    made = rows.wishes(TABLE, [1], [0], [0], columns)
    assert [int(made.columns[name][0]) for name in ("t1", "t2", "t3")] == [4, 0, 0]


def test_questions_and_changes_at_the_same_time_see_whole_rows():
    """One thread closes and reopens an offer while others ask: it is in an answer with its own score, or not at all."""
    offers, wishes = some("offer", 160, 4), some("wish", 30, 5)
    matcher = Matcher(TABLE, "offer").fill(offers)
    owner, line = next((o, line) for o, line in listed(matcher.best(wishes, 20, TODAY)).items() if len(line) > 1)
    first, stop, wrong = line[0], threading.Event(), []

    def shuffle() -> None:
        while not stop.is_set():
            matcher.remove(first[0])
            matcher.put(offers.take(offers.ids == first[0]))

    worker = threading.Thread(target=shuffle)
    worker.start()
    try:
        for _ in range(300):
            found = listed(matcher.best(wishes, 20, TODAY))[owner]
            if found not in (line, [*line[1:]]) and found[: len(line) - 1] != line[1:]:
                wrong.append(found)
    finally:
        stop.set()
        worker.join()
    assert not wrong

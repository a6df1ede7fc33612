"""Kernel, numpy twin and the plain look at every pair give one answer, in both directions."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import matching_world as city
from renben.engines.matching import kernel
from renben.engines.matching.matcher import Matcher
from renben.engines.matching.table import TableError
from tests.engines.matching.worlds import TABLE, TODAY, listed, plain, some, worlds

SETTINGS = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module", autouse=True)
def compiled():
    kernel.warm_up()


@given(worlds, st.sampled_from([1, 3, 20]))
@SETTINGS
def test_one_answer_for_wishes(world, size):
    offers, wishes = world
    matcher = Matcher(TABLE, "offer").fill(offers)
    wanted = plain(offers, wishes, size, asking="wish")
    assert listed(matcher.best(wishes, size, TODAY)) == wanted
    assert listed(matcher.best(wishes, size, TODAY, compiled=False)) == wanted


@given(worlds, st.sampled_from([1, 3, 20]))
@SETTINGS
def test_one_answer_for_offers(world, size):
    offers, wishes = world
    matcher = Matcher(TABLE, "wish").fill(wishes)
    wanted = plain(offers, wishes, size, asking="offer")
    assert listed(matcher.best(offers, size, TODAY)) == wanted
    assert listed(matcher.best(offers, size, TODAY, compiled=False)) == wanted


def test_small_worlds_hold_what_is_tested():
    """The worlds above are not empty, have ties, and owners with several rows who are found once."""
    offers, wishes = some("offer", 160, 4, owners=40), some("wish", 60, 5, owners=9)
    found = plain(offers, wishes, 20, asking="wish")
    scores = [[score for _, score, _ in line] for line in found.values()]
    assert len(found) > 5 and any(len(set(line)) < len(line) for line in scores)
    assert offers.variants.any() and (wishes.groups < 0).any() and (offers.groups < 0).any()


def test_five_thousand_seekers_of_a_city():
    """Every list of 5,000 seekers over 13,000 vacancies, to the last key."""
    matcher = Matcher(city.the_table(), "offer").fill(city.offers(13_000))
    seekers = city.wishes(5_000)
    fast, slow = matcher.best(seekers, 20, city.TODAY, threads=2), matcher.best(seekers, 20, city.TODAY, compiled=False)
    assert fast.owners.size == 5_000 and fast.filled.mean() > 15
    assert (fast.keys == slow.keys).all() and (fast.vias == slow.vias).all() and (fast.filled == slow.filled).all()


def test_vacancies_find_the_same_seekers_either_way():
    matcher = Matcher(city.the_table(), "wish").fill(city.wishes(20_000))
    vacancies = city.offers(200)
    fast, slow = matcher.best(vacancies, 100, city.TODAY), matcher.best(vacancies, 100, city.TODAY, compiled=False)
    assert fast.filled.mean() > 20
    assert (fast.keys == slow.keys).all() and (fast.vias == slow.vias).all()


def test_the_order_does_not_depend_on_how_rows_came_in():
    offers, wishes = some("offer", 160, 8), some("wish", 30, 9)
    one = Matcher(TABLE, "offer").fill(offers)
    other = Matcher(TABLE, "offer")
    for place in np.random.default_rng(3).permutation(offers.size):
        other.put(offers.take(slice(place, place + 1)))
    assert listed(one.best(wishes, 20, TODAY)) == listed(other.best(wishes, 20, TODAY))


def test_parts_add_up_to_the_score_on_every_shown_row():
    """What is shown is the list itself, in its order, and every row's parts stay in their limits."""
    matcher, shown = Matcher(city.the_table(), "offer").fill(city.offers(13_000)), 0
    matcher.set_column("price", np.arange(0, 13_000, 3), np.full(4_334, 9))
    for seeker in range(1, 41):
        asking = city.wishes(40).take(city.wishes(40).ids == seeker)
        found = matcher.best(asking, 20, city.TODAY)
        pairs = matcher.shown(asking, 20, city.TODAY)
        assert [pair.number for pair in pairs] == found.numbers[0, : found.filled[0]].tolist()
        assert [sum(pair.parts.values()) for pair in pairs] == found.scores[0, : found.filled[0]].tolist()
        for pair in pairs:
            assert pair.score == sum(pair.parts.values())
            assert all(part.floor <= pair.parts[part.name] <= part.limit for part in city.the_table().parts)
            assert pair.parts["crowd"] == (-9 if pair.number % 3 == 0 else 0)
        shown += len(pairs)
    assert shown > 500


def test_warming_up_compiles_all_that_is_ever_asked():
    """No question of a person meets the compiler: one compiled form serves both directions and every table."""
    for side, stored, asking in (
        ("offer", some("offer", 9, 1), some("wish", 9, 2)),
        ("wish", some("wish", 9, 1), some("offer", 9, 2)),
    ):
        Matcher(TABLE, side).fill(stored).best(asking, 3, TODAY)
    Matcher(city.the_table(), "offer").fill(city.offers(50)).best(city.wishes(5), 3, city.TODAY, threads=2)
    assert len(kernel.best.signatures) == 1


def test_the_engine_is_imported_without_the_compiler():
    """The command line and the pages start as fast as before."""
    code = "import sys; from renben.engines.matching import congestion, matcher, shards, table; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize("size", [0, -1, 1001])
def test_a_list_of_no_length_is_refused(size):
    with pytest.raises(TableError, match="最多列出"):
        Matcher(TABLE, "offer").best(some("wish", 3, 1), size, TODAY)


@pytest.mark.parametrize("context", [{}, {"today": 40_000}, {"today": 1, "other": 2}])
def test_figures_of_the_day_must_be_those_of_the_table(context):
    with pytest.raises(TableError, match="当天的数"):
        Matcher(TABLE, "offer").best(some("wish", 3, 1), 5, context)

"""An empty list is never a dead end: what is left after each filter, and what fails at one filter only."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from renben.engines.matching.matcher import Matcher
from renben.engines.matching.table import TableError
from tests.engines.matching.worlds import TABLE, TODAY, judged, some, worlds

SETTINGS = settings(max_examples=60, deadline=None)
NAMES = TABLE.filter_names


def of_first(asking):
    return asking.take(asking.ids == asking.ids[0])


def matrix(stored, asking, side):
    """Points and filters with the stored rows along the first axis."""
    offers, wishes = (stored, asking) if side == "offer" else (asking, stored)
    total, held = judged(offers, wishes)
    return (total, held) if side == "offer" else (total.T, {name: one.T for name, one in held.items()})


def both(world):
    offers, wishes = world
    yield "offer", offers, of_first(wishes)
    if offers.size:
        yield "wish", wishes, of_first(offers)


@given(worlds)
@SETTINGS
def test_the_funnel_counts_what_is_left_after_each_filter(world):
    for side, stored, asking in both(world):
        _, held = matrix(stored, asking, side)
        so_far, wanted = np.ones((stored.size, asking.size), dtype=bool), [("", np.unique(stored.ids).size)]
        for name in NAMES:
            so_far = so_far & held[name]
            wanted.append((name, np.unique(stored.ids[so_far.any(axis=1)]).size))
        matcher = Matcher(TABLE, side).fill(stored)
        assert [(left.name, left.count) for left in matcher.funnel(asking, TODAY)] == wanted
        assert wanted[-1][1] == matcher.best(asking, 1000, TODAY).filled[0]


@given(worlds)
@SETTINGS
def test_a_near_miss_fails_at_the_named_filter_and_no_other(world):
    for side, stored, asking in both(world):
        total, held = matrix(stored, asking, side)
        fails = sum(~one for one in held.values())
        matched = set(stored.ids[(fails == 0).any(axis=1)].tolist())
        nearly = {
            int(stored.ids[row])
            for row, question in np.argwhere(fails == 1)
            if all(held[name][row, question] or TABLE.filter(name).near for name in NAMES)
        } - matched
        found = Matcher(TABLE, side).fill(stored).near(asking, 1000, TODAY)
        assert {pair.number for _, pair in found} == nearly and len(found) == len(nearly)
        for name, pair in found:
            row_variant, mine = (pair.form, pair.wish) if side == "offer" else (pair.wish, pair.form)
            row = np.flatnonzero((stored.ids == pair.number) & (stored.variants == row_variant))[0]
            question = np.flatnonzero(asking.variants == mine)[0]
            assert not held[name][row, question] and fails[row, question] == 1
            assert pair.score == sum(pair.parts.values()) == total[row, question]


def test_only_the_best_few_of_each_filter_are_listed():
    stored, asking = some("offer", 160, 4), of_first(some("wish", 30, 5))
    matcher = Matcher(TABLE, "offer").fill(stored)
    everything, few = matcher.near(asking, 1000, TODAY), matcher.near(asking, 2, TODAY)
    for name in NAMES:
        assert [pair for one, pair in few if one == name] == [pair for one, pair in everything if one == name][:2]
    scores = [pair.score for _, pair in few]
    assert scores == sorted(scores, reverse=True) and len(few) > 3


def test_a_filter_that_is_kept_quiet_lists_nothing():
    """Too young by law is not a near miss."""
    stored, asking = some("offer", 160, 4), of_first(some("wish", 30, 5))
    asking.columns["age"][:] = 15
    matcher = Matcher(TABLE, "offer").fill(stored)
    assert matcher.funnel(asking, TODAY)[NAMES.index("age") + 1].count == 0
    assert matcher.near(asking, 9, TODAY) == []


def test_one_owner_is_asked_for_at_a_time():
    matcher = Matcher(TABLE, "offer").fill(some("offer", 10, 4))
    for asking in (some("wish", 30, 5), some("wish", 30, 5).take(slice(0, 0))):
        for ask in (
            matcher.funnel,
            lambda one, today: matcher.near(one, 3, today),
            lambda one, today: matcher.shown(one, 3, today),
        ):
            with pytest.raises(TableError, match="一个编号"):
                ask(asking, TODAY)

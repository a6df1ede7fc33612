"""Prices against crowding: what is shown to too many goes down, what nobody sees comes up, and it costs little."""

from __future__ import annotations

import numpy as np
import pytest

from bench import matching_world as city
from renben.engines.matching import congestion, rows
from renben.engines.matching.matcher import Matcher
from renben.engines.matching.table import TableError
from tests.engines.matching.worlds import TABLE, TODAY, some


@pytest.fixture(scope="module")
def night():
    """10,000 seekers and 8,000 vacancies before and after one night."""
    matcher, asking = Matcher(city.the_table(), "offer").fill(city.offers(8_000)), city.wishes(10_000)
    heads = city.headcounts(8_000)
    places = dict(zip(range(1, 8_001), heads.tolist(), strict=True))
    before = matcher.best(asking, congestion.SHOWN, city.TODAY)
    prices = congestion.settle(matcher, "price", asking, places, city.TODAY)
    after = matcher.best(asking, congestion.SHOWN, city.TODAY)
    return matcher, asking, places, heads, before, prices, after


def test_fewer_are_never_shown_and_showings_are_even_for_a_small_loss(night):
    _, _, _, heads, before, prices, after = night
    offers, price = np.arange(1, 8_001), np.array(list(prices.values()))
    plain = congestion.spread(before, offers, heads, price * 0)
    priced = congestion.spread(after, offers, heads, price)
    assert priced.never < plain.never / 2 and priced.gini < plain.gini * 0.7 and priced.most < plain.most
    assert plain.score * 0.95 < priced.score < plain.score


def test_the_price_is_a_part_that_is_shown(night):
    matcher, asking, _, _, _, prices, after = night
    assert (
        set(prices) == set(range(1, 8_001))
        and min(prices.values()) == 0
        and 0 < max(prices.values()) <= congestion.dearest(city.the_table(), "price") == 60
    )
    one = asking.take(asking.ids == 1)
    for pair in matcher.shown(one, 10, city.TODAY):
        assert pair.parts["crowd"] == -prices[pair.number] and pair.score == sum(pair.parts.values())
    # Scores with and without the compiled kernel are the same under prices too.
    some_of_them = asking.take(asking.ids <= 200)
    twin = matcher.best(some_of_them, 10, city.TODAY, compiled=False)
    assert (twin.keys == after.keys[:200]).all()


def test_a_night_done_twice_gives_the_same_prices(night):
    matcher, asking, places, _, _, prices, _ = night
    assert congestion.settle(matcher, "price", asking, places, city.TODAY) == prices


def test_who_wants_more_people_pays_less():
    """Of two offers alike in everything, the one with many places is cheaper."""
    base, asking = some("offer", 30, 4).take(slice(0, 1)), some("wish", 60, 5)
    columns = {name: np.repeat(values, 2) for name, values in base.columns.items()}
    columns |= {"goods": [7, 7], "asks": [0, 0], "level": [0, 0], "pay": [24, 24], "price": [0, 0]}
    made = rows.offers(TABLE, [1, 2], [0, 0], [3, 3], columns)
    matcher = Matcher(TABLE, "offer").fill(made)
    assert matcher.best(asking, 10, TODAY).filled.max() == 2
    prices = congestion.settle(matcher, "price", asking, {1: 1, 2: 40}, TODAY)
    assert prices[1] > prices[2]


def test_nobody_and_nothing_have_no_prices():
    empty = Matcher(TABLE, "offer")
    assert congestion.settle(empty, "price", some("wish", 5, 1), {}, TODAY) == {}
    assert congestion.settle(empty.fill(some("offer", 5, 1)), "price", some("wish", 0, 1), {}, TODAY) == {}


@pytest.mark.parametrize(
    ("values", "weights", "wanted"),
    [([1, 1, 1, 1], [1, 1, 1, 1], 0), ([0, 0, 0, 1], [1, 1, 1, 1], 0.75), ([0, 1], [3, 1], 0.75), ([0, 0], [1, 1], 0), ([1, 3], [1, 1], 0.25)],
)  # fmt: skip
def test_gini(values, weights, wanted):
    assert congestion.gini(np.array(values, dtype=float), np.array(weights)) == pytest.approx(wanted)


def test_a_column_that_takes_no_points_away_has_no_prices():
    with pytest.raises(TableError, match="day"):
        congestion.settle(Matcher(TABLE, "offer"), "day", some("wish", 5, 1), {}, TODAY)

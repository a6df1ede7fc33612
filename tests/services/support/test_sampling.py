"""The draw of the telephone check: the same seed draws the same people, the share is exact, and the answers mean what D-13 says."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from renben.services.support.grants.sampling import NO, UNREACHED, YES, draw, outcome, share_of, size

keys = st.lists(st.text("王李张刘陈赵0123456789:", min_size=1, max_size=8), unique=True, max_size=60)
seeds = st.text("0123456789abcdef", min_size=8, max_size=32)
shares = st.fractions(min_value=Fraction(1, 100), max_value=1)


@given(st.integers(0, 10_000), shares)
def test_the_share_is_rounded_up_at_least_one_and_never_more_than_all(people, share):
    wanted = size(people, share)
    assert wanted == (0 if people == 0 else min(people, max(1, math.ceil(people * share))))


def test_a_tenth_of_some_lists():
    tenth = Fraction(1, 10)
    assert [size(n, tenth) for n in (0, 1, 9, 10, 11, 20, 21, 100)] == [0, 1, 1, 1, 2, 2, 3, 10]


@given(keys, seeds, st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_people_however_they_are_listed(listed, seed, shuffle):
    order = draw(listed, seed)
    again = list(listed)
    shuffle.shuffle(again)
    assert draw(again + again, seed) == order
    assert sorted(order) == sorted(listed), "everybody of the quarter can be drawn, nobody else"


def test_every_claim_of_the_quarter_is_eligible_and_none_is_favoured():
    """Over many seeds each of twenty people is drawn about as often: a sample of two is a tenth of the draws."""
    listed = [f"人{n}" for n in range(20)]
    drawn = [key for seed in range(4000) for key in draw(listed, f"{seed:x}")[:2]]
    counts = [drawn.count(key) for key in listed]
    assert min(counts) > 320 and max(counts) < 480, counts


@given(keys, seeds, shares, st.data())
def test_calls_go_along_the_draw_until_enough_were_reached(listed, seed, share, data):
    order, wanted = draw(listed, seed), size(len(listed), share)
    answers = data.draw(
        st.dictionaries(st.sampled_from(order), st.sampled_from([YES, NO, UNREACHED])) if order else st.just({})
    )
    found = outcome(order, wanted, answers)
    reached = [key for key in order if answers.get(key) in (YES, NO)]
    assert set(found.to_call).isdisjoint(answers)
    assert len(found.to_call) <= wanted
    assert set(found.failed) <= {key for key in reached if answers[key] == NO}
    if found.is_complete and len(reached) < wanted:
        assert all(answers.get(key) for key in order), "complete without enough only when nobody is left"


def test_who_was_not_reached_is_replaced_by_the_next():
    order = ["甲", "乙", "丙", "丁"]
    assert outcome(order, 2, {}).to_call == ("甲", "乙")
    assert outcome(order, 2, {"甲": UNREACHED, "乙": YES}).to_call == ("丙",)
    assert outcome(order, 2, {"甲": UNREACHED, "乙": YES, "丙": NO}).failed == ("丙",)
    assert outcome(order, 2, dict.fromkeys(order, UNREACHED)).is_complete, "nobody is left to call"


@given(shares, st.integers(0, 12))
def test_each_failure_in_a_row_doubles_the_share_up_to_all(base, failures):
    assert share_of(base, failures) == min(Fraction(1), base * 2**failures)

"""推荐的人多: at night the post that everybody is shown pays some points, everyone reads it, and the morning's lists differ."""

from __future__ import annotations

import pytest

from renben.services.placement import matching, matching_prices
from renben.services.placement.models import MatchingChange, Vacancy
from tests.services.placement import referral_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(db):
    """Thirty people who all want the same trade; one post pays a little better than eleven others, all want one person."""
    matching.forget()
    world = referral_world.make()
    best = world.vacancy(month_high_fen=500_000)
    others = [world.vacancy(month_high_fen=450_000) for _ in range(11)]
    seekers = [world.seeker(f"求职{place}") for place in range(30)]
    yield best, others, seekers
    matching.forget()


def test_the_post_that_everybody_is_shown_pays_and_the_page_says_so(crowd):
    best, others, seekers = crowd
    before = matching.for_seeker(seekers[0]).top
    assert before[0].number == best.pk and before[0].parts["crowd"] == 0
    unseen = {one.pk for one in others} - {found.number for found in before}
    told = matching_prices.settle()
    assert told["vacancies"] == 12 and told["priced"] and told["changed"] == told["priced"]
    prices = dict(Vacancy.objects.order_by("id").values_list("pk", "price"))
    assert prices[best.pk] > 0 and {prices[pk] for pk in unseen} == {0}
    after = matching.for_seeker(seekers[0], size=12).top
    assert {found.number: found.parts["crowd"] for found in after} == {pk: -price for pk, price in prices.items()}
    assert unseen <= {found.number for found in after[:10]}, "the index in use has heard of it"


def test_a_second_night_changes_nothing(crowd):
    matching_prices.settle()
    notes = MatchingChange.objects.count()
    assert matching_prices.settle()["changed"] == 0
    assert MatchingChange.objects.count() == notes


def test_a_post_that_is_filled_pays_nothing_any_more(crowd):
    best, _, _ = crowd
    matching_prices.settle()
    Vacancy.objects.filter(pk=best.pk).update(filled=1, headcount=1)
    matching_prices.settle()
    assert Vacancy.objects.get(pk=best.pk).price == 0


def test_nobody_looks_for_work_and_nothing_is_open(db):
    assert matching_prices.settle() == {"vacancies": 0, "priced": 0, "changed": 0}

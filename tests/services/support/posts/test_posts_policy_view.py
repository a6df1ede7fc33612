"""Public-benefit posts seen by the rules engine: a month's worth of everybody on a post, before and after a changed figure."""

from __future__ import annotations

import pytest

from renben.engines.rules.parameters import from_files
from renben.engines.rules.register import compare, populations_of
from tests.services.support.posts.conftest import UNIT_INSURANCE, day

pytestmark = pytest.mark.django_db
ON = day("2011-04-01")


def population(parameter: str, key: str):
    return next(one for one in populations_of(parameter) if one.key == key)


def test_the_unit_s_insurance_of_everybody_on_a_post_is_what_a_month_costs(office):
    unit = office.unit()
    post = office.post(unit)
    office.place_on(post)
    office.place_on(post, office.person("刘桂英"), ends_on=day("2011-03-31"))
    rate, files = "public_post.pension_employer_rate", from_files()
    found = population(rate, "public_post.insured")
    outcome = compare(found, before=files, after=files, on=ON)
    assert outcome.in_money and outcome.person.size == 1, "whose contract is over is not counted"
    assert outcome.totals() == (UNIT_INSURANCE, UNIT_INSURANCE)
    held = files[rate].at(ON).value
    after = files.what_if(rate, round(held + 0.01, 2), from_on=ON)
    raised = compare(found, before=files, after=after, on=ON)
    assert raised.gains.all() and raised.totals()[1] - UNIT_INSURANCE == 1681


def test_the_housing_fund_counts_both_shares(office):
    office.place_on(office.post())
    name, files = "public_post.housing_fund_each", from_files()
    outcome = compare(population(name, "public_post.funded"), before=files, after=files, on=ON)
    assert outcome.totals()[0] == 2 * 15_500

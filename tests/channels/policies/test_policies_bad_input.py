"""Input that cannot be true, typed on the page of a rule: a sentence that says what to put right, no answer, nothing lost."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

DAY = {"day": "2026-11-23"}
PERSON = {
    "sex": "F",
    "hukou_beijing": "1",
    "household": "urban",
    "jobless": "1",
    "willing": "1",
    "able": "1",
    "registered": "1",
    "dibao": "0",
    "disabled": "0",
}


def tried(desk, name: str, **typed: str):
    """The page of a rule filled in; whatever was typed stands there again."""
    page = desk.clerk.get(reverse("policies:rule", args=[name]), DAY | typed)
    assert page.status_code == 200
    for key, value in typed.items():
        assert page.context["form"][key].value() == value, f"{key} is lost"
    return page


def refused(desk, name: str, **typed: str) -> str:
    """What the page says of input that cannot be judged."""
    page = tried(desk, name, **typed)
    assert page.context["found"] is None, "no answer is made of it"
    said = " ".join(text for errors in page.context["form"].errors.values() for text in errors)
    assert said and html.escape(said.split(" ")[0]) in page.text
    return said


def test_a_birth_date_in_the_future(desk):
    assert "出生日期2027-01-01晚于判定日期2026-11-23，请改正" in refused(desk, "hardship", birth="2027-01-01", **PERSON)


def test_a_birth_date_that_is_no_day(desk):
    assert refused(desk, "hardship", birth="1971-02-29", **PERSON)


def test_a_year_that_nobody_was_born_in(desk):
    assert "请核对年份" in refused(desk, "hardship", birth="0197-05-06", **PERSON)


def test_contributions_that_overlap(desk):
    typed = {
        "periods-0-first_month": "2008-01",
        "periods-0-last_month": "2009-12",
        "periods-1-first_month": "2009-12",
        "periods-1-last_month": "2011-09",
    }
    said = refused(desk, "ui.contributions", **typed)
    assert "第2" in said and "2009-12" in said, "which period, and which month"


def test_contributions_that_end_before_they_begin(desk):
    typed = {"periods-0-first_month": "2008-02", "periods-0-last_month": "2008-01"}
    assert "第1" in refused(desk, "ui.contributions", **typed)


@pytest.mark.parametrize("name", ["ui.duration", "ui.total", "ui.eligibility", "ui.farm_lump_sum"])
def test_twelve_hundred_months(name, desk):
    key = "continuous_contribution_months" if name == "ui.farm_lump_sum" else "contribution_months"
    rest = {
        "ui.total": {"first_paid_month": "2026-01"},
        "ui.eligibility": {"registered": "1", "seeks_work": "1", "separation_reason": "contract_expired"},
    }
    assert "900" in refused(desk, name, **{key: "1200"}, **rest.get(name, {}))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("public_post.wage", {"base": "2540.005", "float": "0"}),
        ("public_post.si", {"average_monthly": "4201.255"}),
        ("subsidy.employer_si_monthly", {"wage_year": "2017", "actual_base": "3000.125", "hardship": "1"}),
    ],
)
def test_an_amount_with_three_decimals(name, typed, desk):
    assert "2" in refused(desk, name, **typed) and "小数" in refused(desk, name, **typed)


def test_an_amount_below_zero(desk):
    assert "0" in refused(desk, "public_post.wage", base="-1", float="0")


@pytest.mark.parametrize("name", ["zero_family", "pure_farm_family"])
def test_a_household_without_members(name, desk):
    typed = {"household": "urban"} if name == "zero_family" else {}
    assert "至少填写 1 项" in refused(desk, name, **typed)


def test_more_drawn_than_was_granted(desk):
    typed = {"first_entitled": "12", "first_received": "13", "new_contribution_months": "0"}
    assert "前次已领月数" in refused(desk, "ui.duration_merge", **typed)

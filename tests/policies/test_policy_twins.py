"""The same questions answered a second time, by the calendar and by fractions written out: the rules must agree, and never fall back."""

from __future__ import annotations

import calendar
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.parameters import load_parameters
from renben.oversight import offers

offers.load_domains()

PERSON = {
    "hukou_beijing": True, "household": "urban", "jobless": True, "willing": True, "able": True, "registered": True,
    "dibao": False, "disabled": False,
}  # fmt: skip


def ask(domain: str, as_of: date | str, **inputs):
    return evaluate(domain, as_of, inputs).result


def corresponding_day(day: date, months: int) -> date:
    """民法典第二百零二条: the day of the same number, the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def half_up(value: Fraction, unit: Fraction = Fraction(1, 100)) -> Fraction:
    return (value / unit + Fraction(1, 2)).__floor__() * unit


def value_on(name: str, on: date) -> Fraction:
    return Fraction(str(load_parameters()[name].at(on).value))


AROUND = st.sampled_from([-400, -366, -365, -31, -1, 0, 1, 28, 31, 365, 366])


@settings(max_examples=200)
@given(
    sex=st.sampled_from("FM"),
    on=st.dates(date(2012, 5, 1), date(2026, 12, 31)),
    years=st.sampled_from([15, 16, 39, 40, 49, 50, 59, 60]),
    shift=AROUND,
)
def test_ages_by_the_calendar(sex, on, years, shift):
    birth = date.fromordinal(corresponding_day(on, -12 * years).toordinal() + shift)
    reached = {age: corresponding_day(birth, 12 * age) <= on for age in (16, 40, 50, 60)}
    found = ask("hardship", on, sex=sex, birth=birth.isoformat(), **PERSON)
    old, retired = (reached[40], reached[50]) if sex == "F" else (reached[50], reached[60])
    of_age = reached[16] and not retired
    assert found["failed"] == ([] if of_age else ["working_age"])
    assert found["categories"] == (["age_40_50"] if of_age and old else [])


@pytest.mark.parametrize("on", [date(2012, 2, 29), date(2013, 2, 28), date(2013, 3, 1), date(2012, 12, 31)])
def test_who_was_born_at_the_end_of_february(on):
    for day in range(26, 32):
        birth = date(1972, 2, 1).replace(day=day) if day <= 29 else date(1972, 3, day - 29)
        found = ask("hardship", on, sex="F", birth=birth.isoformat(), **PERSON)
        assert found["hardship"] == (corresponding_day(birth, 480) <= on)


@settings(max_examples=150)
@given(on=st.dates(date(2012, 5, 1), date(2026, 12, 31)), shift=AROUND, household=st.sampled_from(["urban", "rural"]))
def test_a_year_without_work_by_the_calendar(on, shift, household):
    since = date.fromordinal(corresponding_day(on, -12).toordinal() + shift)
    if since > on:
        return
    person = {**PERSON, "household": household}
    found = ask("hardship", on, sex="M", birth="1985-01-01", continuous_jobless_since=since.isoformat(), **person)
    assert ("long_term" in found["categories"]) == (corresponding_day(since, 12) <= on)


@settings(max_examples=100)
@given(
    sex=st.sampled_from("FM"), age=st.integers(16, 64), grade=st.sampled_from(["none", "mild", "moderate", "severe"])
)
def test_older_people_and_graver_disabilities_never_get_less(sex, age, grade):
    grades = ["none", "mild", "moderate", "severe"]
    worse = grades[min(grades.index(grade) + 1, 3)]
    business = {"business_months": 3, "employment_registered": True, "archive_deposited": True, "enjoyed_before": False}
    work = {"flexible_days": 30, "again": False, "months_to_retirement": 200, "employment_registered": True}
    for domain, more in (("subsidy.self_employed", business), ("subsidy.flexible", work)):
        here = ask(domain, "2011-10-01", sex=sex, age=age, disability=grade, **more)["months"]
        assert here <= ask(domain, "2011-10-01", sex=sex, age=age + 1, disability=grade, **more)["months"]
        assert here <= ask(domain, "2011-10-01", sex=sex, age=age, disability=worse, **more)["months"]


@pytest.mark.parametrize("year", range(1997, 2018))
def test_the_monthly_subsidy_of_every_wage_year_by_fractions(year):
    annual = value_on("wage.average.annual", date(year, 1, 1))
    lines = {
        "pension": annual / 12 * Fraction(40, 100) * Fraction(14, 100),
        "unemployment": annual / 12 * Fraction(40, 100) * Fraction(15, 1000),
        "medical": annual / 12 * Fraction(70, 100) * Fraction(6, 100),
    }
    found = ask("subsidy.self_flexible_monthly", "2007-06-01", wage_year=year)
    assert {key: Fraction(str(found[key])) for key in lines} == {key: half_up(line) for key, line in lines.items()}
    assert Fraction(str(found["total"])) == sum(half_up(line) for line in lines.values())
    employer = ask("subsidy.employer_si_annual", "2007-06-01", wage_year=year)["amount"]
    assert employer == half_up(annual * Fraction(6, 10) * Fraction(305, 1000), Fraction(1))


@settings(max_examples=150)
@given(fen=st.integers(1, 2_000_000), year=st.integers(1997, 2017))
def test_the_employers_monthly_subsidy_by_fractions(fen, year):
    most = value_on("wage.average.annual", date(year, 1, 1)) / 12 * Fraction(6, 10)
    amount = half_up(min(Fraction(fen, 100), most) * Fraction(31, 100))
    found = ask("subsidy.employer_si_monthly", "2013-06-01", wage_year=year, actual_base=fen / 100, hardship=True)
    assert Fraction(str(found["amount"])) == amount


@settings(max_examples=150)
@given(
    staff=st.integers(1, 400), layoffs=st.integers(0, 40), fen=st.integers(0, 10**9), size=st.sampled_from(["sme", "large"])
)  # fmt: skip
def test_the_refund_by_fractions(staff, layoffs, fen, size):
    limit = Fraction(20, 100) if staff <= 30 else Fraction(55, 1000)
    eligible = Fraction(layoffs, staff) <= limit
    share = Fraction(6, 10) if size == "sme" else Fraction(3, 10)
    found = ask(
        "stable_refund", "2024-06-01", size=size, staff=staff, layoffs=layoffs, contribution_last_year=fen / 100,
        contribution_months=12,
    )  # fmt: skip
    assert found["eligible"] == eligible
    assert Fraction(str(found["refund"])) == (half_up(Fraction(fen, 100) * share) if eligible else 0)


@settings(max_examples=150)
@given(staff=st.integers(1, 300), hires=st.integers(0, 100))
def test_shares_of_new_hires_by_fractions(staff, hires):
    share = Fraction(hires, staff)
    terms = {"staff": staff, "new_hires": hires, "contract_months": 12}
    beijing = ask("loan.labour_intensive", "2011-06-01", industry="制造", **terms)
    assert beijing["ok"] == (share >= (Fraction(15, 100) if staff > 100 else Fraction(30, 100)))
    steps = [("2019-06-01", 10, 20), ("2021-06-01", 8, 15), ("2024-01-10", 5, 10)]
    answers = [ask("loan.cn_small", day, **terms)["ok"] for day, _, _ in steps]
    assert answers == [share >= Fraction(large if staff > 100 else common, 100) for _, large, common in steps]
    assert answers == sorted(answers)  # every later rule is easier


@settings(max_examples=150)
@given(amount=st.integers(1, 600_000), own=st.integers(0, 200_000))
def test_own_funds_by_fractions(amount, own):
    share = Fraction(own, amount)
    terms = {"amount_10k": amount / 10_000, "own_10k": own / 10_000, "industry": "餐饮"}
    one = ask("loan.individual", "2011-06-01", round=2, borrower="college_graduate", **terms)
    company = ask("loan.own_company", "2011-06-01", hired_beijing_unemployed=True, contract_months=24, **terms)
    assert ("own_funds" in one["failed"]) == (share <= Fraction(30, 100))
    assert ("own_funds" in company["failed"]) == (share < Fraction(30, 100))


@settings(max_examples=150)
@given(base=st.integers(0, 500_000), extra=st.integers(0, 100_000))
def test_public_posts_by_fractions(base, extra):
    found = ask("public_post.wage", "2011-06-01", base=base / 100, float=extra / 100)
    assert ("base" in found["failed"]) == (base < 116_000)
    assert ("float" in found["failed"]) == (Fraction(extra) > Fraction(15, 100) * base)
    insurance = ask("public_post.si", "2011-06-01", average_monthly=base / 100)
    lines = {
        "pension_employer": (40, 20), "pension_employee": (40, 8), "medical_employer": (60, 10), "medical_employee": (60, 2),
        "unemployment_employer": (40, 1), "unemployment_employee": (40, Fraction(2, 10)),
        "maternity_employer": (60, Fraction(8, 10)),
    }  # fmt: skip
    for key, (of, rate) in lines.items():
        extra_yuan = 3 if key == "medical_employee" else 0
        assert Fraction(str(insurance[key])) == half_up(Fraction(base, 100) * of / 100 * rate / 100) + extra_yuan, key


@settings(max_examples=150)
@given(part=st.integers(0, 10_000), whole=st.integers(1, 10_000))
def test_ratios_are_half_up(part, whole):
    assert Fraction(str(ask("stat.job_ratio", "2012-01-01", demand=part, seekers=whole)["ratio"])) == half_up(
        Fraction(part, whole)
    )
    rate = ask("stat.registered_unemployment_rate", "2012-01-01", employed=whole, registered_unemployed=part)
    assert Fraction(str(rate["percent"])) == half_up(Fraction(part * 100, whole + part))


@settings(max_examples=150)
@given(willing=st.integers(0, 3000), short=st.integers(0, 400), liked=st.integers(9_000, 10_000))
def test_full_employment_by_fractions(willing, short, liked):
    employed = max(willing - short, 0)
    found = ask(
        "full_employment.community", "2011-12-31", willing=willing, employed=employed, hardship=willing,
        hardship_employed=employed, satisfaction=liked / 10_000,
    )  # fmt: skip
    share = Fraction(employed, willing) if willing else 1
    assert ("employment" in found["failed"]) == (share < Fraction(90, 100))
    assert ("hardship" in found["failed"]) == (share < Fraction(80, 100))
    assert ("satisfaction" in found["failed"]) == (liked < 9_500)


STATUSES = [
    "registered_unemployed",
    "transfer_registered_jobless",
    "jobless_unregistered",
    "employed",
    "own_orchard",
    "student",
]


@settings(max_examples=200)
@given(
    household=st.sampled_from(["urban", "rural"]),
    members=st.lists(
        st.fixed_dictionaries(
            {"age": st.sampled_from([15, 16, 49, 50, 59, 60]), "sex": st.sampled_from("FM"), "status": st.sampled_from(STATUSES)}
        ),
        min_size=1, max_size=5,
    ),
)  # fmt: skip
def test_zero_employment_families_member_by_member(household, members):
    able = [m for m in members if 16 <= m["age"] < (50 if m["sex"] == "F" else 60) and m["status"] != "student"]
    needed = "registered_unemployed" if household == "urban" else "transfer_registered_jobless"
    zero = bool(able) and {m["status"] for m in able} == {needed}
    assert ask("zero_family", "2011-10-01", household=household, members=members) == {"zero": zero}

"""The money of a public-benefit post: parts add up, a list is reckoned as its people one by one, and 2011 to the fen."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.rules.evaluation import evaluate
from renben.oversight import offers
from renben.services.support.posts import money, planning
from renben.services.support.posts.codes import Heading
from tests.policies.worked import worked_cases  # noqa: F401 - the domains these rest on have worked cases
from tests.services.support.posts.conftest import UNIT_INSURANCE, day

offers.load_domains()

days = st.dates(dt.date(2010, 1, 1), dt.date(2012, 3, 31))


@st.composite
def on_post(draw, key: int = 0) -> money.OnPost:
    started = draw(days)
    return money.OnPost(
        key=key,
        base_fen=draw(st.integers(0, 400_000)),
        floating_fen=draw(st.integers(0, 60_000)),
        started_on=started,
        last_on=draw(st.none() | st.integers(0, 500).map(lambda n: started + dt.timedelta(days=n))),
        child_birth_on=draw(st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2011, 1, 1))),
    )


months = st.builds(dt.date, st.sampled_from([2010, 2011, 2012]), st.integers(1, 12), st.just(1))


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(on_post(), max_size=12), month=months, later=st.integers(0, 60))
def test_a_list_is_its_people_one_by_one(rows, month, later):
    on = month + dt.timedelta(days=later)
    together = money.month_pay(rows, month, on=on)
    assert together == [money.month_pay([row], month, on=on)[0] for row in rows]
    assert sum(pay.total_fen for pay in together) == sum(
        fen for pay in together for fen in pay.due.values() if fen is not None
    )


@settings(max_examples=60, deadline=None)
@given(row=on_post(), month=st.integers(1, 12).map(lambda n: dt.date(2011, n, 1)))
def test_the_parts_of_a_month_add_up(row, month):
    """Wage handed out + the fund deposited + what the unit pays for insurance is the cost of the person, nothing twice."""
    pay = money.month_pay([row], month, on=money.month_end(month))[0]
    if not money.is_on_post(row, month):
        assert not {Heading.WAGE, Heading.INSURANCE, Heading.FUND} & pay.due.keys()
        return
    assert set(pay.reasons) == {heading for heading, fen in pay.due.items() if fen is None}
    wage = evaluate("public_post.wage", month, {"base": row.base_fen / 100, "float": row.floating_fen / 100})
    assert (pay.due[Heading.WAGE] is None) == (not wage.result["ok"])
    si = evaluate("public_post.si", month, {"average_monthly": 4201.25}).result
    assert pay.due[Heading.INSURANCE] == sum(round(si[name] * 100) for name in si if name.endswith("_employer"))
    assert pay.own_insurance_fen == sum(round(si[name] * 100) for name in si if name.endswith("_employee"))
    if wage.result["ok"]:
        fund = evaluate("public_post.housing_fund", month, {"base": row.base_fen / 100}).result
        employer, own = round(fund["employer"] * 100), round(fund["employee"] * 100)
        assert pay.due[Heading.WAGE] + pay.due[Heading.FUND] == row.base_fen + row.floating_fen + employer
        assert pay.own_fund_fen == own


def test_2011_to_the_fen():
    row = money.OnPost(1, 116_000, 17_400, day("2011-02-01"), None)
    pay = money.month_pay([row], day("2011-03-01"), on=day("2011-03-20"))[0]
    assert pay.due[Heading.WAGE] == 116_000 + 17_400 - 15_500
    assert pay.due[Heading.FUND] == 2 * 15_500
    assert pay.due[Heading.INSURANCE] == UNIT_INSURANCE
    assert pay.gross_fen == 133_400
    average = Decimal(50415) / 12
    shares = {"pension": ("0.4", "0.08"), "medical": ("0.6", "0.02"), "unemployment": ("0.4", "0.002")}
    own = [
        (average * Decimal(of) * Decimal(rate)).quantize(Decimal("0.01"), ROUND_HALF_UP) for of, rate in shares.values()
    ]
    assert pay.own_insurance_fen == sum(own) * 100 + 300
    assert Heading.HEATING not in pay.due, "came after New Year"
    stays = money.OnPost(2, 116_000, 0, day("2010-10-08"), None, day("2000-01-01"))
    pay = money.month_pay([stays], day("2011-03-01"), on=day("2011-03-20"))[0]
    assert pay.due[Heading.HEATING] is None and "金额" in pay.reasons[Heading.HEATING], (
        "no sum is set: only this line waits"
    )
    assert pay.due[Heading.CHILD] is None and pay.due[Heading.WAGE] == 100_500


def test_2026_pays_the_wage_and_keeps_back_only_the_insurance():
    """After 2011 no rates of insurance are on file: nothing is guessed, and nothing else waits for them (D-07, D-11)."""
    row = money.OnPost(1, 254_000, 30_000, day("2026-04-01"), None)
    pay = money.month_pay([row], day("2026-11-01"), on=day("2026-11-20"))[0]
    assert pay.due[Heading.WAGE] == 284_000 - 30_480
    assert pay.due[Heading.FUND] == 2 * 30_480
    assert pay.due[Heading.INSURANCE] is None and pay.reasons[Heading.INSURANCE]
    assert pay.total_fen == 284_000 + 30_480


@pytest.mark.parametrize(
    ("base", "floating", "said"),
    [(253_999, 0, "基本工资低于当年最低工资"), (254_000, 38_100, ""), (254_000, 38_101, "浮动工资超过规定的比例")],
)
def test_a_wage_against_the_rule_waits_with_the_fund(base, floating, said):
    row = money.OnPost(1, base, floating, day("2026-04-01"), None)
    pay = money.month_pay([row], day("2026-11-01"), on=day("2026-11-20"))[0]
    assert pay.reasons.get(Heading.WAGE, "") == said
    assert (pay.due[Heading.FUND] is None) == bool(said)


def test_money_of_the_season_comes_to_who_left_before_it_is_paid():
    gone = money.OnPost(1, 116_000, 0, day("2010-03-01"), day("2010-12-20"))
    pay = money.month_pay([gone], day("2011-03-01"), on=day("2011-03-20"))[0]
    assert set(pay.due) == {Heading.HEATING}
    early = money.OnPost(1, 116_000, 0, day("2011-06-01"), day("2011-06-20"), day("2005-01-01"))
    pay = money.month_pay([early], day("2011-08-01"), on=day("2011-08-20"))[0]
    assert not pay.due, "left in probation: no welfare at all"


@pytest.mark.django_db
def test_a_plan_is_its_people_one_by_one(office):
    """Whatever wages and days: the whole is the sum of its people, and each person the sum of the parts."""
    post = office.post(headcount=6)
    people = [
        office.place_on(post, office.person(f"王{number}"), started_on=day(started), base_fen=base)
        for number, (started, base) in enumerate(
            [("2010-03-01", 116_000), ("2011-01-31", 130_050), ("2011-03-20", 116_001), ("2010-12-31", 99_999)]
        )
    ]
    office.sheet("2011-03", (people[0], 116_000, 17_400), (people[1], 130_051, 1))
    for quarter in ("2011-04-01", "2011-07-01", "2011-10-01", "2012-01-01"):
        plan = planning.plan_of(people, day(quarter))
        alone = [planning.plan_of([one], day(quarter)) for one in people]
        for name in ("months", "pay", "insurance", "fund", "welfare", "total"):
            assert plan.sum_of(name) == sum(one.sum_of(name) for one in alone), (quarter, name)
        for line in plan.lines:
            assert line.total == line.pay + line.insurance + line.fund + line.welfare
        assert plan.sum_of("total") == sum(unit.line.total for unit in planning.by_unit(plan))
        assert sorted(plan.faults) == sorted(fault for one in alone for fault in one.faults)
    assert planning.plan_of(people, day("2011-04-01")).faults == [
        f"王32011年{month:02d}月：基本工资低于当年最低工资" for month in (4, 5, 6)
    ]

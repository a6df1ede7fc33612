"""Who may borrow how much: the conditions one by one, by date and round, and what is not asked yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from renben.engines.rules import register, reviewing
from renben.engines.rules.parameters import Parameters, load_parameters
from renben.services.registration.reasons import NotPossible
from renben.services.support.loans import applying, policy_view
from renben.services.support.loans.decision import Wish, decide
from renben.services.support.loans.models import Loan
from tests import build
from tests.services.support_loans.conftest import FIRM, SHOP, WAN

TODAY = dt.date(2026, 11, 23)
GOOD = Wish("individual", 8 * WAN, "餐饮", own_fen=3 * WAN, borrower="beijing_unemployed", pledge_fen=2 * WAN)
TOP = Wish(
    "company", 50 * WAN, "食品", own_fen=15 * WAN, pledge_fen=10 * WAN, is_top=True, has_hired=True, contract_months=24
)


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, ()),
        ({"amount_fen": 9 * WAN}, ("cap",)),
        ({"amount_fen": 9 * WAN, "round": 2}, ()),
        ({"amount_fen": 11 * WAN, "own_fen": 4 * WAN, "pledge_fen": 3 * WAN, "round": 2}, ("cap",)),
        ({"own_fen": 2_400_000}, ("own_funds",)),
        ({"own_fen": 2_400_001}, ()),
        ({"industry": "网吧"}, ("industry",)),
        ({"borrower": "other"}, ("borrower",)),
        ({"pledge_fen": 1_600_000}, ()),
        ({"pledge_fen": 1_599_999}, ("pledge",)),
        ({"own_fen": None, "borrower": None, "pledge_fen": None}, ()),
        ({"industry": "桑拿", "pledge_fen": 0}, ("industry", "pledge")),
    ],
)
def test_a_shopkeepers_wish_fails_on_exactly_what_is_lacking(changes, failed):
    found = decide(replace(GOOD, **changes), TODAY)
    assert found.failed == failed
    assert found.eligible is (failed == ())
    told = [part for part in found.parts if part.value is False and part.label != "结论"]
    assert len(told) == len(failed)
    assert all(part.citation for part in told), "every failed condition names its article"


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, ()),
        ({"own_fen": 15 * WAN - 1}, ("own_funds",)),
        ({"amount_fen": 51 * WAN, "own_fen": 16 * WAN, "pledge_fen": 11 * WAN}, ("cap",)),
        ({"has_hired": False}, ("hired",)),
        ({"contract_months": 23}, ("contract",)),
        ({"is_top": False, "has_hired": False, "contract_months": 0}, ()),
    ],
)
def test_a_firms_wish_is_asked_for_hires_only_for_the_top_product(changes, failed):
    assert decide(replace(TOP, **changes), TODAY).failed == failed


def test_the_cap_and_the_counter_guarantee_are_those_of_the_day():
    before = dt.date(2008, 6, 1)
    assert decide(GOOD, before).failed == ("cap", "pledge"), "5万元 and 30% until 2009-03-22"
    assert decide(replace(GOOD, amount_fen=5 * WAN), before).failed == ()


def test_without_a_standard_nothing_is_promised():
    found = decide(TOP, dt.date(2009, 6, 26))
    assert (found.eligible, found.failed) == (False, ())
    assert any("2009" in text or "标准" in text for text in found.missing)


def test_every_parameter_of_the_decision_is_on_record():
    names = {version.name for version in decide(GOOD, TODAY).parameters}
    assert "loan.counter_guarantee_ratio" in names and "loan.individual.cap_first" in names
    assert names <= set(load_parameters())


def test_a_refused_loan_says_each_reason_with_its_article(office):
    loan = office.apply(industry="网吧", amount_fen=9 * WAN)
    assert loan.state == Loan.State.REFUSED
    told = applying.why_not(loan)
    assert len(told) == 2
    assert all(why.article for why in told)
    assert "8万元" in told[0].text and "网吧" in told[1].text
    assert [event.kind for event in loan.events.all()] == ["applied", "refused"]


def test_one_running_loan_at_a_time_and_the_second_is_not_the_first(office):
    person = office.person()
    first = office.apply(person)
    with pytest.raises(NotPossible, match="已有一笔小额担保贷款"):
        office.apply(person)
    first.state, first.lent_fen = Loan.State.REPAID, 8 * WAN
    first.save()
    with pytest.raises(NotPossible, match="不是首次"):
        office.apply(person)
    again = office.apply(person, amount_fen=10 * WAN, own_fen=4 * WAN, round=2)
    assert again.state == Loan.State.APPLIED


def test_the_firm_on_file_is_found_by_its_name(office):
    firm = build.employer(office.place.streets[0], "顺达食品加工厂")
    assert office.apply(facts=FIRM).employer == firm
    assert office.apply(facts=SHOP).employer is None


def test_the_decision_is_made_again_with_the_same_answer(office):
    loan = Loan.objects.get(pk=office.apply().pk)
    kind = reviewing.kind_of(loan.determination)
    record = kind.again(loan.determination.inputs, loan.determination.as_of)
    assert record["result"] == loan.determination.result
    assert kind.facts(loan.determination) == loan.determination.inputs
    assert "80000元" in kind.said(record["result"])


def test_waiting_firms_stand_in_the_comparison_of_a_changed_figure(office):
    office.apply(facts=FIRM)
    office.apply(office.person("孙得利"), facts=FIRM, is_top=False)
    rows = policy_view.waiting_firms(TODAY)
    assert len(rows.person) == 1, "the ordinary product is not judged by this domain"
    population = next(one for one in register.populations_of("loan.own_company.cap") if one.key == "loan.waiting_firms")
    now = load_parameters()
    same = register.compare(population, before=now, after=now, on=TODAY)
    assert (same.before.tolist(), same.after.tolist()) == ([1], [1])
    cap = now["loan.own_company.cap"]
    lower = replace(cap, versions=tuple(replace(one, value=400_000) for one in cap.versions))
    after = Parameters({**{name: now[name] for name in now}, cap.name: lower}, "lower")
    changed = register.compare(population, before=now, after=after, on=TODAY)
    assert (changed.before.tolist(), changed.after.tolist()) == ([1], [0])

"""The benefit decision: eligibility, months, schedule, blocked payment (D-07), lump sum, and its stored form."""

from __future__ import annotations

import json
from datetime import date

import pytest

from renben.engines.rules.errors import InputError
from renben.services import offers
from renben.services.registration.rules import benefit_decision

offers.load_domains()

CLAIM = {
    "contribution_months": 66,
    "registered_on": date(2011, 5, 3),
    "separation_reason": "contract_expired",
    "registered": True,
    "seeks_work": True,
    "first_paid_month": "2011-05",
    "as_of": date(2011, 5, 10),
}


def decide(**changes):
    return benefit_decision(**{**CLAIM, **changes})


def test_a_claim_seen_from_later_takes_each_month_by_its_standard():
    decision = decide(today=date(2012, 6, 1))
    assert decision.is_payable and decision.months == 13 and decision.total_fen == 1073000
    assert [row.amount_fen // 100 for row in decision.schedule] == [779] * 2 + [809] * 6 + [869] * 4 + [842]
    assert decision.schedule[0].document == "京人社就发〔2010〕299号"
    assert {row.mark for row in decision.schedule} == {"", "待核"}
    assert decision.medical == {"scheme": "medical_subsidy", "ratio": 0.65}


def test_months_that_have_not_begun_take_the_standard_of_today_and_say_so():
    decision = decide()
    assert [row.amount_fen // 100 for row in decision.schedule] == [779] * 12 + [752]
    assert [row.at_current_standard for row in decision.schedule] == [False] + [True] * 12
    assert decision.schedule[1].mark == "按现行标准"
    assert any("按现行标准" in part.text for part in decision.parts)


def test_a_month_without_a_standard_blocks_the_payment():
    decision = decide(
        registered_on=date(2005, 5, 3), first_paid_month="2005-05", as_of=date(2011, 5, 10), contribution_months=24
    )
    assert [row.amount_fen for row in decision.schedule] == [34700, 34700, None, None, None, None]
    assert decision.eligible and not decision.is_payable and decision.total_fen is None
    assert decision.blocked[0].code == "no_standard_on_file"
    assert decision.blocked[0].months == ("2005-07", "2005-08", "2005-09", "2005-10")
    assert decision.as_json()["missing"] == [decision.blocked[0].text]
    assert decision.schedule[2].mark == "无现行标准"


def test_a_refused_claim_lists_every_condition_and_pays_nothing():
    decision = decide(contribution_months=11, separation_reason="resigned", registered=False)
    assert decision.failed == ("contribution", "involuntary", "registered")
    assert (decision.eligible, decision.months, decision.schedule, decision.total_fen) == (False, 0, (), 0)
    assert decision.medical is None and not decision.is_payable
    assert [part.value for part in decision.parts] == [False, False, False, True]


def test_the_first_month_cannot_precede_registration():
    decision = decide(first_paid_month="2011-04")
    assert [blocked.code for blocked in decision.blocked] == ["before_registration"]
    assert not decision.is_payable


@pytest.mark.parametrize(("on", "word"), [(date(2024, 12, 31), "失业登记当月"), (date(2025, 1, 1), "核定当月")])
def test_the_start_of_payment_follows_the_rule_of_the_day(on, word):
    decision = decide(registered_on=on, first_paid_month="2025-01", as_of=date(2025, 1, 20))
    assert any(word in part.text for part in decision.parts)


def test_farm_contract_worker_gets_a_lump_sum_by_contribution_alone():
    decision = decide(
        farm_contract=True, contribution_months=43, registered=False, registered_on=None, seeks_work=False,
        first_paid_month="2011-08", as_of=date(2011, 8, 1),
    )  # fmt: skip
    assert (decision.kind, decision.eligible, decision.months) == ("farm_lump_sum", True, 3)
    assert decision.total_fen == 185400 and [row.amount_fen for row in decision.schedule] == [185400]
    assert decision.medical is None
    blocked = decide(farm_contract=True, as_of=date(2022, 1, 1), first_paid_month="2022-01")
    assert blocked.total_fen is None and not blocked.is_payable


def test_before_any_rule_nothing_is_decided():
    decision = decide(as_of=date(1999, 10, 1))
    assert not decision.eligible and decision.total_fen is None and decision.failed == ()
    assert decision.blocked[0].code == "no_standard_on_file"


def test_a_decision_explains_itself_and_survives_json():
    decision = decide(today=date(2012, 6, 1))
    record = json.loads(json.dumps(decision.as_json(), ensure_ascii=False))
    assert record["result"]["total"] == 10730
    assert all(part["article"] for part in record["parts"])
    assert any("over5_basis" in version["name"] and version["to_be_checked"] for version in record["parameters"])
    assert any("待核" in mark for mark in record["marks"])
    assert len(record["ruleset"]) == 64


@pytest.mark.parametrize(
    "changes", [{"first_paid_month": "2011-5"}, {"contribution_months": -1}, {"separation_reason": "x"}]
)
def test_bad_input_names_its_key(changes):
    with pytest.raises(InputError) as caught:
        decide(**changes)
    assert caught.value.key == next(iter(changes))

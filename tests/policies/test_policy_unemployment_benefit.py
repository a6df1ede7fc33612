"""ui.* and unemp_reg.deregister: edges of every tier and period, one person against columns, and what must not be guessed."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.rules.errors import InputError
from renben.engines.rules.evaluation import evaluate, evaluate_columns
from renben.engines.rules.inputs import month_number, month_text
from renben.engines.rules.parameters import load_parameters
from renben.services import offers
from renben.services.registration.benefit_rules import INVOLUNTARY_OR_NOT, STOP_EVENTS

offers.load_domains()

NO_STANDARD = {"error": "no_standard_on_file"}
MONTHS = st.integers(0, 600)
DAYS = st.dates(date(1995, 1, 1), date(2027, 12, 31))


def ask(domain, as_of="2011-10-01", **inputs):
    return evaluate(domain, as_of, inputs).result


@pytest.mark.parametrize(
    ("paid", "months"),
    [(0, 0), (11, 0), (12, 3), (23, 3), (24, 6), (35, 6), (36, 9), (47, 9), (48, 12), (59, 12), (60, 13), (71, 13)]
    + [(72, 14), (119, 17), (120, 18), (179, 22), (180, 23), (191, 23), (192, 24), (204, 24), (240, 24), (600, 24)],
)
def test_duration(paid, months):
    assert ask("ui.duration", contribution_months=paid) == {"months": months}


def test_duration_before_the_city_rule_is_not_on_file():
    assert ask("ui.duration", "1999-10-31", contribution_months=60) == NO_STANDARD
    assert ask("ui.duration", "1999-11-01", contribution_months=60) == {"months": 13}


@settings(max_examples=150)
@given(MONTHS)
def test_duration_never_falls_and_stays_within_city_and_national_caps(paid):
    here, more = (ask("ui.duration", contribution_months=n)["months"] for n in (paid, paid + 1))
    assert here <= more <= 24
    national = load_parameters()["ui.duration.national_caps"].at(date(2011, 10, 1)).value
    assert here <= int(national.at(np.asarray([paid]))[0])


def test_another_reading_of_five_years_is_one_parameter():
    draft = load_parameters().what_if("ui.duration.over5_basis", 5, from_on=date(2011, 1, 1))
    found = evaluate("ui.duration", "2011-10-01", {"contribution_months": 72}, parameters=draft)
    assert found.result == {"months": 13}


@pytest.mark.parametrize(
    ("as_of", "entitled", "received", "new", "months"),
    [
        ("2011-10-01", 18, 7, 27, 17),
        ("2011-10-01", 24, 0, 60, 24),
        ("2011-10-01", 12, 12, 12, 3),
        ("2024-12-31", 12, 5, 11, 0),
        ("2025-01-01", 12, 5, 11, 7),
        ("2025-01-01", 12, 5, 12, 10),
        ("2025-01-01", 12, 12, 0, 0),
    ],
)
def test_second_spell(as_of, entitled, received, new, months):
    got = ask("ui.duration_merge", as_of, first_entitled=entitled, first_received=received, new_contribution_months=new)
    assert got == {"months": months}


def test_more_received_than_entitled_is_an_error():
    with pytest.raises(InputError) as caught:
        ask("ui.duration_merge", first_entitled=3, first_received=4, new_contribution_months=12)
    assert caught.value.key == "first_received"


TIERS_2011_07 = [
    (12, 782),
    (59, 782),
    (60, 809),
    (119, 809),
    (120, 836),
    (179, 836),
    (180, 863),
    (239, 863),
    (240, 891),
]


@pytest.mark.parametrize(("paid", "amount"), [(11, 0), *TIERS_2011_07])
def test_tiers_include_their_first_month(paid, amount):
    assert ask("ui.amount_month", contribution_months=paid, benefit_month_index=12) == {"amount": amount}
    assert ask("ui.amount_month", contribution_months=paid, benefit_month_index=13) == {"amount": min(amount, 782)}


@pytest.mark.parametrize(
    ("as_of", "amount"),
    [
        ("2004-06-30", None),
        ("2004-07-01", 347),
        ("2005-06-30", 347),
        ("2005-07-01", None),
        ("2009-03-22", None),
        ("2009-03-23", 562),
        ("2010-06-30", 562),
        ("2010-07-01", 632),
        ("2010-12-31", 632),
        ("2011-01-01", 752),
        ("2011-06-30", 752),
        ("2011-07-01", 782),
        ("2012-01-01", 842),
        ("2014-03-31", 892),
        ("2014-04-01", 1012),
        ("2019-06-30", 1536),
        ("2019-07-01", 1706),
        ("2025-08-31", 2124),
        ("2025-09-01", 2129),
        ("2030-01-01", 2129),
    ],
)
def test_standard_of_the_day(as_of, amount):
    got = ask("ui.amount_month", as_of, contribution_months=30, benefit_month_index=1)
    assert got == (NO_STANDARD if amount is None else {"amount": amount})


def test_a_missing_standard_says_why():
    found = evaluate("ui.amount_month", "2006-05-01", {"contribution_months": 30, "benefit_month_index": 1})
    assert "2005年7月1日至2009年3月22日" in found.missing[0] and found.parts[0].text == found.missing[0]


def test_total_adds_each_month_by_its_own_standard():
    assert ask("ui.total", contribution_months=24, first_paid_month="2011-11") == {"months": 6, "total": 4932}
    assert ask("ui.total", contribution_months=11, first_paid_month="2007-01") == {"months": 0, "total": 0}


@pytest.mark.parametrize("first", ["2005-06", "2007-01", "2008-10", "2009-03", "2004-05"])
def test_total_is_refused_when_one_month_has_no_standard(first):
    found = evaluate("ui.total", "2011-10-01", {"contribution_months": 36, "first_paid_month": first})
    assert found.result == NO_STANDARD
    assert found.missing


@settings(max_examples=60)
@given(st.integers(0, 300), st.integers(month_number("2003-01"), month_number("2027-12")))
def test_total_is_the_sum_of_its_months(paid, first):
    months = ask("ui.duration", contribution_months=paid)["months"]
    amounts = [
        ask("ui.amount_month", f"{month_text(first + i)}-01", contribution_months=paid, benefit_month_index=i + 1)
        for i in range(months)
    ]
    got = ask("ui.total", contribution_months=paid, first_paid_month=month_text(first))
    if NO_STANDARD in amounts:
        assert got == NO_STANDARD
    else:
        assert got == {"months": months, "total": sum(row["amount"] for row in amounts)}


@pytest.mark.parametrize("first", ["2011-13", "2011", "2011-1", 201101, "2011-01-01"])
def test_first_paid_month_is_a_month(first):
    with pytest.raises(InputError) as caught:
        ask("ui.total", contribution_months=24, first_paid_month=first)
    assert caught.value.key == "first_paid_month"


@pytest.mark.parametrize(
    ("as_of", "paid", "result"),
    [
        ("2011-08-01", 11, {"months": 0, "amount": 0}),
        ("2011-08-01", 43, {"months": 3, "amount": 1854}),
        ("2011-08-01", 144, {"months": 12, "amount": 7416}),
        ("2011-08-01", 156, {"months": 12, "amount": 7416}),
        ("2006-01-01", 43, NO_STANDARD),
        ("2021-07-31", 12, {"months": 1, "amount": 1652}),
        ("2021-08-01", 12, NO_STANDARD),
        ("2025-10-01", 12, NO_STANDARD),
    ],
)
def test_farm_lump_sum(as_of, paid, result):
    assert ask("ui.farm_lump_sum", as_of, continuous_contribution_months=paid) == result


@pytest.mark.parametrize(
    ("paid", "ratio"),
    [(12, 0.6), (59, 0.6), (60, 0.65), (119, 0.65), (120, 0.7), (179, 0.7), (180, 0.75), (239, 0.75), (240, 0.8)],
)
def test_medical_subsidy_until_the_fund_pays_insurance(paid, ratio):
    assert ask("ui.medical", "2011-06-30", contribution_months=paid) == {"scheme": "medical_subsidy", "ratio": ratio}
    insured = {"scheme": "employee_medical_insurance", "individual_pays": 0}
    assert ask("ui.medical", "2011-07-01", contribution_months=paid) == insured


@pytest.mark.parametrize(("dependants", "times"), [(0, 0), (1, 6), (2, 9), (3, 12), (7, 12)])
def test_dependants_grant(dependants, times):
    given_ = {"contribution_months": 80, "dependants": dependants}
    assert ask("ui.dependants_grant", "2011-03-10", benefit_month_index=2, **given_) == {"amount": times * 779}
    assert ask("ui.dependants_grant", "2011-03-10", benefit_month_index=13, **given_) == {"amount": times * 752}
    assert ask("ui.dependants_grant", "2007-03-10", benefit_month_index=2, **given_) == NO_STANDARD


ELIGIBLE = {"contribution_months": 12, "registered": True, "seeks_work": True, "separation_reason": "contract_expired"}


@pytest.mark.parametrize("reason", sorted(INVOLUNTARY_OR_NOT))
@pytest.mark.parametrize("as_of", ["2005-01-01", "2011-06-30", "2011-07-01", "2025-01-01"])
def test_involuntary_reasons(reason, as_of):
    voluntary = reason in {"resigned", "employee_proposed_mutual"}
    got = ask("ui.eligibility", as_of, **{**ELIGIBLE, "separation_reason": reason})
    assert got == {"eligible": not voluntary, "failed": ["involuntary"] if voluntary else []}


def test_every_condition_that_fails_is_listed():
    got = ask(
        "ui.eligibility", contribution_months=11, registered=False, seeks_work=False, separation_reason="resigned"
    )
    assert got == {"eligible": False, "failed": ["contribution", "involuntary", "registered", "seeks_work"]}


@pytest.mark.parametrize("event", sorted(STOP_EVENTS))
def test_stop_events(event):
    goes_on = event in {"refused_job_with_good_reason", "convicted_with_probation_not_imprisoned"}
    assert ask("ui.stop", "2011-07-01", event=event) == {"stop": not goes_on}
    before = not goes_on and event != "refused_training_without_reason"
    assert ask("ui.stop", "2011-06-30", event=event) == {"stop": before}


@pytest.mark.parametrize(
    ("domain", "inputs", "code", "key"),
    [
        ("ui.stop", {"event": "married"}, "unknown_code", "event"),
        ("ui.eligibility", {**ELIGIBLE, "separation_reason": "quit"}, "unknown_code", "separation_reason"),
        ("ui.eligibility", {**ELIGIBLE, "registered": 1}, "wrong_type", "registered"),
        ("ui.duration", {"contribution_months": True}, "wrong_type", "contribution_months"),
        ("ui.duration", {"contribution_months": 12.0}, "wrong_type", "contribution_months"),
        ("ui.duration", {"contribution_months": -1}, "out_of_range", "contribution_months"),
        ("ui.duration", {"contribution_months": 12, "years": 1}, "unknown_key", "years"),
        (
            "ui.amount_month",
            {"contribution_months": 12, "benefit_month_index": 0},
            "out_of_range",
            "benefit_month_index",
        ),
        ("unemp_reg.deregister", {}, "missing_key", "no_contact_months"),
        ("unemp_reg.deregister", {"hired": "yes"}, "wrong_type", "hired"),
        ("unemp_reg.deregister", {"contact": 6}, "unknown_key", "contact"),
    ],
)
def test_bad_inputs_name_their_key(domain, inputs, code, key):
    with pytest.raises(InputError) as caught:
        ask(domain, **inputs)
    assert (caught.value.code, caught.value.key) == (code, key)


@pytest.mark.parametrize(
    ("inputs", "ends"),
    [
        ({"no_contact_months": 5}, False),
        ({"no_contact_months": 6}, True),
        ({"stable_income": 1159}, False),
        ({"stable_income": 1159.99}, False),
        ({"stable_income": 1160}, True),
        ({"stable_income": 1159, "hired": True}, True),
        ({"no_contact_months": 0, "stable_income": 0, "pension": False}, False),
        ({"retraining": True}, False),
        ({"retraining": True, "imprisoned": True}, True),
        *(
            ({code: True}, True)
            for code in [
                "pension",
                "hired",
                "self_employed_licensed",
                "disabled_totally",
                "study_military_emigrate",
                "refused_service",
            ]
        ),
    ],
)
def test_deregister(inputs, ends):
    assert ask("unemp_reg.deregister", "2011-08-01", **inputs) == {"deregister": ends}


@pytest.mark.parametrize(
    ("as_of", "wage"), [("2010-06-30", 800), ("2010-07-01", 960), ("2012-01-01", 1260), ("2025-09-01", 2540)]
)
def test_income_is_measured_by_the_minimum_wage_of_the_day(as_of, wage):
    assert ask("unemp_reg.deregister", as_of, stable_income=wage - 1) == {"deregister": False}
    assert ask("unemp_reg.deregister", as_of, stable_income=wage) == {"deregister": True}


def test_an_income_without_a_minimum_wage_on_file_stays_open():
    draft = load_parameters().what_if("wage.minimum.monthly", None, from_on=date(2011, 1, 1))
    for inputs, result in (
        ({"stable_income": 100}, NO_STANDARD),
        ({"stable_income": 100, "hired": True}, {"deregister": True}),
    ):
        found = evaluate("unemp_reg.deregister", "2011-08-01", inputs, parameters=draft)
        assert found.result == result
        assert bool(found.missing) is (result == NO_STANDARD)


NUMERIC = {
    "ui.duration": {"contribution_months": MONTHS},
    "ui.amount_month": {"contribution_months": MONTHS, "benefit_month_index": st.integers(1, 30)},
    "ui.total": {
        "contribution_months": MONTHS,
        "first_paid_month": st.integers(month_number("2003-01"), month_number("2027-12")),
    },
    "ui.farm_lump_sum": {"continuous_contribution_months": MONTHS},
    "ui.medical": {"contribution_months": MONTHS},
    "ui.dependants_grant": {
        "contribution_months": MONTHS,
        "benefit_month_index": st.integers(1, 30),
        "dependants": st.integers(0, 5),
    },
    "ui.eligibility": {
        "contribution_months": MONTHS,
        "registered": st.booleans(),
        "seeks_work": st.booleans(),
        "separation_reason": st.sampled_from(sorted(INVOLUNTARY_OR_NOT)),
    },
    "ui.stop": {"event": st.sampled_from(sorted(STOP_EVENTS))},
    "unemp_reg.deregister": {
        "no_contact_months": st.integers(0, 12),
        "stable_income": st.integers(0, 300000),
        "hired": st.booleans(),
        "retraining": st.booleans(),
    },
}


@pytest.mark.parametrize("domain", sorted(NUMERIC))
@settings(max_examples=25, deadline=timedelta(seconds=5))
@given(data=st.data())
def test_one_person_and_columns_agree(domain, data):
    rows = data.draw(st.lists(st.fixed_dictionaries(NUMERIC[domain]), min_size=1, max_size=8))
    as_of = data.draw(DAYS)
    names = {key: f"{key}_fen" if key == "stable_income" else key for key in rows[0]}
    columns = evaluate_columns(domain, as_of, {names[key]: np.asarray([row[key] for row in rows]) for key in rows[0]})
    for i, row in enumerate(rows):
        one = dict(row)
        if "first_paid_month" in one:
            one["first_paid_month"] = month_text(one["first_paid_month"])
        if "stable_income" in one:
            one["stable_income"] = one["stable_income"] / 100
        single = evaluate(domain, as_of, one).result
        if columns["no_standard"][i]:
            assert single == NO_STANDARD
            continue
        expected = {}
        for key, column in columns.items():
            value = column[i].item()
            if key.startswith("failed:"):
                expected.setdefault("failed", []).extend([key[7:]] * value)
            elif key != "no_standard":
                expected[key.removesuffix("_fen")] = value / 100 if key.endswith("_fen") else value
        assert single == expected


@pytest.mark.parametrize("domain", sorted(NUMERIC))
@settings(max_examples=15, deadline=timedelta(seconds=5))
@given(data=st.data())
def test_every_answer_is_explained_with_articles(domain, data):
    inputs = data.draw(st.fixed_dictionaries(NUMERIC[domain]))
    if "first_paid_month" in inputs:
        inputs["first_paid_month"] = month_text(inputs["first_paid_month"])
    found = evaluate(domain, data.draw(DAYS), inputs)
    assert found.parts
    if found.is_answered:
        assert all(part.citation for part in found.parts)
        assert found.parameters and found.missing == ()
    else:
        assert found.missing

"""Values typed by hand, values laid over the files, and where a parameter is used: pure, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.rules import registry, uses
from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.parameters import Scale, Version, from_files
from renben.engines.rules.values import WrongValue, number, scale, value_text
from renben.services import offers

offers.load_domains()
MONTHLY = "ui.benefit.monthly"


@given(st.integers(0, 10**9))
def test_money_typed_as_it_is_shown_comes_back(fen):
    text = f"{fen // 100}.{fen % 100:02d}"
    assert round(number("CNY", text) * 100) == fen
    shown = value_text(number("CNY", text), "CNY").removesuffix("元")
    assert round(number("CNY", shown) * 100) == fen


@pytest.mark.parametrize(
    ("unit", "text", "said"),
    [
        ("CNY", "12.345", "两位小数"), ("CNY", "-1", "之间"), ("CNY", "一百", "不是数字"), ("CNY", "NaN", "不是数字"),
        ("month", "12.5", "整数"), ("month", "1201", "之间"), ("day_of_month", "32", "之间"), ("ratio", "0.1234567", "6位"),
        ("CNY", "", "不是数字"), ("CNY", "1e400", "之间"),
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_is_refused_with_a_sentence(unit, text, said):
    with pytest.raises(WrongValue, match=said):
        number(unit, text)


def test_a_table_names_the_line_that_is_wrong():
    assert scale("CNY", [("12", "100"), ("", ""), ("60", "120.5")]) == {"thresholds": [12, 60], "amounts": [100, 120.5]}
    for lines, said in (
        ([("12", "100"), ("60", "")], "第2档"),
        ([("60", "1"), ("12", "2")], "从小到大"),
        ([("12", "1"), ("12", "2")], "不能重复"),
        ([("", "")], "至少"),
    ):
        with pytest.raises(WrongValue, match=said):
            scale("CNY", lines)


def laid(on: date, by: int):
    files = from_files()
    held = files[MONTHLY].versions[-1]
    table = Scale(held.value.thresholds, tuple(amount + by for amount in held.value.amounts))
    return files, files.with_value(
        Version(MONTHLY, held.label, held.unit, on, None, table, "文件", "第一条", "official")
    )


@given(st.integers(1, 2000), st.integers(1, 500), st.integers(-900, 900))
def test_a_value_laid_over_the_files_holds_from_its_day_and_not_before(after, by, away):
    files = from_files()
    on = files[MONTHLY].versions[-1].valid_from + timedelta(days=after)
    files, new = laid(on, by)
    asked = {"contribution_months": 74, "benefit_month_index": 1}
    day = on + timedelta(days=away)
    before = evaluate("ui.amount_month", day, asked, parameters=files).result
    now = evaluate("ui.amount_month", day, asked, parameters=new).result
    if day < on or "error" in before:
        assert now == before
    else:
        assert now["amount"] == before["amount"] + by
    assert new[MONTHLY].at(on - timedelta(days=1)).valid_to == on
    assert new.digest != files.digest


def test_a_value_between_two_on_file_ends_where_the_next_begins():
    files = from_files()
    first, second = files[MONTHLY].versions[:2]
    middle = first.valid_from + timedelta(days=1)
    new = files.with_value(
        Version(MONTHLY, first.label, first.unit, middle, None, first.value, "文件", confidence="official")
    )
    assert new[MONTHLY].at(middle).valid_to == second.valid_from
    assert new[MONTHLY].versions[2:] == files[MONTHLY].versions[1:]


def test_whatever_a_rule_reads_is_found_in_its_source():
    """The worked answers of a rule name no parameter that the reading of its source has missed."""
    for domain, inputs in (
        ("ui.total", {"contribution_months": 300, "first_paid_month": "2011-05"}),
        ("ui.dependants_grant", {"contribution_months": 80, "benefit_month_index": 2, "dependants": 2}),
        ("ui.medical", {"contribution_months": 70}),
        ("subsidy.self_flexible_monthly", {"wage_year": 2006}),
        ("unemp_reg.deregister", {"no_contact_months": 6, "stable_income": 1160}),
    ):
        for on in (date(2007, 5, 1), date(2011, 8, 1), date(2026, 11, 23)):
            read = {version.name for version in evaluate(domain, on, inputs).parameters}
            assert read <= uses.parameters_of(domain), (domain, on)


def test_a_parameter_is_used_by_its_own_family_only():
    for name in registry.names():
        if name.startswith("ui."):
            assert {one.partition(".")[0] for one in uses.parameters_of(name)} <= {"ui", "wage"}, name
    assert "ui.amount_month" in uses.domains_of(MONTHLY) and "subsidy.flexible" not in uses.domains_of(MONTHLY)

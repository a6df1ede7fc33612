"""Every rule domain alike: worked cases, no parameter without effect, one person and columns agree, and plain words."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.rules import registry
from renben.engines.rules.coded import Coded
from renben.engines.rules.commands import check_case
from renben.engines.rules.errors import InputError
from renben.engines.rules.evaluation import Determination, _result, evaluate, evaluate_columns
from renben.engines.rules.inputs import REQUIRED, Input, month_text
from renben.engines.rules.parameters import Parameters, Scale, Version, load_parameters
from renben.oversight import offers
from tests.policies.worked import worked_cases

offers.load_domains()

NO_STANDARD = "no_standard_on_file"


def determinations() -> Iterator[tuple[str, Determination]]:
    """The answer of every worked case whose input is sound."""
    for case in worked_cases():
        try:
            yield case["id"], evaluate(case["domain"], case["as_of"], case["input"])
        except InputError:
            continue


def test_every_worked_case_passes():
    rows = [check_case(case) for case in worked_cases()]
    assert [row for row in rows if row["status"] != "passed"] == []
    assert len({row["id"] for row in rows}) == len(rows)


def test_every_domain_has_a_worked_case():
    answered = {case["domain"] for case in worked_cases()}
    assert answered == set(registry.names())


READ_BY_DECISIONS = {
    "ui.payment_start": "renben.services.registration.determining",
    "subsidy.self_flexible.wage_year_from_month": "renben.services.support.decision",
    "subsidy.stop_after_months": "renben.services.support.stopping",
    "placement.seeker_valid_months": "renben.services.placement.seekers_rules",
    "placement.seeker_remind_days": "renben.services.placement.seekers_rules",
    "placement.retention_second_months": "renben.services.placement.referral_limits",
    "placement.retention_last_months": "renben.services.placement.referral_limits",
    "loan.interest_subsidy.share": "renben.services.support.loans.interest",
    "loan.labour_intensive.cap": "renben.services.support.loans.firm_rules",
    "loan.labour_intensive.cap_per_hire": "renben.services.support.loans.firm_rules",
    "loan.counter_guarantee_ratio": "renben.services.support.loans.decision",
    "public_post.heating_paid_month": "renben.services.support.posts.money",
    "public_post.cooling_paid_month": "renben.services.support.posts.money",
    "public_post.fund_deposit_months": "renben.services.support.posts.money",
    "subsidy.employer.other_groups": "renben.services.support.hiring.decision",
    "subsidy.employer.period_months": "renben.services.support.hiring.applying",
    "subsidy.employer_si.listed_years": "renben.services.support.hiring.decision",
    "subsidy.employer_si.other_years": "renben.services.support.hiring.decision",
    "subsidy.employer_post.listed_years": "renben.services.support.hiring.decision",
    "subsidy.employer_post.other_years": "renben.services.support.hiring.decision",
}
"""Parameters that a decision around the domains reads, and the module that does; tested where that module is."""


def other_values(version: Version) -> list[Any]:
    """Values that differ enough to be noticed; a code that only says which rule applies is taken away."""
    value = version.value
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, Scale):
        return [Scale(value.thresholds, tuple(amount * 2 + 1 for amount in value.amounts))]
    if isinstance(value, tuple):
        return [tuple(code for code in value if code != dropped) for dropped in value]
    if isinstance(value, str):
        return [None]
    return [value * 2 + 1, value / 2 if value else 1, 0]


def with_other_values(parameters: Parameters, name: str, choose: int) -> Parameters:
    """A copy in which every version of a parameter has its other value number ``choose``."""
    changed = []
    for version in parameters[name].versions:
        if version.value is None:
            changed.append(version)
            continue
        others = other_values(version)
        changed.append(replace(version, value=others[min(choose, len(others) - 1)], reason="测试"))
    altered = replace(parameters[name], versions=tuple(changed))
    return Parameters({**{key: parameters[key] for key in parameters}, name: altered}, f"{name}{choose}")


def answers(parameters: Parameters, cases: list[dict]) -> list[Any]:
    """The results of cases under some parameters; a refusal of the input is an answer too."""
    out = []
    for case in cases:
        try:
            out.append(evaluate(case["domain"], case["as_of"], case["input"], parameters=parameters).result)
        except InputError as error:
            out.append(error.as_result())
    return out


@pytest.fixture
def readers() -> dict[str, list[dict]]:
    """For every parameter the worked cases that read it."""
    found: dict[str, dict[str, dict]] = {}
    sound = {case["id"]: case for case in worked_cases()}
    for key, determination in determinations():
        for version in determination.parameters:
            found.setdefault(version.name, {})[key] = sound[key]
    return {name: list(cases.values()) for name, cases in found.items()}


def test_every_parameter_is_read_by_a_rule_or_says_why_not(readers):
    parameters = load_parameters()
    informational = {name for name, parameter in parameters.items() if parameter.informational}
    unread = set(parameters) - set(readers) - informational - set(READ_BY_DECISIONS)
    for name, module in READ_BY_DECISIONS.items():
        assert name in inspect.getsource(importlib.import_module(module)), f"{module} 不再取用 {name}"
    assert not unread, "每个参数要么有判定取用并有算例，要么写明 informational 的理由"
    assert not informational & set(readers), "写明不取用的参数却被判定取用"


def test_every_parameter_that_a_rule_reads_decides_a_worked_case(readers):
    parameters = load_parameters()
    without_effect = []
    for name, cases in sorted(readers.items()):
        choices = max(len(other_values(v)) for v in parameters[name].versions if v.value is not None)
        before = answers(parameters, cases)
        if all(answers(with_other_values(parameters, name, n), cases) == before for n in range(choices)):
            without_effect.append(name)
    assert not without_effect, "这些参数改了数也没有算例发现"


# One person and columns

DAYS = sorted(
    {
        day + timedelta(days=shift)
        for parameter in load_parameters().values()
        for day in (version.valid_from for version in parameter.versions)
        for shift in (-1, 0)
    }
)
"""The first day of every version of every parameter, and the day before."""

TEXTS = {
    "industry": ["餐饮", "广告制作", "网吧", "资本密集型制造", "房地产"],
    "borrower": ["beijing_unemployed", "college_graduate", "retired"],
    "level": ["满意", "不满意", "非常不满意"],
}


def column_values(item: Input) -> st.SearchStrategy[Any]:
    """Values of one input in the form columns take; an optional date or code may be absent."""
    low, high = item._limits
    near = st.integers(low, min(high, low + 130))
    if item.kind == "date":
        days = st.dates(date(1945, 1, 1), date(2028, 12, 31)).map(np.datetime64)
        return days | st.just(np.datetime64("NaT")) if item.default is None else days
    if item.kind == "code":
        return st.sampled_from(sorted(item.codes | ({""} if item.default is None else set())))
    if item.kind == "month":
        return st.integers(1999 * 12, 2026 * 12)
    if item.kind == "int" and item.name == "wage_year":
        return st.integers(1995, 2027)
    return {
        "bool": st.booleans(),
        "text": st.sampled_from(TEXTS.get(item.name, ["文字"])),
        "int": near | st.integers(low, min(high, 2**31 - 1)),
        "yuan": st.integers(0, 600_000) | st.integers(0, high),
        "wan": st.integers(low, 60_000_000),
        "share": st.integers(940_000_000, 960_000_000) | st.integers(0, 10**9),
    }[item.kind]


def one_value(item: Input, value: Any) -> Any:
    """The same value as one person's input; None when it is absent."""
    if item.kind == "date":
        return None if np.isnat(value) else value.item()
    if item.kind == "code":
        return str(value) or None
    if item.kind == "month":
        return month_text(int(value))
    scale = {"yuan": 100, "wan": 10**6, "share": 10**9}.get(item.kind)
    return Decimal(int(value)) / scale if scale else value


@st.composite
def questions(draw, domain: str):
    """A day, and a few rows of inputs in the form of columns; whole optional columns may be left out."""
    rule = registry.get(domain)
    taken = [item for item in rule.inputs if item.default is REQUIRED or draw(st.booleans())] or [rule.inputs[0]]
    size = draw(st.integers(1, 4))
    rows = [{item: draw(column_values(item)) for item in taken} for _ in range(size)]
    return draw(st.sampled_from(DAYS)), rows


def as_columns(rows: list[dict[Input, Any]]) -> dict[str, np.ndarray]:
    kinds = {"date": "datetime64[D]", "bool": bool}
    return {
        item.argument: np.asarray(
            [row[item] for row in rows], dtype=kinds.get(item.kind, str if item.kind in ("code", "text") else np.int64)
        )
        for item in rows[0]
    }


def coded(columns: dict[str, np.ndarray], domain: str) -> dict[str, Any]:
    """The same columns with every code as a small number."""
    codes = {item.argument for item in registry.get(domain).inputs if item.kind == "code"}
    out: dict[str, Any] = dict(columns)
    for name in codes & set(columns):
        words, places = np.unique(columns[name], return_inverse=True)
        out[name] = Coded(places, words.tolist())
    return out


def one_by_one(domain: str, on: date, rows: list[dict[Input, Any]]) -> list[Any]:
    out = []
    for row in rows:
        given_one = {item.name: one_value(item, value) for item, value in row.items()}
        try:
            out.append(evaluate(domain, on, given_one).result)
        except InputError as error:
            out.append(error.as_result())
    return out


VECTORISED = [name for name in registry.names() if registry.get(name).vectorised]


@pytest.mark.parametrize("domain", VECTORISED)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_one_person_and_columns_agree_on_every_edge_of_every_parameter(domain, data):
    on, rows = data.draw(questions(domain))
    singles = one_by_one(domain, on, rows)
    given_columns = as_columns(rows)
    if data.draw(st.booleans()):
        given_columns = coded(given_columns, domain)
    try:
        columns = evaluate_columns(domain, on, given_columns)
    except InputError as error:
        assert error.as_result()["error"] in {single.get("error") for single in singles}
        return
    for position, single in enumerate(singles):
        if columns["no_standard"][position]:
            assert single == {"error": NO_STANDARD}
        else:
            row = {key: column[position].item() for key, column in columns.items()}
            assert _result(row) == single


# Words

CODE_WORD = re.compile(r"[a-z]+_[a-z_]+|\b(True|False|None|nan)\b")


def test_every_explanation_is_whole_sentences_without_code_words():
    for key, found in determinations():
        for part in found.parts:
            assert part.label and part.text, key
            assert not CODE_WORD.search(part.text), (key, part.text)
            assert part.text[-1] in "。；，" or part.text[-1].isalnum(), (key, part.text)


def test_every_answer_gives_its_reason_and_cites_an_article():
    for key, found in determinations():
        assert found.parts, key
        if found.is_answered:
            uncited = found.domain == "ui.contributions"  # counting months needs no figure
            assert uncited or any(part.citation for part in found.parts), key
        else:
            assert found.missing and all(found.missing), key


@pytest.mark.parametrize(
    "domain", [name for name in registry.names() if name.startswith(("subsidy.", "loan.", "hardship"))]
)
def test_a_right_granted_or_refused_says_because(domain):
    told = [found for _, found in determinations() if found.domain == domain and found.is_answered]
    assert told
    for found in told:
        assert "因为" in found.parts[-1].text, found.parts[-1].text

"""The parameters on file: each is cited, sits in the folder of its policy and equals the fact it came from."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import yaml

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.parameters import CATALOG_POLICIES, Parameter, Scale, load_parameters
from renben.oversight import offers
from tests.policies.facts_on_file import NOT_A_PARAMETER, OTHER_SUBJECTS, SAME_IN_OTHER_WORDS, figures
from tests.shared import SHARED, needs_shared

offers.load_domains()


def test_every_value_is_cited_and_every_gap_has_a_reason():
    for parameter in load_parameters().values():
        for version in parameter.versions:
            if version.value is None:
                assert version.reason, parameter.name
            else:
                assert version.document and version.confidence, parameter.name


def test_a_parameter_file_sits_in_the_folder_of_its_policy():
    assert not list(CATALOG_POLICIES.glob("*.yaml")) and not list(CATALOG_POLICIES.glob("*/*/*.yaml"))


def facts():
    text = (SHARED / "facts" / "policy_facts.yaml").read_text(encoding="utf-8")
    every = yaml.load(text, Loader=yaml.CSafeLoader)["facts"]
    return [fact for fact in every if not fact["parameter"].startswith(OTHER_SUBJECTS)]


def held(parameter: Parameter, on: date):
    """The value of a day in a form to compare; a set where the fact is one."""
    value = parameter.at(on).value
    return list(value.amounts) if isinstance(value, Scale) else list(value) if isinstance(value, tuple) else value


def days_of(fact) -> set[date]:
    """First and last day of a fact, as far as they are known."""
    known = [fact["valid_from"], fact["valid_to"]]
    if fact["parameter"] == "ui.benefit.gap":
        known = fact["value"]
    return {date.fromisoformat(day) for day in known if day not in (None, "unknown")}


@needs_shared
def test_parameters_equal_the_facts_on_the_first_and_last_day_of_each_period():
    parameters, compared = load_parameters(), 0
    for fact in facts():
        name, value = fact["parameter"], fact["value"]
        if name in NOT_A_PARAMETER or name in SAME_IN_OTHER_WORDS:
            continue
        for ours, figure in figures(name, None if fact["confidence"] == "not_found" else value):
            for on in days_of(fact) or {date(2011, 10, 1)}:
                compared += 1
                if figure is None:
                    with pytest.raises(NoStandardOnFile):
                        parameters[ours].at(on)
                    continue
                got = held(parameters[ours], on)
                if isinstance(figure, set):
                    assert figure <= set(got), (ours, on)
                else:
                    assert got == figure, (ours, on)
    assert compared > 400


@needs_shared
def test_a_period_ends_where_its_fact_ends():
    for fact in facts():
        name, last = fact["parameter"], fact["valid_to"]
        if name in NOT_A_PARAMETER or name in SAME_IN_OTHER_WORDS or last in (None, "unknown"):
            continue
        if fact["confidence"] == "not_found" or name == "subsidy.self_employed.once_only":
            continue
        for ours, figure in figures(name, fact["value"]):
            if figure is None or isinstance(figure, set) or ours in RUNS_ON:
                continue
            ends = load_parameters()[ours].at(date.fromisoformat(last)).valid_to
            assert ends == date.fromisoformat(last) + timedelta(days=1), ours


RUNS_ON = {"public_post.housing_fund_rate"}
"""Figures that outlive their fact: the share is for the years without a fixed sum (D-11)."""


@needs_shared
def test_every_fact_has_its_parameter():
    names = {fact["parameter"] for fact in facts()} - set(NOT_A_PARAMETER)
    for name in names - set(SAME_IN_OTHER_WORDS):
        fact = next(fact for fact in facts() if fact["parameter"] == name)
        if fact["confidence"] != "not_found":
            assert list(figures(name, fact["value"])), name
    for name, items in SAME_IN_OTHER_WORDS.items():
        versions = [
            version.value for key, p in load_parameters().items() if key.startswith(name) for version in p.versions
        ]
        assert items is None or all(len(value) == items for value in versions), name


NOT_IN_AN_ADVERT = {"性别要求字段非空"}


@needs_shared
def test_every_word_of_the_lexicon_is_found():
    lexicon = next(fact["value"] for fact in facts() if fact["parameter"] == "ad.lexicon")
    for ground, words in lexicon.items():
        for word in set(words) - NOT_IN_AN_ADVERT:
            found = evaluate("ad.check", "2024-01-01", {"text": f"招聘文员，{word}，月薪4000元"}).result
            assert ground in (found["hints"] if ground == "under_16" else found["violations"]), word

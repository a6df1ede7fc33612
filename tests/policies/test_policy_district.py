"""The district's grants once a standard is entered: by head and month, one by one and in columns, never below the sum of its lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.rules.errors import InputError
from renben.engines.rules.evaluation import evaluate, evaluate_columns
from renben.engines.rules.parameters import Parameters, load_parameters
from renben.services.support.rules_district import BY_MONTH, ITEMS, MOST_MONTHS

ON = "2026-11-23"
YUAN = {"hardship": 500, "settling": 3000, "trainee": 1200}
"""Standards entered for three of the five items."""


def entered() -> Parameters:
    base = load_parameters()
    changed = {}
    for item, value in YUAN.items():
        name = f"subsidy.district.{item}"
        versions = tuple(replace(v, value=value, reason="") for v in base[name].versions)
        changed[name] = replace(base[name], versions=versions)
    return Parameters({**{key: base[key] for key in base}, **changed}, "district")


@given(st.sampled_from(sorted(ITEMS)), st.integers(1, MOST_MONTHS))
def test_an_amount_is_the_standard_times_the_months_or_once(item, months):
    found = evaluate("grant.district", ON, {"item": item, "months": months}, parameters=entered())
    if item not in YUAN:
        assert found.result == {"error": "no_standard_on_file"} and found.missing
        return
    assert found.result["amount"] == YUAN[item] * (months if item in BY_MONTH else 1)
    assert "因为标准是" in found.parts[-1].text


@given(st.lists(st.tuples(st.sampled_from(sorted(YUAN)), st.integers(1, MOST_MONTHS)), min_size=1, max_size=30))
def test_columns_say_what_each_row_says(rows):
    parameters = entered()
    items, months = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    together = evaluate_columns("grant.district", ON, {"item": items, "months": months}, parameters=parameters)
    alone = [
        evaluate("grant.district", ON, {"item": item, "months": n}, parameters=parameters).result["amount"] * 100
        for item, n in rows
    ]
    assert list(together["amount_fen"]) == alone


@pytest.mark.parametrize(
    "given", [{"item": "housing", "months": 1}, {"item": "hardship", "months": 0}, {"item": "hardship"}]
)
def test_bad_input_is_named(given):
    with pytest.raises(InputError):
        evaluate("grant.district", ON, given)

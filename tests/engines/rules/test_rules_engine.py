"""Registry, input checking, evaluation of one and of columns, with two small domains of its own."""

from __future__ import annotations

import inspect
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pytest

from renben.engines.rules import registry
from renben.engines.rules.errors import CatalogueError, InputError, NoSuchDomain
from renben.engines.rules.evaluation import evaluate, evaluate_columns, ruleset_hash, yuan, yuan_text
from renben.engines.rules.inputs import Input, month_number, month_start, month_text


@pytest.fixture
def domains(monkeypatch):
    """An empty registry for one test."""
    monkeypatch.setattr(registry, "_domains", {})

    @registry.rule(
        "test.pay",
        label="测试",
        basis="无",
        inputs=(
            Input("wage", "yuan", "工资"),
            Input("months", "int", "月数", 2),
            Input("kind", "code", "类别", "a", codes=frozenset("ab")),
        ),
    )
    def pay(p, wage_fen, months, kind):
        return {"sum_fen": wage_fen * months, "failed:kind": kind == "b", "failed:months": months > 10}

    @registry.rule("test.day", label="测试", basis="无", inputs=(Input("on", "date", "日期"),), vectorised=False)
    def day(p, on):
        return {"on": on}

    return pay


def test_yuan_at_the_edges_fen_inside(domains):
    assert evaluate("test.pay", "2011-01-01", {"wage": 10.05}).result == {"sum": 20.1, "failed": []}
    whole = evaluate("test.pay", "2011-01-01", {"wage": Decimal("10.50"), "months": 12, "kind": "b"}).result
    assert whole == {"sum": 126, "failed": ["kind", "months"]} and isinstance(whole["sum"], int)
    columns = evaluate_columns("test.pay", "2011-01-01", {"wage_fen": [1005, 3], "months": [2, 3]})
    assert columns["sum_fen"].tolist() == [2010, 9]
    assert columns["no_standard"].tolist() == [False, False]


@pytest.mark.parametrize(
    ("inputs", "code", "key"),
    [
        ({"wage": 1, "wages": 1}, "unknown_key", "wages"),
        ({"months": 1}, "missing_key", "wage"),
        ({"wage": "1"}, "wrong_type", "wage"),
        ({"wage": True}, "wrong_type", "wage"),
        ({"wage": float("nan")}, "wrong_type", "wage"),
        ({"wage": float("inf")}, "wrong_type", "wage"),
        ({"wage": -1}, "out_of_range", "wage"),
        ({"wage": 1, "months": True}, "wrong_type", "months"),
        ({"wage": 1, "months": 2.0}, "wrong_type", "months"),
        ({"wage": 1, "months": None}, "wrong_type", "months"),
        ({"wage": 1, "months": -1}, "out_of_range", "months"),
        ({"wage": 1, "months": 2**40}, "out_of_range", "months"),
        ({"wage": 1, "kind": "c"}, "unknown_code", "kind"),
        ({"wage": 1, "kind": 1}, "wrong_type", "kind"),
    ],
)
def test_a_bad_input_is_an_error_naming_its_key(domains, inputs, code, key):
    with pytest.raises(InputError) as caught:
        evaluate("test.pay", "2011-01-01", inputs)
    assert (caught.value.code, caught.value.key) == (code, key)
    assert key in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "code", "key"),
    [
        ({"wage": [1]}, "unknown_key", "wage"),
        ({}, "missing_key", "wage_fen"),
        ({"wage_fen": [1.5]}, "wrong_type", "wage"),
        ({"wage_fen": [True]}, "wrong_type", "wage"),
        ({"wage_fen": [[1]]}, "wrong_type", "wage"),
        ({"wage_fen": [1, -1]}, "out_of_range", "wage"),
        ({"wage_fen": [1], "kind": ["c"]}, "unknown_code", "kind"),
        ({"wage_fen": [1, 2], "months": [1]}, "wrong_type", "wage_fen"),
    ],
)
def test_a_bad_column_is_an_error_naming_its_key(domains, columns, code, key):
    with pytest.raises(InputError) as caught:
        evaluate_columns("test.pay", "2011-01-01", columns)
    assert (caught.value.code, caught.value.key) == (code, key)


@pytest.mark.parametrize("value", [20110101, "2011-1-1", "20110101", "2011-W01-6", datetime(2011, 1, 1), None])
def test_a_day_is_an_iso_date_and_nothing_else(domains, value):
    with pytest.raises(InputError, match="on"):
        evaluate("test.day", "2011-01-01", {"on": value})


def test_days_come_out_in_iso_form_and_as_of_is_checked(domains):
    assert evaluate("test.day", date(2011, 1, 1), {"on": date(2011, 2, 3)}).result == {"on": "2011-02-03"}
    for bad in ("2011-02-30", datetime(2011, 1, 1), None):
        with pytest.raises(InputError, match="as_of"):
            evaluate("test.day", bad, {"on": "2011-02-03"})
    with pytest.raises(InputError, match="逐人"):
        evaluate_columns("test.day", "2011-01-01", {"on": ["2011-02-03"]})


@pytest.fixture
def kinds(monkeypatch):
    """A registry with one domain of every other kind of input."""
    monkeypatch.setattr(registry, "_domains", {})
    member = (Input("age", "int", "周岁", maximum=150), Input("sex", "code", "性别", None, codes=frozenset("FM")))

    @registry.rule(
        "test.kinds",
        label="测试",
        basis="无",
        inputs=(
            Input("sum_10k", "wan", "金额", 1),
            Input("rate", "share", "比例", 1),
            Input("lists", "codes", "清单", ()),
            Input("members", "rows", "成员", ({"age": 1},), minimum=1, fields=member),
            Input("name", "text", "名称", "无", minimum=1),
        ),
        vectorised=False,
    )
    def every_kind(p, sum_fen, rate_e9, lists, members, name):
        return {"sum_fen": sum_fen, "rate": rate_e9, "lists": list(lists), "members": list(members), "name": name}


def test_money_in_wan_shares_and_lists_arrive_whole(kinds):
    members = [{"age": 3}, {"age": 150, "sex": "F"}]
    given = {"sum_10k": 2.400001, "rate": 0.949999999, "lists": ["b", "a", "b"], "members": members, "name": "店"}
    assert evaluate("test.kinds", "2011-01-01", given).result == {
        "sum": 24000.01,
        "rate": 949_999_999,
        "lists": ["b", "a"],
        "members": [{"age": 3, "sex": None}, {"age": 150, "sex": "F"}],
        "name": "店",
    }


@pytest.mark.parametrize(
    ("inputs", "code", "key"),
    [
        ({"sum_10k": 0.1234567}, "wrong_type", "sum_10k"),
        ({"sum_10k": "8"}, "wrong_type", "sum_10k"),
        ({"sum_10k": 10**9}, "out_of_range", "sum_10k"),
        ({"rate": 1.01}, "out_of_range", "rate"),
        ({"rate": -0.01}, "out_of_range", "rate"),
        ({"rate": "95%"}, "wrong_type", "rate"),
        ({"lists": "pay"}, "wrong_type", "lists"),
        ({"lists": [1]}, "wrong_type", "lists"),
        ({"members": []}, "out_of_range", "members"),
        ({"members": {}}, "wrong_type", "members"),
        ({"members": [3]}, "wrong_type", "members"),
        ({"members": [{"age": 3}, {"age": 151}]}, "out_of_range", "members[2].age"),
        ({"members": [{"age": 3, "sex": "X"}]}, "unknown_code", "members[1].sex"),
        ({"members": [{"age": 3, "kin": "son"}]}, "unknown_key", "members[1].kin"),
        ({"members": [{}]}, "missing_key", "members[1].age"),
        ({"name": "  "}, "out_of_range", "name"),
    ],
)
def test_a_bad_input_of_these_kinds_names_its_place(kinds, inputs, code, key):
    with pytest.raises(InputError) as caught:
        evaluate("test.kinds", "2011-01-01", inputs)
    assert (caught.value.code, caught.value.key) == (code, key)


def test_an_amount_with_three_decimals_is_a_slip_not_something_to_cut_off(domains):
    with pytest.raises(InputError, match="两位小数") as caught:
        evaluate("test.pay", "2011-01-01", {"wage": 1160.125})
    assert caught.value.key == "wage"


def test_registry_refuses_unknown_names_second_owners_and_wrong_arguments(domains):
    with pytest.raises(NoSuchDomain):
        evaluate("test.none", "2011-01-01", {})
    with pytest.raises(CatalogueError, match="no.such.module"):
        registry.load_domains(["no.such.module"])
    with pytest.raises(CatalogueError, match="不一致"):
        registry.rule("test.bad", label="", basis="", inputs=(Input("a", "int", "甲"),))(lambda p, b: {})
    elsewhere = lambda p, wage_fen, months, kind: {}  # noqa: E731
    elsewhere.__module__ = "somewhere.else"
    held = registry.get("test.pay")
    with pytest.raises(CatalogueError, match="test.pay"):
        registry.register(registry.Domain("test.pay", "", "", held.inputs, elsewhere))
    assert registry.names() == ["test.day", "test.pay"]


def test_the_rule_function_stays_callable_with_its_inputs_as_arguments(domains):
    assert list(inspect.signature(domains).parameters) == ["p", "wage_fen", "months", "kind"]
    assert domains(None, np.asarray([5]), np.asarray([3]), np.asarray(["a"]))["sum_fen"].tolist() == [15]


def test_ruleset_hash_changes_with_the_parameters(domains):
    from renben.engines.rules.parameters import load_parameters

    draft = load_parameters().what_if("ui.duration.cap", 30, from_on=date(2027, 1, 1))
    assert ruleset_hash() == ruleset_hash() != ruleset_hash(draft)
    assert len(ruleset_hash()) == 64


def test_months_and_amounts_in_words():
    assert month_text(month_number("2011-12") + 1) == "2012-01"
    assert month_start(month_number("2012-02")) == date(2012, 2, 1)
    for bad in ("2011-13", "2011-1", "2011", "2011-01-01", 201101, None):
        with pytest.raises(ValueError):
            month_number(bad)
    assert (yuan(78200), yuan(16840), yuan_text(78200), yuan_text(16840)) == (782, 168.4, "782元", "168.40元")

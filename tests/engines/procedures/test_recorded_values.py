"""What a step records: tables, figures, files and standards that are figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.procedures import facts
from renben.engines.procedures.schema import CaseField, Choice, FieldColumn, Outcome, Step, Threshold

TABLE = CaseField(
    name="visited",
    label="走访的单位",
    type="rows",
    columns=[
        FieldColumn(name="employer", label="单位名称", required=True),
        FieldColumn(name="openings", label="空岗数", type="int"),
        FieldColumn(
            name="kind", label="性质", type="choice", choices=[Choice(value="private", label="民营"), Choice(value="state", label="国有")]
        ),
    ],
)  # fmt: skip


def step(*fields: CaseField, standards: tuple[Threshold, ...] = ()) -> Step:
    return Step(
        key="s", name="登记", does="登记。", roles=["counter"], fields=list(fields), thresholds=list(standards),
        outcomes=[Outcome(code="done", label="好")],
    )  # fmt: skip


def read(field: CaseField, value):
    values, reasons = facts.take(step(field), {field.name: value})
    return values.get(field.name), [reason.fix for reason in reasons]


def test_a_table_keeps_its_lines_and_drops_empty_ones():
    lines = [
        {"employer": "甲公司", "openings": "１２", "kind": "民营"},
        {"employer": "", "openings": "", "kind": ""},
        {"employer": "乙公司"},
    ]
    value, faults = read(TABLE, lines)
    assert faults == []
    assert value == [{"employer": "甲公司", "openings": 12, "kind": "private"}, {"employer": "乙公司"}]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([{"openings": "3"}], "第1行还没有填“单位名称”"),
        ([{"employer": "甲", "openings": "三"}], "第1行“空岗数”：请填写整数"),
        ([{"employer": "甲", "kind": "外资"}], "第1行“性质”：请从列出的选项里选"),
        ([{"employer": "甲", "other": "x"}], "第1行有不认识的列：other"),
        ("不是表", "表格没有读懂，请刷新页面后重新填写"),
    ],
)
def test_a_wrong_cell_is_named(lines, said):
    value, faults = read(TABLE, lines)
    assert value is None and faults == [said]


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("number", "９５．５%", 95.5),
        ("number", "3", 3),
        ("time", "9:05", None),
        ("time", "09：05", "09:05"),
        ("long_text", "一\r\n二", "一\n二"),
        ("int", "12", 12),
    ],
)
def test_figures_and_times(kind, typed, kept):
    value, faults = read(CaseField(name="x", label="数", type=kind), typed)
    assert value == kept and bool(faults) == (kept is None)


@pytest.mark.parametrize("typed", ["nan", "inf", "-Infinity", "一百"])
def test_what_is_no_figure_is_refused(typed):
    value, faults = read(CaseField(name="x", label="数", type="number"), typed)
    assert value is None and faults == ["请填写数字"]


@given(st.integers(-50, 50), st.integers(-50, 50), st.sampled_from(["=", "<", "<=", ">", ">="]))
def test_a_standard_judges_as_arithmetic_does(value, wanted, op):
    standard = Threshold(what="数", op=op, value=wanted, text="标准")
    python = {
        "=": value == wanted,
        "<": value < wanted,
        "<=": value <= wanted,
        ">": value > wanted,
        ">=": value >= wanted,
    }
    assert facts.meets(standard, value) == python[op]


def test_a_missed_standard_asks_for_words_and_is_kept():
    standard = Threshold(what="失约次数", op="=", value=0, unit="次", text="不得违约", field="missed")
    spec = step(CaseField(name="missed", label="失约", type="int"), standards=(standard,))
    missed, reasons = facts.below_standard(spec, {"missed": 1}, "")
    assert [r.code for r in reasons] == ["explain_standard"]
    missed, reasons = facts.below_standard(spec, {"missed": 1}, "路上车坏了")
    assert reasons == [] and missed[0]["got"] == 1
    assert facts.below_standard(spec, {"missed": 0}, "") == ([], [])


def test_a_standard_that_must_be_met_stops_the_act():
    standard = Threshold(what="核查比例", op=">=", value=10, unit="%", text="不低于10%", field="share", must=True)
    spec = step(CaseField(name="share", label="比例", type="number"), standards=(standard,))
    _, reasons = facts.below_standard(spec, {"share": 9.5}, "来不及")
    assert [r.code for r in reasons] == ["below_standard"]

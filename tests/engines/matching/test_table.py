"""The table of a match as a file: what holds together is taken, anything else is refused with a sentence that names it."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml

from renben.engines.matching.table import TableError, load

HERE = Path(__file__).with_name("table.yaml")
GOOD = yaml.safe_load(HERE.read_text(encoding="utf-8"))


def written(tmp_path: Path, body: object) -> Path:
    path = tmp_path / "t.yaml"
    path.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    return path


def test_the_table_names_its_filters_in_the_order_they_are_counted():
    table = load(HERE)
    assert table.filter_names == ["trade", "place", "pay", "level", "goods", "asks", "age", "kind"]
    assert table.filter("place").fails == "不在您选的地区" and table.filter("age").source


def _part(body: dict, name: str) -> dict:
    return next(part for part in body["parts"] if part["name"] == name)


SPOILT = {
    "unknown operand": (lambda b: b["filters"][0]["all"][0].update(this="offer.height"), "offer.height 没有在"),
    "unknown relation": (lambda b: b["filters"][0]["all"][0].update({"is": "like"}), "filters"),
    "one side twice": (lambda b: b["filters"][0]["all"][0].update(that="offer.level"), "同一方两次"),
    "nobody's values": (lambda b: b["filters"][0]["all"][0].update(this="context.today", that=3), "没有用到两方"),
    "a number beyond a column": (lambda b: b["filters"][4]["all"][0].update(that=40_000), "超出"),
    "two kinds": (lambda b: _part(b, "pay").update(value={"this": "offer.pay"}), "一种计分办法"),
    "no kind": (lambda b: _part(b, "pay").pop("ramp"), "一种计分办法"),
    "steps upside down": (lambda b: _part(b, "trade")["levels"]["agree"].reverse(), "从高到低"),
    "more than the limit": (lambda b: _part(b, "trade").update(limit=39), "上下限之间"),
    "flat ramp": (lambda b: _part(b, "pay")["ramp"].update(full_at=0), "不能相同"),
    "rings out of order": (lambda b: _part(b, "near")["rings"]["within"][0].update(distance=9), "从近到远"),
    "too many points": (lambda b: _part(b, "even").update(limit=16_000), "合计"),
    "a name twice": (lambda b: b["parts"].append(copy.deepcopy(b["parts"][1])), "写了两次"),
    "levels of one side": (lambda b: _part(b, "code")["levels"]["agree"][0].update(that="wish.kind"), "一边是 offer"),
    "unknown tie": (lambda b: b["offers_tie"].update(column="height"), "并列次序"),
    "too many areas": (lambda b: b["area"].update(count=65), "area.count"),
    "unheard key": (lambda b: b.update(colour="red"), "colour"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_table_that_does_not_hold_together_is_refused(how, tmp_path):
    body = copy.deepcopy(GOOD)
    spoil, says = SPOILT[how]
    spoil(body)
    with pytest.raises(TableError, match=says):
        load(written(tmp_path, body))


@pytest.mark.parametrize("text", ["", "- 1", "{", "parts: 3"])
def test_a_file_that_is_no_table_is_refused(text, tmp_path):
    path = tmp_path / "t.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=r"t\.yaml"):
        load(path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: b["wish"].update(since="性别"),
        lambda b: b["offer"].update(sex="要求") or _part(b, "crowd").update(value={"this": "offer.sex"}),
        lambda b: b["parts"][0].update(label="性别"),
        lambda b: b["filters"][0].update(label="性别"),
        lambda b: b["filters"][4].update(label="性别", source=""),
        # The law allows a filter by it, not points.
        lambda b: b["wish"].update(age="性别") or _part(b, "patient")["ramp"].update(this="wish.age"),
    ],
)
def test_a_word_that_must_not_count_is_refused_wherever_it_stands(spoil, tmp_path):
    body = copy.deepcopy(GOOD)
    spoil(body)
    with pytest.raises(TableError, match="不得影响匹配"):
        load(written(tmp_path, body), refused=("性别", "sex"))


def test_a_filter_that_names_its_law_may_use_what_otherwise_must_not_count(tmp_path):
    body = copy.deepcopy(GOOD)
    body["wish"]["age"] = "年龄"
    assert load(written(tmp_path, body), refused=("年龄",)).filter("age").source

"""Edits of a procedure's text, and two texts side by side: nothing that is changed goes untold. No database."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from django.conf import settings
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from renben.engines.procedures import catalogue, schema
from renben.engines.procedures.difference import LABELS, difference
from renben.engines.procedures.edits import UNITS, Refused, applied, flow_problems, is_linear
from renben.engines.procedures.schema import Procedure

ARCHIVES, UNEMPLOYED = "Q-1.2.2", "J-4.2.1"


@cache
def known() -> dict[str, Procedure]:
    return catalogue.load(Path(settings.CATALOG_DIR)).procedures


def procedure(id_: str = ARCHIVES) -> Procedure:
    return known()[id_]


def text_of(procedure: Procedure) -> dict:
    """The text as plain data of one's own, to be changed."""
    return procedure.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def edited(changes: dict, id_: str = ARCHIVES) -> Procedure:
    return Procedure.model_validate(applied(procedure(id_), text_of(procedure(id_)), changes))


# What is refused


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"purpose": "  "}, "“目的”不能空着"),
        ({"steps": {"transfer": {"limits": {"transfer": {"n": -1}}}}}, "请填 0 到 3650 之间的整数"),
        ({"steps": {"transfer": {"limits": {"transfer": {"n": True}}}}}, "请填 0 到 3650 之间的整数"),
        ({"steps": {"transfer": {"limits": {"transfer": {"unit": "minute"}}}}}, "请选择一个单位"),
        ({"steps": {"transfer": {"limits": {"nothing": {"n": 1}}}}}, "没有这个时限"),
        ({"steps": {"transfer": {"limits": {"transfer": {"soft_n": 1}}}}}, "没有可以改的天数"),
        ({"steps": {"review": {"limits": {"tell_missing": {"n": 1}}}}}, "不是一个数字"),
        ({"steps": {"review": {"papers": [{"was": "", "name": "", "copies": 1}]}}}, "“材料名称”不能空着"),
        ({"steps": {"review": {"papers": [{"was": "", "name": "甲", "copies": 0}]}}}, "“份数”请填 1 到"),
        ({"steps": {"review": {"papers": [{"name": "甲"}, {"name": "甲"}]}}}, "写了两遍"),
        ({"steps": {"review": {"papers": [{"name": "甲", "text": "住校的"}]}}}, "还要选一个条件"),
        ({"steps": {"review": {"papers": [{"name": "甲", "code": "nothing"}]}}}, "条件没有定义"),
        ({"steps": {"review": {"outcomes": {"done": ["nowhere"]}}}}, "接的环节不存在"),
        ({"steps": {"review": {"outcomes": {"done": ["review"]}}}}, "不能接回本环节"),
        ({"steps": {"review": {"outcomes": {"refused": ["record"]}}}}, "后面不能接环节"),
        ({"steps": {"record": {"outcomes": {"returned": []}}}}, "请只选一个"),
        ({"steps": {"nothing": {"does": "x"}}}, "没有环节"),
        ({"order": ["review", "record"]}, "不多不少"),
        ({"order": ["record", "review", "transfer"]}, "它要排在前面"),
    ],
)
def test_a_wrong_edit_is_refused_with_a_sentence(changes, sentence):
    with pytest.raises(Refused, match=sentence):
        edited(changes)


def test_a_guide_that_is_not_there_cannot_be_edited():
    internal = procedure().model_copy(update={"service": None})
    with pytest.raises(Refused, match="没有办事指南"):
        applied(internal, text_of(internal), {"service": {"who": "任何人"}})


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(Refused) as refused:
        edited({"purpose": "", "steps": {"review": {"does": ""}}})
    assert [place for place, _ in refused.value.problems] == ["purpose", "does"]


def test_a_circle_without_an_end_is_told():
    circle = edited({"steps": {"transfer": {"outcomes": {"done": ["record"]}}}})
    assert any("怎么也办不结" in sentence for sentence in flow_problems(circle))
    assert flow_problems(procedure()) == flow_problems(procedure(UNEMPLOYED)) == []


# Order


def test_the_order_of_a_line_of_steps_is_changed_with_its_ways():
    body = text_of(procedure())
    for step in body["steps"]:
        step["outcomes"] = [outcome for outcome in step["outcomes"] if outcome.get("kind") != "return"]
    line = Procedure.model_validate(body)
    assert is_linear(line)
    assert not is_linear(procedure(UNEMPLOYED))
    turned = Procedure.model_validate(applied(line, body, {"order": ["record", "review", "transfer"]}))
    assert [(s.key, s.outcome("done").to) for s in turned.steps] == [
        ("record", ["review"]), ("review", ["transfer"]), ("transfer", []),
    ]  # fmt: skip
    assert "环节的次序" in {change.place for change in difference(line, turned)}
    last = Procedure.model_validate(applied(line, body, {"order": ["transfer", "review", "record"]}))
    assert last.step("record").outcome("done").to == []
    assert flow_problems(last) == []


# The difference is complete


def models(model: type[BaseModel], seen: set) -> set[type[BaseModel]]:
    """Every shape a procedure is made of."""
    if model in seen:
        return seen
    seen.add(model)
    for field in model.model_fields.values():
        todo = [field.annotation]
        while todo:
            kind = todo.pop()
            todo += get_args(kind)
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                models(kind, seen)
    return seen


def test_every_place_of_a_procedure_has_a_name():
    names = {f.alias or name for model in models(Procedure, set()) for name, f in model.model_fields.items()}
    assert not names - LABELS.keys(), "give these a Chinese name in difference.LABELS"
    assert set(get_args(schema.Unit)) == UNITS.keys()


def leaves(value: Any, path: tuple = ()) -> list[tuple]:
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in leaves(part, (*path, key))]
    if isinstance(value, list):
        return [leaf for place, part in enumerate(value) for leaf in leaves(part, (*path, place))]
    return [path]


def put(body: dict, path: tuple, change: Any) -> Any:
    *lead, last = path
    for key in lead:
        body = body[key]
    body[last] = change(body[last])


@given(st.data())
def test_whatever_is_edited_stands_in_the_difference(data):
    """Any leaf of the text, also those that no page offers."""
    old = procedure(data.draw(st.sampled_from(sorted(known()))))
    body = text_of(old)
    path = data.draw(st.sampled_from(leaves(body)))

    def other(value: Any) -> Any:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int | float):
            return value + data.draw(st.integers(1, 9))
        return str(value) + data.draw(st.sampled_from(["甲", "x"]))

    put(body, path, other)
    try:
        new = Procedure.model_validate(body)
    except ValidationError:
        assume(False)
    assert difference(old, old) == []
    assume(new != old)
    assert difference(old, new), path


WORDS = st.text("甲乙丙丁戊己庚辛", min_size=1, max_size=12)


@given(st.data())
def test_each_edited_field_is_told_with_what_stood_there_and_what_stands_there(data):
    old = procedure(ARCHIVES)
    step = data.draw(st.sampled_from(old.steps))
    wanted: dict[str, Any] = {"does": data.draw(WORDS), "note": data.draw(WORDS)}
    n = data.draw(st.integers(0, 3650).filter(lambda n: n != 7))
    unit = data.draw(st.sampled_from(sorted(UNITS)))
    if step.key == "transfer":
        wanted["limits"] = {"transfer": {"n": n, "unit": unit, "text": data.draw(WORDS)}}
    paper = data.draw(WORDS)
    wanted["papers"] = [{"was": p.name, "name": p.name, "copies": p.copies} for p in step.evidence]
    wanted["papers"].append({"was": "", "name": f"新{paper}", "copies": data.draw(st.integers(1, 5))})
    new = edited({"purpose": data.draw(WORDS), "steps": {step.key: wanted}})
    told = {change.place: change for change in difference(old, new)}
    assert told["目的"].after == new.purpose
    here = f"环节“{step.name}”"
    assert (told[f"{here} · 怎么办"].before, told[f"{here} · 怎么办"].after) == (step.does, wanted["does"])
    assert told[f"{here} · 说明"].after == wanted["note"]
    assert f"新{paper}" in told[f"{here} · 材料“新{paper}”（新加）"].after
    if "limits" in wanted:
        limit = f"{here} · 时限“{step.deadlines[0].text}”"
        assert told[f"{limit} · 多久"].after == f"{n}{UNITS[unit]}"
        assert told[f"{limit} · 说法"].after == wanted["limits"]["transfer"]["text"]


def test_a_renamed_paper_is_told_as_renamed_and_a_dropped_one_as_dropped():
    papers = procedure().steps[0].evidence
    lines = [{"was": p.name, "name": p.name, "copies": p.copies} for p in papers]
    lines[-1]["name"] = "本人写的说明"
    renamed = difference(procedure(), edited({"steps": {"review": {"papers": lines}}}))
    assert [(c.place, c.after) for c in renamed] == [
        ("环节“审核档案” · 材料“个人提交的相关材料” · 名称", "本人写的说明")
    ]
    dropped = difference(procedure(), edited({"steps": {"review": {"papers": lines[:-1]}}}))
    assert [c.place for c in dropped] == ["环节“审核档案” · 材料“个人提交的相关材料”（去掉）"]


def test_a_soft_limit_of_one_procedure_is_set():
    new = edited({"steps": {"review": {"limits": {"tell_missing": {"soft_n": 2}}}}})
    (change,) = difference(procedure(), new)
    assert change.place == "环节“审核档案” · 时限“当场告知” · 按多久执行"
    assert (change.before, change.after) == ("0个工作日", "2个工作日")

"""BPMN export and the picture: well-formed, complete, with lanes and layout, and readable under a strict content policy."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from renben.engines.procedures import bpmn, catalogue, check, svg
from renben.engines.procedures.layout import Diagram, draw
from renben.engines.procedures.schema import Procedure

from .conftest import CATALOG

B = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
PROCEDURES = catalogue.load(CATALOG).procedures
every_procedure = pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)


@every_procedure
def test_bpmn_has_lanes_steps_and_a_place_for_everything(procedure: Procedure):
    root = ET.fromstring(bpmn.to_xml(procedure))
    process = root.find(f"{B}process")
    tasks = [task.get("name") for task in process.iter(f"{B}userTask")]
    assert sorted(tasks) == sorted(step.name for step in procedure.steps)
    nodes = {e.get("id") for e in process if e.tag != f"{B}sequenceFlow" and e.get("id") != "LaneSet_1"}
    flows = {e.get("id"): e for e in process.iter(f"{B}sequenceFlow")}
    in_lanes = [ref.text for ref in process.iter(f"{B}flowNodeRef")]
    assert sorted(in_lanes) == sorted(nodes - {None}), "every node lies in exactly one lane"
    drawn = {e.get("bpmnElement") for e in root.iter() if e.tag in (f"{DI}BPMNShape", f"{DI}BPMNEdge")}
    lanes = {lane.get("id") for lane in process.iter(f"{B}lane")}
    assert drawn == (nodes - {None}) | set(flows) | lanes | {"Participant_1"}


@every_procedure
def test_bpmn_avoids_the_known_traps(procedure: Procedure):
    root = ET.fromstring(bpmn.to_xml(procedure))
    process = root.find(f"{B}process")
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids)) and not {"Start", "End"} & set(ids)
    flows = list(process.iter(f"{B}sequenceFlow"))
    pairs = [(flow.get("sourceRef"), flow.get("targetRef")) for flow in flows]
    assert len(pairs) == len(set(pairs)), "two outcomes to one target are one flow"
    for kind in ("exclusiveGateway", "inclusiveGateway", "parallelGateway"):
        assert all(gateway.get("name") for gateway in process.iter(f"{B}{kind}"))
    incoming = {target for _, target in pairs}
    outgoing = {source for source, _ in pairs}
    for event in process.iter(f"{B}endEvent"):
        assert event.get("id") in incoming - outgoing
    for task in process.iter(f"{B}userTask"):
        assert task.get("id") in incoming & outgoing
        assert task.get("{http://camunda.org/schema/1.0/bpmn}candidateGroups")


def test_conditions_come_in_two_dialects():
    procedure = PROCEDURES["J-4.2.1"]
    juel, python = bpmn.to_xml(procedure), bpmn.to_xml(procedure, "python")
    assert "${outcome == 'refused'}" in juel and "${wants_benefit == true}" in juel
    assert 'outcome == "refused"' in python and "wants_benefit == True" in python


def test_two_outcomes_to_one_step_become_one_flow():
    body = catalogue.body_of(PROCEDURES["Q-1.2.3"])
    body["steps"][0]["outcomes"].insert(1, {"code": "corrected", "label": "更正后属实", "to": ["determine"]})
    text = bpmn.to_xml(Procedure.model_validate(body))
    assert "${outcome == 'done' || outcome == 'corrected'}" in text


def test_a_join_is_a_parallel_gateway():
    body = catalogue.body_of(PROCEDURES["J-4.2.1"])
    body["steps"][3]["outcomes"][0]["to"] = ["close"]
    body["steps"][6]["outcomes"][0]["to"] = ["close"]
    last = {
        "key": "close",
        "name": "归档",
        "does": "收齐归档",
        "roles": ["counter"],
        "join": ["certificate", "dynamic_record"],
    }
    body["steps"].append(last | {"outcomes": [{"code": "done", "label": "已归档"}]})
    root = ET.fromstring(bpmn.to_xml(Procedure.model_validate(body)))
    (gate,) = [g for g in root.iter(f"{B}parallelGateway") if g.get("id") == "Join_close"]
    assert len(gate.findall(f"{B}incoming")) == 2


def overlapping(diagram: Diagram) -> list[tuple[str, str]]:
    nodes = list(diagram.nodes.values())
    return [
        (a.id, b.id)
        for i, a in enumerate(nodes)
        for b in nodes[i + 1 :]
        if a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h
    ]


@every_procedure
def test_nothing_is_drawn_over_something_else(procedure: Procedure):
    diagram = draw(procedure)
    assert overlapping(diagram) == []
    for node in diagram.nodes.values():
        lane = next(lane for lane in diagram.lanes if lane.id == node.lane)
        assert lane.y <= node.y and node.y + node.h <= lane.y + lane.height, f"{node.id} leaves its lane"
        assert node.x > 0 and node.x + node.w < diagram.width


@every_procedure
def test_lines_do_not_cross_tasks(procedure: Procedure):
    diagram = draw(procedure)
    for edge in diagram.edges:
        for (x1, y1), (x2, y2) in zip(edge.points, edge.points[1:], strict=False):
            assert x1 == x2 or y1 == y2, "only right angles"
            for node in diagram.nodes.values():
                if node.kind == "task" and node.id not in (edge.source, edge.target):
                    inside_x = max(min(x1, x2), node.x) < min(max(x1, x2), node.x + node.w) or (
                        x1 == x2 and node.x < x1 < node.x + node.w
                    )
                    inside_y = max(min(y1, y2), node.y) < min(max(y1, y2), node.y + node.h) or (
                        y1 == y2 and node.y < y1 < node.y + node.h
                    )
                    assert not (inside_x and inside_y), f"{edge.id} runs through {node.id}"


def stretches(diagram: Diagram):
    for edge in diagram.edges:
        for (x1, y1), (x2, y2) in zip(edge.points, edge.points[1:], strict=False):
            yield edge, min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)


@pytest.mark.parametrize("posts", [True, False])
@every_procedure
def test_lines_keep_clear_of_every_shape_and_of_each_other(procedure: Procedure, posts: bool):
    diagram = draw(procedure, posts=posts)
    assert overlapping(diagram) == []
    lines = list(stretches(diagram))
    for i, (edge, left, right, top, bottom) in enumerate(lines):
        for node in diagram.nodes.values():
            if node.id not in (edge.source, edge.target):
                beside = right <= node.x or node.x + node.w <= left
                above_or_under = bottom <= node.y or node.y + node.h <= top
                assert beside or above_or_under, f"{edge.id} runs through {node.id}"
        for other, x1, x2, y1, y2 in lines[i + 1 :]:
            if edge.source != other.source and edge.target != other.target:
                across = top == bottom == y1 == y2 and max(left, x1) < min(right, x2)
                upright = left == right == x1 == x2 and max(top, y1) < min(bottom, y2)
                assert not across and not upright, f"{edge.id} lies on {other.id}"


@every_procedure
def test_the_picture_is_well_formed_and_allowed_by_a_strict_content_policy(procedure: Procedure):
    picture = svg.to_svg(procedure, {procedure.steps[0].key: "ready"})
    root = ET.fromstring(picture)
    assert root.get("role") == "img"
    names = {element.tag.rsplit("}", 1)[-1] for element in root.iter()}
    assert not names & {"style", "script", "foreignObject", "image"}
    attributes = {name for element in root.iter() for name in element.keys()}  # noqa: SIM118
    assert "style" not in attributes and not any(name.startswith("on") for name in attributes)
    text = "".join(root.itertext())
    for step in procedure.steps:
        assert step.name in re.sub(r"\s", "", text)


def test_the_picture_says_in_words_what_its_colours_say():
    states = {"collect": "done", "inform": "done", "register": "paused", "benefit": "waiting", "job_service": "skipped"}
    picture = svg.to_svg(PROCEDURES["J-4.2.1"], states, element_id="case7")
    for words in ("✓ 已办", "‖ 暂停", "… 等待", "－ 不需办理", "正在办：失业登记", 'id="case7-title"'):
        assert words in picture
    assert "✓ 已办" not in svg.to_svg(PROCEDURES["J-4.2.1"])


def test_texts_are_escaped():
    body = catalogue.body_of(PROCEDURES["Q-1.2.3"]) | {"title": "<b>&"}
    body["steps"][0]["name"] = 'A<"&'
    procedure = Procedure.model_validate(body)
    ET.fromstring(svg.to_svg(procedure))
    assert ET.fromstring(bpmn.to_xml(procedure)).find(f"{B}process").get("name") == "Q-1.2.3 <b>&"


def test_the_export_writes_one_file_per_procedure(tmp_path, capsys):
    target = tmp_path / "out" / "bpmn"
    assert check.catalog_export_bpmn(CATALOG, target) == 0
    assert {path.stem for path in target.glob("*.bpmn")} == set(PROCEDURES)
    assert capsys.readouterr().out == "", "standard output is for JSON"

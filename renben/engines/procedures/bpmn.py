"""BPMN 2.0 XML of a procedure: a pool, lanes by office and post, conditions on flows, and the layout (DI).

Ids avoid `Start` and `End`, which some engines keep for themselves; two outcomes to one target are one flow; every
gateway has a name. `dialect` chooses how conditions are written: `juel` (`${outcome == 'done'}`) or `python`.
"""

from __future__ import annotations

import re
from typing import Literal
from xml.etree import ElementTree as ET

from renben.engines.procedures.layout import HEAD, MARGIN, draw
from renben.engines.procedures.schema import Procedure, Step
from renben.engines.procedures.shapes import Diagram, Edge, Node

_NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
}
_TAGS = {
    "start": "startEvent",
    "task": "userTask",
    "catch": "intermediateCatchEvent",
    "exclusive": "exclusiveGateway",
    "inclusive": "inclusiveGateway",
    "parallel": "parallelGateway",
    "end": "endEvent",
}
Dialect = Literal["juel", "python"]


def _q(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NS[prefix]}}}{local}"


def _describe(step: Step) -> str:
    parts = [step.does]
    if step.deadlines:
        parts.append("时限：" + "；".join(d.text for d in step.deadlines))
    if step.evidence:
        parts.append("材料：" + "；".join(e.name for e in step.evidence))
    if step.forms:
        parts.append("表单：" + "；".join(step.forms))
    if step.ledgers:
        parts.append("台账：" + "；".join(step.ledgers))
    return "\n".join(parts)


def _condition(diagram: Diagram, edge: Edge, dialect: Dialect) -> str:
    if edge.outcomes:
        if dialect == "juel":
            chosen = " || ".join(f"outcome == '{code}'" for code in edge.outcomes)
            return "${" + (f"({chosen}) && rounds {edge.rounds}" if edge.rounds else chosen) + "}"
        chosen = " or ".join(f'outcome == "{code}"' for code in edge.outcomes)
        return f"({chosen}) and rounds {edge.rounds}" if edge.rounds else chosen
    if edge.when:
        condition = diagram.procedure.condition(edge.when)
        tests = []
        for value in condition.values if condition else []:
            if isinstance(value, bool):
                literal = str(value).lower() if dialect == "juel" else str(value)
            else:
                literal = f"'{value}'" if isinstance(value, str) else str(value)
            tests.append(f"{condition.field} == {literal}")
        return "${" + " || ".join(tests) + "}" if dialect == "juel" else " or ".join(tests)
    return ""


def to_xml(procedure: Procedure, dialect: Dialect = "juel") -> str:
    """The procedure as a BPMN 2.0 document (UTF-8 text with declaration)."""
    for prefix, uri in _NS.items():
        ET.register_namespace(prefix, uri)
    diagram = draw(procedure)
    process_id = "Process_" + re.sub(r"[^0-9A-Za-z]", "_", procedure.id)
    root = ET.Element(
        _q("bpmn:definitions"), {"id": f"Definitions_{process_id}", "targetNamespace": "urn:renben:catalog"}
    )
    collaboration = ET.SubElement(root, _q("bpmn:collaboration"), {"id": "Collaboration_1"})
    title = f"{procedure.id} {procedure.title}"
    ET.SubElement(
        collaboration, _q("bpmn:participant"), {"id": "Participant_1", "name": title, "processRef": process_id}
    )
    _messages(root, diagram)
    process = ET.SubElement(root, _q("bpmn:process"), {"id": process_id, "name": title, "isExecutable": "true"})
    ET.SubElement(process, _q("bpmn:documentation")).text = procedure.purpose
    lanes = ET.SubElement(process, _q("bpmn:laneSet"), {"id": "LaneSet_1"})
    for lane in diagram.lanes:
        element = ET.SubElement(lanes, _q("bpmn:lane"), {"id": lane.id, "name": lane.name})
        for node in diagram.nodes.values():
            if node.lane == lane.id:
                ET.SubElement(element, _q("bpmn:flowNodeRef")).text = node.id
    for node in diagram.nodes.values():
        _node(process, diagram, node)
    for edge in diagram.edges:
        _flow(process, diagram, edge, dialect)
    _picture(root, diagram)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _messages(root: ET.Element, diagram: Diagram) -> None:
    for node in diagram.nodes.values():
        if node.kind == "catch":
            ET.SubElement(root, _q("bpmn:message"), {"id": f"Message_{node.id}", "name": node.name})


def _node(process: ET.Element, diagram: Diagram, node: Node) -> None:
    attributes = {"id": node.id, "name": node.name}
    if node.step is not None:
        attributes[_q("camunda:candidateGroups")] = ",".join(node.step.roles)
    element = ET.SubElement(process, _q(f"bpmn:{_TAGS[node.kind]}"), attributes)
    if node.step is not None:
        ET.SubElement(element, _q("bpmn:documentation")).text = _describe(node.step)
    incoming, outgoing = diagram.flows(node.id)
    for edge in incoming:
        ET.SubElement(element, _q("bpmn:incoming")).text = edge.id
    for edge in outgoing:
        ET.SubElement(element, _q("bpmn:outgoing")).text = edge.id
    if node.kind == "catch":
        ET.SubElement(
            element,
            _q("bpmn:messageEventDefinition"),
            {"id": f"MessageEvent_{node.id}", "messageRef": f"Message_{node.id}"},
        )


def _flow(process: ET.Element, diagram: Diagram, edge: Edge, dialect: Dialect) -> None:
    attributes = {"id": edge.id, "sourceRef": edge.source, "targetRef": edge.target}
    if edge.name:
        attributes["name"] = edge.name
    element = ET.SubElement(process, _q("bpmn:sequenceFlow"), attributes)
    if condition := _condition(diagram, edge, dialect):
        expression = ET.SubElement(element, _q("bpmn:conditionExpression"))
        expression.set(_q("xsi:type"), "bpmn:tFormalExpression")
        expression.text = condition


def _bounds(parent: ET.Element, x: int, y: int, w: int, h: int) -> None:
    ET.SubElement(parent, _q("dc:Bounds"), {"x": str(x), "y": str(y), "width": str(w), "height": str(h)})


def _picture(root: ET.Element, diagram: Diagram) -> None:
    picture = ET.SubElement(root, _q("bpmndi:BPMNDiagram"), {"id": "BPMNDiagram_1"})
    plane = ET.SubElement(picture, _q("bpmndi:BPMNPlane"), {"id": "BPMNPlane_1", "bpmnElement": "Collaboration_1"})
    height = sum(lane.height for lane in diagram.lanes)

    def shape(of: str, horizontal: bool = False) -> ET.Element:
        attributes = {"id": f"{of}_di", "bpmnElement": of}
        if horizontal:
            attributes["isHorizontal"] = "true"
        return ET.SubElement(plane, _q("bpmndi:BPMNShape"), attributes)

    _bounds(shape("Participant_1", True), MARGIN, MARGIN, diagram.width - MARGIN, height)
    for lane in diagram.lanes:
        _bounds(shape(lane.id, True), MARGIN + HEAD, lane.y, diagram.width - MARGIN - HEAD, lane.height)
    for node in diagram.nodes.values():
        element = shape(node.id)
        _bounds(element, node.x, node.y, node.w, node.h)
        if node.kind != "task":
            label = ET.SubElement(element, _q("bpmndi:BPMNLabel"))
            _bounds(label, node.centre - 45, node.y + node.h + 4, 90, 27)
    for edge in diagram.edges:
        element = ET.SubElement(plane, _q("bpmndi:BPMNEdge"), {"id": f"{edge.id}_di", "bpmnElement": edge.id})
        for x, y in edge.points:
            ET.SubElement(element, _q("di:waypoint"), {"x": str(x), "y": str(y)})

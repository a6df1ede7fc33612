"""Rows about people on file that a service above keeps (opening balances, seekers): found by number and name, handed to its sink."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from renben.kernel import masking
from renben.kernel.models import ImportBatch, Person
from renben.services.exchange import hooks
from renben.services.exchange.checks import CellProblem
from renben.services.exchange.models import ImportRow
from renben.services.exchange.people_rows import Judged, found_by_number, vars_of

SINKS = {
    "subsidy_openings": "subsidy_opening",
    "benefit_openings": "benefit_opening",
    "loan_openings": "loan_opening",
    "seekers": "seeker",
}
"""Kind of import → kind of row its sink takes."""
State = ImportRow.State


def _against(row: dict[str, Any], person: Person | None, batch: ImportBatch) -> CellProblem | None:
    """Why a row cannot be taken, as far as the person is concerned."""
    if person is None:
        return CellProblem("id_number", "身份证号", "系统里没有此人的档案，请先建档或导入人员名册。")
    if person.name != row.get("name"):
        known = masking.mask_name(person.name, "list")
        text = f"这个身份证号在系统里登记的姓名是“{known}”，与表里的不一致，请对照证件核对。"
        return CellProblem("name", "姓名", text)
    if not batch.organization.contains(person.organization):
        return CellProblem("id_number", "身份证号", "此人在别的街（镇）建有档案，请交给区中心或该街（镇）导入。")
    return None


def judge(values: Sequence[dict[str, Any]], batch: ImportBatch) -> list[Judged]:
    """Compare understood rows with the register and with what the sink has, in order."""
    found, sink = found_by_number(values), hooks.sink_for(SINKS[batch.kind])
    judged: list[Judged] = []
    asked: list[hooks.SinkRow] = []
    for place, row in enumerate(values):
        person = found.get((row.get("document_kind", ""), row.get("id_number", "")))
        problem = _against(row, person, batch) if "id_number" in row else None
        judged.append((State.BAD if problem else State.GOOD, person, [problem] if problem else []))
        if problem is None and person is not None:
            asked.append(hooks.SinkRow(place, person, row, False, "", place))
    for place, problem in sink.objections(asked).items():
        judged[place] = (State.BAD, judged[place][1], [problem])
    good = [row for row in asked if judged[row.key][0] == State.GOOD]
    for place in sink.existing(good):
        judged[place] = (State.UNCHANGED, judged[place][1], [])
    return judged


def write(rows: Sequence[ImportRow], values: Sequence[dict[str, Any]], batch: ImportBatch, by: Any) -> None:
    """Hand the good rows to the sink; judged again, since the preview somebody else may have been quicker."""
    handed = []
    for place, (row, read, (state, person, notes)) in enumerate(zip(rows, values, judge(values, batch), strict=True)):
        row.state, row.person = state, person
        if state == State.BAD:
            row.problems = [*row.problems, *({**vars_of(note), "level": "bad"} for note in notes)]
        if state != State.GOOD:
            continue
        row.state = State.IN
        handed.append(hooks.SinkRow(place, person, read, False, row.sheet, row.number))
    for row in rows:
        row.person_id = row.person.pk if row.person else None
    if handed:
        hooks.sink_for(SINKS[batch.kind]).write(handed, batch, by)


def undo(rows: Sequence[ImportRow], batch: ImportBatch, by: Any) -> dict[int, str]:
    """Take rows back. Returns {row id: why} for those something has been built on."""
    by_person: dict[int, list[ImportRow]] = {}
    for row in rows:
        if row.person_id is not None:
            by_person.setdefault(row.person_id, []).append(row)
    sink = hooks.sink_for(SINKS[batch.kind])
    reasons = sink.blocked(batch, by_person.keys())
    sink.undo(batch, by, erase=by_person.keys() - reasons.keys(), cancel=set())
    return {row.pk: text for person, text in reasons.items() for row in by_person[person]}

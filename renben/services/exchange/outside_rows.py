"""Rows of another body's file against the register: kept as what that body says about people on file; nobody is added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from renben.kernel import masking
from renben.kernel.models import ImportBatch
from renben.services.exchange.checks import CellProblem
from renben.services.exchange.copy_in import copy_in
from renben.services.exchange.models import ImportRow, OutsideFact
from renben.services.exchange.people_rows import Judged, found_by_number, vars_of

_KEY = ("start_on", "role", "body")
MONTHLY = ("contributions", "medical", "dibao")
"""Kinds whose dates are months: the last month named is still covered."""


def fact_of(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """The columns of a fact from understood values. Dates half-open: what ends with October ends on 1 November.

    A row of a single `month` holds for that month; one with a beginning and no end still holds. KeyError when it names neither.
    """
    start_on, end_on = values.get("month") or values["start_on"], values.get("month") or values.get("end_on")
    if end_on is not None and kind in MONTHLY:
        end_on = (end_on + dt.timedelta(days=31)).replace(day=1)
    elif end_on is not None:
        end_on += dt.timedelta(days=1)
    fact = {"start_on": start_on, "end_on": end_on, "as_of": values["as_of"]}
    for name, length in (("role", 32), ("body", 100), ("body_code", 18)):
        fact[name] = str(values.get(name, ""))[:length]
    if kind == "contributions" and not fact["role"]:
        # A file that does not say who pays names the firm that does.
        fact["role"] = "employer" if fact["body"] else "individual"
    return fact


def _same(kind: str, people: Sequence[Any]) -> dict[tuple, OutsideFact]:
    """Facts of these people already on file, by person and what makes a fact one."""
    rows = OutsideFact.objects.filter(kind=kind, person__in=people).order_by("id")
    return {(row.person_id, *(getattr(row, name) for name in _KEY)): row for row in rows}


def judge(values: Sequence[dict[str, Any]], batch: ImportBatch) -> list[Judged]:
    """Compare understood rows with the register, in order: a person on file, of that name, within the office's territory."""
    people = found_by_number(values)
    known = _same(batch.kind, [person.pk for person in people.values()])
    judged: list[Judged] = []
    for row in values:
        person = people.get((row.get("document_kind", ""), row.get("id_number", "")))
        problem = _problem(row, person, batch)
        if problem is not None:
            judged.append((ImportRow.State.BAD, person, [problem]))
            continue
        fact = fact_of(batch.kind, row)
        held = known.get((person.pk, *(fact[name] for name in _KEY)))
        unchanged = held is not None and held.end_on == fact["end_on"]
        judged.append((ImportRow.State.UNCHANGED if unchanged else ImportRow.State.GOOD, person, []))
    return judged


def _problem(row: dict[str, Any], person: Any, batch: ImportBatch) -> CellProblem | None:
    if "id_number" not in row or not ("start_on" in row or "month" in row):
        return CellProblem("start_on", "日期", "没有能用的身份证号或日期，这一行没有用上，请补上。")
    if person is None:
        return CellProblem(
            "id_number", "身份证号", "系统里没有这个人的档案，这一行没有用上；需要的话先建档再导入一次。"
        )
    if person.name != row.get("name"):
        text = f"这个身份证号在系统里登记的姓名是“{masking.mask_name(person.name, 'list')}”，与表里的不一致，请核对。"
        return CellProblem("name", "姓名", text)
    if not batch.organization.contains(person.organization):
        return CellProblem("id_number", "身份证号", "此人的档案不在您单位的辖区内，请由管理机构或区中心导入。")
    if "start_on" in row and row.get("end_on", row["start_on"]) < row["start_on"]:
        return CellProblem("end_on", "结束", "结束早于开始，请核对。")
    return None


def write(rows: Sequence[ImportRow], values: Sequence[dict[str, Any]], batch: ImportBatch, by: Any) -> None:
    """Keep what the file says; a fact on file whose end became known is brought up to date and looked at anew."""
    judged = judge(values, batch)
    known = _same(batch.kind, [person.pk for state, person, _ in judged if person is not None])
    fresh: dict[tuple, OutsideFact] = {}
    for row, read, (state, person, notes) in zip(rows, values, judged, strict=True):
        row.state, row.person = state, person
        row.person_id = person.pk if person is not None else None
        if state == ImportRow.State.BAD:
            row.problems = [*row.problems, *({**vars_of(note), "level": "bad"} for note in notes)]
        if state != ImportRow.State.GOOD:
            continue
        fact = fact_of(batch.kind, read)
        key = (person.pk, *(fact[name] for name in _KEY))
        if (held := known.get(key)) is not None:
            held.end_on, held.as_of, held.batch = fact["end_on"], fact["as_of"], batch
            held.verdict, held.verdict_reason = OutsideFact.Verdict.OPEN, ""
            held.save()
        elif key not in fresh:
            fresh[key] = OutsideFact(kind=batch.kind, person_id=person.pk, batch_id=batch.pk, **fact)
            row.has_created = True
        row.state = ImportRow.State.IN
    copy_in(list(fresh.values()))


def undo(rows: Sequence[ImportRow], batch: ImportBatch, by: Any) -> dict[int, str]:
    """Take back what the batch said, except where somebody has looked at it. Returns {row id: why} for what stays."""
    facts = OutsideFact.objects.filter(batch=batch, person__in={row.person_id for row in rows})
    judged = set(facts.exclude(verdict=OutsideFact.Verdict.OPEN).values_list("person_id", flat=True))
    facts.filter(verdict=OutsideFact.Verdict.OPEN).delete()
    return {row.pk: "已有人核实过这条数据，保留。" for row in rows if row.person_id in judged}

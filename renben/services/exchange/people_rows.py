"""Rows of people against the register: who is on file, under which name and where; files opened and taken back in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from renben.kernel import clock, crypto, masking, people
from renben.kernel.models import IdentityDocument, ImportBatch, LabourSpell, Organization, Person
from renben.services.exchange import hooks
from renben.services.exchange.checks import CellProblem
from renben.services.exchange.copy_in import copy_in
from renben.services.exchange.models import ImportRow
from renben.services.exchange.uses import uses_of

_OWN = ("education", "ethnicity", "hukou_kind")

Judged = tuple[str, Any, list[CellProblem]]
"""State of a row, the person or employer on file (or None), and problems or warnings."""


def _on_file(numbers: dict[tuple[str, str], str]) -> dict[tuple[str, str], Person]:
    """Who holds each number, by (kind, number). One query."""
    wanted = {index: key for key, index in numbers.items()}
    held = IdentityDocument.objects.filter(number_index__in=list(wanted)).select_related(
        "person__organization", "person__merged_into__organization"
    )
    found = {}
    for document in held.order_by("id"):
        kind, number = wanted[document.number_index]
        if document.kind == kind:
            found[kind, number] = document.person.merged_into or document.person
    return found


def _keys(values: Sequence[dict[str, Any]]) -> dict[tuple[str, str], str]:
    pairs = {
        (row["document_kind"], row["id_number"]) for row in values if "document_kind" in row and "id_number" in row
    }
    return {pair: crypto.blind_index(pair[1].upper(), people.NUMBER) for pair in pairs}


def found_by_number(values: Sequence[dict[str, Any]]) -> dict[tuple[str, str], Person]:
    """The people on file that these rows name, by (kind of document, number)."""
    return _on_file(_keys(values))


def judge(values: Sequence[dict[str, Any]], batch: ImportBatch) -> list[Judged]:
    """Compare understood rows with the register, in order. Values without a number are left GOOD (they have problems)."""
    found = found_by_number(values)
    judged: list[Judged] = []
    archives: list[hooks.SinkRow] = []
    for place, row in enumerate(values):
        person = found.get((row.get("document_kind", ""), row.get("id_number", "")))
        state, notes = _judge_one(row, person, batch)
        judged.append((state, person, notes))
        if person is not None and state == ImportRow.State.GOOD and row.get("has_archive"):
            archives.append(hooks.SinkRow(place, person, row, False, "", 0))
    if archives:
        for place in hooks.sink_for("archive").existing(archives):
            judged[place] = (ImportRow.State.UNCHANGED, judged[place][1], [])
    return judged


def _judge_one(row: dict[str, Any], person: Person | None, batch: ImportBatch) -> tuple[str, list[CellProblem]]:
    state = ImportRow.State
    if person is None:
        if row.get("has_archive") and "organization" not in row:
            return state.BAD, [CellProblem("street", "街道（镇）", "没有填街道（镇），不知道档案该转到哪里，请补上。")]
        return state.GOOD, []
    if person.name != row.get("name"):
        text = (
            f"这个身份证号在系统里登记的姓名是“{masking.mask_name(person.name, 'list')}”，与表里的不一致，"
            "请对照证件核对；确实改过名的，先到人员档案里更正。"
        )
        return state.BAD, [CellProblem("name", "姓名", text)]
    if not batch.organization.contains(person.organization):
        text = "此人在别的街（镇）建有档案，请联系区中心办理转移后再导入。"
        return state.BAD, [CellProblem("id_number", "身份证号", text)]
    if not row.get("has_archive"):
        return state.UNCHANGED, []
    return state.GOOD, [CellProblem("name", "姓名", "系统里已有此人，只登记这份档案，个人信息不改。")]


def write(rows: Sequence[ImportRow], values: Sequence[dict[str, Any]], batch: ImportBatch, by: Any) -> None:
    """Open files for those not on record and hand archives to their sink. Sets state, person and `has_created` of each row.

    Judged again here: since the preview somebody else may have been quicker.
    """
    judged = judge(values, batch)
    offices = Organization.objects.in_bulk({row["organization"] for row in values if "organization" in row})
    fresh, documents, sinking = [], [], []
    for place, (row, read, (state, person, notes)) in enumerate(zip(rows, values, judged, strict=True)):
        row.state, row.person = state, person
        if state == ImportRow.State.BAD:
            row.problems = [*row.problems, *({**vars_of(note), "level": "bad"} for note in notes)]
        if state != ImportRow.State.GOOD:
            continue
        row.state = ImportRow.State.IN
        if person is None:
            row.person = person = _build(read, offices.get(read.get("organization")) or batch.organization)
            row.has_created = True
            fresh.append(person)
            documents.append(people.build_document(person, read["document_kind"], read["id_number"]))
        if read.get("has_archive"):
            sinking.append(hooks.SinkRow(place, person, read, row.has_created, row.sheet, row.number))
    copy_in(fresh)
    # Keys are known only now; Django does not carry them over to what refers to the new files.
    for document in documents:
        document.person_id = document.person.pk
    for row in rows:
        row.person_id = row.person.pk if row.person else None
    copy_in(documents)
    copy_in(_first_spells([row for row in sinking if row.is_new_person], by))
    if sinking:
        hooks.sink_for("archive").write(sinking, batch, by)


def _is_dismissed(values: dict[str, Any]) -> bool:
    """Whether the archive tells that somebody lost a job (student and new archives do not)."""
    return bool(values.get("separated_on")) and values.get("archive_kind", "unemployed") == "unemployed"


def _first_spells(rows: Sequence[hooks.SinkRow], by: Any) -> list[LabourSpell]:
    """The first spell of people this import opens a file for: jobless since the dismissal.

    Written beside `kernel.labour.set_status`, because nobody new can have another spell to be ended or contradicted;
    for people on file nothing is changed here, the registration says what they are.
    """
    now = clock.now()
    return [
        LabourSpell(
            person_id=row.person.pk,
            status=LabourSpell.Status.JOBLESS,
            start_on=row.values["separated_on"],
            contribution_months=row.values.get("contribution_months"),
            separation_reason=row.values.get("separation_reason", ""),
            source="archive",
            evidence=f"档案转移花名册：原单位{row.values.get('source_employer', '未填')}"[:200],
            recorded_by_id=getattr(by, "pk", None),
            recorded_at=now,
        )
        for row in rows
        if _is_dismissed(row.values)
    ]


def vars_of(problem: CellProblem) -> dict[str, str]:
    """A problem as it is stored, without its level."""
    return {"field": problem.field, "column": problem.column, "text": problem.text}


def _build(values: dict[str, Any], organization: Organization) -> Person:
    return people.build_person(
        name=values["name"],
        sex=values["sex"],
        birth_on=values["birth_on"],
        organization=organization,
        id_number=values["id_number"],
        phone=values.get("phone", ""),
        address=values.get("address", ""),
        labour_status=LabourSpell.Status.JOBLESS if values.get("has_archive") and _is_dismissed(values) else "",
        **{name: values[name] for name in _OWN if name in values},
    )


def undo(rows: Sequence[ImportRow], batch: ImportBatch, by: Any) -> dict[int, str]:
    """Take rows back. Returns {row id: why} for those something has been built on; they stay whole."""
    by_person = {row.person_id: row for row in rows if row.person_id is not None}
    # Whoever builds on a person needs a share lock on it: none can be added between the look and the removal.
    list(Person.objects.select_for_update(of=("self",)).filter(pk__in=by_person).order_by("pk").values_list("pk"))
    sink = hooks.sink_for("archive") if "archive" in hooks.known() else None
    reasons = sink.blocked(batch, by_person.keys()) if sink else {}
    created = {pk for pk, row in by_person.items() if row.has_created and pk not in reasons}
    reasons |= _edited(created)
    owned = (sink.owned() if sink else set()) | {
        "kernel.IdentityDocument",
        "kernel.LabourSpell",
        "exchange.ImportRow",
    }
    reasons |= uses_of(Person, created, owned) | _moved_on(created) | _in_another_batch(created, batch)
    free = by_person.keys() - reasons.keys()
    erase = {pk for pk in free if by_person[pk].has_created}
    if sink:
        sink.undo(batch, by, erase=erase, cancel=free - erase)
    ImportRow.objects.filter(person__in=erase).update(person=None)
    LabourSpell.objects.filter(person__in=erase).delete()
    IdentityDocument.objects.filter(person__in=erase).delete()
    Person.objects.filter(pk__in=erase).delete()
    for pk in erase:
        by_person[pk].person = None
    return {by_person[pk].pk: text for pk, text in reasons.items()}


def _edited(ids: set[int]) -> dict[int, str]:
    changed = Person.objects.filter(pk__in=ids, version__gt=1).values_list("pk", flat=True)
    return dict.fromkeys(changed, "此人的资料在导入后有人改过。")


def _moved_on(ids: set[int]) -> dict[int, str]:
    """A labour status that did not come from the archive, or further spells, are somebody's later work."""
    later = LabourSpell.objects.filter(person__in=ids).exclude(source="archive").values_list("person_id", flat=True)
    return dict.fromkeys(later, "导入后已登记了就业状态变化。")


def _in_another_batch(ids: set[int], batch: ImportBatch) -> dict[int, str]:
    others = ImportRow.objects.filter(person__in=ids, state=ImportRow.State.IN).exclude(batch=batch)
    return dict.fromkeys(others.values_list("person_id", flat=True), "另一批次的导入也用到了此人，请先撤销那一批。")

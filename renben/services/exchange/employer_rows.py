"""Rows of employers against the register, by 统一社会信用代码."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from renben.kernel import employers
from renben.kernel.models import Employer, ImportBatch
from renben.services.exchange.checks import CellProblem
from renben.services.exchange.copy_in import copy_in
from renben.services.exchange.models import ImportRow
from renben.services.exchange.people_rows import Judged, vars_of
from renben.services.exchange.uses import uses_of

_FIELDS = ("name", "industry", "kind", "address", "phone")


def judge(values: Sequence[dict[str, Any]], batch: ImportBatch) -> list[Judged]:
    """Compare understood rows with the employers on file, in order."""
    codes = [row["uscc"] for row in values if "uscc" in row]
    on_file = Employer.objects.filter(uscc__in=codes).select_related("merged_into").order_by("id")
    found = {employer.uscc: employer.merged_into or employer for employer in on_file}
    judged: list[Judged] = []
    for row in values:
        employer = found.get(row.get("uscc", ""))
        if employer is None:
            judged.append((ImportRow.State.GOOD, None, []))
        elif row.get("name") in (employer.name, *employers.split_names(employer.former_names)):
            judged.append((ImportRow.State.UNCHANGED, employer, []))
        else:
            text = (
                f"这个信用代码在系统里登记的是“{employer.name}”，请对照营业执照核对；确实改过名的，先到单位档案里更正。"
            )
            judged.append((ImportRow.State.BAD, employer, [CellProblem("name", "单位名称", text)]))
    return judged


def write(rows: Sequence[ImportRow], values: Sequence[dict[str, Any]], batch: ImportBatch, by: Any) -> None:
    """Create the employers not on file. Sets state, employer and `has_created` of each row."""
    fresh = []
    for row, read, (state, employer, notes) in zip(rows, values, judge(values, batch), strict=True):
        row.state, row.employer = state, employer
        if state == ImportRow.State.BAD:
            row.problems = [*row.problems, *({**vars_of(note), "level": "bad"} for note in notes)]
        if state != ImportRow.State.GOOD:
            continue
        row.employer = employers.build_employer(
            uscc=read["uscc"],
            organization_id=read.get("organization") or batch.organization_id,
            **{name: read[name] for name in _FIELDS if name in read},
        )
        row.state, row.has_created = ImportRow.State.IN, True
        fresh.append(row.employer)
    copy_in(fresh)
    for row in rows:
        row.employer_id = row.employer.pk if row.employer else None


def undo(rows: Sequence[ImportRow], batch: ImportBatch, by: Any) -> dict[int, str]:
    """Take rows back. Returns {row id: why} for employers something has been built on."""
    by_employer = {row.employer_id: row for row in rows if row.employer_id is not None and row.has_created}
    reasons = uses_of(Employer, by_employer.keys(), {"exchange.ImportRow"})
    erase = by_employer.keys() - reasons.keys()
    ImportRow.objects.filter(employer__in=erase).update(employer=None)
    Employer.objects.filter(pk__in=erase).delete()
    for pk in erase:
        by_employer[pk].employer = None
    return {by_employer[pk].pk: text for pk, text in reasons.items()}

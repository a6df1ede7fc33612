"""Rows of a list of vacancies: the employer is found on file, the rest is for the service that keeps vacancies (its sink)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from renben.kernel.employer_names import plain_name
from renben.kernel.models import Employer, ImportBatch
from renben.services.exchange import hooks
from renben.services.exchange.checks import CellProblem
from renben.services.exchange.models import ImportRow
from renben.services.exchange.people_rows import Judged, vars_of

SINK = "vacancy"
State = ImportRow.State


@dataclass(frozen=True, slots=True)
class PostRow:
    """One row on its way to the sink: the employer on file and the understood values."""

    employer: Employer
    values: dict[str, Any]


class Sink(Protocol):
    """What becomes of the rows. Called inside the chunk's transaction."""

    def objections(self, row: PostRow, batch: ImportBatch) -> list[CellProblem]:
        """Why a row cannot be taken, each a Chinese sentence; empty when it can."""

    def exists(self, row: PostRow) -> bool:
        """Whether this post of this employer is on file already."""

    def write(self, row: PostRow, batch: ImportBatch, row_id: int, by: Any) -> None:
        """Keep the post."""

    def undo(self, batch: ImportBatch, row_ids: Collection[int], by: Any) -> dict[int, str]:
        """Take posts back. Returns {row id: why} for those that stay."""


def _found(values: Sequence[dict[str, Any]], batch: ImportBatch) -> list[tuple[Employer | None, CellProblem | None]]:
    """The employer of each row, by code, else by its full name within the office's territory, or why there is none."""
    codes = {row["uscc"] for row in values if "uscc" in row}
    names = {plain_name(row["name"]) for row in values if "name" in row}
    rows = Employer.objects.select_related("organization__region", "merged_into__organization__region").order_by("id")
    by_code = {one.uscc: one.merged_into or one for one in rows.filter(uscc__in=codes)}
    by_name: dict[str, list[Employer]] = {}
    for one in rows.filter(
        plain_name__in=names, merged_into=None, organization__path__startswith=batch.organization.path
    ):
        by_name.setdefault(one.plain_name, []).append(one)
    return [_employer(row, by_code, by_name, batch) for row in values]


def _employer(
    row: dict[str, Any], by_code: dict[str, Employer], by_name: dict[str, list[Employer]], batch: ImportBatch
) -> tuple[Employer | None, CellProblem | None]:
    if "uscc" in row:
        employer = by_code.get(row["uscc"])
        if employer is None:
            return None, CellProblem("uscc", "信用代码", "系统里没有这家单位，请先建单位档案。")
        if not batch.organization.contains(employer.organization):
            return None, CellProblem("uscc", "信用代码", "这家单位归别的街（镇）管理，请交给区中心或该街（镇）导入。")
        return employer, None
    same = by_name.get(plain_name(row.get("name", "")), [])
    if len(same) == 1:
        return same[0], None
    text = "系统里没有这家单位，请先建单位档案，或核对全称。" if not same else "有几家同名的单位，请填上信用代码。"
    return None, CellProblem("name", "单位名称", text)


def judge(values: Sequence[dict[str, Any]], batch: ImportBatch) -> list[Judged]:
    """Compare understood rows with employers and posts on file, in order."""
    sink, judged = hooks.sink_for(SINK), []
    for row, (employer, problem) in zip(values, _found(values, batch), strict=True):
        if problem is not None:
            judged.append((State.BAD, None, [problem]))
            continue
        post = PostRow(employer, row)
        problems = sink.objections(post, batch)
        state = State.BAD if problems else State.UNCHANGED if sink.exists(post) else State.GOOD
        judged.append((state, employer, problems))
    return judged


def write(rows: Sequence[ImportRow], values: Sequence[dict[str, Any]], batch: ImportBatch, by: Any) -> None:
    """Keep the good rows, one after another: the second of two equal rows finds the first on file."""
    sink = hooks.sink_for(SINK)
    for row, read, (state, employer, notes) in zip(rows, values, judge(values, batch), strict=True):
        row.state, row.employer = state, employer
        row.employer_id = employer.pk if employer else None
        if state == State.BAD:
            row.problems = [*row.problems, *({**vars_of(note), "level": "bad"} for note in notes)]
        if state != State.GOOD:
            continue
        post = PostRow(employer, read)
        if sink.exists(post):
            row.state = State.UNCHANGED
            continue
        sink.write(post, batch, row.pk, by)
        row.state, row.has_created = State.IN, True


def undo(rows: Sequence[ImportRow], batch: ImportBatch, by: Any) -> dict[int, str]:
    """Take rows back. Returns {row id: why} for posts that are published already."""
    return hooks.sink_for(SINK).undo(batch, {row.pk for row in rows}, by)

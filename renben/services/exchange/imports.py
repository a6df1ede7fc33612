"""Imports: preview, confirm in chunks, undo. A killed import goes on where it stopped when it is confirmed again.

Bad rows are refused with reasons and good rows go in; a second import of the same file changes nothing (J-4.2.1, Q-1.2.2).
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count

from renben.kernel import audit, clock, crypto, files
from renben.kernel.models import ImportBatch, StoredFile
from renben.services.exchange import employer_rows, opening_rows, outside_rows, people_rows, row_store, vacancy_rows
from renben.services.exchange.copy_in import copy_in
from renben.services.exchange.layout import OUTSIDE, layout_of
from renben.services.exchange.models import ImportRow
from renben.services.exchange.reader import Reading, RefusedFile, Row, read_roster
from renben.services.exchange.territory import territory_of

__all__ = ["CannotDo", "RefusedFile", "Report", "confirm", "discard", "import_file", "preview", "undo"]

CHUNK = 1000
KINDS: dict[str, ModuleType] = {
    "people": people_rows,
    "employers": employer_rows,
    "subsidy_openings": opening_rows,
    "benefit_openings": opening_rows,
    "loan_openings": opening_rows,
    "seekers": opening_rows,
    "vacancies": vacancy_rows,
    **dict.fromkeys(OUTSIDE, outside_rows),
}
ALLOWED = {"xlsx", "xls", "csv"}

Progress = Callable[[int, int], None]
State, RowState = ImportBatch.State, ImportRow.State


class CannotDo(Exception):
    """The batch is in no state for this; the message is a Chinese sentence."""


@transaction.atomic
def preview(
    source: bytes | StoredFile,
    *,
    kind: str,
    organization: Any,
    by: Any,
    name: str = "",
    as_of: dt.date | None = None,
    progress: Progress | None = None,
) -> ImportBatch:
    """Read and check a file; nothing enters the register yet. `source` is an upload already stored, or bytes called `name`.

    An earlier unconfirmed preview of the same file at the same office is replaced. Raises RefusedFile with a sentence when
    the file as a whole cannot be taken. `as_of`: the day another body's data speak of (today).
    `progress(done, about)` counts rows.
    """
    data = files.read_bytes(source) if isinstance(source, StoredFile) else source
    name = (source.name if isinstance(source, StoredFile) else name) or "未命名"
    reading = read_roster(data, layout_of(kind), today=clock.today(), territory=territory_of(organization), name=name)
    digest = crypto.sm3(data)
    for old in ImportBatch.objects.filter(
        kind=kind, file_sm3=digest, organization=organization, state=State.PREVIEW
    ).order_by("pk"):
        discard(old)
    batch = ImportBatch.objects.create(
        kind=kind,
        file=source if isinstance(source, StoredFile) else _store(data, name, organization, by),
        file_name=name[:200],
        file_sm3=digest,
        organization=organization,
        created_by=by,
        created_at=clock.now(),
    )
    about, done = sum(grid.height for grid, _ in reading.sheets), 0
    with _without_collector():
        for chunk in _chunks(reading.rows()):
            copy_in(_preview_rows(chunk, reading, batch, as_of or clock.today()))
            done += len(chunk)
            if progress:
                progress(done, max(about, done))
    _count(batch)
    batch.message = _message(reading, batch)
    batch.save()
    audit.record(
        action="import.preview",
        subject=f"import:{batch.pk}",
        detail={"kind": kind, "sm3": digest, "total": batch.total, "good": batch.good, "bad": batch.bad},
        by=by,
        organization=organization,
    )
    return batch


def _store(data: bytes, name: str, organization: Any, by: Any) -> StoredFile | None:
    """Keep the file when somebody answers for it; the command line may import without an account."""
    if by is None:
        return None
    try:
        return files.store_bytes(data, name=name, organization=organization, by=by, allow=ALLOWED)
    except files.Refused as refused:
        raise RefusedFile(str(refused)) from refused


@contextmanager
def _without_collector() -> Iterator[None]:
    """A chunk makes tens of thousands of objects and no cycles: looking for cycles among them costs a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _preview_rows(chunk: Sequence[Row], reading: Reading, batch: ImportBatch, as_of: dt.date) -> list[ImportRow]:
    if batch.kind in OUTSIDE:
        for row in chunk:
            row.values["as_of"] = as_of
    if reading.has_archives:
        for row in chunk:
            row.values["has_archive"] = True
    judged = KINDS[batch.kind].judge([row.values for row in chunk], batch)
    made = []
    for row, (state, subject, notes) in zip(chunk, judged, strict=True):
        problems, warnings = list(row.problems), list(row.warnings)
        (problems if state == RowState.BAD else warnings).extend(notes)
        state = RowState.BAD if problems else state
        cells = row_store.cells_of(reading, row) if problems else None
        made.append(
            ImportRow(
                batch_id=batch.pk,
                sheet=row.sheet[:64],
                number=row.number,
                state=state,
                title=row_store.title_of(row.values, cells or []),
                values_enc="" if state == RowState.UNCHANGED else row_store.pack(row.values, cells),
                problems=row_store.problem_rows(problems, "bad") + row_store.problem_rows(warnings, "warn"),
                **({KINDS_SUBJECT[batch.kind]: subject} if subject is not None and state == RowState.UNCHANGED else {}),
            )
        )
    return made


KINDS_SUBJECT = dict.fromkeys(KINDS, "person") | {"employers": "employer", "vacancies": "employer"}


def _count(batch: ImportBatch) -> None:
    """Bring the batch's figures up to date with its rows (`good` counts those to come and those in)."""
    by_state = dict(batch.rows.order_by().values_list("state").annotate(n=Count("id")))
    batch.total = sum(by_state.values())
    batch.bad = by_state.get(RowState.BAD, 0)
    batch.unchanged = by_state.get(RowState.UNCHANGED, 0)
    batch.good = batch.total - batch.bad - batch.unchanged


def _message(reading: Reading, batch: ImportBatch) -> str:
    notes = list(dict.fromkeys(reading.notes))
    before = (
        ImportBatch.objects.filter(kind=batch.kind, file_sm3=batch.file_sm3, state=State.DONE)
        .exclude(pk=batch.pk)
        .order_by("-pk")
        .first()
    )
    if before is not None:
        notes.insert(0, f"这个文件在{before.created_at.astimezone(clock.ZONE):%Y-%m-%d}导入过（第{before.pk}批）。")
    return "".join(notes)[:300]


@transaction.atomic
def discard(batch: ImportBatch) -> None:
    """Throw a preview away that nobody confirmed. CannotDo once anything has gone in."""
    held = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state != State.PREVIEW:
        raise CannotDo("这一批已经导入，不能丢弃；导错了请用“撤销”。")
    held.rows.all().delete()
    held.delete()


def confirm(batch: ImportBatch, by: Any, progress: Progress | None = None) -> ImportBatch:
    """Let the good rows in, a thousand at a time, each chunk in its own transaction. Confirming again goes on or does nothing.

    `progress(done, total)` is called between chunks and `batch.done_rows` is saved, for the progress bar. After an unexpected
    error the batch stands as failed, with what is in kept, and the error is raised.
    """
    try:
        while _confirm_chunk(batch, by):
            if progress:
                progress(batch.done_rows, batch.good)
    except CannotDo:
        raise
    except Exception:
        ImportBatch.objects.filter(pk=batch.pk, state=State.RUNNING).update(
            state=State.FAILED, message="导入中途出错，已导入的行保留；请再点一次“导入”，会接着没导完的行继续。"
        )
        raise
    return batch


def _confirm_chunk(batch: ImportBatch, by: Any) -> bool:
    """One chunk; False when there was none left. A number registered by somebody else meanwhile costs a second attempt."""
    for attempt in (1, 2, 3):
        try:
            with transaction.atomic(), _without_collector():
                return _write_chunk(batch, by)
        except IntegrityError:
            if attempt == 3:
                raise
    return False


def _write_chunk(batch: ImportBatch, by: Any) -> bool:
    held = ImportBatch.objects.select_for_update(of=("self",)).select_related("organization").get(pk=batch.pk)
    if held.state == State.UNDONE:
        raise CannotDo("这一批已经撤销，不能再导入；需要的话请重新上传文件。")
    rows = list(held.rows.filter(state=RowState.GOOD).order_by("id")[:CHUNK]) if held.state != State.DONE else []
    created = 0
    if rows:
        values = [row_store.unpack(row)[0] for row in rows]
        KINDS[held.kind].write(rows, values, held, by)
        for row in rows:
            if row.state != RowState.BAD:
                row.values_enc = ""
        row_store.save_outcome(rows)
        created = sum(row.has_created for row in rows)
        held.state = State.RUNNING
        held.done_rows += sum(row.state == RowState.IN for row in rows)
    is_over = len(rows) < CHUNK
    if is_over and held.state != State.DONE:
        _count(held)
        held.state, held.finished_at = State.DONE, clock.now()
        held.done_rows = held.good
        if held.message.startswith("导入中途出错"):
            held.message = ""
    held.save()
    if rows or is_over:
        _adopt(batch, held)
    if rows:
        audit.record(
            action="import.rows",
            subject=f"import:{held.pk}",
            detail={"kind": held.kind, "rows": [rows[0].number, rows[-1].number], "in": len(rows), "created": created},
            by=by,
            organization=held.organization,
        )
    return not is_over


def _adopt(batch: ImportBatch, held: ImportBatch) -> None:
    """Let the caller's object show what is in the database now."""
    for column in ImportBatch._meta.concrete_fields:
        setattr(batch, column.attname, getattr(held, column.attname))


def undo(batch: ImportBatch, by: Any, progress: Progress | None = None) -> list[ImportRow]:
    """Take a batch back as far as nothing was built on it: new persons are removed, archives cancelled (erased with a new
    person). Returns the rows that could not be undone; their `problems` say why. Can be repeated.
    """
    while _undo_chunk(batch, by):
        if progress:
            progress(batch.rows.filter(state__in=[RowState.UNDONE, RowState.KEPT]).count(), batch.good)
    return list(batch.rows.filter(state=RowState.KEPT).order_by("id"))


@transaction.atomic
def _undo_chunk(batch: ImportBatch, by: Any) -> bool:
    held = ImportBatch.objects.select_for_update(of=("self",)).select_related("organization").get(pk=batch.pk)
    if held.state == State.PREVIEW:
        raise CannotDo("这一批还没有导入，不用撤销；不要了可以直接丢弃。")
    if held.state == State.UNDONE:
        held.rows.filter(state=RowState.KEPT).update(state=RowState.IN)
    rows = list(held.rows.filter(state=RowState.IN).order_by("id")[:CHUNK])
    reasons = KINDS[held.kind].undo(rows, held, by) if rows else {}
    for row in rows:
        row.state = RowState.KEPT if row.pk in reasons else RowState.UNDONE
        row.problems = [problem for problem in row.problems if problem["level"] != "kept"]
        if row.pk in reasons:
            row.problems.append({"field": "", "column": "", "text": reasons[row.pk], "level": "kept"})
    row_store.save_outcome(rows)
    held.state = State.RUNNING if len(rows) == CHUNK else State.UNDONE
    if held.state == State.UNDONE:
        kept = held.rows.filter(state=RowState.KEPT).count()
        held.rows.filter(state=RowState.GOOD).update(state=RowState.UNDONE, values_enc="")
        held.undone_at = clock.now()
        held.message = f"有{kept}行已经有人接着办理，没有撤销。" if kept else "已全部撤销。"
    held.save()
    _adopt(batch, held)
    audit.record(
        action="import.undo",
        subject=f"import:{held.pk}",
        detail={"rows": len(rows), "kept": len(reasons)},
        by=by,
        organization=held.organization,
    )
    return held.state != State.UNDONE


@dataclass
class Report:
    """What an import did or (`dry_run`) would do. `rows` are `{row, sheet, column, value_masked, problem, level}`;
    `refused` is the sentence when the file as a whole was refused; `batch_id` None for a dry run."""

    file: str
    kind: str
    total: int = 0
    good: int = 0
    bad: int = 0
    unchanged: int = 0
    created: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    notes: str = ""
    refused: str = ""
    batch_id: int | None = None


def report_of(batch: ImportBatch) -> Report:
    """The row-level report of a batch, values masked."""
    report = Report(
        batch.file_name, batch.kind, batch.total, batch.good, batch.bad, batch.unchanged, notes=batch.message
    )
    report.batch_id = batch.pk
    report.created = batch.rows.filter(has_created=True, state__in=[RowState.IN, RowState.KEPT]).count()
    for row in batch.rows.exclude(problems=[]).order_by("id").iterator(CHUNK):
        values, cells = row_store.unpack(row)
        texts = {name: text for _, text, name in cells if name}
        for problem in row.problems:
            text = texts.get(problem["field"]) or row_store.shown(values.get(problem["field"], ""))
            report.rows.append(
                {
                    "row": row.number,
                    "sheet": row.sheet,
                    "column": problem["column"],
                    "value_masked": row_store.mask_value(problem["field"], text),
                    "problem": problem["text"],
                    "level": problem["level"],
                }
            )
    return report


def import_file(
    path: Path | str, kind: str, organization: Any, by: Any, dry_run: bool, as_of: dt.date | None = None
) -> Report:
    """Import a file in one go, or with `dry_run` only tell what would happen and leave nothing behind."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError:
        return Report(path.name, kind, refused=f"打不开文件“{path.name}”，请检查路径和权限。")
    try:
        if not dry_run:
            batch = preview(data, kind=kind, organization=organization, by=by, name=path.name, as_of=as_of)
            return report_of(confirm(batch, by))
        with transaction.atomic():
            report = report_of(
                preview(data, kind=kind, organization=organization, by=None, name=path.name, as_of=as_of)
            )
            transaction.set_rollback(True)
    except RefusedFile as refused:
        return Report(path.name, kind, refused=str(refused))
    report.batch_id = None
    return report

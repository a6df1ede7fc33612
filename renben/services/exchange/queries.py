"""What the import page shows: the batches of an office and the grid of one batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from renben.kernel.models import ImportBatch
from renben.services.exchange import row_store
from renben.services.exchange.layout import layout_of
from renben.services.exchange.models import ImportRow


@dataclass(frozen=True)
class ShownCell:
    """One cell of the grid. `problem` and `warning` are Chinese sentences or empty."""

    label: str
    text: str
    problem: str = ""
    warning: str = ""


@dataclass(frozen=True)
class ShownRow:
    """One row of the grid; `cells` is empty once the row is in (`person_id` or `employer_id` then leads to its file)."""

    number: int
    sheet: str
    state: str
    state_label: str
    title: str
    cells: list[ShownCell]
    problems: list[str]
    warnings: list[str]
    person_id: int | None
    employer_id: int | None


def batches_of(organization: Any) -> QuerySet[ImportBatch]:
    """The imports of an office and of those below it, newest first."""
    return (
        ImportBatch.objects.filter(organization__path__startswith=organization.path)
        .select_related("organization", "created_by")
        .order_by("-pk")
    )


def figures_of(batch: ImportBatch) -> dict[str, int]:
    """Rows by state, and `created`: how many new persons or employers the batch made."""
    figures = dict.fromkeys(ImportRow.State.values, 0)
    figures |= dict(batch.rows.order_by().values_list("state").annotate(n=Count("id")))
    figures["created"] = batch.rows.filter(has_created=True).exclude(state=ImportRow.State.UNDONE).count()
    return figures


def grid_of(batch: ImportBatch, *, states: list[str] | None = None, start: int = 0, limit: int = 50) -> list[ShownRow]:
    """Rows of a batch in file order, decrypted for whoever may read it. `states` narrows them."""
    rows = batch.rows.order_by("id")
    if states:
        rows = rows.filter(state__in=states)
    layout = layout_of(batch.kind)
    return [_shown(row, layout) for row in rows[start : start + limit]]


def _shown(row: ImportRow, layout) -> ShownRow:
    values, cells = row_store.unpack(row)
    said: dict[str, dict[str, list[str]]] = {"bad": {}, "warn": {}, "kept": {}}
    for problem in row.problems:
        said[problem["level"]].setdefault(problem["field"], []).append(problem["text"])
    known = [cell for cell in cells or row_store.cells_from_values(values, layout) if cell[2]]
    shown = [
        ShownCell(label, text, " ".join(said["bad"].get(field, [])), " ".join(said["warn"].get(field, [])))
        for label, text, field in known
    ]
    bad = [f"{p['column']}：{p['text']}" if p["column"] else p["text"] for p in row.problems if p["level"] != "warn"]
    warned = [f"{p['column']}：{p['text']}" for p in row.problems if p["level"] == "warn"]
    return ShownRow(
        row.number,
        row.sheet,
        row.state,
        row.get_state_display(),
        row.title,
        shown,
        bad,
        warned,
        row.person_id,
        row.employer_id,
    )

"""The grid of an import: what each row says, masked, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from renben.kernel.models import ImportBatch, Organization
from renben.services.exchange import row_store
from renben.services.exchange.layout import layout_of
from renben.services.exchange.models import ImportRow

State = ImportRow.State


@dataclass(frozen=True)
class Tab:
    label: str
    states: tuple[str, ...]


TABS = {
    "bad": Tab("有问题", (State.BAD,)),
    "good": Tab("可导入", (State.GOOD,)),
    "in": Tab("已导入", (State.IN,)),
    "kept": Tab("没能撤销", (State.KEPT,)),
    "undone": Tab("已撤销", (State.UNDONE,)),
    "unchanged": Tab("系统里已有", (State.UNCHANGED,)),
}
CHIPS = {
    State.BAD: ("red", "■"),
    State.GOOD: ("on_time", "●"),
    State.IN: ("on_time", "●"),
    State.KEPT: ("yellow", "▲"),
    State.UNDONE: ("plain", "‖"),
    State.UNCHANGED: ("plain", "＝"),
}
SHOWN = (
    "organization",
    "source_employer",
    "separated_on",
    "separation_reason",
    "contribution_months",
    "archive_number",
)


@dataclass(frozen=True)
class Line:
    """One row as the page shows it. `said` are (column, sentence, what stood there, level)."""

    number: int
    sheet: str
    title: str
    content: str
    state: str
    label: str
    shape: str
    said: list[tuple[str, str, str, str]]
    person_id: int | None


def tab_counts(batch: ImportBatch) -> dict[str, int]:
    """Rows behind each tab, one query."""
    found = dict(batch.rows.order_by().values_list("state").annotate(n=Count("id")))
    return {code: sum(found.get(state, 0) for state in tab.states) for code, tab in TABS.items()}


def shown_rows(batch: ImportBatch, rows: list[ImportRow]) -> list[Line]:
    """The rows of one page, decrypted, masked. Offices are named with one query."""
    layout = layout_of(batch.kind)
    unpacked = [row_store.unpack(row) for row in rows]
    ids = {values["organization"] for values, _ in unpacked if isinstance(values.get("organization"), int)}
    offices = dict(Organization.objects.filter(pk__in=ids).values_list("pk", "short_name")) if ids else {}
    labels = {
        field: {code: text for text, code in reversed(list(table.items()))} for field, table in layout.values.items()
    }
    lines = []
    for row, (values, cells) in zip(rows, unpacked, strict=True):
        written = {field: text for _, text, field in cells if field}
        parts = []
        for field in SHOWN:
            value = values.get(field)
            if field == "organization":
                parts.append(offices.get(value) or written.get("street", ""))
            elif field == "contribution_months" and isinstance(value, int):
                parts.append(f"缴费{value // 12}年{value % 12}个月")
            elif field == "separation_reason" and value and field not in written:
                parts.append(labels.get(field, {}).get(value, ""))
            else:
                parts.append(written.get(field) or row_store.shown(value if value is not None else ""))
        said = [
            (p["column"], p["text"], row_store.mask_value(p["field"], written.get(p["field"], "")), p["level"])
            for p in row.problems
        ]
        tone, shape = CHIPS[row.state]
        lines.append(
            Line(
                row.number,
                row.sheet,
                row.title,
                " · ".join(part for part in parts if part),
                tone,
                row.get_state_display(),
                shape,
                said,
                row.person_id,
            )
        )
    return lines

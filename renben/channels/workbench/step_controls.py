"""Controls for the fields of a step that a plain input cannot hold: a small table, and attached files."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.template import loader
from django.utils.safestring import SafeString, mark_safe

from renben.engines.procedures.schema import FieldColumn
from renben.kernel.models import StoredFile
from renben.kernel.textnorm import halfwidth

MAX_ROWS = 500
SPARE_ROWS = 3
INPUT_TYPES = {"date": "date", "int": "text", "number": "text", "money_fen": "text"}
NUMERIC = {"int": "numeric", "number": "decimal", "money_fen": "decimal"}


class RowsWidget(forms.Widget):
    """A table one types into, row by row; a block copied from Excel can be pasted (rows.js). Rows left empty do not count."""

    template_name = "components/rows.html"
    use_fieldset = True

    def __init__(self, columns: list[FieldColumn]) -> None:
        super().__init__()
        self.columns = columns

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        rows = []
        for number in range(MAX_ROWS):
            keys = {column.name: f"{name}-{number}-{column.name}" for column in self.columns}
            if not any(key in data for key in keys.values()):
                break
            row = {column: str(data.get(key, "")).strip() for column, key in keys.items()}
            if any(row.values()):
                rows.append(row)
        return rows

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def render(self, name: str, value: Any, attrs: dict | None = None, renderer: Any = None) -> SafeString:
        rows = list(value or [])
        shown = [*rows, *({} for _ in range(max(1, SPARE_ROWS - len(rows))))]
        lines = [
            [self._cell(name, number, column, row.get(column.name)) for column in self.columns]
            for number, row in enumerate(shown)
        ]
        context = {"name": name, "columns": self.columns, "lines": lines, "label": (attrs or {}).get("aria-label", "")}
        return mark_safe(loader.get_template(self.template_name).render(context))

    def _cell(self, name: str, number: int, column: FieldColumn, value: Any) -> dict[str, Any]:
        if isinstance(value, bool):
            value = "true" if value else "false"
        elif column.type == "money_fen" and isinstance(value, int):
            value = f"{value / 100:.2f}"
        choices = [(str(c.value), c.label) for c in column.choices]
        if column.type == "bool":
            choices = [("true", "是"), ("false", "否")]
        return {
            "key": f"{name}-{number}-{column.name}",
            "label": f"第{number + 1}行 {column.label}",
            "value": "" if value is None else str(value),
            "type": INPUT_TYPES.get(column.type, "text"),
            "mode": NUMERIC.get(column.type, ""),
            "choices": choices,
        }


class RowsField(forms.Field):
    """Lines of a table as mappings; the engine checks their types, here only money becomes fen."""

    def __init__(self, *, columns: list[FieldColumn], **kwargs: Any) -> None:
        self.columns = columns
        super().__init__(widget=RowsWidget(columns), **kwargs)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        rows = super().clean(value) or []
        money = [column for column in self.columns if column.type == "money_fen"]
        for number, row in enumerate(rows, 1):
            for column in money:
                if not row.get(column.name):
                    continue
                try:
                    row[column.name] = int(Decimal(halfwidth(row[column.name]).replace(",", "")) * 100)
                except InvalidOperation:
                    raise forms.ValidationError(f"第{number}行“{column.label}”请填写金额，例如 1200.50。") from None
        return rows


class FilesWidget(forms.Widget):
    """Files kept already, and a place for more. What was uploaded stays when the form comes back with an error."""

    template_name = "components/files.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return data.getlist(name) if hasattr(data, "getlist") else list(data.get(name) or [])

    def render(self, name: str, value: Any, attrs: dict | None = None, renderer: Any = None) -> SafeString:
        kept = StoredFile.objects.filter(pk__in=[int(v) for v in value or [] if str(v).isdigit()]).order_by("id")
        context = {"name": name, "kept": kept, "id": (attrs or {}).get("id", f"f_{name}")}
        return mark_safe(loader.get_template(self.template_name).render(context))


class FilesField(forms.Field):
    """Ids of stored files. `allowed` are those the clerk may attach: just uploaded, or already in the case."""

    widget = FilesWidget
    allowed: set[int]

    def __init__(self, **kwargs: Any) -> None:
        self.allowed = set()
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[int]:
        ids = [int(v) for v in super().clean(value) or [] if str(v).isdigit()]
        if strange := set(ids) - self.allowed:
            raise forms.ValidationError(f"附件（{len(strange)} 份）不是刚才上传的，请重新选择文件。")
        return ids

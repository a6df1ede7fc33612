"""A field for a code of a public table: type its name, its first letters or the code, and choose from what is offered.

The text of the field says everything (`仓储管理员 4-02-06-01`), so it works without a script too: what is typed is looked up when
the form is sent, and the catalogue opens on a page of its own.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse

from renben.engines.coding import lookup

OFFERED = 6
"""Proposals in the sentence about a text that means several rows."""


class CodeInput(forms.TextInput):
    """A combobox by the ARIA pattern; `combobox.js` moves through what the server offers."""

    template_name = "components/code_input.html"

    def __init__(self, table: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.table = table

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        ident = widget["attrs"].setdefault("id", f"id_{name}")
        asked = urlencode({"table": self.table, "of": name})
        widget["attrs"] |= {
            "role": "combobox",
            "aria-expanded": "false",
            "aria-autocomplete": "list",
            "aria-controls": f"{ident}_list",
            "autocomplete": "off",
            "maxlength": str(lookup.LONGEST),
            "hx-get": f"{reverse('codes')}?{asked}",
            "hx-trigger": "input changed delay:150ms",
            "hx-target": f"#{ident}_list",
            "hx-sync": "this:replace",
        }
        catalogue = f"{reverse('codes')}?{urlencode({'table': self.table})}"
        return context | {"list_id": f"{ident}_list", "noun": lookup.TABLES[self.table], "catalogue": catalogue}


class CodeField(forms.CharField):
    """A code of `table`; the cleaned value is the code, empty for none."""

    def __init__(self, *, table: str, required: bool = False, **kwargs: Any) -> None:
        super().__init__(required=required, max_length=lookup.LONGEST, widget=CodeInput(table), **kwargs)
        self.table = table

    def prepare_value(self, value: Any) -> Any:
        """A code on record as it is read; what somebody typed stays as typed."""
        found = lookup.entries(self.table).get(value) if value else None
        return found.text if found else value

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        if (found := lookup.exactly(self.table, text)) is not None:
            return found.code
        noun, likely = lookup.TABLES[self.table], lookup.find(self.table, text, OFFERED)
        if not likely:
            raise forms.ValidationError(f"{noun}里没有“{text}”，请换个说法，或打开目录查。")
        raise forms.ValidationError(f"“{text}”可能是：{'；'.join(one.text for one in likely)}。请写其中一个。")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

"""The form of one step, made from the catalogue's fields; what is known already is filled in, not asked again."""

from __future__ import annotations

from typing import Any

from django import forms

from renben.engines.procedures import queries
from renben.engines.procedures.models import CaseStep
from renben.engines.procedures.schema import CaseField, Step
from renben.kernel import clock
from renben.kernel.textnorm import parse_date


class DayField(forms.CharField):
    """A date in any way people write one: 20261121, 2026.11.21, 2026年11月21日."""

    widget = forms.DateInput(attrs={"type": "date"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        day = parse_date(text)
        if day is None:
            raise forms.ValidationError("日期请写成 2026-11-23 这样。")
        return day.isoformat()


def _control(field: CaseField) -> forms.Field:
    common = {"label": field.label, "required": field.required, "help_text": field.help}
    if field.type == "bool":
        return forms.ChoiceField(choices=[("true", "是"), ("false", "否")], widget=forms.RadioSelect, **common)
    if field.type == "choice":
        choices = [(str(c.value), c.label) for c in field.choices]
        if len(choices) <= 6:
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        return forms.ChoiceField(choices=[("", "请选择"), *choices], **common)
    if field.type == "choices":
        return forms.MultipleChoiceField(
            choices=[(str(c.value), c.label) for c in field.choices], widget=forms.CheckboxSelectMultiple, **common
        )
    if field.type == "date":
        return DayField(**common)
    if field.type == "int":
        return forms.IntegerField(**common)
    if field.type == "money_fen":
        return forms.DecimalField(min_value=0, decimal_places=2, **{**common, "label": f"{field.label}（元）"})
    return forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 2}), **common)


class StepForm(forms.Form):
    """Values of the step's fields. `values()` gives them by name, money in fen, blanks left out."""

    def __init__(self, *args: Any, step: CaseStep, spec: Step, **kwargs: Any) -> None:
        self.spec = spec
        known = queries.known_values(step)
        initial = {name: _shown(spec, name, value) for name, value in known.items() if value is not None}
        for field in spec.fields:  # what happens now is dated today unless the clerk says otherwise
            if field.type == "date" and field.anchor and not initial.get(field.name):
                initial[field.name] = clock.today().isoformat()
        kwargs["initial"] = {**initial, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for field in spec.fields:
            self.fields[field.name] = _control(field)
            if field.source_fact and known.get(field.name) is not None:
                self.fields[field.name].help_text = f"{field.help} 已由档案带出，核对即可。".strip()
        self.auto_id = "f_%s"

    def values(self) -> dict[str, Any]:
        values = {}
        for field in self.spec.fields:
            value = self.cleaned_data.get(field.name)
            if value in (None, "", []):
                continue
            values[field.name] = int(value * 100) if field.type == "money_fen" else value
        return values


def _shown(spec: Step, name: str, value: Any) -> Any:
    field = next(f for f in spec.fields if f.name == name)
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.type == "money_fen":
        return value / 100
    return [str(v) for v in value] if isinstance(value, list) else str(value)

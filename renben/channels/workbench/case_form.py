"""The form of one step, made from the catalogue's fields; what is known already is filled in, not asked again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from renben.channels.workbench.step_controls import FilesField, RowsField
from renben.engines.procedures import facts, queries
from renben.engines.procedures.models import CaseStep
from renben.engines.procedures.schema import CaseField, Procedure, Step
from renben.kernel import clock
from renben.kernel.models import StoredFile
from renben.kernel.textnorm import halfwidth, parse_date


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


class ClockField(forms.CharField):
    """A time of day, 14:30 or 14：30."""

    widget = forms.TimeInput(attrs={"type": "time"})


class FigureField(forms.DecimalField):
    """A decimal figure; full-width digits, thousands separators and a percent sign are understood."""

    def to_python(self, value: Any) -> Any:
        text = halfwidth(str(value or "")).replace(",", "").replace(" ", "").removesuffix("%")
        return super().to_python(text)


def _control(field: CaseField) -> forms.Field:
    label = f"{field.label}（{field.unit}）" if field.unit else field.label
    common = {"label": label, "required": field.required, "help_text": field.help}
    if field.type == "rows":
        return RowsField(columns=field.columns, **common)
    if field.type == "files":
        return FilesField(**common)
    if field.type == "long_text":
        return forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 5}), **common)
    if field.type == "time":
        return ClockField(**common)
    if field.type == "number":
        return FigureField(**common)
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
    return forms.CharField(max_length=500, **common)


def _is_beside_the_point(field: CaseField, spec: Step, procedure: Procedure, settled: dict[str, Any]) -> bool:
    """Whether an earlier step settled that a field of some cases is not for this one. One with a value is still shown."""
    condition = procedure.condition(field.required_when) if field.required_when else None
    if condition is None or condition.field in {one.name for one in spec.fields} or settled.get(field.name):
        return False
    return procedure.holds(condition.code, settled) is False


def _ask_when_it_holds(
    control: forms.Field, field: CaseField, spec: Step, procedure: Procedure, settled: dict[str, Any]
) -> None:
    """A field of some cases only. Settled by an earlier step: required, unless it is not known. Settled on this very form: its
    control says which answers ask for it (`when`), and conditional.js shows it then."""
    condition = procedure.condition(field.required_when)
    if condition is None:
        return
    if condition.field in {one.name for one in spec.fields}:
        answers = [str(value).lower() if isinstance(value, bool) else str(value) for value in condition.values]
        control.when, control.when_in = condition.field, "|".join(answers)
        control.when_text = condition.text
        if field.type == "date" and field.anchor:
            control.widget.attrs["data-today"] = clock.today().isoformat()
    else:
        control.required = procedure.holds(condition.code, settled) is True


class StepForm(forms.Form):
    """Values of the step's fields. `values()` gives them by name, money in fen, blanks left out."""

    def __init__(self, *args: Any, step: CaseStep, spec: Step, files_of: Any = None, **kwargs: Any) -> None:
        self.spec = spec
        known, procedure = queries.known_values(step), queries.procedure_of(step.case)
        settled = facts.with_defaults(procedure, step.case.data)
        ahead = {limit.anchor for one in procedure.steps for limit in one.deadlines if limit.before}
        initial = {name: _shown(spec, name, value) for name, value in known.items() if value is not None}
        kwargs["initial"] = {**initial, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for field in spec.fields:
            if _is_beside_the_point(field, spec, procedure, settled):
                continue
            self.fields[field.name] = _control(field)
            if field.required_when:
                _ask_when_it_holds(self.fields[field.name], field, spec, procedure, settled)
            # What happens now is dated today unless the clerk says otherwise; what lies ahead (a fair) is not.
            is_dated = field.type == "date" and field.anchor and self.fields[field.name].required
            is_dated = is_dated and field.anchor not in ahead
            if is_dated and not self.initial.get(field.name):
                self.initial[field.name] = clock.today().isoformat()
            if field.type == "files":
                self.fields[field.name].allowed = attachable(step, files_of)
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
            if field.type == "number":
                values[field.name] = str(value)
        return values


def attachable(step: CaseStep, user: Any) -> set[int]:
    """Ids of files that may be attached to a step: those of the case, and what this clerk uploaded at its office today."""
    fields = [
        f for s in queries.procedure_of(step.case).steps_of(step.case.duty) for f in s.fields if f.type == "files"
    ]
    ids = {one for field in fields for one in step.case.data.get(field.name) or []}
    if user is not None:
        since = clock.now() - dt.timedelta(hours=12)
        mine = StoredFile.objects.filter(uploaded_by=user, organization_id=step.organization_id, uploaded_at__gte=since)
        ids |= set(mine.order_by("-id").values_list("pk", flat=True)[:200])
    return ids


def _shown(spec: Step, name: str, value: Any) -> Any:
    field = next(f for f in spec.fields if f.name == name)
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.type == "money_fen":
        return value / 100
    if field.type == "rows":
        return value
    return [str(v) for v in value] if isinstance(value, list) else str(value)

"""The form of 试算: made from the inputs of a rule, so a new rule has its form at once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from renben.channels.policy_words import word
from renben.engines.rules.errors import InputError
from renben.engines.rules.inputs import REQUIRED, Input
from renben.engines.rules.parameters import load_parameters
from renben.engines.rules.registry import Domain
from renben.engines.rules.uses import parameters_of
from renben.engines.rules.values import codes_of

DATE = {"type": "date"}
ROWS = 6
"""Lines offered for a list of records; who has more of them leaves a line out of no rule, so it can be said again."""


def _yes_or_no(asked: Input, required: bool) -> forms.Field:
    empty = [("", "没有填")] if asked.default is None else []
    return forms.ChoiceField(choices=[*empty, ("1", "是"), ("0", "否")], required=required)


WORDLESS = {"status": ("employed", "self_employed", "flexible"), "borrower": ()}
"""Inputs whose words the parameters name (list of statuses, of borrowers), and words that no parameter need name."""


def _known_words(domain: Domain, name: str) -> list[tuple[str, str]]:
    """What may stand in an input that the rule compares with lists of its parameters, said in words."""
    held = [load_parameters()[one] for one in sorted(parameters_of(domain.name))]
    codes = {code: None for parameter in held if parameter.unit == "code" for code in codes_of(parameter)}
    return [("", "请选择"), *((code, word(code)) for code in (*WORDLESS[name], *codes))]


def _field(asked: Input, domain: Domain) -> forms.Field:
    """The control for one input; the label says the unit."""
    required = asked.default is REQUIRED
    if asked.name in WORDLESS and asked.kind in ("text", "code") and not asked.codes:
        made = forms.ChoiceField(choices=_known_words(domain, asked.name), required=required)
    elif asked.kind == "bool":
        made = _yes_or_no(asked, required)
    elif asked.kind == "int":
        made = forms.IntegerField(min_value=asked.minimum, max_value=asked.maximum, required=required)
    elif asked.kind in ("yuan", "wan"):
        places = 2 if asked.kind == "yuan" else 6
        made = forms.DecimalField(min_value=0, max_digits=18, decimal_places=places, required=required)
    elif asked.kind == "share":
        made = forms.DecimalField(min_value=0, max_value=1, max_digits=12, decimal_places=9, required=required)
    elif asked.kind == "code" and asked.codes:
        choices = sorted(((code, word(code)) for code in asked.codes), key=lambda pair: pair[0])
        made = forms.ChoiceField(choices=[("", "请选择"), *choices], required=required)
    elif asked.kind == "codes" and asked.codes:
        made = forms.MultipleChoiceField(
            choices=[(code, word(code)) for code in sorted(asked.codes)],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
    elif asked.kind == "date":
        made = forms.DateField(widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"), required=required)
    elif asked.kind == "month":
        made = forms.RegexField(
            r"^\d{4}-(0[1-9]|1[0-2])$", widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-11"}),
            error_messages={"invalid": "请写成年和月，例如 2026-11。"}, required=required,
        )  # fmt: skip
    else:
        made = forms.CharField(max_length=4000, required=required)
        if asked.kind in ("text", "codes"):
            made.widget = forms.Textarea(attrs={"rows": 3})
    made.label = asked.label + {"yuan": "（元）", "wan": "（万元）", "share": "（0到1）"}.get(asked.kind, "")
    if asked.kind == "codes" and not asked.codes:
        made.help_text = "几项之间用逗号隔开。"
    return made


def _value(asked: Input, typed: Any) -> Any:
    """What was typed in the form the engine takes."""
    if asked.kind == "bool":
        return typed == "1"
    if asked.kind == "date" and isinstance(typed, dt.date):
        return typed.isoformat()
    if asked.kind == "codes" and isinstance(typed, str):
        return [part.strip() for part in typed.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    if isinstance(typed, Decimal):
        return typed
    return typed


def _is_empty(typed: Any) -> bool:
    return typed in (None, "", [])


class TryForm(forms.Form):
    """The day, then every input of a rule; records of a list stand in numbered lines (`rows_of`)."""

    day = forms.DateField(
        label="按哪天的政策", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text="可以是过去或将来的一天。",
    )  # fmt: skip

    def __init__(self, *args: Any, domain: Domain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.domain = domain
        for asked in domain.inputs:
            if asked.kind == "rows":
                for place in range(ROWS):
                    self.fields |= {
                        f"{asked.name}-{place}-{item.name}": self._cell(asked, place, item, domain)
                        for item in asked.fields
                    }
            else:
                self.fields[asked.name] = _field(asked, domain)
                default = asked.default
                if default is not REQUIRED and default is not None and not isinstance(default, list | tuple):
                    self.fields[asked.name].initial = {True: "1", False: "0"}.get(default, default)

    @staticmethod
    def _cell(asked: Input, place: int, item: Input, domain: Domain) -> forms.Field:
        made = _field(item, domain)
        made.required, made.label = False, f"{asked.label}第{place + 1}项：{made.label}"
        if isinstance(made.widget, forms.Textarea):
            made.widget = forms.TextInput()
        if item.kind == "bool":
            made.choices = [("", "—"), ("1", "是"), ("0", "否")]
        return made

    def plain_fields(self) -> list[forms.BoundField]:
        """The day and every input that is not a list of records."""
        return [self["day"], *(self[asked.name] for asked in self.domain.inputs if asked.kind != "rows")]

    def tables(self) -> list[dict[str, Any]]:
        """Lists of records: label, headings, and a row of controls for each line."""
        return [
            {
                "label": asked.label,
                "headings": [item.label for item in asked.fields],
                "lines": [
                    [self[f"{asked.name}-{place}-{item.name}"] for item in asked.fields] for place in range(ROWS)
                ],
            }
            for asked in self.domain.inputs
            if asked.kind == "rows"
        ]

    def inputs(self) -> dict[str, Any]:
        """The inputs of the engine, those left empty left out."""
        given: dict[str, Any] = {}
        for asked in self.domain.inputs:
            if asked.kind == "rows":
                given[asked.name] = self._records(asked)
            elif not _is_empty(typed := self.cleaned_data.get(asked.name)):
                given[asked.name] = _value(asked, typed)
            elif asked.kind == "codes":
                given[asked.name] = []
        return given

    def _records(self, asked: Input) -> list[dict[str, Any]]:
        records = []
        for place in range(ROWS):
            typed = {item.name: self.cleaned_data.get(f"{asked.name}-{place}-{item.name}") for item in asked.fields}
            if any(not _is_empty(value) for value in typed.values()):
                records.append(
                    {
                        item.name: _value(item, typed[item.name])
                        for item in asked.fields
                        if not _is_empty(typed[item.name])
                    }
                )
        return records

    def refuse(self, error: InputError) -> None:
        """Put what the engine says of an input at its field."""
        name = error.key.partition("[")[0].partition(".")[0]
        self.add_error(name if name in self.fields else None, _without_code(str(error), name))


def _without_code(text: str, name: str) -> str:
    """The sentence without the name of the key, which says nothing to a reader."""
    return text.replace(f"（{name}）", "")

"""The form of a parameter's new value, by its shape: a figure, a yes or no, a choice, several, words, or a table."""

from __future__ import annotations

from typing import Any

from django import forms

from renben.channels.policy_words import is_words, word
from renben.engines.rules.models import ParameterChange
from renben.engines.rules.parameters import Parameter
from renben.engines.rules.values import UNIT_LABELS, WrongValue, codes_of, number, scale, shape_of

SPARE_LINES = 3
NO_STANDARD = "none"


class ValueForm(forms.Form):
    """What a change says. `facts()` gives it as `changing.save_change` takes it."""

    valid_from = forms.DateField(
        label="从哪天起用",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="这一天零点起按新值判定，管到下一个值为止。",
    )
    has_standard = forms.ChoiceField(
        label="这天以后",
        choices=[("value", "有新的标准"), (NO_STANDARD, "没有标准（原标准已废止，没有新文件）")],
        widget=forms.RadioSelect,
    )
    document = forms.CharField(
        label="文件", max_length=200, required=False, help_text="名称和文号，例如：京人社就发〔2025〕9号《……通知》。"
    )
    article = forms.CharField(label="条款", max_length=100, required=False, help_text="例如：第二条。")
    reference = forms.CharField(
        label="文件出处", max_length=300, required=False, help_text="在哪里能查到原文，例如公报期号。"
    )
    note = forms.CharField(
        label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="需要经办人知道的话；没有标准的写明原因。",
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, parameter: Parameter, change: ParameterChange, **kwargs: Any) -> None:
        self.parameter, self.shape = parameter, "words" if is_words(parameter) else shape_of(parameter)
        kwargs["initial"] = {
            "valid_from": change.valid_from,
            "has_standard": NO_STANDARD if change.value is None else "value",
            "revision": change.revision,
            **{name: getattr(change, name) for name in ("document", "article", "reference", "note")},
        }
        super().__init__(*args, **kwargs)
        getattr(self, f"_ask_{self.shape}")(change.value)

    # One question for each shape

    @property
    def _unit(self) -> str:
        return UNIT_LABELS[self.parameter.unit]

    def _ask_number(self, value: Any) -> None:
        hint = "按比例写成小数，例如 30% 写 0.3。" if self.parameter.unit == "ratio" else ""
        self.fields["value"] = forms.CharField(
            label=f"新的数值（{self._unit}）", max_length=20, required=False, initial=value, help_text=hint,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )  # fmt: skip

    def _ask_bool(self, value: Any) -> None:
        self.fields["value"] = forms.ChoiceField(
            label="新的规定", choices=[("1", "是"), ("0", "否")], initial="1" if value else "0", required=False
        )

    def _ask_code(self, value: Any) -> None:
        choices = [(code, word(code)) for code in codes_of(self.parameter)]
        self.fields["value"] = forms.ChoiceField(
            label="新的规定", choices=choices, initial=value, required=False,
            help_text="只能选规则已经认得的规定；要增加新的规定，须由开发人员修改规则。",
        )  # fmt: skip

    def _ask_codes(self, value: Any) -> None:
        choices = [(code, word(code)) for code in codes_of(self.parameter)]
        self.fields["value"] = forms.MultipleChoiceField(
            label="新的范围", choices=choices, initial=value or [], required=False, widget=forms.CheckboxSelectMultiple,
            help_text="从规则已经认得的情形里选。",
        )  # fmt: skip

    def _ask_words(self, value: Any) -> None:
        self.fields["value"] = forms.CharField(
            label="新的词语", initial="\n".join(value or []), required=False, help_text="每行一个。",
            widget=forms.Textarea(attrs={"rows": 10}), max_length=8000,
        )  # fmt: skip

    def _ask_scale(self, value: Any) -> None:
        table = value or {"thresholds": [], "amounts": []}
        pairs = [*zip(table["thresholds"], table["amounts"], strict=True), *[("", "")] * SPARE_LINES]
        for place, (low, amount) in enumerate(pairs):
            for name, label, first in (("low", "满", low), ("amount", "为", amount)):
                self.fields[f"{name}_{place}"] = forms.CharField(
                    label=f"第{place + 1}档{label}", max_length=20, required=False, initial=first,
                    widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                )  # fmt: skip
        self.lines = len(pairs)

    def table(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Pairs of fields of a table by threshold; empty for every other shape."""
        if self.shape != "scale":
            return []
        return [(self[f"low_{place}"], self[f"amount_{place}"]) for place in range(self.lines)]

    # What was typed

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if asked.get("has_standard") == NO_STANDARD:
            asked["typed"] = None
            return asked
        try:
            asked["typed"] = self._typed(asked)
        except WrongValue as error:
            self.add_error("value" if "value" in self.fields else None, str(error))
        return asked

    def _typed(self, asked: dict[str, Any]) -> Any:
        unit = self.parameter.unit
        if self.shape == "scale":
            return scale(unit, [(asked.get(f"low_{n}", ""), asked.get(f"amount_{n}", "")) for n in range(self.lines)])
        value = asked.get("value")
        if self.shape == "number":
            return number(unit, value or "")
        if self.shape == "bool":
            return value == "1"
        if self.shape == "words":
            value = list(dict.fromkeys(line.strip() for line in (value or "").splitlines() if line.strip()))
        if not value:
            raise WrongValue("至少写一项。" if self.shape == "words" else "请选择。")
        return value

    def facts(self) -> dict[str, Any]:
        """What `changing.save_change` takes, the revision included."""
        asked = self.cleaned_data
        names = ("valid_from", "document", "article", "reference", "note", "revision")
        return {"value": asked["typed"], **{name: asked[name] for name in names}}

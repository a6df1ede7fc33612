"""Changing a draft on screen: one page for the procedure as a whole, one for each step, so that each stays small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.channels.workbench.procedures_drafts import back_to
from renben.engines.procedures import drafts
from renben.engines.procedures.edits import UNITS, has_figure, has_soft_figure, is_linear
from renben.engines.procedures.models import DefinitionDraft
from renben.engines.procedures.schema import Deadline, Evidence, Procedure, Step
from renben.kernel import clock
from renben.kernel.policy import page

NEW_PAPERS = 2
"""Empty lines for papers to be added; saving gives as many again."""
GUIDE = {"who": "谁能办", "where": "在哪办", "result": "办成得到什么", "fee": "费用"}


def words(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class DraftForm(forms.Form):
    """A page of a draft. `revision` is the save this page was drawn after, so that two windows do not overwrite each other."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, draft: DefinitionDraft, procedure: Procedure) -> None:
        super().__init__(data)
        self.draft, self.procedure = draft, procedure
        self.fields["revision"].initial = draft.revision

    def put(self, name: str, field: forms.Field, initial: Any = None) -> None:
        field.initial = initial
        self.fields[name] = field

    def refuse(self, problems: list[tuple[str, str]]) -> None:
        """Sentences of the engine, each at its field."""
        for place, sentence in problems:
            name = self.place(place)
            self.add_error(name if name in self.fields else None, sentence)

    def place(self, name: str) -> str:
        """The field that a place of the engine means."""
        return name


class GeneralForm(DraftForm):
    """Purpose, the guide for the public, and the order of steps that follow each other in one line."""

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.put("purpose", forms.CharField(label="目的", widget=words(), max_length=1000), self.procedure.purpose)
        guide = self.procedure.service
        if guide is not None:
            self.put("service_who", forms.CharField(label=GUIDE["who"], widget=words(), max_length=1000), guide.who)
            conditions = forms.CharField(
                label="条件", widget=words(5), max_length=4000, required=False, help_text="一行一条。"
            )
            self.put("service_conditions", conditions, "\n".join(guide.conditions))
            for name in ("where", "result", "fee"):
                self.put(
                    f"service_{name}",
                    forms.CharField(label=GUIDE[name], widget=words(2), max_length=1000),
                    getattr(guide, name),
                )
        self.steps = self.procedure.steps if is_linear(self.procedure) else []
        for number, step in enumerate(self.steps, start=1):
            place = forms.IntegerField(label=f"环节“{step.name}”排第几", min_value=1, max_value=len(self.steps))
            self.put(f"order_{step.key}", place, number)

    @property
    def guide_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("service_")]

    @property
    def order_places(self) -> list[BoundField]:
        return [self[f"order_{step.key}"] for step in self.steps]

    def clean(self) -> dict:
        asked = super().clean()
        numbers = [asked.get(f"order_{step.key}") for step in self.steps]
        if None not in numbers and sorted(numbers) != list(range(1, len(numbers) + 1)):
            raise forms.ValidationError("排次序时每个环节写一个不同的数，从 1 起，不重复、不跳号。")
        return asked

    def edits(self) -> dict[str, Any]:
        """What is asked for, as the engine takes it."""
        asked = self.cleaned_data
        found: dict[str, Any] = {"purpose": asked["purpose"]}
        if self.procedure.service is not None:
            found["service"] = {name: asked[f"service_{name}"] for name in GUIDE}
            found["service"]["conditions"] = asked["service_conditions"].splitlines()
        if self.steps:
            found["order"] = sorted(
                (step.key for step in self.steps), key=lambda key: self.cleaned_data[f"order_{key}"]
            )
        return found

    def place(self, name: str) -> str:
        return f"order_{self.steps[0].key}" if name == "order" and self.steps else name


class StepForm(DraftForm):
    """What one step says: how it is done, its limits in figures, its papers, and where it leads."""

    def __init__(self, data: Any, *, step: Step, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.step = step
        self.put("does", forms.CharField(label="怎么办", widget=words(4), max_length=2000), step.does)
        self.put("note", forms.CharField(label="说明", widget=words(2), max_length=2000, required=False), step.note)
        for limit in step.deadlines:
            self._limit(limit)
        self.papers = [*step.evidence, *([None] * NEW_PAPERS)]
        for place, piece in enumerate(self.papers):
            self._paper(place, piece)
        others = [(one.key, one.name) for one in self.procedure.steps if one.key != step.key]
        self.outcomes = [outcome for outcome in step.outcomes if outcome.kind != "refuse" and others]
        for outcome in self.outcomes:
            label = f"“{outcome.label}”以后接哪个环节"
            if outcome.kind == "return":
                field: forms.Field = forms.ChoiceField(label=f"“{outcome.label}”退回到哪个环节", choices=others)
                self.put(f"outcome_{outcome.code}", field, outcome.to[0] if outcome.to else "")
            else:
                field = forms.MultipleChoiceField(
                    label=label,
                    choices=others,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    help_text="一次次做的，做满以后接哪个环节。"
                    if outcome.kind == "again"
                    else "勾几个就同时开几个；一个都不勾，就是到这里办结。",
                )
                self.put(f"outcome_{outcome.code}", field, outcome.to)

    def _limit(self, limit: Deadline) -> None:
        name = f"limit_{limit.key}"
        if has_figure(limit):
            self.put(f"{name}_n", forms.IntegerField(label="多久", min_value=0, max_value=3650), limit.n)
            self.put(f"{name}_unit", forms.ChoiceField(label="单位", choices=list(UNITS.items())), limit.unit)
            self.put(f"{name}_text", forms.CharField(label="怎么说", max_length=200), limit.text)
        elif has_soft_figure(limit):
            unit = UNITS.get(limit.soft_unit or "", "")
            field = forms.IntegerField(
                label=f"“{limit.soft_word}”按多久（{unit}）",
                min_value=0,
                max_value=3650,
                help_text="0 就是当天；只改这个工作项，别的规程不变。",
            )
            self.put(f"{name}_soft_n", field, limit.soft_n)

    def _paper(self, place: int, piece: Evidence | None) -> None:
        name = f"paper_{place}"
        self.put(f"{name}_was", forms.CharField(widget=forms.HiddenInput, required=False), piece.name if piece else "")
        self.put(
            f"{name}_name",
            forms.CharField(label="材料名称", max_length=200, required=piece is not None),
            piece.name if piece else "",
        )
        self.put(
            f"{name}_copies", forms.IntegerField(label="份数", min_value=1, max_value=99), piece.copies if piece else 1
        )
        if piece is None or piece.when is None:
            codes = [("", "人人都要"), *((one.code, one.text) for one in self.procedure.conditions)]
            self.put(f"{name}_code", forms.ChoiceField(label="谁要交", choices=codes, required=False), "")
        has = piece is not None and piece.when is not None
        label = "什么情况下要（写给人看的话）"
        self.put(
            f"{name}_text", forms.CharField(label=label, max_length=200, required=False), piece.when.text if has else ""
        )
        if piece is not None:
            self.put(f"{name}_drop", forms.BooleanField(label="去掉这份材料", required=False), False)

    @property
    def limit_groups(self) -> list[dict[str, Any]]:
        """Each limit with its fields, or why it has none."""
        return [
            {
                "limit": limit,
                "fields": [
                    self[n] for n in self.fields if n.startswith(f"limit_{limit.key}_") and n in self._of(limit)
                ],
            }
            for limit in self.step.deadlines
        ]

    @staticmethod
    def _of(limit: Deadline) -> set[str]:
        return {f"limit_{limit.key}_{part}" for part in ("n", "unit", "text", "soft_n")}

    @property
    def paper_groups(self) -> list[dict[str, Any]]:
        """Each paper with its fields; `condition` is what the regulation ties it to."""
        found = []
        for place, piece in enumerate(self.papers):
            condition = None
            if piece is not None and piece.when is not None:
                condition = self.procedure.condition(piece.when.code)
            names = [
                n
                for part in ("name", "copies", "code", "text", "drop")
                if (n := f"paper_{place}_{part}") in self.fields
            ]
            found.append(
                {
                    "number": place + 1,
                    "is_new": piece is None,
                    "condition": condition.text if condition else "",
                    "was": self[f"paper_{place}_was"],
                    "fields": [self[n] for n in names],
                }
            )
        return found

    @property
    def outcome_fields(self) -> list[BoundField]:
        return [self[f"outcome_{outcome.code}"] for outcome in self.outcomes]

    def edits(self) -> dict[str, Any]:
        """What is asked for, as the engine takes it. Empty new lines and dropped papers are left out."""
        asked = self.cleaned_data
        limits: dict[str, dict] = {}
        for limit in self.step.deadlines:
            values = {part: asked[f"limit_{limit.key}_{part}"] for part in ("n", "unit", "text") if has_figure(limit)}
            if has_soft_figure(limit):
                values = {"soft_n": asked[f"limit_{limit.key}_soft_n"]}
            if values:
                limits[limit.key] = values
        lines, self.lines = [], []
        for place in range(len(self.papers)):
            line = {part: asked.get(f"paper_{place}_{part}") or "" for part in ("was", "name", "text", "code")}
            if asked.get(f"paper_{place}_drop") or not (line["name"] or line["was"]):
                continue
            lines.append({**line, "copies": asked[f"paper_{place}_copies"]})
            self.lines.append(place)
        onward = {}
        for outcome in self.outcomes:
            value = asked[f"outcome_{outcome.code}"]
            onward[outcome.code] = [value] if outcome.kind == "return" else value
        values = {"does": asked["does"], "note": asked["note"], "limits": limits, "papers": lines, "outcomes": onward}
        return {"steps": {self.step.key: values}}

    def place(self, name: str) -> str:
        """The engine counts the papers that stay; the page counts its lines."""
        head, _, rest = name.partition("_")
        if head != "paper":
            return name
        number, _, part = rest.partition("_")
        return f"paper_{self.lines[int(number)]}_{part}"


def edited(
    request: HttpRequest, form: GeneralForm | StepForm, template: str, context: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """Show a page of the draft, or save it; what was typed stays when something is wrong."""
    draft = form.draft
    if request.method == "POST" and form.is_valid():
        try:
            saved = drafts.save_draft(
                draft_id=draft.pk, edits=form.edits(), by=request.user, revision=form.cleaned_data["revision"]
            )
        except drafts.Refused as refused:
            form.refuse(refused.problems)
        except drafts.DraftRefused as refused:
            form.add_error(None, str(refused))
        else:
            changed = saved.revision != form.cleaned_data["revision"]
            messages.success(request, "已保存到草稿。" if changed else "没有改动。")
            return back_to(draft)
    status = 422 if request.method == "POST" else 200
    return render(
        request, template, {"draft": draft, "procedure": form.procedure, "form": form, **context()}, status=status
    )


def closed(request: HttpRequest, draft: DefinitionDraft) -> HttpResponse | None:
    """Looking at an edit page of a draft that may not be changed leads back to the draft, with the reason."""
    if request.method == "POST":
        return None
    if draft.is_editable and draft.author_id == request.user.pk and not clock.is_as_of():
        return None
    said = "只有起草的人能改。" if draft.is_editable else f"这份草稿现在是“{draft.get_state_display()}”，不能改。"
    messages.info(request, said)
    return back_to(draft)


@page(action="catalog.edit", subject="definition_draft")
def general(request: HttpRequest, pk: int) -> HttpResponse:
    """目的、办事指南、环节次序."""
    draft: DefinitionDraft = request.subject
    if (answer := closed(request, draft)) is not None:
        return answer
    form = GeneralForm(
        request.POST if request.method == "POST" else None, draft=draft, procedure=drafts.procedure_of(draft)
    )
    return edited(request, form, "procedures/edit_general.html", dict)


@page(action="catalog.edit", subject="definition_draft")
def step(request: HttpRequest, pk: int, step_key: str) -> HttpResponse:
    """One step of the draft."""
    draft: DefinitionDraft = request.subject
    if (answer := closed(request, draft)) is not None:
        return answer
    procedure = drafts.procedure_of(draft)
    spec = next((one for one in procedure.steps if one.key == step_key), None)
    if spec is None:
        messages.error(request, "草稿里没有这个环节，请从下面选一个。")
        return redirect("procedures:draft", pk=pk)
    form = StepForm(request.POST if request.method == "POST" else None, draft=draft, procedure=procedure, step=spec)

    def place() -> dict[str, Any]:
        at = procedure.position(spec.key)
        return {"step": spec, "number": at, "of": len(procedure.steps)}

    return edited(request, form, "procedures/edit_step.html", place)

"""按行填报 and 单格填报: which figure of a ledger goes into which cells of a superior's table; look, correct, save."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from renben.channels.workbench.ledgers_around import AroundForm
from renben.channels.workbench.ledgers_known import KEEP, known_of, values_of
from renben.channels.workbench.ledgers_templates import data_of, ledger_choices
from renben.engines.ledgers import definitions, template_acts, template_grids
from renben.engines.ledgers.definitions import Ledger, LedgerError
from renben.engines.ledgers.models import LedgerTemplate
from renben.engines.ledgers.template_grids import FORM, GRID, ROSTER, Figure, Figures, FigureSheet, Measure, Single
from renben.engines.ledgers.template_labels import Known
from renben.engines.ledgers.template_proposals import Guess, first_figures, measures
from renben.engines.ledgers.template_words import load_words
from renben.kernel.policy import Principal, page

WAYS = ((GRID, "按行填报：有一列固定的名目，后面填数"), (FORM, "单格填报：名目旁边的空格填数"))


@dataclass(frozen=True)
class FiguresLooked:
    """A table of figures as its page looks at it. `values` are texts by column that a condition may name."""

    sheets: list[FigureSheet]
    sheet: FigureSheet
    ledger: Ledger
    figures: Figures
    known: Known
    values: dict[str, list[str]]

    @classmethod
    def at(cls, template: LedgerTemplate, asked: QueryDict, principal: Principal) -> FiguresLooked:
        """`asked` may name another ledger, sheet or way than those kept; the figures are then proposed anew."""
        sheets = template_grids.read_figures(data_of(template))
        sheet = template_grids.sheet_named(sheets, asked.get("sheet") or template.mapping["sheet"])
        ledger = definitions.find(asked.get("ledger") or template.slug)
        kept_way = template_grids.way_of(template.mapping)
        way = asked.get("way") or ("" if kept_way == ROSTER else kept_way)
        values = values_of(principal, ledger)
        known = known_of(principal, ledger, values)
        same = (ledger.slug, sheet.name, way) == (template.slug, template.mapping["sheet"], kept_way)
        figures = (
            Figures.from_json(template.mapping) if same else first_figures(sheet, ledger, known, cls.way(way, sheet))
        )
        return cls(sheets, sheet, ledger, figures, known, values)

    @staticmethod
    def way(asked: str, sheet: FigureSheet) -> str:
        """The way that was asked for, where the sheet allows it."""
        if asked == GRID and sheet.label_rows:
            return GRID
        return FORM if asked and sheet.pairs else ""

    @property
    def unknown(self) -> list[str]:
        """Labels that mean nothing in the column of the ledger chosen for them, by what is known before counting."""
        column = next((c for c in self.ledger.columns if c.key == self.figures.by), None)
        rows = self.sheet.label_rows.get(self.figures.label_place, ())
        if column is None:
            return []
        guess = Guess(self.ledger, self.known, load_words())
        return [row.text for row in rows if row.kind == "label" and not guess.is_known(column, row.text)]

    @property
    def suggestions(self) -> list[tuple[str, str]]:
        """Values a condition may name, with the title of their column."""
        titles = {column.key: column.title for column in self.ledger.columns}
        return [(text, titles[key]) for key, texts in self.values.items() if key in titles for text in texts]


class FiguresForm(AroundForm):
    """One figure per column of a grid, or per empty cell of a form; and what goes around it."""

    def __init__(self, looked: FiguresLooked, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.looked, figures = looked, looked.figures
        columns = [(column.key, column.title) for column in looked.ledger.columns]
        if figures.way == GRID:
            places = [(str(place), words) for place, words in looked.sheet.label_places]
            self.choice("label_place", "表上的名目在哪一列", places, str(figures.label_place))
            self.choice("by", "名目是台账的哪一列", [("", "（请选择）"), *columns], figures.by)
        for each in (*figures.columns, *figures.singles):
            self._measure(each, columns)
        self.add_around(looked.sheet.labels, figures.cells)

    def _measure(self, each: Figure | Single, columns: list[tuple[str, str]]) -> None:
        name, heading = _name(each), each.heading if isinstance(each, Figure) else each.label
        self.choice(f"what_{name}", f"“{heading}”填什么数", measures(self.looked.ledger), each.measure.what)
        self.choice(f"where_{name}", f"“{heading}”只算哪些", [("", "全部"), *columns], each.measure.where)
        self.fields[f"value_{name}"] = forms.CharField(
            label="等于",
            required=False,
            max_length=40,
            initial=each.measure.value,
            widget=forms.TextInput(
                attrs={"aria-label": f"“{heading}”的条件等于什么", "list": "values", "autocomplete": "off"}
            ),
        )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One line per figure: its words, where it stands, and its three controls."""
        figures = self.looked.figures
        formulas = (
            {c.place for c in self.looked.sheet.layout.columns if c.has_formula} if figures.way == GRID else set()
        )
        return [
            {
                "words": each.heading if isinstance(each, Figure) else each.label,
                "at": f"{each.letter} 列" if isinstance(each, Figure) else each.cell,
                "has_formula": isinstance(each, Figure) and each.place in formulas,
                "controls": [self[f"{part}_{_name(each)}"] for part in ("what", "where", "value")],
            }
            for each in (*figures.columns, *figures.singles)
        ]

    def figures(self) -> Figures:
        """The figures as they were chosen. Another column of labels changes which columns are left for figures."""
        asked, looked = self.cleaned_data, self.looked
        before = looked.figures
        columns = {each.place: self._asked(each) for each in before.columns}
        place = int(asked.get("label_place") or 0)
        if before.way == GRID and place != before.label_place:
            columns[before.label_place] = Measure()
        headings = {c.place: c.heading for c in looked.sheet.layout.columns} if before.way == GRID else {}
        return Figures(
            before.way,
            looked.sheet.name,
            before.head_first,
            before.head_last,
            place,
            asked.get("by", ""),
            tuple(Figure(p, h, columns.get(p, Measure())) for p, h in headings.items() if p != place),
            tuple(Single(each.cell, each.label, self._asked(each)) for each in before.singles),
            self.cells(),
        )

    def _asked(self, each: Figure | Single) -> Measure:
        asked, name = self.cleaned_data, _name(each)
        return Measure(asked[f"what_{name}"], asked[f"where_{name}"], asked[f"value_{name}"].strip())


def _name(each: Figure | Single) -> str:
    return str(each.place) if isinstance(each, Figure) else each.cell


@page(action=KEEP, subject="ledger_template_own")
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """What each cell of a table of figures counts: look, correct, save."""
    template: LedgerTemplate = request.subject
    sent = request.POST if request.method == "POST" else None
    try:
        looked = FiguresLooked.at(template, sent if sent is not None else request.GET, request.principal)
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("ledgers:template", pk)
    form = FiguresForm(looked, sent, initial={"name": template.name})
    if sent is not None and form.is_valid():
        version = sent.get("version", "")
        try:
            with transaction.atomic():
                template_acts.confirm(
                    template=template,
                    name=form.cleaned_data["name"].strip(),
                    ledger=looked.ledger,
                    mapping=form.figures(),
                    version=int(version) if version.isdigit() else -1,
                    by=request.user,
                )
        except LedgerError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "对照已保存。以后每个月先看一遍，再点“填好下载”，不用再对。")
            return redirect("ledgers:template", pk)
    context = {
        "template": template,
        "looked": looked,
        "form": form,
        "ways": WAYS,
        "ledgers": ledger_choices(),
        "is_grid": looked.figures.way == GRID,
    }
    return render(request, "ledgers/template_figures.html", context, status=422 if form.is_bound else 200)

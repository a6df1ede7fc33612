"""定稿 and 更正: what was sent up stays readable as it was, and what changed since stands beside it (D-15)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import attempt, office_of
from renben.channels.workbench.ledgers import ledger_or_404
from renben.engines.ledgers import runs
from renben.engines.ledgers.cells import text_of
from renben.engines.ledgers.definitions import Ledger
from renben.engines.ledgers.models import LedgerRun
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.kernel.policy import Principal, page

FREEZE = "ledger.freeze"


class FreezeForm(forms.Form):
    office = forms.ModelChoiceField(
        label="机构", queryset=Organization.objects.none(), empty_label=None, help_text="连同它下面的机构一起定稿。"
    )
    as_of = forms.DateField(label="截至日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, principal: Principal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = Organization.objects.filter(
            principal.within("path", FREEZE), is_active=True
        ).order_by("path")
        self.fields["office"].label_from_instance = lambda office: office.short_name

    def clean_as_of(self) -> dt.date:
        day = self.cleaned_data["as_of"]
        if day > clock.today():
            raise forms.ValidationError("截至日期还没到，不能定稿。")
        return day


@page(action=FREEZE)
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the ledger of an office and a day as it is known now."""
    ledger = ledger_or_404(slug)
    initial = {"as_of": clock.today(), "office": office_of(request.principal, FREEZE)}
    form = FreezeForm(request.principal, request.POST if request.method == "POST" else None, initial=initial)
    made: list[LedgerRun] = []
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data

        def act() -> str:
            made.append(runs.freeze(ledger, asked["as_of"], asked["office"], request.user))
            return f"已定稿，共 {len(made[0].rows)} 行。之后的变动会作为更正列在旁边，定稿本身不再改动。"

        if attempt(request, act):
            return redirect("ledgers:run", made[0].pk)
    context = {
        "question": f"《{ledger.name}》定稿",
        "consequences": ["定稿把这一天的台账原样留存，作为上报的依据。以后补录或改正的，会在定稿旁边列为“更正”。"],
        "form": form,
        "button": "定稿",
        "button_class": "btn-primary",
        "back": "../",
    }
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


def _cells(ledger: Ledger, row: dict[str, Any]) -> list[str]:
    return [text_of(column, row.get(column.key)) for column in ledger.columns]


@page(action="ledger.view", subject="ledger_run")
@require_GET
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen rows and, above them, what reads differently by what is known now."""
    run: LedgerRun = request.subject
    ledger = ledger_or_404(run.slug)
    found = runs.corrections(run)
    listed = paginate(request, list(run.rows))
    context = {
        "run": run,
        "ledger": ledger,
        "listed": listed,
        "lines": [
            {
                "number": listed.first + place,
                "url": row.get("_url", ""),
                "labelled": list(zip(ledger.columns, _cells(ledger, row), strict=True)),
            }
            for place, row in enumerate(listed)
        ],
        "is_intact": runs.is_intact(run),
        "has_corrections": bool(found),
        "added": [(row.get("_url", ""), _cells(ledger, row)) for row in found.added],
        "removed": [(row.get("_url", ""), _cells(ledger, row)) for row in found.removed],
        "changed": [(each.row.get("_url", ""), _cells(ledger, each.row)[0], each.changes) for each in found.changed],
    }
    return render(request, "ledgers/run.html", context)

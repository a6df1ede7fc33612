"""填好下载: a superior's table filled from a ledger, as of a day, inside the reader's territory; on record."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.workbench.attempts import office_of
from renben.channels.workbench.downloads import attachment
from renben.channels.workbench.ledgers import Asked, shown_filter
from renben.channels.workbench.ledgers_known import USE, known_of
from renben.channels.workbench.ledgers_templates import data_of, may_keep, page_of
from renben.engines.ledgers import definitions, engine, template_acts, template_figures, template_fill
from renben.engines.ledgers.definitions import Ledger, LedgerError
from renben.engines.ledgers.models import LedgerTemplate
from renben.engines.ledgers.template_figures import Counted
from renben.engines.ledgers.template_grids import ROSTER, Figure, Figures, way_of
from renben.engines.ledgers.template_picture import picture
from renben.engines.ledgers.template_proposals import measures
from renben.engines.ledgers.templates import Mapping, targets
from renben.kernel import clock
from renben.kernel.policy import page
from renben.services.records.choices import choices

OUTSIDE_SHOWN = 12


def why_not(template: LedgerTemplate, ledger: Ledger | None) -> str:
    """Why a table cannot be filled now, with what to do; empty when it can."""
    if ledger is None:
        return "这份表填的台账已经没有了，请重新对照一本台账。"
    if not template.version:
        return "这份表还没有对好列。先核对一遍对照并保存，才能填。"
    return "" if template.is_active else "这份表已经停用。要再用，请打开“改对照”保存一次。"


def kept_of(template: LedgerTemplate) -> Mapping | Figures:
    """What is kept of a table: a roster's columns, or the figures of a grid or a form."""
    kind = Mapping if way_of(template.mapping) == ROSTER else Figures
    return kind.from_json(template.mapping)


def filled_words(mapping: Mapping | Figures, ledger: Ledger) -> list[tuple[str, str]]:
    """Each place of the table that is filled, and what goes in, in words."""
    if not isinstance(mapping, Figures):
        words = dict(targets(ledger))
        return [(column.heading, words.get(column.key, column.key)) for column in mapping.used]
    words, titles = dict(measures(ledger)), {column.key: column.title for column in ledger.columns}
    found = [("每一行", f"按“{titles.get(mapping.by, mapping.by)}”归类")] if mapping.by else []
    for each in mapping.measured:
        measure = each.measure
        only = f"，只算{titles.get(measure.where, measure.where)}是“{measure.value}”的" if measure.where else ""
        place = each.heading if isinstance(each, Figure) else f"{each.label}（{each.cell}）"
        found.append((place, words.get(measure.what, measure.what) + only))
    return found


def _has_numbers(ledger: Ledger, mapping: Mapping | Figures) -> bool:
    if isinstance(mapping, Figures):
        return False
    return bool({c.key for c in ledger.columns if c.type == "id"} & {c.key for c in mapping.used})


@page(action=USE, subject="ledger_template")
@require_GET
def fill_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be filled and what stays empty; the day, the filters, a look before, and 填好下载."""
    template: LedgerTemplate = request.subject
    ledger = definitions.load_ledgers().get(template.slug)
    mapping, paths = kept_of(template), request.principal.paths(USE)
    offices = engine.offices_for(paths) if ledger and any(item.kind == "office" for item in ledger.filters) else []
    context = {
        "template": template,
        "ledger": ledger,
        "why_not": why_not(template, ledger),
        "filters": [shown_filter(item, offices, "") for item in ledger.filters] if ledger else [],
        "day": clock.today(),
        "filled": filled_words(mapping, ledger) if ledger else [],
        "empty": mapping.empty if isinstance(mapping, Figures) else [column.heading for column in mapping.empty],
        "mapping_url": page_of(template),
        "other_way_url": _other_way(template, mapping),
        "is_figures": isinstance(mapping, Figures),
        "may_keep": may_keep(request.principal, template) and not clock.is_as_of(),
        "may_full": bool(ledger) and request.principal.may("person.export") and _has_numbers(ledger, mapping),
        "masks": bool(ledger) and _has_numbers(ledger, mapping),
    }
    return render(request, "ledgers/template.html", context)


def _other_way(template: LedgerTemplate, mapping: Mapping | Figures) -> str:
    name = "template_columns" if isinstance(mapping, Figures) else "template_figures"
    return reverse(f"ledgers:{name}", args=[template.pk])


@dataclass(frozen=True)
class Made:
    """A filled workbook. `rows` is how many rows of the ledger went in or were counted; `counted` tells more of figures."""

    content: bytes
    rows: int
    counted: Counted | None = None


def make(request: HttpRequest, template: LedgerTemplate, ledger: Ledger, asked: Asked, *, full: bool) -> Made:
    """The table filled as of the day asked for, inside the reader's territory. LedgerError when it cannot be filled."""
    office, out, mapping = office_of(request.principal, USE), io.BytesIO(), kept_of(template)
    rows = engine.iter_rows(
        ledger,
        as_of=asked.as_of,
        scope_paths=request.principal.paths(USE),
        filters=asked.filters,
        text=asked.text,
        full_numbers=full,
    )
    facts = _facts(office.name, request.user.display_name, asked.as_of)
    data, given = data_of(template), {"ledger": ledger, "rows": rows, "facts": facts, "out": out}
    if not isinstance(mapping, Figures):
        return Made(rows=template_fill.fill(data, mapping=mapping, **given), content=out.getvalue())
    known = known_of(request.principal, ledger, choices(ledger))
    counted = template_figures.fill_figures(data, figures=mapping, known=known, as_of=asked.as_of, **given)
    return Made(out.getvalue(), counted.rows, counted)


@page(action=USE, subject="ledger_template")
@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """先看一遍: the filled table on screen with what was not found, before it is downloaded. Numbers stay masked."""
    template: LedgerTemplate = request.subject
    ledger = definitions.load_ledgers().get(template.slug)
    if ledger is None or why_not(template, ledger):
        messages.error(request, why_not(template, ledger))
        return redirect("ledgers:template", pk)
    asked = Asked.of(ledger, request.POST)
    try:
        made = make(request, template, ledger, asked, full=False)
        seen = picture(made.content, data_of(template), kept_of(template).sheet)
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("ledgers:template", pk)
    context = {
        "template": template,
        "ledger": ledger,
        "asked": asked,
        "chosen": _chosen(ledger, asked, request.principal.paths(USE)),
        "picture": seen,
        "made": made,
        "outside": made.counted.outside[:OUTSIDE_SHOWN] if made.counted else [],
        "outside_rows": sum(number for _, number in made.counted.outside) if made.counted else 0,
    }
    return render(request, "ledgers/template_preview.html", context)


def _chosen(ledger: Ledger, asked: Asked, paths: list[str]) -> list[tuple[str, str]]:
    """The filters in use, in words."""
    offices = engine.offices_for(paths) if any(item.kind == "office" for item in ledger.filters) else []
    shown = [shown_filter(item, offices, asked.filters[item.key]) for item in ledger.filters]
    return [(each["title"], dict(each["choices"]).get(each["value"], each["value"])) for each in shown if each["value"]]


@page(action=USE, subject="ledger_template")
@require_POST
def fill_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The filled table. Full numbers only with a reason, by whoever may export people; both on record."""
    template: LedgerTemplate = request.subject
    ledger = definitions.load_ledgers().get(template.slug)
    if ledger is None or why_not(template, ledger):
        messages.error(request, why_not(template, ledger))
        return redirect("ledgers:template", pk)
    asked = Asked.of(ledger, request.POST)
    wants_numbers = request.POST.get("full_numbers") == "1" and request.principal.may("person.export")
    reason = request.POST.get("full_reason", "").strip()[:100]
    if wants_numbers and len(reason) < 4:
        messages.error(request, "要填完整证件号码，请写明为什么，至少四个字，例如“区局要求按实名报送”。")
        return redirect(f"{reverse('ledgers:template', args=[pk])}#numbers")
    try:
        made = make(request, template, ledger, asked, full=wants_numbers)
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("ledgers:template", pk)
    detail = {"as_of": asked.as_of, "filters": asked.filters, "rows": made.rows, "full_numbers": wants_numbers}
    if wants_numbers:
        detail["reason"] = reason
    if made.counted:
        detail["unknown"] = made.counted.unknown
    office = office_of(request.principal, USE)
    template_acts.record_fill(template=template, by=request.user, organization=office, detail=detail)
    return attachment(made.content, f"{template.name}（{asked.as_of:%Y-%m-%d}）.xlsx")


def _facts(office: str, by: str, as_of: Any) -> dict[str, str]:
    def cn(day: Any) -> str:
        return f"{day.year}年{day.month}月{day.day}日"

    return {
        "office": office,
        "as_of": cn(as_of),
        "month": f"{as_of.year}年{as_of.month}月",
        "by": by,
        "made_on": cn(clock.today()),
    }

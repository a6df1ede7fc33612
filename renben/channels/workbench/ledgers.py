"""台账与报表: derived from what happened, as of any day; nobody fills one in."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Func, IntegerField, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import SIZE, Page
from renben.channels.workbench.attempts import office_of
from renben.channels.workbench.downloads import XLSX, attachment
from renben.engines.ledgers import definitions, engine
from renben.engines.ledgers.definitions import Filter, Ledger, LedgerError
from renben.engines.ledgers.models import LedgerRun
from renben.engines.ledgers.pdf import to_pdf
from renben.engines.ledgers.workbook import to_xlsx
from renben.kernel import audit, clock
from renben.kernel.policy import page

ACTION = "ledger.view"


def ledger_or_404(slug: str) -> Ledger:
    found = definitions.load_ledgers().get(slug)
    if found is None:
        raise Http404(slug)
    return found


@dataclass(frozen=True)
class Asked:
    """What a reader asks of a ledger: the day, the filters by key, the search text."""

    as_of: dt.date
    filters: dict[str, str]
    text: str

    @classmethod
    def of(cls, ledger: Ledger, data: Mapping[str, str]) -> Asked:
        """From a query string or a form. On a page the day comes from the clock (`?as_of=` sets it), in a form from `day`."""
        day = clock.today()
        try:
            day = min(day, dt.date.fromisoformat(data.get("day", "")))
        except ValueError:
            day = clock.today()
        filters = {item.key: data.get(item.key, "").strip()[:40] for item in ledger.filters}
        return cls(day, filters, data.get("q", "").strip()[:40])


@page(action=ACTION)
@require_GET
def ledger_list(request: HttpRequest) -> HttpResponse:
    """All ledgers with what they are for and the procedure they belong to."""
    text = request.GET.get("q", "").strip()[:40]
    ledgers = [
        ledger
        for ledger in definitions.all_ledgers()
        if not text or text in ledger.name or text in ledger.summary or any(text in alias for alias in ledger.aliases)
    ]
    return render(request, "ledgers/list.html", {"ledgers": ledgers, "text": text})


def runs_of(request: HttpRequest, slug: str) -> QuerySet[LedgerRun]:
    """Frozen runs of a ledger in the territory, newest first, without their rows."""
    return (
        request.principal.scoped("ledger_run", ACTION)
        .filter(slug=slug)
        .defer("rows")
        .annotate(row_count=Func("rows", function="jsonb_array_length", output_field=IntegerField()))
        .select_related("made_by", "organization")
        .order_by("-as_of", "-id")
    )


def shown_filter(item: Filter, offices: list, value: str) -> dict[str, Any]:
    """A filter with its choices, as the form needs it."""
    if item.kind == "office":
        choices = [(office.path, office.short_name) for office in offices]
    else:
        choices = [(choice.value, choice.label) for choice in item.choices]
    kind = "select" if item.kind in ("office", "choice") else item.kind
    return {"key": item.key, "title": item.title, "kind": kind, "choices": choices, "value": value}


@page(action=ACTION)
@require_GET
def ledger_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One ledger as of a day, inside the reader's territory; each row leads to the file behind it."""
    ledger = ledger_or_404(slug)
    asked = Asked.of(ledger, request.GET)
    paths = request.principal.paths(ACTION)
    number = int(request.GET["page"]) if request.GET.get("page", "").isdigit() else 1
    try:
        opened = engine.open_ledger(
            ledger,
            as_of=asked.as_of,
            scope_paths=paths,
            filters=asked.filters,
            text=asked.text,
            page=number,
            size=SIZE,
        )
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("ledgers:ledger", slug)
    offices = engine.offices_for(paths) if any(item.kind == "office" for item in ledger.filters) else []
    has_next = opened.page < opened.pages
    lines = [
        {"number": line.number, "url": line.url, "labelled": list(zip(ledger.columns, line.cells, strict=True))}
        for line in opened.lines
    ]
    context = {
        "ledger": ledger,
        "opened": opened,
        "listed": Page(lines, opened.page, opened.total_rows, is_capped=False, has_next=has_next),
        "asked": asked,
        "filters": [shown_filter(item, offices, asked.filters[item.key]) for item in ledger.filters],
        "has_totals": any(opened.total_cells),
        "real_today": dt.datetime.now(tz=clock.ZONE).date(),
        "is_filtered": bool(asked.text or any(asked.filters.values())),
        "runs": runs_of(request, slug)[:5],
        "may_full": request.principal.may("person.export") and any(c.type == "id" for c in ledger.columns),
        "may_freeze": request.principal.may("ledger.freeze") and not clock.is_as_of(),
    }
    return render(request, "ledgers/ledger.html", context)


def back_to(slug: str, asked: Asked) -> str:
    """The page that asked."""
    query = {key: value for key, value in {**asked.filters, "q": asked.text}.items() if value}
    if asked.as_of < clock.today():
        query["as_of"] = asked.as_of.isoformat()
    return f"{reverse('ledgers:ledger', args=[slug])}?{urlencode(query)}"


@page(action=ACTION)
@require_POST
def ledger_export(request: HttpRequest, slug: str, fmt: str) -> HttpResponse:
    """The ledger as .xlsx (full numbers on request) or PDF, the same day and filters as on the page; on record."""
    ledger = ledger_or_404(slug)
    if fmt not in ("xlsx", "pdf"):
        raise Http404(fmt)
    asked = Asked.of(ledger, request.POST)
    wants_numbers = request.POST.get("full") == "1" and request.principal.may("person.export")
    office = office_of(request.principal, ACTION)
    head = {"office_name": office.name, "as_of": asked.as_of, "made_by": request.user.display_name}
    try:
        rows = engine.iter_rows(
            ledger,
            as_of=asked.as_of,
            scope_paths=request.principal.paths(ACTION),
            filters=asked.filters,
            text=asked.text,
            full_numbers=wants_numbers,
        )
        if fmt == "pdf":
            content, mime = to_pdf(ledger, rows, **head), "application/pdf"
        else:
            target = io.BytesIO()
            to_xlsx(ledger, rows, target, **head)
            content, mime = target.getvalue(), XLSX
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect(back_to(slug, asked))
    audit.record(
        action="ledger.export",
        subject=f"ledger:{slug}",
        detail={"as_of": asked.as_of, "format": fmt, "full_numbers": wants_numbers},
        by=request.user,
        organization=office,
    )
    return attachment(content, f"{ledger.name}（{asked.as_of:%Y-%m-%d}）.{fmt}", mime)

"""填好下载: a superior's table filled from a ledger, as of a day, inside the reader's territory; on record."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.workbench.attempts import office_of
from renben.channels.workbench.downloads import attachment
from renben.channels.workbench.ledgers import Asked, shown_filter
from renben.channels.workbench.ledgers_templates import USE, data_of, may_keep
from renben.engines.ledgers import definitions, engine, template_acts, template_fill
from renben.engines.ledgers.definitions import Ledger, LedgerError
from renben.engines.ledgers.models import LedgerTemplate
from renben.engines.ledgers.templates import Mapping, targets
from renben.kernel import clock
from renben.kernel.policy import page


def why_not(template: LedgerTemplate, ledger: Ledger | None) -> str:
    """Why a table cannot be filled now, with what to do; empty when it can."""
    if ledger is None:
        return "这份表填的台账已经没有了，请重新对照一本台账。"
    if not template.version:
        return "这份表还没有对好列。先核对一遍对照并保存，才能填。"
    return "" if template.is_active else "这份表已经停用。要再用，请打开“改对照”保存一次。"


def _has_numbers(ledger: Ledger, mapping: Mapping) -> bool:
    return bool({c.key for c in ledger.columns if c.type == "id"} & {c.key for c in mapping.used})


@page(action=USE, subject="ledger_template")
@require_GET
def fill_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be filled and what stays empty; the day, the filters, and 填好下载."""
    template: LedgerTemplate = request.subject
    ledger = definitions.load_ledgers().get(template.slug)
    mapping, paths = Mapping.from_json(template.mapping), request.principal.paths(USE)
    words = dict(targets(ledger)) if ledger else {}
    offices = engine.offices_for(paths) if ledger and any(item.kind == "office" for item in ledger.filters) else []
    context = {
        "template": template,
        "ledger": ledger,
        "why_not": why_not(template, ledger),
        "filters": [shown_filter(item, offices, "") for item in ledger.filters] if ledger else [],
        "day": clock.today(),
        "filled": [(column, words.get(column.key, column.key)) for column in mapping.used],
        "empty": [column.heading for column in mapping.empty],
        "may_keep": may_keep(request.principal, template) and not clock.is_as_of(),
        "may_full": bool(ledger) and request.principal.may("person.export") and _has_numbers(ledger, mapping),
        "masks": bool(ledger) and _has_numbers(ledger, mapping),
    }
    return render(request, "ledgers/template.html", context)


@page(action=USE, subject="ledger_template")
@require_POST
def fill_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The filled table. Full numbers only with a reason, by whoever may export people; both on record."""
    template: LedgerTemplate = request.subject
    ledger = definitions.load_ledgers().get(template.slug)
    if ledger is None or why_not(template, ledger):
        messages.error(request, why_not(template, ledger))
        return redirect("ledgers:template", pk)
    asked, mapping = Asked.of(ledger, request.POST), Mapping.from_json(template.mapping)
    wants_numbers = request.POST.get("full_numbers") == "1" and request.principal.may("person.export")
    reason = request.POST.get("full_reason", "").strip()[:100]
    if wants_numbers and len(reason) < 4:
        messages.error(request, "要填完整证件号码，请写明为什么，至少四个字，例如“区局要求按实名报送”。")
        return redirect(f"{reverse('ledgers:template', args=[pk])}#numbers")
    office, out = office_of(request.principal, USE), io.BytesIO()
    try:
        rows = engine.iter_rows(
            ledger,
            as_of=asked.as_of,
            scope_paths=request.principal.paths(USE),
            filters=asked.filters,
            text=asked.text,
            full_numbers=wants_numbers,
        )
        facts = _facts(office.name, request.user.display_name, asked.as_of)
        count = template_fill.fill(data_of(template), ledger=ledger, mapping=mapping, rows=rows, facts=facts, out=out)
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("ledgers:template", pk)
    detail = {"as_of": asked.as_of, "filters": asked.filters, "rows": count, "full_numbers": wants_numbers}
    if wants_numbers:
        detail["reason"] = reason
    template_acts.record_fill(template=template, by=request.user, organization=office, detail=detail)
    return attachment(out.getvalue(), f"{template.name}（{asked.as_of:%Y-%m-%d}）.xlsx")


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

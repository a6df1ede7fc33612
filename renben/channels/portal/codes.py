"""Codes of public tables, looked up while somebody types and on a page of their own. Open to everybody: the tables are published."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from renben.engines.coding import lookup
from renben.kernel.policy import PUBLIC, page

OFFERED, LISTED = 10, 60
_NAME = re.compile(r"[\w-]{1,40}", re.ASCII)


@page(PUBLIC)
@require_GET
def codes(request: HttpRequest) -> HttpResponse:
    """Rows of a table. `of` names the field that asks: its suggestions come back as options; without it the whole page."""
    table = request.GET.get("table", "")
    table = table if table in lookup.TABLES else next(iter(lookup.TABLES))
    of = request.GET.get("of", "")
    is_field = bool(_NAME.fullmatch(of))
    text = request.GET.get(of if is_field else "q", "").strip()[: lookup.LONGEST]
    if is_field:
        chosen = lookup.exactly(table, text)
        found = [] if chosen is not None and chosen.text == text else lookup.find(table, text, OFFERED)
        asked = "" if chosen is not None and chosen.text == text else text
        return render(request, "codes/options.html", {"found": found, "of": f"o_{of}", "text": asked})
    found = lookup.find(table, text, LISTED + 1)
    context = {
        "table": table,
        "tables": lookup.TABLES.items(),
        "noun": lookup.TABLES[table],
        "text": text,
        "found": found[:LISTED],
        "is_cut": len(found) > LISTED,
    }
    return render(request, "codes/list.html", context)

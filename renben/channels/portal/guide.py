"""办事指南: what a citizen or an employer needs to know before coming, from the same text the officials work by.

Nothing internal is told here: no posts, no systems, no instructions to staff.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from renben.channels.guides import limit_line, paper_lines
from renben.engines.procedures import definitions, svg
from renben.engines.procedures.schema import Procedure
from renben.kernel.policy import PUBLIC, page


def is_public(procedure: Procedure) -> bool:
    return procedure.service is not None


def is_found(procedure: Procedure, text: str) -> bool:
    """A word of the title, of who may ask, of what comes of it, or of a paper."""
    guide = procedure.service
    words = [procedure.title, guide.who, guide.result, *guide.conditions, *(p["name"] for p in paper_lines(procedure))]
    return any(text.lower() in word.lower() for word in words)


@page(PUBLIC)
@require_GET
def guides(request: HttpRequest) -> HttpResponse:
    """Every matter that concerns the public, found by a word."""
    text = request.GET.get("q", "").strip()[:40]
    offered = [procedure for _, procedure in definitions.in_force() if is_public(procedure)]
    found = [procedure for procedure in offered if not text or is_found(procedure, text)]
    return render(request, "portal/guides.html", {"guides": found, "text": text})


@page(PUBLIC)
@require_GET
def guide(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """One matter: who, papers, steps and how long, where, what one gets, basis, picture."""
    try:
        procedure = definitions.current(procedure_id)[1]
    except definitions.ProcedureUnknown as error:
        raise Http404("办事指南") from error
    if not is_public(procedure):
        raise Http404("办事指南")
    steps = [
        {
            "name": step.name,
            "limits": [limit_line(limit, procedure) for limit in step.deadlines if limit.scope == "person"],
        }
        for step in procedure.steps
    ]
    context = {
        "procedure": procedure,
        "guide": procedure.service,
        "papers": paper_lines(procedure),
        "steps": steps,
        "basis": [(number, procedure.policy_titles.get(number, "")) for number in procedure.policy_basis],
        "picture": mark_safe(svg.to_svg(procedure, posts=False)),
    }
    return render(request, "portal/guide.html", context)

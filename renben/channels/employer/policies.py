"""政策和补贴 for employers: every matter a firm may ask for, in the words of the guide, and how to begin."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from renben.channels.guides import paper_lines
from renben.channels.portal.guide import is_found, is_public
from renben.engines.procedures import definitions
from renben.engines.procedures.schema import Procedure
from renben.kernel.policy import EMPLOYER, page

_FIRMS = re.compile(r"(?:^|[的、和])用人单位")
"""A guide that counts firms among those it is for; 收到用人单位通知的人 is for people."""


def is_for_firms(procedure: Procedure) -> bool:
    """A matter with a guide that is about an employer, or says that firms may ask for it."""
    if not is_public(procedure):
        return False
    return procedure.subject == "employer" or _FIRMS.search(procedure.service.who) is not None


@page(EMPLOYER)
@require_GET
def policy_list(request: HttpRequest) -> HttpResponse:
    """Found by a word; each with who may, what one gets, papers, and the button that begins it."""
    text = request.GET.get("q", "").strip()[:40]
    offered = [procedure for _, procedure in definitions.in_force() if is_for_firms(procedure)]
    rows: list[dict[str, Any]] = [
        {"procedure": one, "guide": one.service, "papers": paper_lines(one)}
        for one in offered
        if not text or is_found(one, text)
    ]
    return render(request, "employer/policies.html", {"rows": rows, "text": text})

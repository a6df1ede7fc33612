"""今天: the first page of staff."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.kernel.policy import PUBLIC, page


@page(PUBLIC)
def today(request: HttpRequest) -> HttpResponse:
    """Staff see their day; everyone else the portal."""
    if not request.principal.posts:
        return redirect("portal")
    return render(request, "today/today.html")

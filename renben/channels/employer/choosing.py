"""Which firm somebody acts for who is a contact of several."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from renben.channels.middleware import FIRM
from renben.kernel.policy import EMPLOYER, page


@page(EMPLOYER, any_firm=True)
def choose(request: HttpRequest) -> HttpResponse:
    """选单位: kept for the session; the choice can be changed at any time."""
    asked = request.POST.get("firm", "")
    chosen = next((one for one in request.principal.firms if str(one.pk) == asked), None)
    target = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = ""
    if request.method == "POST" and chosen is not None:
        request.session[FIRM] = chosen.pk
        return redirect(target or "employer:home")
    context = {"firms": request.principal.firms, "current": request.principal.firm}
    return render(request, "employer/choose.html", context, status=422 if request.method == "POST" else 200)

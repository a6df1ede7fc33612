"""Pages without sign-in: the portal's home, the size of the letters, and what operators ask."""

from __future__ import annotations

import ipaddress

from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from renben.channels.context import MODE_COOKIE
from renben.kernel.policy import PUBLIC, page

YEAR = 365 * 24 * 3600


@page(PUBLIC)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html")


@csrf_exempt
@page(PUBLIC)
@require_POST
def display_mode(request: HttpRequest) -> HttpResponse:
    """长者版 or standard, kept in a cookie for a year; works without JavaScript.

    Larger letters need no protection against forged requests, and pages that set no cookie at all offer them too.
    """
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = redirect(target)
    mode = "elder" if request.POST.get("mode") == "elder" else "standard"
    response.set_cookie(MODE_COOKIE, mode, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


@page(PUBLIC)
@require_GET
def livez(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@page(PUBLIC)
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready when the database answers and every migration of the kernel stands."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'kernel'")
            is_ready = cursor.fetchone()[0] > 0
    except OperationalError:
        is_ready = False
    return JsonResponse({"status": "ready" if is_ready else "unavailable"}, status=200 if is_ready else 503)


@page(PUBLIC)
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for this machine only; a request that came through a proxy is not from this machine."""
    try:
        is_local = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        is_local = False
    if not is_local or request.headers.get("X-Forwarded-For"):
        raise Http404("metrics")
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)

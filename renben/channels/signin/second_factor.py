"""Staff use a second factor. Outside demo mode nobody with a post gets further than setting one up."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

READY = "renben_second_factor"


class RequireSecondFactor:
    """Stands after EnforcePolicy. Remembers in the session that the factor exists, so it costs one query a session."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if not settings.MFA_REQUIRED or not request.user.is_authenticated:
            return None
        if request.path.startswith((reverse("account_logout"), "/accounts/", "/display/")):
            return None
        if request.session.get(READY) or request.principal.staff is None:
            return None
        if Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
            request.session[READY] = True
            return None
        messages.info(request, "为了安全，请先绑定验证器，再开始工作。")
        return redirect("mfa_activate_totp")

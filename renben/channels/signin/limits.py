"""How long a sign-in lasts: half an hour without a request ends it, and a password past its age must be changed first."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from renben.channels import passwords  # noqa: F401 - defines the settings
from renben.kernel import audit, clock, settings_store

settings_store.define("signin.idle_minutes", 30, "多少分钟没有操作自动退出（0 表示不限）", "GB/T 22239-2019 8.1.4.1")

SEEN, LIMITS = "renben_seen", "renben_limits"
STEP = 60
"""The time of the last request is written so often, in seconds: not every request writes the session."""
SILENT = ("/progress/",)
"""Addresses a page asks for by itself: they are no sign of somebody being there."""


def remember(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """At sign-in: the limits in force then, so that no later request has to ask for them."""
    if hasattr(request, "session"):
        idle, age = settings_store.get_many("signin.idle_minutes", "password.max_age_days")
        request.session[LIMITS] = {"idle": idle * 60, "age": age}
        request.session[SEEN] = int(time.time())


user_logged_in.connect(remember, dispatch_uid="renben.signin.limits")


def idle_seconds(request: HttpRequest) -> int:
    """After how many seconds without a request this sign-in ends; 0 for never."""
    return getattr(request, "session", {}).get(LIMITS, {}).get("idle", 0)


def days_left(user: Any, age: int) -> int | None:
    """Days until the password must be changed; None without a limit or for one that was never changed by its owner."""
    if not age or user.password_changed_at is None:
        return None
    return age - (dt.datetime.now(tz=clock.ZONE) - user.password_changed_at) // dt.timedelta(days=1)


class SignInLimits:
    """Stands after EnforcePolicy. The time is the real one, also on a page seen as of another day.

    The page warns before the end (idle.js) and keeps what was typed.
    """

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and (ended := self._idle(request)) is not None:
            return ended
        return self.get_response(request)

    @staticmethod
    def _idle(request: HttpRequest) -> HttpResponse | None:
        if LIMITS not in request.session:  # signed in before there were limits
            remember(None, request, request.user)
        now, seen, limit = int(time.time()), request.session.get(SEEN), idle_seconds(request)
        if limit and seen is not None and now - seen > limit:
            user = request.user
            logout(request)
            audit.record(action="signout.idle", subject=f"user:{user.pk}", by=user)
            minutes = limit // 60
            messages.info(request, f"您 {minutes} 分钟没有操作，系统已自动退出，请重新登录。")
            address = reverse("account_login")
            if request.headers.get("HX-Request"):
                response = HttpResponse(status=204)
                response["HX-Redirect"] = address
                return response
            if request.method == "GET":
                address = f"{address}?{urlencode({'next': request.get_full_path()})}"
            return redirect(address)
        if not request.path.endswith(SILENT) and (seen is None or now - seen >= STEP):
            request.session[SEEN] = now
        return None

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if not settings.PASSWORD_AGE_ENFORCED or not request.user.is_authenticated:
            return None
        if request.path.startswith(("/accounts/", "/display/")):
            return None
        left = days_left(request.user, request.session.get(LIMITS, {}).get("age", 0))
        if left is None or left > 0:
            return None
        messages.info(request, "口令用得太久了，请先换一个新口令，再开始工作。")
        return redirect("account_change_password")

"""What every request passes: a request id, the day looked at, the declared policy, and each write exactly once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from renben.engines.rules import in_force
from renben.kernel import audit, clock, policy, request_id
from renben.kernel.models import RequestKey

FIRM = "renben_firm"
"""Key of the session: the employer that somebody who speaks for several acts for."""


class RequestId:
    """`X-Request-ID` on every answer; error pages show it as 反馈码, log lines carry it."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex[:12]
        token = request_id.current.set(request.request_id)
        try:
            response = self.get_response(request)
        finally:
            request_id.current.reset(token)
        response["X-Request-ID"] = request.request_id
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if getattr(getattr(request, "user", None), "is_authenticated", False):
            response.setdefault("Cache-Control", "no-store")
        return response


class SteadyFigures:
    """One answer reckons with one set of policy parameters; whether they were changed is asked once, when first needed."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with in_force.steady():
            return self.get_response(request)


class AsOf:
    """`?as_of=2011-12-31` shows a page as of that day; nothing can be written there."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("as_of", "")
        try:
            day = dt.date.fromisoformat(text) if text else None
        except ValueError:
            day = None
        if day is None or day >= clock.today():
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied("正在查看过去某一天的情况，只能看，不能办理。请回到今天再操作。")
        with clock.as_of(day):
            return self.get_response(request)


class EnforcePolicy:
    """Default deny. Public pages pass; others need a sign-in, the action, and the object inside the territory."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        firm_id = request.session.get(FIRM) if request.user.is_authenticated else None
        request.principal = policy.Principal(request.user, on=dt.datetime.now(tz=clock.ZONE).date(), firm_id=firm_id)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        rule = policy_of(view)
        if rule is None:
            raise ImproperlyConfigured(f"{request.path}: this URL declares no policy")
        if rule.audience == policy.PUBLIC:
            return None
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                response = HttpResponse(status=204)
                response["HX-Redirect"] = f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}"
                return response
            return redirect_to_login(request.get_full_path(), login_url="account_login")
        principal = request.principal
        if rule.audience == policy.STAFF:
            if principal.staff is None or not principal.posts:
                raise PermissionDenied("这是工作人员的页面。您的账号当前没有在任的岗位。")
            if rule.subject:
                request.subject = in_territory(principal, rule, kwargs[rule.kwarg])
            if rule.action and not principal.may(rule.action):
                label = policy.ACTIONS[rule.action].label
                raise PermissionDenied(f"您的岗位不能“{label}”。可以办理的岗位：{policy.who_may(rule.action)}。")
            if rule.subject and rule.action and principal.paths(rule.action) != principal.paths():
                in_territory(principal, rule, kwargs[rule.kwarg], rule.action)
        elif rule.audience == policy.EMPLOYER:
            if (elsewhere := self._for_firm(request, rule, kwargs)) is not None:
                return elsewhere
        elif rule.subject:
            request.subject = in_territory(principal, rule, kwargs[rule.kwarg])
        if rule.reads_personal and request.method == "GET":
            kind = rule.subject
            audit.record(
                action="read." + (rule.action or kind),
                subject=f"{kind}:{kwargs.get(rule.kwarg, '')}",
                by=request.user,
                organization=principal.home or (principal.firm and principal.firm.organization),
            )
        return None

    @staticmethod
    def _for_firm(request: HttpRequest, rule: policy.Policy, kwargs: dict) -> HttpResponse | None:
        """A page of the employers' space: for contacts only, with the object if it is their firm's. Whoever speaks for several firms
        chooses one first."""
        principal = request.principal
        if not principal.firms:
            raise PermissionDenied(
                "这是用人单位的页面。您的账号没有关联到单位，请到单位所在地的社保所办理“开通网上办事”。"
            )
        if principal.firm is None and not rule.any_firm:
            return HttpResponseRedirect(f"{reverse('employer:choose')}?{urlencode({'next': request.get_full_path()})}")
        if rule.subject:
            request.subject = principal.of_firm(rule.subject).filter(pk=kwargs[rule.kwarg]).first()
            if request.subject is None:
                raise Http404(policy.SUBJECTS[rule.subject].label)
        return None


def policy_of(view: Callable) -> policy.Policy | None:
    """The policy declared on a view, or, for views of libraries, the one given in `renben.channels.permissions`."""
    from renben.channels.permissions import LIBRARY_VIEWS

    declared = getattr(view, "policy", None)
    if declared is None:
        view = getattr(view, "view_class", view)
        declared = getattr(view, "policy", None) or LIBRARY_VIEWS.get(f"{view.__module__}.{view.__qualname__}")
    return declared


def in_territory(principal: policy.Principal, rule: policy.Policy, key: object, action: str = "") -> object:
    """The object the URL names, if it exists for this reader; otherwise 404 (or 403 for one that may not do this there)."""
    found = principal.scoped(rule.subject, action).filter(pk=key).first()
    if found is not None:
        return found
    if action:
        raise PermissionDenied(f"这里不归您办理。可以办理的岗位：{policy.who_may(action)}。")
    raise Http404(policy.SUBJECTS[rule.subject].label)


class OnceOnly:
    """Every POST runs in one transaction; with a key it runs once and a repeat gets the first answer.

    The key row and the effects commit together, so a process killed in between leaves neither. An answer of 400 or above
    rolls everything back, so the person can correct and send again with the same key.
    """

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            with connection.execute_wrapper(refuse_writes):
                return self.get_response(request)
        key = request.headers.get("Idempotency-Key") or request.POST.get("_once", "")
        with transaction.atomic():
            row = None
            if key and request.user.is_authenticated:
                row, earlier = self._claim(request, key[:64])
                if earlier is not None:
                    return earlier
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif row is not None:
                RequestKey.objects.filter(pk=row).update(
                    status=response.status_code,
                    location=response.get("Location", ""),
                    body="" if response.streaming or response.status_code != 200 else _text(response),
                    content_type=response.get("Content-Type", ""),
                )
        return response

    @staticmethod
    def _claim(request: HttpRequest, key: str) -> tuple[int | None, HttpResponse | None]:
        principal = f"user:{request.user.pk}"
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_requestkey (principal, key, path, location, body, content_type, at)"
                " VALUES (%s, %s, %s, '', '', '', %s) ON CONFLICT (principal, key) DO NOTHING RETURNING id",
                [principal, key, request.path[:200], clock.now()],
            )
            claimed = cursor.fetchone()
        if claimed:
            return claimed[0], None
        first = RequestKey.objects.get(principal=principal, key=key)
        if first.location:
            return None, HttpResponseRedirect(first.location)
        return None, HttpResponse(first.body, status=first.status or 200, content_type=first.content_type or None)


def refuse_writes(execute: Callable, sql: object, params: object, many: bool, context: dict) -> object:
    """Looking changes nothing: a GET whose view writes is a defect and fails at once. The trace of looking is allowed."""
    verb = str(sql).lstrip("( ")[:6].upper()
    if verb in ("INSERT", "UPDATE", "DELETE") and "kernel_auditevent" not in str(sql)[:40]:
        raise RuntimeError(f"a GET must not write: {str(sql)[:120]}")
    return execute(sql, params, many, context)


def _text(response: HttpResponse) -> str:
    """The body kept for a repeat: text only (a download is asked for again, it changes nothing)."""
    kind = response.get("Content-Type", "")
    return response.content.decode("utf-8") if kind.startswith(("text/", "application/json")) else ""

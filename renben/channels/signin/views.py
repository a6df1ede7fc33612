"""Sign-in for the demonstration, and one's own account."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import view_recovery_codes
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from renben.channels.demo_accounts import demo_accounts
from renben.kernel import audit
from renben.kernel.models import AuditEvent, User
from renben.kernel.policy import PUBLIC, SIGNED_IN, page

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@page(PUBLIC)
@require_POST
def demo_sign_in(request: HttpRequest, username: str) -> HttpResponse:
    """Sign in as one of the offered accounts. Routed in demo mode only; refuses by itself as well."""
    if not settings.DEMO or username not in {account.username for account in demo_accounts()}:
        raise Http404("demo account")
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Http404("demo account")
    login(request, user, backend=BACKEND)
    audit.record(action="signin.demo", subject=f"user:{user.pk}", by=user)
    return redirect("/")


@page(SIGNED_IN)
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """继续工作: the reader is still there. Coming here is enough (see `limits`)."""
    return HttpResponse(status=204)


@page(SIGNED_IN)
def second_factor_stays(request: HttpRequest) -> HttpResponse:
    """Nobody takes off their own second factor; a lost phone is the system administrator's matter."""
    return redirect("mfa_index")


@page(SIGNED_IN)
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """备用码: how many are left; the codes themselves only on pressing the button, and only as often as allauth allows."""
    kept = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    if kept is None:
        return redirect("mfa_index")
    context = {"left": len(kept.wrap().get_unused_codes()), "codes": [], "is_asked": request.method == "POST"}
    if request.method == "POST":
        codes, may_be_shown = view_recovery_codes(request)
        context["codes"] = codes.get_unused_codes() if may_be_shown else []
    return render(request, "mfa/recovery_codes/index.html", context)


SIGN_IN_WORDS = {
    "signin": "登录",
    "signin.demo": "演示登录",
    "signin.failed": "登录失败",
    "signout": "退出",
    "password.changed": "修改口令",
}


@page(SIGNED_IN)
def account(request: HttpRequest) -> HttpResponse:
    """我的账号: posts, what one may do about one's sign-in, and the last sign-ins, so a stranger's is noticed."""
    events = AuditEvent.objects.filter(subject=f"user:{request.user.pk}", action__in=SIGN_IN_WORDS).order_by(
        "-at", "-id"
    )[:20]
    rows = [{"at": event.at, "what": SIGN_IN_WORDS[event.action]} for event in events]
    own = "employer/layout.html" if request.principal.firms else "public.html"
    layout = "workbench.html" if request.principal.posts else own
    return render(request, "signin/account.html", {"layout": layout, "events": rows, "posts": request.principal.posts})

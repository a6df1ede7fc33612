"""我的消息: what the offices have told this person, or the firm they speak for; read here, nobody need telephone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.engines.messaging import sending
from renben.kernel.policy import SIGNED_IN, page


@page(SIGNED_IN)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """All messages, the newest first; unread ones carry a mark."""
    context = {
        "rows": paginate(request, sending.inbox(request.user)),
        "unread": sending.unread(request.user).count(),
    }
    return render(request, "portal/inbox.html", context)


@page(SIGNED_IN)
@require_POST
def read_message(request: HttpRequest, pk: int) -> HttpResponse:
    """知道了: marked as read, and on to where it is dealt with."""
    message = sending.inbox(request.user).filter(pk=pk).first()
    if message is None:
        raise Http404
    sending.mark_read(request.user, [pk])
    return redirect(message.link if request.POST.get("go") and message.link else "inbox")


@page(SIGNED_IN)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All read."""
    count = sending.mark_read(request.user)
    messages.success(request, f"{count}条消息都标成已看了。" if count else "没有没看过的消息。")
    return redirect("inbox")

"""What both sides of a talk in the hall share: the page's line, one beat, one written line."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse

from renben.channels.portal.interview import CAMERA, TEXT_LENGTH, SayForm, sent_messages
from renben.channels.workbench.attempts import attempt
from renben.kernel import settings_store
from renben.services.placement.hall import talking
from renben.services.placement.hall.models import Talk
from renben.services.placement.interviews import line
from renben.services.registration.reasons import NotPossible

__all__ = ["CAMERA", "context", "exchange", "say"]


def context(talk: Talk, side: str, *, other: str, exchange_url: str, say_url: str) -> dict[str, Any]:
    """What components/talk.html needs."""
    last = talk.signals.order_by("-id").values_list("pk", flat=True).first()
    return {
        "side": side,
        "other": other,
        "after": last or 0,
        "ice": json.dumps(settings_store.get("interview.ice_servers")),
        "exchange_url": exchange_url,
        "say_url": say_url,
        "written": [("我" if one.side == side else "对方", one.body) for one in line.words(talk)],
        "form": SayForm(),
    }


def exchange(request: HttpRequest, talk: Talk, side: str) -> HttpResponse:
    """One beat of a browser."""
    after = request.POST.get("after", "0")
    try:
        heard = talking.exchange(
            talk=talk, side=side, after=int(after) if after.isdigit() else 0, sent=sent_messages(request)
        )
    except (ValueError, NotPossible) as refused:
        return JsonResponse({"error": str(refused)}, status=422)
    lines = [{"id": one.pk, "kind": one.kind, "body": one.body} for one in heard.signals]
    return JsonResponse({"heard": lines, "here": heard.is_other_here, "over": heard.is_over})


def say(request: HttpRequest, talk: Talk, side: str) -> None:
    """A written line without JavaScript; the page after it says whether it went out."""
    form = SayForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"请写一句话，最多{TEXT_LENGTH}个字。")
    elif talk.state != Talk.State.CALLED:
        messages.error(request, "面谈已经结束，话没有发出去。")
    else:
        sent = [("text", form.cleaned_data["text"])]
        attempt(request, lambda: talking.exchange(talk=talk, side=side, after=0, sent=sent) and "已发给对方。")

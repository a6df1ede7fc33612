"""远程面试 for both sides: a door opened by a secret address, a waiting room, picture and sound from browser to browser, and words
for whoever has no camera. Without JavaScript the written part works by sending and reloading."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.workbench.attempts import attempt
from renben.kernel import settings_store
from renben.kernel.policy import PUBLIC, page
from renben.services.placement.interviews import meeting
from renben.services.placement.interviews.models import Interview, Side
from renben.services.registration.reasons import NotPossible

CAMERA = "camera=(self), microphone=(self), geolocation=()"
TEXT_LENGTH = 500


class SayForm(forms.Form):
    text = forms.CharField(label="写给对方", max_length=TEXT_LENGTH)


def _door(code: str) -> tuple[Interview, str]:
    found = meeting.door(code)
    if found is None:
        raise Http404
    return found


@page(PUBLIC)
@require_GET
def room(request: HttpRequest, code: str) -> HttpResponse:
    """The waiting room and the room itself."""
    interview, side = _door(code)
    referral = interview.referral
    name = referral.person.name
    called = f"{name[:1]}{'*' * (len(name) - 1)}"
    last = interview.signals.order_by("-id").values_list("pk", flat=True).first()
    written = [("我" if one.side == side else "对方", one.body) for one in meeting.words(interview)]
    context: dict[str, Any] = {
        "interview": interview,
        "code": code,
        "side": side,
        "title": referral.vacancy.title,
        "employer": referral.vacancy.employer.name,
        "other": referral.vacancy.employer.name if side == Side.SEEKER else called,
        "may_enter": meeting.may_enter(interview),
        "opens_at": meeting.opens_at(interview),
        "after": last or 0,
        "ice": json.dumps(settings_store.get("interview.ice_servers")),
        "written": written,
        "form": SayForm(),
    }
    response = render(request, "portal/interview.html", context)
    response["Permissions-Policy"] = CAMERA
    return response


def sent_messages(request: HttpRequest) -> list[tuple[str, str]]:
    """The messages of a beat; ValueError for anything but a list of pairs of text."""
    told = json.loads(request.POST.get("sent") or "[]")
    if not isinstance(told, list) or not all(
        isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in told
    ):
        raise ValueError("sent")
    return [(kind, body) for kind, body in told]


@page(PUBLIC)
@require_POST
def exchange(request: HttpRequest, code: str) -> HttpResponse:
    """One beat of a browser in the room."""
    interview, side = _door(code)
    after = request.POST.get("after", "0")
    try:
        heard = meeting.exchange(
            interview=interview, side=side, after=int(after) if after.isdigit() else 0, sent=sent_messages(request)
        )
    except (ValueError, NotPossible) as refused:
        return JsonResponse({"error": str(refused)}, status=422)
    lines = [{"id": one.pk, "kind": one.kind, "body": one.body} for one in heard.signals]
    return JsonResponse({"heard": lines, "here": heard.is_other_here, "over": heard.is_over})


@page(PUBLIC)
@require_POST
def say(request: HttpRequest, code: str) -> HttpResponse:
    """A written line without JavaScript."""
    interview, side = _door(code)
    form = SayForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"请写一句话，最多{TEXT_LENGTH}个字。")
    elif not meeting.may_enter(interview):
        messages.error(request, "面试现在没有开，话没有发出去。")
    else:
        sent = [("text", form.cleaned_data["text"])]
        attempt(
            request, lambda: meeting.exchange(interview=interview, side=side, after=0, sent=sent) and "已发给对方。"
        )
    return redirect("interview", code)


@page(PUBLIC)
@require_POST
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """结束面试."""
    interview, _ = _door(code)
    if meeting.may_enter(interview):
        meeting.end(interview=interview)
        messages.success(request, "面试已结束。结果由单位告诉工作人员，会尽快通知求职者。")
    return redirect("interview", code)

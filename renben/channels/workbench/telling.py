"""消息告知: what people and firms have to hear and have not read online; one tap after the call."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import Refused, attempt
from renben.channels.workbench.downloads import export
from renben.engines.messaging import sending
from renben.engines.messaging.models import Message
from renben.kernel import clock, masking
from renben.kernel.people import keys_of_query, phone_of
from renben.kernel.policy import page

VIEW, TELL = "message.view", "message.tell"
STATES = {"open": "要告知的", "read": "本人已看", "told": "已告知", "all": "全部"}
COLUMNS = [("给谁", 24), ("电话", 16), ("标题", 30), ("内容", 60), ("发出时间", 18), ("状态", 12), ("告知情况", 30)]


def _found(rows: QuerySet[Message], text: str) -> QuerySet[Message]:
    alternatives = keys_of_query(text)
    if not alternatives:
        return rows
    wanted = Q(employer__name__icontains=text) | Q(title__icontains=text)
    for keys in alternatives:
        wanted |= Q(person__search_keys__contains=keys)
    return rows.filter(wanted)


def _of_state(rows: QuerySet[Message], state: str) -> QuerySet[Message]:
    if state == "open":
        return rows.filter(pk__in=sending.to_tell().values("pk"))
    if state in (Message.State.READ, Message.State.TOLD):
        return rows.filter(state=state)
    return rows.exclude(state=Message.State.VOID)


def selected(request: HttpRequest, data: Any) -> tuple[QuerySet[Message], str, str]:
    """(rows, state, text) of a question; what waits longest comes first on the list to work off."""
    state, text = data.get("state", "open"), data.get("q", "").strip()[:40]
    state = state if state in STATES else "open"
    order = ("sent_at", "id") if state == "open" else ("-sent_at", "-id")
    rows = _found(_of_state(request.principal.scoped("message", VIEW), state), text)
    return rows.order_by(*order), state, text


def _telephone(message: Message) -> str:
    if message.person is not None:
        return masking.mask_phone(phone_of(message.person), "list") if message.person.phone_enc else ""
    return message.employer.phone


@page(action=VIEW)
@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    """What is to be told, the longest waiting first; what was read or told, the newest first."""
    rows, state, text = selected(request, request.GET)
    listed = paginate(request, rows)
    for message in listed:
        message.telephone = _telephone(message)
    context = {
        "rows": listed,
        "state": state,
        "text": text,
        "tabs": [{"code": code, "label": label, "here": code == state} for code, label in STATES.items()],
        "ways": Message.How.choices,
        "may_tell": request.principal.may(TELL),
    }
    return render(request, "telling/list.html", context)


@page(action=VIEW)
@require_POST
def message_export(request: HttpRequest) -> HttpResponse:
    """The list as shown, for a workbook; telephones are masked as on the page."""
    rows, state, _ = selected(request, request.POST)

    def line(message: Message) -> list[Any]:
        told = (
            f"{message.told_on:%Y-%m-%d} {message.get_told_how_display()} {message.told_note}"
            if message.told_on
            else ""
        )
        return [
            masking.mask_name(message.person.name, "list") if message.person is not None else message.employer.name,
            _telephone(message),
            message.title,
            message.text,
            f"{message.sent_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
            message.get_state_display(),
            told,
        ]

    return export(request, f"消息告知（{STATES[state]}）", COLUMNS, rows, line)


@page(action=TELL, subject="message")
@require_POST
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """已告知, with how; a second press says that it was done."""

    def act() -> str:
        try:
            told = sending.tell(
                message=request.subject,
                how=request.POST.get("how", ""),
                note=request.POST.get("note", ""),
                by=request.user,
            )
        except sending.NotTold as error:
            raise Refused(str(error)) from error
        return f"已登记：{told.get_told_how_display()}告知。"

    attempt(request, act)
    return redirect(reverse("telling:list"))

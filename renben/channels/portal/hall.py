"""线上洽谈厅 for seekers: the rooms of a fair, a number or a time by ticket code, the place in the queue, and the talk.

No account: the ticket's code is the key, as on paper. Everything but the picture works without JavaScript.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from renben.channels.portal import hall_talk
from renben.channels.workbench.attempts import attempt
from renben.kernel import clock
from renben.kernel.policy import PUBLIC, page
from renben.services.placement.fairs import visiting
from renben.services.placement.fairs.models import Fair, FairBooth, FairVisitor
from renben.services.placement.hall import opening, queueing, talking, watching
from renben.services.placement.hall.models import Hall, Room, Talk
from renben.services.placement.interviews.models import Side
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_words import wage_text


class CodeForm(forms.Form):
    code = forms.CharField(label="我的入场码", max_length=12, help_text="报名时给的8位，在入场二维码下面。")


def _lines(hall: Hall, visitor: FairVisitor | None = None) -> list[dict[str, Any]]:
    """Each room with its jobs, its queue, and the times that can be booked."""
    rooms = watching.seen(hall, visitor)
    offers = visiting.vacancies_of([one.room.booth for one in rooms])
    free = queueing.free_slots_of(hall)
    return [
        {
            "seen": one,
            "room": one.room,
            "employer": one.room.booth.employer,
            "offers": [(vacancy, wage_text(vacancy)) for vacancy in offers[one.room.booth_id]],
            "slots": free[one.room.pk],
        }
        for one in rooms
    ]


@page(PUBLIC)
@require_GET
def hall(request: HttpRequest, number: str) -> HttpResponse:
    """The hall as anybody sees it, and the way in for whoever has a ticket."""
    rows = Hall.objects.filter(fair__announced_on__isnull=False).exclude(fair__state=Fair.State.PLANNED)
    held = get_object_or_404(rows.select_related("fair__organization"), fair__number=number)
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["code"].strip().upper()
        if FairVisitor.objects.filter(fair=held.fair, code=code).exists():
            return redirect("hall_mine", code)
        form.add_error("code", "没有这个入场码。请核对，或先报名。")
    context = {
        "hall": held,
        "fair": held.fair,
        "form": form,
        "lines": _lines(held),
        "closed": opening.why_closed(held.fair),
        "may_sign_up": held.fair.is_coming and held.fair.on >= clock.today(),
    }
    return render(request, "portal/hall.html", context, status=422 if form.errors else 200)


def _visitor(code: str) -> tuple[FairVisitor, Hall]:
    """The holder of a ticket and the hall of the fair; 404 for an unknown code or a fair without a hall."""
    visitor = get_object_or_404(FairVisitor.objects.select_related("fair__organization"), code=code.strip().upper())
    found = Hall.objects.filter(fair=visitor.fair).select_related("fair__organization").first()
    if found is None:
        raise Http404
    return visitor, found


def shape_of(*parts: Any) -> str:
    """A short name of what a page shows: another shape needs another page."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _shape(hall: Hall, rooms: list[watching.Seen], talks: list[Talk]) -> str:
    mine = sorted((one.pk, one.state, one.result) for one in talks)
    return shape_of(opening.why_closed(hall.fair), [one.room.pk for one in rooms], mine)


@page(PUBLIC)
@require_GET
def mine(request: HttpRequest, code: str) -> HttpResponse:
    """The waiting room of one seeker: one's numbers first, then the rooms."""
    visitor, held = _visitor(code)
    lines, talks = _lines(held, visitor), talking.of_visitor(visitor)
    rooms = [line["seen"] for line in lines]
    context = {
        "hall": held,
        "fair": held.fair,
        "visitor": visitor,
        "called_name": f"{visitor.name[:1]}{'*' * (len(visitor.name) - 1)}",
        "lines": lines,
        "standing": [line for line in lines if line["seen"].mine is not None],
        "past": [one for one in talks if not one.is_standing or one.room.booth.state == FairBooth.State.CANCELLED],
        "called": watching.called(rooms),
        "closed": opening.why_closed(held.fair),
        "may_book": held.fair.is_coming,
        "shape": _shape(held, rooms, talks),
    }
    return render(request, "portal/hall_mine.html", context)


@page(PUBLIC)
@require_POST
def beat(request: HttpRequest, code: str) -> HttpResponse:
    """The page is open: what changes on it in words, whether one is called, and the shape of the page as it would be now."""
    visitor, held = _visitor(code)
    rooms, talks = watching.seen(held, visitor), talking.of_visitor(visitor)
    for one in rooms:
        if one.mine is not None and one.is_absent:
            opening.remind(one.room)
    texts = {f"room-{one.room.pk}": one.queue_text for one in rooms}
    texts |= {f"mine-{one.mine.pk}": one.place_text for one in rooms if one.mine is not None}
    called = watching.called(rooms)
    url = reverse("hall_talk", args=[visitor.code, called.pk]) if called else None
    return JsonResponse({"texts": texts, "call": url, "shape": _shape(held, rooms, talks)})


def _room(held: Hall, given: str) -> Room:
    found = next((one for one in opening.rooms(held) if str(one.pk) == given), None)
    if found is None:
        raise Http404
    return found


@page(PUBLIC)
@require_POST
def take(request: HttpRequest, code: str) -> HttpResponse:
    """取号, or 约时间 when a time is given."""
    visitor, held = _visitor(code)
    room = _room(held, request.POST.get("room", ""))
    wanted = request.POST.get("vacancy", "")
    vacancy = Vacancy.objects.filter(pk=int(wanted)).first() if wanted.isdigit() else None
    slot_at = _moment(request.POST.get("slot", ""))

    def act() -> str:
        name = room.booth.employer.name
        if slot_at is not None:
            queueing.book_slot(room=room, visitor=visitor, slot_at=slot_at, vacancy=vacancy)
            return f"约好了：{slot_at.astimezone(clock.ZONE):%m月%d日 %H:%M}和{name}面谈。到时打开这一页等着叫您。"
        made = queueing.take_number(room=room, visitor=visitor, vacancy=vacancy)
        return f"您是{name}的{made.number}号。请开着这一页，轮到您会提示。"

    attempt(request, act)
    return redirect("hall_mine", visitor.code)


def _moment(text: str) -> dt.datetime | None:
    """A time as the form sends it; None for none. Something that is no time is a time nobody offers."""
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found is not None and found.tzinfo else dt.datetime.min.replace(tzinfo=clock.ZONE)


def _talk(code: str, pk: int) -> Talk:
    rows = Talk.objects.select_related("room__hall__fair", "room__booth__employer", "visitor__fair", "vacancy")
    return get_object_or_404(rows, pk=pk, visitor__code=code.strip().upper())


@page(PUBLIC)
@require_GET
def talk(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The room itself for the seeker, when called."""
    held = _talk(code, pk)
    context = {"talk": held, "employer": held.room.booth.employer, "fair": held.room.hall.fair, "code": code}
    context |= hall_talk.context(
        held,
        Side.SEEKER,
        other=held.room.booth.employer.name,
        exchange_url=reverse("hall_exchange", args=[code, pk]),
        say_url=reverse("hall_say", args=[code, pk]),
    )
    response = render(request, "portal/hall_talk.html", context)
    response["Permissions-Policy"] = hall_talk.CAMERA
    return response


@page(PUBLIC)
@require_POST
def exchange(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One beat of the seeker's browser in the room."""
    return hall_talk.exchange(request, _talk(code, pk), Side.SEEKER)


@page(PUBLIC)
@require_POST
def say(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A written line without JavaScript."""
    hall_talk.say(request, _talk(code, pk), Side.SEEKER)
    return redirect("hall_talk", code, pk)


@page(PUBLIC)
@require_POST
def leave(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """退号 while waiting, 结束 while talking."""
    held = _talk(code, pk)
    if held.state == Talk.State.CALLED:
        talking.end(talk=held, side=Side.SEEKER)
        messages.success(request, "面谈已结束。结果写在下面，单位写好就能看到。")
    else:
        queueing.give_up(talk=held)
        messages.success(request, f"{held.room.booth.employer.name}的号已退。")
    return redirect("hall_mine", code)

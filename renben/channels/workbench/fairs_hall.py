"""线上洽谈厅 at the office: its rule, the employers' doors, who is absent, and every talk (issue 5.5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.downloads import export
from renben.channels.workbench.fairs import PLAN, VIEW, WORK
from renben.kernel import clock, settings_store
from renben.kernel.policy import page
from renben.services.placement.fairs.models import Fair
from renben.services.placement.hall import opening, watching
from renben.services.placement.hall.models import Hall, Room, Talk


class HallForm(forms.Form):
    mode = forms.ChoiceField(label="举办方式", choices=Hall.Mode.choices, widget=forms.RadioSelect)
    slot_minutes = forms.IntegerField(
        label="一个时间段几分钟", min_value=1, max_value=240, help_text="求职者提前约时间，按这个长短分。"
    )
    numbers_each = forms.IntegerField(label="一个人最多同时排几家", min_value=1, max_value=99)


def _hall(fair: Fair) -> Hall | None:
    return Hall.objects.filter(fair=fair).select_related("fair__organization").first()


def _talks(fair: Fair) -> Any:
    rows = Talk.objects.filter(room__booth__fair=fair)
    return rows.select_related("room__booth__employer", "visitor", "vacancy").order_by("-joined_at", "-id")


@page(action=VIEW, subject="fair")
@require_GET
def hall(request: HttpRequest, pk: int) -> HttpResponse:
    """Rooms with their doors, who waits, and what came of each talk."""
    fair: Fair = request.subject
    held = _hall(fair)
    rooms = watching.seen(held) if held else []
    context = {
        "fair": fair,
        "hall": held,
        "rooms": [(one, request.build_absolute_uri(reverse("hall_room", args=[one.room.code]))) for one in rooms],
        "public": request.build_absolute_uri(reverse("jobfair_hall", args=[fair.number])),
        "left_over": sum(one.waiting for one in rooms),
        "absent": [one.room.booth for one in rooms if one.is_absent],
        "talks": paginate(request, _talks(fair)),
        "closed": opening.why_closed(fair),
        "is_over": opening.is_over(fair),
        "is_announced": fair.announced_on is not None,
    }
    return render(request, "fairs/hall.html", context)


@page(action=PLAN, subject="fair")
def set_up(request: HttpRequest, pk: int) -> HttpResponse:
    """设线上洽谈厅, or change its rule."""
    fair: Fair = request.subject
    held = _hall(fair)
    slot, each = settings_store.get_many("hall.slot_minutes", "hall.numbers_each")
    usual = {"mode": Hall.Mode.BOTH, "slot_minutes": slot, "numbers_each": each}
    known = {name: getattr(held, name) for name in usual} if held else usual
    form = HallForm(request.POST if request.method == "POST" else None, initial=known)

    def act() -> str:
        made = opening.set_up(fair=fair, by=request.user, **form.cleaned_data)
        return f"线上洽谈厅已设好，{made.rooms.count()}家单位各有一间洽谈室。请把入口网址发给单位。"

    if request.method == "POST" and form.is_valid() and attempt(request, act):
        return redirect("fairs:hall", pk)
    context = {"form": form, "fair": fair, "title": "设线上洽谈厅", "button": "设好"}
    context["notes"] = ["每家订了展位的单位一间洽谈室，以后订的也会自动有。求职者凭入场码进来，不用登录。"]
    return render(request, "fairs/act.html", context, status=422 if form.is_bound else 200)


@page(action=WORK, subject="fair_room")
def new_door(request: HttpRequest, pk: int) -> HttpResponse:
    """换入口: the address was given to somebody else."""
    room: Room = request.subject
    fair = room.booth.fair
    name = room.booth.employer.name

    def act() -> str:
        opening.new_door(room=room, by=request.user)
        return f"{name}的入口已换，原来的网址打不开了。请把新网址发给单位。"

    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and attempt(request, act):
        return redirect("fairs:hall", fair.pk)
    context = {"form": form, "fair": fair, "title": f"换{name}的入口", "button": "换入口", "danger": True}
    context["notes"] = ["网址给错了人才要换。换了以后，原来的网址马上打不开。"]
    return render(request, "fairs/act.html", context, status=422 if form.is_bound else 200)


@page(action=VIEW, subject="fair")
@require_POST
def talks_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Every talk with its result, as a workbook."""
    fair: Fair = request.subject
    columns = [
        ("单位", 30), ("号", 6), ("求职者", 10), ("电话", 14), ("岗位", 24), ("约的时间", 16), ("取号", 16), ("叫号", 16),
        ("见面", 16), ("结束", 16), ("状态", 8), ("结果", 10), ("不合适的原因", 16), ("说明", 40),
    ]  # fmt: skip

    def line(one: Talk) -> list:
        times = [one.slot_at, one.joined_at, one.called_at, one.met_at, one.ended_at]
        return [
            one.room.booth.employer.name, one.number, one.visitor.name, one.visitor.phone_masked,
            one.vacancy.title if one.vacancy else "", *[f"{at.astimezone(clock.ZONE):%m-%d %H:%M}" if at else "" for at in times],
            one.get_state_display(), one.get_result_display(), one.get_unfit_display(), one.words,
        ]  # fmt: skip

    return export(request, f"{fair.title}线上洽谈", columns, _talks(fair), line)

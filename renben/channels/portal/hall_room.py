"""线上洽谈室 for employers: behind a secret address the queue, the one who is called, and what came of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.portal import hall_talk
from renben.channels.portal.hall import shape_of
from renben.channels.workbench.attempts import attempt
from renben.kernel.policy import PUBLIC, page
from renben.services.placement.codes import Unfit
from renben.services.placement.fairs import visiting
from renben.services.placement.hall import opening, queueing, talking
from renben.services.placement.hall.models import Room, Talk
from renben.services.placement.hall.talking import Outcome
from renben.services.placement.interviews.models import Side
from renben.services.placement.models import Vacancy

SHOWN = 200


class ResultForm(forms.Form):
    """What came of a talk; asked once, right beside it."""

    vacancy = forms.ModelChoiceField(label="谈的岗位", queryset=Vacancy.objects.none(), empty_label="请选择")
    result = forms.ChoiceField(
        label="结果", choices=Talk.Result.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选择结果。"},
    )  # fmt: skip
    unfit = forms.ChoiceField(label="为什么不合适", required=False, choices=[("", "请选择"), *Unfit.choices])
    words = forms.CharField(
        label="说明", required=False, max_length=200,
        help_text="约来面试的，写时间、地点、带什么，求职者看得到；其他的只给工作人员看。",
    )  # fmt: skip

    def __init__(self, data: Any, *, talk: Talk) -> None:
        initial = {"vacancy": talk.vacancy_id, "result": talk.result, "unfit": talk.unfit, "words": talk.words}
        super().__init__(data, initial=initial)
        ids = [one.pk for one in visiting.vacancies_at(talk.room.booth)]
        self.fields["vacancy"].queryset = Vacancy.objects.filter(pk__in=ids).order_by("title", "id")
        for name in ("vacancy", "unfit"):
            self.fields[name].widget.attrs["class"] = "form-select"
        asked = self.fields["unfit"]
        asked.when, asked.when_in, asked.when_text = "result", Talk.Result.UNFIT.value, Talk.Result.UNFIT.label

    def outcome(self) -> Outcome:
        given = self.cleaned_data
        return Outcome(given["result"], given["vacancy"], unfit=given["unfit"], words=given["words"])


def _room(code: str) -> Room:
    found = talking.door(code)
    if found is None:
        raise Http404
    return found


def called_of(talk: Talk) -> str:
    """How an employer sees a seeker: number and surname."""
    name = talk.visitor.name
    return f"{talk.number}号 {name[:1]}{'*' * (len(name) - 1)}"


def _talks(room: Room) -> list[Talk]:
    """Everybody of a room, latest first."""
    rows = room.talks.select_related("visitor", "vacancy", "room__booth__fair", "room__hall__fair")
    return list(rows.order_by("-number")[:SHOWN])


def _shape(room: Room, talks: list[Talk]) -> str:
    return shape_of(opening.why_closed(room.hall.fair), [(one.pk, one.state, one.result) for one in talks])


def _queue_text(count: int) -> str:
    return f"还有{count}人在等" if count else "现在没有人在等"


@page(PUBLIC)
@require_GET
def room(request: HttpRequest, code: str) -> HttpResponse:
    """The room: who is here, who is next, what is still to be written down."""
    return _shown(request, _room(code), code)


def _shown(request: HttpRequest, held: Room, code: str) -> HttpResponse:
    talks = _talks(held)
    current = next((one for one in talks if one.state == Talk.State.CALLED), None)
    line_up = queueing.order([one for one in talks if one.state == Talk.State.WAITING])
    context: dict[str, Any] = {
        "room": held,
        "fair": held.hall.fair,
        "employer": held.booth.employer,
        "code": code,
        "closed": opening.why_closed(held.hall.fair),
        "line_up": [(one, called_of(one)) for one in line_up],
        "queue_text": _queue_text(len(line_up)),
        "current": current,
        "past": [(one, called_of(one)) for one in talks if not one.is_standing],
        "shape": _shape(held, talks),
    }
    if current is not None:
        context |= {"result_form": ResultForm(None, talk=current), "other": called_of(current)}
        context |= hall_talk.context(
            current,
            Side.EMPLOYER,
            other=called_of(current),
            exchange_url=reverse("room_exchange", args=[code, current.pk]),
            say_url=reverse("room_say", args=[code, current.pk]),
        )
    response = render(request, "portal/hall_room.html", context)
    response["Permissions-Policy"] = hall_talk.CAMERA
    return response


@page(PUBLIC)
@require_POST
def beat(request: HttpRequest, code: str) -> HttpResponse:
    """The employer's page is open: the first beat signs the employer in."""
    held = _room(code)
    opening.enter(room=held)
    talks = _talks(held)
    count = sum(one.state == Talk.State.WAITING for one in talks)
    return JsonResponse({"texts": {"queue": _queue_text(count)}, "call": None, "shape": _shape(held, talks)})


@page(PUBLIC)
@require_POST
def call(request: HttpRequest, code: str) -> HttpResponse:
    """叫下一位, or a certain one."""
    held, given = _room(code), request.POST.get("talk", "")
    wanted = _talk(held, int(given)) if given.isdigit() else None

    def act() -> str:
        opening.enter(room=held)
        made = queueing.call(room=held, talk=wanted)
        return f"已叫{called_of(made)}，请等他进来。"

    attempt(request, act)
    return redirect("hall_room", code)


def _talk(held: Room, pk: int) -> Talk:
    rows = Talk.objects.select_related("room__hall__fair", "room__booth__fair", "visitor__fair", "vacancy")
    return get_object_or_404(rows, pk=pk, room=held)


@page(PUBLIC)
@require_POST
def pass_over(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """过号."""
    held = _talk(_room(code), pk)

    def act() -> str:
        queueing.pass_over(talk=held)
        return f"{called_of(held)}过号了，可以叫下一位。他再来时要重新取号。"

    attempt(request, act)
    return redirect("hall_room", code)


@page(PUBLIC)
def result(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """写结果: beside the talk, or afterwards."""
    held = _talk(_room(code), pk)
    form = ResultForm(request.POST if request.method == "POST" else None, talk=held)

    def act() -> str:
        talking.record(talk=held, outcome=form.outcome())
        return f"{called_of(held)}的结果已记下：{Talk.Result(form.cleaned_data['result']).label}。"

    if request.method == "POST" and form.is_valid() and attempt(request, act):
        return redirect("hall_room", code)
    context = {"talk": held, "called": called_of(held), "form": form, "code": code, "fair": held.room.hall.fair}
    return render(request, "portal/hall_result.html", context, status=422 if form.is_bound else 200)


@page(PUBLIC)
@require_POST
def exchange(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One beat of the employer's browser in the talk."""
    return hall_talk.exchange(request, _talk(_room(code), pk), Side.EMPLOYER)


@page(PUBLIC)
@require_POST
def say(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A written line without JavaScript."""
    hall_talk.say(request, _talk(_room(code), pk), Side.EMPLOYER)
    return redirect("hall_room", code)

"""单位求助: asked online, answered by the office within its days, seen where it was asked (J-5.3.2 用工指导)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.messaging import sending
from renben.kernel import acts, audit, calendar_table, clock, duedates, settings_store, taskboard
from renben.kernel.models import Employer
from renben.services.placement import vacancies_online
from renben.services.placement.space.models import EmployerRequest
from renben.services.placement.space.settings_keys import REQUEST_DAYS
from renben.services.registration.reasons import NotPossible, Why

State = EmployerRequest.State
ANSWERED = "EmployerRequestAnswered"
LONGEST = 1000


def due_on(asked_on: dt.date) -> dt.date:
    """The working day by which a request of a day is answered."""
    days = int(settings_store.get(REQUEST_DAYS))
    return duedates.due(asked_on, duedates.Within(days, "working_day"), calendar_table.current()).on


def _note(request: EmployerRequest, what: str, by: Any) -> None:
    audit.record(
        action=f"employer_request.{what}",
        subject=f"employer:{request.employer_id}",
        detail={"request": request.pk, "kind": request.kind},
        by=by,
        organization=request.organization,
    )


@acts.whole
def ask(*, employer: Employer, kind: str, text: str, by: Any, about: str = "") -> EmployerRequest:
    """求助: a task of the firm's office. NotPossible without words, or for the same words still waiting for an answer."""
    if not text.strip():
        raise NotPossible(Why("text", "请写想问什么、要办什么。"))
    waiting = EmployerRequest.objects.filter(
        employer=employer, state=State.OPEN, kind=kind, text=text.strip()[:LONGEST]
    )
    if waiting.exists():
        raise NotPossible(Why("twice", "同样的话已经提过，正在等答复。", "在下面的清单里能看到答复期限。"))
    request = EmployerRequest.objects.create(
        employer=employer,
        organization=vacancies_online.office_of(employer),
        kind=kind,
        about=about.strip()[:100],
        text=text.strip()[:LONGEST],
        due_on=due_on(clock.today()),
        asked_by=by,
        asked_at=clock.now(),
    )
    taskboard.open_task(
        key=f"employer_request:{request.pk}",
        title=f"答复{employer.name}：{request.get_kind_display()}"[:200],
        reason=(f"{request.about}。" if request.about else "") + request.text[:200],
        organization=request.organization,
        cleared_by=ANSWERED,
        due_on=request.due_on,
        url=f"/requests/{request.pk}/",
    )
    _note(request, "ask", by)
    return request


def _hold(request: EmployerRequest) -> EmployerRequest:
    rows = EmployerRequest.objects.select_for_update(of=("self",)).select_related("employer", "organization")
    held = rows.get(pk=request.pk)
    if held.state != State.OPEN:
        raise NotPossible(Why("state", f"这件事{held.get_state_display()}，不用再办。"))
    return held


@acts.whole
def answer(*, request: EmployerRequest, text: str, by: Any) -> EmployerRequest:
    """答复; the firm gets a message. NotPossible without words, or when somebody was quicker."""
    held = _hold(request)
    if not text.strip():
        raise NotPossible(Why("text", "请写答复。"))
    held.state, held.answer, held.answered_on, held.answered_by = (
        State.ANSWERED,
        text.strip()[:LONGEST],
        clock.today(),
        by,
    )
    held.save()
    taskboard.clear(key=f"employer_request:{held.pk}", event=ANSWERED, outcome="已答复")
    params = {"kind": held.get_kind_display(), "office": held.organization.short_name, "text": held.answer[:300]}
    sending.enqueue("request.answered", key=f"request.answered:{held.pk}", employer=held.employer, params=params)
    _note(held, "answer", by)
    return held


@acts.whole
def withdraw(*, request: EmployerRequest, by: Any) -> EmployerRequest:
    """撤回 by the firm."""
    held = _hold(request)
    held.state = State.WITHDRAWN
    held.save(update_fields=["state"])
    taskboard.clear(key=f"employer_request:{held.pk}", event=ANSWERED, outcome="单位撤回")
    _note(held, "withdraw", by)
    return held

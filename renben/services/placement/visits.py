"""Visits to employers and key projects: booked early enough, recorded, followed up; nobody is forgotten (J-4.1.2, 就业三同时).

Acts are whole and audited; NotPossible says in Chinese why something cannot be done.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.engines.procedures import definitions
from renben.kernel import acts, audit, clock, settings_store, taskboard
from renben.kernel.models import Employer, Organization, Task
from renben.services.placement.firms import contacts
from renben.services.placement.firms.models import EmployerCall
from renben.services.placement.models import EmployerVisit, KeyProject
from renben.services.registration.reasons import NotPossible, Why

State = EmployerVisit.State
PROCEDURE, STEP, LIMIT = "J-4.1.2", "visit", "book"
CONTACTED, ANSWERED, KEPT_UP = "EmployerContacted", "EmployerAnswered", "ProjectKeptUp"
"""What clears the reminder of an employer nobody has been in touch with, the task of a request left open, the gap of a project."""
STAGES = (
    ("feasible_on", "forecast_on", "可行性论证", "用工预测"),
    ("registered_on", "placed_on", "立项登记", "招聘安置"),
    ("operating_on", "served_on", "投产开业", "就业服务"),
)
"""就业三同时: a stage of the project and what has to be done for employment at the same time."""

settings_store.define("employer.contact_days", 90, "多少天没有联系过用人单位就提醒走访", "J-4.1.2")


def days_ahead() -> int:
    """How many days before a visit it is booked: the limit of J-4.1.2 in force."""
    limits = definitions.current(PROCEDURE)[1].step(STEP).deadlines
    return next(limit.n for limit in limits if limit.key == LIMIT)


def _audit(action: str, employer: Employer, by: Any, **detail: Any) -> None:
    audit.record(
        action=f"employer.{action}",
        subject=f"employer:{employer.pk}",
        detail=detail,
        by=by,
        organization=employer.organization,
    )


@acts.whole
def book(
    *,
    employer: Employer,
    organization: Organization,
    visit_on: dt.date,
    by: Any,
    purpose: str = "",
    booked_on: dt.date | None = None,
) -> EmployerVisit:
    """预约走访. NotPossible when the day is nearer than the procedure asks for."""
    booked_on, least = booked_on or clock.today(), days_ahead()
    if (visit_on - booked_on).days < least:
        first = booked_on + dt.timedelta(days=least)
        raise NotPossible(Why("too_soon", f"走访要至少提前{least}天电话预约，最早可约{first:%Y年%m月%d日}。"))
    visit = EmployerVisit.objects.create(
        employer=employer,
        organization=organization,
        booked_on=booked_on,
        visit_on=visit_on,
        purpose=purpose,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    _audit("visit_booked", employer, by, visit=visit.pk, on=visit_on)
    return visit


@dataclass(frozen=True)
class Seen:
    """What a visit found; `follow_up_on` is the day by which a request of the employer is answered."""

    found: str
    visitors: str = ""
    wants: str = ""
    follow_up_on: dt.date | None = None


def _lock(visit: EmployerVisit) -> EmployerVisit:
    rows = EmployerVisit.objects.select_for_update(of=("self",)).select_related(
        "employer__organization", "organization"
    )
    return rows.get(pk=visit.pk)


@acts.whole
def record(*, visit: EmployerVisit, seen: Seen, by: Any, on: dt.date | None = None) -> EmployerVisit:
    """登记走访. A request becomes a task of the office until it is answered. NotPossible twice, or for a day to come."""
    held, on = _lock(visit), on or clock.today()
    if held.state != State.PLANNED:
        raise NotPossible(Why("state", f"这次走访已经是“{held.get_state_display()}”。"))
    if on > clock.today() or on < held.booked_on:
        raise NotPossible(Why("day", "走访日期要在预约之后、今天以前，请核对。"))
    if seen.wants and (seen.follow_up_on is None or seen.follow_up_on < on):
        raise NotPossible(Why("no_day", "单位提了要求的，请写明哪天以前答复。"))
    held.state, held.visit_on = State.DONE, on
    held.found, held.visitors, held.wants = seen.found, seen.visitors, seen.wants
    held.follow_up_on = seen.follow_up_on if seen.wants else None
    held.save()
    _audit("visited", held.employer, by, visit=held.pk, on=on)
    contacted(held.employer)
    if held.wants:
        taskboard.open_task(
            key=f"employer.answer:{held.pk}",
            title=f"答复单位：{held.employer.name}",
            reason=held.wants,
            organization=held.organization,
            cleared_by=ANSWERED,
            due_on=held.follow_up_on,
            url=f"/employers/{held.employer_id}/?tab=visits",
        )
    return held


@acts.whole
def call_off(*, visit: EmployerVisit, reason: str, is_missed: bool, by: Any) -> EmployerVisit:
    """没去成 or 取消, with the reason. NotPossible without one, or when the visit was made."""
    held = _lock(visit)
    if held.state != State.PLANNED:
        raise NotPossible(Why("state", f"这次走访已经是“{held.get_state_display()}”。"))
    if not reason.strip():
        raise NotPossible(Why("no_reason", "没有写原因。", "请写明为什么没去、有没有事先告诉单位。"))
    held.state, held.found = (State.MISSED if is_missed else State.CANCELLED), reason.strip()
    held.save()
    _audit("visit_called_off", held.employer, by, visit=held.pk, missed=is_missed)
    return held


@acts.whole
def answer(*, visit: EmployerVisit, text: str, by: Any) -> EmployerVisit:
    """答复单位的要求. NotPossible without words, or when nothing was asked."""
    held = _lock(visit)
    if not held.wants or held.followed_on is not None:
        raise NotPossible(Why("nothing", "这次走访没有等着答复的要求。"))
    if not text.strip():
        raise NotPossible(Why("no_text", "没有写怎么答复的。"))
    held.followed_on, held.answer = clock.today(), text.strip()[:500]
    held.save()
    _audit("answered", held.employer, by, visit=held.pk)
    taskboard.clear(key=f"employer.answer:{held.pk}", event=ANSWERED, outcome="已答复")
    return held


@acts.whole
def noted(
    *,
    employer: Employer,
    organization: Organization,
    case: Any,
    booked_on: dt.date,
    visit_on: dt.date,
    note: str,
    by: Any,
) -> EmployerVisit:
    """A visit recorded in a case (J-4.1.2): one visit a case, done again it is corrected. A booking that waits for it is used."""
    held = EmployerVisit.objects.filter(case=case).first()
    if held is None:
        waiting = EmployerVisit.objects.filter(employer=employer, organization=organization, state=State.PLANNED)
        held = waiting.order_by("visit_on", "id").first() or EmployerVisit(employer=employer, organization=organization)
    held.case, held.state, held.visit_on = case, State.DONE, visit_on
    held.booked_on = min(held.booked_on or booked_on, booked_on, visit_on)
    held.found = held.found or note
    held.recorded_by, held.recorded_at = by, clock.now()
    held.save()
    _audit("visited", employer, by, visit=held.pk, on=visit_on, case=case.pk)
    contacted(employer)
    return held


def contacted(employer: Employer) -> None:
    """Somebody was in touch: the reminder is done with."""
    keys = Task.objects.filter(key__startswith=f"employer.contact:{employer.pk}:", cleared_at=None).order_by("id")
    for key in keys.values_list("key", flat=True):
        taskboard.clear(key=key, event=CONTACTED, outcome="已联系")


def gaps(project: KeyProject, today: dt.date) -> list[str]:
    """What 就业三同时 lacks: stages reached by a day whose counterpart is not done."""
    return [
        f"已到“{stage}”，还没有做“{task}”"
        for reached, done, stage, task in STAGES
        if getattr(project, reached) and getattr(project, reached) <= today and not getattr(project, done)
    ]


def gap_key(project: KeyProject, done: str) -> str:
    """The task of what a project lacks; `done` is the column of its day."""
    return f"project.gap:{project.pk}:{done}"


@acts.whole
def save_project(
    *, employer: Employer, by: Any, project: KeyProject | None = None, version: int | None = None, **facts: Any
) -> KeyProject:
    """Record a key project, or change one. NotPossible when somebody changed it meanwhile, or the name is taken."""
    if project is None:
        held = KeyProject(employer=employer)
    else:
        held = KeyProject.objects.select_for_update().get(pk=project.pk)
        if version is not None and held.version != version:
            raise NotPossible(Why("stale", "您打开之后，这个项目已经有人改过。", "请看看最新的情况再改。"))
        held.version += 1
    if KeyProject.objects.filter(employer=employer, name=facts["name"]).exclude(pk=held.pk).exists():
        raise NotPossible(Why("double", "这家单位已有同名的项目。"))
    for name, value in facts.items():
        setattr(held, name, value)
    held.recorded_by, held.recorded_at = by, clock.now()
    held.save()
    _audit("project", employer, by, project=held.pk, name=held.name)
    for _, done, _, _ in STAGES:
        if getattr(held, done):
            taskboard.clear(key=gap_key(held, done), event=KEPT_UP, outcome="已补上")
    return held


@acts.whole
def note_call(
    *, employer: Employer, organization: Organization, on: dt.date, way: str, by: Any, who: str = "", words: str = ""
) -> EmployerCall:
    """记一次联系; the reminder is done with. NotPossible for a day to come, or without what was said."""
    if on > clock.today():
        raise NotPossible(Why("day", "联系日期不能晚于今天。"))
    if not words.strip():
        raise NotPossible(Why("words", "请写一句说了什么。"))
    made = EmployerCall.objects.create(
        employer=employer,
        organization=organization,
        on=on,
        way=way,
        who=who.strip()[:50],
        words=words.strip()[:500],
        recorded_by=by,
        recorded_at=clock.now(),
    )
    _audit("called", employer, by, call=made.pk, on=on)
    contacted(employer)
    return made


def remind(today: dt.date | None = None) -> int:
    """每晚: employers nobody has been in touch with for longer than their office allows become its tasks, once for each silence.

    Returns how many are silent. A second run changes nothing.
    """
    today = today or clock.today()
    silent = contacts.silent(today)
    rows = Employer.objects.filter(pk__in=silent).select_related("organization").order_by("id")
    for employer in rows:
        last = silent[employer.pk]
        taskboard.open_task(
            key=f"employer.contact:{employer.pk}:{last}",
            title=f"联系单位：{employer.name}",
            reason=f"上次联系是{last:%Y年%m月%d日}，已经{(today - last).days}天。打个电话约走访，问问还缺不缺人。",
            organization=employer.organization,
            cleared_by=CONTACTED,
            due_on=today,
            url=f"/employers/{employer.pk}/?tab=visits",
        )
    return len(rows)

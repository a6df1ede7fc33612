"""What a night does to vacancies: the term of some is over, others end tomorrow and their office asks the employer."""

from __future__ import annotations

import datetime as dt

from renben.kernel import acts, clock, taskboard
from renben.kernel.events import VacancyFilled
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies import RENEWED, State, clear_tasks, lock, note, save

RUNNING = (State.PUBLISHED, State.PAUSED)


def on_filled(event: VacancyFilled) -> None:
    """Nobody need ask any more whether a vacancy goes on, whoever filled it."""
    clear_tasks(Vacancy(pk=event.vacancy_id), "expiring", RENEWED, "已招满")


def expire_due(today: dt.date | None = None) -> dict[str, int]:
    """每晚: what is past its last day ends; what ends tomorrow becomes a task of its office. A second run changes nothing.

    Returns `{"expired": n, "asked": n}`.
    """
    today = today or clock.today()
    over = Vacancy.objects.filter(state__in=RUNNING, valid_until__lt=today).order_by("id")
    counts = {"expired": sum(_expire(pk, today) for pk in over.values_list("pk", flat=True)), "asked": 0}
    last = Vacancy.objects.filter(state__in=RUNNING, valid_until=today + dt.timedelta(days=1))
    for vacancy in last.select_related("employer", "organization").order_by("id"):
        taskboard.open_task(
            key=f"vacancy.expiring:{vacancy.pk}:{vacancy.valid_until}",
            title=f"岗位明天到期：{vacancy.title}",
            reason=f"{vacancy.employer.name}还有{vacancy.places_left}个名额没招到，请问单位还招不招：招就延长，不招就撤下。",
            organization=vacancy.organization,
            cleared_by=RENEWED,
            due_on=vacancy.valid_until,
            url=f"/vacancies/{vacancy.pk}/",
        )
        counts["asked"] += 1
    return counts


@acts.whole
def _expire(vacancy_id: int, today: dt.date) -> bool:
    held = lock(vacancy_id)
    if held.state not in RUNNING or held.valid_until >= today:
        return False
    held.state, held.ended_on = State.EXPIRED, held.valid_until
    save(held)
    note(held, "expired", None)
    clear_tasks(held, "expiring", RENEWED, "已到期")
    return True

"""What Q-2.2.4 need not ask again: the employer's booth and its fair know it (`fair.*` of a field)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from renben.engines.procedures.contracts import Done, StepContext
from renben.engines.procedures.models import Case
from renben.services.placement.fairs import reporting
from renben.services.placement.fairs.models import FairBooth, FairIntent
from renben.services.placement.fairs.visiting import vacancies_at
from renben.services.placement.vacancies_words import wage_text

State = FairBooth.State


def booth_of(case: Case) -> FairBooth | None:
    """The booth a case is about: its own, else the employer's next one that no other case has; None without one."""
    if not case.employer_id:
        return None
    rows = FairBooth.objects.filter(employer=case.employer_id).exclude(state=State.CANCELLED).select_related("fair")
    opened = case.opened_at.date()
    return (
        rows.filter(case=case).order_by("-id").first()
        or rows.filter(case=None, fair__on__gte=opened).order_by("fair__on", "id").first()
    )


def _jobs(booth: FairBooth) -> list[dict[str, Any]] | None:
    """招聘岗位 with numbers and wages, as the receipt lists them."""
    found = [
        {"job": one.title, "openings": one.headcount, "requirement": one.requirements, "place": one.place}
        | {"pay": wage_text(one)}
        for one in vacancies_at(booth)
    ]
    return found or None


def _hired(booth: FairBooth) -> list[dict[str, Any]] | None:
    """录用情况 by vacancy, once the receipt is in."""
    if booth.receipt_on is None:
        return None
    counts: dict[str, int] = {}
    rows = booth.intents.filter(state=FairIntent.State.HIRED).select_related("vacancy").order_by("vacancy__title", "id")
    for intent in rows:
        counts[intent.vacancy.title] = counts.get(intent.vacancy.title, 0) + 1
    return [{"job": title, "hired_count": count} for title, count in counts.items()] or None


def _after(booth: FairBooth, value: Any) -> Any:
    """A number is known when the fair is over, not while people still come."""
    return value if booth.fair.ended_on else None


FACTS: dict[str, Callable[[FairBooth], Any]] = {
    "kind": lambda booth: booth.fair.kind,
    "on": lambda booth: booth.fair.on,
    "places": lambda booth: booth.places_text,
    "agent": lambda booth: booth.agent_name,
    "jobs": _jobs,
    "announced_on": lambda booth: booth.fair.announced_on,
    "announced_where": lambda booth: booth.fair.announced_where or None,
    "screen_loaded_on": lambda booth: booth.fair.screen_loaded_on,
    "steward": lambda booth: booth.fair.steward or None,
    "guided_at": lambda booth: booth.fair.guided_at,
    "guided_what": lambda booth: booth.fair.guided_what or None,
    "visitors_count": lambda booth: _after(booth, reporting.met(booth)),
    "intents_count": lambda booth: _after(booth, booth.intents.count()),
    "consulted_count": lambda booth: _after(booth, booth.fair.consulted),
    "course": lambda booth: booth.fair.course or None,
    "ended_on": lambda booth: booth.fair.ended_on,
    "receipt_on": lambda booth: booth.receipt_on,
    "hired": _hired,
    "difficulty": lambda booth: booth.difficulty or None,
    "tracked_on": lambda booth: booth.tracked_on,
    "tracking": lambda booth: booth.tracking or None,
}


def _written(value: Any) -> Any:
    """A day or an hour as fields keep it."""
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, dt.date) else value


def known(case: Case, name: str) -> Any:
    """One fact as it is stored (`fair.kind`); None when the employer has no booth or nobody has said it yet."""
    booth = booth_of(case)
    return _written(FACTS[name.removeprefix("fair.")](booth)) if booth is not None else None


def attach(ctx: StepContext) -> Done:
    """Q-2.2.4 接待受理: from now on the case and the booth belong together. An employer without a booth is received all the same."""
    booth = booth_of(ctx.case)
    if booth is not None and booth.case_id is None:
        FairBooth.objects.filter(pk=booth.pk, case=None).update(case=ctx.case)
    return Done(refs={"booth": booth.pk} if booth is not None else {})

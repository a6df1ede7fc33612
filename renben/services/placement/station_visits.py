"""What a station's round among firms leaves behind (C-7.3.1): contacts on the files of firms known, a task for each that has none.

A firm without a file stays a line of the case until somebody opens its file; nothing is opened by itself, because a name alone is
no employer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from renben.engines.procedures.contracts import Done, StepContext
from renben.kernel import clock, taskboard
from renben.kernel.employer_names import plain_name
from renben.kernel.models import Employer, Organization, Task
from renben.services.placement import visits
from renben.services.placement.firms.models import EmployerCall

FILED = "EmployerFiled"
"""What clears the task of opening a file."""
PREFIX = "employer.missing:"


def by_name(name: str, office: Organization) -> list[Employer]:
    """Up to two employers of this name on file at the office's street: one is the one meant, two are too many."""
    street = office.parent if office.tier == "community" and office.parent else office
    rows = Employer.objects.filter(
        plain_name=plain_name(name), merged_into=None, organization__path__startswith=street.path
    )
    return list(rows.select_related("organization__region").order_by("id")[:2]) if name.strip() else []


def ask_for_file(name: str, office: Organization, case: Any) -> None:
    """A task of the office: open the file of a firm that a line names."""
    name = name.strip()[:100]
    if not name:
        return
    taskboard.open_task(
        key=f"{PREFIX}{office.pk}:{plain_name(name)}"[:120],
        title=f"建单位档案：{name}",
        reason=f"“{case.title}”里写到的{name}还没有单位档案，岗位登记不了。请看营业执照建档。",
        organization=office,
        cleared_by=FILED,
        due_on=clock.today(),
        url=f"/employers/new/?{urlencode({'name': name})}",
    )


def ask_for_files(names: Iterable[str], office: Organization, case: Any) -> None:
    for name in names:
        if name.strip() and not by_name(name, office):
            ask_for_file(name, office, case)


def filed() -> int:
    """Clear what has its file now; returns how many. Run when a file is opened, and every night."""
    found = 0
    rows = Task.objects.filter(key__startswith=PREFIX, cleared_at=None).select_related("organization__parent")
    for task in rows.order_by("id"):
        if by_name(task.title.partition("：")[2], task.organization):
            found += taskboard.clear(key=task.key, event=FILED, outcome="已建档")
    return found


def listed(ctx: StepContext) -> Done:
    """前期准备: firms of the list that have no file yet."""
    rows = ctx.facts.get("local_employers") or []
    ask_for_files((row.get("employer") or "" for row in rows), ctx.organization, ctx.case)
    return Done()


def _day(row: Mapping[str, Any], on: dt.date) -> dt.date:
    value = row.get("visited_on")
    return min(dt.date.fromisoformat(value) if isinstance(value, str) else value or on, on)


def visited(ctx: StepContext) -> Done:
    """定期走访: each line becomes a contact on the firm's file, once for a case and day."""
    for row in ctx.facts.get("visited_employers") or []:
        name = row.get("employer") or ""
        found = by_name(name, ctx.organization)
        if not found:
            ask_for_file(name, ctx.organization, ctx.case)
        if len(found) != 1:
            continue
        EmployerCall.objects.update_or_create(
            case=ctx.case,
            employer=found[0],
            on=_day(row, ctx.on),
            defaults={
                "organization": ctx.organization,
                "way": row.get("way") or EmployerCall.Way.VISIT,
                "words": str(row.get("needs") or f"空岗{row.get('openings') or 0}个")[:500],
                "recorded_by": ctx.by,
                "recorded_at": clock.now(),
            },
        )
        visits.contacted(found[0])
    return Done()

"""Tasks (待办): same key never twice, cleared by the named event, a give-up anywhere opens one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.kernel import clock, rows
from renben.kernel.models import Task

_CLEAR = "UPDATE kernel_task SET cleared_at = %s, outcome = %s WHERE cleared_at IS NULL AND cleared_by = %s"


def open_task(
    *,
    key: str,
    title: str,
    reason: str,
    organization: Any,
    cleared_by: str,
    due_on: dt.date | None = None,
    person: Any = None,
    url: str = "",
) -> Task:
    """Open a task, or return the one that already has this key (also when it was cleared)."""
    task = Task(
        key=key,
        title=title,
        reason=reason,
        organization=organization,
        cleared_by=cleared_by,
        due_on=due_on,
        person=person,
        url=url,
        opened_at=clock.now(),
    )
    return task if rows.insert_unless(task, "key") else Task.objects.get(key=key)


def clear(*, key: str, event: str, outcome: str = "") -> bool:
    """Clear the task with this key. False when there is none open."""
    return bool(rows.execute(f"{_CLEAR} AND key = %s", clock.now(), outcome, event, key))


def clear_at(*, organization: Any, event: str, outcome: str = "") -> bool:
    """Clear the open tasks of an office that this event clears. False when there is none."""
    office = str(organization.pk)
    return bool(rows.execute(f"{_CLEAR} AND organization_id = %s", clock.now(), outcome, event, office))


def clear_of(*, person: Any, event: str, outcome: str = "") -> bool:
    """Clear the open tasks about a person that this event clears. False when there is none."""
    return bool(rows.execute(f"{_CLEAR} AND person_id = %s", clock.now(), outcome, event, str(person.pk)))

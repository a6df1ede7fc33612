"""Tasks (待办): same key never twice, cleared by the named event, a give-up anywhere opens one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.kernel import clock
from renben.kernel.models import Task


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
    task, _ = Task.objects.get_or_create(
        key=key,
        defaults={
            "title": title,
            "reason": reason,
            "organization": organization,
            "cleared_by": cleared_by,
            "due_on": due_on,
            "person": person,
            "url": url,
            "opened_at": clock.now(),
        },
    )
    return task


def clear(*, key: str, event: str, outcome: str = "") -> bool:
    """Clear the task with this key. False when there is none open."""
    return bool(
        Task.objects.filter(key=key, cleared_at=None, cleared_by=event).update(cleared_at=clock.now(), outcome=outcome)
    )

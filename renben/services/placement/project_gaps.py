"""就业三同时 kept up: what a key project reached without its counterpart in employment becomes a task (J-4.1.2, Q-2.3.3)."""

from __future__ import annotations

import datetime as dt

from renben.kernel import clock, taskboard
from renben.services.placement.models import KeyProject
from renben.services.placement.visits import KEPT_UP, STAGES, gap_key


def remind(today: dt.date | None = None) -> int:
    """每晚: a stage reached without its forecast, placement or service is a task of the firm's office; returns how many stand.
    What was done or put off meanwhile is cleared. A second run changes nothing."""
    today, found = today or clock.today(), 0
    rows = KeyProject.objects.filter(employer__merged_into=None).select_related("employer__organization")
    for project in rows.order_by("id"):
        for reached, done, stage, task in STAGES:
            day = getattr(project, reached)
            if day is None or day > today or getattr(project, done):
                taskboard.clear(key=gap_key(project, done), event=KEPT_UP, outcome="已补上")
                continue
            found += 1
            taskboard.open_task(
                key=gap_key(project, done),
                title=f"就业三同时：{project.name}还没有做{task}",
                reason=f"{project.employer.name}的“{project.name}”{day:%Y年%m月%d日}已到“{stage}”，"
                f"同时要做的{task}还没有。请联系单位补上，在项目里写日期。",
                organization=project.employer.organization,
                cleared_by=KEPT_UP,
                due_on=day,
                url=f"/employers/{project.employer_id}/?tab=visits",
            )
    return found

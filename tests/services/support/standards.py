"""A figure the catalogue leaves open, put in force as the agency would: drafted by one, approved by another."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.rules import changing
from renben.engines.rules.models import ParameterChange


def put_in_force(place: Any, name: str, value: Any, *, since: str = "2026-01-01") -> ParameterChange:
    """`value` holds from `since` on."""
    writer = place.staff("second_review", place.centre, "起草人")
    leader = place.staff("leader", place.centre, "审批人")
    change = changing.open_change(parameter=name, by=writer, organization=place.centre)
    change = changing.save_change(
        change_id=change.pk,
        by=writer,
        revision=change.revision,
        value=value,
        valid_from=dt.date.fromisoformat(since),
        document="顺劳社字〔2009〕42号",
        article="第三条",
    )
    changing.submit(change_id=change.pk, by=writer, reason="按文件登记标准")
    return changing.approve(change_id=change.pk, by=leader, opinion="同意")

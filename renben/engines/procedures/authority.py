"""May this user do this step: an own post of the step's role at the step's office, or one lent by a delegation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from renben.engines.procedures.contracts import Reason, Stop
from renben.engines.procedures.locking import LockedStep
from renben.kernel import clock
from renben.kernel.models import Delegation, Organization, Post
from renben.kernel.roles import Role


def delegation_for(by: Any, organization: Organization, roles: list[str], on: dt.date | None = None) -> int | None:
    """None when an own post allows it, the delegation's id when a lent one does. Raises Stop when neither does."""
    day = on or clock.today()
    posts = Post.objects.active_on(day).filter(organization=organization, role__in=roles)
    if posts.filter(staff__user=by).exists():
        return None
    lent = (
        Delegation.objects.filter(to_staff__user=by, start_on__lte=day, end_on__gt=day, revoked_at=None)
        .filter(Q(from_staff__in=posts.values("staff")))
        .order_by("id")
        .values_list("id", flat=True)
        .first()
    )
    if lent is None:
        raise _not_yours(organization, roles)
    return lent


def demand(locked: LockedStep) -> int | None:
    """The same for a step that was just locked: its answer came with the lock."""
    if not locked.has_post and locked.delegation_id is None:
        raise _not_yours(locked.step.organization, locked.step.roles)
    return locked.delegation_id


def _not_yours(organization: Organization, roles: list[str]) -> Stop:
    who = "、".join(Role(role).label for role in roles)
    return Stop(
        Reason(
            "not_yours",
            f"这一环节由{organization.short_name}的{who}岗位办理，您没有这个岗位",
            "请交给该岗位的同事，或请其办理委托代办",
        )
    )

"""Who appoints remote interviews (远程面试): whoever recommends people."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import Role
from renben.services.placement.interviews.models import Interview

declare("interview.work", "约远程面试", COUNTER_DESK | {Role.COUNSELLOR})

register_subject(
    "interview",
    SubjectKind(
        label="远程面试",
        queryset=lambda: Interview.objects.select_related(
            "organization", "referral__person__organization", "referral__vacancy__employer"
        ),
        within=lambda path: (
            Q(organization__path__startswith=path) | Q(referral__person__organization__path__startswith=path)
        ),
    ),
)

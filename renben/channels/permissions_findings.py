"""Who may see and work on what policies found (政策找人); everybody sees the people of the own territory."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK, REVIEW
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.support.finding.models import Finding

declare("finding.view", "查看政策找人", BUSINESS - {Role.HOTLINE})
declare("finding.work", "告知政策、发起申请", COUNTER_DESK | {Role.COUNSELLOR})

declare("finding.run", "现在就查一遍政策找人", REVIEW | {Role.INFORMATION, Role.LEADER}, tiers=("district",))

register_subject(
    "finding",
    SubjectKind(
        label="政策找人",
        queryset=lambda: Finding.objects.select_related("person__organization", "case", "told_by", "ended_by"),
        within=lambda path: Q(person__organization__path__startswith=path),
    ),
)

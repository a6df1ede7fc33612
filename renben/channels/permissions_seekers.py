"""Who may see and work on registrations for work (求职登记): where it was made, and where the person belongs."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.placement.models import Seeker

declare("seeker.view", "查看求职登记", BUSINESS - {Role.HOTLINE})
declare("seeker.work", "办理求职登记", COUNTER_DESK | {Role.COUNSELLOR, Role.INFORMATION})

register_subject(
    "seeker",
    SubjectKind(
        label="求职登记",
        queryset=lambda: Seeker.objects.select_related("person__organization", "organization"),
        within=lambda path: Q(organization__path__startswith=path) | Q(person__organization__path__startswith=path),
        own=lambda person_id: Q(person=person_id),
    ),
)

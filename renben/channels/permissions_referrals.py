"""Who may see and work on referrals (岗位推荐): where they were made, and where the person belongs."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.placement.models import Referral, ReferralContact

declare("referral.view", "查看岗位推荐", BUSINESS)
declare("referral.work", "推荐岗位、记推荐结果", COUNTER_DESK | {Role.COUNSELLOR})
declare("referral.call", "推荐后回访", COUNTER_DESK | {Role.COUNSELLOR, Role.HOTLINE})

register_subject(
    "referral",
    SubjectKind(
        label="岗位推荐",
        queryset=lambda: Referral.objects.select_related(
            "person__organization",
            "vacancy__employer",
            "organization",
            "seeker__organization",
            "made_by",
            "case",
            "letter",
        ),
        within=lambda path: Q(organization__path__startswith=path) | Q(person__organization__path__startswith=path),
        own=lambda person_id: Q(person=person_id),
    ),
)
register_subject(
    "referral_contact",
    SubjectKind(
        label="推荐回访",
        queryset=lambda: ReferralContact.objects.select_related(
            "organization", "referral__person__organization", "referral__vacancy__employer", "referral__organization"
        ),
        within=lambda path: (
            Q(organization__path__startswith=path) | Q(referral__person__organization__path__startswith=path)
        ),
    ),
)

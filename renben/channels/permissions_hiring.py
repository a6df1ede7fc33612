"""Who may see and work on the subsidies for firms that hire; a street sees the applications it took and those of its firms."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK, REVIEW, STREET_DISTRICT
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.support.hiring.models import HiringClaim, HiringMonth, HiringPerson

declare("hiring.view", "查看用人单位补贴", BUSINESS - {Role.HOTLINE}, tiers=STREET_DISTRICT)
declare("hiring.work", "受理、初审用人单位补贴，登记花名册和离开", COUNTER_DESK | REVIEW, tiers=STREET_DISTRICT)
declare("hiring.decide", "复审用人单位补贴", REVIEW | {Role.LEADER}, tiers=("district",))
declare("hiring.pay", "用人单位补贴列入名录、登记追回", {Role.COUNTER} | REVIEW, tiers=("district",))


def _within(path: str, to_claim: str = "") -> Q:
    return Q(**{f"{to_claim}organization__path__startswith": path}) | Q(
        **{f"{to_claim}employer__organization__path__startswith": path}
    )


register_subject(
    "hiring_claim",
    SubjectKind(
        label="用人单位补贴申请",
        queryset=lambda: HiringClaim.objects.select_related("employer__organization", "organization"),
        within=_within,
    ),
)
register_subject(
    "hiring_row",
    SubjectKind(
        label="用人单位补贴花名册",
        queryset=lambda: HiringPerson.objects.select_related(
            "person", "claim__employer__organization", "claim__organization", "determination"
        ),
        within=lambda path: _within(path, "claim__"),
        own=lambda person_id: Q(person=person_id),
    ),
)
register_subject(
    "hiring_month",
    SubjectKind(
        label="用人单位补贴月份",
        queryset=lambda: HiringMonth.objects.select_related(
            "person", "row__claim__employer__organization", "row__claim__organization"
        ),
        within=lambda path: _within(path, "row__claim__"),
        own=lambda person_id: Q(person=person_id),
    ),
)

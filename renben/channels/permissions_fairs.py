"""Who may plan and run fairs (招聘洽谈会): the district's and the streets' counters."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import REVIEW
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.placement.fairs.models import Fair, FairBooth, FairVisitor
from renben.services.placement.hall.models import Room

AT = ("street", "district")
declare("fair.view", "查看招聘洽谈会", BUSINESS - {Role.HOTLINE})
declare("fair.plan", "排会、发会讯、取消", {Role.COUNTER, Role.INFORMATION, Role.COUNSELLOR} | REVIEW, tiers=AT)
declare("fair.work", "订展位、签到、收回执", {Role.COUNTER, Role.INFORMATION, Role.COUNSELLOR} | REVIEW, tiers=AT)


register_subject(
    "fair",
    SubjectKind(
        label="招聘洽谈会",
        queryset=lambda: Fair.objects.select_related("organization"),
        within=lambda path: Q(organization__path__startswith=path),
    ),
)
register_subject(
    "fair_booth",
    SubjectKind(
        label="展位",
        queryset=lambda: FairBooth.objects.select_related("fair__organization", "employer"),
        within=lambda path: Q(fair__organization__path__startswith=path),
    ),
)
register_subject(
    "fair_visitor",
    SubjectKind(
        label="到会人员",
        queryset=lambda: FairVisitor.objects.select_related("fair__organization", "person"),
        within=lambda path: Q(fair__organization__path__startswith=path),
    ),
)
register_subject(
    "fair_room",
    SubjectKind(
        label="线上洽谈室",
        queryset=lambda: Room.objects.select_related("hall__fair__organization", "booth__fair", "booth__employer"),
        within=lambda path: Q(booth__fair__organization__path__startswith=path),
    ),
)

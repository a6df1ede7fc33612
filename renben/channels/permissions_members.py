"""Who may sign agreements with firms, judge their credit and take them as members."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK, REVIEW
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.placement.firms.models import CreditAppeal, VacancyAgreement

DESK = COUNTER_DESK | REVIEW | {Role.COUNSELLOR, Role.INFORMATION}
declare("agreement.view", "查看空岗报告协议", BUSINESS - {Role.HOTLINE})
declare("credit.view", "查看单位诚信", BUSINESS - {Role.HOTLINE})
declare("credit.work", "登记单位检查、申诉", DESK)
declare("credit.decide", "复核诚信申诉", REVIEW | {Role.LEADER}, tiers=("street", "district"))
declare("agreement.work", "签空岗报告协议、登记报告", DESK)

register_subject(
    "agreement",
    SubjectKind(
        label="空岗报告协议",
        queryset=lambda: VacancyAgreement.objects.select_related("employer__organization", "organization", "replaces"),
        within=lambda path: Q(organization__path__startswith=path) | Q(employer__organization__path__startswith=path),
    ),
)
register_subject(
    "credit_appeal",
    SubjectKind(
        label="诚信申诉",
        queryset=lambda: CreditAppeal.objects.select_related("employer", "organization"),
        within=lambda path: Q(organization__path__startswith=path) | Q(employer__organization__path__startswith=path),
    ),
)

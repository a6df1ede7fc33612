"""Who may sign agreements with firms, judge their credit and take them as members."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK, REVIEW
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.placement.firms.models import (
    CreditAppeal,
    FirmPage,
    FirmPicture,
    Membership,
    VacancyAgreement,
)

DESK = COUNTER_DESK | REVIEW | {Role.COUNSELLOR, Role.INFORMATION}
declare("agreement.view", "查看空岗报告协议", BUSINESS - {Role.HOTLINE})
declare("credit.view", "查看单位诚信", BUSINESS - {Role.HOTLINE})
declare("credit.work", "登记单位检查、申诉", DESK)
declare("credit.decide", "复核诚信申诉", REVIEW | {Role.LEADER}, tiers=("street", "district"))
declare("member.view", "查看会员单位", BUSINESS - {Role.HOTLINE})
declare("member.work", "登记会员申请、写形象页", DESK)
declare("member.decide", "审核会员、形象页", REVIEW | {Role.LEADER}, tiers=("street", "district"))
declare("employer.contact_days", "定多少天没有联系就提醒", REVIEW | {Role.LEADER}, tiers=("street", "district"))
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
register_subject(
    "membership",
    SubjectKind(
        label="会员单位",
        queryset=lambda: Membership.objects.select_related("employer__organization", "organization", "decided_by"),
        within=lambda path: Q(organization__path__startswith=path) | Q(employer__organization__path__startswith=path),
    ),
)
register_subject(
    "firm_page",
    SubjectKind(
        label="单位形象页",
        queryset=lambda: FirmPage.objects.select_related("employer__organization", "written_by"),
        within=lambda path: Q(employer__organization__path__startswith=path),
    ),
)
register_subject(
    "firm_picture",
    SubjectKind(
        label="形象页图片",
        queryset=lambda: FirmPicture.objects.select_related("page__employer", "file"),
        within=lambda path: Q(page__employer__organization__path__startswith=path),
        firm=lambda firm_id: Q(page__employer=firm_id),
    ),
)

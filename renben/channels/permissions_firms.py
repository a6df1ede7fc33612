"""What a contact of a firm finds in the employers' space: the firm's own vacancies, applicants, booths, contacts; nothing else."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK, REVIEW
from renben.kernel.models import EmployerContact, ImportBatch
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.placement.fairs.models import Fair, FairBooth
from renben.services.placement.firms.models import VacancyAgreement
from renben.services.placement.models import Referral, Vacancy
from renben.services.placement.space.models import EmployerRequest

register_subject(
    "firm_vacancy",
    SubjectKind(
        label="招聘岗位",
        queryset=lambda: Vacancy.objects.select_related("employer__organization", "organization", "region"),
        firm=lambda firm_id: Q(employer=firm_id),
    ),
)
register_subject(
    "firm_contact",
    SubjectKind(
        label="单位联系人",
        queryset=lambda: EmployerContact.objects.select_related("employer"),
        firm=lambda firm_id: Q(employer=firm_id),
    ),
)
register_subject(
    "firm_referral",
    SubjectKind(
        label="应聘的人",
        queryset=lambda: Referral.objects.select_related(
            "person", "seeker__person", "vacancy__employer", "vacancy__region", "organization"
        ),
        firm=lambda firm_id: Q(vacancy__employer=firm_id),
    ),
)
register_subject(
    "open_fair",
    SubjectKind(
        label="招聘洽谈会",
        queryset=lambda: Fair.objects.select_related("organization"),
        firm=lambda firm_id: Q(state__in=Fair.COMING),
    ),
)
register_subject(
    "firm_booth",
    SubjectKind(
        label="展位",
        queryset=lambda: FairBooth.objects.select_related("fair__organization", "employer"),
        firm=lambda firm_id: Q(employer=firm_id),
    ),
)
register_subject(
    "firm_agreement",
    SubjectKind(
        label="空岗报告协议",
        queryset=lambda: VacancyAgreement.objects.select_related("employer", "organization"),
        firm=lambda firm_id: Q(employer=firm_id),
    ),
)
register_subject(
    "firm_batch",
    SubjectKind(
        label="岗位表",
        queryset=lambda: ImportBatch.objects.select_related("organization"),
        firm=lambda firm_id: Q(firm__employer=firm_id),
    ),
)

declare("employer_request.view", "查看单位求助", BUSINESS - {Role.HOTLINE})
declare("employer_request.answer", "答复单位求助", COUNTER_DESK | REVIEW | {Role.COUNSELLOR})


def _requests():
    return EmployerRequest.objects.select_related("employer", "organization", "asked_by", "answered_by")


register_subject(
    "firm_request",
    SubjectKind(label="求助", queryset=_requests, firm=lambda firm_id: Q(employer=firm_id)),
)
register_subject(
    "employer_request",
    SubjectKind(
        label="单位求助",
        queryset=_requests,
        within=lambda path: Q(organization__path__startswith=path) | Q(employer__organization__path__startswith=path),
    ),
)

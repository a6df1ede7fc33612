"""What a contact of a firm finds in the employers' space: the firm's own vacancies, applicants, booths, contacts; nothing else."""

from __future__ import annotations

from django.db.models import Q

from renben.kernel.models import EmployerContact
from renben.kernel.policy import SubjectKind, register_subject
from renben.services.placement.models import Referral, Vacancy

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

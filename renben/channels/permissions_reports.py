"""Who may see and answer what the public reports of vacancies (招聘举报): the office that registered them."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK, REVIEW
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.placement.models import VacancyReport

declare("vacancy_report.view", "查看招聘举报", BUSINESS - {Role.HOTLINE})
declare("vacancy_report.answer", "核实招聘举报", COUNTER_DESK | REVIEW)

register_subject(
    "vacancy_report",
    SubjectKind(
        label="招聘举报",
        queryset=lambda: VacancyReport.objects.select_related("vacancy__employer", "organization", "answered_by"),
        within=lambda path: Q(organization__path__startswith=path),
    ),
)

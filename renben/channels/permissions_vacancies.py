"""Who may see and work on vacancies (招聘岗位). What is published may be seen by every office, changed only by its own."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK, REVIEW
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.placement.models import EmployerVisit, KeyProject, Vacancy

declare("vacancy.view", "查看招聘岗位", BUSINESS)
declare("vacancy.work", "登记、修改招聘岗位", COUNTER_DESK | {Role.COUNSELLOR, Role.INFORMATION})
declare(
    "vacancy.approve",
    "审核、发布招聘岗位",
    REVIEW | {Role.COUNTER, Role.INFORMATION, Role.LEADER},
    tiers=("street", "district"),
)


def _own(path: str) -> Q:
    return Q(organization__path__startswith=path) | Q(employer__organization__path__startswith=path)


def _rows():
    return Vacancy.objects.select_related("employer__organization", "organization", "region", "case")


register_subject(
    "vacancy",
    SubjectKind(
        label="招聘岗位",
        queryset=_rows,
        within=lambda path: _own(path) | Q(state=Vacancy.State.PUBLISHED),
    ),
)
register_subject("own_vacancy", SubjectKind(label="招聘岗位", queryset=_rows, within=_own))
declare("employer.visit", "预约、登记走访和重点项目", COUNTER_DESK | {Role.COUNSELLOR, Role.INFORMATION})
register_subject(
    "employer_visit",
    SubjectKind(
        label="单位走访",
        queryset=lambda: EmployerVisit.objects.select_related("employer__organization", "organization"),
        within=lambda path: Q(employer__organization__path__startswith=path),
    ),
)
register_subject(
    "key_project",
    SubjectKind(
        label="重点项目",
        queryset=lambda: KeyProject.objects.select_related("employer__organization"),
        within=lambda path: Q(employer__organization__path__startswith=path),
    ),
)

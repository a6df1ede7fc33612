"""Who may see and work on guaranteed loans; everybody sees those of the own territory."""

from __future__ import annotations

from django.db.models import Q

from renben.channels.permissions import COUNTER_DESK, REVIEW
from renben.kernel.policy import SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.support.loans.models import Loan, LoanCheck

declare("loan.view", "查看小额担保贷款", BUSINESS - {Role.HOTLINE})
declare(
    "loan.work",
    "登记贷款的推荐、检查、还款和追偿",
    COUNTER_DESK | REVIEW | {Role.COUNSELLOR, Role.LEADER},
    tiers=("street", "district"),
)

register_subject(
    "loan",
    SubjectKind(
        label="小额担保贷款",
        queryset=lambda: Loan.objects.select_related(
            "person__organization", "employer", "organization", "determination", "case"
        ),
        within=lambda path: Q(organization__path__startswith=path) | Q(person__organization__path__startswith=path),
        own=lambda person_id: Q(person=person_id),
    ),
)
register_subject(
    "loan_check",
    SubjectKind(
        label="贷后检查",
        queryset=lambda: LoanCheck.objects.select_related("loan__person__organization", "loan__organization"),
        within=lambda path: (
            Q(loan__organization__path__startswith=path) | Q(loan__person__organization__path__startswith=path)
        ),
        own=lambda person_id: Q(loan__person=person_id),
    ),
)

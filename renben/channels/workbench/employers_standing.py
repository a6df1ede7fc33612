"""协议、诚信、会员 of an employer's file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from renben.channels.workbench import agreements, members
from renben.kernel.models import Employer
from renben.services.placement.firms import credit


def part(request: HttpRequest, employer: Employer) -> dict[str, Any]:
    """What the service has agreed with the firm."""
    return {
        "agreements": agreements.of_employer(request.principal, employer),
        "memberships": members.of_employer(request.principal, employer),
        "credit": credit.current(employer),
    }

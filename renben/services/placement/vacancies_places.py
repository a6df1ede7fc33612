"""Where the work is, as far as words and files tell it."""

from __future__ import annotations

from renben.kernel.models import Employer, Organization, Region
from renben.kernel.models.organizations import Tier

_ENDINGS = ("街道", "地区")
SHORTEST = 2
"""Characters a street's name must keep without its ending to be looked for in a sentence."""


def _stem(name: str) -> str:
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name


def place_of(employer: Employer, office: Organization, text: str = "") -> str:
    """Code of the street whose name is written, else of the employer's own street, else of the office."""
    streets = Region.objects.filter(level="street", code__startswith=office.region_id[:6]).order_by("code")
    for code, name in streets.values_list("code", "name") if text else ():
        if len(stem := _stem(name)) >= SHORTEST and stem in text:
            return code
    return employer.organization.region_id if employer.organization.tier == Tier.STREET else office.region_id

"""Which office of a tier looks after whom: found by walking up the tree of organizations."""

from __future__ import annotations

from renben.kernel.models import Organization
from renben.kernel.models.organizations import Tier


class NoSuchOffice(Exception):
    """There is no office of that tier above this one; the text says so in Chinese."""


def office_of_tier(organization: Organization, tier: str) -> Organization:
    """The office itself or the nearest one above it that has the tier. NoSuchOffice when there is none."""
    office: Organization | None = organization
    while office is not None:
        if office.tier == tier:
            return office
        office = office.parent
    raise NoSuchOffice(f"“{organization}”上面没有{Tier(tier).label}级机构，请先选定所属街镇。")


def street_of(organization: Organization) -> Organization:
    """The street or town office (街镇社保所) that this office is or belongs to."""
    return office_of_tier(organization, Tier.STREET)


def district_of(organization: Organization) -> Organization:
    """The district centre above this office."""
    return office_of_tier(organization, Tier.DISTRICT)

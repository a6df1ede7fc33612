"""Streets and communities as rosters write them: 胜利街道办事处, 胜利街道 and 胜利 are the same place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from renben.services.exchange.layout import plain_label

_STREET_END = re.compile(r"(街道办事处|地区办事处|办事处|人民政府|社会保障事务所|社会保障所|社保所|街道|地区|镇|乡)$")
_COMMUNITY_END = re.compile(
    r"(社区居民委员会|社区居委会|居民委员会|村民委员会|居委会|村委会|就业服务站|服务站|社区|村)$"
)


def street_key(name: str) -> str:
    """The part of a street's or town's name that stays in every wording."""
    return _stem(name, _STREET_END)


def community_key(name: str) -> str:
    """The part of a community's or village's name that stays in every wording."""
    return _stem(name, _COMMUNITY_END)


def _stem(name: str, ending: re.Pattern) -> str:
    text = plain_label(name)
    while (shorter := ending.sub("", text)) and shorter != text:
        text = shorter
    return text


@dataclass
class Territory:
    """The places an import may write to. `streets[key]` and `communities[street][key]` are organization ids.

    `elsewhere` holds streets of the same district outside the reader's scope, only to word the refusal.
    `home` is the organization a row without a street belongs to, unless the reader is a whole district (`is_district`):
    then nobody can tell from the file.
    """

    home: int
    is_district: bool = False
    name: str = "本区"
    streets: dict[str, int] = field(default_factory=dict)
    communities: dict[int, dict[str, int]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)


def territory_of(organization: Any) -> Territory:
    """Everything below (and, for a station, directly above) an organization, from the office tree. Two queries."""
    from renben.kernel.models import Organization

    district_path = organization.path.split("/")[0] + "/"
    offices = list(
        Organization.objects.filter(path__startswith=district_path, tier__in=["district", "street", "community"])
        .select_related("region")
        .order_by("path")
    )
    district = next((office for office in offices if office.path == district_path), organization)
    territory = Territory(organization.pk, organization.tier in ("city", "district"), district.region.name)
    street_ids = {office.pk for office in offices if office.tier == "street"}
    for office in offices:
        inside = organization.contains(office)
        if office.tier == "street":
            key = street_key(office.region.name)
            if inside or office.contains(organization):
                territory.streets[key] = office.pk if inside else organization.pk
            else:
                territory.elsewhere.add(key)
        elif office.tier == "community" and inside:
            street = office.parent_id if office.parent_id in street_ids and organization.tier != "community" else 0
            street = street or organization.pk
            territory.communities.setdefault(street, {})[community_key(office.region.name)] = office.pk
    return territory

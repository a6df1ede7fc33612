"""What stands before anybody works here: regions, the office tree, the calendar. Idempotent; any district."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction

from renben.kernel import calendar_table
from renben.kernel.models import Organization, Region
from renben.kernel.regions_data import read_regions

_started: list = []


def at_foundation(step) -> None:
    """Let an engine or service lay its own foundation (e.g. definitions) after the kernel's."""
    if step not in _started:
        _started.append(step)


@transaction.atomic
def load_regions(path: Path) -> int:
    """Regions from a CSV `code,name,parent_code,level`; existing rows are brought up to date."""
    rows = read_regions(path)
    order = {"province": 0, "city": 1, "district": 2, "street": 3, "village": 4}
    rows = sorted(rows, key=lambda row: (order[row.level], row.code))
    known = {row.code for row in rows}
    Region.objects.bulk_create(
        [
            Region(code=r.code, name=r.name, level=r.level, parent_id=r.parent_code if r.parent_code in known else None)
            for r in rows
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "parent"],
    )
    return len(rows)


def short(name: str) -> str:
    """The name people use: without 居委会, 村委会, 办事处, and 村 or 社区 said once."""
    for ending, kind in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            stem = name[: -len(ending)]
            return stem if stem.endswith(kind) else stem + kind
    return name


ENDINGS = (
    ("社区居委会", "社区"),
    ("居民委员会", "社区"),
    ("村民委员会", "村"),
    ("村委会", "村"),
    ("居委会", "社区"),
    ("街道办事处", "街道"),
    ("办事处", "街道"),
)


@transaction.atomic
def build_offices(district_code: str) -> int:
    """One centre for the district, one 社保所 per street/town, one station per village. Existing offices stay."""
    district = Region.objects.get(code=district_code)
    top, _ = Organization.objects.get_or_create(
        path=f"{district_code}/",
        defaults={
            "name": f"{district.name}公共就业服务中心",
            "short_name": f"{district.name}中心",
            "tier": "district",
            "region": district,
        },
    )
    made = 0
    have = set(Organization.objects.values_list("path", flat=True))
    streets = []
    for region in Region.objects.filter(parent=district).order_by("code"):
        path = f"{top.path}{region.code[6:9]}/"
        if path not in have:
            streets.append(
                Organization(
                    name=f"{region.name}社会保障事务所",
                    short_name=short(region.name),
                    tier="street",
                    region=region,
                    parent=top,
                    path=path,
                )
            )
    made += len(Organization.objects.bulk_create(streets))
    parents = {o.region_id: o for o in Organization.objects.filter(parent=top)}
    stations = []
    for region in Region.objects.filter(parent__in=list(parents)).order_by("code"):
        parent = parents[region.parent_id]
        path = f"{parent.path}{region.code[9:12]}/"
        if path not in have:
            stations.append(
                Organization(
                    name=f"{short(region.name)}就业服务站",
                    short_name=short(region.name),
                    tier="community",
                    region=region,
                    parent=parent,
                    path=path,
                )
            )
    made += len(Organization.objects.bulk_create(stations))
    return made


def lay_foundation() -> None:
    """Everything `renben migrate` leaves behind besides tables."""
    for path in sorted((settings.CATALOG_DIR / "codes").glob("regions_*.csv")):
        load_regions(path)
        build_offices(path.stem.removeprefix("regions_"))
    calendar_table.seed()
    for step in _started:
        step()

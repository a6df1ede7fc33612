"""A small district for tests: one centre, two streets, two stations each, staff as asked for."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from renben.kernel import calendar_table, employers, identity, people
from renben.kernel.models import Employer, Organization, Person, Post, Region, StaffMember, User, WorkDay
from renben.kernel.uscc import make_uscc
from renben.kernel.workcalendar import load_work_calendar, provisional_year

CODES = Path(__file__).resolve().parents[1] / "catalog" / "codes"
_serial = itertools.count(1)
PASSWORD = "Renben-2026-test"


@cache
def _workdays() -> list[tuple]:
    published = [(*row, False) for row in load_work_calendar(CODES / "work_calendar.csv").rows()]
    return published + [(*row, True) for year in (2027, 2028) for row in provisional_year(year).rows()]


def calendar() -> None:
    """Fill the work calendar table."""
    WorkDay.objects.bulk_create(
        [
            WorkDay(date=day, is_work=is_work, name=name, source=source, is_provisional=provisional)
            for day, is_work, name, source, provisional in _workdays()
        ],
        ignore_conflicts=True,
    )
    calendar_table.touch()


@dataclass
class District:
    centre: Organization
    streets: list[Organization] = field(default_factory=list)
    villages: list[Organization] = field(default_factory=list)

    def staff(self, role: str, organization: Organization, name: str = "张晓明") -> User:
        return staff(role, organization, name)


def district(*, with_calendar: bool = True) -> District:
    """顺义区 with two streets and two villages each."""
    if with_calendar:
        calendar()
    area = Region.objects.create(code="110113000000", name="顺义区", level="district")
    made = District(
        Organization.objects.create(
            name="顺义区公共就业服务中心", short_name="顺义区中心", tier="district", region=area, path="110113/"
        )
    )
    for i, name in enumerate(["胜利街道", "光明街道"], start=1):
        region = Region.objects.create(code=f"11011300{i}000", name=name, level="street", parent=area)
        street = Organization.objects.create(
            name=f"{name}社会保障事务所",
            short_name=name,
            tier="street",
            region=region,
            parent=made.centre,
            path=f"110113/00{i}/",
        )
        made.streets.append(street)
        for j in (1, 2):
            village = Region.objects.create(
                code=f"11011300{i}00{j}", name=f"{name[:2]}{j}社区", level="village", parent=region
            )
            made.villages.append(
                Organization.objects.create(
                    name=f"{village.name}就业服务站",
                    short_name=village.name,
                    tier="community",
                    region=village,
                    parent=street,
                    path=f"110113/00{i}/00{j}/",
                )
            )
    return made


def staff(role: str, organization: Organization, name: str = "张晓明") -> User:
    """A user with one open post."""
    user = User.objects.create_user(f"u{next(_serial)}", PASSWORD, display_name=name)
    member = StaffMember.objects.create(user=user, name=name)
    Post.objects.create(staff=member, role=role, organization=organization, start_on=dt.date(2020, 1, 1))
    return user


def resident_id(birth_on: dt.date = dt.date(1975, 3, 2), sex: str = "M") -> str:
    """A valid number of 顺义区, another one at each call."""
    serial = next(_serial) * 2 % 998 + (1 if sex == "M" else 0)
    return identity.make_resident_id("110113", birth_on, serial)


def person(organization: Organization, name: str = "李建国", sex: str = "M", **fields) -> Person:
    birth_on = fields.pop("birth_on", dt.date(1975, 3, 2))
    number = fields.pop("number", None) or resident_id(birth_on, sex)
    fields.setdefault("phone", "13800001234")
    fields.setdefault("hukou_kind", "urban")
    return people.open_file(
        number=number, by=None, name=name, sex=sex, birth_on=birth_on, organization=organization, **fields
    )


def employer(organization: Organization, name: str = "北京顺通物流有限公司", **fields) -> Employer:
    """An employer with a valid code of 顺义区, another one at each call."""
    uscc = fields.pop("uscc", None) or make_uscc(100_000 + next(_serial))
    return employers.open_employer(uscc=uscc, name=name, organization=organization, by=None, **fields)

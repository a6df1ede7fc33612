"""A small district where people look for work and employers look for people."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from renben.kernel import clock
from renben.kernel.models import Employer, EmployerLicence, LabourSpell, Organization, Person, Region
from renben.services.placement import referring
from renben.services.placement.models import Referral, Seeker, SeekerWish, Vacancy
from tests import build

TODAY = dt.date(2026, 11, 23)
_serial = itertools.count(1)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass
class World:
    place: build.District
    clerk: Any

    @property
    def street(self) -> Organization:
        return self.place.streets[0]

    def seeker(
        self, name: str = "王秀兰", *, person: Person | None = None, wish: dict | None = None, **fields: Any
    ) -> Seeker:
        """An active registration of the first village's person, with one wish."""
        person = person or build.person(self.place.villages[0], name, "F")
        values = {
            "organization": self.street,
            "number": f"S{next(_serial)}",
            "registered_on": day("2026-11-02"),
            "valid_until": day("2027-02-01"),
            "recorded_at": clock.now(),
        } | fields
        made = Seeker.objects.create(person=person, **values)
        wanted = {"title": "包装工", "occupation": "6-31-01-07", "wage_min_fen": 300_000} | (wish or {})
        SeekerWish.objects.create(seeker=made, **wanted)
        return made

    def employer(self, name: str = "北京顺通物流有限公司") -> Employer:
        found = Employer.objects.filter(name=name).order_by("id").first()
        if found is None:
            found = build.employer(self.street, name)
            self.licence(found, "2030-12-31")
        return found

    def licence(self, employer: Employer, until: str) -> EmployerLicence:
        """The one business licence on file."""
        values = {"valid_until": day(until), "recorded_at": clock.now()}
        return EmployerLicence.objects.update_or_create(
            employer=employer, kind="business", number=employer.uscc, defaults=values
        )[0]

    def vacancy(self, title: str = "包装工", *, headcount: int = 2, **fields: Any) -> Vacancy:
        """A published vacancy of the first street."""
        values = {
            "employer": fields.pop("employer", None) or self.employer(),
            "organization": self.street,
            "number": f"V{next(_serial)}",
            "occupation": "6-31-01-07",
            "duties": "给产品装箱、贴标签。",
            "headcount": headcount,
            "month_low_fen": 400_000,
            "month_high_fen": 500_000,
            "wage_low_fen": 400_000,
            "wage_high_fen": 500_000,
            "region": Region.objects.get(code="110113001000"),
            "state": Vacancy.State.PUBLISHED,
            "registered_on": day("2026-11-10"),
            "published_at": clock.now(),
            "valid_until": day("2026-12-31"),
            "recorded_at": clock.now(),
        } | fields
        return Vacancy.objects.create(title=title, **values)

    def refer(self, seeker: Seeker, vacancy: Vacancy, **given: Any) -> Referral:
        given = {"organization": self.street, "by": self.clerk} | given
        return referring.refer(seeker=seeker, vacancy=vacancy, **given)

    def at_work(self, person: Person, since: str) -> None:
        LabourSpell.objects.create(
            person=person, status="employed", start_on=day(since), source="registration", recorded_at=clock.now()
        )


def make() -> World:
    place = build.district()
    return World(place, build.staff("counter", place.streets[0]))

"""A small district with people of whom the register knows this and that."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from renben.kernel import clock
from renben.kernel.models import Household, HouseholdMember, LabourSpell, Person, Region
from renben.services.registration.models import PersonnelArchive, UnemploymentRegistration
from renben.services.support.finding import running
from renben.services.support.finding.models import Finding
from tests import build

TODAY = dt.date(2026, 11, 23)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass
class World:
    place: build.District
    clerk: Any
    village: Any

    def person(self, name: str = "王秀兰", sex: str = "F", birth: str = "1980-01-05", **fields: Any) -> Person:
        fields.setdefault("hukou_kind", "urban")
        person = build.person(self.place.villages[0], name, sex, birth_on=day(birth), **fields)
        Person.objects.filter(pk=person.pk).update(hukou_region=Region.objects.get(code="110113001001"))
        person.refresh_from_db()
        return person

    def spell(self, person: Person, status: str, since: str, until: str | None = None, source: str = "survey") -> None:
        LabourSpell.objects.create(
            person=person, status=status, start_on=day(since), end_on=until and day(until), source=source,
            recorded_at=clock.now(),
        )  # fmt: skip

    def registration(self, person: Person, on: str = "2026-10-08") -> UnemploymentRegistration:
        return UnemploymentRegistration.objects.create(
            person=person, organization=self.place.streets[0], registered_on=day(on), prior_status="employed",
            recorded_at=clock.now(),
        )  # fmt: skip

    def archive(self, person: Person, months: int | None = 40, reason: str = "contract_expired") -> PersonnelArchive:
        return PersonnelArchive.objects.create(
            person=person, received_on=day("2026-10-01"), organization=self.place.centre, recorded_by=self.clerk,
            target_organization=self.place.streets[0], contribution_months=months, separation_reason=reason,
            recorded_at=clock.now(),
        )  # fmt: skip

    def home(self, *people: Person, kind: str = "urban") -> Household:
        household = Household.objects.create(organization=self.place.villages[0], kind=kind)
        for person in people:
            HouseholdMember.objects.create(
                household=household, person=person, relation="家庭成员", start_on=day("2020-01-01")
            )
        return household

    def look(self) -> dict[str, dict[str, int]]:
        """One run over everybody; what it counted."""
        run = running.run_all()
        assert run.state == "done"
        run.refresh_from_db()
        return run.counts

    def found(self, person: Person, policy: str) -> Finding | None:
        return Finding.objects.filter(person=person, policy=policy).order_by("-id").first()


@pytest.fixture
def world(db) -> World:
    place = build.district()
    return World(place, build.staff("counter", place.streets[0]), build.staff("community_worker", place.villages[0]))

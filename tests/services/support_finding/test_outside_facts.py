"""What other bodies' files say about people reaches the search: the allowance of civil affairs, the certificate of the disabled."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.kernel import clock
from renben.kernel.models import ImportBatch
from renben.services.exchange.models import OutsideFact
from renben.services.support.models import InsuranceSubsidy
from tests.services.support_finding.conftest import day

pytestmark = pytest.mark.django_db


def told(world, person, kind: str, role: str = "", since: str = "2026-01-01", until: str | None = None) -> OutsideFact:
    """A body's file says something about a person."""
    batch = ImportBatch.objects.create(
        kind=kind, file_name="a.xlsx", file_sm3="0", organization=world.place.centre, created_at=clock.now()
    )
    return OutsideFact.objects.create(
        kind=kind,
        person=person,
        role=role,
        start_on=day(since),
        end_on=until and day(until),
        as_of=dt.date(2026, 11, 1),
        batch=batch,
    )


def unemployed(world):
    """Registered as unemployed for six weeks, thirty years old: of no category by what the register itself knows."""
    person = world.person(birth="1996-05-01")
    world.spell(person, "registered_unemployed", "2026-10-08")
    world.registration(person)
    return person


@pytest.mark.parametrize(("kind", "role"), [("dibao", ""), ("disability", "severe")])
def test_somebody_on_anothers_list_is_found_as_in_difficulty(world, kind, role):
    person, other = unemployed(world), unemployed(world)
    told(world, person, kind, role)
    world.look()
    assert world.found(person, "hardship") is not None
    assert world.found(other, "hardship") is None, "不在名单上的不猜"


@pytest.mark.parametrize(
    ("since", "until", "verdict"),
    [("2026-12-01", None, ""), ("2026-01-01", "2026-11-01", ""), ("2026-01-01", None, "false")],
)
def test_what_is_not_yet_no_more_or_found_untrue_does_not_count(world, since, until, verdict):
    person = unemployed(world)
    fact = told(world, person, "dibao", since=since, until=until)
    OutsideFact.objects.filter(pk=fact.pk).update(verdict=verdict)
    world.look()
    assert world.found(person, "hardship") is None


def test_who_falls_off_the_list_is_no_longer_found(world):
    person = unemployed(world)
    fact = told(world, person, "dibao")
    world.look()
    OutsideFact.objects.filter(pk=fact.pk).update(end_on=day("2026-11-01"))
    world.look()
    assert world.found(person, "hardship").state == "ended"


def test_the_certificate_goes_before_what_was_declared(world):
    """Thirty years old in flexible work: only the degree on the certificate makes the subsidy possible."""
    person = world.person(birth="1996-05-01")
    world.spell(person, "flexible", "2026-01-10", source="registration")
    InsuranceSubsidy.objects.create(
        person=person,
        organization=world.place.streets[0],
        kind="flexible",
        state="refused",
        applied_on=day("2026-05-01"),
        started_on=day("2026-01-10"),
        disability="none",
        is_registered=True,
        is_archive_deposited=True,
        retire_on=day("2051-05-01"),
        recorded_at=clock.now(),
    )
    world.look()
    assert world.found(person, "subsidy.flexible") is None
    told(world, person, "disability", "severe")
    world.look()
    found = world.found(person, "subsidy.flexible")
    assert found is not None and found.inputs["disability"] == "severe"

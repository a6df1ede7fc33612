from __future__ import annotations

import datetime as dt

import pytest

from renben.kernel.models import Task
from renben.services.registration import archives
from renben.services.registration.models import PersonnelArchive
from renben.services.registration.reasons import NotPossible
from tests import build

pytestmark = pytest.mark.django_db


def test_receiving_the_same_archive_again_returns_the_one_on_file(place, worker, archive):
    again = archives.receive_archive(
        person=worker, organization=place.centre, by=place.district_clerk, archive_number="DA-001"
    )
    assert again.pk == archive.pk
    assert PersonnelArchive.objects.count() == 1


def test_an_archive_belongs_to_the_street_of_the_person(place, archive):
    assert archive.target_organization == place.street
    assert archive.organization == place.centre


def test_review_gives_seven_working_days(place, archive):
    reviewed = archives.review_archive(archive=archive, by=place.reviewer)
    assert reviewed.state == "reviewed"
    assert reviewed.transfer_due_on == dt.date(2026, 12, 2)  # Monday 23 November + 7 working days


def test_missing_papers_wait_and_are_named(place, archive):
    waiting = archives.review_archive(archive=archive, by=place.reviewer, missing=["解除合同证明", " "])
    assert (waiting.state, waiting.materials_missing) == ("incomplete", ["解除合同证明"])
    with pytest.raises(NotPossible, match="审核通过后才能转移"):
        archives.transfer_archives(archives=[waiting], to_organization=place.street, by=place.reviewer)


def test_one_list_a_day_for_a_street(place, archive):
    other = archives.receive_archive(
        person=build.person(place.village, "王秀兰", "F"), organization=place.centre, by=place.district_clerk
    )
    for each in (archive, other):
        archives.review_archive(archive=each, by=place.reviewer)
    first = archives.transfer_archives(archives=[archive], to_organization=place.street, by=place.district_clerk)
    second = archives.transfer_archives(archives=[other], to_organization=place.street, by=place.district_clerk)
    assert first.pk == second.pk
    assert Task.objects.get(key=f"archives.collect:{first.pk}").organization == place.street


def test_an_archive_does_not_go_to_another_street(place, archive):
    archives.review_archive(archive=archive, by=place.reviewer)
    with pytest.raises(NotPossible, match="应转往"):
        archives.transfer_archives(archives=[archive], to_organization=place.other, by=place.district_clerk)


def test_collecting_checks_against_the_list(place, archive):
    wrong = archives.receive_archive(
        person=build.person(place.village, "王秀兰", "F"), organization=place.centre, by=place.district_clerk
    )
    for each in (archive, wrong):
        archives.review_archive(archive=each, by=place.reviewer)
    handover = archives.transfer_archives(
        archives=[archive, wrong], to_organization=place.street, by=place.district_clerk
    )
    got = archives.collect_archives(
        handover=handover, checked=[archive], mismatch={wrong.pk: "姓名与身份证不符"}, by=place.clerk
    )
    assert [each.pk for each in got] == [archive.pk]
    archive.refresh_from_db()
    wrong.refresh_from_db()
    handover.refresh_from_db()
    assert (archive.organization, archive.state) == (place.street, "collected")
    assert (wrong.organization, wrong.state) == (place.centre, "reviewed")
    assert handover.collected_on == dt.date(2026, 11, 23)
    assert Task.objects.get(key=f"archives.collect:{handover.pk}").cleared_at is not None
    assert Task.objects.get(key=f"archives.mismatch:{wrong.pk}:{handover.pk}").organization == place.centre


def test_a_list_stays_open_while_an_archive_is_left(place, archive):
    left = archives.receive_archive(
        person=build.person(place.village, "王秀兰", "F"), organization=place.centre, by=place.district_clerk
    )
    for each in (archive, left):
        archives.review_archive(archive=each, by=place.reviewer)
    handover = archives.transfer_archives(
        archives=[archive, left], to_organization=place.street, by=place.district_clerk
    )
    archives.collect_archives(handover=handover, checked=[archive], by=place.clerk)
    handover.refresh_from_db()
    assert handover.collected_on is None
    with pytest.raises(NotPossible, match="不在这份花名册"):
        archives.collect_archives(handover=handover, checked=[archive], by=place.clerk)


def test_what_the_papers_do_not_say_is_listed(place, worker):
    bare = archives.receive_archive(person=worker, organization=place.centre, by=place.district_clerk)
    assert len(archives.facts_missing(bare)) == 3
    archives.record_facts(
        archive=bare,
        by=place.district_clerk,
        separated_on=dt.date(2026, 10, 30),
        separation_reason="resigned",
        contribution_months=0,
    )
    bare.refresh_from_db()
    assert archives.facts_missing(bare) == []


def test_an_import_can_be_undone_until_the_archive_left(place, archive):
    archives.review_archive(archive=archive, by=place.reviewer)
    handover = archives.transfer_archives(archives=[archive], to_organization=place.street, by=place.district_clerk)
    with pytest.raises(NotPossible):
        archives.cancel_archive(archive=archive, reason="导入有误", by=place.district_clerk)
    archives.collect_archives(handover=handover, checked=[archive], by=place.clerk)
    fresh = archives.receive_archive(
        person=build.person(place.village, "王秀兰", "F"), organization=place.centre, by=place.district_clerk
    )
    assert archives.cancel_archive(archive=fresh, reason="导入有误", by=place.district_clerk).state == "cancelled"

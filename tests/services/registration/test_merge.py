from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.payments import actions as payments
from renben.engines.procedures import actions as procedures
from renben.kernel import events, labour, merge, merging, people
from renben.kernel.models import Household, HouseholdMember, LabourSpell, Person, Task, User
from renben.services.registration import archives, certificates, conditions, contacts, determining, registering
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(place):
    """The same man, opened a second time under another number and without his hukou kind."""
    return build.person(place.other_village, hukou_kind="", education="61")


def registered(place, person, clerk, street):
    return registering.register_unemployment(
        person=person,
        organization=street,
        prior_status="employed",
        evidence=conditions.required_evidence("employed"),
        by=clerk,
    )


def test_every_relation_to_a_person_is_handled():
    assert merge.unhandled() == [], "declare these with merge.register(...) in the module that owns them"
    assert set(merge.PEOPLE.handled) <= set(merging.relations_to(Person)), (
        "a relation is declared that no longer exists"
    )


def test_a_relation_nobody_declared_stops_the_merge(place, worker, twin, monkeypatch):
    monkeypatch.delitem(merge.PEOPLE.handled, "kernel.Task.person")
    assert merge.unhandled() == ["kernel.Task.person"]
    with pytest.raises(merging.MergeRefused, match=r"kernel\.Task\.person"):
        merge.merge_people(kept=worker, merged=twin, reason="同一人", by=place.clerk)


def test_both_histories_are_kept_and_the_other_file_steps_back(place, worker, twin):
    labour.set_status(person=worker, status="employed", start_on=dt.date(2015, 1, 1), source="employer")
    labour.set_status(person=worker, status="jobless", start_on=dt.date(2020, 1, 1), source="employer")
    LabourSpell.objects.create(
        person=twin,
        status="student",
        start_on=dt.date(1995, 9, 1),
        end_on=dt.date(1998, 7, 1),
        source="survey",
        recorded_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    clash = labour.set_status(person=twin, status="flexible", start_on=dt.date(2019, 1, 1), source="survey")
    number = people.full_number(twin)
    case = procedures.start(procedure_id="J-4.2.1", organization=place.other, by=place.other_clerk, person=twin)
    seen = []
    events.listen(events.PersonsMerged, seen.append)
    try:
        record = merge.merge_people(kept=worker, merged=twin, reason="两次建档", by=place.clerk)
    finally:
        events._listeners[events.PersonsMerged].clear()
    worker.refresh_from_db()
    twin.refresh_from_db()
    case.refresh_from_db()
    assert (twin.merged_into, twin.search_keys) == (worker, [])
    assert case.person == worker
    assert people.find_by_number("resident_id", number) == worker
    assert worker.documents.filter(is_primary=True).count() == 1
    assert worker.education == "61"  # what the kept file lacked
    assert worker.hukou_kind == "urban"  # what it had
    assert [s.status for s in worker.spells.all()] == ["student", "employed", "jobless"]
    assert list(twin.spells.all()) == [clash]  # the contradiction stays readable and becomes work
    assert Task.objects.get(key=f"merge.status:{worker.pk}:{twin.pk}").person == worker
    assert record.moved["procedures.Case.person"]["moved"] == [case.pk]
    assert record.moved["kernel.LabourSpell.person"]["left"] == [clash.pk]
    assert [(e.kept_id, e.merged_id) for e in seen] == [(worker.pk, twin.pk)]


def test_two_running_registrations_become_one(place, worker, twin, stock):
    first = registered(place, worker, place.clerk, place.street)
    second = registered(place, twin, place.other_clerk, place.other)
    certificates.move_stock(organization=place.other, delta=20, kind="received", by=place.other_clerk)
    held = certificates.issue_certificate(registration=first, by=place.clerk)
    doubled = certificates.issue_certificate(registration=second, by=place.other_clerk)
    contacts.open_month_contacts(organization=place.centre, month=dt.date(2026, 11, 1))
    merge.merge_people(kept=worker, merged=twin, reason="两次建档", by=place.clerk)
    for row in (first, second, held, doubled):
        row.refresh_from_db()
    assert (first.state, second.state, second.close_reason) == ("active", "closed", "duplicate")
    assert second.person == doubled.person == worker
    assert (held.state, doubled.state) == ("valid", "revoked")


def test_two_running_benefits_must_be_cleared_up_first(place, worker, twin):
    for person, clerk, street in ((worker, place.clerk, place.street), (twin, place.other_clerk, place.other)):
        archives.receive_archive(
            person=person,
            organization=place.centre,
            by=place.district_clerk,
            separated_on=dt.date(2026, 10, 30),
            separation_reason="contract_expired",
            contribution_months=40,
        )
        registered(place, person, clerk, street)
        determining.determine_benefit(person=person, by=place.reviewer)
    with pytest.raises(merging.MergeRefused, match="停发其中一份"):
        merge.merge_people(kept=worker, merged=twin, reason="两次建档", by=place.clerk)
    twin.refresh_from_db()
    assert twin.merged_into is None


def test_a_month_paid_under_both_files_comes_to_light(place, worker, twin):
    month = dt.date(2026, 11, 1)
    for person, street in ((worker, place.street), (twin, place.other)):
        payments.make_batch(
            heading="ui_monthly",
            month=month,
            organization=street,
            dues=[
                payments.Due(person.pk, month, 100),
                payments.Due(person.pk, dt.date(2026, 10 - street.pk % 2, 1), 100),
            ],
            by=place.clerk,
        )
    merge.merge_people(kept=worker, merged=twin, reason="两次建档", by=place.clerk)
    assert worker.payment_lines.count() == 4
    assert "2026-11" in Task.objects.get(key=f"payments.doubled:{worker.pk}:{twin.pk}").reason


def test_the_same_archive_is_held_once_and_one_household_and_account_remain(place, worker, twin):
    for person in (worker, twin):
        archives.receive_archive(
            person=person, organization=place.centre, by=place.district_clerk, archive_number="DA-7"
        )
        home = Household.objects.create(organization=person.organization)
        HouseholdMember.objects.create(household=home, person=person, relation="户主", start_on=dt.date(2010, 1, 1))
        User.objects.create_user(f"p{person.pk}", display_name=person.name, person=person)
    merge.merge_people(kept=worker, merged=twin, reason="两次建档", by=place.clerk)
    assert sorted(worker.archives.values_list("state", flat=True)) == ["cancelled", "received"]
    assert worker.memberships.filter(end_on=None).count() == 1
    assert worker.memberships.count() == 2
    assert User.objects.get(person=twin).is_active is False


def test_a_file_is_not_merged_twice_or_without_a_reason(place, worker, twin):
    with pytest.raises(merging.MergeRefused, match="原因"):
        merge.merge_people(kept=worker, merged=twin, reason=" ", by=place.clerk)
    with pytest.raises(merging.MergeRefused, match="同一份"):
        merge.merge_people(kept=worker, merged=worker, reason="同一人", by=place.clerk)
    merge.merge_people(kept=worker, merged=twin, reason="同一人", by=place.clerk)
    with pytest.raises(merging.MergeRefused, match="已经并入"):
        merge.merge_people(kept=worker, merged=twin, reason="同一人", by=place.clerk)


def test_likely_duplicates_come_with_the_reason(place, worker, twin):
    build.person(place.village, "李建国", birth_on=dt.date(1990, 1, 1), phone="13911110000")
    other = build.person(place.village, "王秀兰", "F", birth_on=dt.date(1980, 1, 1))
    found = merge.find_duplicates(worker)
    assert found[0].person == twin
    assert {"姓名相同", "出生日期相同", "电话后四位相同"} <= set(found[0].why)
    assert [likely.person for likely in found] == [twin]
    assert other not in [likely.person for likely in merge.find_duplicates(worker)]
    merge.merge_people(kept=worker, merged=twin, reason="同一人", by=place.clerk)
    worker.refresh_from_db()
    assert merge.find_duplicates(worker) == []

from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.procedures import actions as procedures
from renben.kernel import events, taskboard
from renben.kernel.models import Task
from renben.services.registration import archives, benefits, certificates, contacts, determining, moving, registering
from renben.services.registration.models import ArchiveMovement, MonthlyContact
from renben.services.registration.reasons import NotPossible

pytestmark = pytest.mark.django_db
NOVEMBER = dt.date(2026, 11, 1)


def test_whoever_did_not_report_is_to_be_called_by_the_last_working_day(place, registration):
    rows = contacts.open_month_contacts(organization=place.street, month=dt.date(2026, 11, 20), by=place.clerk)
    assert [(row.registration_id, row.due_on) for row in rows] == [(registration.pk, dt.date(2026, 11, 30))]
    again = contacts.open_month_contacts(organization=place.centre, month=NOVEMBER, by=place.district_clerk)
    assert [row.pk for row in again] == [rows[0].pk]
    assert Task.objects.filter(cleared_by="MonthContactsDone").count() == 1


def test_a_rest_day_at_the_end_of_the_month_moves_the_duty_earlier(place):
    assert contacts.last_working_day(dt.date(2026, 10, 1)) == dt.date(2026, 10, 30)  # the 31st is a Saturday
    assert contacts.last_working_day(dt.date(2026, 11, 1)) == dt.date(2026, 11, 30)


def test_whoever_reported_is_not_called(place, registration):
    contacts.record_report(registration=registration, by=place.clerk, text="投了三份简历")
    assert contacts.open_month_contacts(organization=place.street, month=NOVEMBER, by=place.clerk) == []
    assert registration.dynamic_records.get().text == "投了三份简历"


def test_the_last_call_clears_the_task_of_the_month(place, registration):
    contacts.open_month_contacts(organization=place.street, month=NOVEMBER, by=place.clerk)
    contacts.record_contact(
        registration=registration, month=NOVEMBER, reached=True, result="正在找保洁工作", by=place.clerk
    )
    task = Task.objects.get(cleared_by="MonthContactsDone")
    assert task.cleared_at is not None
    assert MonthlyContact.objects.get().contacted_on == dt.date(2026, 11, 23)


def test_nobody_reached_for_six_months_asks_to_check_the_registration(place, registration):
    for month in range(12, 16):
        day = dt.date(2026 + (month - 1) // 12, (month - 1) % 12 + 1, 28)
        contacts.record_contact(
            registration=registration, month=day, reached=False, result="无人接听", by=place.clerk, on=day
        )
    assert not Task.objects.filter(key__startswith="contacts.none").exists()
    day = dt.date(2027, 5, 28)
    contacts.record_contact(registration=registration, month=day, reached=False, result="空号", by=place.clerk, on=day)
    task = Task.objects.get(key=f"contacts.none:{registration.pk}")
    assert "连续6个月" in task.reason
    contacts.record_contact(
        registration=registration, month=day, reached=True, result="已换号码", by=place.clerk, on=day
    )
    task.refresh_from_db()
    assert task.cleared_at is not None


def test_a_closed_registration_is_not_called(place, registration):
    contacts.open_month_contacts(organization=place.street, month=NOVEMBER, by=place.clerk)
    registering.deregister(registration=registration, reason="hired", by=place.clerk)
    assert Task.objects.get(cleared_by="MonthContactsDone").cleared_at is not None
    later = contacts.open_month_contacts(organization=place.street, month=dt.date(2026, 12, 1), by=place.clerk)
    assert later == []


def test_moving_hands_over_everything_that_runs(place, worker, archive, registration, stock):
    certificate = certificates.issue_certificate(registration=registration, by=place.clerk)
    benefit = benefits.enrol_benefit(
        benefit=determining.determine_benefit(person=worker, by=place.reviewer), by=place.clerk
    )
    case = procedures.start(procedure_id="J-4.2.1", organization=place.street, by=place.clerk, person=worker)
    contacts.open_month_contacts(organization=place.street, month=NOVEMBER, by=place.clerk)
    taskboard.open_task(
        key="visit", title="上门", reason="走访", organization=place.street, person=worker, cleared_by="Visited"
    )
    seen = []
    listener = seen.append
    events.listen(events.PersonMoved, listener)
    try:
        handed = moving.move_person(
            person=worker, to_organization=place.other_village, reason="户口迁往光明街道", by=place.clerk
        )
    finally:
        events._listeners[events.PersonMoved].remove(listener)
    for row in (registration, benefit, certificate, case, worker, archive):
        row.refresh_from_db()
    assert registration.organization == benefit.organization == case.organization == place.other
    assert worker.organization == place.other_village
    assert certificate.organization == place.street  # the office that issued it
    assert archive.target_organization == place.other
    assert MonthlyContact.objects.get().organization == place.other
    assert Task.objects.get(key="visit").organization == place.other
    assert (handed.cases, handed.archives, handed.has_benefit) == (1, 1, True)
    assert [(e.person_id, e.to_organization_id) for e in seen] == [(worker.pk, place.other_village.pk)]
    moved = registration.changes.get(kind="moved")
    assert moved.organization == place.other and "户口迁往" in moved.reason


def test_an_archive_at_the_old_street_goes_on_a_list_to_the_new_one(place, worker, archive):
    archives.review_archive(archive=archive, by=place.reviewer)
    handover = archives.transfer_archives(archives=[archive], to_organization=place.street, by=place.district_clerk)
    archives.collect_archives(handover=handover, checked=[archive], by=place.clerk)
    moving.move_person(person=worker, to_organization=place.other, reason="搬家", by=place.clerk)
    archive.refresh_from_db()
    assert (archive.organization, archive.state) == (place.street, "reviewed")
    onward = archives.transfer_archives(archives=[archive], to_organization=place.other, by=place.clerk)
    assert onward.from_organization == place.street
    archives.collect_archives(handover=onward, checked=[archive], by=place.other_clerk)
    archive.refresh_from_db()
    assert archive.organization == place.other
    kinds = list(ArchiveMovement.objects.filter(archive=archive).order_by("id").values_list("kind", flat=True))
    assert kinds == ["received", "reviewed", "sent", "collected", "redirected", "sent", "collected"]


def test_moving_needs_a_reason_and_another_office(place, worker):
    with pytest.raises(NotPossible, match="原因"):
        moving.move_person(person=worker, to_organization=place.other, reason=" ", by=place.clerk)
    with pytest.raises(NotPossible, match="不用转"):
        moving.move_person(person=worker, to_organization=place.village, reason="搬家", by=place.clerk)


@pytest.fixture
def monthly(place, registration):
    """The month-end contact that J-4.2.1 keeps for a registered person, due on 30 November."""
    case = procedures.start(
        procedure_id="J-4.2.1", organization=place.street, by=place.clerk, person=registration.person
    )
    return procedures.open_follow_up(case=case, kind="monthly_contact", by=place.clerk)


def test_a_report_settles_the_month_and_the_next_month_comes(place, registration, monthly):
    contacts.record_report(registration=registration, by=place.clerk, text="投了三份简历")
    monthly.refresh_from_db()
    assert (monthly.cleared_by_event, monthly.outcome) == ("PersonReported", "done")
    assert monthly.case.follow_ups.get(cleared_at=None).due_on == dt.date(2026, 12, 31)


def test_only_a_call_that_reached_somebody_settles_the_month(place, registration, monthly):
    call = {"registration": registration, "month": NOVEMBER, "by": place.clerk}
    contacts.record_contact(reached=False, result="无人接听", **call)
    monthly.refresh_from_db()
    assert monthly.cleared_at is None
    contacts.record_contact(reached=True, result="正在找保洁工作", **call)
    monthly.refresh_from_db()
    assert monthly.cleared_by_event == "PersonContacted"


def test_a_closed_registration_ends_the_contacts_for_good(place, registration, monthly):
    registering.deregister(registration=registration, reason="hired", by=place.clerk)
    monthly.refresh_from_db()
    assert (monthly.cleared_by_event, monthly.outcome) == ("PersonDeregistered", "ended")
    assert not monthly.case.follow_ups.filter(cleared_at=None).exists()

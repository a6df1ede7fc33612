"""Visits and key projects on the employer's file: booked early enough, followed up, nobody forgotten."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from django.urls import reverse

from renben.kernel import settings_store
from renben.kernel.employer_merge import merge_employers
from renben.kernel.models import Setting, Task
from renben.services.placement import visits
from renben.services.placement.models import EmployerVisit, KeyProject
from renben.services.registration.reasons import NotPossible
from tests.services.placement.vacancy_office import TODAY

State = EmployerVisit.State


@pytest.fixture(autouse=True)
def procedures(db):
    from renben.engines.procedures import definitions

    definitions.sync_definitions()


def page_of(answer) -> str:
    return html.unescape(answer.content.decode())


def booked(desk, days: int = 3) -> EmployerVisit:
    on = TODAY + dt.timedelta(days=days)
    return visits.book(employer=desk.employer, organization=desk.street, visit_on=on, by=desk.clerk)


def file_of(desk) -> str:
    return f"{reverse('employers:file', args=[desk.employer.pk])}?tab=visits"


def test_a_visit_is_booked_three_days_ahead_as_the_procedure_says(desk, counter):
    address = reverse("employers:book_visit", args=[desk.employer.pk])
    assert "至少提前3天" in page_of(counter.get(address))
    early = counter.post(address, {"booked_on": "2026-11-23", "visit_on": "2026-11-25", "purpose": "问缺不缺人"})
    assert early.status_code == 422
    assert "最早可约2026年11月26日" in page_of(early)
    assert "问缺不缺人" in page_of(early), "填的还在"
    counter.post(address, {"booked_on": "2026-11-23", "visit_on": "2026-11-26", "purpose": "问缺不缺人"})
    visit = EmployerVisit.objects.get()
    assert (visit.state, visit.visit_on) == (State.PLANNED, dt.date(2026, 11, 26))
    assert "问缺不缺人" in page_of(counter.get(file_of(desk)))


def test_what_the_employer_asked_for_is_a_task_until_it_is_answered(desk, sign_in, frozen_time):
    visit = booked(desk)
    frozen_time.shift(dt.timedelta(days=3))
    counter = sign_in(desk.clerk)
    address = reverse("employers:record_visit", args=[visit.pk])
    data = {"on": "2026-11-26", "visitors": "李敏", "found": "缺三名焊工", "wants": "想知道社保补贴怎么办"}
    assert "请写明哪天以前答复" in page_of(counter.post(address, data))
    counter.post(address, data | {"follow_up_on": "2026-12-01"})
    task = Task.objects.get(key=f"employer.answer:{visit.pk}")
    assert (task.due_on, task.reason, task.cleared_at) == (dt.date(2026, 12, 1), "想知道社保补贴怎么办", None)
    assert "缺三名焊工" in page_of(counter.get(file_of(desk)))
    counter.post(reverse("employers:answer_visit", args=[visit.pk]), {"text": "已送去政策单页，电话讲清"})
    task.refresh_from_db()
    assert task.cleared_at is not None
    with pytest.raises(NotPossible, match="没有等着答复"):
        visits.answer(visit=visit, text="又一次", by=desk.clerk)


def test_a_visit_to_come_is_not_recorded_and_a_missed_one_says_why(desk, counter):
    visit = booked(desk)
    with pytest.raises(NotPossible, match="今天以前"):
        visits.record(visit=visit, seen=visits.Seen("好"), on=TODAY + dt.timedelta(days=1), by=desk.clerk)
    counter.post(
        reverse("employers:call_off_visit", args=[visit.pk]), {"kind": "missed", "reason": "临时开会，没有告诉单位"}
    )
    visit.refresh_from_db()
    assert (visit.state, visit.found) == (State.MISSED, "临时开会，没有告诉单位")
    with pytest.raises(NotPossible, match="没去成"):
        visits.record(visit=visit, seen=visits.Seen("好"), by=desk.clerk)


def test_each_stage_of_a_project_has_its_counterpart(desk, counter):
    address = reverse("employers:new_project", args=[desk.employer.pk])
    counter.post(
        address, {"name": "二期厂房", "feasible_on": "2026-06-01", "forecast_on": "2026-06-03", "forecast": "120"}
    )
    project = KeyProject.objects.get()
    assert visits.gaps(project, TODAY) == []
    edit = reverse("employers:edit_project", args=[project.pk])
    counter.post(edit, {"name": "二期厂房", "registered_on": "2026-10-01", "operating_on": "2027-05-01", "version": 1})
    project.refresh_from_db()
    assert visits.gaps(project, TODAY) == ["已到“立项登记”，还没有做“招聘安置”"]
    assert "已到“立项登记”，还没有做“招聘安置”" in page_of(counter.get(file_of(desk)))
    stale = counter.post(edit, {"name": "二期厂房", "version": 1})
    assert stale.status_code == 422
    assert "已经有人改过" in page_of(stale)
    assert "已有同名的项目" in page_of(counter.post(address, {"name": "二期厂房"}))


def test_an_employer_nobody_spoke_to_for_long_becomes_one_task_until_somebody_does(desk, frozen_time):
    desk.register()
    quiet = desk.firm("北京没来往有限公司")
    assert visits.remind() == 0
    frozen_time.shift(dt.timedelta(days=90))
    assert visits.remind() == 0, "满90天还不算超过"
    frozen_time.shift(dt.timedelta(days=1))
    assert (visits.remind(), visits.remind()) == (1, 1)
    [task] = Task.objects.filter(key__startswith="employer.contact:", cleared_at=None)
    assert desk.employer.name in task.title
    assert quiet.name not in task.title, "没有打过交道的不催"
    frozen_time.shift(dt.timedelta(days=4))
    on = dt.date(2026, 11, 23) + dt.timedelta(days=95)
    visit = visits.book(
        employer=desk.employer,
        organization=desk.street,
        visit_on=on,
        by=desk.clerk,
        booked_on=on - dt.timedelta(days=4),
    )
    visits.record(visit=visit, seen=visits.Seen("暂时不缺人"), by=desk.clerk)
    task.refresh_from_db()
    assert task.cleared_at is not None
    assert visits.remind() == 0


def test_the_number_of_days_is_a_setting(desk, frozen_time):
    desk.register()
    Setting.objects.create(key="employer.contact_days", value=10)
    frozen_time.shift(dt.timedelta(days=11))
    assert settings_store.get("employer.contact_days") == 10
    assert visits.remind() == 1


def test_merging_two_files_keeps_visits_and_projects_apart(desk):
    other = desk.firm("北京顺通物流（顺义）有限公司")
    for firm in (desk.employer, other):
        visits.save_project(employer=firm, by=desk.clerk, name="二期厂房")
    visits.book(employer=other, organization=desk.street, visit_on=TODAY + dt.timedelta(days=5), by=desk.clerk)
    merge_employers(kept=desk.employer, merged=other, reason="同一家", by=desk.clerk)
    assert sorted(desk.employer.projects.values_list("name", flat=True)) == ["二期厂房", "二期厂房（并入）"]
    assert desk.employer.visits.count() == 1

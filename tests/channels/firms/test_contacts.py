"""Firms nobody spoke to, stages of a project left without their counterpart, firms a station found that have no file."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from renben.kernel import clock
from renben.kernel.models import Task
from renben.services.placement import project_gaps, station_visits, visits
from renben.services.placement.firms.models import EmployerCall
from renben.services.placement.models import KeyProject
from tests import build
from tests.robot.clerk import Clerk, current
from tests.robot.handing import act

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


def open_tasks(prefix: str) -> list[Task]:
    return list(Task.objects.filter(key__startswith=prefix, cleared_at=None).order_by("id"))


def test_a_silent_firm_is_on_the_list_until_somebody_calls(world, clerk, at):
    employer, never = world.employer(), world.employer("北京没来往有限公司")
    world.vacancy(registered_on=dt.date(2026, 11, 10))
    at(2027, 2, 15)
    assert visits.remind() == 1
    assert "很久没有联系的单位有 <strong" in text_of(clerk.get("/"))
    listed = text_of(clerk.get("/employers/?silent=silent"))
    assert employer.name in listed and never.name not in listed and "上次联系 2026年11月10日" in listed
    listed = text_of(clerk.get("/employers/?silent=never"))
    assert never.name in listed and employer.name not in listed
    call = {"on": "2027-02-16", "way": "phone", "who": "孙丽", "words": "下月再问"}
    assert "不能晚于今天" in text_of(clerk.post(f"/employers/{employer.pk}/calls/new/", call))
    call["on"] = "2027-02-15"
    assert "联系已记下" in text_of(clerk.post(f"/employers/{employer.pk}/calls/new/", call, follow=True))
    assert "下月再问" in text_of(clerk.get(f"/employers/{employer.pk}/?tab=visits"))
    assert open_tasks("employer.contact:") == [] and visits.remind() == 0
    assert "很久没有联系" not in text_of(clerk.get("/"))
    assert employer.name not in text_of(clerk.get("/employers/?silent=silent"))


def test_an_office_has_days_of_its_own(world, clerk, reviewer, at):
    world.vacancy(registered_on=dt.date(2026, 11, 10))
    assert clerk.get("/employers/contact-days/").status_code == 403
    form = {"organization": world.street.pk, "days": "12"}
    assert "提醒天数已改好" in text_of(reviewer.post("/employers/contact-days/", form, follow=True))
    other = {"organization": world.place.streets[1].pk, "days": "1"}
    assert reviewer.post("/employers/contact-days/", other).status_code == 422, "another street's days are its own"
    assert visits.remind() == 1, "13 days are more than 12"
    reviewer.post("/employers/contact-days/", {"organization": world.street.pk, "days": ""})
    assert "没有机构另定天数" in text_of(reviewer.get("/employers/contact-days/"))
    at(2026, 11, 24)
    Task.objects.filter(key__startswith="employer.contact:").delete()
    assert visits.remind() == 0


def test_a_stage_without_its_counterpart_is_a_task_until_it_is_done(world, clerk):
    employer = world.employer()
    form = {"name": "二期厂房", "feasible_on": "2026-10-08", "registered_on": "2026-12-20", "forecast": "120"}
    clerk.post(f"/employers/{employer.pk}/projects/new/", form)
    assert (project_gaps.remind(), project_gaps.remind()) == (1, 1), "what lies ahead is not owed yet"
    [task] = open_tasks("project.gap:")
    assert "用工预测" in task.title and task.due_on == dt.date(2026, 10, 8) and task.organization == world.street
    assert "二期厂房还没有做用工预测" in text_of(clerk.get("/?show=tasks"))
    project = KeyProject.objects.get()
    done = form | {"forecast_on": "2026-11-20", "version": project.version}
    clerk.post(f"/employers/projects/{project.pk}/edit/", done)
    assert open_tasks("project.gap:") == [] and project_gaps.remind() == 0
    assert project_gaps.remind(dt.date(2026, 12, 21)) == 1
    assert "招聘安置" in open_tasks("project.gap:")[0].title


def test_a_station_round_is_contact_and_asks_for_missing_files(world):
    employer, village = world.employer(), world.place.villages[0]
    rounds = [
        {"employer": employer.name, "visited_on": "2026-11-20", "way": "questionnaire", "openings": "1", "needs": "缺保洁"},
        {"employer": "村口小超市", "visited_on": "2026-11-20", "way": "visit", "openings": "1", "needs": "店员"},
    ]  # fmt: skip
    listed = [{"employer": "王记豆腐坊", "size": "5人", "needs": "学徒", "phone": "13800003333"}]
    openings = [{"employer": "村口小超市", "job": "店员", "count": "1", "phone": "13800002222"}]
    robot = Clerk(wanted={"visited_employers": rounds, "local_employers": listed, "job_openings": openings})
    case = robot.start(current("C-7.3.1"), village)
    act(robot, case, "prepare", "visit", "register")
    call = EmployerCall.objects.get()
    assert (call.employer, call.way, call.words) == (employer, "questionnaire", "缺保洁")
    assert call.on == dt.date(2026, 11, 20) and call.organization == village
    names = {task.title for task in open_tasks(station_visits.PREFIX)}
    assert names == {"建单位档案：王记豆腐坊", "建单位档案：村口小超市"}, "one task a firm, however often it is named"
    task = next(one for one in open_tasks(station_visits.PREFIX) if "小超市" in one.title)
    worker = Client()
    worker.force_login(build.staff("community_worker", village, "周村"))
    assert 'value="村口小超市"' in text_of(worker.get(task.url))
    build.employer(world.street, "村口小超市")
    assert station_visits.filed() == 1 and station_visits.filed() == 0
    task.refresh_from_db()
    assert task.cleared_at is not None and clock.today() == task.due_on

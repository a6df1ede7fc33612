"""今天: numbers that filter, the list of due steps, tasks, export; the same number of queries for any number of rows."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from renben.engines.procedures import actions, definitions
from renben.engines.procedures.models import CaseStep
from renben.kernel import clock, taskboard
from tests import build


@pytest.fixture
def cases(district, clerk):
    """Three cases of the first street, due today, overdue and far off; one of the second street."""
    definitions.sync_definitions()
    made = []
    for street, name in [(0, "李建国"), (0, "王芳"), (0, "陈静"), (1, "赵红梅")]:
        person = build.person(district.villages[2 * street], name)
        made.append(
            actions.start(procedure_id="J-4.2.1", organization=district.streets[street], by=clerk, person=person)
        )
    for case, due_on in zip(made, [dt.date(2026, 11, 23), dt.date(2026, 11, 19), dt.date(2026, 12, 31)], strict=False):
        due_at = dt.datetime.combine(due_on, dt.time(17), tzinfo=clock.ZONE)
        case.steps.filter(state="ready").update(due_on=due_on, raw_due_on=due_on, due_at=due_at, limits=[])
    CaseStep.objects.filter(case__in=made, state="ready").update(
        roles=["counter"], opened_at=dt.datetime(2026, 11, 2, 9, tzinfo=clock.ZONE)
    )
    return made


def shown(client, **query) -> str:
    response = client.get("/", query)
    assert response.status_code == 200
    return response.content.decode()


def test_greeting_day_and_working_days_left(clerk, sign_in, title):
    response = sign_in(clerk).get("/")
    page = response.content.decode()
    assert title(response) == "今天"
    assert "上午好，张晓明" in page
    assert "11月23日 星期一" in page and "工作日" in page
    assert "本月收官还剩 5 个工作日" in page  # 24, 25, 26, 27 and 30 November


def test_own_steps_with_signal_in_order_of_the_day(clerk, sign_in, cases):
    page = shown(sign_in(clerk))
    numbers = [case.number for case in cases]
    assert page.index(numbers[1]) < page.index(numbers[0]) < page.index(numbers[2])
    assert numbers[3] not in page
    assert "已超 2 个工作日" in page and "今天 17:00 截止" in page
    assert "■" in page and "红牌" in page
    assert "李**" in page and "李建国" not in page


def test_numbers_filter_the_list(clerk, sign_in, cases):
    client = sign_in(clerk)
    red = shown(client, show="red")
    assert cases[1].number in red and cases[0].number not in red
    due_today = shown(client, show="today")
    assert cases[0].number in due_today and cases[1].number not in due_today
    assert cases[2].number in shown(client, show="nonsense")


def test_a_leader_sees_the_territory_on_request(district, sign_in, cases):
    leader = sign_in(district.staff("leader", district.centre))
    assert "没有等您办理的环节" in shown(leader)
    page = shown(leader, whose="office")
    assert all(case.number in page for case in cases)


def test_tasks_of_the_office(clerk, sign_in, district):
    for place in (0, 1):
        taskboard.open_task(
            key=f"t{place}",
            title=f"盘点空白证{place}",
            reason="存量低于十本",
            organization=district.streets[place],
            cleared_by="Counted",
            due_on=dt.date(2026, 11, 25),
        )
    page = shown(sign_in(clerk), show="tasks")
    assert "盘点空白证0" in page and "盘点空白证1" not in page


def test_export_holds_the_list_as_shown(clerk, sign_in, cases):
    response = sign_in(clerk).get(reverse("today_export"), {"show": "red"})
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][0] == cases[1].number and rows[1][-1] == "红牌"
    assert rows[1][2] == "王*"


def test_admins_see_no_business(district, sign_in, cases):
    page = shown(sign_in(district.staff("system_admin", district.centre)), whose="office")
    assert "您的岗位不办理业务" in page and cases[0].number not in page


def test_strangers_are_led_to_the_portal(client, title, db):
    assert client.get("/")["Location"] == reverse("portal")
    assert title(client.get(reverse("portal"))) == "首页"


def queries_of(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_queries_do_not_grow_with_rows(clerk, sign_in, district, cases):
    client = sign_in(clerk)
    few = {path: queries_of(client, path) for path in ("/", "/?whose=office", "/people/")}
    for i in range(12):
        person = build.person(district.villages[i % 2], "周明")
        actions.start(procedure_id="J-4.2.1", organization=district.streets[0], by=clerk, person=person)
    CaseStep.objects.filter(state="ready").update(roles=["counter"])
    assert {path: queries_of(client, path) for path in few} == few
    assert max(few.values()) <= 15, few

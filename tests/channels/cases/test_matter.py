"""The page of a case that is one of several in a matter: what was handed on, where it goes, which day a limit ends."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from renben.engines.procedures import actions, definitions
from renben.engines.procedures.models import Case
from tests import build

pytestmark = pytest.mark.django_db

FAULT = {
    "device_fault": "true",
    "led_state": "faulty",
    "board_state": "clean",
    "material_state": "complete",
    "electronics_state": "normal",
    "fault_found_on": "2026-11-23",
    "device_faults-0-device": "电子显示屏",
    "device_faults-0-symptom": "黑屏不亮",
    "outcome": "done",
}
REPORT = {"told_whom": "赵敏", "fault_told_by": "phone", "fault_reported_on": "2026-11-23", "outcome": "done"}


@pytest.fixture
def world():
    made = build.district()
    definitions.sync_definitions()
    return made


@pytest.fixture
def village(world):
    return signed_in(build.staff("community_worker", world.villages[0], "崔海"))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def act(client: Client, case: Case, key: str, data: dict) -> str:
    """Do a step; the words of the page that follows."""
    step = case.steps.get(key=key, state="ready")
    address = reverse("cases:act", kwargs={"pk": case.pk, "step_id": step.pk})
    answer = client.post(address, data | {"_once": f"{case.pk}-{key}"}, follow=True)
    assert answer.status_code == 200
    return answer.text


def page(client: Client, case: Case, key: str = "") -> str:
    return client.get(reverse("cases:case", kwargs={"pk": case.pk}), {"step": key} if key else {}).text


@pytest.fixture
def checked(world, village):
    staff = build.staff("community_worker", world.villages[0])
    return actions.start(procedure_id="C-9.2.1", organization=world.villages[0], by=staff)


def test_a_field_of_some_cases_says_which_and_which_answer_asks_for_it(village, checked):
    text = page(village, checked)
    found = re.search(
        r'<div class="field" data-when="device_fault" data-when-in="true">\s*<label[^>]*>(.*?)</label>', text
    )
    assert found and "发现故障日期" in found.group(1) and "“设备出现故障”时要填" in found.group(1)
    assert 'data-today="2026-11-23"' in text


@pytest.mark.parametrize(("kind", "asks"), [("employer", True), ("flexible", False)])
def test_a_field_that_an_earlier_step_settled_is_required_or_not_asked_at_all(kind, asks, world):
    street = world.streets[0]
    client = signed_in(build.staff("counter", street, "赵敏"))
    case = actions.start(
        procedure_id="J-4.2.2", organization=street, by=build.staff("counter", street), person=build.person(street)
    )
    case.data["registration_kind"] = kind
    case.save()
    case.steps.update(state="cancelled")
    case.steps.create(
        key="register", position=1, title="就业登记", role="counter", roles=["counter"], organization=street, round=1,
        state="ready", opened_at=case.opened_at,
    )  # fmt: skip
    text = page(client, case, "register")
    assert ('name="employing_unit"' in text) is asks
    if asks:
        label = re.search(r'<label[^>]*for="f_employing_unit">(.*?)</label>', text).group(1)
        assert "可不填" not in label and "时要填" not in label


def test_the_office_that_takes_over_reads_what_was_handed_on(world, village, checked):
    act(village, checked, "check", FAULT)
    told = act(village, checked, "report", REPORT)
    assert "接着由胜利街道办理“设备管理”。" in told
    above = Case.objects.get(parent=checked, procedure_id="J-6.3.1")
    shown = page(signed_in(build.staff("information", world.streets[0], "赵敏")), above)
    handed = shown.partition("转来的情况")[2].partition("</details>")[0]
    assert all(words in handed for words in ("电子显示屏", "黑屏不亮", "2026年11月23日"))
    assert "转来的情况" not in page(village, checked), "自己开的没有人转来"


def test_a_limit_shows_the_day_it_ends_and_what_was_agreed(village, checked):
    text = act(village, checked, "check", FAULT)
    limit = re.search(r'<p class="limit"><strong>时限</strong>(.*?)</p>', text, re.S).group(1)
    assert "立即上报" in limit and "11月23日止" in limit
    assert "“立即”按当天" in limit and "D-33" not in limit
    assert "现在还没有" not in limit


def test_the_story_tells_what_ended_and_who_handed_it_on(world, village, checked):
    act(village, checked, "check", FAULT)
    act(village, checked, "report", REPORT)
    above = Case.objects.get(parent=checked, procedure_id="J-6.3.1")
    told = page(village, checked).partition('<ol class="timeline">')[2]
    assert "定期检查：办结" in told and "及时上报：办结" in told
    assert "胜利1社区 · 定期检查：开始" not in told, "办完了就不再说什么时候开始"
    handed = page(signed_in(build.staff("information", world.streets[0], "赵敏")), above)
    assert re.search(r"胜利街道 · 收到转来的事项\s*<span class=\"sub\">由崔海转来", handed)
    assert re.search(r"胜利街道 · 定期检查：开始\s*<span class=\"sub\">系统", handed), "还没办的环节是系统开的"


def test_the_supervisor_reads_why_something_was_late(world, village):
    station = world.villages[0]
    case = actions.start(
        procedure_id="C-9.2.1", organization=station, by=build.staff("community_worker", station, "崔海")
    )
    case.steps.update(due_on="2026-11-20", due_at="2026-11-20T09:00Z")
    leader = signed_in(build.staff("leader", world.centre, "李华博"))
    address = reverse("duties:late")
    before = leader.get(address).text
    assert case.number in before and "最近逾期办完的" not in before
    act(village, case, "check", FAULT | {"device_fault": "false", "reason": "协管员住院"})
    after = leader.get(address).text.partition("最近逾期办完的")[2]
    assert case.number in after and "协管员住院" in after
    other = signed_in(build.staff("leader", world.streets[1], "孙丽"))
    assert case.number not in other.get(address).text


def test_a_day_that_lies_ahead_is_not_filled_in_as_today(world):
    desk = build.staff("counter", world.centre, "姜颖洁")
    case = actions.start(
        procedure_id="Q-2.2.4", organization=world.centre, by=desk, employer=build.employer(world.centre)
    )
    box = re.search(r'<input[^>]*name="fair_on"[^>]*>', page(signed_in(desk), case)).group(0)
    assert 'value="' not in box, "洽谈会的日子要人来定"

"""Case pages as clerks use them: forms filled from the catalogue, papers ticked, letters, undo, scope."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from renben.engines.procedures import actions, definitions, registry
from renben.engines.procedures.contracts import Done
from renben.engines.procedures.models import Case, OneTimeNotice
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = build.district()
    definitions.sync_definitions()
    return made


@pytest.fixture
def clerk(world):
    return build.staff("counter", world.streets[0], "赵敏")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def start(world, clerk) -> Case:
    person = build.person(world.villages[0])
    return actions.start(procedure_id="J-4.2.1", organization=world.streets[0], by=clerk, person=person)


def url(name: str, case: Case, **more) -> str:
    return reverse(f"cases:{name}", kwargs={"pk": case.pk, **more})


def step(case: Case, key: str):
    return case.steps.filter(key=key).latest("id")


def test_a_clerk_starts_a_case_from_a_person_and_a_second_time_is_led_to_the_first(world, clerk):
    person = build.person(world.villages[0])
    client = signed_in(clerk)
    address = reverse("cases:start", kwargs={"person_id": person.pk})
    assert "失业管理" in client.get(address).text
    first = client.post(address, {"procedure": "J-4.2.1", "_once": "a"})
    again = client.post(address, {"procedure": "J-4.2.1", "_once": "b"})
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert Case.objects.filter(person=person).count() == 1


def test_the_case_page_shows_steps_limits_form_and_picture(world, clerk):
    text = signed_in(clerk).get(url("case", start(world, clerk))).text
    for words in ("提取档案", "失业登记", "动态管理", "每周二或周三", "第四章", "<svg", "已接收"):
        assert words in text


def test_acting_moves_on_and_a_repeat_with_the_same_key_changes_nothing(world, clerk):
    case = start(world, clerk)
    client = signed_in(clerk)
    collect = url("act", case, step_id=step(case, "collect").pk)
    data = {"roster_checked_on": "2026年11月23日", "outcome": "done", "_once": "k1"}
    assert client.post(collect, data).status_code == 302
    assert client.post(collect, data).status_code == 302
    assert step(case, "collect").state == "done"
    assert case.steps.filter(key="inform").count() == 1


def test_what_was_typed_stays_when_something_is_missing(world, clerk):
    case = start(world, clerk)
    response = signed_in(clerk).post(
        url("act", case, step_id=step(case, "collect").pk), {"roster_checked_on": "不知道", "outcome": "done"}
    )
    assert response.status_code == 422
    assert "不知道" in response.text
    assert "日期请写成" in response.text
    assert step(case, "collect").state == "ready"


def test_another_street_does_not_see_the_case(world, clerk):
    case = start(world, clerk)
    other = signed_in(build.staff("counter", world.streets[1], "孙丽"))
    assert other.get(url("case", case)).status_code == 404
    assert other.post(url("act", case, step_id=step(case, "collect").pk), {}).status_code == 404
    assert case.number not in other.get(reverse("cases:list")).text


def at_registration(world, clerk) -> tuple[Client, Case]:
    case = start(world, clerk)
    client = signed_in(clerk)
    client.post(
        url("act", case, step_id=step(case, "collect").pk), {"roster_checked_on": "2026-11-23", "outcome": "done"}
    )
    told = {"informed_on": "2026-11-23", "informed_way": "phone", "came_to_register": "false", "outcome": "done"}
    assert client.post(url("act", case, step_id=step(case, "inform").pk), told).status_code == 302
    return client, case


def test_return_for_correction_stops_the_clock_and_resuming_starts_it_again(world, clerk):
    client, case = at_registration(world, clerk)
    register = step(case, "register")
    address = url("return", case, step_id=register.pk)
    page = client.get(address)
    assert "本人的《居民身份证》复印件" in page.text
    done = client.post(address, {"missing": ["本人的《居民身份证》复印件"], "reason": ""})
    assert done.status_code == 302, done.text
    assert step(case, "register").state == "paused"
    assert OneTimeNotice.objects.filter(case=case).count() == 1
    assert "计时已暂停" in client.get(url("case", case)).text
    client.post(url("resume", case, step_id=register.pk), {"received": ["本人的《居民身份证》复印件"]})
    assert step(case, "register").state == "ready"


def test_refusal_needs_reason_article_and_appeal(world, clerk):
    client, case = at_registration(world, clerk)
    address = url("refuse", case, step_id=step(case, "register").pk)
    assert "申请行政复议" in client.get(address).text
    assert client.post(address, {"reason": ""}).status_code == 422
    form = {"reason": "本人仍在原单位工作", "article": "京人社就发〔2011〕79号", "appeal": "可申请行政复议"}
    assert client.post(address, form).status_code == 302
    case.refresh_from_db()
    assert case.state == "refused"


def test_an_act_that_made_papers_is_not_offered_for_undo(world, clerk):
    case = start(world, clerk)
    client = signed_in(clerk)
    client.post(
        url("act", case, step_id=step(case, "collect").pk), {"roster_checked_on": "2026-11-23", "outcome": "done"}
    )
    assert ("撤销这一步" in client.get(url("case", case)).text) is (
        registry.undo_action("archives.collect") is not None
    )


def test_undo_within_five_minutes(world, clerk, monkeypatch):
    monkeypatch.setitem(registry._undo, "archives.collect", lambda context: Done())
    case = start(world, clerk)
    client = signed_in(clerk)
    collect = step(case, "collect")
    client.post(url("act", case, step_id=collect.pk), {"roster_checked_on": "2026-11-23", "outcome": "done"})
    assert "撤销这一步" in client.get(url("case", case)).text
    client.post(url("undo", case, step_id=collect.pk))
    assert step(case, "collect").state == "ready"


def test_lists_render(world, clerk):
    case = start(world, clerk)
    client = signed_in(clerk)
    assert case.number in client.get(reverse("cases:list"), {"q": case.number[:10]}).text
    assert client.get(reverse("cases:export"))["Content-Type"].endswith("spreadsheetml.sheet")


def test_the_case_page_asks_no_more_queries_with_more_history(world, clerk, django_assert_max_num_queries):
    case = start(world, clerk)
    client = signed_in(clerk)
    client.get(url("case", case))
    with django_assert_max_num_queries(40):
        client.get(url("case", case))

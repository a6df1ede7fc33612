"""Saved questions: kept, run, renamed, deleted; the night tells what is new, once a person and day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from renben.channels import periodic
from renben.engines.messaging.models import Message
from renben.kernel.models import User
from renben.services.placement.saved.models import SavedSearch
from tests import build
from tests.channels.online.conftest import client_of


def page(answer, status: int = 200) -> str:
    assert answer.status_code == status, (answer.status_code, answer.get("Location"))
    return answer.content.decode()


@pytest.fixture
def citizen(desk) -> Client:
    person = build.person(desk.place.villages[0], "王秀兰", "F")
    return client_of(User.objects.create_user("wxl", build.PASSWORD, display_name=person.name, person=person))


def saved(client, query: str) -> SavedSearch:
    page(client.post("/mine/searches/save/", {"query": query}, follow=True))
    return SavedSearch.objects.order_by("-id").first()


def night() -> int:
    """How many messages there are after a night."""
    periodic.tell_new_jobs.func(timestamp=0)
    return Message.objects.filter(template="jobs.saved").count()


def test_kept_from_the_page_and_run_again(desk, citizen):
    vacancy = desk.published(title="保洁员", wage_low_fen=500_000, wage_high_fen=550_000)
    assert "有新的告诉我" not in page(Client().get("/jobs/?q=保洁员")), "nobody is signed in"
    assert "有新的告诉我" in page(citizen.get("/jobs/?q=保洁员&wage=4000&page=2&wrong=1"))
    one = saved(citizen, "q=保洁员&wage=4000&page=2&wrong=1&kind=")
    assert one.name == "保洁员、4000元以上" and "page" not in one.query and "wrong" not in one.query
    listed = page(citizen.get("/mine/searches/"))
    assert f"/jobs/?{one.query}".replace("&", "&amp;") in listed
    assert f"/jobs/{vacancy.number}/" in page(citizen.get(f"/jobs/?{one.query}"))
    saved(citizen, "wage=4000&q=保洁员")
    assert SavedSearch.objects.count() == 1, "the same question in another order"


def test_renamed_deleted_and_nobody_elses(desk, citizen):
    one = saved(citizen, "q=保洁员")
    other = build.person(desk.place.villages[0], "赵红梅", "F")
    stranger = client_of(User.objects.create_user("zhm", build.PASSWORD, display_name="赵红梅", person=other))
    assert stranger.post(f"/mine/searches/{one.pk}/delete/").status_code == 404
    assert stranger.post(f"/mine/searches/{one.pk}/rename/", {"name": "x"}).status_code == 404
    citizen.post(f"/mine/searches/{one.pk}/rename/", {"name": "离家近的"})
    assert "离家近的" in page(citizen.get("/mine/searches/"))
    assert "请写一个名称" in page(citizen.post(f"/mine/searches/{one.pk}/rename/", {"name": " "}, follow=True))
    citizen.post(f"/mine/searches/{one.pk}/delete/")
    assert not SavedSearch.objects.exists()


def test_without_a_question_and_beyond_the_bound(desk, citizen):
    assert "还没有条件" in page(citizen.post("/mine/searches/save/", {"query": "page=3"}, follow=True))
    for number in range(20):
        saved(citizen, f"q=工作{number}")
    assert "最多保存20个" in page(citizen.post("/mine/searches/save/", {"query": "q=还有"}, follow=True))


def test_what_is_new_is_told_once(desk, citizen, frozen_time):
    desk.published(title="保洁员")
    saved(citizen, "q=保洁员")
    saved(citizen, "q=保洁员&wage=3000")
    assert night() == 0, "what was there already is not new"
    frozen_time.shift(dt.timedelta(hours=2))
    fresh = desk.published(title="保洁员", place="2号院")
    frozen_time.shift(dt.timedelta(hours=12))
    assert night() == 1
    told = Message.objects.get(template="jobs.saved")
    assert "有1个新岗位" in told.title and "保洁员：1个" in told.text and "3000元以上：1个" in told.text
    assert night() == 1, "the same night again"
    frozen_time.shift(dt.timedelta(days=1))
    assert night() == 1, "nothing new the day after"
    assert fresh.number in page(citizen.get("/jobs/?q=保洁员"))


def test_what_the_search_had_to_widen_is_not_told_as_new(desk, citizen, frozen_time):
    saved(citizen, "q=保洁员&wage=8000")
    frozen_time.shift(dt.timedelta(hours=2))
    desk.published(title="保洁员", wage_low_fen=300_000, wage_high_fen=350_000)
    assert night() == 0


def test_a_closed_account_is_told_nothing(desk, citizen, frozen_time):
    saved(citizen, "q=保洁员")
    User.objects.filter(username="wxl").update(is_active=False)
    frozen_time.shift(dt.timedelta(hours=2))
    desk.published(title="保洁员")
    assert night() == 0


def test_staff_keep_questions_of_their_list(desk):
    desk.published(title="保洁员")
    office = client_of(desk.clerk)
    assert "/vacancies/saved/?q=" in page(office.get("/vacancies/?q=保洁员"))
    assert "给刚才的条件起个名称" in page(office.get("/vacancies/saved/?q=保洁员"))
    page(
        office.post("/vacancies/saved/save/", {"query": "q=保洁员&state=published", "name": "在招的保洁"}, follow=True)
    )
    one = SavedSearch.objects.get(kind="vacancies")
    shown = page(office.get("/vacancies/saved/"))
    assert "在招的保洁" in shown and one.query.replace("&", "&amp;") in shown
    colleague = client_of(build.staff("counter", desk.street, "赵敏"))
    assert "在招的保洁" not in page(colleague.get("/vacancies/saved/"))
    assert colleague.post(f"/vacancies/saved/{one.pk}/delete/").status_code == 404
    office.post(f"/vacancies/saved/{one.pk}/rename/", {"name": "保洁"})
    office.post(f"/vacancies/saved/{one.pk}/delete/")
    assert not SavedSearch.objects.exists()

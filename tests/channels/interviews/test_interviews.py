"""远程面试: appointed once, entered by a secret address at the right time, words carried both ways, ended for both."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from renben.kernel import clock
from renben.services.placement import referring
from renben.services.placement.interviews import line
from renben.services.placement.interviews.models import Interview, Signal
from tests import build
from tests.services.placement.referral_world import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make()


@pytest.fixture
def referral(world):
    employer = world.employer()
    world.licence(employer, "2030-12-31")
    return world.refer(world.seeker(), world.vacancy(employer=employer))


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


def appoint(clerk, referral, on="2026-11-23", at="10:10"):
    return clerk.post(f"/interviews/referral/{referral.pk}/", {"on": on, "at": at}, follow=True)


def beat(client, code, after=0, *sent):
    answer = client.post(f"/interview/{code}/exchange/", {"after": after, "sent": json.dumps(sent)})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_appointed_once_and_for_a_time_to_come(world, referral):
    clerk = client_of(world.clerk)
    assert "还没有约过远程面试" in text_of(clerk.get("/interviews/"))
    assert "面试时间已经过了" in text_of(appoint(clerk, referral, at="09:00"))
    said = text_of(appoint(clerk, referral))
    interview = Interview.objects.get()
    assert interview.seeker_code in said and interview.employer_code in said
    assert "已经约好一场远程面试" in text_of(appoint(clerk, referral, at="11:00"))
    stranger = client_of(build.staff("counter", world.place.streets[1], "李外街"))
    assert stranger.get(f"/interviews/{interview.pk}/").status_code == 404


def test_the_door_opens_a_little_before_and_for_nobody_without_the_address(world, referral, frozen_time):
    appoint(client_of(world.clerk), referral, at="11:00")
    interview, guest = Interview.objects.get(), Client()
    assert guest.get("/interview/nonsense/").status_code == 404
    early = text_of(guest.get(f"/interview/{interview.seeker_code}/"))
    assert "10:45 起可以进来" in early and "进入面试间" not in early
    assert beat(guest, interview.seeker_code)["over"] is True
    frozen_time.move_to(dt.datetime(2026, 11, 23, 10, 46, tzinfo=clock.ZONE))
    answer = guest.get(f"/interview/{interview.seeker_code}/")
    assert "进入面试间" in text_of(answer) and "camera=(self)" in answer["Permissions-Policy"]
    assert "camera=()" in guest.get("/portal/")["Permissions-Policy"], "nowhere else"
    assert referral.person.name not in text_of(guest.get(f"/interview/{interview.employer_code}/"))


def test_what_one_side_sends_the_other_hears_once(world, referral):
    appoint(client_of(world.clerk), referral)
    interview = Interview.objects.get()
    seeker, employer = Client(), Client()
    first = beat(seeker, interview.seeker_code, 0, ["hello", ""], ["text", "您好"])
    assert first == {"heard": [], "here": False, "over": False}
    heard = beat(employer, interview.employer_code, 0, ["offer", "{}"])
    assert [(one["kind"], one["body"]) for one in heard["heard"]] == [("hello", ""), ("text", "您好")] and heard["here"]
    last = heard["heard"][-1]["id"]
    assert beat(employer, interview.employer_code, last)["heard"] == []
    assert [one["kind"] for one in beat(seeker, interview.seeker_code)["heard"]] == ["offer"]
    interview.refresh_from_db()
    assert interview.met_at is not None
    bad = employer.post(f"/interview/{interview.employer_code}/exchange/", {"sent": '[["virus", "x"]]'})
    assert bad.status_code == 422
    long = json.dumps([["text", "字" * (line.LONGEST_BODY + 1)]])
    assert employer.post(f"/interview/{interview.employer_code}/exchange/", {"sent": long}).status_code == 422
    assert employer.post(f"/interview/{interview.employer_code}/exchange/", {"sent": "{"}).status_code == 422


def test_words_work_without_javascript_and_stay_when_it_is_over(world, referral):
    appoint(client_of(world.clerk), referral)
    interview, seeker = Interview.objects.get(), Client()
    seeker.post(f"/interview/{interview.seeker_code}/say/", {"text": "我明天能上班<b>"})
    assert "请写一句话" in text_of(seeker.post(f"/interview/{interview.seeker_code}/say/", {"text": ""}, follow=True))
    shown = text_of(Client().get(f"/interview/{interview.employer_code}/"))
    assert "对方：我明天能上班&lt;b&gt;" in shown
    beat(Client(), interview.employer_code, 0, ["offer", "secret description"])
    Client().post(f"/interview/{interview.employer_code}/leave/")
    Client().post(f"/interview/{interview.employer_code}/leave/")
    interview.refresh_from_db()
    assert interview.state == "ended"
    assert list(Signal.objects.values_list("kind", flat=True)) == ["text"], (
        "descriptions of connections are thrown away"
    )
    assert beat(seeker, interview.seeker_code)["over"] is True
    assert "我明天能上班" in text_of(client_of(world.clerk).get(f"/interviews/{interview.pk}/"))


def test_called_off_with_a_reason_both_can_read(world, referral):
    clerk = client_of(world.clerk)
    appoint(clerk, referral)
    interview = Interview.objects.get()
    assert clerk.post(f"/interviews/{interview.pk}/cancel/", {"why": ""}).status_code == 422
    clerk.post(f"/interviews/{interview.pk}/cancel/", {"why": "单位停电"})
    for code in (interview.seeker_code, interview.employer_code):
        assert "已取消：单位停电" in text_of(Client().get(f"/interview/{code}/"))
    assert "远程面试已约好" in text_of(appoint(clerk, referral, at="11:30")), "and may be appointed anew"


def test_a_referral_that_has_ended_gets_no_interview(world, referral):
    referring.withdraw(referral=referral, reason="本人已找到工作", by=world.clerk)
    assert "已经了结" in text_of(appoint(client_of(world.clerk), referral))

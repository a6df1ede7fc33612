"""The hall of an online fair as people use it: set up by the office, entered by ticket, called by the employer, talked, written down."""

from __future__ import annotations

import datetime as dt
import io
import json

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from renben.engines.messaging.models import Message
from renben.kernel import clock
from renben.kernel.models import Task
from renben.services.placement.fairs import booking, known_facts, planning, reporting, visiting
from renben.services.placement.fairs.models import Fair, FairBooth, FairIntent
from renben.services.placement.hall.models import Hall, Room, Talk
from renben.services.placement.models import Referral
from tests import build
from tests.services.placement.referral_world import make

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 3)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer, status: int = 200) -> str:
    assert answer.status_code == status, (answer.status_code, answer.content.decode()[:2000])
    return answer.content.decode()


class Online:
    """A published fair with two employers and its hall, and a hand to move the clock."""

    def __init__(self, frozen_time) -> None:
        self.world, self.frozen = make(), frozen_time
        self.clerk = client_of(self.world.clerk)
        plan = planning.Plan(
            kind="regular", title="线上招聘会", on=DAY, starts_at=dt.time(9), ends_at=dt.time(10), place="线上",
            booths=9, booths_each=1, booking_until=DAY,
        )  # fmt: skip
        self.fair = planning.plan_fair(organization=self.world.street, plan=plan, by=self.world.clerk)
        self.first = self.book("北京顺通物流有限公司", "包装工")
        data = {"mode": "online", "slot_minutes": "10", "numbers_each": "2"}
        assert "线上洽谈厅已设好" in text_of(self.clerk.post(f"/fairs/{self.fair.pk}/hall/set-up/", data, follow=True))
        self.second = self.book("北京澄湖食品有限公司", "切配工")
        planning.announce(fair=self.fair, where="网站", by=self.world.clerk)

    def book(self, name: str, title: str) -> FairBooth:
        employer = self.world.employer(name)
        vacancy = self.world.vacancy(title, employer=employer)
        return booking.book(
            fair=self.fair, employer=employer, agent_name="周海燕", agent_phone="", vacancies=[vacancy],
            by=self.world.clerk,
        )  # fmt: skip

    def at(self, hour: int, minute: int = 0, second: int = 0) -> None:
        self.frozen.move_to(dt.datetime(2026, 12, 3, hour, minute, second, tzinfo=clock.ZONE))
        self.clerk.force_login(self.world.clerk)

    def visitor(self, name: str, **more):
        return visiting.sign_up(fair=self.fair, name=name, **more)

    def room(self, booth: FairBooth) -> Room:
        return Room.objects.get(booth=booth)

    def door(self, booth: FairBooth) -> str:
        return f"/jobfairs/room/{self.room(booth).code}/"

    def take(self, visitor, booth: FairBooth, **more):
        data = {"room": self.room(booth).pk, **more}
        return Client().post(f"/jobfairs/hall/{visitor.code}/take/", data, follow=True)

    def talk(self, visitor, booth: FairBooth) -> Talk:
        return Talk.objects.filter(visitor=visitor, room__booth=booth).order_by("-id").first()

    def call(self, booth: FairBooth, **data):
        return Client().post(f"{self.door(booth)}call/", data, follow=True)

    def meet(self, visitor, booth: FairBooth) -> Talk:
        talk = self.talk(visitor, booth)
        for address in (f"/jobfairs/hall/{visitor.code}/", self.door(booth)):
            answer = Client().post(f"{address}talks/{talk.pk}/exchange/", {"after": 0, "sent": '[["hello", ""]]'})
            assert answer.json()["over"] is False
        return talk

    def write(self, talk: Talk, result: str, status: int = 200, **more) -> str:
        data = {"vacancy": talk.room.booth.vacancies.get().pk, "result": result, "unfit": "", "words": ""} | more
        answer = Client().post(f"{self.door(talk.room.booth)}talks/{talk.pk}/result/", data, follow=True)
        return text_of(answer, status)


@pytest.fixture
def online(frozen_time) -> Online:
    return Online(frozen_time)


def test_every_booth_has_a_room_before_and_after_the_hall_is_set_up(online):
    assert Room.objects.filter(booth__in=[online.first, online.second]).count() == 2
    said = text_of(online.clerk.get(f"/fairs/{online.fair.pk}/hall/"))
    assert online.door(online.first) in said and "周海燕" in said
    booking.give_back(booth=online.second, why="不来了", by=online.world.clerk)
    assert Client().get(online.door(online.second)).status_code == 404
    looking = client_of(build.staff("counter", online.world.place.streets[1], "李外街"))
    assert looking.get(f"/fairs/{online.fair.pk}/hall/").status_code == 404


def test_the_office_asks_first_and_a_new_door_closes_the_old_one(online):
    old = online.door(online.first)
    page = f"/fairs/rooms/{online.room(online.first).pk}/door/"
    assert "原来的网址马上打不开" in text_of(online.clerk.get(page))
    online.clerk.post(page)
    assert Client().get(old).status_code == 404 and Client().get(online.door(online.first)).status_code == 200
    assert Client().get("/jobfairs/room/nonsense/").status_code == 404


def test_one_enters_with_the_ticket_and_nobody_with_another(online):
    visitor = online.visitor("王秀兰")
    hall = f"/jobfairs/{online.fair.number}/hall/"
    assert "没有这个入场码" in text_of(Client().get(hall, {"code": "ABCD2345"}), 422)
    said = text_of(Client().get(hall, {"code": visitor.code.lower()}, follow=True))
    assert "王**" in said and "王秀兰" not in said and "北京顺通物流有限公司" in said
    assert "可以线上参加" in text_of(Client().get("/jobfairs/"))
    assert "进线上洽谈厅" in text_of(Client().get(f"/jobfairs/ticket/{visitor.code}/"))
    assert "进线上洽谈厅" in text_of(Client().get(f"/jobfairs/{online.fair.number}/"))
    assert Client().get("/jobfairs/hall/ABCD2345/").status_code == 404


def test_numbers_are_given_only_while_the_hall_is_open(online):
    visitor = online.visitor("王秀兰")
    assert "12月03日 08:45起可以进场取号" in text_of(online.take(visitor, online.first))
    online.at(8, 44)
    assert not Talk.objects.exists() and "08:45起" in text_of(online.take(visitor, online.first))
    online.at(8, 45)
    assert "您是北京顺通物流有限公司的1号" in text_of(online.take(visitor, online.first))
    online.at(10)
    assert "已经结束" in text_of(online.take(visitor, online.second))
    assert "已经结束" in text_of(online.call(online.first))


def test_two_in_the_queue_are_called_one_after_the_other(online):
    online.at(9)
    ann, bob = online.visitor("王秀兰"), online.visitor("李建国")
    online.take(ann, online.first)
    assert "前面还有1人" in text_of(online.take(bob, online.first))
    assert "已叫1号 王**" in text_of(online.call(online.first))
    heard = Client().post(f"/jobfairs/hall/{ann.code}/beat/").json()
    talk = online.talk(ann, online.first)
    assert heard["call"] == f"/jobfairs/hall/{ann.code}/talks/{talk.pk}/"
    theirs = Client().post(f"/jobfairs/hall/{bob.code}/beat/").json()
    waits = online.talk(bob, online.first)
    assert theirs["call"] is None and theirs["texts"][f"mine-{waits.pk}"] == "您是2号，下一位就是您"
    assert "室里还有人" in text_of(online.call(online.first))
    online.meet(ann, online.first)
    online.write(talk, "intent")
    assert "已叫2号 李**" in text_of(online.call(online.first))
    talk.refresh_from_db()
    assert talk.state == "ended" and FairIntent.objects.get().visitor == ann


def test_a_reload_and_a_second_click_lose_and_win_nothing(online):
    online.at(9)
    ann = online.visitor("王秀兰")
    online.take(ann, online.first)
    online.take(ann, online.first)
    assert Talk.objects.get().number == 1
    again = text_of(Client().get(f"/jobfairs/hall/{ann.code}/"))
    assert "您是1号，下一位就是您" in again


def test_the_rule_says_how_many_queues_at_once(online):
    online.at(9)
    ann = online.visitor("王秀兰")
    third = online.book("北京远山电子有限公司", "装配工")
    online.take(ann, online.first)
    online.take(ann, online.second)
    assert "最多同时排2家，您已经排了2家" in text_of(online.take(ann, third))
    talk = online.talk(ann, online.second)
    assert "号已退" in text_of(Client().post(f"/jobfairs/hall/{ann.code}/talks/{talk.pk}/leave/", follow=True))
    assert "1号" in text_of(online.take(ann, third))


def test_who_talks_in_one_room_is_passed_over_in_another(online):
    online.at(9)
    ann, bob = online.visitor("王秀兰"), online.visitor("李建国")
    for visitor in (ann, bob):
        online.take(visitor, online.second)
    online.take(ann, online.first)
    online.call(online.first)
    assert "已叫2号 李**" in text_of(online.call(online.second))


def slot(hour: int, minute: int) -> str:
    return dt.datetime(2026, 12, 3, hour, minute, tzinfo=clock.ZONE).isoformat()


def test_a_booked_time_is_kept_and_called_first_when_it_comes(online):
    ann, bob = online.visitor("王秀兰"), online.visitor("李建国")
    assert "约好了：12月03日 09:20" in text_of(online.take(ann, online.first, slot=slot(9, 20)))
    assert "刚被别人约走了" in text_of(online.take(bob, online.first, slot=slot(9, 20)))
    assert "刚被别人约走了" in text_of(online.take(bob, online.first, slot=slot(9, 25))), "not a time of the hall"
    assert "刚被别人约走了" in text_of(online.take(bob, online.first, slot="morgen"))
    assert "在这个时间已经约了别的单位" in text_of(online.take(ann, online.second, slot=slot(9, 20)))
    online.at(9, 10)
    online.take(bob, online.first)
    assert "约好 09:20" in text_of(Client().get(f"/jobfairs/hall/{ann.code}/"))
    online.at(9, 20)
    assert "已叫1号 王**" in text_of(online.call(online.first)), "the time has come"


def test_the_length_of_a_time_stays_once_somebody_has_booked(online):
    online.take(online.visitor("王秀兰"), online.first, slot=slot(9, 20))
    data = {"mode": "both", "slot_minutes": "15", "numbers_each": "2"}
    page = f"/fairs/{online.fair.pk}/hall/set-up/"
    assert "时间段的长短不能再改" in text_of(online.clerk.post(page, data), 422)
    online.clerk.post(page, data | {"slot_minutes": "10"})
    assert Hall.objects.get().mode == "both"


def test_called_and_not_come_is_passed_over_and_may_come_back(online):
    online.at(9)
    ann = online.visitor("王秀兰")
    online.take(ann, online.first)
    online.call(online.first)
    talk = online.talk(ann, online.first)
    assert "还没有和这位求职者谈上" in online.write(talk, "intent", 422)
    passed = Client().post(f"{online.door(online.first)}talks/{talk.pk}/pass/", follow=True)
    assert "过号了" in text_of(passed)
    assert "可以重新取号" in text_of(Client().get(f"/jobfairs/hall/{ann.code}/"))
    assert "2号" in text_of(online.take(ann, online.first))
    assert not FairIntent.objects.exists()


def test_who_has_been_met_is_not_passed_over(online):
    online.at(9)
    ann = online.visitor("王秀兰")
    online.take(ann, online.first)
    online.call(online.first)
    talk = online.meet(ann, online.first)
    passed = Client().post(f"{online.door(online.first)}talks/{talk.pk}/pass/", follow=True)
    assert "不能过号" in text_of(passed)
    ann.refresh_from_db()
    assert ann.checked_in_at is not None, "meeting in the net is coming to the fair"


def test_written_words_alone_are_a_meeting(online):
    """Two browsers without JavaScript send and reload."""
    online.at(9)
    ann = online.visitor("王秀兰")
    online.take(ann, online.first)
    online.call(online.first)
    talk = online.talk(ann, online.first)
    mine, theirs = f"/jobfairs/hall/{ann.code}/talks/{talk.pk}/", online.door(online.first)
    Client().post(f"{theirs}talks/{talk.pk}/say/", {"text": "您好，做过包装吗？"})
    assert "对方：您好，做过包装吗？" in text_of(Client().get(mine))
    online.at(9, 2)
    Client().post(f"{mine}say/", {"text": "做过两年"})
    assert "对方：做过两年" in text_of(Client().get(theirs))
    assert "约来面试" in online.write(talk, "invited", words="12月4日9点到厂里，带身份证")
    assert "约您面试。12月4日9点到厂里" in text_of(Client().get(f"/jobfairs/hall/{ann.code}/"))
    assert "话没有发出去" in text_of(Client().post(f"{mine}say/", {"text": "好"}, follow=True))


def test_a_result_needs_what_it_says(online):
    online.at(9)
    ann = online.visitor("王秀兰")
    online.take(ann, online.first)
    online.call(online.first)
    talk = online.meet(ann, online.first)
    assert "请选择结果" in online.write(talk, "", 422)
    assert "请选择为什么不合适" in online.write(talk, "unfit", 422)
    assert "请写约在什么时间" in online.write(talk, "invited", 422)
    strange = online.second.vacancies.get()
    online.write(talk, "intent", 422, vacancy=strange.pk)
    assert Talk.objects.get().state == "called"


@pytest.mark.parametrize(
    ("result", "more", "state"),
    [("intent", {}, "made"), ("hired", {}, "hired"), ("unfit", {"unfit": "skills"}, "rejected")],
)
def test_the_result_of_a_registered_seeker_is_a_referral_of_the_fair(online, result, more, state):
    seeker = online.world.seeker("王秀兰", valid_until=dt.date(2027, 2, 1))
    online.at(9)
    ann = online.visitor("", person=seeker.person)
    online.take(ann, online.first)
    online.call(online.first)
    talk = online.meet(ann, online.first)
    online.write(talk, result, **more)
    referral = Referral.objects.get()
    assert (referral.way, referral.state, referral.person) == ("fair", state, seeker.person)
    assert referral.unfit == more.get("unfit", "")
    talk.refresh_from_db()
    assert talk.referral == referral
    assert FairIntent.objects.count() == (0 if result == "unfit" else 1), "who was turned down at once did not agree"
    if result == "hired":
        assert FairIntent.objects.get().state == "hired"
        assert "已经写了录用，不能改" in online.write(talk, "intent", 422)


def test_talks_are_counted_in_the_report_and_the_record_of_the_case(online):
    online.at(9)
    ann, bob = online.visitor("王秀兰"), online.visitor("李建国")
    for visitor, result, more in ((ann, "intent", {}), (bob, "unfit", {"unfit": "wage"})):
        online.take(visitor, online.first)
        Client().post(f"{online.door(online.first)}beat/")
        online.call(online.first)
        online.write(online.meet(visitor, online.first), result, **more)
    report = reporting.report(Fair.objects.get())
    assert (report.online, report.intents, report.checked_in, report.came) == (2, 1, 2, 1)
    assert [row.online for row in report.rows] == [2, 0]
    assert "2 人（" in text_of(online.clerk.get(f"/fairs/{online.fair.pk}/"))
    fair = planning.end(fair=online.fair, on=DAY, steward="周", consulted=0, course="", by=online.world.clerk)
    booth = FairBooth.objects.select_related("fair").get(pk=online.first.pk)
    assert booth.state == "attended" and fair.state == "held"
    assert known_facts.FACTS["visitors_count"](booth) == 2
    assert known_facts.FACTS["intents_count"](booth) == 1
    sheet = online.clerk.post(f"/fairs/{online.fair.pk}/hall/export/")
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(sheet))).active.values)
    said = "\n".join(" ".join(str(cell) for cell in row if cell is not None) for row in rows)
    assert "王秀兰" in said and "工资低于期望" in said


def test_an_employer_who_stays_away_is_said_to_all_and_the_office_is_told_once(online):
    online.at(9, 9)
    ann = online.visitor("王秀兰")
    online.take(ann, online.first)
    Client().post(f"/jobfairs/hall/{ann.code}/beat/")
    assert not Task.objects.filter(title__contains="进线上洽谈室").exists(), "not yet"
    online.at(9, 10)
    for _ in range(2):
        texts = Client().post(f"/jobfairs/hall/{ann.code}/beat/").json()["texts"]
    assert texts[f"room-{online.room(online.first).pk}"].startswith("单位还没进来，已提醒工作人员")
    task = Task.objects.get(title="联系“北京顺通物流有限公司”进线上洽谈室")
    assert task.organization == online.world.street
    assert "请打电话给经办人周海燕" in text_of(online.clerk.get(f"/fairs/{online.fair.pk}/hall/"))
    Client().post(f"{online.door(online.first)}beat/")
    task.refresh_from_db()
    assert task.outcome == "单位已进来"
    online.first.refresh_from_db()
    online.second.refresh_from_db()
    assert (online.first.state, online.second.state) == ("attended", "booked"), "the first beat signs in"


def test_what_the_page_says_changes_its_shape(online):
    online.at(9)
    ann = online.visitor("王秀兰")
    beat = f"/jobfairs/hall/{ann.code}/beat/"
    first = Client().post(beat).json()["shape"]
    assert Client().post(beat).json()["shape"] == first
    assert f'data-shape="{first}"' in text_of(Client().get(f"/jobfairs/hall/{ann.code}/"))
    online.take(ann, online.first)
    assert Client().post(beat).json()["shape"] != first
    room = f"{online.door(online.first)}beat/"
    shape = Client().post(room).json()["shape"]
    assert f'data-shape="{shape}"' in text_of(Client().get(online.door(online.first)))


def test_bad_beats_are_refused_and_a_talk_belongs_to_its_ticket(online):
    online.at(9)
    ann, bob = online.visitor("王秀兰"), online.visitor("李建国")
    online.take(ann, online.first)
    online.call(online.first)
    talk = online.talk(ann, online.first)
    bad = Client().post(f"/jobfairs/hall/{ann.code}/talks/{talk.pk}/exchange/", {"sent": '[["virus", "x"]]'})
    assert bad.status_code == 422
    assert Client().get(f"/jobfairs/hall/{bob.code}/talks/{talk.pk}/").status_code == 404
    assert Client().post(f"{online.door(online.second)}talks/{talk.pk}/pass/").status_code == 404
    sent = json.dumps([["offer", "secret description"], ["text", "您好"]])
    Client().post(f"{online.door(online.first)}talks/{talk.pk}/exchange/", {"sent": sent})
    Client().post(f"/jobfairs/hall/{ann.code}/talks/{talk.pk}/exchange/", {"sent": "[]"})
    Client().post(f"/jobfairs/hall/{ann.code}/talks/{talk.pk}/leave/")
    assert [one.kind for one in talk.signals.all()] == ["text"], "descriptions of connections are thrown away"
    over = Client().post(f"{online.door(online.first)}talks/{talk.pk}/exchange/", {"sent": "[]"}).json()
    assert over["over"] is True
    assert "写结果" in text_of(Client().get(online.door(online.first)))


def test_who_was_not_reached_is_told_and_stands_before_the_office(online):
    online.at(9)
    ann = online.visitor("王秀兰")
    online.take(ann, online.first)
    online.at(10)
    assert "没有轮到您" in text_of(Client().get(f"/jobfairs/hall/{ann.code}/"))
    said = text_of(online.clerk.get(f"/fairs/{online.fair.pk}/hall/"))
    assert "1 个号没有轮到" in said and "没轮到</td>" in said


def test_an_employer_that_gives_up_frees_its_numbers(online):
    online.at(9)
    ann = online.visitor("王秀兰")
    third = online.book("北京远山电子有限公司", "装配工")
    for booth in (online.first, online.second):
        online.take(ann, booth)
    booking.give_back(booth=online.second, why="来不了", by=online.world.clerk)
    assert "单位退出了这场会" in text_of(Client().get(f"/jobfairs/hall/{ann.code}/"))
    assert "您是北京远山电子有限公司的1号" in text_of(online.take(ann, third))


def test_a_fair_that_moves_takes_the_booked_times_along(online):
    ann, bob = online.visitor("王秀兰"), online.visitor("李建国")
    online.take(ann, online.first, slot=slot(9, 20))
    online.take(bob, online.first, slot=slot(9, 50))
    plan = planning.Plan(
        kind="regular", title="线上招聘会", on=dt.date(2026, 12, 4), starts_at=dt.time(9), ends_at=dt.time(9, 40),
        place="线上", booths=9, booths_each=1, booking_until=DAY,
    )  # fmt: skip
    version = Fair.objects.get().version
    planning.change(fair=online.fair, plan=plan, version=version, by=online.world.clerk)
    assert online.talk(ann, online.first).slot_at == dt.datetime(2026, 12, 4, 9, 20, tzinfo=clock.ZONE)
    assert online.talk(bob, online.first).slot_at is None, "the fair no longer has this time: a number in the queue"


def test_doors_times_and_invitations_are_messages(online):
    doors = Message.objects.filter(template="hall.door", employer=online.first.employer)
    room = online.room(online.first)
    assert doors.get().link == f"/jobfairs/room/{room.code}/"
    online.clerk.post(f"/fairs/rooms/{room.pk}/door/")
    assert sorted(doors.values_list("state", flat=True)) == ["void", "waiting"], "the old address is not told any more"
    seeker = online.world.seeker("王秀兰", valid_until=dt.date(2027, 2, 1))
    ann = online.visitor("", person=seeker.person)
    online.take(ann, online.first, slot=slot(9, 0))
    mine = Message.objects.filter(person=seeker.person)
    assert "12月03日 09:00" in mine.get(template="hall.slot").title
    online.at(9)
    online.call(online.first)
    online.write(online.meet(ann, online.first), "invited", words="12月4日9点到厂里。")
    assert "约您面试“包装工”岗位：12月4日9点到厂里。" in mine.get(template="hall.invited").text


def test_a_beat_costs_the_same_however_many_rooms(online):
    online.at(9, 30)
    ann = online.visitor("王秀兰")
    online.take(ann, online.first)
    beat = f"/jobfairs/hall/{ann.code}/beat/"
    Client().post(f"{online.door(online.first)}beat/")

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert Client().post(beat).status_code == 200
        return len(asked)

    few = cost()
    for number in range(4):
        online.book(f"北京第{number}食品有限公司", "切配工")
    assert cost() == few

"""A fair from the plan to the last receipt, through the pages a clerk and a citizen have."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.test import Client

from renben.engines.procedures.actions import start
from renben.kernel import clock
from renben.kernel.models import AuditEvent, EmployerLicence, Task
from renben.services.placement.fairs import booking, known_facts
from renben.services.placement.fairs.models import Fair, FairBooth, FairIntent, FairVisitor
from renben.services.placement.models import Referral
from tests import build
from tests.services.placement.referral_world import World, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make()


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def clerk(world) -> Client:
    return client_of(world.clerk)


@pytest.fixture
def on_the_day(frozen_time, clerk, world):
    """Move to an hour of a day in December; the clerk signs in anew, as one does after a night."""

    def move(day: int, hour: int) -> None:
        frozen_time.move_to(dt.datetime(2026, 12, day, hour, 0, tzinfo=clock.ZONE))
        clerk.force_login(world.clerk)

    return move


def text_of(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


def plan(clerk, **more) -> Fair:
    data = {
        "kind": "special", "title": "光明街道冬季专场", "on": "2026-12-03", "starts_at": "09:00", "ends_at": "11:30",
        "place": "文化中心一层", "booths": "4", "booths_each": "2", "booking_until": "2026-12-02", "notes": "",
    }  # fmt: skip
    answer = clerk.post("/fairs/new/", data | more, follow=True)
    assert "已排好" in text_of(answer), text_of(answer)
    return Fair.objects.order_by("-id").first()


def licensed(world, name: str):
    employer = build.employer(world.street, name)
    EmployerLicence.objects.create(employer=employer, kind="business", number=employer.uscc, recorded_at=clock.now())
    return employer


def book(clerk, fair, employer, **more):
    data = {"agent_name": "周海燕", "agent_phone": "010-69440033", "count": "1"} | more
    return clerk.post(f"/fairs/{fair.pk}/book/employer/?employer={employer.pk}", data, follow=True)


def announce(clerk, fair):
    return clerk.post(f"/fairs/{fair.pk}/announce/", {"where": "网站、宣传栏"}, follow=True)


def test_empty_list_says_what_to_do_and_faults_of_a_plan_are_named(clerk):
    assert "还没有排过洽谈会" in text_of(clerk.get("/fairs/"))
    bad = {
        "kind": "regular", "title": "例行会", "on": "2026-11-20", "starts_at": "11:00", "ends_at": "09:00", "place": "大厅",
        "booths": "1", "booths_each": "2", "booking_until": "2026-11-25",
    }  # fmt: skip
    said = text_of(clerk.post("/fairs/new/", bad))
    for fault in ("2026-11-20已经过了", "结束时间要晚于开始时间", "截止日期不能晚于召开日期", "比总数1个还多"):
        assert fault in said
    assert 'value="例行会"' in said, "what was typed stays"
    assert not Fair.objects.exists()


def test_booths_are_given_by_rule(world, clerk):
    fair = plan(clerk, booths="2")
    first, second = licensed(world, "北京顺通物流有限公司"), licensed(world, "北京某某食品有限公司")
    assert "只剩2个展位，不够" not in text_of(clerk.get(f"/fairs/{fair.pk}/book/employer/?employer={first.pk}"))
    assert "一家最多2个展位" in text_of(book(clerk, fair, first, count="3"))
    done = text_of(book(clerk, fair, first))
    assert "已订01号展位" in done and "5个工作日内交回执" in done
    assert "已经订了这场会的展位" in text_of(book(clerk, fair, first))
    assert "只剩1个展位，不够2个" in text_of(book(clerk, fair, second, count="2"))
    assert "已订02号展位" in text_of(book(clerk, fair, second))
    booth = FairBooth.objects.get(employer=first)
    assert "北京顺通" in text_of(clerk.post(f"/fairs/booths/{booth.pk}/give-back/", {"why": "临时停产"}, follow=True))
    assert booking.free_places(fair) == [1], "a place given back is free again"
    unlicensed = build.employer(world.street, "北京无照有限公司")
    assert "营业执照" in text_of(book(clerk, fair, unlicensed))
    assert FairBooth.objects.filter(employer=unlicensed).count() == 0


def test_who_stayed_away_waits(world, clerk, on_the_day):
    employer = licensed(world, "北京顺通物流有限公司")
    fair = plan(clerk)
    book(clerk, fair, employer)
    on_the_day(3, 12)
    said = text_of(
        clerk.post(f"/fairs/{fair.pk}/end/", {"on": "2026-12-03", "steward": "高洁", "consulted": "3"}, follow=True)
    )
    assert "没签到的单位记为没到" in said and "没到 1 家" in said
    later = plan(clerk, on="2026-12-20", booking_until="2026-12-19")
    assert "没有到会，2027-03-03以后才能再订" in text_of(book(clerk, later, employer))
    booth = FairBooth.objects.get()
    clerk.post(f"/fairs/booths/{booth.pk}/give-back/", {"why": "提前打过电话，登记漏了"})
    assert "已订01号展位" in text_of(book(clerk, later, employer))


def test_from_sign_up_to_the_last_receipt(world, clerk, on_the_day):
    employer = licensed(world, "北京顺通物流有限公司")
    vacancy, seeker = world.vacancy(employer=employer), world.seeker()
    fair = plan(clerk)
    assert "已订01号展位" in text_of(book(clerk, fair, employer, vacancies=[vacancy.pk]))
    assert Task.objects.get(key=f"fair:{fair.pk}:announce").due_on == dt.date(2026, 11, 26), "3 working days"
    public = Client()
    assert public.get(f"/jobfairs/{fair.number}/").status_code == 404, "not before it is announced"
    assert "会讯已发布" in text_of(announce(clerk, fair))
    assert Task.objects.get(key=f"fair:{fair.pk}:announce").cleared_at is not None
    shown = text_of(public.get(f"/jobfairs/{fair.number}/"))
    assert vacancy.title in shown and employer.name in shown and fair.title in text_of(public.get("/jobfairs/"))

    bad = public.post(f"/jobfairs/{fair.number}/", {"name": "王秀兰", "phone": "138"})
    assert bad.status_code == 422 and "手机号要写11位数字" in text_of(bad)
    form = {"name": "王秀兰", "phone": "１３８ 0000 0011", "wanted": "包装工"}
    ticket = public.post(f"/jobfairs/{fair.number}/", form)
    again = public.post(f"/jobfairs/{fair.number}/", form)
    assert ticket.url == again.url, "the same telephone gets the same ticket"
    code = ticket.url.strip("/").split("/")[-1]
    page = text_of(public.get(ticket.url))
    assert code in page and "<svg" in page and "王秀兰" not in page, "who holds the ticket does not learn the name"
    assert "王秀兰" not in text_of(public.get(f"/jobfairs/{fair.number}/"))
    clerk.post(f"/fairs/{fair.pk}/sign-up/person/", {"person": seeker.person_id})
    known = FairVisitor.objects.get(person=seeker.person)

    early = text_of(clerk.post(f"/fairs/visitors/{known.pk}/check-in/", {"stay": "1"}, follow=True))
    assert "2026-12-03才开" in early
    on_the_day(3, 8)
    guided = clerk.post(f"/fairs/{fair.pk}/guide/", {"at": "09:30", "what": "讲面试礼仪"})
    assert "会前指导要在09:00开会以前开始" in text_of(guided)
    assert "会前指导已记下" in text_of(
        clerk.post(f"/fairs/{fair.pk}/guide/", {"at": "08:00", "what": "讲面试礼仪"}, follow=True)
    )
    booth = FairBooth.objects.get()
    clerk.post(f"/fairs/visitors/{known.pk}/check-in/", {"stay": "1"})
    said = text_of(
        clerk.post(f"/fairs/visitors/{known.pk}/intend/", {"offer": f"{booth.pk}:{vacancy.pk}"}, follow=True)
    )
    assert "已同时建推荐记录" in said
    clerk.post(f"/fairs/visitors/{known.pk}/intend/", {"offer": f"{booth.pk}:{vacancy.pk}"})
    assert FairIntent.objects.count() == 1, "a double click is one intent"
    stand = f"/jobfairs/at/{booth.code}/"
    wrong = public.post(stand, {"code": "ZZZZZZZZ", "vacancy": vacancy.pk})
    assert "没有这个入场码" in text_of(wrong)
    assert public.post(stand, {"code": code.lower(), "vacancy": vacancy.pk}).status_code == 302
    booth.refresh_from_db()
    assert booth.state == "attended" and FairVisitor.objects.get(code=code).checked_in_at is not None

    on_the_day(3, 12)
    clerk.post(
        f"/fairs/{fair.pk}/end/", {"on": "2026-12-03", "steward": "高洁", "consulted": "31", "course": "秩序良好"}
    )
    fair.refresh_from_db()
    assert fair.receipts_due == dt.date(2026, 12, 10), "5 working days"
    assert f'/fairs/booths/{booth.pk}/receipt/"' in text_of(clerk.get(f"/fairs/{fair.pk}/")), (
        "the page leads to the receipt"
    )
    assert "还有1家没有回执" in text_of(clerk.post(f"/fairs/{fair.pk}/close/", follow=True))
    on_the_day(8, 12)
    mine = FairIntent.objects.get(visitor=known)
    other = FairIntent.objects.get(visitor__code=code)
    results = {f"result_{mine.pk}": "hired", f"result_{other.pk}": "rejected"}
    done = clerk.post(
        f"/fairs/booths/{booth.pk}/receipt/", {"on": "2026-12-08", "difficulty": "路远"} | results, follow=True
    )
    assert "录用1人" in text_of(done)
    vacancy.refresh_from_db()
    referral = Referral.objects.get(person=seeker.person)
    assert (referral.state, referral.way, vacancy.filled) == ("hired", "fair", 1), (
        "hired at the fair is hired everywhere"
    )
    page = text_of(clerk.get(f"/fairs/{fair.pk}/"))
    for number in ("达成意向</dt><dd>2 人次", "已录用</dt><dd>1 人", "到会 2 人", "收到 1 家"):
        assert number in page
    assert "fair-chart" in page
    assert "已总结归档" in text_of(clerk.post(f"/fairs/{fair.pk}/close/", follow=True))
    assert Task.objects.get(key=f"fair:{fair.pk}:receipts").cleared_at is not None
    assert AuditEvent.objects.filter(action="fair.receive").count() == 1


def test_no_receipt_needs_somebody_who_asked(world, clerk, on_the_day):
    employer, fair = licensed(world, "北京顺通物流有限公司"), plan(clerk)
    book(clerk, fair, employer)
    booth = FairBooth.objects.get()
    on_the_day(3, 12)
    clerk.post(f"/fairs/booths/{booth.pk}/attend/", {"came": "yes"})
    clerk.post(f"/fairs/{fair.pk}/end/", {"on": "2026-12-03", "steward": "高洁", "consulted": "0"})
    asked = {"way": "phone", "on": "2026-12-03", "difficulty": "工资低", "record": ""}
    assert clerk.post(f"/fairs/booths/{booth.pk}/track/", asked).status_code == 422
    clerk.post(f"/fairs/booths/{booth.pk}/track/", asked | {"record": "请职业指导科上门"})
    assert "已总结归档" in text_of(clerk.post(f"/fairs/{fair.pk}/close/", follow=True))


def test_a_cancelled_fair_tells_why_and_asks_to_call_everybody(world, clerk):
    employer, fair = licensed(world, "北京顺通物流有限公司"), plan(clerk)
    book(clerk, fair, employer)
    announce(clerk, fair)
    assert clerk.post(f"/fairs/{fair.pk}/cancel/", {"why": ""}).status_code == 422
    clerk.post(f"/fairs/{fair.pk}/cancel/", {"why": "场地检修"})
    assert "已取消：场地检修" in text_of(Client().get(f"/jobfairs/{fair.number}/"))
    assert Task.objects.get(key=f"fair:{fair.pk}:cancelled").cleared_at is None
    assert "不能再报名" in text_of(Client().post(f"/jobfairs/{fair.number}/", {"name": "王", "phone": "13800000011"}))
    clerk.post(f"/fairs/{fair.pk}/told/")
    assert Task.objects.get(key=f"fair:{fair.pk}:cancelled").cleared_at is not None


def test_a_plan_changed_by_somebody_else_is_not_overwritten(clerk):
    fair = plan(clerk)
    data = {
        "kind": "special", "title": "改过的名称", "on": "2026-12-04", "starts_at": "09:00", "ends_at": "11:30", "place": "大厅",
        "booths": "4", "booths_each": "2", "booking_until": "2026-12-02", "notes": "",
    }  # fmt: skip
    assert "安排已改好" in text_of(clerk.post(f"/fairs/{fair.pk}/edit/", data | {"version": "1"}, follow=True))
    said = clerk.post(f"/fairs/{fair.pk}/edit/", data | {"title": "别人的", "version": "1"}, follow=True)
    assert "别人改过这场会" in text_of(said)
    fair.refresh_from_db()
    assert fair.title == "改过的名称"


def test_lists_are_exported_without_full_telephones(world, clerk):
    employer, fair = licensed(world, "北京顺通物流有限公司"), plan(clerk)
    book(clerk, fair, employer)
    announce(clerk, fair)
    Client().post(f"/jobfairs/{fair.number}/", {"name": "王秀兰", "phone": "13800000011"})
    for address, words in (
        ("/fairs/export/", "光明街道冬季专场"),
        (f"/fairs/{fair.pk}/booths/export/", "北京顺通物流有限公司"),
    ):
        book_file = openpyxl.load_workbook(io.BytesIO(clerk.post(address).content))
        assert any(words in str(cell) for row in book_file.active.values for cell in row)
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.post(f"/fairs/{fair.pk}/visitors/export/").content)).active
    cells = [str(cell) for row in sheet.values for cell in row]
    assert "138****0011" in cells and not any("13800000011" in cell for cell in cells)


def test_another_street_does_not_see_the_fair(world, clerk):
    fair = plan(clerk)
    stranger = client_of(build.staff("counter", world.place.streets[1], "李外街"))
    assert stranger.get(f"/fairs/{fair.pk}/").status_code == 404
    assert fair.title not in text_of(stranger.get("/fairs/"))


def test_the_procedure_asks_nothing_the_fair_knows(world, clerk, on_the_day):
    employer = licensed(world, "北京顺通物流有限公司")
    fair = plan(clerk)
    book(clerk, fair, employer)
    announce(clerk, fair)
    case = start(
        procedure_id="Q-2.2.4", organization=world.place.centre, by=build.staff("counter", world.place.centre),
        employer=employer,
    )  # fmt: skip
    assert known_facts.known(case, "fair.kind") == "special" and known_facts.known(case, "fair.on") == "2026-12-03"
    assert known_facts.known(case, "fair.places") == "01号"
    assert known_facts.known(case, "fair.visitors_count") is None, "people still come"
    booth = FairBooth.objects.get()
    on_the_day(3, 12)
    clerk.post(f"/fairs/booths/{booth.pk}/attend/", {"came": "yes"})
    clerk.post(f"/fairs/{fair.pk}/end/", {"on": "2026-12-03", "steward": "高洁", "consulted": "7"})
    told = {name: known_facts.known(case, f"fair.{name}") for name in ("steward", "consulted_count", "ended_on")}
    assert told == {"steward": "高洁", "consulted_count": 7, "ended_on": "2026-12-03"}
    assert known_facts.known(case, "fair.visitors_count") == 0

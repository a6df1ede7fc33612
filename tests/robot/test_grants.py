"""区级补贴奖励 from the counter to the bank, worked through the pages by the people the procedure names (Q-1.3.6)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from renben.engines.payments.models import PaymentLine
from renben.engines.procedures import definitions
from renben.engines.procedures.models import Case
from renben.kernel import clock
from renben.kernel.models import AuditEvent, ImportBatch
from renben.kernel.people import full_number
from renben.services.exchange.models import OutsideFact
from renben.services.support.grants.models import Grant
from tests import build
from tests.robot.clerk import Clerk, Stuck, current
from tests.robot.handing import act, page_of, refuse
from tests.services.support.standards import put_in_force

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
HEAD = 300000
"""Fen for each person settled, in the test's standard."""

pytestmark = [pytest.mark.pages, pytest.mark.django_db]


class Staff(Clerk):
    """One person with the posts given, at whichever office the page is asked."""

    def __init__(self, user, **told) -> None:
        super().__init__(**told)
        self.user = user
        self.sign_in()

    def sign_in(self) -> None:
        self.client = Client()
        self.client.force_login(self.user)

    def client_at(self, office) -> Client:
        return self.client


@pytest.fixture
def world(frozen_time):
    place = build.district()
    definitions.sync_definitions(CATALOG)
    names = {"first": "first_review", "second": "second_review", "leader": "leader", "counter": "counter"}
    users = {name: place.staff(role, place.centre, f"{name}的人") for name, role in names.items()}
    people = [build.person(place.villages[0], name, "F") for name in ("王秀英", "李桂兰")]
    made = SimpleNamespace(
        place=place,
        employer=build.employer(place.villages[0]),
        people=people,
        travel=frozen_time,
        **{name: Staff(user) for name, user in users.items()},
    )
    made.wanted = wanted(people)
    for name in names:
        getattr(made, name).wanted = made.wanted
    return made


def wanted(people, **changes) -> dict:
    rows = [
        {"name": one.name, "id_number": full_number(one), "first_month": "2026-10-01", "months": "1"} for one in people
    ]
    return {
        "policy_item": "settling",
        "grant_people": rows,
        "finance_submitted_on": "2026-11-23",
        "payee_holder": "北京顺通物流有限公司",
        "payee_bank": "北京农村商业银行",
        "payee_account": "0102030405060708",
    } | changes


def day(world, text: str) -> None:
    """It is that day; everybody signs in anew."""
    world.travel.move_to(f"{text} 10:00:00+08:00")
    for clerk in (world.first, world.second, world.leader, world.counter):
        clerk.sign_in()


def standard(world, fen: int = HEAD) -> None:
    put_in_force(world.place, "subsidy.district.settling", fen // 100)


def reviewed(world) -> Case:
    """The case after its three reviews."""
    case = world.first.start(current("Q-1.3.6"), world.place.centre, employer=world.employer)
    act(world.first, case, "first_review")
    act(world.second, case, "second_review")
    return act(world.leader, case, "final_review")


def grant_page(world, grant) -> str:
    answer = world.first.client.get(f"/grants/{grant.pk}/")
    assert answer.status_code == 200
    return answer.text


def object_to(world, grant, on: str = "2026-11-23"):
    data = {"on": on, "through": "phone", "who": "", "text": "李桂兰不在这家单位上班"}
    return world.second.client.post(f"/grants/{grant.pk}/object/", data | {"_once": f"o{on}"}, follow=True)


def answer(world, objection, is_upheld: str = "no"):
    data = {"is_upheld": is_upheld, "text": "查了考勤和工资单，确在岗", "_once": f"a{objection.pk}"}
    return world.second.client.post(f"/grants/objections/{objection.pk}/", data, follow=True)


def test_a_firms_reward_goes_from_the_counter_to_its_account(world):
    standard(world)
    case = reviewed(world)
    grant = Grant.objects.get(case=case)
    assert (grant.state, grant.employer) == ("notice", world.employer)
    assert [line.amount_fen for line in grant.lines.all()] == [HEAD, HEAD]
    public = Client().get("/notices/").text
    assert "北京顺通物流有限公司" in public and "6,000.00" in public and "89444923" in public
    assert "王秀英" not in public, "公示不带人员姓名"

    with pytest.raises(Stuck, match="满期"):
        act(world.first, case, "publicise")
    day(world, "2026-11-30")
    with pytest.raises(Stuck, match="2026年11月30日满期"):
        act(world.first, case, "publicise")
    day(world, "2026-12-01")
    act(world.first, case, "publicise", "submit", "pay")
    assert case.data["payee_account"] == "尾号0708", "办件里不留账号"
    assert case.data["notice_to"] == "2026-11-30" and case.data["grant_amount"] == 2 * HEAD
    assert "北京顺通物流有限公司" not in Client().get("/notices/").text, "满期撤下"

    lines = list(PaymentLine.objects.order_by("id"))
    assert [(line.fen, line.account.employer) for line in lines] == [(HEAD, world.employer)] * 2
    assert all(line.determination_id for line in lines)
    batch = lines[0].batch
    assert "北京顺通物流有限公司" in world.first.client.get(f"/support/lists/{batch.pk}/").text
    told = world.first.client.post(f"/support/lists/{batch.pk}/confirm/", {"_once": "c1"}, follow=True).text
    assert "由谁生成，就不能由谁确认" in told
    world.second.client.post(f"/support/lists/{batch.pk}/confirm/", {"_once": "c2"})
    world.second.client.post(f"/support/lists/{batch.pk}/paid/", {"on": "2026-12-01", "_once": "p"})
    assert "6,000.00" in grant_page(world, grant) and "已到账" in grant_page(world, grant)
    act(world.counter, case, "archive")
    assert case.state == Case.State.DONE


def test_the_three_reviews_are_of_three_people(world):
    """The first reviewer also holds the second post, and is told to leave it to somebody else."""
    standard(world)
    case = world.first.start(current("Q-1.3.6"), world.place.centre, employer=world.employer)
    everybody = Clerk(wanted=world.wanted)
    act(everybody, case, "first_review")
    with pytest.raises(Stuck, match="复审要由另一个人办"):
        act(everybody, case, "second_review")
    act(world.second, case, "second_review")
    with pytest.raises(Stuck, match="终审要由另一个人办"):
        act(everybody, case, "final_review")
    act(world.leader, case, "final_review")


def test_without_a_standard_the_last_review_waits_and_says_where_to_enter_one(world):
    case = world.first.start(current("Q-1.3.6"), world.place.centre, employer=world.employer)
    act(world.first, case, "first_review")
    act(world.second, case, "second_review")
    with pytest.raises(Stuck, match="没有现行标准.*政策参数"):
        act(world.leader, case, "final_review")
    grant = Grant.objects.get(case=case)
    assert "没有现行标准，算不出" in grant_page(world, grant)
    assert "不推算" in grant_page(world, grant), "缺什么文件说得出"
    put_in_force(world.place, "subsidy.district.settling", 3000, since="2026-11-24")
    day(world, "2026-11-24")
    act(world.leader, case, "final_review")
    assert [line.amount_fen for line in grant.lines.all()] == [HEAD, HEAD]


@pytest.mark.parametrize(
    ("row", "said_is"),
    [
        ({"id_number": "110113197503021236"}, "没有这个证件号码的人员档案"),
        ({"name": "王秀兰"}, "登记的不是这个姓名"),
        ({"months": "3"}, "按人计一次，月数写1"),
        ({"months": "0"}, "1以上的整数"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_taken(world, row, said_is):
    rows = world.wanted["grant_people"]
    world.first.wanted = world.wanted | {"grant_people": [rows[0] | row, rows[1]]}
    case = world.first.start(current("Q-1.3.6"), world.place.centre, employer=world.employer)
    with pytest.raises(Stuck, match=said_is):
        act(world.first, case, "first_review")
    assert not Grant.objects.exists()


def test_somebody_twice_on_a_list_is_named(world):
    rows = world.wanted["grant_people"]
    world.first.wanted = world.wanted | {"grant_people": [rows[0], rows[0]]}
    case = world.first.start(current("Q-1.3.6"), world.place.centre, employer=world.employer)
    with pytest.raises(Stuck, match="写了两遍"):
        act(world.first, case, "first_review")


def test_an_objection_stops_the_clock_and_the_payment_until_it_is_answered(world):
    standard(world)
    case = reviewed(world)
    grant = Grant.objects.get(case=case)
    day(world, "2026-11-26")
    assert "公示停止计时" in object_to(world, grant, "2026-11-26").text
    assert "停止计时" in Client().get("/notices/").text
    assert "查清、答复" in world.first.client.get("/", {"show": "tasks"}).text, "机构待办"
    day(world, "2026-12-02")
    with pytest.raises(Stuck, match="1条异议没有答复"):
        act(world.first, case, "publicise")
    objection = grant.notices.get().objections.get()
    assert "公示接着计时" in answer(world, objection).text
    assert (
        "已在2026年12月02日答复过"
        in world.second.client.post(
            f"/grants/objections/{objection.pk}/",
            {"is_upheld": "no", "text": "再答一次", "_once": "again"},
            follow=True,
        ).text
    )
    with pytest.raises(Stuck, match="2026年12月06日满期"):
        act(world.first, case, "publicise")
    day(world, "2026-12-07")
    act(world.first, case, "publicise")
    assert case.data["notice_to"] == "2026-12-06", "停了六天，顺延六天"
    assert case.data["objections_received"] == 1


def test_an_objection_that_holds_sends_the_grant_back_to_be_reviewed_anew(world):
    standard(world)
    case = reviewed(world)
    grant = Grant.objects.get(case=case)
    object_to(world, grant)
    answer(world, grant.notices.get().objections.get(), "yes")
    assert "北京顺通物流有限公司" not in Client().get("/notices/").text, "成立的撤下公示"
    day(world, "2026-12-08")
    with pytest.raises(Stuck, match="异议成立"):
        act(world.first, case, "publicise")
    world.first.outcomes["Q-1.3.6/publicise"] = "returned"
    act(world.first, case, "publicise")
    world.first.wanted = world.wanted | {"grant_people": world.wanted["grant_people"][:1]}
    act(world.first, case, "first_review")
    act(world.second, case, "second_review")
    act(world.leader, case, "final_review")
    grant.refresh_from_db()
    assert (grant.round, grant.state, grant.lines.count()) == (2, "notice", 1)
    assert grant.notices.get(round=2).amount_fen == HEAD
    assert "第2次审核" in grant_page(world, grant)


def test_a_dead_persons_line_waits_until_it_is_struck(world):
    standard(world)
    batch = ImportBatch.objects.create(
        kind="deaths", file_name="死亡.xlsx", file_sm3="0", organization=world.place.centre, created_at=clock.now()
    )
    OutsideFact.objects.create(
        kind="deaths", person=world.people[1], start_on=dt.date(2026, 8, 3), as_of=dt.date(2026, 11, 1), batch=batch
    )
    case = world.first.start(current("Q-1.3.6"), world.place.centre, employer=world.employer)
    act(world.first, case, "first_review")
    act(world.second, case, "second_review")
    with pytest.raises(Stuck, match="1个人比对有问题"):
        act(world.leader, case, "final_review")
    grant = Grant.objects.get(case=case)
    line = grant.lines.get(person=world.people[1])
    assert "本人已于2026-08-03死亡" in grant_page(world, grant)
    again = world.first.client.post(f"/grants/lines/{line.pk}/recheck/", {"_once": "r"}, follow=True)
    assert "还有问题" in again.text
    world.first.client.post(f"/grants/lines/{line.pk}/strike/", {"reason": "已去世", "_once": "s"})
    act(world.leader, case, "final_review")
    assert grant.notices.get().amount_fen == HEAD, "去掉的人不算钱"
    assert AuditEvent.objects.filter(action="grant.strike").count() == 1


def test_a_firm_that_was_struck_off_gets_nothing_until_somebody_finds_that_untrue(world):
    standard(world)
    batch = ImportBatch.objects.create(
        kind="business", file_name="工商.xlsx", file_sm3="0", organization=world.place.centre, created_at=clock.now()
    )
    fact = OutsideFact.objects.create(
        kind="business",
        person=build.person(world.place.villages[0], "赵老板"),
        role="legal_person",
        body=world.employer.name,
        body_code=world.employer.uscc,
        start_on=dt.date(2015, 1, 5),
        end_on=dt.date(2026, 9, 2),
        as_of=dt.date(2026, 11, 1),
        batch=batch,
    )
    case = world.first.start(current("Q-1.3.6"), world.place.centre, employer=world.employer)
    act(world.first, case, "first_review")
    act(world.second, case, "second_review")
    with pytest.raises(Stuck, match="已于2026-09-01注销或吊销"):
        act(world.leader, case, "final_review")
    grant = Grant.objects.get(case=case)
    assert "市场主体登记管理条例" in grant_page(world, grant), "依据写着"
    told = {"is_true": "false", "reason": "执照副本有效，登记数据有误", "_once": "judge"}
    world.first.client.post(reverse("imports:outside_fact", args=[fact.pk]), told)
    act(world.leader, case, "final_review")


def test_the_same_person_is_not_paid_twice_for_the_same_month(world):
    """Another firm asks for the same person, item and month: the comparison says so; struck, the rest goes on."""
    standard(world)
    reviewed(world)
    other = build.employer(world.place.villages[1], "北京顺达商贸有限公司")
    case = world.counter.start(current("Q-1.3.6"), world.place.centre, employer=other)
    act(world.first, case, "first_review")
    act(world.second, case, "second_review")
    with pytest.raises(Stuck, match="2个人比对有问题"):
        act(world.leader, case, "final_review")
    assert "已有这个人同一项、同一时期" in grant_page(world, Grant.objects.get(case=case))


def test_money_the_bank_sent_back_is_listed_again_and_never_twice(world):
    standard(world)
    case = reviewed(world)
    day(world, "2026-12-01")
    act(world.first, case, "publicise", "submit", "pay")
    grant = Grant.objects.get(case=case)
    account = {"holder": "北京顺通物流有限公司", "bank": "工商银行", "number": "9988776655443322"}
    url = f"/grants/{grant.pk}/list-again/"
    assert "不用重新列入" in world.first.client.post(url, account | {"_once": "n"}, follow=True).text
    line = PaymentLine.objects.order_by("id").first()
    PaymentLine.objects.filter(pk=line.pk).update(state="returned", return_reason="账号不存在")
    assert "账号不存在" in grant_page(world, grant)
    world.first.client.post(url, account | {"_once": "y"})
    standing = PaymentLine.objects.exclude(state="returned")
    assert sorted(standing.values_list("person", flat=True)) == sorted(p.pk for p in world.people)
    wrong = account | {"holder": "别的公司", "_once": "w"}
    PaymentLine.objects.filter(pk=standing.order_by("-id").first().pk).update(state="returned", return_reason="退")
    assert "不一致" in world.first.client.post(url, wrong, follow=True).text


def test_a_person_asks_for_themselves_and_a_refusal_is_told(world):
    put_in_force(world.place, "subsidy.district.hardship", 500)
    mine = wanted(world.people[:1], policy_item="hardship", payee_holder="王秀英")
    mine["grant_people"][0]["months"] = "3"
    for clerk in (world.first, world.second, world.leader):
        clerk.wanted = mine
    case = world.first.start(current("Q-1.3.6"), world.place.centre)
    act(world.first, case, "first_review")
    act(world.second, case, "second_review")
    act(world.leader, case, "final_review")
    grant = Grant.objects.get(case=case)
    assert grant.lines.get().amount_fen == 150000, "三个月"
    public = Client().get("/notices/").text
    assert "城乡就业困难人员补贴" in public and "1,500.00" in public
    assert "王" in public and "王秀英" not in public, "个人申请的，姓名遮挡"
    refuse(world.first, case, "publicise")
    grant.refresh_from_db()
    assert (grant.state, grant.refusal) == ("refused", "核实没有实际经营")
    assert "不予发放" in grant_page(world, grant)
    assert "没有正在公示" in Client().get("/notices/").text


def test_two_people_without_a_firm_are_not_one_persons_application(world):
    case = world.first.start(current("Q-1.3.6"), world.place.centre)
    with pytest.raises(Stuck, match="名单里只写本人一行"):
        act(world.first, case, "first_review")


def test_the_list_finds_by_firm_and_person_and_goes_to_excel(world, django_assert_max_num_queries):
    standard(world)
    case = reviewed(world)
    client = world.first.client
    for asked in ("顺通", "王秀英", ""):
        assert "北京顺通物流有限公司" in client.get("/grants/", {"q": asked}).text
    assert "没有符合条件的申请" in client.get("/grants/", {"q": "没有这家"}).text
    assert "没有符合条件的申请" in client.get("/grants/", {"state": "listed"}).text
    with django_assert_max_num_queries(30):
        client.get("/grants/")
    answer_file = client.post("/grants/export/", {})
    assert answer_file["Content-Type"].startswith("application/vnd.openxmlformats")
    assert "安置奖励金" in client.get(reverse("employers:file", args=[world.employer.pk])).text
    assert "安置奖励金" in client.get(reverse("people:file", args=[world.people[0].pk])).text
    assert "信息公示" in page_of(world.first, case)
    street = world.place.staff("counter", world.place.streets[0], "街道的人")
    outside = Client()
    outside.force_login(street)
    assert outside.get("/grants/").status_code == 403

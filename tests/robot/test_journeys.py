"""Journeys across the tiers, worked through the pages: one office hands on, the next finds what is known already."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.urls import reverse

from renben.engines.procedures import definitions
from renben.engines.procedures.models import Case
from renben.kernel import people
from tests import build
from tests.robot.clerk import Clerk, current
from tests.robot.handing import (
    FIRM_LOAN,
    SHOP_LOAN,
    act,
    assert_carried,
    follows,
    one_timeline,
    page_of,
    refuse,
    states,
)

CATALOG = Path(__file__).resolve().parents[2] / "catalog"

pytestmark = [pytest.mark.pages, pytest.mark.django_db]


@pytest.fixture
def district():
    made = build.district()
    definitions.sync_definitions(CATALOG)
    return made


@pytest.fixture
def street(district):
    return district.streets[0]


@pytest.fixture
def village(district):
    return district.villages[0]


@pytest.fixture
def person(village):
    return build.person(village)


def test_the_guidance_subsidy_goes_up_with_the_people_guided(district, street):
    here = {name: build.person(district.villages[0], name, "F") for name in ("王秀英", "李桂兰")}
    guided = [
        {"name": name, "id_number": people.full_number(one), "phone": "13800001234", "community": "胜利1社区"}
        | {"guided_on": "2026-11-20", "way": "single", "hours": "2.5"}
        for name, one in here.items()
    ]
    clerk = Clerk(wanted={"guided": guided})
    case = clerk.start(current("J-4.3.1"), street)
    act(clerk, case, "guide", "ledger", "system", "submit")
    assert case.state == Case.State.DONE
    above = follows(case, "Q-1.3.7", district.centre)
    assert_carried(clerk, case, above, "guided", "applied_amount")
    shown = page_of(clerk, above, "review")
    assert "王秀英" in shown and "李桂兰" in shown
    act(clerk, above, "review")
    [call] = above.data["calls"]
    clerk.outcomes["Q-1.3.7/phone_check"] = "returned"
    drawn = above.guidance_claim.people.get(name=call["name"])
    said = {"answer": "no", "on": "2026-11-23", "_once": "call"}
    clerk.client_at(district.centre).post(reverse("grants:call", args=[drawn.pk]), said)
    act(clerk, above, "phone_check")
    assert above.steps.get(key="review", state="ready").round == 2, "一个不合格，整批退回"
    del clerk.outcomes["Q-1.3.7/phone_check"]
    act(clerk, above, "review")
    [other] = above.data["calls"]
    assert other["name"] != call["name"] and above.data["sample_percent"] == 20, "说没参加的不算，抽查加倍"
    clerk.wanted["calls"] = [other | {"called_on": "2026-11-23", "answer": "yes"}]
    act(clerk, above, "phone_check")
    assert above.state == Case.State.DONE
    one_timeline(clerk, case, above)


def test_a_shopkeepers_loan_is_checked_by_the_community_and_lent_at_the_street(street, village, person):
    clerk = Clerk(
        wanted=SHOP_LOAN
        | {"borrower_kind": "individual", "needs_community_check": True, "business_name": "顺义老王面馆"},
        outcomes={"C-7.1.2.1/track": "before_loan", "C-7.1.2.1/verify": "only_verify"},
    )
    case = clerk.start(current("J-4.3.3"), street, person=person)
    act(clerk, case, "accept")
    check = follows(case, "C-7.1.2.1", village)
    assert_carried(clerk, case, check, "business_name")
    assert case.steps.get(key="verify").due_on == dt.date(2026, 11, 30), "5个工作日内核实"
    act(clerk, check, "track", "verify")
    assert check.state == Case.State.DONE
    assert "借款人信息核实结果" in page_of(clerk, check, "verify", office=street), "街（镇）看得到协查结果"
    act(clerk, case, "verify", "report")
    loan = follows(case, "J-5.4.5", street)
    assert_carried(clerk, case, loan, "business_name", "loan_amount", "loan_use")
    clerk.outcomes.clear()
    clerk.wanted |= {"recommends_loan": False, "recovery_asked": False}
    act(clerk, loan, "review", "sign")
    tracked = follows(loan, "C-7.1.2.1", village)
    assert_carried(clerk, loan, tracked, "business_name")
    clerk.finish(case, journey=True)
    assert set(Case.objects.filter(journey_id=case.journey_id).values_list("state", flat=True)) == {"done"}
    one_timeline(clerk, case, check, loan, tracked)


def test_a_companys_loan_goes_to_the_district_and_comes_back_to_the_community(district, street, village, person):
    wanted = {"borrower_kind": "company", "needs_community_check": False, "business_name": "顺达小企业"}
    clerk = Clerk(wanted=FIRM_LOAN | {"mortgage_value": "100000", "recommended_amount": "500000"} | wanted)
    case = clerk.start(current("J-4.3.3"), street, person=person)
    act(clerk, case, "accept")
    assert not Case.objects.filter(parent=case).exists(), "没有请社区（村）协查"
    clerk.outcomes["J-4.3.3/verify"] = "incomplete"
    act(clerk, case, "verify")
    assert case.steps.get(key="accept", state="ready").round == 2, "材料有疑问，补正"
    del clerk.outcomes["J-4.3.3/verify"]
    act(clerk, case, "accept", "verify", "report")
    above = follows(case, "Q-1.3.3", district.centre)
    assert_carried(clerk, case, above, "loan_amount", "loan_use", "business_name")
    act(clerk, above, "receive", "review", "track")
    tracked = follows(above, "C-7.1.2.1", village)
    assert_carried(clerk, above, tracked, "business_name")
    assert above.steps.get(key="after_care").due_on == dt.date(2026, 12, 2), "放款后7个工作日内首次检查"
    assert above.steps.get(key="archive").due_on == dt.date(2026, 12, 7), "放款后10个工作日内建档"
    one_timeline(clerk, case, above, tracked)


def test_a_community_recommends_somebody_for_a_loan(street, village, person):
    clerk = Clerk(wanted={"recommends_loan": True, "business_name": "老李修车铺"})
    case = clerk.start(current("C-7.1.2.1"), village, person=person)
    act(clerk, case, "track", "report", "verify", "publicise")
    above = follows(case, "J-4.3.3", street)
    assert_carried(clerk, case, above, "business_name")
    one_timeline(clerk, case, above)


HARDSHIP = [
    {
        "name": "王秀英",
        "address": "胜利1社区3号楼",
        "phone": "13800000001",
        "category": "{category}",
        "reason": "照顾老人",
    },
    {
        "name": "李桂兰",
        "address": "胜利1社区5号楼",
        "phone": "13800000002",
        "category": "{category}",
        "reason": "身体残疾",
    },
    {
        "name": "张大勇",
        "address": "胜利1社区9号楼",
        "phone": "13800000003",
        "category": "{category}",
        "reason": "在家务农",
    },
]


def surveyed(clerk: Clerk, village) -> Case:
    """A community's yearly survey that found two eligible people and one who is not."""
    column = next(c for c in current("C-8.4.1").any_field("hardship_people").columns if c.name == "category")
    category = str(column.choices[0].value)
    clerk.wanted["hardship_people"] = [
        line | {"category": category, "eligible": number < 2} for number, line in enumerate(HARDSHIP)
    ]
    case = clerk.start(current("C-8.4.1"), village)
    return act(clerk, case, "survey", "enter", "classify")


def attach(clerk: Clerk, case: Case, person) -> None:
    """补上服务对象 by the person's number."""
    assert "补上服务对象" in page_of(clerk, case)
    address = reverse("cases:attach_person", kwargs={"pk": case.pk})
    answer = clerk.client_at(case.organization).post(
        address, {"number": people.full_number(person), "_once": f"who-{case.pk}"}
    )
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.person == person
    assert "补上服务对象" in page_of(clerk, case), "经过里记着"


def test_each_eligible_person_of_the_survey_becomes_a_case_of_the_street(street, village):
    clerk = Clerk()
    survey = surveyed(clerk, village)
    assert survey.state == Case.State.DONE
    reported = list(Case.objects.filter(parent=survey, procedure_id="J-5.5.1").order_by("id"))
    assert [case.data["reported_name"] for case in reported] == ["王秀英", "李桂兰"], "不符合条件的不上报"
    first, second = reported
    assert first.organization == second.organization == street
    shown = page_of(clerk, first)
    assert all(text in shown for text in ("王秀英", "胜利1社区3号楼", "13800000001", "照顾老人"))
    assert "李桂兰" not in shown
    refuse(clerk, second, "identify")
    assert "不予办理" in page_of(clerk, survey), "社区（村）看得到没有认定"
    act(clerk, first, "identify")
    back = follows(first, "C-8.4.2", village)
    assert Case.objects.filter(parent=first).count() == 1, "交回报来的社区（村），不是每个社区（村）"
    assert_carried(clerk, first, back, "family_situation", "jobless_reason")
    one_timeline(clerk, survey, first, second, back)


def recognised(clerk: Clerk, village, person) -> tuple[Case, Case]:
    """The street's case of the first person reported, recognised, and what the community has to do about it."""
    survey = surveyed(clerk, village)
    case = Case.objects.filter(parent=survey, procedure_id="J-5.5.1").order_by("id").first()
    attach(clerk, case, person)
    act(clerk, case, "identify")
    return case, follows(case, "C-8.4.2", village)


def test_a_person_in_hardship_is_helped_by_street_and_community_together(street, village, person):
    clerk = Clerk(wanted={"placed_by": "community", "job_result": "hired"})
    case, helped = recognised(clerk, village, person)
    assert case.steps.get(key="confer").due_on == dt.date(2026, 11, 26), "3日内会商"
    assert case.steps.get(key="recommend").due_on == dt.date(2026, 11, 25), "2日内推荐"
    assert helped.steps.get(key="visit").due_on == dt.date(2026, 11, 25), "2个工作日内联系"
    clerk.outcomes["C-8.4.2/plan"] = "revisit"
    act(clerk, helped, "visit", "plan")
    assert helped.steps.get(key="visit", state="ready").round == 2, "情况没摸清，再入户"
    del clerk.outcomes["C-8.4.2/plan"]
    act(clerk, helped, "visit", "plan", "guide")
    offered = follows(helped, "C-8.4.3", village)
    assert_carried(clerk, helped, offered, "job_intention", "personal_conditions")
    act(clerk, offered, "talk")
    assert offered.steps.get(key="match").due_on == dt.date(2026, 11, 30), "认定后5个工作日内提供岗位"
    act(clerk, offered, "match", "interview", "follow_up")
    tracked = follows(offered, "C-8.4.4", village)
    assert_carried(clerk, offered, tracked, "hired_on")
    assert "已经就业" in page_of(clerk, offered, "follow_up", office=street), "街（镇）看得到已经就业"
    clerk.outcomes["J-5.5.1/register"] = "employed"
    act(clerk, case, "recommend", "register")
    assert Case.objects.filter(journey_id=case.journey_id, procedure_id="C-8.4.4").count() == 1, "社区（村）已在跟踪"
    registered = follows(case, "J-4.2.2", street)
    one_timeline(clerk, case.parent, case, sibling(case), helped, offered, tracked, registered)


def sibling(case: Case) -> Case:
    return Case.objects.filter(parent=case.parent, procedure_id=case.procedure_id).exclude(pk=case.pk).get()


def test_nobody_is_placed_twice_when_the_person_declines(village, person):
    clerk = Clerk(wanted={"accepts_help": False})
    _, helped = recognised(clerk, village, person)
    clerk.finish(helped)
    assert not Case.objects.filter(parent=helped).exists()


@pytest.mark.parametrize(
    ("stability", "limit", "first", "second"),
    [
        ("stable", "每月至少一次", dt.date(2026, 12, 23), dt.date(2027, 1, 22)),  # 23 January 2027 is a Saturday
        ("unstable", "每10天至少一次", dt.date(2026, 12, 3), dt.date(2026, 12, 11)),  # 13 December is a Sunday
        ("family", "每周至少一次", dt.date(2026, 11, 30), dt.date(2026, 12, 7)),
    ],
)
def test_visits_come_by_class_and_each_one_recorded_opens_the_next(
    stability, limit, first, second, village, person, frozen_time
):
    clerk = Clerk(
        wanted={"stability": stability, "hired_on": "2026-11-10", "told_street_on": "2026-11-10"},
        outcomes={"C-8.4.4/classify": "visited"},
    )
    case = clerk.start(current("C-8.4.4"), village, person=person)
    act(clerk, case, "revisit", "record", "workplace", "classify")

    def open_round():
        return case.steps.get(key="classify", state="ready")

    page = page_of(clerk, case, "classify")
    assert (open_round().nth, open_round().due_on) == (2, first)
    assert limit in page and "第2次" in page and "已做1次" in page
    assert page.count("至少一次") == 1 + page.count("至少一次</dd>"), "只显示这一类人的时限"
    listed = clerk.client_at(village).get(reverse("cases:follow_ups")).text
    assert "跟踪指导 · 分类服务" in listed and "第2次" in listed
    frozen_time.move_to(f"{first} 10:00:00+08:00")
    clerk = Clerk(wanted=clerk.wanted, outcomes=clerk.outcomes)  # signed in anew, weeks later
    act(clerk, case, "classify")
    assert (open_round().nth, open_round().due_on) == (3, second)
    clerk.outcomes["C-8.4.4/classify"] = "ended"
    act(clerk, case, "classify")
    assert not case.steps.filter(key="classify", state="ready").exists()
    assert case.steps.filter(key="classify", state="done").count() == 3


def test_the_yearly_survey_goes_down_to_every_community_and_comes_back_up(district):
    clerk = Clerk(outcomes={"C-7.1.1/summarise": "done"})
    year = clerk.start(current("Q-1.1.1"), district.centre)
    act(clerk, year, "plan")
    streets = list(Case.objects.filter(parent=year, procedure_id="J-4.1.1").order_by("id"))
    assert [case.organization for case in streets] == district.streets, "每个街（镇）一件"
    here, there = streets
    assert_carried(clerk, year, here, "survey_from", "survey_until")
    assert here.steps.get(key="plan").due_on == dt.date(2026, 11, 26), "接到任务后3个工作日内订方案"
    clerk.outcomes["J-4.1.1/plan"] = "revise"
    act(clerk, here, "plan")
    assert here.steps.get(key="plan", state="ready").round == 2, "领导退回修改"
    del clerk.outcomes["J-4.1.1/plan"]
    for case in streets:
        act(clerk, case, "plan", "mobilise", "train")
    villages = list(Case.objects.filter(parent=here, procedure_id="C-7.1.1").order_by("id"))
    assert [case.organization for case in villages] == district.villages[:2], "只到本街（镇）的社区（村）"
    assert villages[0].steps.get(key="survey").due_on == dt.date(2026, 12, 8), "15日内查完"
    assert "等社区（村）查完并录入系统" in page_of(clerk, here, "analyse")
    act(clerk, villages[0], "survey", "enter", "summarise")
    assert here.steps.get(key="analyse").state == "waiting", "还有一个社区（村）没查完"
    assert there.steps.get(key="analyse").state == "waiting"
    act(clerk, villages[1], "survey", "enter", "summarise")
    analyse = here.steps.get(key="analyse")
    assert (analyse.state, analyse.due_on) == ("ready", dt.date(2026, 11, 30)), "查完后5个工作日内写报告"
    assert there.steps.get(key="analyse").state == "waiting", "别的街（镇）等自己的社区（村）"
    act(clerk, here, "analyse", "file")
    assert here.state == Case.State.DONE
    clerk.finish(year, journey=True)
    journey = list(Case.objects.filter(journey_id=year.journey_id).order_by("id"))
    assert {case.state for case in journey} == {Case.State.DONE}
    assert len(journey) == 1 + 2 + 4
    one_timeline(clerk, *journey)


def test_the_skill_needs_of_a_street_go_to_the_district(district, street):
    demands = [
        {
            "employer": "顺义汽车零部件厂",
            "visited_on": "2026-11-20",
            "occupation": "焊工",
            "current": "12",
            "needed": "5",
        }
    ]
    level = next(c for c in current("J-4.1.4").any_field("skill_demands").columns if c.name == "level")
    clerk = Clerk(wanted={"skill_demands": [demands[0] | {"level": str(level.choices[0].value)}]})
    case = clerk.start(current("J-4.1.4"), street)
    act(clerk, case, "prepare", "survey")
    assert case.steps.get(key="tabulate").due_on == dt.date(2026, 11, 30), "调查结束后5个工作日内统计"
    clerk.outcomes["J-4.1.4/tabulate"] = "incomplete"
    act(clerk, case, "tabulate")
    assert case.steps.get(key="survey", state="ready").round == 2
    clerk.outcomes.clear()
    act(clerk, case, "survey", "tabulate", "dynamic", "write")
    above = follows(case, "Q-2.3.1", district.centre)
    assert above.data["skill_demands"][0]["employer"] == "顺义汽车零部件厂"
    act(clerk, above, "prepare")
    assert "顺义汽车零部件厂" in page_of(clerk, above, "visit")
    act(clerk, above, "visit", "report")
    act(clerk, case, "plan", "promote")
    assert case.state == Case.State.DONE
    one_timeline(clerk, case, above)


def test_full_employment_grows_from_the_community_to_the_street(street, village):
    clerk = Clerk(
        wanted={"applies_now": True, "street_ready": True, "meets_standard": True, "community_head": "赵主任"}
    )
    case = clerk.start(current("C-9.1.1"), village)
    clerk.outcomes["C-9.1.1/monitor"] = "not_yet"
    act(clerk, case, "ledger", "place", "monitor")
    assert case.steps.get(key="place", state="ready").round == 2, "还没达到，继续推荐就业"
    clerk.outcomes.clear()
    act(clerk, case, "place", "monitor", "apply")
    above = follows(case, "J-6.2.1", street)
    assert states(above) == {"plan": "skipped", "coordinate": "skipped", "promote": "skipped", "apply": "ready"}
    figures = ("labour_total", "willing_total", "employed_now", "hardship_total", "hardship_employed", "community_head")
    assert_carried(clerk, case, above, *figures)
    clerk.outcomes["J-6.2.1/apply"] = "not_yet"
    act(clerk, above, "apply")
    assert above.steps.get(key="apply", state="ready").round == 2, "条件不够，补好再报"
    clerk.outcomes.clear()
    act(clerk, above, "apply", "manage")
    assert above.state == Case.State.DONE
    whole = follows(above, "J-6.2.2", street)
    act(clerk, case, "conclude")
    one_timeline(clerk, case, above, whole)


def test_a_broken_device_is_reported_to_the_street_and_repaired(street, village):
    fault = [{"device": "电子显示屏", "symptom": "黑屏不亮"}]
    clerk = Clerk(wanted={"device_fault": True, "device_faults": fault, "damage_from": "daily_check"})
    case = clerk.start(current("C-9.2.1"), village)
    act(clerk, case, "check")
    assert case.steps.get(key="report").due_on == dt.date(2026, 11, 23), "当天上报"
    act(clerk, case, "report")
    above, repair = follows(case, "J-6.3.1", street), follows(case, "C-9.2.2", village)
    clerk.outcomes["C-9.2.2/ledger"] = "broken"
    act(clerk, above, "inspect")
    assert "黑屏不亮" in page_of(clerk, above, "manage")
    act(clerk, repair, "ledger")
    assert repair.steps.get(key="repair").due_on == dt.date(2026, 11, 24), "1个工作日内报修"
    assert "黑屏不亮" in page_of(clerk, repair, "repair")
    act(clerk, repair, "repair")
    assert repair.state == Case.State.DONE
    assert not Case.objects.filter(parent=repair).exists(), "街（镇）已经知道，不再报一次"
    assert "维修后状态" in page_of(clerk, repair, "repair", office=street)
    clerk.outcomes["J-6.3.1/manage"] = "recheck"
    act(clerk, above, "manage")
    assert above.steps.get(key="inspect", state="ready").round == 2, "账物不符，重新检查"
    clerk.outcomes.clear()
    clerk.finish(above)
    assert above.state == Case.State.DONE
    one_timeline(clerk, case, above, repair)


def test_a_sound_device_is_only_checked(village):
    clerk = Clerk(wanted={"device_fault": False})
    case = clerk.start(current("C-9.2.1"), village)
    clerk.finish(case)
    assert case.state == Case.State.DONE
    assert states(case)["report"] == "skipped"
    assert not Case.objects.filter(parent=case).exists()


def test_a_question_the_street_cannot_answer_is_answered_by_the_district(district, street, village):
    asked = {"policy_question_state": "raised", "question": "招用外省农民工能否享受岗位补贴？"}
    clerk = Clerk(wanted=asked | {"question_level": "simple", "match_result": "matched"})
    employer = build.employer(street)
    case = clerk.start(current("J-4.1.2"), street, employer=employer)
    act(clerk, case, "prepare", "liaise", "visit", "register", "serve")
    above = follows(case, "Q-3.2.6", district.centre)
    assert_carried(clerk, case, above, "question")
    answer = next(limit for limit in case.steps.get(key="follow").limits if limit["key"] == "answer")
    assert answer["due_on"] == "2026-11-26", "3个工作日内答复单位"
    act(clerk, above, "receive")
    assert above.steps.get(key="reply").due_on == dt.date(2026, 11, 26), "一般问题3个工作日内回复"
    clerk.outcomes["Q-3.2.6/reply"] = "unclear"
    act(clerk, above, "reply")
    assert above.steps.get(key="receive", state="ready").round == 2, "看错问题，重看"
    clerk.outcomes.clear()
    clerk.wanted["reply_text"] = "按京人社发文件，可以享受。"
    act(clerk, above, "receive", "reply", "file")
    assert above.state == Case.State.DONE
    assert "按京人社发文件，可以享受。" in page_of(clerk, case, "follow"), "街（镇）看得到区里的答复"
    act(clerk, case, "follow")
    assert case.state == Case.State.DONE
    one_timeline(clerk, case, above)


def test_vacancies_the_street_cannot_fill_go_to_the_district(district, street):
    jobs = [{"job": "数控车工", "openings": "8", "requirement": "中级工", "pay": "6000元"}]
    clerk = Clerk(wanted={"recruitment_result": "no_labour", "jobs_offered": jobs, "needs_fair": False})
    case = clerk.start(current("J-5.3.3"), street, employer=build.employer(street))
    clerk.outcomes["J-5.3.3/follow"] = "again"
    act(clerk, case, "understand", "recommend", "interview", "follow")
    assert case.steps.get(key="recommend", state="ready").round == 2, "未招到，继续推荐"
    clerk.outcomes.clear()
    act(clerk, case, "recommend", "interview")
    assert case.steps.get(key="follow", state="ready").due_on is not None
    act(clerk, case, "follow")
    above = follows(case, "Q-2.2.4", district.centre)
    assert_carried(clerk, case, above, "jobs_offered")
    assert "数控车工" in page_of(clerk, above, "receive")
    clerk.wanted["fair_on"] = "2026-12-18"
    act(clerk, above, "receive", "open_file")
    assert above.steps.get(key="announce").due_on == dt.date(2026, 11, 26), "接待结束后3个工作日内发布"
    clerk.finish(above)
    assert above.state == Case.State.DONE
    assert "回执反馈" in page_of(clerk, case)
    one_timeline(clerk, case, above)

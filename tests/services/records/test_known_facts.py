"""A field of a step fills itself from the files and from what another tier of the same journey has recorded."""

from __future__ import annotations

import pytest

from renben.engines.procedures import queries, registry
from renben.engines.procedures.models import Case
from renben.services.records import papers, vocabulary
from tests import build
from tests.robot.clerk import Clerk, current
from tests.robot.handing import act, follows, page_of

pytestmark = [pytest.mark.pages, pytest.mark.django_db]


@pytest.fixture
def district():
    return build.district()


def test_the_answer_of_the_district_fills_the_street_s_form(district):
    """J-4.1.2 asks, Q-3.2.6 answers with its basis; the street types neither again."""
    street = district.streets[0]
    raised = {"policy_question_state": "raised", "question": "外省农民工能否享受岗位补贴？"}
    clerk = Clerk(wanted=raised | {"question_level": "simple", "match_result": "matched"})
    case = clerk.start(current("J-4.1.2"), street, employer=build.employer(street))
    act(clerk, case, "prepare", "liaise", "visit", "register", "serve")
    follow = case.steps.get(key="follow")
    assert queries.known_values(follow)["policy_answer"] is None, "nobody has answered yet"
    clerk.wanted |= {"reply_text": "可以享受。", "reply_basis": "京人社就发〔2011〕79号第五条"}
    above = follows(case, "Q-3.2.6", district.centre)
    act(clerk, above, "receive", "reply")
    known = queries.known_values(follow)
    assert (known["policy_answer"], known["policy_answer_basis"]) == ("可以享受。", "京人社就发〔2011〕79号第五条")
    page = page_of(clerk, case, "follow")
    assert "可以享受。</textarea>" in page, "the answer stands in the field, not beside it"


def test_an_employer_s_contact_is_not_asked_again(district):
    employer = build.employer(district.streets[0], phone="010-69400001")
    case = Clerk().start(current("J-4.1.2"), district.streets[0], employer=employer)
    assert queries.known_values(case.steps.get(key="prepare"))["hr_phone"] == "010-69400001"


def test_another_journey_tells_nothing(district):
    street = district.streets[0]
    clerk = Clerk(wanted={"reply_text": "别人的答复", "question_level": "simple"})
    other = clerk.start(current("Q-3.2.6"), district.centre)
    act(clerk, other, "receive", "reply")
    case = clerk.start(current("J-4.1.2"), street, employer=build.employer(street))
    source = registry.field_source("journey.Q-3.2.6.reply_text")
    assert source(Case.objects.get(pk=case.pk)) is None


def test_a_source_nobody_knows_is_told():
    known = {"Q-3.2.6": current("Q-3.2.6")}
    assert vocabulary.problems("journey.Q-3.2.6.reply_txt", [], known) == [
        "事实 journey.Q-3.2.6.reply_txt：Q-3.2.6 没有字段 reply_txt"
    ]
    assert registry.source_target("journey.Q-3.2.6.reply_text") is not None
    assert registry.source_target("jorney.Q-3.2.6.reply_text") is None


def test_a_paper_of_the_second_case_keeps_what_the_first_recorded(district):
    """The loan's recommendation is signed in J-5.4.5; what J-4.3.3 checked at three places stands on it."""
    street = district.streets[0]
    checked = {"home_visit": "家里属实", "community_visit": "邻里证明属实", "premises_visit": "店里属实"}
    clerk = Clerk(wanted=checked | {"borrower_kind": "individual", "needs_community_check": False})
    case = clerk.start(current("J-4.3.3"), street, person=build.person(district.villages[0]))
    act(clerk, case, "accept", "verify", "report")
    data = papers.fill("北京市自主创业小额担保贷款申请、推荐书", follows(case, "J-5.4.5", street))
    assert [data["home_visit"], data["community_visit"], data["premises_visit"]] == list(checked.values())
    assert data["borrower_kind"] == "个体工商户"

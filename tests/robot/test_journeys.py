"""Journeys across the tiers, worked through the pages: one office hands on, the next finds what is known already."""

from __future__ import annotations

import datetime as dt
import html
from pathlib import Path

import pytest
from django.urls import reverse

from renben.engines.procedures import definitions, queries
from renben.engines.procedures.models import Case, FollowUp
from renben.kernel import clock
from tests import build
from tests.robot.clerk import Clerk, Walk, current

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
TODAY = dt.date(2026, 11, 23)

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


def act(clerk: Clerk, case: Case, *keys: str) -> Case:
    """Do these steps of the case, each of which has to be open."""
    walk = Walk(case)
    for key in keys:
        row = case.steps.filter(key=key, state="ready").select_related("organization").first()
        assert row is not None, f"{case.procedure_id}/{key} 不在办：{states(case)}"
        case.refresh_from_db()
        row.case = case
        clerk.act(row, walk, row.round * 100 + row.pk)
    case.refresh_from_db()
    return case


def refuse(clerk: Clerk, case: Case, key: str) -> Case:
    """不予办理, with its reason, article and how to appeal."""
    row = case.steps.get(key=key, state="ready")
    answer = clerk.client_at(row.organization).post(
        reverse("cases:refuse", kwargs={"pk": case.pk, "step_id": row.pk}),
        {"reason": "核实没有实际经营", "article": "第五条", "appeal": "可申请行政复议", "_once": f"refuse-{row.pk}"},
    )
    assert answer.status_code == 302
    case.refresh_from_db()
    return case


def states(case: Case) -> dict[str, str]:
    return dict(case.steps.order_by("round", "id").values_list("key", "state"))


def page_of(clerk: Clerk, case: Case, key: str = "", office=None) -> str:
    """What somebody at the office reads on the case's page."""
    client = clerk.client_at(office or case.organization)
    answer = client.get(reverse("cases:case", kwargs={"pk": case.pk}), {"step": key} if key else {})
    assert answer.status_code == 200, (case.procedure_id, answer.status_code)
    return html.unescape(answer.content.decode())


def follows(parent: Case, procedure_id: str, office) -> Case:
    """The one case that took the journey on, at the right office."""
    case = Case.objects.get(parent=parent, procedure_id=procedure_id)
    assert case.organization == office
    assert case.journey_id == parent.journey_id
    assert case.state == Case.State.OPEN
    assert (case.person_id, case.employer_id) == (parent.person_id, parent.employer_id)
    return case


def assert_carried(clerk: Clerk, parent: Case, case: Case, *names: str) -> None:
    """These facts came along and stand in the next office's form already."""
    parent.refresh_from_db()
    shown = page_of(clerk, case)
    for name in names:
        assert case.data[name] == parent.data[name], name
        field = current(case.procedure_id).any_field(name)
        assert field is not None, f"{case.procedure_id} 没有 {name}"
        value = case.data[name]
        if field.type in ("text", "long_text", "date", "int"):
            assert str(value) in shown, f"{field.label} 没有带出来"


def one_timeline(clerk: Clerk, *cases: Case) -> None:
    """Every case's page shows what happened in all of them, and leads to each that its reader may open."""
    assert len({case.journey_id for case in cases}) == 1
    assert [one.pk for one in queries.journey(cases[0])] == sorted(one.pk for one in cases)
    for reader in cases:
        shown = page_of(clerk, reader)
        for other in cases:
            assert f"{other.title}（{other.organization.short_name}）" in shown
            done = other.steps.filter(state="done").order_by("id").first()
            if done is not None:
                assert f"{other.organization.short_name} · {done.title}：" in shown


@pytest.mark.parametrize(
    ("kind", "procedure_id", "names"),
    [
        ("self_employed", "Q-1.3.1", ["started_on", "work_content", "work_place", "subsidy_from"]),
        ("flexible", "Q-1.3.2", ["started_on", "work_content", "work_place", "subsidy_from", "earlier_months"]),
    ],
)
def test_an_insurance_subsidy_goes_from_the_street_to_the_district(kind, procedure_id, names, district, street, person):
    clerk = Clerk(wanted={"subsidy_kind": kind})
    case = clerk.start(current("J-4.3.2"), street, person=person)
    act(clerk, case, "accept", "verify", "submit")
    above = follows(case, procedure_id, district.centre)
    assert Case.objects.filter(parent=case).count() == 1, "自谋和灵活只报一样"
    assert_carried(clerk, case, above, *names)
    assert above.steps.get().due_on == dt.date(2026, 11, 30), "5个工作日内审核"
    act(clerk, above, "accept", "system_check", "submit", "reply")
    assert above.state == Case.State.DONE
    assert "下达批复" in page_of(clerk, case), "街（镇）看得到批复"
    assert clerk.client_at(street).get(f"/cases/{above.pk}/").status_code in (200, 404)
    act(clerk, case, "deposit", "follow")
    assert case.state == Case.State.DONE
    one_timeline(clerk, case, above)


def test_an_insurance_subsidy_is_sent_back_and_refused(district, street, person):
    clerk = Clerk(outcomes={"Q-1.3.1/system_check": "recheck"})
    case = clerk.start(current("J-4.3.2"), street, person=person)
    act(clerk, case, "accept", "verify", "submit")
    above = follows(case, "Q-1.3.1", district.centre)
    act(clerk, above, "accept", "system_check")
    assert above.steps.get(key="accept", state="ready").round == 2, "退回重审"
    refuse(clerk, above, "accept")
    assert above.state == Case.State.REFUSED
    assert "不予办理" in page_of(clerk, case)
    refuse(clerk, case, "deposit")
    assert case.state == Case.State.REFUSED
    one_timeline(clerk, case, above)


def test_the_guidance_subsidy_goes_up_with_the_people_guided(district, street):
    guided = [
        {"name": name, "id_number": build.resident_id(), "phone": "13800001234", "community": "胜利1社区"}
        | {"guided_on": "2026-11-20", "way": "single", "hours": "2.5"}
        for name in ("王秀英", "李桂兰")
    ]
    clerk = Clerk(wanted={"guided": guided, "calls": [{"name": "王秀英", "called_on": "2026-11-23", "answer": "no"}]})
    case = clerk.start(current("J-4.3.1"), street)
    act(clerk, case, "guide", "ledger", "system", "submit")
    assert case.state == Case.State.DONE
    above = follows(case, "Q-1.3.7", district.centre)
    assert_carried(clerk, case, above, "guided", "applied_amount")
    shown = page_of(clerk, above, "review")
    assert "王秀英" in shown and "李桂兰" in shown
    clerk.outcomes["Q-1.3.7/phone_check"] = "returned"
    act(clerk, above, "review", "phone_check")
    assert above.steps.get(key="review", state="ready").round == 2, "一个不合格，整批退回"
    del clerk.outcomes["Q-1.3.7/phone_check"], clerk.wanted["calls"]
    act(clerk, above, "review", "phone_check")
    assert above.state == Case.State.DONE
    one_timeline(clerk, case, above)


def test_a_shopkeepers_loan_is_checked_by_the_community_and_lent_at_the_street(street, village, person):
    clerk = Clerk(
        wanted={"borrower_kind": "individual", "needs_community_check": True, "business_name": "顺义老王面馆"},
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
    act(clerk, loan, "review", "sign")
    tracked = follows(loan, "C-7.1.2.1", village)
    assert_carried(clerk, loan, tracked, "business_name")
    clerk.finish(case, journey=True)
    assert set(Case.objects.filter(journey_id=case.journey_id).values_list("state", flat=True)) == {"done"}
    one_timeline(clerk, case, check, loan, tracked)


def test_a_companys_loan_goes_to_the_district_and_comes_back_to_the_community(district, street, village, person):
    clerk = Clerk(wanted={"borrower_kind": "company", "needs_community_check": False, "business_name": "顺达小企业"})
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

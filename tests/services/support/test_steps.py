"""The steps of J-4.3.2: facts the files know are not asked, a refusal names reason, article and appeal, numbers stay hidden."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.procedures import actions, queries
from renben.engines.procedures.contracts import Blocked
from renben.engines.procedures.models import Case
from renben.kernel import labour
from renben.services.support.models import InsuranceSubsidy
from tests import build

pytestmark = pytest.mark.django_db

FACTS = {
    "subsidy_kind": "flexible",
    "person_category": "age_4050",
    "disability": "none",
    "started_on": "2026-06-01",
    "employment_registered": True,
    "archive_deposited": True,
    "retire_on": "2035-03-02",
    "insurance_kinds": ["pension", "medical"],
    "earlier_months": 0,
}


@pytest.fixture
def street():
    return build.district().streets[0]


@pytest.fixture
def clerk(street):
    return build.staff("counter", street)


@pytest.fixture
def case(street, clerk):
    person = build.person(street)
    labour.set_status(person=person, status="flexible", start_on=dt.date(2026, 6, 1), source="registration", by=clerk)
    return actions.start(procedure_id="J-4.3.2", organization=street, by=clerk, person=person)


def accept(case, clerk, **changes):
    step = case.steps.get(key="accept", state="ready")
    return actions.act(step_id=step.pk, outcome="done", by=clerk, data=FACTS | changes)


def test_what_the_files_know_is_filled_in(case):
    known = queries.known_values(case.steps.get(key="accept"))
    assert known["subsidy_kind"] == "flexible" and known["started_on"] == "2026-06-01"
    assert known["person_category"] == "age_4050" and known["employment_registered"] is True
    assert known["retire_on"] == "2035-03-02" and known["earlier_months"] == 0


def test_a_refusal_by_rule_ends_case_and_application_with_article_and_appeal(case, clerk):
    done = accept(case, clerk, employment_registered=False)
    case.refresh_from_db()
    subsidy = InsuranceSubsidy.objects.get()
    assert (done.outcome, case.state, subsidy.state) == ("refused", Case.State.REFUSED, "refused")
    assert (
        "没有办理就业登记" in done.refs["reason"]
        and "160号" in done.refs["article"]
        and "行政复议" in done.refs["appeal"]
    )
    assert subsidy.determination.result["failed"] == ["employment_registered"]


def test_the_same_act_again_decides_nothing_twice(case, clerk):
    first = accept(case, clerk)
    subsidy = InsuranceSubsidy.objects.get()
    assert first.refs["months"] == subsidy.months_granted == 36
    step = case.steps.get(key="accept")
    again = actions.act(step_id=step.pk, outcome="done", by=clerk, data=FACTS)
    assert again.replayed and InsuranceSubsidy.objects.count() == 1


def test_nobody_signs_before_the_reply(case, clerk):
    accept(case, clerk)
    step = case.steps.get(key="verify", state="ready")
    seen = {
        "verified_on": "2026-11-23",
        "work_place": "石园东区",
        "work_content": "家政",
        "monthly_income": 300000,
        "verification": "属实",
    }
    actions.act(step_id=step.pk, outcome="done", by=clerk, data=seen)
    step = case.steps.get(key="submit", state="ready")
    papers = [piece.name for piece in queries.procedure_of(case).step("submit").evidence]
    sent = {"submitted_on": "2026-11-23", "subsidy_from": "2026-12-15", "handed_papers": "身份证"}
    actions.act(step_id=step.pk, outcome="done", by=clerk, data=sent, received=papers)
    subsidy = InsuranceSubsidy.objects.get()
    assert (subsidy.first_month, subsidy.state) == (dt.date(2026, 12, 1), "submitted")
    step = case.steps.get(key="deposit")
    told = {
        "agreement_signed_on": "2026-11-23",
        "medical_reported_on": "2026-11-23",
        "told_on": "2026-11-23",
        "told_way": "phone",
        "bank": "北京银行",
        "account_holder": "李建国",
        "account_number": "6222020200112233",
    }
    blocked = actions.act(step_id=step.pk, outcome="done", by=clerk, data=told)
    assert isinstance(blocked, Blocked) and "还不能办这一步" in str(blocked)
    InsuranceSubsidy.objects.update(state="approved", approved_on=dt.date(2026, 11, 23))
    actions.act(step_id=step.pk, outcome="done", by=clerk, data=told)
    case.refresh_from_db()
    step.refresh_from_db()
    assert case.data["account_number"] == step.data["values"]["account_number"] == "尾号2233"
    assert "6222020200112233" not in str(case.data) + str(step.data), "the number is readable nowhere in the case"

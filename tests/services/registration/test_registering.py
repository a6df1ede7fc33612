from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from renben.kernel import labour
from renben.kernel.models import LabourSpell
from renben.services.registration import conditions, mandates, registering
from renben.services.registration.codes import PriorStatus
from renben.services.registration.models import RegistrationChange, UnemploymentRegistration
from renben.services.registration.reasons import NotPossible
from tests import build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


def codes(error: NotPossible) -> list[str]:
    return [reason.code for reason in error.reasons]


def test_telling_gives_five_working_days_and_stays_on_record(place, worker):
    record = registering.inform(person=worker, organization=place.street, by=place.clerk, channel="phone")
    assert record.register_by == dt.date(2026, 11, 30)
    assert "2026年11月30日" in record.content
    assert record.told_by == place.clerk


def test_registering_writes_labour_status_and_history(place, worker, registration):
    assert registration.organization == place.street
    assert (registration.separated_on, registration.separation_reason) == (dt.date(2026, 10, 30), "contract_expired")
    worker.refresh_from_db()
    assert worker.labour_status == "registered_unemployed"
    spell = LabourSpell.objects.get(person=worker, end_on=None)
    assert (spell.status, spell.start_on, spell.contribution_months) == ("registered_unemployed", TODAY, 74)
    assert RegistrationChange.objects.get(registration=registration).kind == "registered"


def test_nobody_registers_twice(place, worker, registration, evidence):
    with pytest.raises(NotPossible) as refused:
        registering.register_unemployment(
            person=worker, organization=place.street, prior_status="employed", evidence=evidence, by=place.clerk
        )
    assert codes(refused.value) == ["not_registered"]
    with pytest.raises(IntegrityError), transaction.atomic():
        UnemploymentRegistration.objects.create(
            person=worker,
            organization=place.street,
            registered_on=TODAY,
            prior_status="employed",
            recorded_at=registration.recorded_at,
        )


@pytest.mark.parametrize("prior_status", PriorStatus.values)
def test_each_prior_status_needs_its_own_proof(place, prior_status):
    person = build.person(place.village, "赵小英", "F")
    needed = conditions.required_evidence(prior_status)
    proof = conditions.PROOF_OF.get(prior_status)
    assert (proof in needed) == (prior_status != "first_time")
    if proof:
        with pytest.raises(NotPossible) as refused:
            registering.register_unemployment(
                person=person,
                organization=place.street,
                prior_status=prior_status,
                evidence=conditions.ALWAYS,
                by=place.clerk,
            )
        assert codes(refused.value) == [f"evidence:{proof}"]
    made = registering.register_unemployment(
        person=person, organization=place.village, prior_status=prior_status, evidence=needed, by=place.clerk
    )
    assert made.organization == place.street


def test_the_names_of_the_papers_are_those_of_the_checklist(place):
    from renben.services.registration import limits

    names = {piece.name for piece in limits.procedure("J-4.2.1").step("register").evidence}
    assert names == {*conditions.PROOF_OF.values(), *conditions.ALWAYS, conditions.HARDSHIP_PROOF}


@pytest.mark.parametrize(("birth_on", "may"), [(dt.date(2010, 11, 23), True), (dt.date(2010, 11, 24), False)])
def test_sixteen_on_the_birthday_itself(place, birth_on, may):
    young = build.person(place.village, "孙小明", birth_on=birth_on)
    found = registering.conditions_for(person=young, prior_status="first_time", evidence=conditions.ALWAYS)
    age = next(c for c in found if c.code == "min_age")
    assert age.holds is may
    assert "第六十三条" in age.article


def test_whoever_works_is_not_registered_until_the_work_ended(place, worker, evidence):
    labour.set_status(person=worker, status="employed", start_on=dt.date(2020, 5, 1), source="employer")
    asked = {"person": worker, "prior_status": "employed", "evidence": evidence}
    at_work = registering.conditions_for(**asked)
    assert [c.code for c in at_work if not c.holds] == ["not_employed"]
    left = registering.conditions_for(**asked, separated_on=dt.date(2026, 10, 30))
    assert all(c.holds for c in left)
    earlier_job = registering.conditions_for(**asked, separated_on=dt.date(2019, 1, 1))
    assert [c.code for c in earlier_job if not c.holds] == ["not_employed"]


def test_a_refusal_says_why_by_which_article_and_how_to_appeal(place, worker, evidence):
    with pytest.raises(NotPossible) as refused:
        registering.register_unemployment(
            person=worker,
            organization=place.street,
            prior_status="employed",
            evidence=evidence,
            by=place.clerk,
            draws_pension=True,
        )
    refusal = registering.refusal_of(refused.value.reasons)
    assert "已经享受基本养老保险待遇" in refusal.text
    assert refusal.article
    assert "行政复议" in refusal.appeal and "行政诉讼" in refusal.appeal
    assert not UnemploymentRegistration.objects.exists()


def test_an_agent_needs_a_mandate_that_names_the_matter_and_covers_the_day(place, worker, evidence):
    agent = build.person(place.village, "李秀英", "F")
    period = {"start_on": dt.date(2026, 11, 1), "end_on": dt.date(2026, 12, 1)}
    wrong = mandates.record_mandate(person=worker, agent=agent, matters="领取证书", by=place.clerk, **period)
    over = mandates.record_mandate(
        person=worker,
        agent=agent,
        matters="失业登记",
        by=place.clerk,
        start_on=dt.date(2026, 10, 1),
        end_on=TODAY,
    )
    asked = {
        "person": worker,
        "organization": place.street,
        "prior_status": "employed",
        "evidence": evidence,
        "by": place.clerk,
    }
    for mandate, code in ((wrong, "mandate_matter"), (over, "mandate_period")):
        with pytest.raises(NotPossible) as refused:
            registering.register_unemployment(**asked, mandate=mandate)
        assert codes(refused.value) == [code]
    good = mandates.record_mandate(person=worker, agent=agent, matters="失业登记、领取证书", by=place.clerk, **period)
    assert mandates.find_mandate(person=worker, agent=agent, matter="失业登记", on=TODAY) == good
    assert registering.register_unemployment(**asked, mandate=good).mandate == good


def test_deregistering_follows_the_rule_and_moves_the_status_on(place, worker, registration):
    with pytest.raises(NotPossible, match="还不能注销"):
        registering.deregister(registration=registration, reason="no_contact_months", by=place.clerk)
    closed = registering.deregister(
        registration=registration, reason="hired", by=place.clerk, employer_name="顺义某超市"
    )
    assert (closed.state, closed.close_reason) == ("closed", "hired")
    assert "第六十五条" in closed.close_note
    spell = LabourSpell.objects.get(person=worker, end_on=None)
    assert (spell.status, spell.employer_name) == ("employed", "顺义某超市")


def test_six_silent_months_end_a_registration(place, registration):
    later = dt.date(2027, 5, 23)
    with pytest.raises(NotPossible):
        registering.deregister(
            registration=registration, reason="no_contact_months", by=place.clerk, on=later - dt.timedelta(days=1)
        )
    closed = registering.deregister(registration=registration, reason="no_contact_months", by=place.clerk, on=later)
    assert closed.closed_on == later


def test_an_income_is_judged_by_the_minimum_wage_in_force():
    assert registering.judge_close("stable_income", on=dt.date(2012, 5, 1), monthly_income_yuan=1260)[0] is True
    assert registering.judge_close("stable_income", on=dt.date(2012, 5, 1), monthly_income_yuan=1259)[0] is False

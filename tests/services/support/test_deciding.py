"""Who gets it, for how long, how much; and why not, with each article."""

from __future__ import annotations

import pytest

from renben.engines.payments.actions import PaymentRefused
from renben.services.registration.reasons import NotPossible
from renben.services.support import applying, granting
from renben.services.support.models import InsuranceSubsidy, SubsidyOpening
from tests.services.support.conftest import MONTH_FEN, day, states


def test_a_woman_of_47_in_flexible_work_gets_until_she_retires(office):
    subsidy = office.approve(office.apply())
    found = subsidy.determination
    assert (subsidy.ceiling, subsidy.months_granted) == (60, 36), "60 months at most, but she retires in March 2010"
    assert (found.result["first"], found.result["last"]) == ("2007-04", "2010-03")
    assert found.result["schedule"][0]["amount"] == MONTH_FEN / 100
    said = "".join(part["text"] for part in found.parts)
    assert "须满40周岁" in said and "还可享受60个月" in said and "到2010年03月达到法定退休年龄为止" in said
    assert "养老保险168.45元" in said and all(part["article"] for part in found.parts)
    assert found.inputs["used"] == 0 and found.parameter_versions and found.ruleset_hash


def test_only_the_insurances_asked_for_are_paid(office):
    subsidy = office.apply(insurances=["pension", "medical"])
    assert subsidy.determination.result["schedule"][0]["amount"] == 294.79


def test_each_condition_that_fails_is_told_with_its_article(office):
    person = office.person(birth_on=day("1970-03-08"))
    subsidy = office.apply(person, is_registered=False, started_on=day("2007-04-01"), retire_on=day("2020-03-08"))
    assert subsidy.state == InsuranceSubsidy.State.REFUSED
    assert subsidy.determination.result["failed"] == ["age_or_disability", "flexible_days", "employment_registered"]
    whys = applying.why_not(subsidy)
    assert len(whys) == 3 and all("160号" in why.article for why in whys)
    assert "须满40周岁" in subsidy.refusal


def test_months_drawn_before_go_live_and_those_the_person_tells_count(office):
    person = office.person()
    SubsidyOpening.objects.create(
        person=person,
        kind="self_employed",
        months=30,
        through=day("2006-12-01"),
        evidence="旧台账",
        recorded_at="2007-01-01T00:00Z",
    )
    subsidy = office.apply(person)
    assert (subsidy.months_before, subsidy.months_granted) == (30, 30), "30 drawn of 60, under the other subsidy"
    subsidy.delete()
    with pytest.raises(NotPossible, match="平台记着此前已享受30个月"):
        office.apply(person, declared_months=12)


def test_whoever_has_drawn_all_months_is_refused(office):
    subsidy = office.apply(declared_months=60)
    assert subsidy.state == "refused"
    assert subsidy.determination.result["failed"] == ["months_used_up"]
    assert "已经享受满" in subsidy.refusal


def test_a_month_without_a_standard_is_not_guessed(office):
    """From April 2008 no standard is on file (D-07): the months are granted, their money waits."""
    subsidy = office.apply(on="2009-05-10", started_on=day("2009-01-10"))
    result = subsidy.determination.result
    assert subsidy.state == "applied" and result["total"] is None
    assert {row["amount"] for row in result["schedule"]} == {None}
    assert "没有找到文件" in subsidy.determination.missing[0]


def test_the_first_three_months_of_2008_still_go_by_the_wage_of_2006(office):
    office.approve(office.apply(on="2008-02-10", started_on=day("2007-09-01")), first="2008-01-01")
    subsidy = InsuranceSubsidy.objects.get()
    assert [row["amount"] for row in subsidy.determination.result["schedule"][:3]] == [MONTH_FEN / 100] * 3


def test_a_correction_decides_anew_and_keeps_the_earlier_decision(office):
    person, case = office.person(), None
    first = office.apply(person)
    earlier = first.determination
    first.journey_id = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
    first.save()

    class Journey:
        journey_id = first.journey_id
        pk = case

    again = applying.apply_subsidy(
        person=person,
        organization=first.organization,
        facts=office.facts(disability="severe", retire_on=day("2015-03-08")),
        by=office.clerk,
        case=Journey,
    )
    assert again.pk == first.pk and again.determination.supersedes == earlier
    assert again.months_granted == 60


def test_nobody_has_two_applications_at_once(office):
    person = office.person()
    office.apply(person)
    with pytest.raises(NotPossible, match="已有灵活就业社会保险补贴"):
        office.apply(person, kind="self_employed")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"started_on": day("2007-05-01")}, "还没到"),
        ({"started_on": day("1950-01-01")}, "出生日期之前"),
        ({"insurances": []}, "没有选申请补贴的险种"),
        ({"retire_on": day("1959-01-01")}, "出生日期之前"),
    ],
)
def test_facts_that_cannot_be_true_leave_nothing_behind(changes, said, office):
    with pytest.raises(NotPossible, match=said):
        office.apply(**changes)
    assert not InsuranceSubsidy.objects.exists()


def test_steps_keep_their_order_and_no_work_is_a_refusal(office):
    subsidy = office.apply()
    with pytest.raises(NotPossible, match="还不能办这一步"):
        granting.approve(subsidy=subsidy, on=subsidy.applied_on, number="1", by=office.reviewer)
    with pytest.raises(NotPossible, match="不能上报"):
        granting.verify(subsidy=subsidy, seen=granting.Seen(subsidy.applied_on, is_working=False), by=office.clerk)


def test_the_first_month_lies_after_the_work_began_and_after_what_was_drawn(office):
    person = office.person()
    SubsidyOpening.objects.create(
        person=person,
        kind="flexible",
        months=3,
        through=day("2007-05-01"),
        evidence="旧台账",
        recorded_at="2007-01-01T00:00Z",
    )
    subsidy = office.apply(person)
    seen = granting.Seen(subsidy.applied_on, work="家政", place="石园")
    granting.verify(subsidy=subsidy, seen=seen, by=office.clerk)
    for month, said in (("2006-12-01", "早于开始"), ("2007-05-01", "享受到2007年05月")):
        with pytest.raises(NotPossible, match=said):
            granting.submit(subsidy=subsidy, first_month=day(month), by=office.clerk, on=subsidy.applied_on)


def test_the_agreement_needs_the_persons_own_account_and_plans_the_months(office):
    subsidy = office.approve(office.apply())
    with pytest.raises(PaymentRefused, match="不是本人"):
        office.agree(subsidy, holder="王秀芳")
    agreed = office.agree(subsidy)
    found = states(agreed)
    assert (agreed.state, len(found), next(iter(found)), set(found.values())) == ("drawing", 36, "2007-04", {"planned"})
    office.agree(subsidy)
    assert agreed.months.count() == 36, "agreeing again plans nothing twice"

"""A firm asks for who it hired: every month has an amount by rule or the reason why not, two people review."""

from __future__ import annotations

import pytest

from renben.kernel import clock
from renben.kernel.models import LabourSpell
from renben.services.exchange.models import OutsideFact
from renben.services.registration.reasons import NotPossible
from renben.services.support.hiring import applying, reviewing
from tests import build
from tests.services.support.hiring.conftest import A_YEAR_OF_THE_POST, FLOOR_MONTH, day, months, reason

HALF_YEAR = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]


def test_every_insured_month_brings_the_rule_s_amount_and_a_full_year_the_post(office):
    firm = office.firm()
    claim = office.claim(firm)
    row = office.put(claim, office.hire(firm))
    assert row.group == "registered_unemployed"
    assert months(row) == dict.fromkeys(HALF_YEAR, (FLOOR_MONTH, "due"))
    assert months(row, "post") == {"2026-08": (A_YEAR_OF_THE_POST, "due")}
    assert applying.total_fen(claim) == 6 * FLOOR_MONTH + A_YEAR_OF_THE_POST


def test_a_lower_base_than_the_floor_counts_as_it_is(office):
    firm = office.firm()
    row = office.put(office.claim(firm), office.hire(firm), base_fen=500_000)
    assert months(row)["2026-05"] == (155_000, "due")


def test_a_month_paid_by_another_firm_or_by_nobody_brings_nothing_and_one_not_reported_yet_waits(office):
    firm, other = office.firm(), office.firm("北京别家商贸有限公司")
    person = office.person(firm=firm)
    office.insure(person, firm, end="2026-07-01", as_of="2026-09-30")
    office.insure(person, other, start="2026-07-01", end="2026-08-01", as_of="2026-09-30")
    row = office.put(office.claim(firm), person)
    found = months(row)
    assert found["2026-06"] == (FLOOR_MONTH, "due")
    assert found["2026-07"] == (0, "none") and "北京别家商贸有限公司" in reason(row, "2026-07")
    assert found["2026-09"] == (0, "none") and "没有申请单位" in reason(row, "2026-09")
    assert found["2026-10"] == (None, "waiting") and "还没有到这个月" in reason(row, "2026-10")
    year = reason(row, "2026-08", "post")
    assert months(row, "post") == {"2026-08": (0, "none")} and "2026年07月" in year


def test_a_person_in_difficulty_has_no_standard_since_the_average_wage_is_not_on_file(office):
    firm = office.firm()
    claim = office.claim(firm, items=("si",))
    row = office.put(claim, office.hire(firm))
    row = applying.confirm_group(row=row, group="hardship", note="认定表 2025-018", by=office.clerk)
    assert months(row)["2026-05"] == (None, "waiting")
    assert "平均工资" in reason(row, "2026-05")
    with pytest.raises(NotPossible, match="没有可以发的月份"):
        reviewing.first_review(claim=claim, opinion="", by=office.clerk)


def test_somebody_who_was_not_registered_before_is_told_so(office):
    firm = office.firm()
    person = build.person(office.place.villages[0], "陈立", birth_on=day("1985-04-05"))
    office.insure(person, firm)
    row = office.put(office.claim(firm), person)
    assert row.group == "none"
    assert {state for _, state in months(row).values()} == {"none"}
    assert "没有失业登记" in reason(row, "2026-05")


def test_the_contract_the_wage_and_the_retirement_age_bound_what_counts(office):
    firm = office.firm()
    claim = office.claim(firm)
    short = office.put(claim, office.hire(firm, "赵小兰"), contract_to=day("2026-07-15"))
    assert months(short)["2026-07"] == (FLOOR_MONTH, "due")
    assert months(short)["2026-08"] == (0, "none") and "到期" in reason(short, "2026-08")
    assert "没有履行满一年" in reason(short, "2026-08", "post")
    poor = office.put(claim, office.hire(firm, "钱小山"), wage_fen=300_000)
    assert months(poor, "post") == {"2026-08": (0, "none")} and "1.2" in reason(poor, "2026-08", "post")
    old = office.put(claim, office.hire(firm, "孙大山", birth_on=day("1966-06-20")))
    assert old.group == "ask" and "可能是就业困难人员" in old.group_text
    old = applying.confirm_group(row=old, group="registered_unemployed", note="未认定", by=office.clerk)
    assert months(old)["2026-06"] == (FLOOR_MONTH, "due")
    assert months(old)["2026-07"] == (0, "none") and "退休年龄" in reason(old, "2026-07")


def test_a_death_or_other_work_speaks_against_the_months_after_it(office):
    firm = office.firm()
    claim = office.claim(firm)
    person = office.hire(firm)
    OutsideFact.objects.create(
        kind="deaths", person=person, start_on=day("2026-08-20"), as_of=day("2026-11-01"), batch=office.file
    )
    row = office.put(claim, person)
    assert months(row)["2026-08"][1] == "due"
    assert months(row)["2026-09"] == (0, "none") and "死亡" in reason(row, "2026-09")
    moved = office.person("周小平")
    office.insure(moved, firm)
    LabourSpell.objects.create(
        person=moved, status="self_employed", start_on=day("2026-06-15"), source="registration", recorded_at=clock.now()
    )
    row = office.put(claim, moved)
    assert months(row)["2026-06"][1] == "due"
    assert months(row)["2026-07"] == (None, "waiting") and "自谋职业" in reason(row, "2026-07")


def test_first_and_second_review_are_signed_by_different_people(office):
    firm = office.firm()
    claim = office.claim(firm)
    row = office.put(claim, office.hire(firm))
    claim = reviewing.first_review(claim=claim, opinion="材料齐全", by=office.clerk)
    assert claim.state == "first"
    with pytest.raises(NotPossible, match="由另一个人办"):
        reviewing.second_review(claim=claim, opinion="同意", by=office.clerk)
    claim = reviewing.second_review(claim=claim, opinion="同意", by=office.reviewer)
    assert claim.state == "approved"
    row.refresh_from_db()
    assert row.determination.result["total"] == (6 * FLOOR_MONTH + A_YEAR_OF_THE_POST) / 100
    assert row.determination.missing == []


def test_what_is_sent_back_can_be_changed_and_is_reviewed_anew(office):
    firm = office.firm()
    claim = office.claim(firm)
    row = office.put(claim, office.hire(firm))
    reviewing.first_review(claim=claim, opinion="", by=office.clerk)
    with pytest.raises(NotPossible, match="不能办这一步"):
        office.put(claim, row.person)
    claim = reviewing.send_back(claim=claim, reason="合同期写错", by=office.reviewer)
    assert (claim.state, claim.round) == ("draft", 2)
    applying.take_off(row=row, reason="录错了人", by=office.clerk)
    office.put(claim, office.hire(firm, "吴小军"))
    assert office.approve(claim).state == "approved"


def test_an_overlapping_period_is_refused_and_another_item_is_not(office):
    firm = office.firm()
    office.claim(firm, items=("si",))
    with pytest.raises(NotPossible, match="期间重叠"):
        office.claim(firm, "2026-08", "2026-10", items=("si",))
    assert office.claim(firm, items=("post",)).items == ("post",)
    with pytest.raises(NotPossible, match="还没有到"):
        office.claim(office.firm("北京新店商贸有限公司"), "2026-10", "2026-12")


def test_a_struck_person_counts_nothing_and_counts_again_when_the_reason_goes(office):
    firm = office.firm()
    claim = office.claim(firm)
    row = office.put(claim, office.hire(firm))
    row = applying.strike(row=row, reason="合同是假的", by=office.clerk)
    assert applying.total_fen(claim) == 0
    assert reason(row, "2026-05") == "不计算：合同是假的"
    applying.strike(row=row, reason="", by=office.clerk)
    assert applying.total_fen(claim) == 6 * FLOOR_MONTH + A_YEAR_OF_THE_POST

"""From the bank's money to the last fen: lent, inspected, repaid, in default, paid by the guarantor, recovered."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.kernel.models import AuditEvent, Task
from renben.services.registration.reasons import NotPossible
from renben.services.support.loans import inspecting, interest, lending, recovering
from renben.services.support.loans.codes import CheckOccasion, CheckWay
from renben.services.support.loans.ledgers import loan_checks, loan_files
from renben.services.support.loans.models import Loan
from tests.services.support_loans.conftest import FIRM, WAN, day

State = Loan.State
TODAY = dt.date(2026, 11, 23)


def take(office, loan, yuan, on="2026-11-20"):
    return recovering.take_money(loan=loan, fen=yuan * 100, on=day(on), note="回单", by=office.clerk)


def ledger(source, office, as_of=TODAY):
    found = source(as_of=as_of, known_at=None, scope_paths=[office.place.centre.path], filters={}, text="")
    return [found.to_dict(row) for row in found.queryset]


def test_recommended_guaranteed_lent_each_on_its_day(office):
    loan = office.apply()
    lending.review(loan=loan, text="真实", by=office.clerk, on=TODAY)
    lending.recommend(loan=loan, guarantor="顺义担保公司", by=office.clerk, on=day("2026-11-18"))
    lending.recommend(loan=loan, guarantor="顺义担保公司", by=office.clerk, on=day("2026-11-19"))
    lending.guarantee(loan=loan, by=office.clerk, on=day("2026-11-20"), text="保字第8号")
    terms = lending.Terms("农商行", 8 * WAN, day("2026-11-20"), day("2026-11-23"), day("2028-11-20"))
    held = lending.lend(loan=loan, terms=terms, by=office.clerk)
    assert (held.state, held.lent_fen, held.bank) == (State.DISBURSED, 8 * WAN, "农商行")
    told = [(event.kind, event.on.day) for event in held.events.order_by("id")]
    assert told == [("applied", 23), ("reviewed", 23), ("recommended", 18), ("guaranteed", 20), ("lent", 20)]
    assert AuditEvent.objects.filter(action="loan.lend", subject=f"person:{loan.person_id}").exists()


@pytest.mark.parametrize(
    ("fen", "issued", "arrived", "due", "reason"),
    [
        (8 * WAN + 1, "2026-11-20", "2026-11-20", "2028-01-01", "放款不能超过"),
        (8 * WAN, "2026-11-20", "2026-11-19", "2028-01-01", "发放日期之前"),
        (8 * WAN, "2026-11-20", "2026-11-20", "2026-11-20", "到期日要在"),
        (8 * WAN, "2026-11-24", "2026-11-24", "2028-01-01", "还没到"),
    ],
)
def test_terms_that_cannot_be_are_refused(office, fen, issued, arrived, due, reason):
    loan = office.apply()
    lending.review(loan=loan, text="真实", by=office.clerk, on=TODAY)
    lending.recommend(loan=loan, guarantor="担保", by=office.clerk, on=TODAY)
    with pytest.raises(NotPossible) as refused:
        lending.lend(loan=loan, terms=lending.Terms("行", fen, day(issued), day(arrived), day(due)), by=office.clerk)
    assert reason in "".join(str(why) + why.fix for why in refused.value.reasons)
    loan.refresh_from_db()
    assert loan.state == State.RECOMMENDED


def test_nobody_lends_before_a_recommendation(office):
    with pytest.raises(NotPossible, match="不能办这一步"):
        lending.lend(loan=office.apply(), terms=lending.Terms("行", 1, TODAY, TODAY), by=office.clerk)


def test_the_first_inspection_makes_it_a_running_loan_and_the_community_does_not(office):
    loan = office.lent()
    assert [one.code for one in inspecting.owed_of(loan, TODAY)] == ["first"]
    office.inspect(loan, "2026-11-05", occasion=CheckOccasion.COMMUNITY)
    loan.refresh_from_db()
    assert loan.state == State.DISBURSED
    assert inspecting.owed_of(loan, TODAY)[0].done_on is None
    office.inspect(loan, "2026-11-06", occasion=CheckOccasion.FIRST)
    loan.refresh_from_db()
    assert loan.state == State.REPAYING
    first = inspecting.owed_of(loan, TODAY)[0]
    assert (first.by, first.done_on) == (day("2026-11-11"), day("2026-11-06")), "7 working days after 2 November"


def test_a_problem_is_a_task_until_it_is_reported(office):
    loan = office.lent()
    check = office.inspect(loan, "2026-11-18", problem="店铺停业", found_on=day("2026-11-18"))
    task = Task.objects.get(key=f"loan.report:{check.pk}")
    assert task.due_on == day("2026-11-23"), "3 working days after 18 November"
    assert task.cleared_at is None and task.url == f"/loans/{loan.pk}/"
    with pytest.raises(NotPossible, match="发现之前"):
        inspecting.report(check=check, on=day("2026-11-17"), by=office.clerk)
    inspecting.report(check=check, on=day("2026-11-20"), by=office.clerk)
    task.refresh_from_db()
    assert task.cleared_at is not None
    assert inspecting.report_due(check) is None


def test_an_inspection_before_the_money_or_of_a_day_to_come_is_refused(office):
    loan = office.lent()
    for on in ("2026-11-01", "2026-11-24"):
        with pytest.raises(NotPossible):
            office.inspect(loan, on)
    assert not loan.checks.exists()


def test_paid_back_to_the_fen_the_loan_ends(office):
    loan = office.lent()
    take(office, loan, 30_000)
    with pytest.raises(NotPossible, match="还欠50,000.00元"):
        take(office, loan, 50_001)
    held = take(office, loan, 50_000, "2026-11-21")
    assert (held.state, held.settled_on) == (State.REPAID, day("2026-11-21"))
    assert recovering.account_of(held).owed == 0
    with pytest.raises(NotPossible, match="已还清"):
        take(office, loan, 1)


def test_from_default_over_the_guarantor_to_the_last_instalment(office):
    loan = office.lent()
    take(office, loan, 10_000)
    with pytest.raises(NotPossible):
        recovering.pay_out(loan=loan, fen=100, on=TODAY, note="", by=office.clerk)
    recovering.default(loan=loan, on=day("2026-11-15"), reason="经营困难", by=office.clerk)
    recovering.make_plan(loan=loan, count=3, first_on=day("2026-12-01"), by=office.clerk)
    loan.refresh_from_db()
    assert [row.fen for row in recovering.standing_of(loan, TODAY)] == [2_333_300, 2_333_300, 2_333_400]
    recovering.pay_out(loan=loan, fen=7_123_456, on=TODAY, note="代偿1号", by=office.clerk)
    loan.refresh_from_db()
    assert (loan.state, loan.plan) == (State.PAID_OUT, None), "the debt is another one now"
    assert recovering.account_of(loan).owed == 7_123_456
    recovering.make_plan(loan=loan, count=2, first_on=day("2026-11-30"), by=office.clerk)
    loan.refresh_from_db()
    assert loan.state == State.RECOVERING and loan.plan == 2
    take(office, loan, 40_000, "2026-11-22")
    rows = recovering.standing_of(loan, day("2027-01-01"))
    assert [(row.left_fen, row.is_overdue) for row in rows] == [(0, False), (3_123_456, True)]
    held = recovering.take_money(loan=loan, fen=3_123_456, on=TODAY, note="结清", by=office.clerk)
    assert held.state == State.RECOVERED
    told = [event.kind for event in held.events.order_by("id")]
    assert told[-5:] == ["defaulted", "planned", "paid_out", "planned", "recovered"]


def test_a_plan_begins_today_or_later_and_only_for_a_debt(office):
    loan = office.lent()
    with pytest.raises(NotPossible, match="不能办这一步"):
        recovering.make_plan(loan=loan, count=3, first_on=TODAY, by=office.clerk)
    recovering.default(loan=loan, on=day("2026-11-15"), reason="", by=office.clerk)
    with pytest.raises(NotPossible, match="已经过了"):
        recovering.make_plan(loan=loan, count=3, first_on=day("2026-11-22"), by=office.clerk)
    with pytest.raises(NotPossible, match="分不成"):
        recovering.make_plan(loan=loan, count=500, first_on=TODAY, by=office.clerk)


def test_interest_waits_for_a_standard_and_blocks_nothing_else(office):
    loan = office.lent(facts=FIRM)
    take(office, loan, 500_000)
    with pytest.raises(NotPossible, match="无现行标准"):
        interest.grant(loan=loan, interest_fen=100_000, by=office.clerk, on=TODAY)
    loan.refresh_from_db()
    assert loan.state == State.REPAID
    assert interest.granted(loan) is None


def test_the_ledgers_hold_what_was_lent_and_never_a_refused_loan(office):
    office.apply(office.person("钱大成"), industry="网吧")
    office.apply(office.person("周海燕"))
    loan = office.lent(office.apply(office.person("孙得利")))
    office.inspect(loan, "2026-11-06", way=CheckWay.PHONE, seen={"funds": "用于进货"})
    rows = ledger(loan_files, office)
    assert [(row["borrower"], row["amount"], row["state"]) for row in rows] == [("孙得利", 8 * WAN, "还款中")]
    assert ledger(loan_files, office, day("2026-11-01")) == []
    checks = ledger(loan_checks, office)
    assert [(row["borrower"], row["funds"], row["way"]) for row in checks] == [("孙得利", "用于进货", "电话询问")]


def test_a_file_number_is_given_once(office):
    first = office.lent(office.apply(office.person("孙得利")))
    second = office.lent(office.apply(office.person("周海燕")))
    folder = lending.Folder("DK-001", 23, "三号柜")
    lending.file_loan(loan=first, folder=folder, by=office.clerk, on=TODAY)
    with pytest.raises(NotPossible, match="DK-001"):
        lending.file_loan(loan=second, folder=folder, by=office.clerk, on=TODAY)
    first.refresh_from_db()
    assert (first.file_number, first.file_place, first.filed_on) == ("DK-001", "三号柜", TODAY)

"""Money leaves once, to the right account, for months that were paid in; what a late fact changes is paid or recovered."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.payments import accounts, returns
from renben.engines.payments.models import PaymentLine
from renben.kernel import clock, labour, merge
from renben.kernel.merging import MergeRefused
from renben.kernel.models import ImportBatch, Task
from renben.services.exchange.models import OutsideFact
from renben.services.registration.reasons import NotPossible
from renben.services.support import adjusting, checking, granting, paying, stopping
from renben.services.support.models import SubsidyAdjustment, SubsidyMonth
from tests.services.support.conftest import MONTH_FEN, day, states


def test_only_months_that_were_paid_in_are_listed_and_each_once(office):
    subsidy = office.drawing()
    office.go("2007-06-20")
    assert office.lists("2007-06").batch is None, "nobody has looked at the passbook"
    office.debit(subsidy, "2007-04")
    office.debit(subsidy, "2007-05", False, "存折余额不足")
    made = office.lists("2007-06")
    assert (made.batch.count, made.batch.total_fen) == (1, MONTH_FEN)
    line = made.batch.lines.get()
    assert (line.month, line.account.holder) == (day("2007-04-01"), "王秀兰")
    assert line.determination_id == subsidy.determination_id
    assert office.lists("2007-06").batch == made.batch and made.batch.lines.count() == 1
    with pytest.raises(NotPossible, match="不能由谁确认"):
        paying.confirm_list(batch=made.batch, by=office.maker)
    paying.confirm_list(batch=made.batch, by=office.checker)
    paying.pay_list(batch=made.batch, by=office.maker, on=day("2007-06-20"))
    assert office.lists("2007-06").batch == made.batch
    found = states(subsidy)
    assert (found["2007-04"], found["2007-05"], found["2007-06"]) == ("paid", "withheld", "planned")
    withheld = subsidy.months.get(month=day("2007-05-01"))
    assert withheld.reason == "当月没有扣款：存折余额不足"


def test_a_month_not_paid_in_uses_nothing_up(office):
    subsidy = office.drawing(declared_months=57, retire_on=day("2015-03-08"), disability="severe")
    assert list(states(subsidy)) == ["2007-04", "2007-05", "2007-06"]
    office.go("2007-06-20")
    office.debit(subsidy, "2007-04", False, "余额不足")
    assert states(subsidy) == {
        "2007-04": "withheld",
        "2007-05": "planned",
        "2007-06": "planned",
        "2007-07": "planned",
    }
    office.debit(subsidy, "2007-04", True)
    assert states(subsidy)["2007-07"] == "skipped", "paid in after all: the extra month falls away"


def test_the_last_month_closes_the_subsidy(office):
    subsidy = office.drawing(declared_months=59, retire_on=day("2015-03-08"), disability="severe")
    office.go("2007-05-20")
    office.debit(subsidy, "2007-04")
    office.pay("2007-05")
    subsidy.refresh_from_db()
    assert (subsidy.state, states(subsidy)) == ("completed", {"2007-04": "paid"})


def test_a_month_to_come_cannot_be_checked_and_a_debit_not_taken_needs_a_reason(office):
    subsidy = office.drawing()
    with pytest.raises(NotPossible, match="还没有到"):
        office.debit(subsidy, "2007-08")
    with pytest.raises(NotPossible, match="原因没有写"):
        office.debit(subsidy, "2007-04", False)
    with pytest.raises(NotPossible, match="还没有到"):
        office.lists("2007-05")


@pytest.mark.parametrize(
    ("event", "on", "last_paid"),
    [("hired", "2007-06-15", "2007-06"), ("died", "2007-05-31", "2007-05"), ("false_facts", "2007-06-15", "2007-05")],
)
def test_a_stop_known_late_takes_back_what_went_out(event, on, last_paid, office):
    subsidy = office.drawing()
    office.go("2007-08-20")
    for month in ("2007-04", "2007-05", "2007-06", "2007-07"):
        office.debit(subsidy, month)
    office.pay("2007-08")
    stopping.stop(subsidy=subsidy, event=event, on=day(on), by=office.clerk, reason="比对发现")
    subsidy.refresh_from_db()
    assert subsidy.state == "stopped"
    owed = list(subsidy.adjustments.filter(state="open").order_by("month"))
    assert [f"{one.month:%Y-%m}" for one in owed] == [
        month for month in ("2007-05", "2007-06", "2007-07") if month > last_paid
    ]
    assert {(one.kind, one.fen) for one in owed} == {("recovery", MONTH_FEN)}
    assert "planned" not in states(subsidy).values()
    assert Task.objects.filter(cleared_by="SubsidyRecovered", cleared_at=None).count() == 1
    stopping.stop(subsidy=subsidy, event=event, on=day(on), by=office.clerk)
    assert subsidy.adjustments.count() == len(owed), "telling it again changes nothing"


def test_recovery_in_parts_frees_the_month_at_the_end(office):
    subsidy = office.drawing()
    office.go("2007-06-20")
    office.debit(subsidy, "2007-04")
    office.pay("2007-06")
    office.debit(subsidy, "2007-04", False, "扣款被冲回")
    one = subsidy.adjustments.get()
    assert (one.kind, one.fen, one.reason) == ("recovery", MONTH_FEN, "当月没有扣款，不应补贴")
    for fen in (0, MONTH_FEN + 1):
        with pytest.raises(NotPossible, match="还应追回"):
            adjusting.record_recovery(adjustment=one, fen=fen, on=day("2007-06-20"), note="", by=office.clerk)
    adjusting.record_recovery(adjustment=one, fen=10000, on=day("2007-06-20"), note="收据1", by=office.clerk)
    assert states(subsidy)["2007-04"] == "paid"
    assert adjusting.review_paid(subsidy=subsidy, by=office.clerk)[0].fen == MONTH_FEN, "what is owed stays what it was"
    done = adjusting.record_recovery(
        adjustment=one, fen=MONTH_FEN - 10000, on=day("2007-06-20"), note="收据2", by=office.clerk
    )
    assert (done.state, states(subsidy)["2007-04"]) == ("done", "recovered")
    assert not Task.objects.filter(cleared_by="SubsidyRecovered", cleared_at=None).exists()
    assert adjusting.review_paid(subsidy=subsidy, by=office.clerk) == []


def test_a_stop_taken_back_pays_the_months_between(office):
    subsidy = office.drawing()
    office.go("2007-07-20")
    stopping.stop(subsidy=subsidy, event="hired", on=day("2007-04-20"), by=office.clerk)
    assert set(states(subsidy).values()) == {"planned", "skipped"}
    stopping.resume(subsidy=subsidy, by=office.clerk, reason="同名同姓，查错了人")
    for month in ("2007-04", "2007-05", "2007-06"):
        office.debit(subsidy, month)
    made = office.pay("2007-07")
    assert [line.month for line in made.batch.lines.order_by("month")] == [day(f"2007-0{n}-01") for n in (4, 5, 6)], (
        "补发"
    )


def test_a_standard_raised_afterwards_is_paid_as_a_difference_once(office, monkeypatch):
    subsidy = office.drawing()
    office.go("2007-06-20")
    office.debit(subsidy, "2007-04")
    office.pay("2007-06")
    real = adjusting.amount_of

    def raised(month, insurances, **more):
        from dataclasses import replace

        return replace(real(month, insurances, **more), fen=MONTH_FEN + 500)

    monkeypatch.setattr(adjusting, "amount_of", raised)
    adjusting.review_paid(subsidy=subsidy, by=office.clerk)
    made = office.pay("2007-06")
    assert (made.differences.heading, made.differences.total_fen) == ("si_subsidy_difference", 500)
    assert subsidy.adjustments.get().state == "done"
    assert adjusting.review_paid(subsidy=subsidy, by=office.clerk) == []
    monkeypatch.setattr(adjusting, "amount_of", real)
    assert [(one.kind, one.fen) for one in adjusting.review_paid(subsidy=subsidy, by=office.clerk)] == [
        ("recovery", 500)
    ]


def _against(office, subsidy, case):
    if case == "employed":
        labour.set_status(
            person=subsidy.person, status="employed", start_on=day("2007-03-15"), source="employer", by=office.clerk
        )
    if case == "shared":
        other = office.person("刘桂英")
        accounts.set_account(person=other, holder="刘桂英", bank="北京银行", number="6222020200112233", by=office.clerk)
    if case in ("dead", "insured"):
        kind, role = {"dead": ("deaths", ""), "insured": ("contributions", "employer")}[case]
        batch = ImportBatch.objects.create(
            kind=kind, file_name="a.xlsx", file_sm3="0", organization=office.place.centre, created_at=clock.now()
        )
        OutsideFact.objects.create(
            person=subsidy.person,
            kind=kind,
            role=role,
            body="北京顺通物流有限公司",
            start_on=day("2007-03-31"),
            as_of=day("2007-05-01"),
            batch=batch,
        )
    if case == "renamed":
        subsidy.person.name = "王秀芳"
        subsidy.person.save()


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("dead", "已于2007-03-31死亡"),
        ("insured", "由“北京顺通物流有限公司”缴纳社会保险"),
        ("employed", "被单位招用"),
        ("shared", "还登记在刘桂英名下"),
        ("renamed", "与本人姓名“王秀芳”不一致"),
    ],
)
def test_what_speaks_against_a_month_holds_it_back_with_the_reason(case, said, office):
    subsidy = office.drawing()
    office.go("2007-05-20")
    office.debit(subsidy, "2007-04")
    _against(office, subsidy, case)
    made = office.lists("2007-05")
    assert made.batch is None and [row.state for row in made.held] == ["held"]
    assert said in subsidy.months.get(month=day("2007-04-01")).reason


def test_the_month_work_began_elsewhere_is_still_granted(office):
    subsidy = office.drawing()
    office.go("2007-05-20")
    office.debit(subsidy, "2007-04")
    labour.set_status(
        person=subsidy.person, status="employed", start_on=day("2007-04-15"), source="employer", by=office.clerk
    )
    assert office.lists("2007-05").held == []


def test_without_a_standard_the_month_waits_and_says_so(office):
    subsidy = office.drawing(on="2009-05-10", started_on=day("2009-01-10"), first="2009-05-01")
    office.debit(subsidy, "2009-05")
    made = office.lists("2009-05")
    assert made.batch is None
    assert "没有找到文件" in made.held[0].reason


def test_what_the_bank_returned_goes_to_the_new_account_once(office):
    subsidy = office.drawing()
    office.go("2007-05-20")
    office.debit(subsidy, "2007-04")
    batch = office.lists("2007-05").batch
    paying.confirm_list(batch=batch, by=office.checker)
    line = batch.lines.get()
    answer = [returns.Result(line.pk, line.fen, False, "账号已销户")]
    paying.read_return(batch=batch, results=answer, on=day("2007-05-20"), by=office.maker)
    row = subsidy.months.get(month=day("2007-04-01"))
    assert (row.state, row.reason) == ("returned", "银行退回：账号已销户")
    assert Task.objects.filter(cleared_by="SubsidyListedAgain", cleared_at=None).count() == 1
    account = accounts.set_account(
        person=subsidy.person, holder="王秀兰", bank="北京银行", number="99887766554433", by=office.clerk
    )
    made = office.pay("2007-05")
    again = made.batch.lines.get()
    assert (again.account, again.fen, made.batch.sequence) == (account, MONTH_FEN, 2)
    assert not Task.objects.filter(cleared_by="SubsidyListedAgain", cleared_at=None).exists()
    assert PaymentLine.objects.filter(state="paid").count() == 1


def test_a_follow_up_that_finds_no_work_asks_for_a_stop(office):
    subsidy = office.drawing()
    seen = granting.Seen(day("2007-04-10"), findings="已关门", is_working=False)
    granting.follow(subsidy=subsidy, seen=seen, by=office.clerk)
    task = Task.objects.get(cleared_by="SubsidyStopped")
    assert task.cleared_at is None and task.organization == office.place.streets[0]
    stopping.stop(subsidy=subsidy, event="not_working", on=day("2007-04-10"), by=office.clerk)
    task.refresh_from_db()
    assert task.cleared_at is not None


def test_a_second_subsidy_goes_on_counting_where_the_first_ended(office):
    """Months count once for the person, under whichever subsidy (京劳社就发〔2007〕90号 allows another from July 2007)."""
    person = office.person()
    first = office.drawing(person)
    office.go("2007-08-20")
    for month in ("2007-04", "2007-05"):
        office.debit(first, month)
    office.pay("2007-08")
    stopping.stop(subsidy=first, event="not_working", on=day("2007-05-10"), by=office.clerk)
    second = office.apply(
        person, on="2007-08-21", kind="self_employed", started_on=day("2007-05-10"), retire_on=day("2020-03-08")
    )
    assert (second.ceiling, second.months_before, second.months_granted) == (60, 2, 58)


def test_two_files_that_both_draw_are_not_merged(office):
    one = office.drawing()
    other = office.drawing(office.person("王秀兰"), number="99887766554433")
    with pytest.raises(MergeRefused, match="社会保险补贴"):
        merge.merge_people(kept=one.person, merged=other.person, reason="重复", by=office.reviewer)
    assert SubsidyMonth.objects.filter(person=other.person).exists()


def test_the_check_of_a_month_lists_what_waits_and_tells_the_duty(office):
    subsidy = office.drawing()
    office.go("2007-05-20")
    street = office.place.streets[0]
    waiting = [f"{row.month:%Y-%m}" for row in checking.to_check(street, day("2007-05-01"))]
    assert waiting == ["2007-04", "2007-05"]
    assert list(checking.to_check(office.place.streets[1], day("2007-05-01"))) == []
    office.debit(subsidy, "2007-05", False, "余额不足")
    told = checking.tally(street, day("2007-05-01"))
    assert (told.checked, told.right, [row.person.name for row in told.wrong]) == (1, 0, ["王秀兰"])


def test_no_adjustment_survives_its_reason(office):
    subsidy = office.drawing()
    office.go("2007-06-20")
    office.debit(subsidy, "2007-04")
    office.pay("2007-06")
    office.debit(subsidy, "2007-04", False, "看错了页")
    office.debit(subsidy, "2007-04", True)
    assert set(subsidy.adjustments.values_list("state", flat=True)) == {SubsidyAdjustment.State.VOID}
    assert isinstance(subsidy.applied_on, dt.date)

"""Late facts of a month come in any order, again and again: each is a line of its own, and all together are what the rules give."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from renben.engines.payments import accounts, returns
from renben.engines.payments.models import PaymentLine
from renben.services.support import adjusting, paying, planning
from renben.services.support.models import SubsidyAdjustment, SubsidyMonth
from tests.services.support.conftest import MONTH_FEN, day

MONTHS = ("2007-04", "2007-05")


@pytest.fixture
def standard(monkeypatch):
    """The sum of a month as approved later; set `standard.fen`."""

    class Standard:
        fen = MONTH_FEN

    real = adjusting.amount_of

    def amount(month, insurances, **more):
        return replace(real(month, insurances, **more), fen=Standard.fen)

    monkeypatch.setattr(adjusting, "amount_of", amount)
    monkeypatch.setattr(planning, "amount_of", amount)
    return Standard


@pytest.fixture
def paid(office, standard):
    """April and May paid."""
    subsidy = office.drawing()
    office.go("2007-06-20")
    for month in MONTHS:
        office.debit(subsidy, month)
    office.pay("2007-06")
    return subsidy


def kept(subsidy) -> dict[str, int]:
    """What the person has of each month: everything that arrived, less what came back."""
    found = dict.fromkeys(MONTHS, 0)
    for line in PaymentLine.objects.filter(person=subsidy.person, state="paid").order_by("id"):
        found[f"{line.month:%Y-%m}"] += line.fen
    for one in subsidy.adjustments.filter(kind="recovery").exclude(state="void").order_by("id"):
        found[f"{one.month:%Y-%m}"] -= one.settled_fen
    return found


def promised(subsidy) -> dict[str, int]:
    """`kept` with what stands on lists or waits for one, and less what is to come back."""
    found = kept(subsidy)
    for one in subsidy.adjustments.filter(state__in=["open", "listed"]).order_by("id"):
        sign = 1 if one.kind == "difference" else -1
        found[f"{one.month:%Y-%m}"] += sign * (one.fen - one.settled_fen)
    return found


def come_back(office, subsidy, share: int = 1) -> None:
    """Everything owed comes back, or a part of each."""
    for one in subsidy.adjustments.filter(kind="recovery", state="open").order_by("id"):
        fen = max(1, (one.fen - one.settled_fen) // share)
        adjusting.record_recovery(adjustment=one, fen=fen, on=day("2007-06-20"), note="收据", by=office.clerk)


facts = st.one_of(
    st.tuples(st.just("standard"), st.sampled_from([MONTH_FEN - 700, MONTH_FEN, MONTH_FEN + 300, MONTH_FEN + 1_100])),
    st.tuples(st.sampled_from(MONTHS), st.booleans()),
    st.tuples(st.just("pay"), st.none()),
    st.tuples(st.just("list"), st.none()),
    st.tuples(st.just("back"), st.sampled_from([1, 2])),
)


@pytest.mark.django_db
def test_any_order_of_late_facts_ends_at_what_the_rules_give(office, paid, standard):
    @settings(max_examples=30, deadline=None, database=None)
    @example(story=[("standard", MONTH_FEN + 1_100), ("list", None), ("standard", MONTH_FEN), ("pay", None)])
    @example(
        story=[("standard", MONTH_FEN + 300), ("list", None), ("standard", MONTH_FEN), ("standard", MONTH_FEN + 1_100)]
    )
    @given(story=st.lists(facts, min_size=1, max_size=9))
    def told(story):
        with transaction.atomic():
            standard.fen, debited = MONTH_FEN, dict.fromkeys(MONTHS, True)
            for what, value in story:
                if what == "standard":
                    standard.fen = value
                    adjusting.review_paid(subsidy=paid, by=office.clerk)
                elif what in MONTHS:
                    debited[what] = value
                    office.debit(paid, what, value, "" if value else "余额不足")
                elif what == "back":
                    come_back(office, paid, value)
                else:
                    (office.pay if what == "pay" else office.lists)("2007-06")
                wanted = {month: standard.fen if debited[month] else 0 for month in MONTHS}
                assert promised(paid) == wanted, (what, value)
            for _ in range(2):
                office.pay("2007-06")
                come_back(office, paid)
            assert kept(paid) == wanted
            assert adjusting.review_paid(subsidy=paid, by=office.clerk) == []
            transaction.set_rollback(True)

    told()


@pytest.mark.django_db
def test_a_second_raise_of_the_same_month_is_paid_too(office, paid, standard):
    for number, fen in enumerate((300, 500), start=1):
        standard.fen += fen
        adjusting.review_paid(subsidy=paid, by=office.clerk)
        made = office.pay("2007-06")
        assert made.differences.total_fen == 2 * fen, number
    lines = paid.adjustments.filter(kind="difference").order_by("month", "part")
    assert [(one.part, one.fen, one.state) for one in lines] == 2 * [(0, 300, "done"), (1, 500, "done")]
    assert office.pay("2007-06").differences.count == 2, "nothing is paid again"


@pytest.mark.django_db
def test_each_late_fact_is_a_line_of_its_own_with_its_reason(office, paid, standard):
    for fen in (300, 500):
        standard.fen += fen
        adjusting.review_paid(subsidy=paid, by=office.clerk)
    april = paid.adjustments.filter(month=day("2007-04-01")).order_by("part")
    assert [(one.part, one.fen, one.state) for one in april] == [(0, 300, "open"), (1, 500, "open")]
    standard.fen -= 600
    adjusting.review_paid(subsidy=paid, by=office.clerk)
    assert [(one.fen, one.state) for one in april.all()] == [(200, "open"), (500, "void")], "the last gives way first"


@pytest.mark.django_db
def test_a_difference_on_a_draft_gives_way_before_anything_is_recovered(office, paid, standard):
    standard.fen += 300
    adjusting.review_paid(subsidy=paid, by=office.clerk)
    made = office.lists("2007-06")
    standard.fen -= 300
    adjusting.review_paid(subsidy=paid, by=office.clerk)
    made.differences.refresh_from_db()
    assert (made.differences.count, made.differences.state) == (0, "draft")
    assert not paid.adjustments.filter(kind="recovery").exclude(state="void").exists()


@pytest.mark.django_db
def test_a_month_sent_back_by_the_bank_is_listed_with_all_that_is_due_and_no_more(office, paid, standard):
    standard.fen += 300
    adjusting.review_paid(subsidy=paid, by=office.clerk)
    office.pay("2007-06")
    line = SubsidyMonth.objects.get(subsidy=paid, month=day("2007-04-01")).payment_line
    answer = [returns.Result(line.pk, line.fen, False, "账号已销户")]
    paying.read_return(batch=line.batch, results=answer, on=day("2007-06-20"), by=office.maker)
    standard.fen += 500
    accounts.set_account(person=paid.person, holder="王秀兰", bank="北京银行", number="99887766554433", by=office.clerk)
    office.pay("2007-06")
    assert kept(paid)["2007-04"] == standard.fen
    assert not SubsidyAdjustment.objects.filter(kind="recovery").exclude(state="void").exists()

"""还款、逾期、代偿、追偿: every fen that comes in is on record, and what is owed follows from it (J-5.4.5, Q-1.3.3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Sum

from renben.kernel import acts, clock
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.loans import plan as plans
from renben.services.support.loans.codes import RULES_OF_RECOVERY
from renben.services.support.loans.keeping import demand_past, demand_state, keep, lock, money, tell
from renben.services.support.loans.models import Loan, LoanEvent, LoanInstalment, LoanMoney

State, Event, Kind = Loan.State, LoanEvent.Kind, LoanMoney.Kind
WITH_BANK = (State.DISBURSED, State.REPAYING, State.DEFAULTED)
WITH_GUARANTOR = (State.PAID_OUT, State.RECOVERING)


@dataclass(frozen=True)
class Account:
    """Where the money of a loan stands, in fen."""

    lent: int
    repaid: int
    paid_out: int
    recovered: int

    @property
    def owed(self) -> int:
        return plans.owed(self.lent, self.repaid, self.paid_out, self.recovered)


def account_of(loan: Loan) -> Account:
    """The sums of everything on record."""
    rows = loan.moneys.order_by().values_list("kind").annotate(fen=Sum("fen"))
    found = dict(rows)
    return Account(
        loan.lent_fen or 0, found.get(Kind.REPAID, 0), found.get(Kind.PAID_OUT, 0), found.get(Kind.RECOVERED, 0)
    )


def standing_of(loan: Loan, today: dt.date) -> list[plans.Standing]:
    """The plan in force with what came in under it; empty without one."""
    if loan.plan is None:
        return []
    rows = loan.instalments.filter(plan=loan.plan).order_by("number")
    agreed = [plans.Instalment(row.number, row.due_on, row.fen) for row in rows]
    paid = loan.moneys.filter(plan=loan.plan).aggregate(fen=Sum("fen"))["fen"] or 0
    return plans.standing(agreed, paid, today)


def _note_money(loan: Loan, kind: str, fen: int, on: dt.date, note: str, by: Any) -> LoanMoney:
    return LoanMoney.objects.create(
        loan=loan,
        kind=kind,
        on=on,
        fen=fen,
        note=note[:200],
        plan=loan.plan if kind != Kind.PAID_OUT else None,
        recorded_at=clock.now(),
        recorded_by=by,
    )


def _demand_day(loan: Loan, on: dt.date) -> None:
    demand_past(on, "日期")
    if loan.issued_on is not None and on < loan.issued_on:
        raise NotPossible(Why("before_money", "日期在放款以前。", "请核对日期。"))


def _demand_positive(fen: int) -> None:
    if fen <= 0:
        raise NotPossible(Why("no_amount", "金额要大于零。", "请改正金额。"))


@acts.whole
def take_money(*, loan: Loan, fen: int, on: dt.date, note: str, by: Any) -> Loan:
    """The borrower pays: to the bank, or after 代偿 back to the guarantor. Paid in full the loan ends.

    NotPossible for more than is owed.
    """
    held = lock(loan)
    demand_state(held, *WITH_BANK, *WITH_GUARANTOR)
    _demand_positive(fen)
    _demand_day(held, on)
    left = account_of(held).owed
    if fen > left:
        raise NotPossible(Why("too_much", f"还欠{money(left)}，登记的是{money(fen)}。", "请核对金额。"))
    to_bank = held.state in WITH_BANK
    _note_money(held, Kind.REPAID if to_bank else Kind.RECOVERED, fen, on, note, by)
    if fen == left:
        held.state, held.settled_on = State.REPAID if to_bank else State.RECOVERED, on
        tell(held, Event.REPAID if to_bank else Event.RECOVERED, on, by, text="全部还清")
    return keep(held, "repay" if to_bank else "recover", by, fen=fen)


@acts.whole
def default(*, loan: Loan, on: dt.date, reason: str, by: Any, case: Any = None) -> Loan:
    """逾期: not paid when it was due."""
    held = lock(loan)
    demand_state(held, State.DISBURSED, State.REPAYING)
    _demand_day(held, on)
    held.state = State.DEFAULTED
    text = f"{reason}；还欠{money(account_of(held).owed)}" if reason else f"还欠{money(account_of(held).owed)}"
    tell(held, Event.DEFAULTED, on, by, text=text, case=case)
    return keep(held, "default", by)


@acts.whole
def pay_out(*, loan: Loan, fen: int, on: dt.date, note: str, by: Any) -> Loan:
    """代偿: the guarantor pays the bank, and the borrower owes the guarantor what was paid, interest included."""
    held = lock(loan)
    demand_state(held, State.DEFAULTED)
    _demand_positive(fen)
    _demand_day(held, on)
    held.plan = None
    _note_money(held, Kind.PAID_OUT, fen, on, note, by)
    held.state = State.PAID_OUT
    text = f"{held.guarantor}代偿{money(fen)}（依据：{RULES_OF_RECOVERY}）"
    tell(held, Event.PAID_OUT, on, by, text=text, fen=fen)
    return keep(held, "pay_out", by, fen=fen)


@acts.whole
def make_plan(*, loan: Loan, count: int, first_on: dt.date, by: Any) -> Loan:
    """订立还款计划 for all that is owed. An earlier plan stays on record and is replaced."""
    held = lock(loan)
    demand_state(held, State.DEFAULTED, *WITH_GUARANTOR)
    debt = account_of(held).owed
    if first_on < clock.today():
        raise NotPossible(Why("first_past", "第一期的日期已经过了。", "请填今天或以后的日期。"))
    try:
        agreed = plans.instalments(debt, count, first_on)
    except ValueError:
        text = f"欠{money(debt)}，分不成{count}期。"
        raise NotPossible(Why("bad_count", text, f"期数请填1到{plans.MOST_INSTALMENTS}。")) from None
    number = (held.instalments.aggregate(n=Max("plan"))["n"] or 0) + 1
    LoanInstalment.objects.bulk_create(
        LoanInstalment(loan=held, plan=number, number=row.number, due_on=row.due_on, fen=row.fen) for row in agreed
    )
    held.plan = number
    if held.state == State.PAID_OUT:
        held.state = State.RECOVERING
    text = f"欠{money(debt)}，分{count}期，第一期{first_on:%Y-%m-%d}还{money(agreed[0].fen)}"
    tell(held, Event.PLANNED, clock.today(), by, text=text, fen=debt)
    return keep(held, "plan", by, count=count, debt=debt)

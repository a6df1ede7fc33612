"""From the review to the file: recommended, guaranteed, lent, filed, each with its day and who did it (J-5.4.5, Q-1.3.3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.kernel import acts
from renben.kernel.models import Employer
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.loans import applying
from renben.services.support.loans.codes import LoanKind
from renben.services.support.loans.keeping import demand_past, demand_state, keep, lock, money, tell
from renben.services.support.loans.models import Loan, LoanEvent, LoanStaffing

State, Event = Loan.State, LoanEvent.Kind


@acts.whole
def review(*, loan: Loan, text: str, by: Any, on: dt.date, case: Any = None) -> Loan:
    """资料审查 passed: what was found in the papers."""
    held = lock(loan)
    demand_state(held, State.APPLIED, State.REVIEWED)
    held.state = State.REVIEWED
    tell(held, Event.REVIEWED, on, by, text=text, case=case)
    return keep(held, "review", by)


@acts.whole
def assess(*, loan: Loan, amount_fen: int, by: Any, on: dt.date, case: Any = None) -> Loan:
    """区审核通过 (Q-1.3.3): with the agreed sum, decided by rule. NotPossible with every condition it does not meet."""
    held = lock(loan)
    demand_state(held, State.APPLIED, State.REVIEWED, State.RECOMMENDED)
    applying.recommend_sum(held, amount_fen, by=by, on=on)
    held.state = State.RECOMMENDED
    text = f"审定{money(amount_fen)}，推荐给担保机构和经办银行"
    tell(held, Event.RECOMMENDED, on, by, text=text, fen=amount_fen, case=case)
    return keep(held, "recommend", by, amount=amount_fen)


def demand_finance(loan: Loan) -> None:
    """NotPossible for a labour-intensive firm before the district's finance bureau has agreed (Q-1.3.4 材料上报)."""
    if loan.kind != LoanKind.INTENSIVE:
        return
    if not LoanStaffing.objects.filter(loan=loan, finance_reviewed_on__isnull=False).exists():
        text = "区财政局还没有复审同意，不能推荐给担保机构和银行。"
        raise NotPossible(Why("no_finance", text, "请先在办件里办“材料上报”。"))


@acts.whole
def recommend(*, loan: Loan, guarantor: str, by: Any, on: dt.date, text: str = "", case: Any = None) -> Loan:
    """签署意见，送担保机构. The same guarantor again changes nothing; another one is a new recommendation."""
    held = lock(loan)
    demand_state(held, State.REVIEWED, State.RECOMMENDED, State.GUARANTEED)
    demand_past(on, "送担保机构的日期")
    demand_finance(held)
    if held.guarantor == guarantor.strip() and held.state != State.REVIEWED:
        return held
    held.guarantor, held.state = guarantor.strip()[:100], State.RECOMMENDED
    held.recommended_fen = held.recommended_fen or held.amount_fen
    said = f"送{held.guarantor}，推荐{money(held.recommended_fen)}" + (f"；{text}" if text else "")
    tell(held, Event.RECOMMENDED, on, by, text=said, case=case)
    return keep(held, "recommend", by, guarantor=held.guarantor)


@acts.whole
def guarantee(*, loan: Loan, by: Any, on: dt.date, text: str = "", guarantor: str = "", case: Any = None) -> Loan:
    """担保机构同意担保; the bank decides next."""
    held = lock(loan)
    demand_state(held, State.RECOMMENDED)
    demand_past(on, "同意担保的日期")
    held.guarantor, held.state = guarantor.strip()[:100] or held.guarantor, State.GUARANTEED
    tell(held, Event.GUARANTEED, on, by, text="；".join(filter(None, [held.guarantor, text])), case=case)
    return keep(held, "guarantee", by)


@acts.whole
def decline(*, loan: Loan, on: dt.date, reason: str, by: Any) -> Loan:
    """担保机构或银行不同意: the loan of a firm ends before any money, with the reason. Other loans end in their case."""
    held = lock(loan)
    demand_state(held, State.RECOMMENDED, State.GUARANTEED)
    demand_past(on, "答复日期")
    held.state, held.refusal = State.REFUSED, reason.strip()[:500]
    tell(held, Event.REFUSED, on, by, text=held.refusal)
    return keep(held, "decline", by)


@dataclass(frozen=True)
class Terms:
    """What the bank paid out. Money in fen; `due_on` is None while the last day is not known yet."""

    bank: str
    fen: int
    issued_on: dt.date
    arrived_on: dt.date
    due_on: dt.date | None = None


def _demand_terms(loan: Loan, terms: Terms) -> None:
    agreed, found = loan.recommended_fen or loan.amount_fen, []
    if not 0 < terms.fen <= agreed:
        text = f"放款{money(terms.fen)}，推荐（审定）的是{money(agreed)}。"
        found.append(Why("not_agreed", text, "放款不能超过推荐的数额，请核对。"))
    if terms.arrived_on < terms.issued_on:
        found.append(Why("arrived_before", "资金到位日期在发放日期之前。", "请核对两个日期。"))
    if terms.due_on is not None and terms.due_on <= terms.issued_on:
        found.append(Why("due_before", "到期日要在发放日期之后。", "请核对借款合同。"))
    if found:
        raise NotPossible(*found)


@acts.whole
def lend(*, loan: Loan, terms: Terms, by: Any, case: Any = None) -> Loan:
    """银行放款. NotPossible for more than was recommended or days that cannot be."""
    held = lock(loan)
    demand_state(held, State.RECOMMENDED, State.GUARANTEED)
    demand_past(terms.arrived_on, "资金到位日期")
    _demand_terms(held, terms)
    if held.state == State.RECOMMENDED:
        tell(held, Event.GUARANTEED, terms.issued_on, by, text=held.guarantor, case=case)
    held.bank, held.lent_fen = terms.bank.strip()[:100], terms.fen
    held.issued_on, held.arrived_on, held.due_on = terms.issued_on, terms.arrived_on, terms.due_on
    held.state = State.DISBURSED
    text = f"{held.bank}放款{money(terms.fen)}，{terms.arrived_on:%Y-%m-%d}到账"
    tell(held, Event.LENT, terms.issued_on, by, text=text, fen=terms.fen, case=case)
    return keep(held, "lend", by, fen=terms.fen)


@dataclass(frozen=True)
class Folder:
    """The loan's file on the shelf."""

    number: str
    pieces: int | None = None
    place: str = ""
    due_on: dt.date | None = None


@acts.whole
def file_loan(*, loan: Loan, folder: Folder, by: Any, on: dt.date, case: Any = None) -> Loan:
    """建立档案. A number that another loan's file carries is refused."""
    held = lock(loan)
    demand_state(held, *Loan.ON_FILE)
    number = folder.number.strip()[:40]
    if Loan.objects.filter(file_number=number).exclude(pk=held.pk).exists():
        raise NotPossible(Why("number_taken", f"档案号“{number}”已经用在另一笔贷款上。", "请换一个号。"))
    if folder.due_on is not None and held.issued_on is not None and folder.due_on <= held.issued_on:
        raise NotPossible(Why("due_before", "到期日要在发放日期之后。", "请核对借款合同。"))
    held.file_number, held.file_pieces = number, folder.pieces or held.file_pieces
    held.file_place, held.due_on = folder.place[:100] or held.file_place, folder.due_on or held.due_on
    held.filed_on = held.filed_on or on
    tell(held, Event.FILED, on, by, text=f"档案号{number}", case=case)
    return keep(held, "file", by, number=number)


@acts.whole
def link_firm(*, loan: Loan, firm: Employer, by: Any) -> Loan:
    """关联借款企业: the employer's file shows the loan from now on."""
    held = lock(loan)
    held.employer = firm
    return keep(held, "link", by, employer=firm.pk)

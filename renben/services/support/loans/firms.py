"""认定劳动密集型小企业 (Q-1.3.4): the roster of newly hired people is compared line by line, the rule recognises the firm, the
district's finance bureau reviews it. What comes after is a loan like the others (`lending`, `inspecting`, `recovering`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from renben.engines.rules.errors import NoStandardOnFile
from renben.kernel import acts, clock, crypto, identity
from renben.kernel.people import find_by_number
from renben.kernel.textnorm import clean_name
from renben.services.registration.models import UnemploymentRegistration
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.loans import applying, firm_rules
from renben.services.support.loans.codes import HireProof, LoanKind
from renben.services.support.loans.keeping import demand_past, demand_state, keep, lock, tell
from renben.services.support.loans.models import Loan, LoanEvent, LoanHire, LoanStaffing

State, Event = Loan.State, LoanEvent.Kind
NUMBER = "loan.hire"


@dataclass(frozen=True)
class Hired:
    """One line of the roster: who, by which paper one of the group, since when, for how long the contract runs."""

    name: str
    id_number: str
    proof: str
    hired_on: dt.date
    contract_months: int


@dataclass(frozen=True)
class Roster:
    """What the firm handed in: how many worked there on a day before hiring, and whom it hired since."""

    staff_before: int
    counted_on: dt.date
    hired: Sequence[Hired]


def staffing_of(loan: Loan) -> LoanStaffing | None:
    """The facts of recognition; None before the roster was looked at."""
    return LoanStaffing.objects.filter(loan=loan).first()


def demand_firm(loan: Loan) -> None:
    """NotPossible for any other kind: their money and file are registered in the steps of their case."""
    if loan.kind != LoanKind.INTENSIVE:
        raise NotPossible(Why("in_case", "这笔贷款的放款和建档在办件里登记。", "请打开办件办理。"))


def hires_of(loan: Loan) -> list[LoanHire]:
    """The people of the roster in force."""
    staffing = staffing_of(loan)
    if staffing is None:
        return []
    return list(loan.hires.filter(round=staffing.round).select_related("person").order_by("id"))


def _number(text: str, today: dt.date) -> tuple[str, str]:
    """(the normalised number, what is wrong with it)."""
    checked = identity.check_resident_id(text, today=today)
    return (checked.number or identity.normalise(text)).upper(), "" if checked.is_valid else "证件号码不对"


def _why_not(line: Hired, row: LoanHire, loan: Loan, counted_on: dt.date, least: int) -> str:
    """Why a line does not count; empty when it does."""
    if row.person is not None and clean_name(row.person.name) != clean_name(line.name):
        return "姓名与系统里这个证件号码的档案不符"
    if line.hired_on > clock.today():
        return "招用日期还没到"
    if line.hired_on.year != loan.applied_on.year:
        return f"不是{loan.applied_on.year}年招用的"
    if line.hired_on < counted_on:
        return f"{counted_on:%Y-%m-%d}以前就在册"
    if line.contract_months < least:
        return f"劳动合同{line.contract_months}个月，不到{least}个月"
    return _elsewhere(row, loan)


def _elsewhere(row: LoanHire, loan: Loan) -> str:
    """The same person cannot make two firms labour-intensive in one year."""
    others = LoanHire.objects.filter(
        number_key=row.number_key, is_counted=True, loan__staffing__isnull=False, hired_on__year=row.hired_on.year
    )
    other = others.exclude(loan=loan).exclude(loan__state__in=(State.REFUSED, State.WITHDRAWN)).order_by("id").first()
    return f"今年已算在“{other.loan.borrower_name}”新招的人里" if other is not None else ""


def _remark(row: LoanHire) -> str:
    """What the clerk should look at twice; it does not decide."""
    if row.person is None:
        return "系统里没有这个人的档案，凭交来的证件算"
    registered = UnemploymentRegistration.objects.filter(person=row.person).exists()
    if row.proof == HireProof.CERTIFICATE and not registered:
        return "系统里没有失业登记的记录，请核对就业失业登记证原件"
    return ""


def _rows(loan: Loan, roster: Roster, round_: int, today: dt.date) -> list[LoanHire]:
    least = firm_rules.least_months(today)
    rows, seen = [], set()
    for line in roster.hired:
        number, wrong = _number(line.id_number, today)
        row = LoanHire(
            loan=loan,
            round=round_,
            person=None if wrong else find_by_number("resident_id", number),
            name=line.name.strip()[:50],
            tail=number[-4:],
            number_key=crypto.blind_index(number, NUMBER)[:64],
            proof=line.proof,
            hired_on=line.hired_on,
            contract_months=line.contract_months,
        )
        row.reason = wrong or _why_not(line, row, loan, roster.counted_on, least)
        row.reason = row.reason or ("名单里写了两遍" if row.number_key in seen else "")
        row.is_counted = not row.reason
        row.remark = _remark(row) if row.is_counted else ""
        seen.add(row.number_key)
        rows.append(row)
    return rows


def _demand_roster(roster: Roster, proofs: Sequence[str]) -> None:
    found = []
    if roster.staff_before < 1:
        found.append(Why("no_staff", "招用前在册职工至少1人。", "请按职工花名册填。"))
    if not roster.hired:
        found.append(Why("nobody", "新招人员名单是空的。", "请照花名册填，或者选“不予认定”。"))
    brought = {line.proof for line in roster.hired}
    for code in sorted(brought - set(proofs)):
        label = HireProof(code).label
        found.append(Why("paper", f"名单里有人持{label}，证件里没有勾选这一种。", "请勾上并收这种证件。"))
    if found:
        raise NotPossible(*found)


@acts.whole
def recognise(
    *, loan: Loan, roster: Roster, proofs: Sequence[str], amount_fen: int, by: Any, on: dt.date, case: Any = None
) -> Loan:
    """审核材料: every line compared, the firm recognised by the rule of `on` with the agreed sum. A roster handed in anew replaces
    the earlier one, which stays on record. NotPossible with each condition that is not met and who does not count."""
    held = lock(loan)
    demand_state(held, State.APPLIED, State.REVIEWED)
    demand_past(roster.counted_on, "在册职工数截至的日期")
    _demand_roster(roster, proofs)
    staffing = staffing_of(held) or LoanStaffing(loan=held, round=0)
    staffing.round += 1
    staffing.staff_before, staffing.counted_on = roster.staff_before, roster.counted_on
    try:
        rows = _rows(held, roster, staffing.round, on)
    except NoStandardOnFile as error:
        raise NotPossible(Why("no_standard", f"无现行标准，不能认定：{error}", "请先登记认定标准。")) from None
    staffing.save()
    LoanHire.objects.bulk_create(rows)
    counted = [row for row in rows if row.is_counted]
    held.contract_months = min((row.contract_months for row in counted), default=0)
    _recommend(held, rows, amount_fen, by, on)
    held.state = State.REVIEWED
    share = firm_rules.share_percent(roster.staff_before, len(counted))
    text = f"招用前在册职工{roster.staff_before}人（{roster.counted_on:%Y-%m-%d}），新招{len(counted)}人，占{share:g}%"
    tell(held, Event.RECOGNISED, on, by, text=text, fen=amount_fen, case=case)
    return keep(held, "recognise", by, round=staffing.round, counted=len(counted))


def _recommend(loan: Loan, rows: Sequence[LoanHire], amount_fen: int, by: Any, on: dt.date) -> None:
    """The decision on the agreed sum; refused, it also names who does not count."""
    try:
        applying.recommend_sum(loan, amount_fen, by=by, on=on)
    except NotPossible as refused:
        out = [Why("not_counted", f"{row.name}不算：{row.reason}。") for row in rows if not row.is_counted]
        raise NotPossible(*refused.reasons, *out) from None


@dataclass(frozen=True)
class FinanceReview:
    """复审 of the district's finance bureau: the certificate's number, the days, the opinion."""

    number: str
    given_on: dt.date
    reviewed_on: dt.date
    opinion: str


@acts.whole
def take_finance(*, loan: Loan, review: FinanceReview, by: Any, case: Any = None) -> Loan:
    """材料上报: the finance bureau agreed. From now on the loan may be recommended. NotPossible for days that cannot be and for a
    number that another firm's certificate carries."""
    held = lock(loan)
    demand_state(held, State.REVIEWED)
    staffing = staffing_of(held)
    if staffing is None:
        raise NotPossible(Why("not_recognised", "这家企业还没有认定。", "请先办“审核材料”。"))
    demand_past(review.reviewed_on, "区财政局复审日期")
    if review.reviewed_on < review.given_on:
        raise NotPossible(Why("reviewed_before", "复审日期在送去以前。", "请核对两个日期。"))
    number = review.number.strip()[:40]
    if LoanStaffing.objects.filter(number=number).exclude(loan=held).exists():
        raise NotPossible(Why("number_taken", f"认定证明编号“{number}”已经发给另一家企业。", "请换一个号。"))
    staffing.number, staffing.finance_given_on = number, review.given_on
    staffing.finance_reviewed_on, staffing.finance_opinion = review.reviewed_on, review.opinion
    staffing.save()
    text = f"认定证明{number}；{review.opinion}"
    tell(held, Event.FINANCE, review.reviewed_on, by, text=text, case=case)
    return keep(held, "finance", by, number=number)

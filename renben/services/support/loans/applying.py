"""受理和判定 of a loan: facts are taken once, the rule decides, each condition that is lacking is told (J-4.3.3, J-5.4.5, Q-1.3.3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import Q

from renben.engines.rules.determinations import store
from renben.engines.rules.errors import InputError
from renben.kernel import acts, clock
from renben.kernel.models import Employer, Organization, Person
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.territory import street_of
from renben.services.support.loans.codes import BASIS, LoanKind
from renben.services.support.loans.decision import KIND, VERDICT, LoanDecision, Wish
from renben.services.support.loans.decision import decide as decide_wish
from renben.services.support.loans.keeping import demand_past, demand_state, keep, lock, money, tell
from renben.services.support.loans.models import FirmDecision, Loan, LoanEvent, LoanStaffing

State, Event = Loan.State, LoanEvent.Kind


@dataclass(frozen=True)
class LoanFacts:
    """What the clerk took from the borrower. Money in fen; None while it is not known yet."""

    kind: str
    amount_fen: int
    business_name: str = ""
    industry: str = ""
    place: str = ""
    use: str = ""
    round: int = 1
    borrower: str = ""
    own_fen: int | None = None
    pledge: str = ""
    pledge_fen: int | None = None
    is_top: bool = False
    has_hired: bool = False
    contract_months: int = 0


def facts_of(loan: Loan) -> LoanFacts:
    """The facts of a loan as they stand, to be corrected by the next office."""
    return LoanFacts(**{one.name: getattr(loan, one.name) for one in fields(LoanFacts)})


SHORT = {"business_name": 100, "industry": 100, "place": 200, "use": 300, "pledge": 200}


def rounds_on_record(person: Person, *, apart_from: Loan | None = None) -> int:
    """How many loans of this person the bank paid out, as far as the platform knows."""
    rows = Loan.objects.filter(person=person, state__in=Loan.ON_FILE)
    return rows.exclude(pk=apart_from.pk if apart_from is not None else None).count()


def _standing(owner: Person | Employer, journey_id: Any) -> Loan | None:
    """The loan of this journey; NotPossible when another one runs."""
    mine = Loan.objects.of_journey(journey_id) if journey_id else None
    own = Q(person=owner) if isinstance(owner, Person) else Q(person=None, employer=owner)
    others = Loan.objects.running().filter(own).exclude(pk=mine.pk if mine else None)
    running = others.order_by("id").first()
    if running is not None:
        text = f"已有一笔小额担保贷款（{running.get_state_display()}），不能再申请。"
        raise NotPossible(Why("running", text, "请先办结或还清那一笔。", BASIS[LoanKind(running.kind)]))
    return mine


def _demand(owner: Person | Employer, facts: LoanFacts, mine: Loan | None) -> None:
    found = []
    if facts.amount_fen <= 0:
        found.append(Why("no_amount", "贷款金额要大于零。", "请改正金额。"))
    if facts.kind == LoanKind.INDIVIDUAL and facts.round == 1 and rounds_on_record(owner, apart_from=mine):
        text = "平台记着这个人以前贷过款，这次不是首次。"
        found.append(Why("not_first", text, "请把“第几次贷款”改为再次。"))
    if found:
        raise NotPossible(*found)


def firm_of(name: str) -> Employer | None:
    """The employer on file whose name this is, when there is exactly one."""
    rows = Employer.objects.filter(name=name.strip(), merged_into=None).order_by("id")[:2]
    return rows[0] if len(rows) == 1 else None


@acts.whole
def apply_loan(
    *,
    person: Person | None,
    organization: Organization,
    facts: LoanFacts,
    by: Any,
    on: dt.date | None = None,
    case: Any = None,
    employer: Employer | None = None,
) -> Loan:
    """Take an application and decide it by the rule. The same journey again changes its facts and decides anew.

    The borrower is the person, or the employer itself when there is none (Q-1.3.4). NotPossible for facts that cannot be true or
    another running loan. Somebody who does not meet the conditions gets a stored
    determination and the state 未批准, not an error; `why_not` tells each reason.
    """
    on = on or clock.today()
    owner = person or employer
    type(owner).objects.select_for_update().get(pk=owner.pk)
    loan = _standing(owner, case.journey_id if case is not None else None)
    _demand(owner, facts, loan)
    is_new = loan is None
    if loan is None:
        loan = Loan(
            organization=street_of(organization) if organization.tier != "district" else street_of(owner.organization),
            journey_id=case.journey_id if case is not None else None,
            case=case,
            applied_on=on,
            recorded_at=clock.now(),
            recorded_by=by,
        )
    elif loan.state not in Loan.BEFORE_MONEY:
        text = f"贷款现在是“{loan.get_state_display()}”，不能再改申请内容。"
        raise NotPossible(Why("too_late", text))
    _take(loan, facts)
    loan.person, loan.state, loan.refusal = person, State.APPLIED, ""
    loan.employer = loan.employer or employer
    if loan.kind == LoanKind.COMPANY:
        loan.employer = loan.employer or firm_of(loan.business_name)
    decide(loan=loan, by=by, on=on)
    if is_new:
        tell(loan, Event.APPLIED, on, by, text=f"申请{money(loan.amount_fen)}，用于{loan.use or '经营'}", case=case)
    if loan.state == State.REFUSED:
        tell(loan, Event.REFUSED, on, by, text=loan.refusal, case=case)
    return keep(loan, "apply", by, kind=loan.kind, amount=loan.amount_fen)


@acts.whole
def correct(*, loan: Loan, facts: LoanFacts, by: Any) -> Loan:
    """What the papers say instead of what was told. The decision that rests on it follows with the sum that is agreed."""
    held = lock(loan)
    demand_state(held, *Loan.BEFORE_MONEY)
    _take(held, facts)
    return keep(held, "correct", by)


def _take(loan: Loan, facts: LoanFacts) -> None:
    for name, value in asdict(facts).items():
        setattr(loan, name, value[: SHORT[name]] if name in SHORT else value)


def wish_of(loan: Loan, amount_fen: int | None = None) -> Wish:
    """What the rules are asked about; `amount_fen` is another sum than the one asked for (recommended, agreed)."""
    return Wish(
        kind=loan.kind,
        amount_fen=amount_fen or loan.amount_fen,
        industry=loan.industry or loan.business_name or "未写",
        round=loan.round,
        own_fen=loan.own_fen,
        borrower=loan.borrower or None,
        pledge_fen=loan.pledge_fen,
        is_top=loan.is_top,
        has_hired=loan.has_hired,
        contract_months=loan.contract_months,
        **_staffed(loan),
    )


def _staffed(loan: Loan) -> dict[str, int]:
    """What a labour-intensive firm's roster says; nothing before it is in."""
    staffing = LoanStaffing.objects.filter(loan=loan).first() if loan.kind == LoanKind.INTENSIVE and loan.pk else None
    if staffing is None:
        return {}
    hired = loan.hires.filter(round=staffing.round, is_counted=True).count()
    return {"staff": staffing.staff_before, "new_hires": hired}


def decide(*, loan: Loan, by: Any, on: dt.date, amount_fen: int | None = None) -> LoanDecision:
    """Decide by the rules of `on` and keep the determination; a later one supersedes the earlier. Saves the loan."""
    try:
        decision = decide_wish(wish_of(loan, amount_fen), on)
    except InputError as error:
        raise NotPossible(Why("bad_input", str(error))) from error
    _store(loan, decision, by)
    if not decision.eligible:
        loan.state = State.REFUSED
        loan.refusal = "；".join(why.text for why in why_not(loan))[:500]
    loan.save()
    return decision


def _store(loan: Loan, decision: LoanDecision, by: Any) -> None:
    """Keep the decision with everything it rests on: a person's as a determination, a firm's at its loan."""
    if loan.person_id is not None:
        old = loan.determination
        loan.determination = store(
            person=loan.person, kind=KIND, found=decision, case=loan.case, decided_by=by, supersedes=old
        )
        return
    loan.save()
    record = decision.as_json()
    record |= {"parameter_versions": record.pop("parameters"), "ruleset_hash": record.pop("ruleset")}
    FirmDecision.objects.create(loan=loan, decided_by=by, decided_at=clock.now(), **record)


def why_not(loan: Loan) -> list[Why]:
    """The reasons of an unfavourable determination with their articles."""
    decided = loan.decided
    parts = decided.parts if decided else []
    basis = BASIS[LoanKind(loan.kind)]
    failed = [
        Why(f"loan_{place}", part["text"], article=part["article"] or basis)
        for place, part in enumerate(parts)
        if part["value"] is False and part["label"] != VERDICT
    ]
    missing = decided.missing if decided else []
    return (
        failed
        or [Why("no_standard", text, article=basis) for text in missing]
        or [Why("not_eligible", "不符合申请小额担保贷款的条件。", article=basis)]
    )


@acts.whole
def verify(*, loan: Loan, on: dt.date, text: str, by: Any, case: Any = None) -> Loan:
    """实地核实 by the street: what was seen at home, in the community and in the shop (J-4.3.3)."""
    held = lock(loan)
    demand_state(held, State.APPLIED, State.REVIEWED)
    demand_past(on, "核实日期")
    held.state = State.REVIEWED
    tell(held, Event.VERIFIED, on, by, text=text, case=case)
    return keep(held, "verify", by)


@acts.whole
def send_up(*, loan: Loan, amount_fen: int, by: Any, on: dt.date, case: Any = None) -> Loan:
    """申请上报: with the sum the street recommends, decided anew. NotPossible for more than was asked or than the rule allows."""
    held = lock(loan)
    demand_state(held, State.REVIEWED)
    recommend_sum(held, amount_fen, by=by, on=on)
    tell(held, Event.SENT_UP, on, by, text=f"推荐贷款{money(amount_fen)}", fen=amount_fen, case=case)
    return keep(held, "send_up", by, amount=amount_fen)


def recommend_sum(loan: Loan, amount_fen: int, *, by: Any, on: dt.date) -> None:
    """Set the sum that is recommended, decided by rule. NotPossible with every condition that it does not meet."""
    if amount_fen > loan.amount_fen:
        text = f"推荐（审定）{money(amount_fen)}，比申请的{money(loan.amount_fen)}还多。"
        raise NotPossible(Why("more_than_asked", text, "请改正金额；要多贷的，退回重新申请。"))
    decision = decide(loan=loan, by=by, on=on, amount_fen=amount_fen)
    if not decision.eligible:
        raise NotPossible(*why_not(loan))
    loan.recommended_fen = amount_fen

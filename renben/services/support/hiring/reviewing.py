"""初审 and 复审 of a firm's application by two different people; sent back, or refused with the reason the firm is told."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from renben.kernel import acts, clock
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.grants.checks import against_firm
from renben.services.support.hiring import messages, reckoning
from renben.services.support.hiring.applying import demand, lock, moved, payable, trail
from renben.services.support.hiring.codes import BASIS, Group, Level
from renben.services.support.hiring.models import HiringClaim, HiringReview

State = HiringClaim.State


def _sign(claim: HiringClaim, level: Level, opinion: str, by: Any) -> HiringReview:
    """Keep a review. NotPossible for whoever signed the other one of this round, and when nothing is to be paid."""
    due = payable(claim)
    if not due.exists():
        text = "这份申请现在没有可以发的月份。"
        raise NotPossible(Why("nothing_due", text, "请看各人各月的说明；确实都不符合的，请作不予补贴。", BASIS))
    mine = claim.reviews.filter(round=claim.round, by=by).first()
    if mine is not None:
        text = f"这一次的{mine.get_level_display()}是您办的，{level.label}要由另一个人办。"
        raise NotPossible(Why("same_person", text, "请换一位工作人员办理。"))
    review = HiringReview.objects.create(
        claim=claim,
        round=claim.round,
        level=level,
        on=clock.today(),
        people=due.order_by().values("person").distinct().count(),
        amount_fen=due.aggregate(total=Sum("fen"))["total"],
        opinion=opinion.strip(),
        by=by,
        recorded_at=clock.now(),
    )
    trail(claim, "review", by, level=int(level), round=claim.round, total_fen=review.amount_fen)
    return review


@acts.whole
def first_review(*, claim: HiringClaim, opinion: str, by: Any) -> HiringClaim:
    """初审: everybody is checked by the facts of today; at least one month is payable."""
    held = lock(claim)
    demand(held, State.DRAFT)
    reckoning.reckon(held, by=by)
    _sign(held, Level.FIRST, opinion, by)
    return moved(held, State.FIRST)


@acts.whole
def second_review(*, claim: HiringClaim, opinion: str, by: Any) -> HiringClaim:
    """复审, by somebody else: computed anew, and the decision about each person is kept."""
    held = lock(claim)
    demand(held, State.FIRST)
    if against := against_firm(held.employer, clock.today()):
        raise NotPossible(*against)
    open_questions = held.people.filter(struck_reason="", group=Group.ASK, confirmed_group="").count()
    if open_questions:
        text = f"{open_questions}个人的类别还没有核实。"
        raise NotPossible(Why("ask", text, "请在名单里核实并写明凭据，或者写明理由不计算。"))
    reckoning.reckon(held, by=by, keep=True)
    _sign(held, Level.SECOND, opinion, by)
    held = moved(held, State.APPROVED)
    messages.granted(held)
    return held


@acts.whole
def send_back(*, claim: HiringClaim, reason: str, by: Any) -> HiringClaim:
    """退回: the roster can be changed again, and both reviews begin anew."""
    held = lock(claim)
    demand(held, State.FIRST)
    if not reason.strip():
        raise NotPossible(Why("no_reason", "没有写退回的理由。"))
    held.round += 1
    held.back_reason = reason.strip()[:500]
    trail(held, "send_back", by, reason=held.back_reason)
    return moved(held, State.DRAFT)


@acts.whole
def refuse(*, claim: HiringClaim, reason: str, by: Any) -> HiringClaim:
    """不予补贴, with the reason the firm is told."""
    held = lock(claim)
    demand(held, State.DRAFT, State.FIRST)
    if not reason.strip():
        raise NotPossible(Why("no_reason", "没有写不予补贴的理由。"))
    held.refusal = reason.strip()[:500]
    trail(held, "refuse", by, reason=held.refusal)
    held = moved(held, State.REFUSED)
    messages.refused(held)
    return held

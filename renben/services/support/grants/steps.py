"""Step actions of Q-1.3.6: they read the case, call the business act and answer Done or Blocked. Figures the case shows are those
of the grant, whatever was typed over them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from renben.engines.payments.actions import PaymentRefused
from renben.engines.procedures.contracts import Blocked, Done, Reason, StepContext
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.grants import applying, noticing, paying
from renben.services.support.grants.codes import Level
from renben.services.support.grants.known_facts import grant_of
from renben.services.support.grants.models import Grant


def step_action(function: Callable[[StepContext], Done]) -> Callable[[StepContext], Done | Blocked]:
    """Turn a refused business act into `Blocked`."""

    @wraps(function)
    def wrapped(ctx: StepContext) -> Done | Blocked:
        try:
            return function(ctx)
        except NotPossible as refused:
            return Blocked([Reason(why.code, str(why), why.fix) for why in refused.reasons])
        except PaymentRefused as error:
            return Blocked([Reason("refused", str(error))])

    return wrapped


def _day(ctx: StepContext, name: str) -> dt.date:
    value = ctx.facts.get(name)
    return dt.date.fromisoformat(value) if value else ctx.on


def _grant(ctx: StepContext) -> Grant:
    grant = grant_of(ctx.case)
    if grant is None:
        raise NotPossible(Why("no_application", "还没有受理申请。", "请先办“材料审核”。"))
    return grant


def _asked(row: dict[str, Any], on: dt.date) -> applying.Asked:
    return applying.Asked(
        name=row["name"],
        id_number=row["id_number"],
        first_month=dt.date.fromisoformat(row["first_month"]) if row.get("first_month") else on,
        months=1 if row.get("months") is None else int(row["months"]),
    )


def _done(grant: Grant, **facts: Any) -> Done:
    total = applying.total_fen(grant)
    known = {"people_concerned": len(applying.counted(grant))} | ({} if total is None else {"grant_amount": total})
    return Done(refs={"grant": grant.pk, "amount": total}, facts=known | facts)


@step_action
def first_review(ctx: StepContext) -> Done:
    """材料审核: the list, every person checked, every amount computed."""
    given = ctx.facts
    review = applying.Review(Level.FIRST, given.get("first_opinion") or "", ctx.on)
    grant = applying.take_in(
        case=ctx.case,
        item=given["policy_item"],
        asked=[_asked(row, ctx.on) for row in given.get("grant_people") or []],
        claimed_fen=given.get("claimed_amount"),
        review=review,
        by=ctx.by,
    )
    return _done(grant)


@step_action
def second_review(ctx: StepContext) -> Done:
    """复审, by somebody else."""
    review = applying.Review(Level.SECOND, ctx.facts.get("second_opinion") or "", ctx.on)
    return _done(applying.second(grant=_grant(ctx), review=review, by=ctx.by))


@step_action
def final_review(ctx: StepContext) -> Done:
    """终审, by a third person on the third party's report; the notice goes up."""
    given = ctx.facts
    review = applying.Review(
        Level.FINAL,
        given.get("final_opinion") or "",
        ctx.on,
        given.get("third_party") or "",
        given.get("third_party_report") or "",
    )
    return _done(applying.final(grant=_grant(ctx), review=review, by=ctx.by))


@step_action
def publicise(ctx: StepContext) -> Done:
    """信息公示 over: the days are those of the engine."""
    grant = _grant(ctx)
    notice = noticing.current(grant)
    paying.clear(grant=grant, by=ctx.by)
    objections = notice.objections.count()
    over = noticing.due_of(notice)
    return _done(
        grant,
        notice_from=notice.from_on.isoformat(),
        notice_to=over.raw_on.isoformat(),
        objections_received=objections,
    )


@step_action
def submit(ctx: StepContext) -> Done:
    """材料上报区财政局."""
    grant = paying.submit(
        grant=_grant(ctx),
        on=_day(ctx, "finance_submitted_on"),
        number=ctx.facts.get("finance_letter_number") or "",
        by=ctx.by,
    )
    return _done(grant)


@step_action
def pay(ctx: StepContext) -> Done:
    """资金发放: the finance bureau's reply, the applicant told, the lines on the list; the account number is not kept in the case."""
    given = ctx.facts
    number = given.get("payee_account") or ""
    reply = paying.Reply(
        on=_day(ctx, "finance_replied_on"),
        number=given.get("finance_reply_number") or "",
        told_on=_day(ctx, "told_on"),
        bank=given.get("payee_bank") or "",
        account_number=number,
        holder=given.get("payee_holder") or "",
    )
    grant = _grant(ctx)
    batch = paying.hand_over(grant=grant, reply=reply, by=ctx.by)
    hidden = {"payee_account": f"尾号{number.strip()[-4:]}"}
    ctx.data.update(hidden)
    done = _done(grant, **hidden)
    return Done(refs=done.refs | {"batch": batch.pk}, facts=done.facts)

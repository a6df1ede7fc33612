"""Step actions and known facts of Q-1.3.7: the list is compared, the sample drawn, the calls weighed; the quarter's sums are counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures.contracts import Done, StepContext
from renben.engines.procedures.models import Case
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.grants import guidance, guidance_payments
from renben.services.support.grants.steps import step_action


def _day(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _calls(rows: list[dict[str, Any]] | None, on: dt.date) -> list[guidance.Call]:
    return [
        guidance.Call(row["name"], row.get("tail") or "", _day(row.get("called_on")) or on, row.get("answer") or "")
        for row in rows or []
    ]


@step_action
def review(ctx: StepContext) -> Done:
    """审核材料, also of a claim that the check sent back."""
    given = ctx.facts
    lines = [
        guidance.Guided(row["name"], row["id_number"], _day(row.get("guided_on")), row.get("hours"))
        for row in given.get("guided") or []
    ]
    claim = guidance.review(
        case=ctx.case, institution=given.get("institution") or "", lines=lines, by=ctx.by, on=ctx.on
    )
    people = guidance.people_of(claim)
    left_out = "；".join(f"{row.name}：{row.reason}" for row in people if not row.is_counted)
    facts = {
        "reviewed_people": sum(row.is_counted for row in people),
        "rejected_reason": left_out,
        "sample_percent": claim.share_percent,
        "calls": calls(ctx.case) or [],
    }
    if claim.amount_fen is not None:
        facts["reviewed_amount"] = claim.amount_fen
    return Done(refs={"claim": claim.pk, "seed": claim.seed}, facts=facts)


@step_action
def phone_check(ctx: StepContext) -> Done:
    """电话抽查: whoever was drawn was reached and said it is true."""
    claim = guidance.claim_of(ctx.case)
    if claim is None:
        raise NotPossible(Why("no_claim", "材料还没有审核。", "请先办“审核材料”。"))
    held = guidance.check(claim=claim, calls=_calls(ctx.facts.get("calls"), ctx.on), by=ctx.by, on=ctx.on)
    return Done(refs={"claim": held.pk, "seed": held.seed}, facts={"sample_percent": held.share_percent})


@step_action
def report(ctx: StepContext) -> Done:
    """材料上报: the sums are those of the claims that passed; a quarter without any keeps what was typed."""
    sums = guidance.report(case=ctx.case, by=ctx.by)
    facts: dict[str, Any] = {"total_units": sums.units, "total_people": sums.people} if sums.units else {}
    if sums.units and sums.fen is not None:
        facts["total_amount"] = sums.fen
    return Done(facts=facts)


@step_action
def accounts(ctx: StepContext) -> Done:
    """核对账户: the list is that of the claims; without a standard only the money waits."""
    dues = guidance_payments.settle(case=ctx.case, lines=ctx.facts.get("account_list") or [])
    if not dues:
        return Done()
    return Done(facts={"total_amount": sum(due.fen or 0 for due in dues)})


def account_list(case: Case) -> list[dict[str, Any]] | None:
    """Whom to pay how much, from the claims of this report."""
    return guidance_payments.lines_of(case)


def _due(case: Case) -> guidance.Sums | None:
    found = guidance.unreported(case.organization)
    return guidance.sums_of(found) if found else None


def total_units(case: Case) -> int | None:
    """Institutions whose claims passed and are not reported yet."""
    sums = _due(case)
    return sums.units if sums else None


def total_people(case: Case) -> int | None:
    sums = _due(case)
    return sums.people if sums else None


def total_amount(case: Case) -> int | None:
    sums = _due(case)
    return sums.fen if sums else None


def institution(case: Case) -> str | None:
    """The street office that handed the claim up."""
    claim = guidance.claim_of(case)
    if claim is not None:
        return claim.institution
    return case.parent.organization.name if case.parent_id else None


def reviewed_people(case: Case) -> int | None:
    claim = guidance.claim_of(case)
    return sum(row.is_counted for row in guidance.people_of(claim)) if claim is not None else None


def sample_percent(case: Case) -> int | None:
    claim = guidance.claim_of(case)
    return claim.share_percent if claim is not None else None


def calls(case: Case) -> list[dict[str, Any]] | None:
    """Whom to call, drawn by the recorded seed; the day and the answer are to be filled in."""
    claim = guidance.claim_of(case)
    if claim is None:
        return None
    return [
        {
            "name": row.name,
            "tail": row.tail,
            "called_on": row.called_on.isoformat() if row.called_on else "",
            "answer": row.answer,
            "remark": "",
        }
        for row in guidance.drawn(claim)
    ]

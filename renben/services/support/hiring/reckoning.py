"""From the roster to amounts: each line is decided by rule, kept with its determination, and its months brought up to date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from renben.engines.rules.determinations import store
from renben.engines.rules.errors import NoStandardOnFile
from renben.kernel import clock
from renben.services.support.decision import retirement_day
from renben.services.support.hiring import checks
from renben.services.support.hiring.decision import KIND, Amount, Hired, HiringDecision, decide
from renben.services.support.hiring.models import HiringClaim, HiringMonth, HiringPerson

State = HiringMonth.State


def last_day(row: HiringPerson, on: dt.date) -> tuple[dt.date | None, str]:
    """The last day that counts for somebody and why: left the firm, or the statutory retirement age."""
    try:
        retires = retirement_day(row.person.sex, row.person.birth_on, on)
    except NoStandardOnFile:
        retires = None
    if row.left_on is not None and (retires is None or row.left_on < retires):
        return row.left_on, f"{row.left_on:%Y-%m-%d}离开单位（{row.left_reason or '未写情形'}）"
    if retires is not None:
        return retires - dt.timedelta(days=1), f"{retires:%Y-%m-%d}达到法定退休年龄"
    return None, ""


def facts_of(claim: HiringClaim, rows: Sequence[HiringPerson]) -> dict[int, Hired]:
    """The facts of each line as the files have them now, by the line's id."""
    against = checks.against(claim, rows)
    drawn = checks.drawn_before(claim, [row.person_id for row in rows])
    found = {}
    for row in rows:
        last_on, last_why = last_day(row, min(claim.ends_on, clock.today()))
        found[row.pk] = Hired(
            group=row.settled_group,
            contract_from=row.contract_from,
            contract_to=row.contract_to,
            wage_fen=row.wage_fen,
            base_fen=row.base_fen,
            first_month=claim.first_month,
            last_month=claim.last_month,
            items=claim.items,
            last_on=last_on,
            last_why=last_why,
            drawn=drawn.get(row.person_id, {}),
            against=against.get(row.person_id, {}),
        )
    return found


def _state_of(amount: Amount) -> str:
    if amount.fen is None:
        return State.WAITING
    return State.DUE if amount.fen else State.NONE


def lines_of(claim: HiringClaim) -> list[HiringPerson]:
    """The roster with whom it names and what was decided, in the order of entry."""
    return list(claim.people.select_related("person", "determination", "struck_by").order_by("id"))


def reckon(claim: HiringClaim, rows: Iterable[HiringPerson] | None = None, *, by: Any, keep: bool = False) -> None:
    """Decide each line anew by the facts and rules of today. Months already listed, paid or owed back stay as they are
    (`settling.review` compares those). `keep` stores the decisions as determinations."""
    lines = list(rows) if rows is not None else lines_of(claim)
    facts = facts_of(claim, lines)
    taken = checks.taken_elsewhere(claim, [row.person_id for row in lines])
    for row in lines:
        decision = decide(facts[row.pk], on=clock.today())
        _put_months(row, decision, taken)
        if keep:
            row.determination = store(
                person=row.person, kind=KIND, found=decision, decided_by=by, supersedes=row.determination
            )
            row.save(update_fields=["determination"])


def _put_months(row: HiringPerson, decision: HiringDecision, taken: dict[tuple[int, str, dt.date], str]) -> None:
    held = {(one.item, one.month): one for one in row.months.filter(part=0).order_by("id")}
    wanted = {(amount.item, amount.month): amount for amount in decision.amounts}
    for key, one in held.items():
        if key not in wanted and one.state in (State.NONE, State.WAITING, State.DUE):
            one.delete()
    for key, amount in wanted.items():
        one = held.get(key) or HiringMonth(row=row, person=row.person, item=amount.item, month=amount.month)
        if one.pk and one.state not in (State.NONE, State.WAITING, State.DUE):
            continue
        before = (one.fen, one.reason, one.state, one.waits_for_standard) if one.pk else None
        one.fen, one.reason, one.state = amount.fen, amount.reason[:400], _state_of(amount)
        one.waits_for_standard = amount.no_standard and not row.struck_reason
        if row.struck_reason:
            one.fen, one.reason, one.state = 0, f"不计算：{row.struck_reason}"[:400], State.NONE
        elif (firm := taken.get((row.person_id, *key))) is not None and one.state == State.DUE:
            one.fen, one.reason, one.state = 0, f"这个月的这一项已经由“{firm}”申请，不能重复", State.NONE
        if before != (one.fen, one.reason, one.state, one.waits_for_standard):
            one.save()

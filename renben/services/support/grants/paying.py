"""From the end of the notice to the list of payments: reported to the finance bureau, its reply, the lines handed over once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from renben.engines.payments import accounts
from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentAccount, PaymentBatch, PaymentLine
from renben.kernel import acts, audit, clock
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.grants import checks, noticing
from renben.services.support.grants.applying import counted, faults_of
from renben.services.support.grants.codes import heading_of
from renben.services.support.grants.models import Grant, GrantLine
from renben.services.support.months import first_of

State = Grant.State


@dataclass(frozen=True)
class Reply:
    """The finance bureau's approval and where the money goes."""

    on: dt.date
    number: str
    told_on: dt.date
    bank: str
    account_number: str
    holder: str


def _lock(grant: Grant) -> Grant:
    held = Grant.objects.select_for_update(of=("self",)).select_related("organization", "employer", "case")
    return held.get(pk=grant.pk)


def _moved(grant: Grant, action: str, by: Any, **detail: Any) -> Grant:
    grant.version += 1
    grant.save()
    audit.record(
        action=f"grant.{action}",
        subject=f"grant:{grant.pk}",
        detail={"state": grant.state, **detail},
        by=by,
        organization=grant.organization,
    )
    return grant


@acts.whole
def clear(*, grant: Grant, by: Any) -> Grant:
    """公示完毕: nothing speaks against it and the days are over. NotPossible says which day or which objection."""
    held = _lock(grant)
    noticing.demand_over(held)
    noticing.withdraw(held)
    held.state = State.CLEAR
    return _moved(held, "clear", by)


@acts.whole
def submit(*, grant: Grant, on: dt.date, number: str, by: Any) -> Grant:
    """报区财政局."""
    held = _lock(grant)
    if held.state not in (State.CLEAR, State.SUBMITTED):
        raise NotPossible(Why("grant_state", f"这一件现在是“{held.get_state_display()}”，还不能上报。"))
    if on > clock.today():
        raise NotPossible(Why("future", "报区财政局的日期还没到，请核对。"))
    held.state, held.submitted_on, held.letter_number = State.SUBMITTED, on, number[:60]
    return _moved(held, "submit", by, number=number)


@acts.whole
def hand_over(*, grant: Grant, reply: Reply, by: Any) -> PaymentBatch:
    """区财政批复: the account is the applicant's own and every counted line goes on the list of the month with its determination.

    NotPossible for a day to come or when something speaks against a person by now; PaymentRefused for a foreign account.
    Handing over again adds nothing.
    """
    held = _lock(grant)
    if held.state not in (State.SUBMITTED, State.LISTED):
        raise NotPossible(Why("grant_state", f"这一件现在是“{held.get_state_display()}”，还不能发放。"))
    if max(reply.on, reply.told_on) > clock.today():
        raise NotPossible(Why("future", "批复或通知的日期还没到，请核对。"))
    if noticing.open_objections(held):
        raise NotPossible(Why("open_objection", "还有异议没有答复，不能发放。", "请先查清、答复。"))
    if held.employer is not None and (against := checks.against_firm(held.employer, clock.today())):
        raise NotPossible(*against)
    lines = counted(held)
    account = _account(held, lines, reply, by)
    batch = _list(held, lines, account, month=first_of(reply.on), by=by)
    held.state, held.replied_on, held.reply_number = State.LISTED, reply.on, reply.number[:60]
    held.told_on = reply.told_on
    _moved(held, "hand_over", by, batch=batch.pk, total_fen=sum(line.amount_fen for line in lines))
    return batch


def _account(grant: Grant, lines: Sequence[GrantLine], reply: Reply, by: Any) -> PaymentAccount:
    given = {"holder": reply.holder, "bank": reply.bank, "number": reply.account_number, "by": by}
    if grant.employer is not None:
        return accounts.set_payee_account(owner=grant.employer, **given)
    return accounts.set_account(person=lines[0].person, **given)


def _list(
    grant: Grant, lines: Sequence[GrantLine], account: PaymentAccount, *, month: dt.date, by: Any
) -> PaymentBatch:
    """Put the lines on the draft list of the month; whoever stands on a list already keeps that one."""
    fresh = [line for line in lines if _is_free(line)]
    against = faults_of(grant, fresh) if fresh else {}
    if against:
        names = "、".join(line.person.name for line in fresh if line.person_id in against)
        raise NotPossible(Why("faults", f"比对提出了新的问题：{names}。", "请核实；属实的请退回重审。"))
    dues = [
        payments.Due(line.person_id, line.first_month, line.amount_fen, line.determination_id, account.pk)
        for line in fresh
    ]
    batch, made = payments.make_batch(
        heading=heading_of(grant.item), month=month, organization=grant.organization, dues=dues, by=by
    )
    by_person = {line.person_id: line for line in made}
    for line in fresh:
        if line.person_id not in by_person:
            text = f"{line.person.name}这一项、这个月已在别的名录里，不能重复发放。"
            raise NotPossible(Why("paid_already", text, "请退回重审，不予计算这个人。"))
        line.payment_line = by_person[line.person_id]
        line.save(update_fields=["payment_line"])
    return batch or PaymentBatch.objects.get(lines=lines[0].payment_line)


def _is_free(line: GrantLine) -> bool:
    """Not on a list, or on one from which the bank sent it back."""
    return line.payment_line is None or line.payment_line.state == PaymentLine.State.RETURNED


@acts.whole
def list_again(*, grant: Grant, holder: str, bank: str, number: str, by: Any) -> PaymentBatch:
    """重新列入: what the bank sent back goes on the list of this month, to the corrected account. NotPossible when nothing did."""
    held = _lock(grant)
    lines = counted(held)
    if held.state != State.LISTED or not any(_is_free(line) for line in lines):
        raise NotPossible(Why("nothing_back", "没有被银行退回的，不用重新列入。"))
    reply = Reply(held.replied_on, held.reply_number, held.told_on, bank, number, holder)
    batch = _list(held, lines, _account(held, lines, reply, by), month=first_of(clock.today()), by=by)
    _moved(held, "list_again", by, batch=batch.pk)
    return batch


def paid_fen(grant: Grant) -> int:
    """What has reached the applicant so far."""
    lines = grant.lines.filter(payment_line__state=PaymentLine.State.PAID)
    return sum(lines.values_list("payment_line__fen", flat=True))

"""列入名录: what was granted goes once onto the district's payment lists, to the firm's own account (decision 0013)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from renben.engines.payments import accounts
from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentAccount, PaymentBatch, PaymentLine
from renben.kernel import acts, clock, taskboard
from renben.kernel.models import Organization, Task
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.grants.checks import against_firm
from renben.services.support.hiring import reckoning
from renben.services.support.hiring.applying import demand, lock, moved, payable, trail
from renben.services.support.hiring.codes import HEADING, HEADINGS, Item
from renben.services.support.hiring.models import HiringClaim, HiringMonth
from renben.services.support.months import first_of

State = HiringClaim.State
BACK = "HiringListedAgain"


@dataclass(frozen=True)
class Account:
    """Where the firm's money goes, as it was given."""

    holder: str
    bank: str
    number: str


@acts.whole
def hand_over(
    *, claim: HiringClaim, organization: Organization, account: Account | None, by: Any
) -> list[PaymentBatch]:
    """What is due goes on the lists of this month, one list for each heading. Handing over again adds nothing.

    The facts are looked at once more. NotPossible when nothing is due or the firm is gone; PaymentRefused for a foreign account
    or when none is known.
    """
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)  # one desk at a time makes lists
    held = lock(claim)
    demand(held, State.APPROVED, State.LISTED)
    if against := against_firm(held.employer, clock.today()):
        raise NotPossible(*against)
    reckoning.reckon(held, by=by)
    if held.state == State.LISTED:  # what is due since then rests on facts and figures of today
        again = held.people.filter(months__state=HiringMonth.State.DUE).select_related("person", "determination")
        reckoning.reckon(held, again.distinct().order_by("id"), by=by, keep=True)
    rows = list(
        payable(held).select_for_update(of=("self",)).select_related("row__determination", "person").order_by("id")
    )
    if not rows:
        raise NotPossible(Why("nothing_due", "这份申请没有待拨付的月份。", "已经列入名录的不会再列一次。"))
    target = _account(held, account, by)
    batches = [batch for item in held.items if (batch := _list(item, rows, target, organization, by)) is not None]
    _clear_tasks(held)
    trail(held, "hand_over", by, batches=[batch.pk for batch in batches], total_fen=sum(row.fen for row in rows))
    moved(held, State.LISTED)
    return batches


def _account(claim: HiringClaim, given: Account | None, by: Any) -> PaymentAccount:
    if given is not None:
        return accounts.set_payee_account(
            owner=claim.employer, holder=given.holder, bank=given.bank, number=given.number, by=by
        )
    held = accounts.current_of([claim.employer]).get(claim.employer_id)
    if held is None:
        text = f"{claim.employer.name}没有登记收款账户。"
        raise NotPossible(Why("no_account", text, "请填单位的户名、开户银行和账号。"))
    return held


def _list(
    item: str, rows: list[HiringMonth], account: PaymentAccount, organization: Organization, by: Any
) -> PaymentBatch | None:
    """Put the months of one item on its list. NotPossible for a month that another list has already."""
    mine = [row for row in rows if row.item == item]
    if not mine:
        return None
    heading = HEADING[Item(item)]
    dues = [
        payments.Due(row.person_id, row.month, row.fen, row.row.determination_id, account.pk, row.part) for row in mine
    ]
    batch, lines = payments.make_batch(
        heading=heading, month=first_of(clock.today()), organization=organization, dues=dues, by=by
    )
    by_key = {line.key: line for line in lines}
    for row in mine:
        line = by_key.get(payments.payment_key(heading, row.person_id, row.month, row.part))
        if line is None:
            text = f"{row.person.name}{row.month:%Y年%m月}的{HEADINGS[heading]}已在别的名录里，不能重复发放。"
            raise NotPossible(Why("paid_already", text, "请核对是哪个单位申请的，再对这个人作不计算。"))
        row.state, row.payment_line, row.reason = HiringMonth.State.LISTED, line, ""
        row.save(update_fields=["state", "payment_line", "reason"])
    return batch


def _clear_tasks(claim: HiringClaim) -> None:
    """What the bank sent back, or what became due later, is on a list: nothing to do any more."""
    mine = Q(key__startswith=f"hiring.returned:{claim.pk}:") | Q(key__startswith=f"hiring.more:{claim.pk}:")
    for key in list(Task.objects.filter(mine, cleared_at=None).order_by("id").values_list("key", flat=True)):
        taskboard.clear(key=key, event=BACK, outcome="已列入名录")


def paid_fen(claim: HiringClaim) -> int:
    """What has reached the firm so far, recoveries not taken off."""
    lines = PaymentLine.objects.filter(pk__in=HiringMonth.objects.filter(row__claim=claim).values("payment_line"))
    return sum(lines.filter(state=PaymentLine.State.PAID).order_by().values_list("fen", flat=True))

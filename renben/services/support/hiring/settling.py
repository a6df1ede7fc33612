"""After the list: what the bank says, who left, what came to light late and what is owed back for it (拨付、退回、停发、追回、补发)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.kernel import acts, clock, events, taskboard
from renben.kernel.models import Task
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.hiring import messages, reckoning
from renben.services.support.hiring.applying import demand, lock, payable, trail
from renben.services.support.hiring.decision import Amount, decide
from renben.services.support.hiring.models import HiringClaim, HiringMonth, HiringPerson
from renben.services.support.hiring.paying import BACK

State = HiringMonth.State
RECOVERED, LEFT = "HiringRecovered", "HiringLeft"


def on_paid(event: events.PaymentListPaid) -> None:
    """The money of a list went out: its months are paid, and what is known by now against them is owed back."""
    rows = HiringMonth.objects.filter(payment_line__batch=event.batch_id, state=State.LISTED)
    claims = set(rows.order_by("id").values_list("row__claim_id", flat=True))
    rows.update(state=State.PAID)
    for claim in HiringClaim.objects.filter(pk__in=claims).select_related("employer", "organization").order_by("id"):
        review(claim=claim, by=None)


def on_returned(event: events.PaymentLinesReturned) -> None:
    """The bank sent lines back: their months are due again, and somebody asks the firm for the right account."""
    rows = HiringMonth.objects.filter(payment_line__in=event.line_ids).select_related(
        "payment_line", "row__claim__employer", "row__claim__organization"
    )
    for row in rows.order_by("id"):
        line, claim = row.payment_line, row.row.claim
        row.state, row.payment_line, row.owed_fen = State.DUE, None, 0
        row.reason = f"银行退回：{line.return_reason}"[:400]
        row.save(update_fields=["state", "payment_line", "owed_fen", "reason"])
        taskboard.open_task(
            key=f"hiring.returned:{claim.pk}:{line.batch_id}",
            title=f"核对{claim.employer.name}的收款账户",
            reason=f"{claim.period}的用人单位补贴被银行退回：{line.return_reason}。核对账户后重新列入名录。"[:300],
            organization=claim.organization,
            cleared_by=BACK,
            url=f"/hiring/{claim.pk}/",
        )
        messages.returned(claim, batch_id=line.batch_id, reason=line.return_reason)


def _settle_month(rows: list[HiringMonth], now: Amount | None) -> None:
    """Bring one month of one person in line with what it should bring today: a difference to pay is a part of its own, what was
    paid too much is owed back on the month itself. Nothing while a part is on its way or the amount cannot be told."""
    base, parts = rows[0], rows[1:]
    if base.state in (State.NONE, State.WAITING, State.DUE, State.LISTED) or now is None or now.fen is None:
        return
    if any(one.state == State.LISTED for one in parts):
        return
    out = [one for one in rows if one.state in (State.PAID, State.RECOVER, State.RECOVERED)]
    net = sum(one.fen - one.recovered_fen for one in out)
    more = now.fen - net
    due = next((one for one in parts if one.state == State.DUE), None)
    if more > 0:
        due = due or HiringMonth(
            row=base.row, person=base.person, item=base.item, month=base.month, part=rows[-1].part + 1, state=State.DUE
        )
        if due.fen != more:
            due.fen, due.reason = more, "补发差额：按今天的数据和标准应多发"
            due.save()
    elif due is not None:
        due.delete()
    before = (base.owed_fen, base.state, base.reason)
    base.owed_fen = max(0, -more)
    base.state = State.RECOVER if base.owed_fen else (State.RECOVERED if not net and base.recovered_fen else State.PAID)
    base.reason = now.reason[:400] if base.owed_fen else ""
    if before != (base.owed_fen, base.state, base.reason):
        base.save(update_fields=["owed_fen", "state", "reason"])


@acts.whole
def review(*, claim: HiringClaim, by: Any) -> list[HiringMonth]:
    """Compare what was paid with the facts and figures of today. Less due: the difference is owed back (追回). More due, or months
    that could not be paid before: they wait to be listed (补发). Running it again changes nothing. Returns the months that owe."""
    held = lock(claim)
    demand(held, HiringClaim.State.APPROVED, HiringClaim.State.LISTED)
    reckoning.reckon(held, by=by)
    lines = reckoning.lines_of(held)
    facts = reckoning.facts_of(held, lines)
    for row in lines:
        if row.struck_reason:
            continue
        now = {(one.item, one.month): one for one in decide(facts[row.pk], on=clock.today()).amounts}
        by_month: dict[tuple[str, dt.date], list[HiringMonth]] = {}
        for month in row.months.select_related("row", "person").order_by("part", "id"):
            by_month.setdefault((month.item, month.month), []).append(month)
        for key, rows in by_month.items():
            _settle_month(rows, now.get(key))
    owing = list(HiringMonth.objects.filter(row__claim=held, state=State.RECOVER).order_by("month", "id"))
    _tell(held, owing)
    _tell_more(held)
    return owing


def _tell_more(claim: HiringClaim) -> None:
    """A task for what became due after the list; hand_over clears it."""
    due = payable(claim)
    first = due.order_by("id").first()
    if claim.state != HiringClaim.State.LISTED or first is None:
        close_tasks(f"hiring.more:{claim.pk}:", event=BACK, outcome="没有要补发的了")
        return
    taskboard.open_task(
        key=f"hiring.more:{claim.pk}:{first.pk}",
        title=f"补发用人单位补贴：{claim.employer.name}"[:120],
        reason=f"{claim.period}有{due.count()}笔待补发，请核对后列入名录。",
        organization=claim.organization,
        cleared_by=BACK,
        url=f"/hiring/{claim.pk}/",
    )


def close_tasks(prefix: str, *, event: str, outcome: str) -> None:
    """Clear the open tasks whose key begins so."""
    keys = Task.objects.filter(key__startswith=prefix, cleared_at=None).order_by("id")
    for key in list(keys.values_list("key", flat=True)):
        taskboard.clear(key=key, event=event, outcome=outcome)


def _tell(claim: HiringClaim, owing: list[HiringMonth]) -> None:
    """One task for all that a firm owes back of one application; it goes when nothing is owed any more."""
    if not owing:
        close_tasks(f"hiring.recover:{claim.pk}:", event=RECOVERED, outcome="没有要追回的了")
        return
    total = sum(row.owed_fen for row in owing)
    taskboard.open_task(
        key=f"hiring.recover:{claim.pk}:{owing[0].pk}",
        title=f"追回多发的用人单位补贴：{claim.employer.name}",
        reason=f"{owing[0].reason}；共{len(owing)}笔，{total / 100:,.2f}元。"[:300],
        organization=claim.organization,
        cleared_by=RECOVERED,
        url=f"/hiring/{claim.pk}/",
    )


@acts.whole
def leave(*, row: HiringPerson, on: dt.date, reason: str, by: Any) -> list[HiringMonth]:
    """停发: the person's last day at the firm. Later months bring nothing; what went out for them is owed back."""
    claim = lock(row.claim)
    demand(claim, HiringClaim.State.DRAFT, HiringClaim.State.FIRST, *HiringClaim.GRANTED)
    if on > clock.today():
        raise NotPossible(Why("future", "最后在岗的日期还没到，请核对。"))
    if on < row.contract_from:
        raise NotPossible(Why("order", f"最后在岗的日期早于合同起始日期{row.contract_from:%Y-%m-%d}，请核对。"))
    held = claim.people.get(pk=row.pk)
    held.left_on, held.left_reason = on, reason.strip()[:200]
    held.save(update_fields=["left_on", "left_reason"])
    trail(claim, "leave", by, person=held.person_id, on=on)
    close_tasks(f"hiring.stopped:{held.pk}:", event=LEFT, outcome="已登记离开")
    if claim.state in HiringClaim.GRANTED:
        return review(claim=claim, by=by)
    reckoning.reckon(claim, by=by)
    return []


@acts.whole
def record_recovery(*, month: HiringMonth, fen: int, on: dt.date, note: str, by: Any) -> HiringMonth:
    """Money that came back, in one sum or in parts, with what proves it."""
    claim = lock(month.row.claim)
    held = HiringMonth.objects.select_for_update(of=("self",)).select_related("row__claim").get(pk=month.pk)
    if held.state != State.RECOVER:
        raise NotPossible(Why("not_owed", f"这一笔现在是“{held.get_state_display()}”，不用登记追回。"))
    if not 0 < fen <= held.owed_fen:
        raise NotPossible(Why("amount", f"还应追回{held.owed_fen / 100:,.2f}元，填的是{fen / 100:,.2f}元，请核对。"))
    if on > clock.today():
        raise NotPossible(Why("future", "追回日期还没到，请核对。"))
    if not note.strip():
        raise NotPossible(Why("no_note", "没有写追回的凭据。", "例如：银行进账单号。"))
    held.recovered_fen += fen
    held.owed_fen -= fen
    held.recovered_on, held.recovered_note = on, note.strip()[:200]
    if not held.owed_fen:
        held.state = State.RECOVERED if held.recovered_fen >= held.fen else State.PAID
    held.save()
    trail(claim, "recover", by, person=held.person_id, month=held.month, fen=fen)
    owing = list(HiringMonth.objects.filter(row__claim=claim, state=State.RECOVER).order_by("month", "id"))
    _tell(claim, owing)
    return held

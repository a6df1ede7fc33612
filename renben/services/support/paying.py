"""社会保险补贴发放名录: checked months that nothing speaks against, once for each person and month, and the bank's answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from renben.engines.payments import accounts, returns
from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.kernel import clock, taskboard
from renben.kernel.models import Organization, Task
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support import adjusting, crosschecks, planning
from renben.services.support.codes import DIFFERENCE, SUBSIDY
from renben.services.support.models import InsuranceSubsidy, SubsidyAdjustment, SubsidyMonth
from renben.services.support.months import first_of

State = SubsidyMonth.State
PAYABLE = (State.CHECKED, State.HELD, State.RETURNED)


@dataclass(frozen=True)
class Made:
    """What making the lists of a month did: the list of the month, that of differences, and the months held back."""

    batch: PaymentBatch | None
    differences: PaymentBatch | None
    held: list[SubsidyMonth]


def _due_rows(organization: Organization, month: dt.date) -> list[SubsidyMonth]:
    """Months up to `month` whose debit was right and which stand on no list, of everybody in the territory."""
    return list(
        SubsidyMonth.objects.select_for_update(of=("self",))
        .filter(
            subsidy__organization__path__startswith=organization.path,
            month__lte=month,
            is_debited=True,
            state__in=PAYABLE,
        )
        .select_related("subsidy", "person")
        .order_by("person_id", "month")
    )


def _hold(row: SubsidyMonth, reasons: Sequence[Why]) -> None:
    text = "；".join(why.text.rstrip("。") for why in reasons)[:300]
    if (row.state, row.reason) != (State.HELD, text):
        row.state, row.reason = State.HELD, text
        row.save(update_fields=["state", "reason", "amount_fen"])


@transaction.atomic
def make_month_lists(*, organization: Organization, month: dt.date, by: Any) -> Made:
    """The district's list of the month, with what is owed for earlier months (补发); repeating it adds nothing.

    Months that a cross-check speaks against are held back with the reason, and looked at again with the next list.
    """
    month, today = first_of(month), clock.today()
    if month > today:
        raise NotPossible(Why("future", f"{month:%Y年%m月}还没有到，不能提前生成名录。"))
    rows = _due_rows(organization, month)
    for row in rows:
        planning.revalue(row)
    against = crosschecks.faults(rows)
    for row, had in adjusting.had_besides(rows):
        row.amount_fen = (row.amount_fen or 0) - had
        if row.amount_fen <= 0:
            against.setdefault(row.pk, []).append(Why("settled", "这个月的钱已随补发差额付清。"))
    ready = [row for row in rows if row.pk not in against]
    for row in rows:
        if row.pk in against:
            _hold(row, against[row.pk])
    held_accounts = accounts.current({row.person_id for row in ready})
    dues = [
        payments.Due(
            row.person_id, row.month, row.amount_fen, row.subsidy.determination_id, held_accounts[row.person_id].pk
        )
        for row in ready
    ]
    batch, lines = payments.make_batch(heading=SUBSIDY, month=month, organization=organization, dues=dues, by=by)
    _list(ready, {line.key: line for line in lines})
    return Made(batch, _differences(organization, month, by), [row for row in rows if row.pk in against])


def _list(rows: Iterable[SubsidyMonth], lines: dict[str, PaymentLine]) -> None:
    for row in rows:
        line = lines.get(payments.payment_key(SUBSIDY, row.person_id, row.month))
        if line is None:
            row.state, row.reason = State.SKIPPED, "这个月已在别的名录中发放。"
        else:
            _clear_return(row)
            row.state, row.payment_line, row.reason = State.LISTED, line, ""
        row.save()


def _clear_return(row: SubsidyMonth) -> None:
    keys = Task.objects.filter(key__startswith=f"subsidy.returned:{row.pk}:", cleared_at=None).order_by("id")
    for key in keys.values_list("key", flat=True) if row.state in (State.RETURNED, State.HELD) else ():
        taskboard.clear(key=key, event="SubsidyListedAgain", outcome="已重新列入名录")


def _differences(organization: Organization, month: dt.date, by: Any) -> PaymentBatch | None:
    """补发差额 of months paid before, on a list of their own, each once; a person without an account waits, and so does a month
    the bank sent back: it is listed anew with all that is due."""
    paid = SubsidyMonth.objects.filter(subsidy=OuterRef("subsidy"), month=OuterRef("month"), state=State.PAID)
    owed = list(
        SubsidyAdjustment.objects.select_for_update(of=("self",))
        .filter(
            subsidy__organization__path__startswith=organization.path,
            kind=SubsidyAdjustment.Kind.DIFFERENCE,
            state=SubsidyAdjustment.State.OPEN,
        )
        .filter(Exists(paid))
        .select_related("subsidy")
        .order_by("id")
    )
    held = accounts.current({one.subsidy.person_id for one in owed})
    dues = [
        payments.Due(
            one.subsidy.person_id,
            one.month,
            one.fen,
            one.subsidy.determination_id,
            held[one.subsidy.person_id].pk,
            one.part,
        )
        for one in owed
        if one.subsidy.person_id in held
    ]
    batch, lines = payments.make_batch(heading=DIFFERENCE, month=month, organization=organization, dues=dues, by=by)
    by_key = {line.key: line for line in lines}
    for one in owed:
        line = by_key.get(payments.payment_key(DIFFERENCE, one.subsidy.person_id, one.month, one.part))
        if line is not None:
            one.state, one.payment_line = SubsidyAdjustment.State.LISTED, line
            one.save(update_fields=["state", "payment_line"])
    return batch


def confirm_list(*, batch: PaymentBatch, by: Any) -> PaymentBatch:
    """Fix a list. Whoever made it does not confirm it: NotPossible. PaymentRefused when it is empty or already fixed."""
    if batch.made_by_id is not None and batch.made_by_id == by.pk:
        raise NotPossible(Why("same_person", "名录由谁生成，就不能由谁确认。", "请换一位复核人员确认。"))
    return payments.confirm(batch=batch, by=by)


@transaction.atomic
def pay_list(*, batch: PaymentBatch, by: Any, on: dt.date) -> PaymentBatch:
    """Record that a confirmed list was paid in full, for an office whose bank sends no answer."""
    held = payments.mark_paid(batch=batch, on=on, by=by)
    _settle(held, by)
    return held


@transaction.atomic
def read_return(*, batch: PaymentBatch, results: Sequence[returns.Result], on: dt.date, by: Any) -> returns.Taken:
    """Read the bank's answer: what came through is paid, what came back is looked into and can be listed again."""
    if on > clock.today():
        raise NotPossible(Why("future", "发放日期还没到，请核对。"))
    taken = returns.take_return(batch=batch, results=results, on=on, by=by)
    back = {line.pk: line for line in taken.returned}
    rows = SubsidyMonth.objects.filter(payment_line__in=back).select_related("subsidy__organization", "person")
    for row in rows.order_by("id"):
        line = back[row.payment_line_id]
        row.state, row.payment_line = State.RETURNED, None
        row.reason = f"银行退回：{line.return_reason}"[:300]
        row.save()
        taskboard.open_task(
            key=f"subsidy.returned:{row.pk}:{line.pk}",
            title=f"核对 {row.person.name} 的收款账户",
            reason=f"{row.month:%Y年%m月}的社会保险补贴被银行退回：{line.return_reason}。请核对账户后重新发放。",
            organization=row.subsidy.organization,
            person=row.person,
            cleared_by="SubsidyListedAgain",
            url=f"/support/{row.subsidy_id}/",
        )
    SubsidyAdjustment.objects.filter(payment_line__in=back).update(
        state=SubsidyAdjustment.State.OPEN, payment_line=None
    )
    _settle(PaymentBatch.objects.get(pk=batch.pk), by)
    return taken


def _settle(batch: PaymentBatch, by: Any) -> None:
    """What was paid is drawn; late facts known since the list was fixed become 追回 or 补发; who has drawn all is done."""
    rows = SubsidyMonth.objects.filter(payment_line__batch=batch, state=State.LISTED)
    touched = set(rows.order_by("subsidy_id").values_list("subsidy_id", flat=True))
    rows.update(state=State.PAID)
    SubsidyAdjustment.objects.filter(payment_line__batch=batch, state=SubsidyAdjustment.State.LISTED).update(
        state=SubsidyAdjustment.State.DONE, settled_on=batch.paid_on
    )
    left = SubsidyMonth.objects.filter(subsidy__in=touched).exclude(state__in=(State.PAID, *SubsidyMonth.GONE))
    unfinished = set(left.order_by("subsidy_id").values_list("subsidy_id", flat=True))
    for subsidy in (
        InsuranceSubsidy.objects.filter(pk__in=touched).select_related("person", "organization").order_by("pk")
    ):
        if subsidy.pk not in unfinished and subsidy.state == InsuranceSubsidy.State.DRAWING:
            subsidy.state = InsuranceSubsidy.State.COMPLETED
            subsidy.version += 1
            subsidy.save(update_fields=["state", "version"])
        adjusting.review_paid(subsidy=subsidy, by=by)

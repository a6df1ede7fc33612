"""Payment lists: nobody is paid twice for one month, and the totals of a confirmed list cannot drift unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.kernel import audit, clock, events


class PaymentRefused(Exception):
    """The list cannot be changed, confirmed or paid. The text says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Due:
    """What a service hands over: one person, one month, an amount in whole fen and the determination behind it.

    `part` tells further sums for a month apart (补发): 0 is the month itself, each number is paid once.
    """

    person_id: int
    month: dt.date
    fen: int
    determination_id: int | None = None
    account_id: int | None = None
    part: int = 0


@dataclass(frozen=True)
class Control:
    """Control totals of a list. `hash` is SHA-256 over its lines in order of key."""

    count: int
    total_fen: int
    hash: str


def payment_key(heading: str, person_id: int, month: dt.date, part: int = 0) -> str:
    """The key that makes a second payment impossible: heading, person, month, and which further sum of the month."""
    return f"{heading}:{person_id}:{month:%Y-%m}" + (f":{part}" if part else "")


def part_of(key: str) -> int:
    """Which further sum of its month a key stands for."""
    return int((*key.split(":"), "0")[3])


def control_of(batch: PaymentBatch) -> Control:
    """Control totals computed from the lines as they stand."""
    digest, count, total = hashlib.sha256(), 0, 0
    for key, fen in batch.lines.order_by("key").values_list("key", "fen"):
        digest.update(f"{key}={fen}\n".encode())
        count += 1
        total += fen
    return Control(count, total, digest.hexdigest())


def _store_control(batch: PaymentBatch) -> None:
    control = control_of(batch)
    batch.count, batch.total_fen, batch.control_hash = control.count, control.total_fen, control.hash


@transaction.atomic
def make_batch(
    *, heading: str, month: dt.date, organization: Any, dues: Iterable[Due], by: Any
) -> tuple[PaymentBatch | None, list[PaymentLine]]:
    """Put what is due on the office's list of the month. Repeating it adds nothing.

    Whoever already stands on any list for the same heading and month is left out. New lines go to the draft list; when the
    list of the month is already confirmed a further one is begun. Returns the draft (or last) list and the new lines;
    (None, []) when there is nothing to pay and no list yet.
    """
    month = month.replace(day=1)
    batches = PaymentBatch.objects.select_for_update().filter(heading=heading, month=month, organization=organization)
    latest = batches.order_by("-sequence").first()
    wanted = {payment_key(heading, due.person_id, due.month, due.part): due for due in dues}
    standing = PaymentLine.objects.filter(key__in=wanted).exclude(state=PaymentLine.State.RETURNED)
    taken = set(standing.values_list("key", flat=True))
    fresh = {key: due for key, due in wanted.items() if key not in taken}
    if not fresh:
        return latest, []
    batch = latest if latest is not None and latest.state == PaymentBatch.State.DRAFT else None
    if batch is None:
        last = batches.aggregate(last=Max("sequence"))["last"] if latest is not None else 0
        batch = PaymentBatch.objects.create(
            heading=heading,
            month=month,
            organization=organization,
            sequence=last + 1,
            made_by=by,
            made_at=clock.now(),
        )
    lines = PaymentLine.objects.bulk_create(
        [
            PaymentLine(
                batch=batch,
                person_id=due.person_id,
                heading=heading,
                month=due.month.replace(day=1),
                fen=due.fen,
                determination_id=due.determination_id,
                account_id=due.account_id,
                key=key,
            )
            for key, due in sorted(fresh.items())
        ]
    )
    _store_control(batch)
    batch.save()
    audit.record(
        action="payments.make_batch",
        subject=f"payment_batch:{batch.pk}",
        detail={"heading": heading, "month": month, "added": len(lines), "total_fen": batch.total_fen},
        by=by,
        organization=organization,
    )
    return batch, lines


def _locked(batch: PaymentBatch, wanted: str, text: str) -> PaymentBatch:
    held = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state != wanted:
        raise PaymentRefused(text.format(state=held.get_state_display()))
    return held


@transaction.atomic
def drop_line(*, line: PaymentLine, reason: str, by: Any) -> None:
    """Take a line off a list that is not confirmed yet. PaymentRefused afterwards: then the money is recovered instead."""
    batch = _locked(line.batch, PaymentBatch.State.DRAFT, "名录{state}，不能再删人；多发的钱请按追回办理。")
    detail = {"key": line.key, "fen": line.fen, "reason": reason}
    line.delete()
    _store_control(batch)
    batch.save()
    audit.record(
        action="payments.drop_line",
        subject=f"payment_batch:{batch.pk}",
        detail=detail,
        by=by,
        organization=batch.organization_id,
    )


@transaction.atomic
def confirm(*, batch: PaymentBatch, by: Any) -> PaymentBatch:
    """Fix a list: from here on its lines and totals stay. PaymentRefused when it is empty or already fixed."""
    held = _locked(batch, PaymentBatch.State.DRAFT, "这份名录{state}，不用再确认。")
    _store_control(held)
    if not held.count:
        raise PaymentRefused("名录里没有人，不能确认。")
    held.state, held.confirmed_by, held.confirmed_at = PaymentBatch.State.CONFIRMED, by, clock.now()
    held.save()
    audit.record(
        action="payments.confirm",
        subject=f"payment_batch:{held.pk}",
        detail={"count": held.count, "total_fen": held.total_fen, "hash": held.control_hash},
        by=by,
        organization=held.organization_id,
    )
    return held


@transaction.atomic
def mark_paid(*, batch: PaymentBatch, on: dt.date, by: Any) -> PaymentBatch:
    """Record that the money went out on `on`. PaymentRefused unless confirmed and the totals still agree."""
    held = _locked(batch, PaymentBatch.State.CONFIRMED, "名录现在是“{state}”，确认后才能登记发放。")
    if control_of(held) != Control(held.count, held.total_fen, held.control_hash):
        raise PaymentRefused("名录与确认时的合计对不上，请联系系统管理员核查，先不要发放。")
    held.state, held.paid_on = PaymentBatch.State.PAID, on
    held.save()
    held.lines.filter(state=PaymentLine.State.DUE).update(state=PaymentLine.State.PAID)
    audit.record(
        action="payments.mark_paid",
        subject=f"payment_batch:{held.pk}",
        detail={"on": on, "total_fen": held.total_fen},
        by=by,
        organization=held.organization_id,
    )
    events.emit(events.PaymentListPaid(held.pk))
    return held

"""The bank's answer (回盘): every line of a list came through or did not. All of it is taken or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from renben.engines.payments.actions import PaymentRefused, mark_paid
from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.kernel import audit, events


@dataclass(frozen=True)
class Result:
    """What the bank says about one line: our number of the line, the amount in fen, and why it did not come through."""

    line_id: int
    fen: int
    is_paid: bool
    reason: str = ""


@dataclass(frozen=True)
class Taken:
    """What reading an answer did. `returned` are the lines that came back."""

    paid: int
    paid_fen: int
    returned: list[PaymentLine]

    @property
    def returned_fen(self) -> int:
        return sum(line.fen for line in self.returned)


def _problems(lines: dict[int, PaymentLine], results: Sequence[Result], *, whole: bool) -> list[str]:
    """Why an answer does not fit the list, one sentence each."""
    found, seen = [], set()
    for result in results:
        line = lines.get(result.line_id)
        if line is None:
            found.append(f"流水号{result.line_id}不在这一批里。")
            continue
        if result.line_id in seen:
            found.append(f"流水号{result.line_id}出现了两次。")
        if result.fen != line.fen:
            found.append(f"流水号{result.line_id}金额是{result.fen / 100:.2f}元，名录里是{line.fen / 100:.2f}元。")
        if not result.is_paid and not result.reason:
            found.append(f"流水号{result.line_id}没有发放成功，但没有写原因。")
        seen.add(result.line_id)
    if whole and (lacking := len(lines.keys() - seen)):
        found.append(f"回盘文件少了{lacking}笔，应有{len(lines)}笔。")
    return found


@transaction.atomic
def take_return(*, batch: PaymentBatch, results: Sequence[Result], on: dt.date, by: Any) -> Taken:
    """Read the bank's answer into a list. A confirmed list becomes paid and needs an answer for every line; on a paid one
    single lines may come back later. PaymentRefused names everything that does not fit, and then nothing is changed.

    A returned line keeps its number and its key; its month is free to be put on a new list. Returned again changes nothing.
    """
    held = PaymentBatch.objects.select_for_update().get(pk=batch.pk)
    if held.state == PaymentBatch.State.DRAFT:
        raise PaymentRefused("名录还没有确认，不会有银行回盘，请核对是不是选错了批次。")
    lines = {line.pk: line for line in held.lines.select_related("person").order_by("id")}
    is_first = held.state == PaymentBatch.State.CONFIRMED
    if problems := _problems(lines, results, whole=is_first):
        more = f"……共{len(problems)}处" if len(problems) > 8 else ""
        raise PaymentRefused("回盘文件与名录对不上，没有读入：" + "".join(problems[:8]) + more)
    if is_first:
        mark_paid(batch=held, on=on, by=by)
    returned = []
    for result in results:
        line = lines[result.line_id]
        if result.is_paid or line.state == PaymentLine.State.RETURNED:
            continue
        line.state, line.returned_on, line.return_reason = PaymentLine.State.RETURNED, on, result.reason[:200]
        line.save(update_fields=["state", "returned_on", "return_reason"])
        returned.append(line)
    paid = held.lines.filter(state=PaymentLine.State.PAID)
    taken = Taken(paid.count(), sum(paid.values_list("fen", flat=True)), returned)
    audit.record(
        action="payments.return_file",
        subject=f"payment_batch:{held.pk}",
        detail={"paid": taken.paid, "paid_fen": taken.paid_fen, "returned": [line.pk for line in returned]},
        by=by,
        organization=held.organization_id,
    )
    if returned:
        events.emit(events.PaymentLinesReturned(held.pk, tuple(line.pk for line in returned)))
    return taken

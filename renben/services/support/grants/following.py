"""What the bank says about a grant: money that came back is a task until it has reached the applicant after all (Q-1.3.6 资金发放)."""

from __future__ import annotations

from renben.engines.payments.models import PaymentLine
from renben.kernel import events, taskboard
from renben.kernel.models import Task
from renben.services.support.grants.models import Grant, GrantLine

PAID_AGAIN = "GrantPaidAgain"


def _prefix(grant: Grant) -> str:
    return f"grant.returned:{grant.pk}:"


def on_returned(event: events.PaymentLinesReturned) -> None:
    """Listener: somebody asks the applicant for the right account and lists the money again."""
    lines = GrantLine.objects.filter(payment_line__in=event.line_ids, is_struck=False)
    by_grant: dict[Grant, list[GrantLine]] = {}
    for line in lines.select_related("grant__organization", "grant__employer", "person", "payment_line").order_by("id"):
        by_grant.setdefault(line.grant, []).append(line)
    for grant, back in by_grant.items():
        who = grant.employer.name if grant.employer is not None else back[0].person.name
        total = sum(line.payment_line.fen for line in back) / 100
        taskboard.open_task(
            key=f"{_prefix(grant)}{event.batch_id}",
            title=f"核对{who}的收款账户",
            reason=f"{grant.get_item_display()}{len(back)}笔{total:,.2f}元被银行退回：{back[0].payment_line.return_reason}。"
            "请与申请人核对账户，重新列入名录，到账后自动办结。",
            organization=grant.organization,
            person=None if grant.employer is not None else back[0].person,
            cleared_by=PAID_AGAIN,
            url=f"/grants/{grant.pk}/",
        )


def on_paid(event: events.PaymentListPaid) -> None:
    """Listener: a grant all of whose lines have arrived needs no looking after any more."""
    grants = Grant.objects.filter(lines__payment_line__batch=event.batch_id).distinct().order_by("id")
    for grant in grants:
        standing = grant.lines.filter(is_struck=False)
        if standing.exclude(payment_line__state=PaymentLine.State.PAID).exists():
            continue
        for task in Task.objects.filter(key__startswith=_prefix(grant), cleared_at=None).order_by("id"):
            taskboard.clear(key=task.key, event=PAID_AGAIN, outcome="已重新发放到账")


def listen() -> None:
    """Connect the listeners; safe to call again."""
    events.listen(events.PaymentLinesReturned, on_returned)
    events.listen(events.PaymentListPaid, on_paid)

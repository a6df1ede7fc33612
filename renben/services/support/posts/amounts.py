"""What holds for every amount of a month: whether a signed list fixes it, how it leaves a draft, the task for what is owed back."""

from __future__ import annotations

from typing import Any

from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentBatch
from renben.kernel import taskboard
from renben.kernel.models import Task
from renben.services.support.posts.models import PostAmount, PostPlacement

State = PostAmount.State
RECOVERED_EVENT = "PostRecovered"


def is_settled(amount: PostAmount) -> bool:
    """On a list that is signed or paid, or on its way back: reckoned no more."""
    if amount.state in (State.WAITING, State.DUE):
        return False
    line = amount.payment_line
    return line is None or line.batch.state != PaymentBatch.State.DRAFT


def drop(amount: PostAmount, reason: str, by: Any) -> None:
    """An amount that is not due after all, off its draft list."""
    line = amount.payment_line
    amount.delete()
    if line is not None:
        payments.drop_line(line=line, reason=reason, by=by)


def tell_what_is_owed(placement: PostPlacement) -> None:
    """One task names all that somebody owes back as it stands now; it goes when nothing is owed any more."""
    rows = list(PostAmount.objects.filter(placement=placement, state=State.RECOVER).order_by("month", "heading", "id"))
    total = sum(one.fen for one in rows)
    prefix = f"public_post.recover:{placement.pk}:"
    key = f"{prefix}{total}-{max((one.pk for one in rows), default=0)}"
    outcome = "应追回的有变动，见新的待办" if rows else "已追回或不用追回"
    for other in Task.objects.filter(key__startswith=prefix, cleared_at=None).exclude(key=key).order_by("id"):
        taskboard.clear(key=other.key, event=RECOVERED_EVENT, outcome=outcome)
    if not rows:
        return
    months = sorted({one.month for one in rows})
    span = f"{months[0]:%Y年%m月}" + (f"至{months[-1]:%Y年%m月}" if len(months) > 1 else "")
    taskboard.open_task(
        key=key,
        title=f"追回多拨的公益性岗位待遇：{placement.person.name}",
        reason=f"{span}多拨{total / 100:,.2f}元，请追回：{rows[0].reason}"[:300],
        organization=placement.post.organization,
        person=placement.person,
        cleared_by=RECOVERED_EVENT,
        url=f"/posts/people/{placement.pk}/",
    )

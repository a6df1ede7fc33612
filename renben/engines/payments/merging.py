"""Payments of a merged person or firm: the lines and accounts go along; two payments for one month come to light."""

from __future__ import annotations

from typing import Any

from renben.engines.payments.actions import part_of, payment_key
from renben.engines.payments.models import PaymentAccount, PaymentLine
from renben.kernel import employer_merge, merge, taskboard
from renben.kernel.models import Employer, Person


def lines(kept: Person, merged: Person) -> dict[str, Any]:
    """Move each line and its key; a line whose month the kept file was paid for keeps its key and becomes a task."""
    moved, doubled = [], []
    for line in PaymentLine.objects.filter(person=merged).order_by("id"):
        key = payment_key(line.heading, kept.pk, line.month, part_of(line.key))
        standing = PaymentLine.objects.filter(key=key).exclude(state=PaymentLine.State.RETURNED)
        if line.state == PaymentLine.State.RETURNED:
            line.key = key
        elif standing.exists():
            doubled.append(line)
        else:
            line.key = key
        line.person = kept
        line.save(update_fields=["person", "key"])
        moved.append(line.pk)
    if doubled:
        taskboard.open_task(
            key=f"payments.doubled:{kept.pk}:{merged.pk}",
            title=f"核查 {kept.name} 的重复发放",
            reason=f"合并档案后发现{len(doubled)}个月在两份档案下都列发过：{'、'.join(f'{d.month:%Y-%m}' for d in doubled)}。"[
                :300
            ],
            organization=kept.organization,
            person=kept,
            cleared_by="DoublePaymentChecked",
        )
    return {"moved": moved, "note": f"doubled {[d.pk for d in doubled]}" if doubled else ""}


def accounts(kept: Person, merged: Person) -> dict[str, Any]:
    """Accounts go along; the kept file's own account stays the one in use."""
    rows = PaymentAccount.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    if PaymentAccount.objects.filter(person=kept, is_current=True).exists():
        rows.update(is_current=False)
    PaymentAccount.objects.filter(pk__in=moved).update(person=kept)
    return {"moved": moved}


def employer_accounts(kept: Employer, merged: Employer) -> dict[str, Any]:
    """The same for two files of one firm."""
    rows = PaymentAccount.objects.filter(employer=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    if PaymentAccount.objects.filter(employer=kept, is_current=True).exists():
        rows.update(is_current=False)
    PaymentAccount.objects.filter(pk__in=moved).update(employer=kept)
    return {"moved": moved}


def load() -> None:
    """Declare the relations of this engine to a person and to a firm."""
    merge.register("payments.PaymentLine.person", lines)
    merge.register("payments.PaymentAccount.person", accounts)
    employer_merge.register("payments.PaymentAccount.employer", employer_accounts)

"""一次性发给: what it would come to before anybody decides, and the payment with its reason and paper on the benefit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from renben.engines.payments.models import PaymentLine
from renben.kernel import clock
from renben.services.registration import benefits, paying
from renben.services.registration.codes import BENEFIT_FARM_LUMP_SUM
from renben.services.registration.models import BenefitMonth, UnemploymentBenefit

Month = BenefitMonth.State


@dataclass(frozen=True)
class Sum:
    """`fen` is None while a month has no standard; `months` are those it stands for (0 for a farm contract worker)."""

    fen: int | None
    months: int
    is_farm: bool


def is_payable(benefit: UnemploymentBenefit) -> bool:
    """Enrolled, running, and something is left that stands on no list yet."""
    if benefit.enrolled_on is None or benefit.state not in paying.PAYABLE:
        return False
    return benefit.heading == BENEFIT_FARM_LUMP_SUM or _left(benefit).exists()


def _left(benefit: UnemploymentBenefit) -> Any:
    return BenefitMonth.objects.filter(benefit=benefit, state__in=[Month.PLANNED, Month.BLOCKED])


def foresee(benefit: UnemploymentBenefit) -> Sum:
    """What `pay` would put on the list today; nothing is written."""
    if benefit.heading == BENEFIT_FARM_LUMP_SUM:
        return Sum(benefit.lump_sum_fen, 0, True)
    today = clock.today()
    known = [benefits.amount_of_month(benefit, row.month, row.index, today)[0] for row in _left(benefit)]
    return Sum(None if None in known else sum(known), len(known), False)


@transaction.atomic
def pay(*, benefit: UnemploymentBenefit, reason: str, paper: str, by: Any) -> PaymentLine:
    """Put the sum on the month's list and note on the benefit why, and on which paper. NotPossible as `pay_lump_sum`."""
    why = f"{reason.strip().rstrip('。')}。凭：{paper.strip()}"
    line = paying.pay_lump_sum(benefit=benefit, by=by, reason=why)
    held = benefits.lock(benefit)
    held.note = f"一次性发给：{why}"[:500]
    held.version += 1
    held.save()
    return line

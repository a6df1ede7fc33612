"""What a firm is told about its application, with the words of catalog/content/messages/hiring.yaml."""

from __future__ import annotations

from renben.engines.messaging import sending
from renben.services.support.hiring.applying import payable, total_fen
from renben.services.support.hiring.codes import Item
from renben.services.support.hiring.models import HiringClaim
from renben.services.support.messages import office_words


def _common(claim: HiringClaim) -> dict[str, str]:
    return {
        "period": claim.period,
        "items": "、".join(Item(item).label for item in claim.items),
        "office": office_words(claim.organization),
    }


def granted(claim: HiringClaim) -> None:
    """The second review is through: for how many, how much, and what the firm has to tell."""
    params = _common(claim) | {
        "count": claim.people.count(),
        "granted": payable(claim).order_by().values("person").distinct().count(),
        "total": f"{total_fen(claim) / 100:,.2f}",
    }
    sending.enqueue("hiring.granted", key=f"hiring.granted:{claim.pk}", employer=claim.employer, params=params)


def refused(claim: HiringClaim) -> None:
    """Nothing is granted, and why."""
    params = _common(claim) | {"reason": claim.refusal.rstrip("。")}
    sending.enqueue("hiring.refused", key=f"hiring.refused:{claim.pk}", employer=claim.employer, params=params)


def returned(claim: HiringClaim, *, batch_id: int, reason: str) -> None:
    """The bank sent the money back: the account is asked for."""
    params = _common(claim) | {"reason": reason.rstrip("。")}
    params.pop("items")
    key = f"hiring.returned:{claim.pk}:{batch_id}"
    sending.enqueue("hiring.returned", key=key, employer=claim.employer, params=params)

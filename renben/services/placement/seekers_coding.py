"""The trade behind the words of a wish: the machine proposes five of 职业分类大典2022, the person chooses."""

from __future__ import annotations

from typing import Any

from renben.engines.coding import occupations
from renben.kernel import acts, audit, events
from renben.services.placement.models import Seeker, SeekerWish
from renben.services.placement.seekers_acts import lock, proposals
from renben.services.registration.reasons import NotPossible, Why


def trade_name(code: str) -> str:
    """The name of a trade; the code itself when the table does not have it."""
    return occupations.tree().name(code)


@acts.whole
def choose(*, seeker: Seeker, wish_id: int, code: str, by: Any) -> SeekerWish:
    """The person says which trade is meant. NotPossible for a code that does not exist and a wish changed meanwhile."""
    held = lock(seeker)
    wish = held.wishes.filter(pk=wish_id).first()
    if wish is None:
        raise NotPossible(Why("stale", "这项意向刚刚改过。", "请在下面重新选。"))
    if code not in occupations.tree():
        raise NotPossible(Why("no_code", "没有这个职业代码。", "请从列出的里面选一个，或换个说法找。"))
    likely = {guess.code: round(100 * guess.confidence) for guess in proposals(wish.title)}
    wish.occupation, wish.confidence, wish.occupation_chosen = code, likely.get(code), True
    wish.save(update_fields=["occupation", "confidence", "occupation_chosen"])
    held.version += 1
    held.save(update_fields=["version"])
    audit.record(
        action="seeker.occupation",
        subject=f"person:{held.person_id}",
        detail={"seeker": held.pk, "wish": wish.rank, "code": code},
        by=by,
        organization=held.organization,
    )
    events.emit(events.SeekerChanged(seeker_id=held.pk))
    return wish

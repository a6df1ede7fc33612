"""推荐的人多: what an open vacancy pays in points for being shown to more people than it has places for, worked out each night.

The points stand as a part of their own in every score, so a clerk and a citizen read why a post has moved down.
"""

from __future__ import annotations

from django.db import transaction

from renben.engines.matching import congestion
from renben.kernel import clock
from renben.services.placement import matching
from renben.services.placement.matching_rows import context
from renben.services.placement.models import MatchingChange, Vacancy

COLUMN = "crowd"
THREADS = 2


def settle() -> dict[str, int]:
    """每晚: prices of all open vacancies from the wishes of all active registrations. A second run changes nothing.

    Returns `{"vacancies": n, "priced": how many pay, "changed": how many pay more or less than before}`.
    """
    held = matching.fresh(matching.OFFER)
    asking = matching.everybody(held.vocabulary)
    left = {one.pk: one.places_left for one in matching.open_vacancies()}
    prices = congestion.settle(held.matcher, COLUMN, asking, left, context(clock.today()), threads=THREADS)
    return {"vacancies": len(left), "priced": sum(map(bool, prices.values())), "changed": _keep(prices)}


@transaction.atomic
def _keep(prices: dict[int, int]) -> int:
    """Writes what differs and tells every index of it; a vacancy that is not open any more pays nothing."""
    paid = dict(Vacancy.objects.exclude(price=0).order_by("id").values_list("pk", "price"))
    wanted = {pk: price for pk, price in prices.items() if price}
    changed = [
        Vacancy(pk=pk, price=wanted.get(pk, 0)) for pk in sorted(paid | wanted) if paid.get(pk) != wanted.get(pk)
    ]
    Vacancy.objects.bulk_update(changed, ["price"], batch_size=1_000)
    now = clock.now()
    MatchingChange.objects.bulk_create([MatchingChange(side=matching.OFFER, number=one.pk, at=now) for one in changed])
    return len(changed)

"""What talks in the hall add to the numbers of a fair: people talked to at each booth (《洽谈过程记录表》, effect report)."""

from __future__ import annotations

from collections import defaultdict

from renben.services.placement.fairs import reporting
from renben.services.placement.fairs.models import Fair
from renben.services.placement.hall.models import Talk


def talked(fair: Fair) -> dict[int, set[int]]:
    """Booth → visitors its employer talked with in the net."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Talk.objects.filter(room__booth__fair=fair, met_at__isnull=False)
    for booth_id, visitor_id in rows.order_by("id").values_list("room__booth_id", "visitor_id"):
        found[booth_id].add(visitor_id)
    return found


def load() -> None:
    """Make fairs count them."""
    reporting.count_talks(talked)

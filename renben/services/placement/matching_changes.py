"""What changed since an index was built: every event leaves a note in the same transaction, every process reads the notes.

Transactions may end in another order than their notes were numbered, so the last stretch is read again until it is old enough;
reading a note twice does no harm.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Max

from renben.kernel import clock, events
from renben.services.placement.models import MatchingChange

STRETCH = 2_000
"""So many of the latest notes are looked at again for one that came late."""
KEEP = dt.timedelta(days=2)


@dataclass
class Seen:
    """The highest number read, and the numbers read of the last stretch."""

    last: int
    numbers: set[int] = field(default_factory=set)


def now() -> Seen:
    """Everything noted up to this moment is in the index about to be built; the last stretch is read again."""
    return Seen(MatchingChange.objects.aggregate(last=Max("id"))["last"] or 0)


def since(seen: Seen, side: str) -> list[int]:
    """Vacancies or registrations noted since the last call, each once."""
    rows = MatchingChange.objects.filter(id__gt=seen.last - STRETCH).order_by("id").values_list("id", "side", "number")
    fresh = [(pk, kind, number) for pk, kind, number in rows if pk not in seen.numbers]
    if fresh:
        seen.last = max(seen.last, fresh[-1][0])
        seen.numbers = {pk for pk in seen.numbers if pk > seen.last - STRETCH} | {pk for pk, _, _ in fresh}
    return list(dict.fromkeys(number for _, kind, number in fresh if kind == side))


def on_vacancy(event: events.VacancyChanged | events.VacancyFilled) -> None:
    MatchingChange.objects.create(side="offer", number=event.vacancy_id, at=clock.now())


def on_seeker(event: events.SeekerChanged) -> None:
    MatchingChange.objects.create(side="wish", number=event.seeker_id, at=clock.now())


def clean() -> int:
    """Notes that every process has read long since; how many. An index older than this is not kept anywhere."""
    return MatchingChange.objects.filter(at__lt=clock.now() - KEEP).delete()[0]


def load() -> None:
    """Listen from the start."""
    events.listen(events.VacancyChanged, on_vacancy)
    events.listen(events.VacancyFilled, on_vacancy)
    events.listen(events.SeekerChanged, on_seeker)

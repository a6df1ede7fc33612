"""What a fair brought: counted from its rows, by employer, for the report and its picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from renben.services.placement.fairs import visiting
from renben.services.placement.fairs.models import Fair, FairBooth, FairIntent

Talks = Callable[[Fair], Mapping[int, set[int]]]
"""Booth → visitors its employer talked with in the net."""
_talks: list[Talks] = []


def count_talks(source: Talks) -> None:
    """Have talks counted that are held elsewhere than in the hall; the same source again changes nothing."""
    if source not in _talks:
        _talks.append(source)


def online(fair: Fair) -> dict[int, set[int]]:
    """Booth → visitors its employer talked with in the net, from every source."""
    found: dict[int, set[int]] = {}
    for source in _talks:
        for booth_id, visitors in source(fair).items():
            found[booth_id] = found.get(booth_id, set()) | visitors
    return found


def met(booth: FairBooth) -> int:
    """到展位洽谈人数: people who agreed or talked in the net with this employer, each once."""
    return len(set(booth.intents.values_list("visitor_id", flat=True)) | online(booth.fair).get(booth.pk, set()))


@dataclass(frozen=True)
class Row:
    """One employer: places wanted, people it talked with in the net, people who agreed, people hired so far."""

    booth: FairBooth
    openings: int
    online: int
    intents: int
    hired: int


@dataclass(frozen=True)
class Report:
    """All numbers of a fair; `rows` in order of the booths."""

    rows: list[Row]
    booked: int
    came: int
    missed: int
    signed_up: int
    checked_in: int
    guided: int
    online: int
    receipts: int
    late: int

    @property
    def openings(self) -> int:
        return sum(row.openings for row in self.rows)

    @property
    def intents(self) -> int:
        return sum(row.intents for row in self.rows)

    @property
    def hired(self) -> int:
        return sum(row.hired for row in self.rows)


def report(fair: Fair) -> Report:
    """Shape: one row for each booth that was not given back."""
    state = FairIntent.State
    booths = list(
        FairBooth.objects.filter(fair=fair)
        .exclude(state=FairBooth.State.CANCELLED)
        .select_related("employer")
        .annotate(agreed=Count("intents"), taken=Count("intents", filter=Q(intents__state=state.HIRED)))
        .order_by("places")
    )
    talks = online(fair)
    rows = [
        Row(
            booth,
            openings=sum(one.headcount for one in visiting.vacancies_at(booth)),
            online=len(talks.get(booth.pk, ())),
            intents=booth.agreed,
            hired=booth.taken,
        )
        for booth in booths
    ]
    came = [booth for booth in booths if booth.state == FairBooth.State.ATTENDED]
    due = fair.receipts_due
    visitors = fair.visitors.aggregate(
        all=Count("id"),
        inside=Count("id", filter=~Q(checked_in_at=None)),
        guided=Count("id", filter=Q(was_guided=True)),
    )
    return Report(
        rows=rows,
        booked=len(booths),
        came=len(came),
        missed=sum(booth.state == FairBooth.State.NO_SHOW for booth in booths),
        signed_up=visitors["all"],
        checked_in=visitors["inside"],
        guided=visitors["guided"],
        online=len(set().union(*talks.values())),
        receipts=sum(booth.receipt_on is not None for booth in came),
        late=sum(bool(due and booth.receipt_on and booth.receipt_on > due) for booth in came),
    )

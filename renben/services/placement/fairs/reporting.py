"""What a fair brought: counted from its rows, by employer, for the report and its picture."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from renben.services.placement.fairs import visiting
from renben.services.placement.fairs.models import Fair, FairBooth, FairIntent


@dataclass(frozen=True)
class Row:
    """One employer: places wanted, people who agreed, people hired so far."""

    booth: FairBooth
    openings: int
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
    rows = [
        Row(booth, sum(one.headcount for one in visiting.vacancies_at(booth)), booth.agreed, booth.taken)
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
        receipts=sum(booth.receipt_on is not None for booth in came),
        late=sum(bool(due and booth.receipt_on and booth.receipt_on > due) for booth in came),
    )

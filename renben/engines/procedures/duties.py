"""定期职责: what the calendar asks of every office opens by itself, once for each office and period.

A duty is a case like any other; opening is idempotent (unique by procedure, office, duty and period) and cheap: the clock of
a period is computed once and written for all offices.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max

from renben.engines.procedures import deadlines, definitions, flow
from renben.engines.procedures.models import Case
from renben.engines.procedures.schema import Duty, Procedure
from renben.kernel import audit, clock, duedates, numbering
from renben.kernel.models import Organization
from renben.kernel.positions import PERIODS, parse_place, period_start, shift_months
from renben.kernel.workcalendar import WorkCalendar

MONTHS = "一二三四五六七八九十"


def period_text(period: str, start: dt.date) -> str:
    """A period as it is written: 2026年第三季度, 2026年上半年, 2026年11月, 2026年第47周, 11月23日."""
    if period == "year":
        return f"{start.year}年"
    if period == "half_year":
        return f"{start.year}年{'上' if start.month == 1 else '下'}半年"
    if period == "quarter":
        return f"{start.year}年第{MONTHS[(start.month - 1) // 3]}季度"
    if period == "month":
        return f"{start.year}年{start.month}月"
    if period == "week":
        year, week, _ = start.isocalendar()
        return f"{year}年第{week}周（{start.month}月{start.day}日起）"
    return f"{start.year}年{start.month}月{start.day}日"


def period_of(case: Case) -> str:
    """The period a case belongs to, in words; empty for a case that no duty opened."""
    if not case.duty or case.period_on is None:
        return ""
    duty = definitions.procedure_of(case.definition_id).duty(case.duty)
    return period_text(duty.period, case.period_on) if duty else ""


def current_duties() -> list[tuple[int, Procedure, Duty]]:
    """Every duty of the procedures in force, with the version it stands in."""
    return [(key, procedure, duty) for key, procedure in definitions.in_force() for duty in procedure.duties]


def next_period(period: str, start: dt.date) -> dt.date:
    """The first day of the period after the one that begins on `start`."""
    if period == "day":
        return start + dt.timedelta(days=1)
    if period == "week":
        return start + dt.timedelta(weeks=1)
    return shift_months(start, PERIODS[period])


def openings(duty: Duty, since: dt.date, until: dt.date, calendar: WorkCalendar) -> Iterator[tuple[dt.date, dt.date]]:
    """`(period_on, opens_on)` of the periods of a duty from the one that holds `since` on, as far as they have opened by
    `until`. A daily duty is owed on working days only."""
    start = since if duty.period == "day" else period_start(since, duty.period)
    while start <= until:
        opens = parse_place(duty.period, duty.opens).first_in(start) if duty.opens else start
        owed = not duty.months or start.month in duty.months
        if duty.period == "day":
            owed = owed and calendar.is_workday(start)
        if owed and opens <= until:
            yield start, opens
        start = next_period(duty.period, start)


@dataclass(frozen=True)
class Opened:
    """How many cases a run opened, and how many stood already."""

    opened: int
    standing: int


def open_due(until: dt.date | None = None, *, since: dt.date | None = None) -> Opened:
    """Open what every office owes up to and including `until` (today). A run again opens nothing.

    Each duty goes on from its last period that stands, so days on which nothing ran are made up for and an office that is new
    gets the running period too. A duty that never opened begins with the period that holds `until`, unless all its days in it
    have passed: nobody is late on the day the platform begins. `since` begins earlier and leaves nothing out.
    """
    until = until or clock.today()
    calendar = deadlines.calendar_in_force().with_strict(False)
    opened = standing = 0
    last = _last_periods()
    for definition_id, procedure, duty in current_duties():
        before = last.get((procedure.id, duty.key))
        for period_on, opens_on in openings(duty, since or before or until, until, calendar):
            if since is None and before is None and _is_over(procedure, duty, period_on, until, calendar):
                continue
            made, there = _open_period(definition_id, procedure, duty, period_on, opens_on, calendar)
            opened, standing = opened + made, standing + there
    return Opened(opened, standing)


def _is_over(procedure: Procedure, duty: Duty, period_on: dt.date, day: dt.date, calendar: WorkCalendar) -> bool:
    """Whether every limit of the duty in this period lies before `day`."""
    term = deadlines.Term(duty, period_on)
    dues = [deadlines.due_in_term(procedure.limit(place), term, calendar).on for place in duty.covers]
    return bool(dues) and max(dues) < day


def _last_periods() -> dict[tuple[str, str], dt.date]:
    rows = Case.objects.exclude(duty="").order_by().values_list("procedure_id", "duty").annotate(last=Max("period_on"))
    return {(procedure_id, duty): last for procedure_id, duty, last in rows}


@transaction.atomic
def _open_period(
    definition_id: int,
    procedure: Procedure,
    duty: Duty,
    period_on: dt.date,
    opens_on: dt.date,
    calendar: WorkCalendar,
) -> tuple[int, int]:
    with connection.cursor() as cursor:
        # Two workers at once: the second waits and then finds the cases standing.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"duty:{procedure.id}:{duty.key}:{period_on}"])
    owing = Organization.objects.filter(tier=procedure.tier, is_active=True).order_by("path")
    there = set(
        Case.objects.filter(procedure_id=procedure.id, duty=duty.key, period_on=period_on).values_list(
            "opened_organization_id", flat=True
        )
    )
    missing = [office for office in owing if office.pk not in there]
    if not missing:
        return 0, len(there)
    numbers = numbering.take("case", missing[0], opens_on, procedure.id, count=len(missing))
    term = deadlines.Term(duty, period_on)
    at = clock.now()
    first = flow.new_case(
        number=numbers[0],
        procedure_id=procedure.id,
        organization=missing[0],
        by=None,
        on=opens_on,
        at=at,
        definition=(definition_id, procedure),
        calendar=calendar,
        term=term,
    )
    # Every office has the same dates: the others are drawn from the first.
    others = (flow.alike(first, number, office) for number, office in zip(numbers[1:], missing[1:], strict=True))
    cases = flow.write_new([first, *others])
    audit.record(
        action="duty.open",
        subject=f"procedure:{procedure.id}",
        detail={"duty": duty.key, "period": period_on.isoformat(), "count": len(cases)},
        by=None,
        organization=None,
    )
    return len(cases), len(there)


def standing(office: Organization, first: dt.date, last: dt.date) -> set[tuple[str, str, dt.date]]:
    """`(procedure, duty, period_on)` of the duties of an office that have opened and may fall due between two days."""
    rows = Case.objects.filter(opened_organization=office, period_on__range=(first - dt.timedelta(days=400), last))
    return set(rows.exclude(duty="").order_by().values_list("procedure_id", "duty", "period_on"))


@dataclass(frozen=True)
class Planned:
    """A day on which a duty falls due for every office of a tier, whether or not its case has opened yet."""

    procedure: Procedure
    duty: Duty
    period_on: dt.date
    text: str
    due: duedates.Due


def planned(tier: str, first: dt.date, last: dt.date) -> list[Planned]:
    """What the calendar asks of offices of a tier between two days, both included, in order of the days."""
    calendar = deadlines.calendar_in_force().with_strict(False)
    found = []
    for _, procedure, duty in current_duties():
        if procedure.tier != tier:
            continue
        limits = [procedure.limit(place) for place in duty.covers]
        # Limits may lie in the period after the one they belong to (次季度首月5日), so begin a year before.
        since = first if duty.period == "day" else first - dt.timedelta(days=400)
        for period_on, _ in openings(duty, since, last, calendar):
            for limit in limits:
                due = deadlines.due_in_term(limit, deadlines.Term(duty, period_on), calendar)
                if first <= due.on <= last:
                    found.append(Planned(procedure, duty, period_on, limit.text, due))
    return sorted(found, key=lambda one: (one.due.on, one.procedure.id, one.duty.key))

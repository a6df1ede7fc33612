"""The work calendar as a table: what the district edits; the pure functions get an immutable copy of it."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from renben.kernel import rows
from renben.kernel.models import Setting, WorkDay
from renben.kernel.workcalendar import WorkCalendar, load_work_calendar, provisional_year

_VERSION = "calendar.version"
_cached: tuple[str, str, WorkCalendar] | None = None


def current() -> WorkCalendar:
    """The calendar in force. Held in the process until somebody changes the table (one short statement per call)."""
    global _cached
    version = str(rows.value(f"SELECT value::text FROM kernel_setting WHERE key = '{_VERSION}'"))
    database = str(connection.settings_dict["NAME"])
    if _cached is None or _cached[:2] != (version, database):
        days = WorkDay.objects.order_by("date").values_list("date", "is_work", "is_provisional")
        _cached = (version, database, WorkCalendar.from_rows(days))
    return _cached[2]


def touch() -> None:
    """Tell every process that the table changed. A value never used before: after a rollback no cache can match it."""
    Setting.objects.update_or_create(key=_VERSION, defaults={"value": secrets.token_hex(8)})


@transaction.atomic
def seed(path: Path | None = None, *, provisional_until: int | None = None) -> int:
    """Fill an empty table from the catalogue; following years as computed statutory days, 待国务院公布 (D-02)."""
    if WorkDay.objects.exists():
        return 0
    calendar = load_work_calendar(path or settings.CATALOG_DIR / "codes" / "work_calendar.csv")
    days = [
        WorkDay(date=day, is_work=is_work, name=name, source=source, is_provisional=False)
        for day, is_work, name, source in calendar.rows()
    ]
    last = days[-1].date.year
    for year in range(last + 1, (provisional_until or last + 2) + 1):
        days += [
            WorkDay(date=day, is_work=is_work, name=name, source="按法定节假日推算，待国务院公布", is_provisional=True)
            for day, is_work, name, _ in provisional_year(year).rows()
        ]
    WorkDay.objects.bulk_create(days, batch_size=2000)
    touch()
    return len(days)


def last_published() -> dt.date | None:
    return WorkDay.objects.filter(is_provisional=False).aggregate(last=Max("date"))["last"]

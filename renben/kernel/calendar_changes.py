"""Changes of the work calendar by the district: one day, or the year the State Council has announced (D-02)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import transaction

from renben.kernel import audit, calendar_table
from renben.kernel.models import WorkDay
from renben.kernel.textnorm import halfwidth

_LINE = re.compile(r"(\S+?)(?:(?:至|到|~)(\S+))?\s+(休|班)(?:\s+(.*))?")
_DAY = dt.timedelta(days=1)


def _is_plain(day: dt.date, is_work: bool) -> bool:
    """The day is as its weekday says, so it needs no row (1 January keeps one: it says that the year is on file)."""
    return is_work == (day.weekday() < 5) and (day.month, day.day) != (1, 1)


@transaction.atomic
def set_day(*, day: dt.date, is_work: bool, name: str, reason: str, by: Any) -> bool:
    """Make a day a working day or a day of rest. False when it is so already."""
    row = WorkDay.objects.select_for_update().filter(date=day).first()
    was_work = row.is_work if row else day.weekday() < 5
    if was_work == is_work and (row is None or row.name == name):
        return False
    if _is_plain(day, is_work):
        WorkDay.objects.filter(date=day).delete()
    else:
        WorkDay.objects.update_or_create(
            date=day, defaults={"is_work": is_work, "name": name, "source": reason[:64], "is_provisional": False}
        )
    calendar_table.touch()
    audit.record(
        action="calendar.day", subject=f"day:{day}", detail={"is_work": is_work, "name": name, "reason": reason}, by=by
    )
    return True


def parse_year(text: str, year: int) -> tuple[dict[dt.date, tuple[bool, str]], list[str]]:
    """Days of an announcement, one or a run per line: `2027-02-05至2027-02-11 休 春节` or `2027-02-14 班 春节调休`.

    Returns ({day: (is_work, name)}, problems in Chinese with the number of the line).
    """
    days: dict[dt.date, tuple[bool, str]] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        wanted = halfwidth(line).strip()
        if not wanted:
            continue
        match = _LINE.fullmatch(wanted)
        try:
            if match is None:
                raise ValueError
            first = dt.date.fromisoformat(match[1])
            last = dt.date.fromisoformat(match[2]) if match[2] else first
        except ValueError:
            problems.append(
                f"第 {number} 行看不懂：应写成“{year}-01-01 休 元旦”或“{year}-02-05至{year}-02-11 休 春节”。"
            )
            continue
        if first.year != year or last.year != year:
            problems.append(f"第 {number} 行不在 {year} 年。")
        elif last < first or (last - first).days > 31:
            problems.append(f"第 {number} 行的起止日期不对，请核对。")
        else:
            for offset in range((last - first).days + 1):
                days[first + offset * _DAY] = (match[3] == "班", (match[4] or "").strip())
    if not days and not problems:
        problems.append("请把放假安排粘贴进来，每行一天或一段。")
    if days and not problems and dt.date(year, 1, 1) not in days:
        problems.append(f"没有 {year}-01-01（元旦），请核对是不是漏贴了。")
    return days, problems


@transaction.atomic
def load_year(*, year: int, days: dict[dt.date, tuple[bool, str]], source: str, by: Any) -> list[dt.date]:
    """Replace a year by what was announced. Returns the days that are other than before."""
    before = calendar_table.current()
    WorkDay.objects.filter(date__year=year).delete()
    WorkDay.objects.bulk_create(
        WorkDay(date=day, is_work=is_work, name=name, source=source[:64], is_provisional=False)
        for day, (is_work, name) in sorted(days.items())
        if not _is_plain(day, is_work)
    )
    calendar_table.touch()
    after = calendar_table.current()
    every = [dt.date(year, 1, 1) + offset * _DAY for offset in range(366)]
    changed = [day for day in every if day.year == year and before.is_workday(day) != after.is_workday(day)]
    audit.record(
        action="calendar.year",
        subject=f"year:{year}",
        detail={"source": source, "rows": len(days), "changed": [str(day) for day in changed]},
        by=by,
    )
    return changed

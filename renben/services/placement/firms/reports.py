"""空岗报告 by period: what an agreement owes, what came (Q-1.1.2). Reading only; nobody types whether a firm has reported.

A period is a calendar month or quarter at whose end the agreement holds. Vacancies registered in it are the report; else what the
firm said of it (`Statement`) is.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from renben.kernel import calendar_table, settings_store
from renben.services.placement.firms.models import Statement, VacancyAgreement
from renben.services.placement.models import Vacancy

MONTHS = {VacancyAgreement.Rhythm.MONTH: 1, VacancyAgreement.Rhythm.QUARTER: 3}
WORDS = {
    "running": "本期还没到头", "vacancies": "报了空岗", "none": "说没有空岗", "late": "过后补报", "waiting": "等报告", "missing": "没有报告",
}  # fmt: skip
IN_TIME = ("vacancies", "none")
OPEN = ("running", "waiting", "missing")
"""States of a period of which the firm may still say something."""


@dataclass(frozen=True)
class Period:
    """One period `[start, end)`; `due_on` is the last day to report, `vacancies` how many posts were registered in it."""

    start: dt.date
    end: dt.date
    due_on: dt.date
    state: str
    vacancies: int = 0
    statement: Statement | None = None

    @property
    def word(self) -> str:
        return WORDS[self.state]

    @property
    def label(self) -> str:
        if (self.end - self.start).days > 31:
            return f"{self.start.year}年第{(self.start.month + 2) // 3}季度"
        return f"{self.start.year}年{self.start.month}月"


def period_start(day: dt.date, months: int) -> dt.date:
    """First day of the calendar month or quarter a day lies in."""
    return dt.date(day.year, (day.month - 1) // months * months + 1, 1)


def next_start(start: dt.date, months: int) -> dt.date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def spans(agreement: VacancyAgreement, today: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Periods begun by today at whose end the agreement holds, `[start, end)`, oldest first."""
    months, found = MONTHS[agreement.rhythm], []
    start = period_start(agreement.starts_on, months)
    while start <= today:
        end = next_start(start, months)
        if end - dt.timedelta(days=1) > agreement.last_day:
            break
        found.append((start, end))
        start = end
    return found


def last_report_day(end: dt.date) -> dt.date:
    """Last day to report a period that ended: so many days after it, on a rest day the next working day (D-01)."""
    day = end + dt.timedelta(days=int(settings_store.get("agreement.grace_days")) - 1)
    table = calendar_table.current()
    return day if table.is_workday(day) else table.next_workday(day)


def _state(count: int, said: Statement | None, end: dt.date, due_on: dt.date, today: dt.date) -> str:
    if count:
        return "vacancies"
    if said is not None:
        return "late" if said.kind == Statement.Kind.LATE or said.said_on > due_on else "none"
    if today < end:
        return "running"
    return "waiting" if today <= due_on else "missing"


def periods_of(agreements: Iterable[VacancyAgreement], today: dt.date) -> dict[int, list[Period]]:
    """Periods of each agreement by its key, oldest first. Two queries however many agreements."""
    held = list(agreements)
    said = {(one.agreement_id, one.period): one for one in Statement.objects.filter(agreement__in=held).order_by("id")}
    first = min((period_start(one.starts_on, MONTHS[one.rhythm]) for one in held), default=today)
    days: dict[int, Counter] = defaultdict(Counter)
    rows = Vacancy.objects.filter(employer__in={one.employer_id for one in held}, registered_on__gte=first)
    for employer_id, day in rows.order_by().values_list("employer_id", "registered_on"):
        days[employer_id][day] += 1
    due = {}
    answer: dict[int, list[Period]] = {}
    for one in held:
        lines = []
        for start, end in spans(one, today):
            due_on = due.get(end) or due.setdefault(end, last_report_day(end))
            count = sum(n for day, n in days[one.employer_id].items() if start <= day < end)
            statement = said.get((one.pk, start))
            lines.append(Period(start, end, due_on, _state(count, statement, end, due_on, today), count, statement))
        answer[one.pk] = lines
    return answer

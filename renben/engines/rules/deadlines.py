"""Last days of periods (deadline.*): counted on the strict calendar, so an unknown year is an error and not a guess (D-01, D-02)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from renben.kernel.workcalendar import CalendarMissing, WorkCalendar, load_work_calendar

from .errors import CalendarYearMissing, InputError
from .evaluation import Part
from .inputs import Input
from .parameters import Reader
from .registry import rule

EVENT_DATE = Input("event_date", "date", "起算日")
DAYS = Input("days", "int", "天数")
RULE = Input("rule", "text", "期限名称", None)
COUNTING = "民法典第二百零一条、第二百零三条；D-01"


def _calendar() -> WorkCalendar:
    return load_work_calendar(strict=True)


def _later(start: date, days: int) -> date:
    try:
        return start + timedelta(days=days)
    except OverflowError:
        raise InputError("out_of_range", "days", f"天数（days）过大：{days}。") from None


def _explain_working(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    text = f"{given['event_date']}当天不计，从第二天起数{given['days']}个工作日（含调休上班），最后一天是{answer['last_day']}。"
    return [Part("工作日期限", text, answer["last_day"].isoformat(), article=COUNTING)]


@rule(
    "deadline.working_days",
    label="按工作日计算的最后一天",
    basis=COUNTING,
    inputs=(EVENT_DATE, DAYS, RULE),
    explain=_explain_working,
    vectorised=False,
)
def working_days(p: Reader, event_date: date, days: int, rule: str | None) -> dict[str, date]:
    """``last_day``: the ``days``-th working day after the event. ``rule`` only names the period. CalendarYearMissing."""
    _later(event_date, days)
    try:
        return {"last_day": _calendar().add_working_days(event_date, days)}
    except CalendarMissing as error:
        raise CalendarYearMissing(str(error)) from error


def _explain_calendar(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    raw, last = answer["raw_last_day"], answer["last_day"]
    counted = f"{given['event_date']}当天不计，加{given['days']}天是{raw}。"
    parts = [Part("自然日期限", counted, raw.isoformat(), article=COUNTING)]
    if last != raw:
        text = f"{raw}不是工作日，顺延到下一个工作日{last}。"
        parts.append(Part("顺延", text, last.isoformat(), article=COUNTING))
    return parts


@rule(
    "deadline.calendar_days",
    label="按自然日计算的最后一天",
    basis=COUNTING,
    inputs=(EVENT_DATE, DAYS, RULE, Input("roll_forward_on_holiday", "bool", "遇休息日顺延", True)),
    explain=_explain_calendar,
    vectorised=False,
)
def calendar_days(
    p: Reader, event_date: date, days: int, rule: str | None, roll_forward_on_holiday: bool
) -> dict[str, date]:
    """``raw_last_day`` = event + days; ``last_day`` rolled to the next working day unless told otherwise. CalendarYearMissing."""
    raw = _later(event_date, days)
    if not roll_forward_on_holiday:
        return {"last_day": raw, "raw_last_day": raw}
    try:
        return {"last_day": _calendar().next_workday(raw), "raw_last_day": raw}
    except CalendarMissing as error:
        raise CalendarYearMissing(str(error)) from error

"""Days the regulation gives around a fair (Q-2.2.4), read from the procedure in force; none stands in code."""

from __future__ import annotations

import datetime as dt

from renben.engines.procedures import deadlines
from renben.engines.procedures.schema import Deadline
from renben.kernel import calendar_table, duedates
from renben.services.registration import limits

PROCEDURE = "Q-2.2.4"
ANNOUNCE, LOAD_SCREEN, COLLECT = ("announce", "announce"), ("announce", "load_screen"), ("feedback", "collect")


def _limit(where: tuple[str, str]) -> Deadline:
    return limits.deadline_of(PROCEDURE, *where)


def _due(where: tuple[str, str], start: dt.date) -> dt.date:
    return duedates.due(start, deadlines.rule_of(_limit(where)), calendar_table.current()).on


def announce_by(first_booked_on: dt.date) -> dt.date:
    """Last day to publish the news of a fair, counted from the first employer received (信息发布)."""
    return _due(ANNOUNCE, first_booked_on)


def screen_on(fair_on: dt.date) -> dt.date:
    """The working day before the fair, on which the hall's screen is loaded."""
    return _due(LOAD_SCREEN, fair_on)


def receipt_days() -> int:
    """Working days an employer has for its receipt."""
    return int(_limit(COLLECT).n or 0)


def receipts_by(ended_on: dt.date) -> dt.date:
    """Last day to have every 《用人单位反馈回执单》 on file (回执反馈)."""
    return _due(COLLECT, ended_on)

"""Figures of the regulations that a referral needs, read from the catalogue in force; none stands in code.

Pure but for reading procedures and parameters; no row of the database is touched.
"""

from __future__ import annotations

import datetime as dt

from renben.engines.procedures import deadlines
from renben.engines.procedures.schema import Deadline
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import duedates
from renben.kernel.models.organizations import Tier
from renben.kernel.workcalendar import WorkCalendar
from renben.services.placement.models import ReferralContact
from renben.services.registration import limits

Kind = ReferralContact.Kind
_COUNTER = ("Q-2.2.2", "follow_up", "visit")
_STATION = ("C-8.1.2.1", "follow_up", "ask_employer")
_WHERE: dict[tuple[str, str], tuple[str, str, str]] = {
    (Tier.STREET, Kind.PERSON): ("J-5.2.4", "match", "revisit"),
    (Tier.STREET, Kind.EMPLOYER): ("J-5.3.3", "follow", "revisit"),
    (Tier.COMMUNITY, Kind.PERSON): _STATION,
    (Tier.COMMUNITY, Kind.EMPLOYER): _STATION,
}
"""Procedure, step and limit by tier of the office and whom to ask. The district's counter asks both alike (Q-2.2.2); a station
asks the person on the day it asks the employer, because C-8.1.2.2 names no number (P-07)."""
FIRST_RETENTION = ("C-8.1.2.1", "follow_up", "visit_hired")
AFTER_EXPERT = ("Q-2.2.3", "follow_up", "visit")


def _limit(where: tuple[str, str, str]) -> Deadline:
    return limits.deadline_of(*where)


def contact_limit(tier: str, kind: str) -> Deadline:
    """The limit of the first call after a recommendation by an office of this tier."""
    return _limit(_WHERE.get((tier, kind), _COUNTER))


def contact_due(tier: str, kind: str, start: dt.date, calendar: WorkCalendar) -> dt.date:
    """The day on which somebody has to have asked, counted from the recommendation (accompanied: from the interview)."""
    return duedates.due(start, deadlines.rule_of(contact_limit(tier, kind)), calendar).on


def retention_days(hired_on: dt.date, calendar: WorkCalendar) -> list[dt.date]:
    """Days of the calls to somebody who found work, earliest first: within the month the regulation names, then P-07."""
    read = Reader(load_parameters(), hired_on)
    months = [int(read("placement.retention_second_months")), int(read("placement.retention_last_months"))]
    rules = [deadlines.rule_of(_limit(FIRST_RETENTION)), *(duedates.Within(n, "month") for n in months)]
    return [duedates.due(hired_on, rule, calendar).on for rule in rules]


def after_expert_due(start: dt.date, calendar: WorkCalendar) -> dt.date:
    """When somebody has to be asked how it went after an expert's guidance (Q-2.2.3 跟踪回访)."""
    return duedates.due(start, deadlines.rule_of(_limit(AFTER_EXPERT)), calendar).on


def expert_after() -> int:
    """So many failed referrals within one registration spell call for an expert (Q-2.2.2 跟踪回访, D-16)."""
    found = limits.procedure("Q-2.2.2").step("follow_up").thresholds
    return int(next(t.value for t in found if t.unit == "次"))


def interview_form(openings: int) -> str:
    """Where so many are interviewed (J-5.3.3 组织面试, D-14): `at_employer`, `platform` or `fair`."""
    small, middle = (t.value for t in limits.procedure("J-5.3.3").step("interview").thresholds)
    if openings <= small[1]:
        return "at_employer"
    return "platform" if openings <= middle[1] else "fair"


def interview_form_label(form: str) -> str:
    """The form of an interview in the words of the procedure."""
    field = limits.procedure("J-5.3.3").any_field("interview_form")
    return next(choice.label for choice in field.choices if choice.value == form)

"""The subsidies of the self-employed and of flexible workers look for people (Q-1.3.1, Q-1.3.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import numpy as np

from renben.engines.rules import searching
from renben.engines.rules.columns import Table, full_months
from renben.engines.rules.parameters import Reader
from renben.engines.rules.people import LONGEST_CAREER, has_reached_age, months_later
from renben.engines.rules.searching import Need, Search
from renben.kernel.models import LabourSpell
from renben.services.support.codes import DOMAIN, Kind

Status = LabourSpell.Status
WORKING_ALREADY = ("labour.status", "labour.since", "person.birth", "person.sex", "subsidy.months_before")


def _today(on: dt.date) -> np.datetime64:
    return np.datetime64(on, "D")


def _retirement(table: Table, reader: Reader) -> np.ndarray:
    """Statutory age in years of everybody."""
    female, male = reader("labour.retirement_age_female"), reader("labour.retirement_age_male")
    return np.where(table["person.sex"].values == "F", female, male)


def age(table: Table, on: dt.date, reader: Reader) -> np.ndarray:
    """Full years; a birth date nobody can have gives the nearest age the rules take."""
    return np.clip(full_months(table["person.birth"].values, _today(on)) // 12, 0, 150)


def months_at_work(table: Table, on: dt.date, reader: Reader) -> np.ndarray:
    return np.clip(full_months(table["labour.since"].values, _today(on)), 0, LONGEST_CAREER)


def days_at_work(table: Table, on: dt.date, reader: Reader) -> np.ndarray:
    days = (_today(on) - table["labour.since"].values).astype(np.int64)
    return np.clip(days, 0, LONGEST_CAREER * 31)


def months_to_retirement(table: Table, on: dt.date, reader: Reader) -> np.ndarray:
    retires = months_later(table["person.birth"].values, _retirement(table, reader) * 12)
    return np.clip(full_months(np.full(retires.size, _today(on)), retires), 0, LONGEST_CAREER)


def has_drawn(table: Table, on: dt.date, reader: Reader) -> np.ndarray:
    return table["subsidy.months_before"].values > 0


def working_as(status: str) -> Callable[[Table, dt.date, Reader], np.ndarray]:
    """In this kind of work now, and not of retirement age."""

    def among(table: Table, on: dt.date, reader: Reader) -> np.ndarray:
        birth, sex = table["person.birth"], table["person.sex"]
        retired = has_reached_age(birth.values, _retirement(table, reader), _today(on))
        is_known = birth.known & sex.known & (birth.values <= _today(on))
        return table["labour.status"].is_one_of([status]) & is_known & ~retired

    return among


def months_left(answer: Mapping[str, np.ndarray], table: Table) -> np.ndarray:
    """Whoever has drawn all months gets none any more."""
    return answer["months"] > table["subsidy.months_before"].values


def least_months(reader: Reader) -> int:
    """What is taken where the first day of business is not known: just enough, to be asked."""
    return reader("subsidy.self_employed.min_business_months")


def least_days(reader: Reader) -> int:
    return max(reader("subsidy.flexible.min_days_first"), reader("subsidy.flexible.min_days_again"))


SINCE = "从哪天起干的（营业执照日期，或干活的证明）"
AGE = Need(("person.birth",), derive=age)
SEX = Need(("person.sex",))
DISABILITY = Need(("person.disability",), "none")
REGISTERED = Need(("labour.is_registered_work",), True, "就业登记（查《就业失业登记证》）")
DRAWN = Need(("subsidy.months_before",), derive=has_drawn)

SELF_EMPLOYED = Search(
    key="subsidy.self_employed",
    label="自谋职业（自主创业）社会保险补贴",
    domain=DOMAIN[Kind.SELF_EMPLOYED],
    answer="eligible",
    procedure="J-4.3.2",
    whom="正在自谋职业（自主创业）、没到退休年龄的人",
    among=working_as(Status.SELF_EMPLOYED),
    standing="subsidy.standing",
    needs={
        "sex": SEX,
        "age": AGE,
        "disability": DISABILITY,
        "business_months": Need(("labour.since",), least_months, SINCE, derive=months_at_work),
        "employment_registered": REGISTERED,
        "archive_deposited": Need(("archive.is_deposited",), True, "档案是不是已经存放（存档证明）"),
        "enjoyed_before": DRAWN,
    },
    more=WORKING_ALREADY,
    still=months_left,
)
FLEXIBLE = Search(
    key="subsidy.flexible",
    label="灵活就业社会保险补贴",
    domain=DOMAIN[Kind.FLEXIBLE],
    answer="eligible",
    procedure="J-4.3.2",
    whom="正在灵活就业、没到退休年龄的人",
    among=working_as(Status.FLEXIBLE),
    standing="subsidy.standing",
    needs={
        "sex": SEX,
        "age": AGE,
        "disability": DISABILITY,
        "flexible_days": Need(("labour.since",), least_days, SINCE, derive=days_at_work),
        "again": DRAWN,
        "months_to_retirement": Need(("person.birth", "person.sex"), derive=months_to_retirement),
        "employment_registered": REGISTERED,
    },
    more=WORKING_ALREADY,
    still=months_left,
)


def load() -> None:
    """Make the searches known to the rules engine."""
    searching.register_search(SELF_EMPLOYED)
    searching.register_search(FLEXIBLE)

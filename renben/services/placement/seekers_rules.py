"""What the figures on file say about a seeker: who may register, how long a registration stands, what follows from the class.

Pure but for reading parameters and procedures of the catalogue; no database row is touched.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from renben.engines.procedures.schema_parts import Deadline
from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel.positions import shift_months
from renben.services.placement.codes import SeekerClass
from renben.services.registration import limits
from renben.services.registration.conditions import age_on
from renben.services.registration.reasons import Why

STREET, STATION, RECOMMENDING = "J-5.2.1", "C-8.1.1", "J-5.2.4"
STATION_ARTICLE = "顺义区规程第八章第一节（一）"


@dataclass(frozen=True)
class AgeAnswer:
    """`refused` names the article against registering; `notes` are told and change nothing."""

    age: int
    refused: tuple[Why, ...] = ()
    notes: tuple[str, ...] = ()


def judge_age(*, sex: str, birth_on: dt.date, on: dt.date, tier: str) -> AgeAnswer:
    """May somebody of this age register at an office of this tier (J-5.2.1: 年满16周岁; C-8.1.1: 在劳动年龄内)?

    Past retirement age the street explains and registers; the station's own procedure sends the person to the street.
    """
    read, age = Reader(load_parameters(), on), age_on(birth_on, on)
    least = read.version("labour.working_age_from")
    if age < least.value:
        return AgeAnswer(age, (_too_young(age, least.value, f"{least.document}{least.article}"),))
    try:
        retires = int(read("labour.retirement_age_female" if sex == "F" else "labour.retirement_age_male"))
    except NoStandardOnFile:
        return AgeAnswer(age)
    if age < retires:
        return AgeAnswer(age)
    if tier == "community":
        why = Why(
            "past_age",
            f"现为{age}周岁，已过法定退休年龄（{retires}周岁），社区（村）只给劳动年龄内的人登记。",
            "还想工作的，请到街（镇）社保所登记。",
            STATION_ARTICLE,
        )
        return AgeAnswer(age, (why,))
    note = f"现为{age}周岁，已过法定退休年龄（{retires}周岁）：可以登记；单位招用多按劳务约定，不再缴养老、失业保险，请先跟本人说清。"
    return AgeAnswer(age, notes=(note,))


def _too_young(age: int, least: int, article: str) -> Why:
    return Why(
        "too_young",
        f"现为{age}周岁，年满{least}周岁才能办求职登记。",
        "年满以后再来；之前可以参加职业培训和职业指导。",
        article,
    )


def valid_until(begins: dt.date) -> dt.date:
    """Last day of a registration that begins (or is renewed) on a day."""
    months = int(Reader(load_parameters(), begins)("placement.seeker_valid_months"))
    return shift_months(begins, months) - dt.timedelta(days=1)


def remind_until(on: dt.date) -> dt.date:
    """Registrations that end up to this day are asked about today."""
    return on + dt.timedelta(days=int(Reader(load_parameters(), on)("placement.seeker_remind_days")))


def revisit_limit() -> Deadline:
    """The limit of the visit after a recommendation (J-5.2.4 匹配推荐)."""
    return next(d for d in limits.procedure(RECOMMENDING).step("match").deadlines if d.key == "revisit")


def consequences(seeker_class: str) -> list[str]:
    """What follows for a class, in the words of the procedure in force (J-5.2.4)."""
    label = SeekerClass(seeker_class).label
    match = limits.procedure(RECOMMENDING).step("match")
    told = [branch.then for branch in match.branches if branch.condition == label]
    if seeker_class == SeekerClass.GENERAL:
        told.append(f"推荐以后{revisit_limit().n}个工作日内问结果。")
    return told

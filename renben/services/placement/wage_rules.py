"""What a wage offered comes to in a month, and whether it keeps to the minimum wage. Figures: catalog/policies/wage.

Pure: no database, no clock, no request. Importing registers the domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from renben.engines.rules.evaluation import Part, yuan, yuan_text
from renben.engines.rules.inputs import Input
from renben.engines.rules.parameters import Reader, Version, to_fen
from renben.engines.rules.registry import rule

PART, INTERN = "part", "intern"
WORK_KINDS = frozenset({"full", PART, "season", "dispatch", INTERN})
DAY, HOUR = "day", "hour"
PERIODS = frozenset({"month", DAY, HOUR, "piece"})
"""Codes of placement.codes.WorkKind and WagePeriod, written out: a rule starts without the framework (a test compares them)."""
MONTHS = 12
SCOPE = "《最低工资规定》第二条"
UNBOUND = (INTERN,)
"""Who is no employee yet: the minimum wage does not speak of 见习."""


@dataclass(frozen=True)
class Norms:
    """What a month of work is: paid days of a year, hours of a day, hours of a week and of a week of part-time work at most."""

    paid_days_year: int
    hours_day: int
    hours_week: int
    part_time_hours_week: int


def norms(p: Reader) -> Norms:
    """The norms in force on the reader's day."""
    names = ("paid_days_year", "hours_day", "hours_week", "part_time.hours_week_max")
    return Norms(*(p(f"wage.{name}") for name in names))


def month_hours(norms: Norms, *, work_kind: str, hours_week: int | None) -> Fraction:
    """Paid hours of a month: those of the week as written, else those of the norm of full-time or part-time work."""
    usual = norms.part_time_hours_week if work_kind == PART else norms.hours_week
    paid_days = Fraction(norms.paid_days_year, MONTHS)
    return paid_days * norms.hours_day * Fraction(hours_week or usual, norms.hours_week)


def month_fen(fen: int, *, period: str, work_kind: str, hours_week: int | None, norms: Norms) -> int:
    """A wage of a month, day or hour as whole fen of a month, half up. Piece work is written as what a month comes to."""
    if period == DAY:
        return _half_up(fen * Fraction(norms.paid_days_year, MONTHS))
    if period == HOUR:
        return _half_up(fen * month_hours(norms, work_kind=work_kind, hours_week=hours_week))
    return fen


def _half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


def _floor(p: Reader, work_kind: str) -> Version | None:
    """The minimum that binds this kind of work: by the hour for part-time, else by the month; None for who has none."""
    if work_kind in UNBOUND:
        return None
    return p.version("wage.minimum.part_time_hourly" if work_kind == PART else "wage.minimum.monthly")


def _compared(fen: int, period: str, work_kind: str, hours_week: int | None, wanted: Norms) -> Fraction:
    """The wage in the measure of its minimum: fen of an hour for part-time work, of a month else."""
    month = Fraction(month_fen(fen, period=period, work_kind=work_kind, hours_week=hours_week, norms=wanted))
    if work_kind != PART:
        return month
    if period == HOUR:
        return Fraction(fen)
    return month / month_hours(wanted, work_kind=work_kind, hours_week=hours_week)


def _tell_wage(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    parts = []
    if given["period"] in (DAY, HOUR):
        names = ["wage.paid_days_year"]
        if given["period"] == HOUR:
            names += ["wage.hours_day", "wage.hours_week"]
        low, high = yuan_text(to_fen(answer["month_low"])), yuan_text(to_fen(answer["month_high"]))
        parts.append(Part("折算", f"折成每月{low}至{high}。", None, tuple(p.version(name) for name in names)))
    floor = _floor(p, given["work_kind"])
    if floor is None:
        return [*parts, Part("最低工资", "见习不是劳动关系，不与最低工资比较。", None, article=SCOPE)]
    unit = "每小时" if given["work_kind"] == PART else "每月"
    least = yuan_text(to_fen(floor.value))
    if answer["below_minimum"]:
        text = f"工资下限低于本市最低工资（{unit}{least}），请把下限提高到{least}以上。"
        return [*parts, Part("最低工资", text, False, (floor,))]
    return [*parts, Part("最低工资", f"不低于本市最低工资（{unit}{least}）。", True, (floor,))]


@rule(
    "ad.wage",
    label="招聘工资核对",
    basis="《劳动法》第四十八条；《最低工资规定》第三条；劳社部发〔2008〕3号",
    inputs=(
        Input("low", "yuan", "工资下限"),
        Input("high", "yuan", "工资上限"),
        Input("period", "code", "计薪方式", codes=PERIODS),
        Input("work_kind", "code", "用工形式", codes=WORK_KINDS),
        Input("hours_week", "int", "每周工作小时", None, minimum=1, maximum=168),
    ),
    explain=_tell_wage,
    vectorised=False,
)
def wage(p: Reader, low_fen: int, high_fen: int, period: str, work_kind: str, hours_week: int | None) -> dict[str, Any]:
    """``month_low``, ``month_high``: yuan of a month; ``below_minimum``: whether the lower end is under the minimum wage."""
    wanted, floor = norms(p), _floor(p, work_kind)
    below = floor is not None and _compared(low_fen, period, work_kind, hours_week, wanted) < to_fen(floor.value)
    low, high = (
        month_fen(fen, period=period, work_kind=work_kind, hours_week=hours_week, norms=wanted)
        for fen in (low_fen, high_fen)
    )
    return {"month_low": yuan(low), "month_high": yuan(high), "below_minimum": below}

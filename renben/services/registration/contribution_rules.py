"""Months of contributions from the periods on record: what every benefit is counted on.

Pure: no database, no clock, no request. Importing registers the domain.
"""

from __future__ import annotations

from typing import Any

from renben.engines.rules.errors import InputError
from renben.engines.rules.evaluation import Part
from renben.engines.rules.inputs import Input, month_text
from renben.engines.rules.parameters import Reader
from renben.engines.rules.people import LONGEST_CAREER
from renben.engines.rules.registry import rule

from .benefit_rules import years_and_months

PERIODS = Input(
    "periods",
    "rows",
    "缴费记录",
    minimum=1,
    fields=(Input("first_month", "month", "起始月份"), Input("last_month", "month", "截止月份")),
)


def _checked(periods: tuple[dict[str, int], ...], today: int) -> list[tuple[int, int, int]]:
    """(first, last, number of the row) in order of time; InputError names the row that is upside down, in the future or overlaps."""
    ordered = sorted((row["first_month"], row["last_month"], number) for number, row in enumerate(periods, start=1))
    held = None
    for first, last, number in ordered:
        key = f"periods[{number}]"
        span = f"{month_text(first)}至{month_text(last)}"
        if last < first:
            raise InputError("out_of_range", key, f"第{number}段缴费{span}：截止月份早于起始月份。")
        if last > today:
            raise InputError("out_of_range", key, f"第{number}段缴费{span}：晚于判定的月份{month_text(today)}。")
        if held and first <= held[1]:
            other = f"{month_text(held[0])}至{month_text(held[1])}"
            raise InputError("out_of_range", key, f"第{number}段缴费{span}与第{held[2]}段{other}重叠，请核对。")
        held = (first, last, number)
    return ordered


def _tell(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    parts = [
        Part("缴费记录", f"{month_text(first)}至{month_text(last)}，{last - first + 1}个月。", last - first + 1)
        for first, last, _ in _checked(given["periods"], _month(p))
    ]
    months, run = answer["months"], answer["continuous_months"]
    text = f"累计缴费{years_and_months(months)}（{months}个月），其中到最后一个月为止连续缴费{run}个月。"
    return [*parts, Part("累计缴费", text, months)]


def _month(p: Reader) -> int:
    return p.date.year * 12 + p.date.month - 1


@rule(
    "ui.contributions",
    label="失业保险缴费月数",
    basis="北京市失业保险规定第十七条",
    inputs=(PERIODS,),
    explain=_tell,
    vectorised=False,
)
def contributions(p: Reader, periods: tuple[dict[str, int], ...]) -> dict[str, int]:
    """``months`` paid in all and ``continuous_months``, the unbroken run that ends with the last paid month."""
    ordered = _checked(periods, _month(p))
    months = sum(last - first + 1 for first, last, _ in ordered)
    if months > LONGEST_CAREER:
        raise InputError(
            "out_of_range", "periods", f"缴费记录（periods）合计{months}个月，超过{LONGEST_CAREER}个月，请核对。"
        )
    run = 0
    for position, (first, last, _) in enumerate(ordered):
        follows = position and first == ordered[position - 1][1] + 1
        run = (run if follows else 0) + last - first + 1
    return {"months": months, "continuous_months": run}

"""What a month on a public-benefit post costs: the rules of `public_post.*` asked once for a whole list (Q-1.3.5 资金拨付).

Pure: no database, no clock, no request. Money is whole fen. What has no standard on file stays None with its reason (D-11).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import evaluate_columns
from renben.engines.rules.exact import fraction, share
from renben.engines.rules.parameters import Parameters, Reader, load_parameters
from renben.services.support.months import first_of, shifted
from renben.services.support.posts.codes import WELFARE, Heading

INSURANCES = {"pension": "养老保险", "medical": "医疗保险", "unemployment": "失业保险", "maternity": "生育保险"}
SIDES = {"employer": "单位", "employee": "个人"}
PAID_MONTH = {Heading.HEATING: "public_post.heating_paid_month", Heading.COOLING: "public_post.cooling_paid_month"}
PROBATION = "还在试用期，期满后仍在岗的随后补发"


@dataclass(frozen=True)
class OnPost:
    """One person on a post as a month is reckoned. `last_on` is the last day on it as far as known; `key` names the row."""

    key: int
    base_fen: int
    floating_fen: int
    started_on: dt.date
    last_on: dt.date | None = None
    child_birth_on: dt.date | None = None


@dataclass(frozen=True)
class MonthPay:
    """What a month brings for one person. `due` is what goes out by heading (None while `reasons` says why it cannot be told);
    headings that bring nothing are left out. `lines` are both shares of every insurance (`pension_employer` …)."""

    key: int
    gross_fen: int
    failed: tuple[str, ...]
    lines: Mapping[str, int]
    own_fund_fen: int | None
    due: Mapping[str, int | None]
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def own_insurance_fen(self) -> int:
        """What the unit withholds from the wage for the person's insurances."""
        return sum(fen for name, fen in self.lines.items() if name.endswith("_employee"))

    @property
    def total_fen(self) -> int:
        """Everything that goes out and can be told."""
        return sum(fen for fen in self.due.values() if fen is not None)


def month_end(month: dt.date) -> dt.date:
    return shifted(month, 1) - dt.timedelta(days=1)


def is_on_post(row: OnPost, month: dt.date) -> bool:
    """Whether any day of the month was spent on the post: a month begun is a month (P-08)."""
    return row.started_on <= month_end(month) and (row.last_on is None or row.last_on >= first_of(month))


def _days(days: Sequence[dt.date | None]) -> np.ndarray:
    return np.array(["NaT" if day is None else day.isoformat() for day in days], dtype="datetime64[D]")


def average_monthly_fen(month: dt.date, parameters: Parameters) -> int:
    """社会平均工资 a month: the average of the year before ÷ 12, half up. NoStandardOnFile when none is published."""
    annual = Reader(parameters, dt.date(month.year - 1, 1, 1)).fen("wage.average.annual")
    return int(share(np.array([annual]), fraction(1) / 12)[0])


def insurance_lines(month: dt.date, parameters: Parameters | None = None) -> tuple[dict[str, int], str]:
    """Both shares of every insurance for a month, alike for everybody; or nothing and why not."""
    parameters = parameters or load_parameters()
    try:
        average = average_monthly_fen(month, parameters)
        reader = Reader(parameters, first_of(month))
        reader("public_post.pension_base_share")
    except NoStandardOnFile as error:
        return {}, str(error)
    columns = {"average_monthly_fen": np.array([average], dtype=np.int64)}
    answer = evaluate_columns("public_post.si", first_of(month), columns, parameters=parameters)
    if answer["no_standard"][0]:
        return {}, "这个月的保险核定比例没有现行标准"
    return {key.removesuffix("_fen"): int(value[0]) for key, value in answer.items() if key.endswith("_fen")}, ""


def pays_seasonal(month: dt.date, heading: str, parameters: Parameters | None = None) -> bool:
    """Whether heating or cooling money is handed out in this month."""
    try:
        return month.month == Reader(parameters or load_parameters(), month)(PAID_MONTH[Heading(heading)])
    except NoStandardOnFile:
        return False


def deposits_fund(month: dt.date, parameters: Parameters | None = None) -> bool:
    """Whether the housing fund of the months so far is deposited with this month."""
    try:
        return month.month % int(Reader(parameters or load_parameters(), month)("public_post.fund_deposit_months")) == 0
    except NoStandardOnFile:
        return False


def _amount(name: str, month: dt.date, parameters: Parameters) -> tuple[int | None, str]:
    """The sum a month of a welfare item, or why there is none."""
    try:
        return Reader(parameters, month_end(month)).fen(f"public_post.{name}_amount"), ""
    except NoStandardOnFile as error:
        return None, str(error)


def _welfare(
    rows: Sequence[OnPost], month: dt.date, on: dt.date, parameters: Parameters
) -> list[tuple[dict[str, int | None], dict[str, str]]]:
    """Due and reasons of the welfare headings, row by row."""
    columns = {
        "started_on": _days([row.started_on for row in rows]),
        "last_on": _days([row.last_on for row in rows]),
        "child_birth_on": _days([row.child_birth_on for row in rows]),
    }
    found = evaluate_columns("public_post.welfare", month_end(month), columns, parameters=parameters)
    if found["no_standard"].all():
        return [({}, {}) for _ in rows]
    waits = evaluate_columns("public_post.welfare", on, columns, parameters=parameters)["in_probation"]
    units = {
        Heading.HEATING: found["heating_months"] * pays_seasonal(month, Heading.HEATING, parameters),
        Heading.COOLING: found["cooling_months"] * pays_seasonal(month, Heading.COOLING, parameters),
        Heading.CHILD: found["only_child"] & np.array([is_on_post(row, month) for row in rows], dtype=bool),
    }
    names = {Heading.HEATING: "heating", Heading.COOLING: "cooling", Heading.CHILD: "only_child"}
    each = {heading: _amount(names[heading], month, parameters) for heading in WELFARE}
    answers = []
    for place in range(len(rows)):
        due: dict[str, int | None] = {}
        reasons: dict[str, str] = {}
        for heading in WELFARE:
            if not (count := int(units[heading][place])):
                continue
            fen, why = each[heading]
            due[heading] = None if fen is None or waits[place] else fen * count
            if due[heading] is None:
                reasons[heading] = why or PROBATION
        answers.append((due, reasons))
    return answers


def month_pay(
    rows: Sequence[OnPost], month: dt.date, *, on: dt.date, parameters: Parameters | None = None
) -> list[MonthPay]:
    """What `month` (its first day) brings for everybody of a list, judged on day `on` (probation is over by then or not).

    Wage limits, insurance and housing fund go by the rules of the month's first day, welfare by those of its last. The wage
    goes out less the person's own housing fund share, which is deposited with the unit's (P-09). Rows not on the post that
    month keep only seasonal money of the season they worked in.
    """
    if not rows:
        return []
    parameters, month = parameters or load_parameters(), first_of(month)
    money = {
        "base_fen": np.array([row.base_fen for row in rows], dtype=np.int64),
        "float_fen": np.array([row.floating_fen for row in rows], dtype=np.int64),
    }
    wage = evaluate_columns("public_post.wage", month, money, parameters=parameters)
    fund = evaluate_columns("public_post.housing_fund", month, {"base_fen": money["base_fen"]}, parameters=parameters)
    lines, why = insurance_lines(month, parameters)
    employer = sum(fen for name, fen in lines.items() if name.endswith("_employer")) if lines else None
    answers = []
    for place, (row, (due, reasons)) in enumerate(zip(rows, _welfare(rows, month, on, parameters), strict=True)):
        if not is_on_post(row, month):
            answers.append(MonthPay(row.key, 0, (), {}, None, due, reasons))
            continue
        failed, said = _wage_faults(wage, place)
        own = None if fund["no_standard"][place] else int(fund["employee_fen"][place])
        gross = row.base_fen + row.floating_fen
        due[Heading.WAGE] = None if said else gross - (own or 0)
        due[Heading.INSURANCE] = employer
        due[Heading.FUND] = None if said or own is None else own + int(fund["employer_fen"][place])
        reasons |= {
            heading: said or "住房公积金没有现行标准"
            for heading in (Heading.WAGE, Heading.FUND)
            if due[heading] is None
        }
        reasons |= {} if employer is not None else {Heading.INSURANCE: why}
        answers.append(MonthPay(row.key, gross, failed, lines, own, due, reasons))
    return answers


def _wage_faults(wage: Mapping[str, np.ndarray], place: int) -> tuple[tuple[str, ...], str]:
    """Codes and sentence of a wage that breaks the rule."""
    if wage["no_standard"][place]:
        return ("no_standard",), "最低工资没有现行标准"
    words = {"base": "基本工资低于当年最低工资", "float": "浮动工资超过规定的比例"}
    failed = tuple(code for code in words if wage[f"failed:{code}"][place])
    return failed, "；".join(words[code] for code in failed)

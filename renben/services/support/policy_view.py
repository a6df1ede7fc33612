"""What the subsidies tell the rules engine: their rows for a comparison, how a decision is made again, what is paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from django.db.models import Max

from renben.engines.rules import changing, register, reviewing
from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import yuan_text
from renben.engines.rules.models import Determination
from renben.engines.rules.register import Population, Rows, column
from renben.engines.rules.uses import parameters_of
from renben.services.support import claiming
from renben.services.support.codes import DOMAIN, Disability, Insurance, Kind
from renben.services.support.decision import AMOUNT, KIND, Claim, domain_inputs, subsidy_decision, wage_year_of
from renben.services.support.models import InsuranceSubsidy, SubsidyMonth

State = SubsidyMonth.State
UNLISTED = (State.PLANNED, State.CHECKED, State.HELD)
SETTLED = (State.LISTED, State.PAID, State.RETURNED, State.RECOVERED)
DAYS = ("birth_on", "started_on", "retire_on")


def unpaid_months(on: dt.date) -> Rows:
    """Months of running subsidies from a day on that stand on no list: a row for each insurance, judged by the month's day."""

    @cache
    def year_of(month: dt.date) -> int | None:
        try:
            return wage_year_of(month)
        except NoStandardOnFile:
            return None

    months = (
        SubsidyMonth.objects.filter(month__gte=on, state__in=UNLISTED, subsidy__state__in=InsuranceSubsidy.RUNNING)
        .order_by("subsidy_id", "month")
        .values_list("person_id", "subsidy__organization_id", "month", "subsidy__insurances")
    )
    rows = [
        (person, office, month, year, f"{insurance}_fen")
        for person, office, month, insurances in months.iterator(chunk_size=20_000)
        if (year := year_of(month)) is not None
        for insurance in insurances
    ]
    person, office, month, year, output = zip(*rows, strict=True) if rows else ((),) * 5
    return Rows(
        column(person, np.int64),
        column(office, np.int64),
        {"wage_year": column(year, np.int64)},
        column(month, "datetime64[D]"),
        column(output, "U20"),
    )


def applications(kind: Kind) -> Callable[[dt.date], Rows]:
    """Applications of a kind that no reply has come to yet, by what the rule asks of them on a day."""

    def load(on: dt.date) -> Rows:
        waiting = InsuranceSubsidy.objects.filter(kind=kind, state__in=InsuranceSubsidy.OPEN_TO_CHANGE)
        asked = [
            (subsidy.person_id, subsidy.organization_id, domain_inputs(claiming.claim_of(subsidy), on))
            for subsidy in waiting.select_related("person").order_by("person_id", "id")
        ]
        person, office, inputs = zip(*asked, strict=True) if asked else ((),) * 3
        names = inputs[0] if inputs else {}
        return Rows(
            column(person, np.int64),
            column(office, np.int64),
            {name: np.asarray([row[name] for row in inputs]) for name in names},
        )

    return load


POPULATIONS = (
    Population(
        "subsidy.months", "正在享受自谋职业、灵活就业补贴的人", AMOUNT, "从启用日期起、还没有列入名录的月份，按各人的险种。",
        unpaid_months, is_cost=True,
    ),
    *(
        Population(
            f"subsidy.waiting.{kind}", f"{kind.label}补贴：已受理、还没有批复的人", DOMAIN[kind], "按各人的情况看可享受的月数。",
            applications(kind),
        )
        for kind in Kind
    ),
)  # fmt: skip


def settled_until(parameter: str) -> dt.date | None:
    """The first day of the last month already listed or paid by an amount that rests on the parameter."""
    if parameter not in parameters_of(AMOUNT):
        return None
    return SubsidyMonth.objects.filter(state__in=SETTLED).order_by().aggregate(last=Max("month"))["last"]


def facts_now(determination: Determination) -> dict[str, Any]:
    """The facts of the claim as the files have them now; months drawn before stay as they were counted then."""
    subsidy = InsuranceSubsidy.objects.filter(determination=determination).select_related("person").first()
    person = determination.person
    facts: dict[str, Any] = {"sex": person.sex, "birth_on": person.birth_on.isoformat()}
    if subsidy is None:
        return facts
    return facts | {
        "disability": subsidy.disability,
        "started_on": subsidy.started_on.isoformat(),
        "retire_on": subsidy.retire_on.isoformat(),
        "is_registered": subsidy.is_registered,
        "is_archive_deposited": subsidy.is_archive_deposited,
        "insurances": list(subsidy.insurances),
    }


def again(inputs: Mapping[str, Any], as_of: dt.date) -> dict[str, Any]:
    """The decision on these inputs, by the parameters of a day."""
    given = {name: dt.date.fromisoformat(value) if name in DAYS else value for name, value in inputs.items()}
    first = dt.date.fromisoformat(f"{given.pop('first_month')}-01")
    claim = Claim(**{**given, "insurances": tuple(given["insurances"])})
    return subsidy_decision(claim=claim, first_month=first, on=as_of).as_json()


def said(result: Mapping[str, Any]) -> str:
    """The answer in one sentence to the person."""
    if not result.get("eligible"):
        return "您现在不能享受社会保险补贴"
    total = result.get("total")
    money = f"，合计{yuan_text(round(total * 100))}" if total is not None else ""
    return f"您可享受{result['months']}个月的社会保险补贴{money}"


def load() -> None:
    """Make all of it known to the rules engine."""
    for population in POPULATIONS:
        register.register_population(population)
    changing.register_settled(settled_until)
    reviewing.register_kind(
        reviewing.Kind(
            name=KIND,
            label="社会保险补贴判定",
            again=again,
            facts=facts_now,
            said=said,
            words={
                "kind": "补贴类别",
                "sex": "性别",
                "birth_on": "出生日期",
                "disability": "残疾程度",
                "started_on": "开始经营或灵活就业日期",
                "is_registered": "已办就业登记",
                "is_archive_deposited": "档案已存放",
                "insurances": "险种",
                "retire_on": "达到法定退休年龄日期",
                "used": "此前已享受月数",
                "again": "以前享受过",
                "first_month": "起始月",
                "eligible": "是否符合条件",
                "months": "月数",
                "total": "合计（元）",
            },
            values=dict([*Kind.choices, *Disability.choices, *Insurance.choices, ("F", "女"), ("M", "男")]),
        )
    )

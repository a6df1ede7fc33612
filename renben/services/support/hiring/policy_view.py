"""What these subsidies tell the rules engine: whom a changed figure concerns and what it costs, and how a decision is made again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet

from renben.engines.rules import changing, register, reviewing
from renben.engines.rules.evaluation import yuan_text
from renben.engines.rules.models import Determination
from renben.engines.rules.register import Population, Rows, column
from renben.services.support.hiring import reckoning
from renben.services.support.hiring.codes import Group, Item
from renben.services.support.hiring.decision import DOMAIN, KIND, contract_months, decide, hired_of
from renben.services.support.hiring.models import HiringClaim, HiringMonth, HiringPerson

State = HiringMonth.State
OUTPUT = {Item.SI: "amount_fen", Item.POST: "per_year_fen"}
ASKED = (*HiringClaim.OPEN, *HiringClaim.GRANTED)


def _columns(item: str, rows: Sequence[tuple[HiringPerson, dt.date]]) -> dict[str, np.ndarray]:
    """What the rule of an item asks of people, each with the month or day they are judged by."""
    if item == Item.SI:
        return {
            "wage_year": column((day.year - 1 for _, day in rows), np.int64),
            "actual_base_fen": column((row.base_fen for row, _ in rows), np.int64),
            "hardship": column((row.settled_group == Group.HARDSHIP for row, _ in rows), bool),
        }
    return {
        "contract_months": column((contract_months(row.contract_from, row.contract_to) for row, _ in rows), np.int64),
        "wage_fen": column((row.wage_fen for row, _ in rows), np.int64),
    }


def _rows(item: str, rows: Sequence[tuple[HiringPerson, dt.date]], *, by_day: bool) -> Rows:
    return Rows(
        column((row.person_id for row, _ in rows), np.int64),
        column((row.claim.organization_id for row, _ in rows), np.int64),
        _columns(item, rows),
        column((day for _, day in rows), "datetime64[D]") if by_day else None,
        column([OUTPUT[Item(item)]] * len(rows), "U20"),
    )


def unpaid(item: str, on: dt.date) -> Rows:
    """Months from a day on that stand on no list and come into question: due, or waiting for nothing but a standard."""
    months = HiringMonth.objects.filter(
        Q(state=State.DUE) | Q(state=State.WAITING, waits_for_standard=True),
        item=item, part=0, month__gte=on.replace(day=1), row__claim__state__in=ASKED,
    )  # fmt: skip
    rows = [(one.row, one.month) for one in months.select_related("row__claim").order_by("row_id", "month")]
    return _rows(item, rows, by_day=True)


def running(item: str, on: dt.date) -> Rows:
    """The newest line of everybody whose contract runs on the day, at the firm that asked last: what a month or year brings."""
    people: QuerySet[HiringPerson] = HiringPerson.objects.filter(
        Q(contract_to=None) | Q(contract_to__gte=on), contract_from__lte=on, left_on=None, struck_reason="",
        claim__state__in=HiringClaim.GRANTED, **{f"claim__asks_{item}": True},
    )  # fmt: skip
    rows = people.exclude(group=Group.NONE, confirmed_group="").exclude(confirmed_group=Group.NONE)
    newest = {row.person_id: row for row in rows.select_related("claim").order_by("claim__last_month", "id")}
    return _rows(item, [(newest[person], on) for person in sorted(newest)], by_day=False)


def _population(item: Item, *, is_cost: bool) -> Population:
    load = unpaid if is_cost else running
    words = {
        (Item.SI, True): "从启用日期所在月起、还没有列入名录的月份。",
        (Item.POST, True): "从启用日期所在月起满一年、还没有列入名录的。",
        (Item.SI, False): "合同还在履行的人，每人按启用那天算一个月。",
        (Item.POST, False): "合同还在履行的人，每人按启用那天算一年。",
    }
    label = f"用人单位{item.label}：" + ("还没有列入名录的" if is_cost else "正在补贴的人")
    return Population(
        f"hiring.{item}.{'unpaid' if is_cost else 'running'}", label, DOMAIN[item], words[item, is_cost],
        lambda on: load(item, on), is_cost=is_cost,
    )  # fmt: skip


POPULATIONS = tuple(_population(item, is_cost=is_cost) for item in Item for is_cost in (True, False))


def facts_now(determination: Determination) -> dict[str, Any]:
    """The facts of the line as the files have them now."""
    rows = HiringPerson.objects.filter(determination=determination).select_related("person", "claim__employer")
    row = rows.select_related("person", "claim__employer", "claim__organization").first()
    if row is None:
        return {}
    return decide(reckoning.facts_of(row.claim, [row])[row.pk], on=determination.as_of).inputs


def again(inputs: Mapping[str, Any], as_of: dt.date) -> dict[str, Any]:
    """The decision on these inputs, by the parameters of a day."""
    return decide(hired_of(inputs), on=as_of).as_json()


def said(result: Mapping[str, Any]) -> str:
    """The answer in one sentence, for the firm."""
    if not result.get("eligible"):
        return "这个人这一期没有可发的用人单位补贴"
    return f"招用这个人，单位这一期可得补贴{yuan_text(round(result['total'] * 100))}"


WORDS = {
    "group": "人员类别",
    "contract_from": "合同起始日期",
    "contract_to": "合同终止日期",
    "wage": "月工资（元）",
    "base": "缴费基数（元）",
    "first_month": "申请起始月",
    "last_month": "申请终止月",
    "items": "申请的补贴",
    "last_on": "最后计发日",
    "last_why": "为什么到那天",
    "drawn": "此前已享受",
    "against": "比对提出的问题",
    "eligible": "是否可以补贴",
    "months": "社保补贴月数",
    "years": "岗位补贴年数",
    "total": "合计（元）",
}


def load() -> None:
    """Make all of it known to the rules engine."""
    for population in POPULATIONS:
        register.register_population(population)
    changing.register_followed(KIND)
    reviewing.register_kind(
        reviewing.Kind(
            name=KIND,
            label="用人单位补贴判定",
            again=again,
            facts=facts_now,
            said=said,
            words=WORDS,
            values=dict([*Group.choices, *Item.choices]),
            compared=("eligible", "months", "years", "total"),
        )
    )

"""The months of a benefit as a table and as bars, and what a decision by the rules of today would change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.engines.rules.models import Determination
from renben.kernel import clock
from renben.services.registration.models import BenefitMonth, UnemploymentBenefit
from renben.services.registration.rules import benefit_decision

PLAN_STATE = "计划"
HEIGHT, BASE, STEP, LEFT = 120, 140, 34, 10


@dataclass(frozen=True)
class MonthRow:
    """One month as shown: `amount_fen` None without a standard on file; `mark` is 待核, 按现行标准, 无现行标准 or empty."""

    month: str
    index: int
    amount_fen: int | None
    document: str
    mark: str
    state: str
    state_label: str
    reason: str


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int
    label: str
    kind: str
    title: str


def months_of(benefit: UnemploymentBenefit) -> list[MonthRow]:
    """The months as they are planned or paid; before enrolment those of the determination."""
    schedule = (benefit.determination.result.get("schedule") or []) if benefit.determination else []
    decided = {row["month"]: row for row in schedule}
    planned = list(benefit.months.order_by("index"))
    if not planned:
        return [
            MonthRow(
                row["month"],
                row["index"],
                None if row["amount"] is None else round(row["amount"] * 100),
                row["document"],
                row["mark"] or ("无现行标准" if row["amount"] is None else ""),
                "plan",
                PLAN_STATE,
                "",
            )
            for row in schedule
        ]
    return [_planned(row, decided.get(f"{row.month:%Y-%m}", {})) for row in planned]


def _planned(row: BenefitMonth, decided: dict[str, Any]) -> MonthRow:
    future = row.month > clock.today()
    mark = "无现行标准" if row.amount_fen is None else decided.get("mark", "")
    if mark == "按现行标准" and not future:
        mark = ""
    return MonthRow(
        f"{row.month:%Y-%m}",
        row.index,
        row.amount_fen,
        decided.get("document", ""),
        mark,
        row.state,
        row.get_state_display(),
        row.blocked_reason,
    )


def bars(months: list[MonthRow]) -> dict[str, Any] | None:
    """A bar per month for an inline SVG: plain attributes, no style. None when there is nothing to draw."""
    known = [row.amount_fen for row in months if row.amount_fen]
    if not known:
        return None
    most = max(known)
    drawn = []
    for place, row in enumerate(months):
        height = round((row.amount_fen or most) / most * HEIGHT)
        kind = "bar-none" if row.amount_fen is None else "bar-paid" if row.state == "paid" else "bar"
        amount = "无现行标准" if row.amount_fen is None else f"{row.amount_fen / 100:.2f}元"
        drawn.append(
            Bar(
                LEFT + place * STEP,
                BASE - height,
                height,
                row.month[2:],
                kind,
                f"{row.month} {amount} {row.state_label}",
            )
        )
    return {"bars": drawn, "width": LEFT * 2 + STEP * len(months), "height": BASE + 20, "base": BASE + 14}


def comparison(determination: Determination) -> list[tuple[str, str, str]]:
    """(what, then, by the rules of today) for everything that would be different now; empty when nothing would."""
    inputs = dict(determination.inputs)
    if inputs.get("registered_on"):
        inputs["registered_on"] = dt.date.fromisoformat(str(inputs["registered_on"])[:10])
    fresh = benefit_decision(**inputs, as_of=clock.today()).as_json()["result"]
    stored = determination.result
    rows = []
    for key, label in (("eligible", "是否符合条件"), ("months", "月数"), ("total", "合计（元）")):
        before, now = stored.get(key), fresh.get(key)
        if key == "months" and "new_months" in stored:
            before = stored["new_months"]
        if before != now:
            rows.append((label, _said(before), _said(now)))
    then = {row["month"]: row["amount"] for row in stored.get("schedule") or []}
    for row in fresh["schedule"]:
        if row["month"] in then and then[row["month"]] != row["amount"]:
            rows.append((f"{row['month']} 金额（元）", _said(then[row["month"]]), _said(row["amount"])))
    return rows


def _said(value: Any) -> str:
    if value is None:
        return "无现行标准"
    return {True: "符合", False: "不符合"}.get(value, str(value)) if isinstance(value, bool) else str(value)

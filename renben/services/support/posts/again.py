"""A month on a public-benefit post made again from its facts, so that a corrected fact shows which determinations would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from renben.engines.rules import reviewing
from renben.engines.rules.evaluation import yuan, yuan_text
from renben.engines.rules.models import Determination
from renben.services.support.posts import money
from renben.services.support.posts.explaining import KIND, Told
from renben.services.support.posts.models import PostAmount
from renben.services.support.posts.sheets import on_posts, without_sheet

DAYS = ("started_on", "last_on", "child_birth_on")


def facts_now(determination: Determination) -> dict[str, Any]:
    """What sheet, agreement and file say about the month now; nothing for a determination that a later one of the same month
    stands for: its difference is listed already."""
    amount = PostAmount.objects.filter(determination=determination).select_related("placement").first()
    if amount is None:
        return {}
    of_month = PostAmount.objects.filter(placement=amount.placement_id, month=amount.month)
    if of_month.filter(determination_id__gt=determination.pk).exists():
        return {}
    (row,), reported = on_posts([amount.placement], amount.month)
    days = {name: getattr(row, name) for name in DAYS}
    return {
        "base": yuan(row.base_fen),
        "float": yuan(row.floating_fen),
        "reported": bool(reported),
        **{name: day.isoformat() if day is not None else None for name, day in days.items()},
    }


def again(inputs: Mapping[str, Any], as_of: dt.date) -> dict[str, Any]:
    """The month on these inputs, judged on a day."""
    days = {name: dt.date.fromisoformat(inputs[name]) if inputs.get(name) else None for name in DAYS}
    base, floating = (round(inputs[name] * 100) for name in ("base", "float"))
    row = money.OnPost(key=0, base_fen=base, floating_fen=floating, **days)
    month = dt.date.fromisoformat(f"{inputs['month']}-01")
    pay, has_sheet = money.month_pay([row], month, on=as_of)[0], inputs.get("reported", True)
    return Told(row, month, as_of, pay if has_sheet else without_sheet(pay), has_sheet).as_json()


def said(result: Mapping[str, Any]) -> str:
    """The answer in one sentence to the person."""
    return f"您这个月的公益性岗位待遇合计{yuan_text(round(result.get('total', 0) * 100))}"


def load() -> None:
    """Make the kind known to the rules engine."""
    reviewing.register_kind(
        reviewing.Kind(
            name=KIND,
            label="公益性岗位月待遇",
            again=again,
            facts=facts_now,
            said=said,
            words={
                "month": "月份",
                "base": "基本工资（元）",
                "float": "浮动工资（元）",
                "reported": "工资表已报",
                "started_on": "上岗日期",
                "last_on": "在岗最后一天",
                "child_birth_on": "独生子女出生日期",
                "gross": "应发工资（元）",
                "own_insurance": "个人保险（元）",
                "total": "拨付合计（元）",
            },
            compared=("gross", "own_insurance", "total"),
        )
    )

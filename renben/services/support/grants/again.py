"""A person's share of a district grant made again, so that a corrected list or figure shows which determinations would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from renben.engines.rules import reviewing
from renben.engines.rules.evaluation import evaluate, yuan_text
from renben.engines.rules.models import Determination
from renben.services.support.grants.codes import DOMAIN, Item
from renben.services.support.grants.models import GrantLine


def facts_now(determination: Determination) -> dict[str, Any]:
    """The line as it stands now; nothing for a determination no line rests on any more."""
    line = GrantLine.objects.filter(determination=determination, is_struck=False).select_related("grant").first()
    return {"item": line.grant.item, "months": line.months} if line is not None else {}


def again(inputs: Mapping[str, Any], as_of: dt.date) -> dict[str, Any]:
    """The amount on these inputs, by the figures of a day."""
    return evaluate(DOMAIN, as_of, dict(inputs)).as_json()


def said(result: Mapping[str, Any]) -> str:
    """The answer in one sentence."""
    amount = result.get("amount")
    return "这一项现在没有标准" if amount is None else f"这一项补贴奖励是{yuan_text(round(amount * 100))}"


def load() -> None:
    """Make the kind known to the rules engine."""
    reviewing.register_kind(
        reviewing.Kind(
            name=DOMAIN,
            label="区级补贴奖励",
            again=again,
            facts=facts_now,
            said=said,
            words={"item": "项目", "months": "月数", "amount": "金额（元）"},
            values=dict(Item.choices),
            compared=("amount",),
        )
    )

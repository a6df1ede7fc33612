"""失业保险金 looks for people: whose archive is in the district, who has no work and draws nothing yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from renben.engines.rules import searching
from renben.engines.rules.columns import Table
from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.parameters import Reader
from renben.engines.rules.searching import Need, Search

REGISTER_FIRST = "先到社保所办理失业登记"
SEEKS = "问清本人有没有求职要求"


def _without_work(table: Table, on: dt.date, reader: Reader) -> np.ndarray:
    """An archive of an unemployed person, and no work that is known of."""
    return table["archive.of_unemployed"].is_true() & ~table["labour.jobless"].is_false()


def months(inputs: Mapping[str, Any], on: dt.date) -> str:
    """For how long the benefit would be paid."""
    found = evaluate("ui.duration", on, {"contribution_months": inputs["contribution_months"]})
    return f"您可领取{found.result.get('months', 0)}个月失业保险金，因为以上条件都符合。"


def least_contribution(reader: Reader) -> int:
    """What is taken where the months paid in are not known: just enough, to be checked."""
    return reader("ui.eligibility.min_contribution_months")


def an_involuntary_reason(reader: Reader) -> str:
    return reader("ui.involuntary_reasons")[0]


UNEMPLOYMENT_BENEFIT = Search(
    key="ui.benefit",
    label="失业保险金",
    domain="ui.eligibility",
    answer="eligible",
    procedure="J-4.2.1",
    whom="缴过失业保险、现在没有工作的人",
    among=_without_work,
    standing="benefit.standing",
    needs={
        "contribution_months": Need(
            ("archive.contribution_months",), least_contribution, "失业保险累计缴费月数（查社保缴费记录）"
        ),
        "registered": Need(("registration.is_registered",), True, "失业登记的情况", first=REGISTER_FIRST),
        "seeks_work": Need(("registration.is_seeking",), True, SEEKS),
        "separation_reason": Need(
            ("archive.separation_reason",), an_involuntary_reason, "离职原因（看解除、终止劳动关系证明）"
        ),
    },
    more=("archive.of_unemployed", "labour.jobless"),
    conclude=months,
    carry=lambda inputs, on: {"wants_benefit": True},
)


def load() -> None:
    """Make the search known to the rules engine."""
    searching.register_search(UNEMPLOYMENT_BENEFIT)

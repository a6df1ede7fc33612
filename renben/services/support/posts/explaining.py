"""Why a month brings what it brings: the four rules told for one person, kept as a determination."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Determination, evaluate, ruleset_hash, yuan
from renben.engines.rules.parameters import load_parameters
from renben.services.support.posts import money

KIND = "public_post.month"


@dataclass(frozen=True)
class Told:
    """The month of one person with everything behind it, as it is stored."""

    row: money.OnPost
    month: dt.date
    on: dt.date
    pay: money.MonthPay
    has_sheet: bool

    def _asked(self) -> list[Determination]:
        row, month = self.row, self.month
        asked = []
        if money.is_on_post(row, month):
            base = row.base_fen / 100
            if self.has_sheet:
                asked.append(evaluate("public_post.wage", month, {"base": base, "float": row.floating_fen / 100}))
            try:
                average = money.average_monthly_fen(month, load_parameters()) / 100
                asked.append(evaluate("public_post.si", month, {"average_monthly": average}))
            except NoStandardOnFile:
                pass  # said under `missing` with the other reasons
            asked.append(evaluate("public_post.housing_fund", month, {"base": base}))
        days = {"started_on": row.started_on, "last_on": row.last_on, "child_birth_on": row.child_birth_on}
        given = {name: day.isoformat() for name, day in days.items() if day is not None}
        asked.append(evaluate("public_post.welfare", money.month_end(month), given))
        return asked

    def as_json(self) -> dict[str, Any]:
        """Amounts in yuan, both shares of each insurance, the parts with their articles, and what has no standard."""
        asked, pay = self._asked(), self.pay
        versions = {(one.name, one.valid_from): one for found in asked for one in found.parameters}
        return {
            "as_of": self.on.isoformat(),
            "inputs": {
                "month": f"{self.month:%Y-%m}",
                "base": yuan(self.row.base_fen),
                "float": yuan(self.row.floating_fen),
                "reported": self.has_sheet,
                "started_on": self.row.started_on.isoformat(),
                "last_on": self.row.last_on.isoformat() if self.row.last_on else None,
                "child_birth_on": self.row.child_birth_on.isoformat() if self.row.child_birth_on else None,
            },
            "result": {
                "gross": yuan(pay.gross_fen),
                "failed": list(pay.failed),
                "lines": {name: yuan(fen) for name, fen in pay.lines.items()},
                "own_insurance": yuan(pay.own_insurance_fen),
                "own_fund": None if pay.own_fund_fen is None else yuan(pay.own_fund_fen),
                "total": yuan(pay.total_fen),
                "due": {heading: None if fen is None else yuan(fen) for heading, fen in pay.due.items()},
            },
            "parts": [part.as_json() for found in asked for part in found.parts],
            "parameters": [one.as_json() for one in versions.values()],
            "missing": [f"{heading}：{text}" for heading, text in pay.reasons.items()],
            "ruleset": ruleset_hash(),
        }

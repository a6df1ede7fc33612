"""The comparison of a change as a page shows it: counts, money, streets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from renben.engines.rules import changing
from renben.engines.rules.models import ParameterChange
from renben.engines.rules.register import Outcome, compare, populations_of
from renben.kernel.models import Organization


@dataclass(frozen=True)
class Compared:
    """One population before and after. `streets` names the street of every office; sums are fen, months or people."""

    outcome: Outcome
    gains: int
    loses: int
    people: int
    unknown: int
    before: int
    after: int
    by_street: list[dict[str, Any]]
    streets: dict[int, str]

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def unit(self) -> str:
        return "元" if self.outcome.in_money else "个月" if self.outcome.in_months else "人"


def _streets() -> dict[int, str]:
    """The street above every office, by its key; the office itself where there is no street above it."""
    offices = list(Organization.objects.order_by("path").values_list("pk", "path", "tier", "short_name"))
    named = {path: short for _, path, tier, short in offices if tier == "street"}
    found = {}
    for pk, path, _, short in offices:
        parts = path.strip("/").split("/")
        above = ("/".join(parts[:count]) + "/" for count in range(len(parts), 0, -1))
        found[pk] = next((named[one] for one in above if one in named), short)
    return found


def compared_with(change: ParameterChange) -> list[Compared]:
    """Every population whose rules read the parameter, without the change and with it."""
    populations = populations_of(change.parameter)
    if not populations:
        return []
    before, streets = changing.before_change(change), _streets()
    after = changing.with_change(before, change)
    return [_told(compare(one, before=before, after=after, on=change.valid_from), streets) for one in populations]


def _told(outcome: Outcome, streets: dict[int, str]) -> Compared:
    sums: dict[str, dict[str, Any]] = {}
    for office, gains, loses, before, after in outcome.by_office():
        street = streets.get(office, "其他")
        row = sums.setdefault(street, {"street": street, "gains": 0, "loses": 0, "difference": 0})
        row["gains"] += gains
        row["loses"] += loses
        row["difference"] += after - before
    before, after = outcome.totals()
    return Compared(
        outcome=outcome,
        gains=int(outcome.gains.sum()),
        loses=int(outcome.loses.sum()),
        people=int(outcome.person.size),
        unknown=int(outcome.unknown.sum()),
        before=before,
        after=after,
        by_street=sorted(sums.values(), key=lambda row: row["street"]),
        streets=streets,
    )

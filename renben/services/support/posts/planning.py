"""用款计划: what the next quarter will cost with the people on the posts today, month by month under the rules on file (Q-1.3.5 资金申请)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from renben.kernel.models import Organization
from renben.services.support.months import shifted
from renben.services.support.posts import money
from renben.services.support.posts.codes import WELFARE, Heading
from renben.services.support.posts.models import PostPlacement, PostWage
from renben.services.support.posts.placing import quarter_of

MONTHS = 3


@dataclass
class PlanLine:
    """One person's quarter in fen. The wage counts gross and the fund with the unit's share: together what the person costs."""

    placement: PostPlacement
    months: int = 0
    pay: int = 0
    insurance: int = 0
    fund: int = 0
    welfare: int = 0

    @property
    def total(self) -> int:
        return self.pay + self.insurance + self.fund + self.welfare


@dataclass
class Plan:
    """A quarter of a territory. `missing`: what cannot be told and is therefore not in the sums, with its reason;
    `faults`: wages that break the rule, which have to be put right before the plan goes out."""

    first: dt.date
    lines: list[PlanLine] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def people(self) -> int:
        return len(self.lines)

    def sum_of(self, name: str) -> int:
        return sum(getattr(line, name) for line in self.lines)

    @property
    def total(self) -> int:
        return self.sum_of("total")


def next_quarter(day: dt.date) -> dt.date:
    """The first day of the quarter after the one a day lies in."""
    return shifted(quarter_of(day), MONTHS)


def people_of(organization: Organization, first: dt.date) -> list[PostPlacement]:
    """Whoever will be on a post in the quarter as far as is known."""
    rows = PostPlacement.objects.filter(
        post__organization__path__startswith=organization.path, left_on=None, ends_on__gte=first
    ).select_related("person", "post__employer", "post__organization")
    rows = rows.order_by("post__employer__name", "person__pinyin", "id")
    return [one for one in rows if one.last_on >= first]


def _facts(placements: Sequence[PostPlacement]) -> list[money.OnPost]:
    """Base and floating wage as on the last sheet."""
    latest: dict[int, PostWage] = {}
    for row in PostWage.objects.filter(placement__in=placements).order_by("placement_id", "month"):
        latest[row.placement_id] = row
    return [
        money.OnPost(
            key=one.pk,
            base_fen=latest[one.pk].base_fen if one.pk in latest else one.base_fen,
            floating_fen=latest[one.pk].floating_fen if one.pk in latest else 0,
            started_on=one.started_on,
            last_on=one.last_on,
            child_birth_on=one.child_birth_on,
        )
        for one in placements
    ]


def _add(line: PlanLine, pay: money.MonthPay, plan: Plan, month: dt.date) -> None:
    due = {heading: fen or 0 for heading, fen in pay.due.items()}
    if pay.failed:
        person = line.placement.person.name
        plan.faults.append(f"{person}{month:%Y年%m月}：{pay.reasons[Heading.WAGE]}")
    own = pay.own_fund_fen or 0 if due.get(Heading.FUND) else 0
    line.months += Heading.WAGE in due
    line.pay += due.get(Heading.WAGE, 0) + own
    line.insurance += due.get(Heading.INSURANCE, 0)
    line.fund += due.get(Heading.FUND, 0) - own
    line.welfare += sum(due.get(heading, 0) for heading in WELFARE)
    for heading, reason in pay.reasons.items():
        if heading not in (Heading.WAGE, Heading.FUND):
            plan.missing[Heading(heading).short] = reason


def plan_of(placements: Iterable[PostPlacement], first: dt.date) -> Plan:
    """The quarter from its first day for these people; a plan adds up from its people one by one."""
    placements = list(placements)
    plan = Plan(first, [PlanLine(one) for one in placements])
    rows = _facts(placements)
    for number in range(MONTHS):
        month = shifted(first, number)
        for line, pay in zip(plan.lines, money.month_pay(rows, month, on=money.month_end(month)), strict=True):
            _add(line, pay, plan, month)
    return plan


def quarter_plan(organization: Organization, first: dt.date) -> Plan:
    """用款计划 of a territory for the quarter that begins on `first`."""
    return plan_of(people_of(organization, first), first)


@dataclass
class UnitPlan:
    """A unit's share of a plan."""

    name: str
    line: PlanLine
    people: int = 0


def by_unit(plan: Plan) -> list[UnitPlan]:
    """The plan unit by unit, in the order of its people."""
    found: dict[int, UnitPlan] = {}
    for line in plan.lines:
        employer = line.placement.post.employer
        unit = found.setdefault(
            employer.pk, UnitPlan(employer.name, replace(line, months=0, pay=0, insurance=0, fund=0, welfare=0))
        )
        unit.people += 1
        for name in ("months", "pay", "insurance", "fund", "welfare"):
            setattr(unit.line, name, getattr(unit.line, name) + getattr(line, name))
    return list(found.values())

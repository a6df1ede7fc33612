"""What registration tells the rules engine: its rows for a comparison, how its determination is made again, what is paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db.models import F, Max, OuterRef, Q, Subquery

from renben.engines.rules import changing, register, reviewing
from renben.engines.rules.evaluation import yuan_text
from renben.engines.rules.models import Determination
from renben.engines.rules.register import Population, Rows, column
from renben.engines.rules.uses import parameters_of
from renben.kernel import clock
from renben.services.registration.codes import BENEFIT_MONTHLY, CloseReason, SeparationReason
from renben.services.registration.determining import KIND
from renben.services.registration.models import (
    BenefitMonth,
    PersonnelArchive,
    UnemploymentBenefit,
    UnemploymentRegistration,
)
from renben.services.registration.rules import benefit_decision

AMOUNT = "ui.amount_month"
YEAR = dt.timedelta(days=365)


# Rows for a comparison


def unpaid_months(on: dt.date) -> Rows:
    """Months of running benefits that begin on or after a day and stand on no list yet, each judged by its first day."""
    found = (
        BenefitMonth.objects.filter(
            month__gte=on,
            state__in=[BenefitMonth.State.PLANNED, BenefitMonth.State.BLOCKED],
            benefit__heading=BENEFIT_MONTHLY,
            benefit__state__in=UnemploymentBenefit.RUNNING,
        )
        .order_by("benefit_id", "index")
        .values_list("benefit__person_id", "benefit__organization_id", "month", "benefit__contribution_months", "index")
    )
    person, office, month, paid, index = zip(*found, strict=True) if found else ((),) * 5
    return Rows(
        column(person, np.int64),
        column(office, np.int64),
        {"contribution_months": column(paid, np.int64), "benefit_month_index": column(index, np.int64)},
        column(month, "datetime64[D]"),
    )


def _claimants(on: dt.date) -> list[tuple[int, int, int, str, bool]]:
    """(person, office, months paid in, reason, registered) of everybody whose archive is held and who draws nothing yet."""
    registered = UnemploymentRegistration.objects.filter(person=OuterRef("person")).exclude(
        state=UnemploymentRegistration.State.CLOSED
    )
    rows = (
        PersonnelArchive.objects.filter(
            state__in=PersonnelArchive.HELD, contribution_months__isnull=False, person__merged_into=None
        )
        .exclude(separation_reason="")
        .exclude(Q(person__benefits__isnull=False))
        .annotate(running=Subquery(registered.order_by("id").values("id")[:1]))
        .order_by("person_id", "received_on", "id")
        .values_list("person_id", "target_organization_id", "contribution_months", "separation_reason", "running")
    )
    latest = {row[0]: row for row in rows.iterator(chunk_size=20_000)}
    return [(*row[:4], row[4] is not None) for row in latest.values()]


def claimants_total(on: dt.date) -> Rows:
    """Held archives without a benefit: what a benefit from the month of the change would come to."""
    found = _claimants(on)
    first = on.year * 12 + on.month - 1
    person, office, paid, _, _ = zip(*found, strict=True) if found else ((),) * 5
    return Rows(
        column(person, np.int64),
        column(office, np.int64),
        {"contribution_months": column(paid, np.int64), "first_paid_month": np.full(len(found), first)},
    )


def claimants_conditions(on: dt.date) -> Rows:
    """Held archives without a benefit: who meets the conditions, taken that everybody seeks work."""
    found = _claimants(on)
    person, office, paid, reason, registered = zip(*found, strict=True) if found else ((),) * 5
    return Rows(
        column(person, np.int64),
        column(office, np.int64),
        {
            "contribution_months": column(paid, np.int64),
            "registered": column(registered, bool),
            "seeks_work": np.ones(len(found), dtype=bool),
            "separation_reason": column(reason, "U48"),
        },
    )


def _decided(on: dt.date) -> list[tuple[int, int, dict[str, Any]]]:
    """(person, office, inputs) of the determinations of the year before a day that no later one supersedes."""
    rows = (
        Determination.objects.current()
        .filter(kind=KIND, as_of__gte=on - YEAR, as_of__lt=on, inputs__farm_contract=False)
        .annotate(office=F("person__organization_id"))
        .order_by("person_id", "decided_at", "id")
        .values_list("person_id", "office", "inputs")
    )
    return list({row[0]: row for row in rows.iterator(chunk_size=20_000)}.values())


def decided_total(on: dt.date) -> Rows:
    """Determinations of the last year as if made by the new value: an estimate of a year, nothing of them is changed."""
    found = _decided(on)
    first = on.year * 12 + on.month - 1
    person, office, inputs = zip(*found, strict=True) if found else ((),) * 3
    return Rows(
        column(person, np.int64),
        column(office, np.int64),
        {
            "contribution_months": column((row["contribution_months"] for row in inputs), np.int64),
            "first_paid_month": np.full(len(found), first),
        },
    )


def decided_conditions(on: dt.date) -> Rows:
    """Determinations of the last year: who would meet the conditions by the new value."""
    found = _decided(on)
    person, office, inputs = zip(*found, strict=True) if found else ((),) * 3
    return Rows(
        column(person, np.int64),
        column(office, np.int64),
        {
            "contribution_months": column((row["contribution_months"] for row in inputs), np.int64),
            "registered": column((row["registered"] for row in inputs), bool),
            "seeks_work": column((row["seeks_work"] for row in inputs), bool),
            "separation_reason": column((row["separation_reason"] for row in inputs), "U48"),
        },
    )


POPULATIONS = (
    Population(
        "ui.months", "正在领取失业保险金的人", AMOUNT, "从启用日期起、还没有列入名录的月份，按各月1日的标准。",
        unpaid_months, is_cost=True,
    ),
    Population(
        "ui.claimants", "有档案、还没有核定待遇的人", "ui.total", "假如从启用当月起领取，各人可领的总额。", claimants_total,
    ),
    Population(
        "ui.claimants_conditions", "有档案、还没有核定待遇的人（条件）", "ui.eligibility",
        "按档案里的缴费月数、离职原因和失业登记，看谁符合条件。", claimants_conditions,
    ),
    Population(
        "ui.decided", "过去一年核定过的人", "ui.total", "假如这些人从启用当月起按新值核定；已作出的判定不变。", decided_total,
    ),
    Population(
        "ui.decided_conditions", "过去一年核定过的人（条件）", "ui.eligibility",
        "假如按新值判定条件；已作出的判定不变。", decided_conditions,
    ),
)  # fmt: skip


def settled_until(parameter: str) -> dt.date | None:
    """The first day of the last month already listed or paid by an amount that rests on the parameter."""
    if parameter not in parameters_of(AMOUNT):
        return None
    done = BenefitMonth.objects.filter(state__in=[BenefitMonth.State.LISTED, BenefitMonth.State.PAID])
    return done.order_by().aggregate(last=Max("month"))["last"]


# The determination made again


def facts_now(determination: Determination) -> dict[str, Any]:
    """The inputs of a benefit decision as the file has them now; what was said at the counter stays as it was said."""
    person, on = determination.person, max(determination.as_of, determination.decided_at.astimezone(clock.ZONE).date())
    archive = PersonnelArchive.objects.latest_of(person)
    registration = (
        UnemploymentRegistration.objects.filter(person=person, registered_on__lte=on)
        .filter(Q(closed_on=None) | Q(closed_on__gt=on))
        .exclude(close_reason=CloseReason.DUPLICATE)
        .order_by("-registered_on", "-id")
        .first()
    )
    facts: dict[str, Any] = {
        "registered": registration is not None,
        "registered_on": registration.registered_on.isoformat() if registration is not None else None,
    }
    if archive is not None and archive.contribution_months is not None:
        facts["contribution_months"] = archive.contribution_months
    if archive is not None and archive.separation_reason:
        facts["separation_reason"] = archive.separation_reason
    return facts


def again(inputs: Mapping[str, Any], as_of: dt.date) -> dict[str, Any]:
    """The decision on these inputs, by the parameters of a day."""
    given = dict(inputs)
    if given.get("registered_on"):
        given["registered_on"] = dt.date.fromisoformat(str(given["registered_on"])[:10])
    return benefit_decision(**given, as_of=as_of).as_json()


def comparable(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Months of an earlier benefit that were added are left out: a decision made again does not know them."""
    if "new_months" not in result:
        return result
    kept = {**result, "months": result["new_months"]}
    if not result["new_months"]:
        kept = {key: value for key, value in kept.items() if key != "eligible"}
    return kept


def said(result: Mapping[str, Any]) -> str:
    """The answer in one sentence to the person."""
    if not result.get("eligible"):
        return "您现在不符合领取失业保险金的条件"
    months, total = result.get("months"), result.get("total")
    money = f"，合计{yuan_text(round(total * 100))}" if total is not None else ""
    return f"您可领取{months}个月{money}"


def load() -> None:
    """Make all of it known to the rules engine."""
    for population in POPULATIONS:
        register.register_population(population)
    changing.register_settled(settled_until)
    reviewing.register_kind(
        reviewing.Kind(
            name=KIND,
            label="失业保险待遇核定",
            again=again,
            facts=facts_now,
            said=said,
            words={
                "contribution_months": "累计缴费月数",
                "registered": "已办理失业登记",
                "registered_on": "失业登记日期",
                "seeks_work": "有求职要求",
                "separation_reason": "离职原因",
                "first_paid_month": "起发月份",
                "farm_contract": "农民合同制工人",
                "eligible": "是否符合条件",
                "months": "月数",
                "total": "合计（元）",
            },
            values=dict(SeparationReason.choices),
            comparable=comparable,
        )
    )

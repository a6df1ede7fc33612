"""What the cases of Q-1.3.5 know from the posts and their lists: shown on the form, printed, typed by nobody.

Each takes the case and answers None while the platform holds no posts of that office, and then it is asked.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_UP, Decimal
from typing import Any

from renben.engines.procedures.models import Case
from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import clock, masking
from renben.kernel.models import Organization
from renben.kernel.people import full_number
from renben.services.support.months import between, first_of, shifted
from renben.services.support.posts import money, planning, sheets, tables
from renben.services.support.posts.codes import Heading
from renben.services.support.posts.models import PostAmount, PostPayroll, PostPlacement, PublicPost

HALF_YEAR = 6


def has_posts(organization: Organization) -> bool:
    """Whether the platform holds public-benefit posts of an office at all."""
    return PublicPost.objects.filter(organization__path__startswith=organization.path).exists()


def month_of(case: Case) -> dt.date:
    """The month a case is about: that of a monthly duty, else this one."""
    return first_of(case.period_on) if case.duty == "monthly_payment" and case.period_on else first_of(clock.today())


def quarter_asked(case: Case) -> dt.date:
    """The quarter whose money a case asks for: the one after its period."""
    return planning.next_quarter(case.period_on or clock.today())


def staff_on(case: Case) -> tuple[list[PostPlacement], list[money.MonthPay], list[money.OnPost]]:
    """Everybody on a post in the month of the case, and what the month brings."""
    month = month_of(case)
    rows = PostPlacement.objects.filter(
        post__organization__path__startswith=case.organization.path, started_on__lte=money.month_end(month)
    ).exclude(left_on__lt=month)
    rows = rows.select_related("person", "post__employer").order_by("post__employer__name", "person__pinyin", "id")
    placements = [one for one in rows if one.last_on >= month]
    facts, _ = sheets.on_posts(placements, month)
    return placements, money.month_pay(facts, month, on=clock.today()), facts


def _staff_row(one: PostPlacement, pay: money.MonthPay, row: money.OnPost, month: dt.date) -> dict[str, Any]:
    """A line of 协管员待遇; what has no standard on file is left out."""
    fund = pay.due.get(Heading.FUND)
    found = {
        "organization": one.post.employer.name,
        "person": one.person.name,
        "id_number": one.person.id_masked or masking.mask_id("", "list"),
        "post_kind": one.post.name,
        "hired_on": one.started_on.isoformat(),
        "months_on_post": between(one.started_on, month) + 1,
        "base_pay": row.base_fen,
        "floating_pay": row.floating_fen,
        "insurance": pay.due.get(Heading.INSURANCE),
        "housing_fund": None if fund is None else fund - (pay.own_fund_fen or 0),
        "only_child": pay.due.get(Heading.CHILD),
    }
    return {name: value for name, value in found.items() if value is not None}


def staff(case: Case) -> list[dict[str, Any]] | None:
    """协管员待遇 of the month."""
    month = month_of(case)
    return [_staff_row(one, pay, row, month) for one, pay, row in zip(*staff_on(case), strict=True)] or None


def printed(case: Case, name: str) -> Any:
    """The roster with full numbers, for paper: the rows as they were determined, each number read when it is printed."""
    if name != "staff":
        return None
    rows = case.data.get("staff_benefits") or staff(case) or []
    found = PostPlacement.objects.filter(post__organization__path__startswith=case.organization.path)
    by_key = {
        (one.person.id_masked, one.person.name, one.started_on.isoformat()): one.person
        for one in found.select_related("person").order_by("id")
    }
    lines = []
    for row in rows:
        person = by_key.get((row.get("id_number"), row.get("person"), row.get("hired_on")))
        lines.append(row | {"id_number": full_number(person)} if person is not None else row)
    return lines or None


def _plan(case: Case) -> planning.Plan | None:
    return planning.quarter_plan(case.organization, quarter_asked(case)) if has_posts(case.organization) else None


def plan_facts(plan: planning.Plan) -> dict[str, Any]:
    """The figures of 用款计划申报表."""
    return {
        "plan_quarter_from": plan.first.isoformat(),
        "planned_people": plan.people,
        "planned_pay": plan.sum_of("pay"),
        "planned_insurance": plan.sum_of("insurance") + plan.sum_of("fund"),
        "planned_welfare": plan.sum_of("welfare"),
        "planned_total": plan.total,
    }


def planned(name: str) -> Any:
    """A source for one figure of the plan."""

    def read(case: Case) -> Any:
        plan = _plan(case)
        return plan_facts(plan)[name] if plan is not None else None

    return read


plan_quarter_from = planned("plan_quarter_from")
planned_people = planned("planned_people")
planned_pay = planned("planned_pay")
planned_insurance = planned("planned_insurance")
planned_welfare = planned("planned_welfare")
planned_total = planned("planned_total")


def payrolls_of(case: Case) -> list[PostPayroll]:
    """The signed 审批表 of the month of a case."""
    rows = PostPayroll.objects.filter(organization=case.organization, month=month_of(case))
    return list(rows.exclude(state=PostPayroll.State.DRAFT).order_by("sequence"))


def _rows(payrolls: list[PostPayroll]) -> list[PostAmount]:
    return [row for payroll in payrolls for row in tables.rows_of(payroll)]


def highest_floating(rows: list[PostAmount]) -> str:
    """The highest share of floating in base wage of a list, in per cent, rounded up to two decimals."""
    highest = Decimal(0)
    for row in rows:
        given = row.determination.inputs if row.heading == Heading.WAGE and row.determination else {}
        if given.get("base"):
            highest = max(highest, Decimal(str(given["float"])) / Decimal(str(given["base"])) * 100)
    return str(highest.quantize(Decimal("0.01"), ROUND_UP).normalize() + 0)


def pay_facts(payrolls: list[PostPayroll]) -> dict[str, Any]:
    """The figures of 审批表."""
    rows, last = _rows(payrolls), payrolls[-1]
    wage = Reader(load_parameters(), last.month).fen("wage.minimum.monthly")
    return {
        "payments": [
            {
                "organization": unit.name,
                "people": unit.count,
                "months": unit.months,
                "pay": unit.pay,
                "insurance": unit.insurance,
                "welfare": unit.welfare,
                "total": unit.total,
            }
            for unit in tables.by_unit(rows)
        ],
        "floating_percent": highest_floating(rows),
        "minimum_wage": wage,
        "approved_on": last.approved_on.isoformat(),
        "signed_on": last.signed_on.isoformat(),
    }


def _paid_fact(name: str) -> Any:
    def read(case: Case) -> Any:
        payrolls = payrolls_of(case)
        return pay_facts(payrolls)[name] if payrolls else None

    return read


payments = _paid_fact("payments")
floating_percent = _paid_fact("floating_percent")
approved_on = _paid_fact("approved_on")
signed_on = _paid_fact("signed_on")


def minimum_wage(case: Case) -> int | None:
    try:
        return Reader(load_parameters(), month_of(case)).fen("wage.minimum.monthly")
    except NoStandardOnFile:
        return None


def paid_on(case: Case) -> str | None:
    days = [payroll.paid_on for payroll in payrolls_of(case) if payroll.paid_on is not None]
    return max(days).isoformat() if days else None


def _settled(case: Case, heading: str, first: dt.date, last: dt.date) -> list[PostAmount]:
    """What stands on lists under a heading for months from `first` to `last`, both included."""
    rows = PostAmount.objects.filter(
        placement__post__organization__path__startswith=case.organization.path,
        heading=heading,
        month__gte=first,
        month__lte=last,
        state__in=[PostAmount.State.LISTED, PostAmount.State.PAID],
    )
    return list(rows.select_related("determination").order_by("id"))


def _fund(case: Case) -> list[PostAmount]:
    first = case.period_on or first_of(clock.today())
    return _settled(case, Heading.FUND, first, shifted(first, HALF_YEAR - 1)) if case.duty == "half_year_fund" else []


def fund_people(case: Case) -> int | None:
    return len({row.person_id for row in _fund(case)}) or None


def fund_by_staff(case: Case) -> int | None:
    """The shares taken off the wages, of each person and month as it was reckoned last."""
    own = {(row.placement_id, row.month): row.determination.result["own_fund"] or 0 for row in _fund(case)}
    return sum(round(amount * 100) for amount in own.values()) or None


def fund_by_organization(case: Case) -> int | None:
    rows = _fund(case)
    return sum(row.fen for row in rows) - (fund_by_staff(case) or 0) or None


def _season(case: Case, heading: str) -> list[PostAmount]:
    if not case.period_on:
        return []
    return _settled(case, heading, dt.date(case.period_on.year, 1, 1), dt.date(case.period_on.year, 12, 1))


def heating_people(case: Case) -> int | None:
    return len({row.person_id for row in _season(case, Heading.HEATING)}) or None


def heating_total(case: Case) -> int | None:
    return sum(row.fen for row in _season(case, Heading.HEATING)) or None


def cooling_people(case: Case) -> int | None:
    return len({row.person_id for row in _season(case, Heading.COOLING)}) or None


def cooling_total(case: Case) -> int | None:
    return sum(row.fen for row in _season(case, Heading.COOLING)) or None

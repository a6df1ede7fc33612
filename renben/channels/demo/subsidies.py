"""Insurance subsidies of the demonstration at every stage, worked by the staff through their steps and pages' actions.

The amounts are those of the catalogue: for a day without a standard on file the months are granted and their money waits (D-07).
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

from django.db.models import Q

from renben.channels.demo.work import District
from renben.engines.procedures import actions
from renben.engines.procedures.contracts import Blocked
from renben.engines.procedures.models import CaseStep
from renben.kernel import clock
from renben.kernel.models import LabourSpell, Organization, Person
from renben.kernel.roles import Role
from renben.services.support import checking, paying, stopping
from renben.services.support.codes import Kind
from renben.services.support.models import InsuranceSubsidy, SubsidyMonth, SubsidyOpening
from renben.services.support.months import first_of, shifted

STAGES = ("verify", "submit", "system_check", "reply", "deposit", "follow", "", "")
"""The step at which a journey rests today; without one it has come to the last."""
ONE_IN = 900
"""One application for so many people."""
FEWEST, MOST = 10, 60
BANKS = ("北京农村商业银行", "中国邮政储蓄银行", "北京银行")
WORK = {
    Kind.SELF_EMPLOYED: ("家电维修", "蔬菜零售", "早点铺", "裁缝店"),
    Kind.FLEXIBLE: ("钟点家政", "社区保洁", "送货", "编织手工"),
}


def _applicants(count: int, today: dt.date) -> list[tuple[Person, LabourSpell]]:
    """People of the ages of the policy in self-employed or flexible work; those of the first street first."""

    def aged(sex: str, youngest: int, oldest: int) -> Q:
        years = [today - dt.timedelta(days=366 * age) for age in (oldest, youngest)]
        return Q(person__sex=sex, person__birth_on__range=years)

    spells = (
        LabourSpell.objects.filter(aged("M", 51, 58) | aged("F", 41, 48))
        .filter(status__in=("self_employed", "flexible"), end_on=None, start_on__lt=today - dt.timedelta(days=300))
        .select_related("person__organization__parent")
        .order_by("person__organization__path", "id")
    )
    return [(spell.person, spell) for spell in spells[:count]]


def _answers(
    step: CaseStep, person: Person, spell: LabourSpell, day: dt.date, rng: random.Random, number: int
) -> dict[str, Any]:
    """What is typed at a step; what the files know is filled in by itself."""
    kind, place = Kind(spell.status), f"{person.organization.parent.short_name}{rng.randrange(1, 60)}号"
    work, today = WORK[kind][number % 4], day.isoformat()
    looked = {"visited_on": today, "visitors": "赵敏、刘建国", "visit_findings": "上门看了，情况属实。"}
    state = "running" if kind == Kind.SELF_EMPLOYED else "working"
    by_place: dict[tuple[str, str], dict[str, Any]] = {
        ("J-4.3.2", "accept"): {
            "person_category": "age_4050",
            "disability": "none",
            "employment_registered": number % 9 != 8,
            "archive_deposited": True,
            "insurance_kinds": ["pension", "unemployment", "medical"],
        },
        ("J-4.3.2", "verify"): {
            "verified_on": today,
            "work_place": place,
            "business_name": f"{person.name[0]}记{work}",
            "licence_number": f"92110113MA{person.pk % 1_000_000:06d}X2",
            "work_content": work,
            "monthly_income": rng.randrange(2200, 4200) * 100,
            "verification": "到场看过，邻居能证明。",
        },
        ("J-4.3.2", "submit"): {"submitted_on": today, "handed_papers": "身份证、户口簿、执照或证明"},
        ("J-4.3.2", "deposit"): {
            "agreement_signed_on": today,
            "medical_reported_on": today,
            "told_on": today,
            "told_way": "phone",
            "bank": BANKS[number % 3],
            "account_number": f"62220202{person.pk:010d}",
        },
        ("J-4.3.2", "follow"): {
            "followed_on": today,
            "business_state": "正常",
            "current_place": place,
            "current_income": rng.randrange(2200, 4200) * 100,
            "current_work": work,
            "working_time": "每天上午",
        },
    }
    above = {
        "accept": {"unemployed_since": (spell.start_on - dt.timedelta(days=200)).isoformat()},
        "system_check": {"system_match": "same", "actual_state": state} | looked,
        "submit": {"petition_number": f"顺人社字〔{day.year}〕{number + 1}号"},
        "reply": {
            "city_reply_on": today,
            "city_reply_number": f"京人社〔{day.year}〕{100 + number}号",
            "street_told_on": today,
        },
    }
    return by_place.get((step.case.procedure_id, step.key)) or above.get(step.key, {})


def _next(journey_id: Any) -> CaseStep | None:
    rows = CaseStep.objects.filter(case__journey_id=journey_id, state=CaseStep.State.READY, case__state="open")
    rows = rows.select_related("case__person", "organization")
    waiting = [step for step in rows.order_by("-case_id", "position") if step.key not in ("follow_up", "oversee")]
    return waiting[0] if waiting else None


def _journey(
    district: District, person: Person, spell: LabourSpell, day: dt.date, until: str, number: int, log: Counter[str]
) -> None:
    """One application from the counter as far as `until`, a few days apart, never beyond today."""
    street = person.organization.parent
    clerk = district.desk.at(street.pk, [Role.COUNTER])
    moment = dt.time(10, number % 60)
    with clock.as_of(dt.datetime.combine(day, moment, tzinfo=clock.ZONE)):
        case = actions.start(procedure_id="J-4.3.2", organization=street, by=clerk, person=person, on=day)
    while (step := _next(case.journey_id)) is not None and step.key != until and day <= district.today:
        with clock.as_of(dt.datetime.combine(day, moment, tzinfo=clock.ZONE)):
            data = _answers(step, person, spell, day, district.rng, number)
            spec_papers = [piece.name for piece in _evidence(step)]
            done = actions.act(
                step_id=step.pk,
                outcome=_outcome(step),
                by=district.desk.at(step.organization_id, step.roles),
                data=data,
                received=spec_papers,
                on=day,
            )
        if isinstance(done, Blocked):
            log["blocked: subsidy " + ",".join(reason.code for reason in done.reasons)] += 1
            return
        log[f"subsidy {step.key}"] += 1
        if done.outcome == "refused":
            return
        day = district.calendar.add_working_days(day, 2)


def _evidence(step: CaseStep) -> list[Any]:
    from renben.engines.procedures import queries

    return queries.procedure_of(step.case).step(step.key).evidence


def _outcome(step: CaseStep) -> str:
    return {"accept": "passed", "system_check": "approved", "submit": "sent", "reply": "approved"}.get(
        step.key if step.case.procedure_id != "J-4.3.2" else "", "done"
    )


def _checks_and_lists(district: District) -> None:
    """The passbooks of the months gone by, one of them not paid in, and the district's lists."""
    clerk = district.desk.at(district.centre.pk, [Role.COUNTER])
    for street in Organization.objects.filter(tier="street").order_by("path"):
        by = district.desk.at(street.pk, [Role.COUNTER])
        for number, row in enumerate(checking.to_check(street, shifted(first_of(district.today), -1))):
            if row.state == SubsidyMonth.State.PLANNED:
                is_debited = number % 7 != 6
                reason = "" if is_debited else "存折余额不足"
                checking.record_debit(debit=checking.Debit(row, is_debited, row.amount_fen, reason), by=by)
    paying.make_month_lists(organization=district.centre, month=first_of(district.today), by=clerk)


def subsidies(district: District, people: int) -> Counter[str]:
    """Applications at every stage; one person with months drawn before the platform, one stopped."""
    log: Counter[str] = Counter()
    found = _applicants(min(max(people // ONE_IN, FEWEST), MOST), district.today)
    for number, (person, spell) in enumerate(found):
        until = STAGES[number % len(STAGES)]
        days_ago = 12 + 3 * (number % 4) if until else 120 + 5 * (number % 6)
        day = district.calendar.next_workday(district.today - dt.timedelta(days=days_ago))
        if number % 6 == 5:
            SubsidyOpening.objects.create(
                person=person,
                kind=spell.status,
                months=6 + number % 5,
                through=shifted(first_of(day), -4),
                evidence="平台启用前的补贴台账",
                recorded_at=clock.now(),
            )
        _journey(district, person, spell, day, until, number, log)
    _checks_and_lists(district)
    drawing = InsuranceSubsidy.objects.filter(state=InsuranceSubsidy.State.DRAWING).order_by("applied_on", "id").first()
    if drawing is not None:
        by = district.desk.at(drawing.organization_id, [Role.COUNTER])
        on = district.today - dt.timedelta(days=20)
        stopping.stop(subsidy=drawing, event="hired", on=on, by=by, reason="本人来所说明，已到单位上班")
    return log

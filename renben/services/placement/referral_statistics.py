"""Rows of 失业人员推荐就业统计台账 (Q-1.2.1, J-5.2.4): every recommendation and what became of it, one line each.

The lines are the referrals, so the ledger and 市场数字 count the same rows. A case whose post was found outside the platform has no
referral: its finished step 后续服务 is the line then. Signature: `rows(*, as_of, known_at, scope_paths, filters, text) -> Rows`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from renben.engines.ledgers.engine import Rows
from renben.engines.procedures.models import Case, CaseStep
from renben.kernel import clock
from renben.services.placement.models import Referral
from renben.services.placement.referral_ledgers import about, in_month, within
from renben.services.records.facts import CaseFacts

STEP = ("J-5.2.4", "follow")
WAITING = "等结果"
STATES = {"hired": (Referral.State.HIRED,), "failed": Referral.FAILED}
"""The choices of the ledger's filter 结果; what is left is waiting."""
SAID = {"hired": ("hired",), "failed": ("rejected", "declined"), "waiting": ()}


def recommendations(
    *, as_of: dt.date, known_at: dt.datetime | None, scope_paths: list[str], filters: dict[str, Any], text: str
) -> Rows:
    """推荐就业统计, the oldest recommendation first; a result counts from the day it was known."""
    heard = min(as_of, known_at.astimezone(clock.ZONE).date()) if known_at else as_of
    rows = _referrals(as_of, heard, scope_paths, filters, text)
    steps = _steps(as_of, scope_paths, filters, text)
    if known_at:
        rows, steps = rows.filter(recorded_at__lte=known_at), steps.filter(done_at__lte=known_at)
    lines = sorted([*rows, *steps], key=_since)
    return Rows(lines, lambda one: _of_step(one) if isinstance(one, CaseStep) else _of_referral(one, heard))


def _referrals(
    as_of: dt.date, heard: dt.date, paths: list[str], filters: dict[str, Any], text: str
) -> QuerySet[Referral]:
    rows = Referral.objects.filter(within(paths), in_month(filters, "made_on"), made_on__lte=as_of)
    rows = rows.exclude(state=Referral.State.WITHDRAWN).filter(about(text, "person__search_keys"))
    if chosen := filters.get("result"):
        ended = Q(result_on__lte=heard)
        rows = rows.filter(ended, state__in=STATES[chosen]) if chosen in STATES else rows.exclude(ended)
    earlier = Referral.objects.filter(person=OuterRef("person"), seeker=OuterRef("seeker"), pk__lte=OuterRef("pk"))
    times = earlier.order_by().values("person").annotate(times=Count("pk")).values("times")
    return rows.select_related("person", "vacancy__employer", "organization__parent").annotate(times=Subquery(times))


def _steps(as_of: dt.date, paths: list[str], filters: dict[str, Any], text: str) -> QuerySet[CaseStep]:
    """Finished steps that speak of a post the platform does not have."""
    rows = CaseStep.objects.filter(within(paths), case__procedure_id=STEP[0], key=STEP[1], done_at__date__lte=as_of)
    rows = rows.filter(state=CaseStep.State.DONE).exclude(case__state=Case.State.REFUSED)
    rows = rows.filter(~Q(data__has_key="refs") | ~Q(data__refs__has_key="referral"))
    rows = rows.filter(about(text, "case__person__search_keys"))
    if month := filters.get("month"):
        rows = rows.filter(case__data__recommended_on__startswith=f"{month:%Y-%m}")
    if chosen := filters.get("result"):
        rows = rows.filter(data__values__interview_result__in=SAID[chosen])
    return rows.select_related("case__person", "case__definition", "organization__parent")


def _since(one: Referral | CaseStep) -> tuple[dt.date, int]:
    if isinstance(one, Referral):
        return one.made_on, one.pk
    return _day(one.case.data.get("recommended_on")) or one.done_at.astimezone(clock.ZONE).date(), one.pk


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text[:10]) if text else None


def _office(one: Referral | CaseStep) -> str:
    """The street, also of what a station of it did."""
    office = one.organization
    return office.parent.name if office.tier == "community" and office.parent else office.name


def _person(person: Any) -> dict[str, Any]:
    if person is None:
        return {}
    return {"name": person.name, "sex": person.get_sex_display(), "id_number": person.id_masked}


def _of_referral(one: Referral, heard: dt.date) -> dict[str, Any]:
    is_known = one.result_on is not None and one.result_on <= heard
    return {
        "_key": f"referral:{one.pk}",
        "_person": one.person_id,
        "_url": f"/referrals/{one.pk}/",
        **_person(one.person),
        "employer": one.vacancy.employer.name,
        "job": one.vacancy.title,
        "recommended_on": one.made_on,
        "result": one.get_state_display() if is_known else WAITING,
        "hired_on": one.hired_on if is_known else None,
        "times": one.times,
        "office": _office(one),
    }


def _of_step(step: CaseStep) -> dict[str, Any]:
    facts = CaseFacts(step.case, step=step)
    return {
        "_key": f"step:{step.pk}",
        "_person": step.case.person_id,
        "_url": f"/cases/{step.case_id}/?step={step.key}",
        **_person(step.case.person),
        "employer": facts.read("field.recommended_employer"),
        "job": facts.read("field.recommended_job"),
        "recommended_on": _day(facts.read("field.recommended_on")),
        "result": facts.read("field.interview_result") or WAITING,
        "hired_on": _day(facts.read("field.hired_on")),
        "times": facts.read("field.recommendations_made"),
        "office": _office(step),
    }

"""Facts of a case of the subsidies that are known already, for fields that name a `source_fact`: shown, not asked again.

Each takes the case and answers None when nobody knows.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.payments import accounts
from renben.engines.procedures.models import Case
from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import clock
from renben.services.support import checking, claiming
from renben.services.support.codes import PROCEDURE, Kind
from renben.services.support.models import InsuranceSubsidy, SubsidyVisit
from renben.services.support.months import full_months, shifted

KIND_OF_PROCEDURE = {procedure: kind for kind, procedure in PROCEDURE.items()}


def subsidy_of(case: Case) -> InsuranceSubsidy | None:
    """The application of the case's journey."""
    return InsuranceSubsidy.objects.of_journey(case.journey_id)


def _own(case: Case, name: str) -> Any:
    subsidy = subsidy_of(case)
    value = getattr(subsidy, name) if subsidy is not None else None
    return value.isoformat() if isinstance(value, dt.date) else value


def kind(case: Case) -> str | None:
    """As applied for; else by the work on file; at the district by the procedure itself."""
    if case.procedure_id in KIND_OF_PROCEDURE:
        return KIND_OF_PROCEDURE[case.procedure_id].value
    spell = claiming.working_spell(case.person) if case.person_id else None
    return _own(case, "kind") or (claiming.KIND_OF_WORK[spell.status] if spell else None)


def category(case: Case) -> str | None:
    """“4050” by the ages of the policy; anything else is asked."""
    if not case.person_id:
        return None
    person, prefix = case.person, f"subsidy.{kind(case) or Kind.FLEXIBLE.value}"
    try:
        least = Reader(load_parameters(), clock.today())(
            f"{prefix}.{'female' if person.sex == 'F' else 'male'}_min_age"
        )
    except NoStandardOnFile:
        return None
    return "age_4050" if full_months(person.birth_on, clock.today()) // 12 >= least else None


def started_on(case: Case) -> str | None:
    spell = claiming.working_spell(case.person) if case.person_id else None
    return _own(case, "started_on") or (spell.start_on.isoformat() if spell else None)


def disability(case: Case) -> str | None:
    return _own(case, "disability")


def is_registered(case: Case) -> bool | None:
    """Registered work is on file as a running spell; without one it is asked."""
    own = _own(case, "is_registered")
    if own is not None:
        return own
    return True if case.person_id and claiming.working_spell(case.person) is not None else None


def is_archive_deposited(case: Case) -> bool | None:
    """An archive kept in the district is deposited; one elsewhere is asked about."""
    own = _own(case, "is_archive_deposited")
    if own is not None:
        return own
    return True if case.person_id and claiming.holds_archive(case.person) else None


def insurances(case: Case) -> list[str] | None:
    return _own(case, "insurances")


def retire_on(case: Case) -> str | None:
    own = _own(case, "retire_on")
    if own is not None or not case.person_id:
        return own
    found = claiming.retires_on(case.person, clock.today())
    return found.isoformat() if found else None


def months_before(case: Case) -> int | None:
    """Months drawn under either subsidy, before go-live and since."""
    if not case.person_id:
        return None
    subsidy = subsidy_of(case)
    known = claiming.months_on_record(case.person, apart_from=subsidy)
    return max(known, subsidy.declared_months) if subsidy is not None else known


def unemployed_since(case: Case) -> str | None:
    found = claiming.unemployed_since(case.person) if case.person_id else None
    return found.isoformat() if found else None


def first_month(case: Case) -> str | None:
    """The month asked for; before that the month after the application."""
    subsidy = subsidy_of(case)
    if subsidy is None:
        return None
    return (subsidy.first_month or shifted(subsidy.applied_on, 1)).isoformat()


def work(case: Case) -> str | None:
    return _own(case, "work")


def place(case: Case) -> str | None:
    return _own(case, "place")


def batch_people(case: Case) -> int | None:
    """People of this kind whom the district has reviewed and not yet reported."""
    if case.procedure_id not in KIND_OF_PROCEDURE:
        return None
    rows = InsuranceSubsidy.objects.filter(
        organization__path__startswith=case.organization.path,
        kind=KIND_OF_PROCEDURE[case.procedure_id],
        state=InsuranceSubsidy.State.REVIEWED,
    )
    return rows.count() or None


def bank(case: Case) -> str | None:
    held = accounts.current([case.person_id]).get(case.person_id) if case.person_id else None
    return held.bank if held is not None else None


def person_name(case: Case) -> str | None:
    return case.person.name if case.person_id else None


def _tally(case: Case) -> checking.Tally | None:
    return checking.tally(case.organization, case.period_on) if case.period_on else None


def checked_count(case: Case) -> int | None:
    found = _tally(case)
    return found.checked if found is not None else None


def right_count(case: Case) -> int | None:
    found = _tally(case)
    return found.right if found is not None else None


def wrong_debits(case: Case) -> list[dict[str, Any]] | None:
    """The lines of the monthly duty: whose passbook was not right."""
    found = _tally(case)
    if found is None or not found.wrong:
        return None
    return [
        {
            "name": row.person.name,
            "due_fen": row.amount_fen or 0,
            "actual_fen": row.debit_fen or 0,
            "handling": row.reason,
        }
        for row in found.wrong
    ]


def _of_office(case: Case) -> Any:
    return InsuranceSubsidy.objects.filter(organization__path__startswith=case.organization.path)


def drawing_count(case: Case) -> int | None:
    if not case.period_on:
        return None
    return _of_office(case).filter(state=InsuranceSubsidy.State.DRAWING).count()


def stopped_count(case: Case) -> int | None:
    if not case.period_on:
        return None
    return _of_office(case).filter(stopped_on__gte=case.period_on).count()


def follow_ups(case: Case) -> list[dict[str, Any]] | None:
    """The lines of the quarterly duty: the visits recorded in the period."""
    if not case.period_on:
        return None
    visits = SubsidyVisit.objects.filter(
        subsidy__in=_of_office(case), occasion=SubsidyVisit.Occasion.FOLLOW, on__gte=case.period_on
    ).select_related("subsidy__person")
    return [
        {
            "name": visit.subsidy.person.name,
            "kind": visit.subsidy.kind,
            "visited_on": visit.on.isoformat(),
            "work": visit.work or visit.subsidy.work or visit.findings or "未写",
            "place": visit.place or visit.subsidy.place or "未写",
            "time": visit.hours,
            "income": (visit.income_fen or 0) / 100,
            "verdict": "going_on" if visit.is_working else "stop",
        }
        for visit in visits.order_by("on", "id")
    ] or None

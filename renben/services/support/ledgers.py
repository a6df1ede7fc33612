"""Rows of the subsidy's rosters and ledgers (J-4.3.2, Q-1.3.1, Q-1.3.2), read from applications and months, typed by nobody.

Each source has the signature `rows(*, as_of, known_at, scope_paths, filters, text) -> Rows`. What happened is dated, so a roster
of an earlier day shows who stood on it then; names and places are those of today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from renben.engines.ledgers.engine import Rows
from renben.kernel import clock
from renben.kernel.models.people import Sex
from renben.kernel.people import keys_of_query, phone_of
from renben.services.records.subjects import age_on
from renben.services.registration.models import PersonnelArchive, UnemploymentRegistration
from renben.services.support.codes import Insurance, Kind, StopEvent
from renben.services.support.models import InsuranceSubsidy, SubsidyMonth, SubsidyVisit
from renben.services.support.printed import periods

MonthState = SubsidyMonth.State


def _within(paths: Sequence[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(organization__path__startswith=path)
    return condition


def _named(text: str) -> Q:
    alternatives = keys_of_query(text) if text else []
    if not alternatives:
        return Q()
    condition = Q(pk__in=[])
    for keys in alternatives:
        condition |= Q(person__search_keys__contains=keys)
    return condition


def _month(filters: Mapping[str, Any], column: str) -> Q:
    month = filters.get("month")
    return Q(**{f"{column}__year": month.year, f"{column}__month": month.month}) if month else Q()


def _rows(paths: Sequence[str], known_at: dt.datetime | None, text: str) -> QuerySet[InsuranceSubsidy]:
    found = InsuranceSubsidy.objects.filter(_within(paths), _named(text))
    if known_at:
        found = found.filter(recorded_at__lte=known_at)
    return found.select_related("person__organization__parent", "organization", "determination")


def _person(row: InsuranceSubsidy) -> dict[str, Any]:
    person = row.person
    home = person.organization
    return {
        "_key": f"subsidy:{row.pk}",
        "_person": person.pk,
        "_url": f"/support/{row.pk}/",
        "name": person.name,
        "sex": dict(Sex.choices).get(person.sex, ""),
        "id_number": person.id_masked,
        "phone": phone_of(person),
        "age": age_on(person.birth_on, clock.today()),
        "street": row.organization.short_name,
        "community": home.short_name if home.tier == "community" else "",
        "office": row.organization.short_name,
    }


def _monthly_fen(row: InsuranceSubsidy) -> int | None:
    """The amount of the first month of the grant."""
    runs = periods(row.determination)
    return runs[0]["fen"] if runs else None


CATEGORY = {"none": "“4050”人员", "mild": "残疾人", "moderate": "残疾人", "severe": "残疾人"}


def applicants(
    *, as_of: dt.date, known_at: dt.datetime | None, scope_paths: list[str], filters: dict[str, Any], text: str
) -> Rows:
    """申请自谋、灵活就业社会保险补贴花名册: everybody the street has sent up by the day (J-4.3.2 材料上报)."""
    rows = _rows(scope_paths, known_at, text).filter(_month(filters, "submitted_on"), submitted_on__lte=as_of)
    if kind := filters.get("kind"):
        rows = rows.filter(kind=kind)
    visits = SubsidyVisit.objects.filter(subsidy=OuterRef("pk"), occasion=SubsidyVisit.Occasion.VERIFY)
    rows = rows.annotate(verified_on=Subquery(visits.order_by("-on").values("on")[:1]))

    def to_dict(row: InsuranceSubsidy) -> dict[str, Any]:
        return _person(row) | {
            "kind": row.get_kind_display(),
            "category": CATEGORY[row.disability],
            "started_on": row.started_on,
            "work": row.work,
            "place": row.place,
            "insurance": "、".join(Insurance(name).label for name in row.insurances),
            "subsidy_from": row.first_month,
            "months": row.months_granted,
            "verified_on": row.verified_on,
            "submitted_on": row.submitted_on,
            "state": row.get_state_display(),
        }

    return Rows(rows.order_by("submitted_on", "id"), to_dict, sums={"months": "months_granted"})


def _reviewed(kind: str, **asked: Any) -> Rows:
    """The district's roster of one kind: whoever was reviewed on the spot and approved online by the day."""
    rows = _rows(asked["scope_paths"], asked["known_at"], asked["text"]).filter(
        _month(asked["filters"], "reviewed_on"), kind=kind, reviewed_on__lte=asked["as_of"]
    )
    registered = UnemploymentRegistration.objects.filter(person=OuterRef("person")).order_by("-registered_on", "-id")
    jobless = registered.annotate(since=Coalesce("separated_on", "registered_on")).values("since")
    archives = PersonnelArchive.objects.filter(person=OuterRef("person")).order_by("-received_on", "-id")
    rows = rows.exclude(state=InsuranceSubsidy.State.REFUSED).annotate(
        jobless_since=Coalesce(Subquery(jobless[:1]), Subquery(archives.values("separated_on")[:1]))
    )

    def to_dict(row: InsuranceSubsidy) -> dict[str, Any]:
        return _person(row) | {
            "unemployed_since": row.jobless_since,
            "began_on": row.started_on,
            "kind": row.work,
            "place": row.place,
            "subsidy_from": row.first_month,
            "months": row.months_granted,
            "monthly": _monthly_fen(row),
            "state": "正在经营" if kind == Kind.SELF_EMPLOYED else "正在灵活就业",
            "outcome": row.get_state_display(),
            "approved_on": row.reviewed_on,
        }

    return Rows(rows.order_by("reviewed_on", "id"), to_dict)


def self_employed_roster(**asked: Any) -> Rows:
    """自谋职业（自主创业）社会保险补贴花名册 (Q-1.3.1)."""
    return _reviewed(Kind.SELF_EMPLOYED, **asked)


def flexible_roster(**asked: Any) -> Rows:
    """灵活就业社会保险补贴花名册 (Q-1.3.2)."""
    return _reviewed(Kind.FLEXIBLE, **asked)


def _recipients(kind: str, **asked: Any) -> Rows:
    """台账 of one kind: whoever the city has approved by the day, with what was drawn and where it stands."""
    as_of = asked["as_of"]
    rows = _rows(asked["scope_paths"], asked["known_at"], asked["text"]).filter(
        _month(asked["filters"], "approved_on"), kind=kind, approved_on__lte=as_of
    )
    paid = SubsidyMonth.objects.filter(
        subsidy=OuterRef("pk"), state=MonthState.PAID, payment_line__batch__paid_on__lte=as_of
    ).order_by()
    counted = paid.values("subsidy").annotate(n=Count("id")).values("n")
    rows = rows.annotate(drawn=Coalesce(Subquery(counted), 0))

    def to_dict(row: InsuranceSubsidy) -> dict[str, Any]:
        stopped = row.stop_month is not None and row.stopped_on <= as_of
        return _person(row) | {
            "kind": row.work,
            "place": row.place,
            "reply_number": row.reply_number,
            "reply_on": row.approved_on,
            "outcome": f"停发：{StopEvent(row.stop_event).label}" if stopped else row.get_state_display(),
            "subsidy_from": row.first_month,
            "months": row.months_granted,
            "drawn": row.drawn,
            "monthly": _monthly_fen(row),
            "stop_month": row.stop_month if stopped else None,
        }

    return Rows(rows.order_by("approved_on", "id"), to_dict, sums={"months": "months_granted"})


def self_employed_recipients(**asked: Any) -> Rows:
    """享受自谋职业（自主创业）社会保险补贴人员台账 (Q-1.3.1)."""
    return _recipients(Kind.SELF_EMPLOYED, **asked)


def flexible_recipients(**asked: Any) -> Rows:
    """享受灵活就业社会保险补贴人员台账 (Q-1.3.2)."""
    return _recipients(Kind.FLEXIBLE, **asked)

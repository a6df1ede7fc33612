"""多少天没有联系 (J-4.1.2): the last contact with every firm, and from how many days on an office is reminded.

A visit made, a call, a vacancy registered and a key project kept up are contact; the latest counts.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Max, QuerySet

from renben.kernel import acts, audit, clock, settings_store
from renben.kernel.models import Employer, Organization
from renben.services.placement.firms.models import ContactDays, EmployerCall
from renben.services.placement.models import EmployerVisit, KeyProject, Vacancy

SETTING = "employer.contact_days"


def last_contacts() -> dict[int, dt.date]:
    """Of every employer the service deals with: the last day anybody was in touch."""
    found: dict[int, dt.date] = {}
    sources = (
        EmployerVisit.objects.filter(state=EmployerVisit.State.DONE)
        .values_list("employer")
        .annotate(day=Max("visit_on")),
        EmployerCall.objects.values_list("employer").annotate(day=Max("on")),
        Vacancy.objects.values_list("employer").annotate(day=Max("registered_on")),
        KeyProject.objects.values_list("employer").annotate(day=Max("recorded_at__date")),
    )
    for rows in sources:
        for employer_id, day in rows.order_by():
            found[employer_id] = max(day, found.get(employer_id, day))
    return found


class Limits:
    """Days of every office, read once: its own, else those of the nearest office above it, else the agency's."""

    def __init__(self) -> None:
        rows = ContactDays.objects.order_by("id").values_list("organization__path", "days")
        self.own: dict[str, int] = dict(rows)
        self.usual = int(settings_store.get(SETTING))

    def of(self, path: str) -> int:
        above = [own for own in self.own if path.startswith(own)]
        return self.own[max(above, key=len)] if above else self.usual


def silent(today: dt.date) -> dict[int, dt.date]:
    """Firms nobody has been in touch with for longer than their office allows: key → last contact."""
    last, limits = last_contacts(), Limits()
    rows = Employer.objects.filter(pk__in=last, merged_into=None).order_by()
    paths = dict(rows.values_list("pk", "organization__path"))
    return {pk: last[pk] for pk, path in paths.items() if (today - last[pk]).days > limits.of(path)}


def of_silence(rows: QuerySet[Employer], kind: str, today: dt.date) -> QuerySet[Employer]:
    """Firms of a queryset that are `silent` for too long, or with whom there was `never` any contact."""
    if kind == "never":
        return rows.exclude(pk__in=last_contacts())
    return rows.filter(pk__in=silent(today)) if kind == "silent" else rows


@acts.whole
def set_days(*, organization: Organization, days: int | None, by: Any) -> None:
    """Days for an office and those below it; None takes it back to what holds above."""
    if days is None:
        ContactDays.objects.filter(organization=organization).delete()
    else:
        given = {"days": days, "set_by": by, "set_at": clock.now()}
        ContactDays.objects.update_or_create(organization=organization, defaults=given)
    audit.record(
        action="employer.contact_days",
        subject=f"organization:{organization.pk}",
        detail={"days": days},
        by=by,
        organization=organization,
    )

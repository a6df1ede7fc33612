"""对账: what other bodies say, held against what runs here: a registered unemployed person in insured work, a benefit of
somebody who has died. Nothing is changed by it; the clerk looks and acts."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from renben.kernel.models import Person
from renben.services.exchange.models import OutsideFact
from renben.services.registration.models import UnemploymentBenefit, UnemploymentRegistration

GRACE = dt.timedelta(days=31)
"""Whoever loses a job in a month is still insured for that month: only what lasts beyond it contradicts."""


def _running(model: type, began: str) -> tuple[Exists, Exists]:
    """Whether something of this model runs for the person of a fact, and whether the fact outlasted its beginning."""
    rows = model.objects.filter(person=OuterRef("person"))
    if model is UnemploymentBenefit:
        rows = rows.filter(state__in=UnemploymentBenefit.RUNNING)
    else:
        rows = rows.exclude(state=UnemploymentRegistration.State.CLOSED)
    return Exists(rows), Exists(rows.filter(**{f"{began}__lt": OuterRef("end_on") - GRACE}))


def contradictions(facts: QuerySet[OutsideFact]) -> QuerySet[OutsideFact]:
    """The facts that contradict a running registration or benefit: a death in any case; work insured by an employer or a
    business of one's own when it lasted beyond the month of registration or determination, or still lasts."""
    registered, past_registration = _running(UnemploymentRegistration, "registered_on")
    drawing, past_determination = _running(UnemploymentBenefit, "determined_on")
    kind = OutsideFact.Kind
    working = Q(kind=kind.CONTRIBUTIONS, role="employer") | Q(kind=kind.BUSINESS)
    lasting = Q(end_on=None) & (Q(registered) | Q(drawing)) | Q(past_registration) | Q(past_determination)
    return facts.filter(Q(kind=kind.DEATHS) & (Q(registered) | Q(drawing)) | working & lasting)


def running_of(person: Person) -> list[str]:
    """What runs for a person, in words, for whoever looks at a contradiction."""
    texts = []
    registration = UnemploymentRegistration.objects.running_of(person)
    if registration is not None:
        texts.append(f"{registration.registered_on:%Y-%m-%d}起登记失业（{registration.organization.short_name}）")
    for benefit in UnemploymentBenefit.objects.filter(person=person, state__in=UnemploymentBenefit.RUNNING).order_by(
        "id"
    ):
        texts.append(
            f"{benefit.get_heading_display()}：{benefit.get_state_display()}，核定{benefit.months_entitled}个月"
        )
    return texts

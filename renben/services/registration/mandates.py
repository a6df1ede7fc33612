"""委托书: acting for another person only with a mandate on record that names the matter and covers the day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from renben.kernel import audit, clock
from renben.kernel.models import Mandate, Person
from renben.services.registration.reasons import NotPossible, Why

UNEMPLOYMENT_REGISTRATION = "失业登记"


@transaction.atomic
def record_mandate(
    *,
    person: Person,
    agent: Person,
    matters: str,
    start_on: dt.date,
    end_on: dt.date,
    by: Any,
    file: Any = None,
) -> Mandate:
    """Put a mandate on record. `matters` names what it covers, separated by 、. NotPossible when it makes no sense."""
    if person.pk == agent.pk:
        raise NotPossible(Why("mandate_self", "不能委托本人，请选择代办人。"))
    if end_on <= start_on:
        raise NotPossible(Why("mandate_period", "委托的结束日期必须晚于开始日期。"))
    mandate = Mandate.objects.create(
        person=person,
        agent=agent,
        matters=matters,
        start_on=start_on,
        end_on=end_on,
        file=file,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    audit.record(
        action="mandate.record",
        subject=f"person:{person.pk}",
        detail={"agent": agent.pk, "matters": matters, "start_on": start_on, "end_on": end_on},
        by=by,
        organization=person.organization_id,
    )
    return mandate


def find_mandate(*, person: Person, agent: Person, matter: str, on: dt.date) -> Mandate | None:
    """The mandate under which `agent` may act for `person` in `matter` on the day; None when there is none."""
    running = Mandate.objects.filter(person=person, agent=agent, start_on__lte=on, end_on__gt=on).order_by("-id")
    return next((mandate for mandate in running if covers(mandate, matter)), None)


def covers(mandate: Mandate, matter: str) -> bool:
    return matter in mandate.matters.replace("，", "、").replace(",", "、").split("、")


def demand(*, mandate: Mandate, person: Person, matter: str, on: dt.date) -> None:
    """NotPossible unless the mandate is this person's, names the matter and covers the day."""
    if mandate.person_id != person.pk:
        raise NotPossible(Why("mandate_person", "委托书不是本人出具的，不能凭它代办。"))
    if not covers(mandate, matter):
        raise NotPossible(Why("mandate_matter", f"委托书没有写“{matter}”这一项。", "请本人重新出具委托书。"))
    if not (mandate.start_on <= on < mandate.end_on):
        raise NotPossible(Why("mandate_period", "委托书不在有效期内。", "请本人重新出具委托书。"))

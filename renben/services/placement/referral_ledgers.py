"""Rows of 推荐人员花名册 (C-8.1.2.1): whom stations recommended, from the referrals; what a case alone records is added.

The source has the signature `rows(*, as_of, known_at, scope_paths, filters, text) -> Rows`. 推荐就业统计 has its own module.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from renben.engines.ledgers.engine import Rows
from renben.engines.procedures.models import CaseStep
from renben.kernel import clock
from renben.kernel.people import keys_of_query, phone_of
from renben.kernel.regions_data import code_table
from renben.services.placement.models import Referral
from renben.services.records.facts import shower_of
from renben.services.records.subjects import age_on

TYPED = ("C-8.1.2.1", "match")
TABLE = "recommended_people"


def within(paths: Sequence[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(organization__path__startswith=path)
    return condition


def in_month(filters: Mapping[str, Any], column: str) -> Q:
    month = filters.get("month")
    return Q(**{f"{column}__year": month.year, f"{column}__month": month.month}) if month else Q()


def about(text: str, column: str) -> Q:
    """Rows about the people a query means, by the column of their search keys; every row for a query of nobody."""
    alternatives = keys_of_query(text) if text else []
    named = Q(pk__in=[]) if alternatives else Q()
    for keys in alternatives:
        named |= Q(**{f"{column}__contains": keys})
    return named


def _of_referral(referral: Referral, as_of: dt.date) -> dict[str, Any]:
    person, seeker = referral.person, referral.seeker
    is_known = referral.result_on is not None and referral.result_on <= as_of
    return {
        "_key": f"referral:{referral.pk}",
        "_person": person.pk,
        "_url": f"/referrals/{referral.pk}/",
        "employer": referral.vacancy.employer.name,
        "name": person.name,
        "age": age_on(person.birth_on, as_of),
        "education": code_table("education").get(person.education, ""),
        "skill": "、".join([*seeker.skills, *seeker.certificates]) if seeker is not None else "",
        "job": referral.vacancy.title,
        "phone": phone_of(person),
        "source": "本地求职登记",
        "recommended_on": referral.made_on,
        "result": referral.get_state_display() if is_known else "等结果",
    }


def _typed(step: CaseStep, known: set[tuple[str, str]]) -> Iterable[dict[str, Any]]:
    """Lines of a case about people who have no referral on the platform."""
    case, employer = step.case, step.case.employer
    show = shower_of(case.definition_id, TABLE)
    result = shower_of(case.definition_id, "recruit_result")
    for number, row in enumerate(show((step.data.get("values") or {}).get(TABLE)) or [] if show else []):
        if (row.get("name"), row.get("job")) in known:
            continue
        done = step.done_at.astimezone(clock.ZONE).date()
        yield {
            "_key": f"step:{step.pk}:{number}",
            "_url": f"/cases/{case.pk}/?step={step.key}",
            "employer": employer.name if employer is not None else "",
            **{name: row.get(name) for name in ("name", "age", "education", "skill", "job", "phone", "source")},
            "recommended_on": done,
            "result": (result(case.data.get("recruit_result")) if result else None) or "等结果",
        }


def recommended_people(
    *, as_of: dt.date, known_at: dt.datetime | None, scope_paths: list[str], filters: dict[str, Any], text: str
) -> Rows:
    """推荐人员花名册: one line a person recommended by a station, oldest first."""
    rows = Referral.objects.filter(within(scope_paths), in_month(filters, "made_on"))
    rows = rows.filter(organization__tier="community", made_on__lte=as_of).exclude(state=Referral.State.WITHDRAWN)
    steps = CaseStep.objects.filter(within(scope_paths), in_month(filters, "done_at"))
    steps = steps.filter(case__procedure_id=TYPED[0], key=TYPED[1], state=CaseStep.State.DONE, done_at__date__lte=as_of)
    if known_at:
        rows, steps = rows.filter(recorded_at__lte=known_at), steps.filter(done_at__lte=known_at)
    rows = rows.filter(about(text, "person__search_keys")).order_by("made_on", "id")
    rows = rows.select_related("person", "seeker", "vacancy__employer")
    lines = [_of_referral(one, as_of) for one in rows]
    known = {(line["name"], line["job"]) for line in lines}
    for step in steps.select_related("case__employer").order_by("done_at", "id"):
        lines += [line for line in _typed(step, known) if not text or text in (line["name"] or "")]
    return Rows(sorted(lines, key=lambda line: line["recommended_on"]), lambda line: line)

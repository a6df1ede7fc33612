"""回访联系 as one list: follow-ups of people, and open rounds of steps that are done again and again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, QuerySet, Value

from renben.engines.procedures import definitions, queries
from renben.engines.procedures.followups import counted
from renben.engines.procedures.models import Case, CaseStep, FollowUp
from renben.kernel.models import Organization, Person

FOLLOW_UP, ROUND = "follow_up", "round"
Key = tuple[dt.date, str, int]


@dataclass(frozen=True)
class Visit:
    """One visit or call that is due. `nth` of `times`; `times` is None where the regulation gives no number. `step_id` for a
    round of a step, `follow_up_id` for a follow-up."""

    due_on: dt.date
    title: str
    case: Case
    person: Person | None
    organization: Organization
    nth: int
    times: int | None
    step_key: str = ""
    follow_up_id: int | None = None

    @property
    def count(self) -> str:
        return count_text(self.nth, self.times)


def count_text(nth: int | None, times: int | None) -> str:
    """第3次，共6次; without a number of the regulation 第3次; empty for what is done once."""
    if nth is None:
        return ""
    return f"第{nth}次，共{times}次" if times and nth <= times else f"第{nth}次"


def due_keys(scope_paths: Iterable[str], until: dt.date) -> QuerySet[CaseStep]:
    """`(due_on, kind, id)` of every visit due up to and including `until`, earliest first; overdue ones stay."""
    offices = queries.offices_within(scope_paths)

    def keys(rows: QuerySet, kind: str) -> QuerySet:
        due = rows.filter(organization_id__in=offices, due_on__lte=until).order_by()
        return due.annotate(kind_of=Value(kind, output_field=CharField())).values_list("due_on", "kind_of", "pk")

    rounds = CaseStep.objects.filter(state__in=queries.OPEN, nth__isnull=False, case__duty="")
    follow_ups = FollowUp.objects.filter(cleared_at=None)
    return keys(rounds, ROUND).union(keys(follow_ups, FOLLOW_UP), all=True).order_by("due_on", "kind_of", "pk")


def load(keys: Iterable[Key]) -> dict[Key, Visit]:
    """The visits of these keys, in a fixed number of statements."""
    keys = list(keys)
    ids = {kind: [pk for _, one, pk in keys if one == kind] for kind in (FOLLOW_UP, ROUND)}
    related = ("case__person", "case__employer", "organization")
    rounds = CaseStep.objects.filter(pk__in=ids[ROUND]).select_related(*related).in_bulk()
    rows = FollowUp.objects.filter(pk__in=ids[FOLLOW_UP]).select_related("person", *related)
    follow_ups = counted(rows).in_bulk()
    found = {}
    for key in keys:
        _, kind, pk = key
        if kind == ROUND and pk in rounds:
            found[key] = _of_round(rounds[pk])
        elif kind == FOLLOW_UP and pk in follow_ups:
            found[key] = _of_follow_up(follow_ups[pk])
    return found


def _of_round(step: CaseStep) -> Visit:
    times = definitions.procedure_of(step.case.definition_id).step(step.key).times
    title = step.title if step.title == step.case.title else f"{step.case.title} · {step.title}"
    return Visit(step.due_on, title, step.case, step.case.person, step.organization, step.nth, times, step_key=step.key)


def _of_follow_up(row: FollowUp) -> Visit:
    return Visit(row.due_on, row.title, row.case, row.person, row.organization, row.nth, None, follow_up_id=row.pk)

"""Ledgers made of recorded work: finished steps, as of any day (`records:` in a ledger of the catalogue)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import BigIntegerField, F, Max, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from renben.engines.ledgers.definitions import Ledger
from renben.engines.ledgers.engine import Rows
from renben.engines.procedures.models import Case, CaseStep
from renben.kernel import clock
from renben.kernel.people import keys_of_query
from renben.services.records.facts import CaseFacts
from renben.services.records.vocabulary import alternatives


def rows(
    *,
    ledger: Ledger,
    as_of: dt.date,
    known_at: dt.datetime | None,
    scope_paths: list[str],
    filters: dict[str, Any],
    text: str,
    since: dt.date | None = None,
) -> Rows:
    """Rows of a ledger of recorded work, the newest last. `since` leaves out what was done before that day."""
    records = ledger.records
    steps = _done(ledger, as_of, known_at, scope_paths).filter(_narrowed(filters), _found(text))
    if since is not None:
        steps = steps.filter(done_at__gte=dt.datetime.combine(since, dt.time(), clock.ZONE))
    if records.by == "case":
        last = steps.order_by().values("case").annotate(last=Max("id")).values("last")
        steps = CaseStep.objects.filter(pk__in=last)
    steps = steps.select_related(*_related(ledger)).defer("limits", "case__anchors").order_by("done_at", "id")
    if records.by == "row":
        lines = [
            (step, number, row)
            for step in steps
            for number, row in enumerate((step.data.get("values") or {}).get(records.rows_field) or [])
        ]
        return Rows(lines, lambda item: _line(ledger, *item))
    return Rows(steps, lambda step: _line(ledger, step), sums=_sums(ledger))


RELATED = {
    "person.": "case__person",
    "person.office": "case__person__organization__parent",
    "person.community": "case__person__organization",
    "person.hukou_address": "case__person__hukou_region__parent__parent",
    "employer.": "case__employer",
    "office.": "case__organization",
    "office.parent": "case__organization__parent",
    "case.opened_by": "case__opened_by",
    "step.office": "organization",
    "step.done_by": "done_by",
}
"""What is read beside a step when a column names such a fact; what no column names is not read."""


def _related(ledger: Ledger) -> list[str]:
    paths = {path for column in ledger.columns for path in alternatives(column.fact)}
    found = {joined for name, joined in RELATED.items() if any(path.startswith(name) for path in paths)}
    return sorted({"case", *found})


def _done(ledger: Ledger, as_of: dt.date, known_at: dt.datetime | None, scope_paths: list[str]) -> QuerySet[CaseStep]:
    places = Q(pk__in=[])
    for place in ledger.records.steps:
        procedure_id, _, key = place.partition("/")
        places |= Q(case__procedure_id=procedure_id, key=key)
    within = Q(pk__in=[])
    for path in scope_paths:
        within |= Q(organization__path__startswith=path)
    end = dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time(), clock.ZONE)
    found = CaseStep.objects.filter(places, within, state=CaseStep.State.DONE, done_at__lt=end)
    found = found.exclude(case__state=Case.State.REFUSED)
    if ledger.records.outcomes:
        found = found.filter(outcome__in=ledger.records.outcomes)
    return found.filter(done_at__lte=known_at) if known_at else found


def _narrowed(filters: dict[str, Any]) -> Q:
    condition = Q()
    for key, value in filters.items():
        if isinstance(value, dt.date):
            first = dt.datetime.combine(value, dt.time(), clock.ZONE)
            after = dt.datetime.combine((value + dt.timedelta(days=31)).replace(day=1), dt.time(), clock.ZONE)
            condition &= Q(done_at__gte=first, done_at__lt=after)
        else:
            condition &= Q(**{f"case__data__{key}": value})
    return condition


def _found(text: str) -> Q:
    if not text:
        return Q()
    condition = Q(case__number__startswith=text.upper()) | Q(case__employer__name__contains=text)
    for keys in keys_of_query(text):
        condition |= Q(case__person__search_keys__contains=keys)
    return condition


def _sums(ledger: Ledger) -> dict[str, Any]:
    """The summed columns as database expressions over what was recorded."""
    sums = {}
    for column in ledger.summed:
        name = column.fact.split("|")[0].strip().removeprefix("field.")
        recorded = KeyTextTransform(name, KeyTransform("values", F("data")))
        sums[column.key] = Cast(recorded, BigIntegerField())
    return sums


def _line(ledger: Ledger, step: CaseStep, number: int = 0, row: dict[str, Any] | None = None) -> dict[str, Any]:
    facts = CaseFacts(step.case, step=step, row=_labelled(ledger, step, row))
    line: dict[str, Any] = {
        "_key": f"step:{step.pk}" + (f":{number}" if row is not None else ""),
        "_url": f"/cases/{step.case_id}/?step={step.key}",
        "_person": step.case.person_id,
    }
    for column in ledger.columns:
        if column.type == "id" and column.fact == "person.id_number":
            line[column.key] = step.case.person.id_masked if step.case.person_id else ""
        else:
            line[column.key] = _cell(column.type, facts.read(column.fact))
    return line


def _labelled(ledger: Ledger, step: CaseStep, row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    from renben.services.records.facts import shown

    facts = CaseFacts(step.case)
    field = facts.procedure.any_field(ledger.records.rows_field)
    return (shown(field, [row]) or [{}])[0] if field is not None else row


def _cell(kind: str, value: Any) -> Any:
    if value is None:
        return None if kind in ("date", "month", "int", "fen") else ""
    if kind in ("date", "month"):
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])
    if kind in ("int", "fen"):
        return int(value) if isinstance(value, int | float) else None
    if isinstance(value, list):
        return "、".join(str(one) for one in value if not isinstance(one, dict)) or f"{len(value)} 项"
    return value.isoformat() if isinstance(value, dt.date) else str(value)

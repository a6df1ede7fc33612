"""Ledgers made of recorded work: finished steps, as of any day (`records:` in a ledger of the catalogue)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, F, Max, Prefetch, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from renben.engines.ledgers.definitions import Column, Ledger
from renben.engines.ledgers.engine import Rows
from renben.engines.procedures.models import Case, CaseStep
from renben.kernel import clock
from renben.kernel.people import keys_of_query
from renben.services.records.facts import NAMED_STEPS, CaseFacts, compiled, shower_of


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
    plan = _Plan.of(ledger)
    steps = plan.read_only(steps).order_by("done_at", "id")
    if records.by == "row":
        lines = [
            (step, number, row)
            for step in steps
            for number, row in enumerate((step.data.get("values") or {}).get(records.rows_field) or [])
        ]
        return Rows(lines, lambda item: plan.line(*item))
    return Rows(steps, plan.line, sums=_sums(ledger))


@dataclass(frozen=True)
class _Plan:
    """How the rows of one ledger are made: the columns of the database they take and, per column, how its cell is made."""

    needs: frozenset[str]
    steps: frozenset[str]
    of_steps: frozenset[str]
    cells: tuple[tuple[str, Callable[[CaseFacts], Any]], ...]
    rows_field: str

    @classmethod
    def of(cls, ledger: Ledger) -> _Plan:
        facts = [compiled(column.fact) for column in ledger.columns]
        return cls(
            needs=ALWAYS.union(*(fact.needs for fact in facts)),
            steps=frozenset().union(*(fact.steps for fact in facts)),
            of_steps=frozenset({"key", "round"}).union(*(fact.of_steps for fact in facts)),
            cells=tuple((column.key, _cell_of(column)) for column in ledger.columns),
            rows_field=ledger.records.rows_field,
        )

    def read_only(self, found: QuerySet[CaseStep]) -> QuerySet[CaseStep]:
        """The steps with what the columns name and nothing else; other steps of their cases in one query per chunk."""
        needs = self.needs | ({"data"} if self.rows_field else frozenset())
        found = found.select_related(*_joined(needs)).only(*needs)
        if not self.steps:
            return found
        named = CaseStep.objects.filter(key__in=self.steps).select_related(*_joined(self.of_steps))
        named = named.only("case", *self.of_steps).order_by("round", "id")
        return found.prefetch_related(Prefetch("case__steps", named, to_attr=NAMED_STEPS))

    def line(self, step: CaseStep, number: int = 0, row: dict[str, Any] | None = None) -> dict[str, Any]:
        case = step.case
        facts = CaseFacts(case, step=step, row=self._labelled(case, row))
        line: dict[str, Any] = {
            "_key": f"step:{step.pk}" if row is None else f"step:{step.pk}:{number}",
            "_url": f"/cases/{case.pk}/?step={step.key}",
            "_person": case.person_id,
        }
        for key, cell in self.cells:
            line[key] = cell(facts)
        return line

    def _labelled(self, case: Case, row: dict[str, Any] | None) -> dict[str, Any] | None:
        if row is None:
            return None
        show = shower_of(case.definition_id, self.rows_field)
        return (show([row]) or [{}])[0] if show is not None else row


ALWAYS = frozenset({"key", "case__definition", "case__person"})
"""What every row takes: where it leads and whom it is about."""


def _joined(needs: Iterable[str]) -> list[str]:
    """The tables beside the step that the columns stand in."""
    return sorted({table for need in needs if (table := need.rpartition("__")[0])})


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
    """The summed columns as database expressions over what was recorded: by the step itself, or else in its case."""
    sums = {}
    for column in ledger.summed:
        name = column.fact.split("|")[0].strip().removeprefix("field.")
        own = KeyTextTransform(name, KeyTransform("values", F("data")))
        sums[column.key] = Cast(Coalesce(own, KeyTextTransform(name, F("case__data"))), BigIntegerField())
    return sums


def _cell_of(column: Column) -> Callable[[CaseFacts], Any]:
    """How the cell of a column is made. Identity numbers come masked; the engine puts readable ones in on request."""
    if column.type == "id" and column.fact == "person.id_number":
        return lambda facts: facts.person.id_masked if facts.person is not None else ""
    read, shape = compiled(column.fact).read, _SHAPES.get(column.type, _text)
    return lambda facts: shape(read(facts))


def _date(value: Any) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(str(value)[:10])


def _figure(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "、".join(str(one) for one in value if not isinstance(one, dict)) or f"{len(value)} 项"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


_SHAPES: dict[str, Callable[[Any], Any]] = {"date": _date, "month": _date, "int": _figure, "fen": _figure}

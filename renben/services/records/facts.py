"""Reading the facts that forms and ledgers name (see `vocabulary`), from one case and what hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import import_module
from typing import Any

from renben.engines.procedures import definitions
from renben.engines.procedures.models import Case, CaseStep
from renben.engines.procedures.schema import CaseField, FieldColumn, Procedure
from renben.kernel import clock
from renben.kernel.models import Organization, Person
from renben.services.records.subjects import CASE, EMPLOYER, OFFICE, PERSON, STEP, Fact
from renben.services.records.vocabulary import OF_SERVICES, alternatives, parts

BLANK = (None, "", [])
NAMED_STEPS = "named_steps"
"""Where whoever reads many cases puts the steps it fetched for all of them at once, so that no case asks for its own."""


def shower(field: CaseField | FieldColumn) -> Callable[[Any], Any]:
    """How a recorded value of a field reads: labels for codes, 是/否 for yes and no; figures and dates stay what they are."""
    if field.type == "bool":
        return lambda value: None if value in BLANK else "是" if value else "否"
    if field.type in ("choice", "choices"):
        labels = {choice.value: choice.label for choice in field.choices}

        def labelled(value: Any) -> Any:
            if value in BLANK:
                return None
            if isinstance(value, list):
                return [labels.get(one, str(one)) for one in value]
            return labels.get(value, str(value))

        return labelled
    if field.type == "rows" and isinstance(field, CaseField):
        columns = {column.name: shower(column) for column in field.columns}

        def lines(value: Any) -> Any:
            if value in BLANK:
                return None
            return [{name: columns[name](one) for name, one in row.items() if name in columns} for row in value]

        return lines
    if field.type == "files":
        return lambda value: None if value in BLANK else f"{len(value)} 份附件"
    return lambda value: None if value in BLANK else value


def shown(field: CaseField | FieldColumn, value: Any) -> Any:
    """One recorded value as people read it."""
    return shower(field)(value)


@lru_cache(maxsize=8192)
def shower_of(definition_id: int, name: str) -> Callable[[Any], Any] | None:
    """How the values of a field of a frozen version read; None when that version has no such field."""
    field = definitions.procedure_of(definition_id).any_field(name)
    return shower(field) if field is not None else None


class CaseFacts:
    """The facts of one case. For a ledger's row also the step it stands for and, line by line, the row of its table."""

    def __init__(self, case: Case, *, step: CaseStep | None = None, row: dict[str, Any] | None = None) -> None:
        self.case, self.step, self.row = case, step, row

    def read(self, expression: str) -> Any:
        """The value of `甲|乙`: the first that is known; None when nobody knows it. LookupError for a name nobody can read."""
        return compiled(expression).read(self)

    @cached_property
    def procedure(self) -> Procedure:
        return definitions.procedure_of(self.case.definition_id)

    @cached_property
    def definition_id(self) -> int:
        return self.case.definition_id

    @cached_property
    def person(self) -> Person | None:
        return self.case.person if self.case.person_id else None

    @cached_property
    def employer(self) -> Any:
        return self.case.employer if self.case.employer_id else None

    @cached_property
    def office(self) -> Organization:
        return self.case.organization

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """What the step of the row recorded itself."""
        return (self.step.data.get("values") or {}) if self.step is not None else {}

    @cached_property
    def steps(self) -> dict[str, CaseStep]:
        """The steps of the case by key, of several rounds the last."""
        rows = getattr(self.case, NAMED_STEPS, None)
        if rows is None:
            rows = self.case.steps.select_related("done_by", "organization").order_by("round", "id")
        return {row.key: row for row in rows}

    def field(self, name: str) -> Any:
        """What was recorded in a field: by the step of the row, or else anywhere in the case."""
        show = shower_of(self.definition_id, name)
        if show is None:
            return None
        own = self.values
        return show(own[name] if name in own else self.case.data.get(name))


Reader = Callable[[CaseFacts], Any]


@dataclass(frozen=True)
class Compiled:
    """An expression taken apart once. `needs`: the columns it reads, as paths from a step; `steps`: the other steps of the case
    it looks at by key, `of_steps` the columns of those."""

    read: Reader
    needs: frozenset[str] = frozenset()
    steps: frozenset[str] = frozenset()
    of_steps: frozenset[str] = frozenset()


@cache
def compiled(expression: str) -> Compiled:
    """How `甲|乙` is read. LookupError for a name nobody can read."""
    found = [_compiled(path) for path in alternatives(expression)]
    readers = [one.read for one in found]

    def read(facts: CaseFacts) -> Any:
        for reader in readers:
            value = reader(facts)
            if value not in BLANK:
                return value
        return None

    def union(sets: list[frozenset[str]]) -> frozenset[str]:
        return frozenset().union(*sets)

    return Compiled(
        read, union([c.needs for c in found]), union([c.steps for c in found]), union([c.of_steps for c in found])
    )


def _compiled(path: str) -> Compiled:
    head, rest = parts(path)
    compiler = _COMPILERS.get(head)
    if compiler is None:
        raise LookupError(f"nobody knows the fact {path}")
    return compiler(rest)


def _of(subject: str, at: str, words: Mapping[str, Fact]) -> Callable[[str], Compiled]:
    """Facts of what `CaseFacts.<subject>` gives, which stands at the path `at` from a step."""

    def compile_(name: str) -> Compiled:
        fact = words[name]
        ask = fact.read

        def read(facts: CaseFacts) -> Any:
            asked = getattr(facts, subject)
            return None if asked is None else ask(asked)

        return Compiled(read, frozenset({at, *(f"{at}__{need}" for need in fact.needs)}))

    return compile_


def _step_fact(rest: str) -> Compiled:
    """`step.done_on` of the row's own step, `step.visit.done_on` of another one of the case."""
    key, _, name = rest.rpartition(".")
    fact = STEP[name]
    ask = fact.read
    if not key:
        return Compiled(lambda facts: None if facts.step is None else ask(facts.step), frozenset(fact.needs))

    def read(facts: CaseFacts) -> Any:
        step = facts.steps.get(key)
        return None if step is None else ask(step)

    return Compiled(read, steps=frozenset({key}), of_steps=frozenset(fact.needs))


def _journey_fact(rest: str) -> Compiled:
    procedure_id, _, name = rest.rpartition(".")

    def read(facts: CaseFacts) -> Any:
        case = facts.case
        if procedure_id != case.procedure_id:
            case = Case.objects.filter(journey_id=case.journey_id, procedure_id=procedure_id).order_by("-id").first()
        return CaseFacts(case).field(name) if case is not None else None

    return Compiled(read, frozenset({"case__journey_id", "case__procedure_id", "case__data"}))


def _ledger_fact(slug: str) -> Compiled:
    """Rows of a ledger at the case's office today. A roster of recorded work that a duty prints holds its period only."""
    from renben.engines.ledgers import definitions as ledgers
    from renben.engines.ledgers import engine

    def read(facts: CaseFacts) -> list[dict[str, Any]]:
        ledger, paths = ledgers.find(slug), [facts.office.path]
        since = facts.case.period_on if ledger.records is not None else None
        return list(engine.iter_rows(ledger, as_of=clock.today(), scope_paths=paths, full_numbers=True, since=since))

    return Compiled(read, frozenset({"case__organization__path", "case__period_on"}))


_PROVIDERS: dict[str, str] = {}


def provide(head: str, target: str) -> None:
    """A service above reads the facts of this first word: `target` is `module:function`, called with the case and the name."""
    _PROVIDERS[head] = target


def _of_service(head: str) -> Callable[[str], Compiled]:
    def compile_(name: str) -> Compiled:
        module, _, function = _PROVIDERS[head].partition(":")
        ask = getattr(import_module(module), function)
        return Compiled(lambda facts: ask(facts.case, name), frozenset({"case__journey_id"}))

    return compile_


_COMPILERS: dict[str, Callable[[str], Compiled]] = {
    "today": lambda name: Compiled(lambda facts: clock.today()),
    "blank": lambda name: Compiled(lambda facts: None),
    "person": _of("person", "case__person", PERSON),
    "employer": _of("employer", "case__employer", EMPLOYER),
    "office": _of("office", "case__organization", OFFICE),
    "case": _of("case", "case", CASE),
    "field": lambda name: Compiled(lambda facts: facts.field(name), frozenset({"case__data", "data"})),
    "row": lambda name: Compiled(lambda facts: (facts.row or {}).get(name), frozenset({"data"})),
    "step": _step_fact,
    "journey": _journey_fact,
    "ledger": _ledger_fact,
    **{head: _of_service(head) for head in OF_SERVICES},
}

"""Reading the facts that forms and ledgers name (see `vocabulary`), from one case and what hangs on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from renben.engines.procedures import definitions, duties
from renben.engines.procedures.models import Case, CaseStep, EvidenceItem
from renben.engines.procedures.schema import CaseField, FieldColumn, Procedure
from renben.kernel import clock, people
from renben.kernel.models import LabourSpell, Organization, Person
from renben.kernel.regions_data import code_table
from renben.services.records.vocabulary import alternatives, parts

BLANK = (None, "", [])


def hukou_place(person: Person) -> str:
    """The place of household registration below the province, from the region tree."""
    region, names = person.hukou_region, []
    while region is not None and region.level != "province":
        names.insert(0, region.name)
        region = region.parent
    return "".join(names)


def age_on(birth_on: dt.date, day: dt.date) -> int:
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def _street(organization: Organization | None) -> Organization | None:
    while organization is not None and organization.tier == "community":
        organization = organization.parent
    return organization


def _labour_status(person: Person) -> str:
    last = LabourSpell.objects.filter(person=person, end_on=None).order_by("-start_on", "-id").first()
    return last.get_status_display() if last is not None else "未登记"


PERSON: dict[str, Callable[[Person], Any]] = {
    "name": lambda p: p.name,
    "sex": lambda p: p.get_sex_display(),
    "birth_on": lambda p: p.birth_on,
    "age": lambda p: age_on(p.birth_on, clock.today()) if p.birth_on else None,
    "id_number": people.full_number,
    "phone": people.phone_of,
    "address": people.address_of,
    "hukou_address": lambda p: hukou_place(p) or people.address_of(p),
    "hukou_kind": lambda p: p.get_hukou_kind_display() if p.hukou_kind else "",
    "education": lambda p: code_table("education").get(p.education, ""),
    "ethnicity": lambda p: code_table("ethnicity").get(p.ethnicity, ""),
    "health": lambda p: p.health,
    "office": lambda p: getattr(_street(p.organization), "name", ""),
    "community": lambda p: p.organization.name if p.organization.tier == "community" else "",
    "labour_status": _labour_status,
}

EMPLOYER: dict[str, Callable[[Any], Any]] = {
    "name": lambda e: e.name,
    "uscc": lambda e: e.uscc,
    "legal_person": lambda e: e.legal_person,
    "contact": lambda e: getattr(e.contacts.filter(left_on=None).order_by("id").first(), "name", ""),
    "phone": lambda e: e.phone,
    "address": lambda e: e.address,
    "industry": lambda e: e.industry_name,
    "kind": lambda e: e.kind,
}

OFFICE: dict[str, Callable[[Organization], Any]] = {
    "name": lambda o: o.name,
    "short_name": lambda o: o.short_name,
    "phone": lambda o: o.phone,
    "address": lambda o: o.address,
    "parent": lambda o: o.parent.name if o.parent else "",
}


def shown(field: CaseField | FieldColumn, value: Any) -> Any:
    """A recorded value as people read it: labels for codes, 是/否 for yes and no; figures and dates stay what they are."""
    if value in BLANK:
        return None
    if field.type == "bool":
        return "是" if value else "否"
    if field.type in ("choice", "choices"):
        labels = {choice.value: choice.label for choice in field.choices}
        if isinstance(value, list):
            return [labels.get(one, str(one)) for one in value]
        return labels.get(value, str(value))
    if field.type == "rows" and isinstance(field, CaseField):
        columns = {column.name: column for column in field.columns}
        return [{name: shown(columns[name], one) for name, one in row.items() if name in columns} for row in value]
    if field.type == "files":
        return f"{len(value)} 份附件"
    return value


@lru_cache(maxsize=8192)
def _field(definition_id: int, name: str) -> CaseField | None:
    """A field of a frozen version by name."""
    return definitions.procedure_of(definition_id).any_field(name)


def local_day(at: dt.datetime | None) -> dt.date | None:
    return at.astimezone(clock.ZONE).date() if at else None


class CaseFacts:
    """The facts of one case. For a ledger's row also the step it stands for and, line by line, the row of its table."""

    def __init__(self, case: Case, *, step: CaseStep | None = None, row: dict[str, Any] | None = None) -> None:
        self.case, self._step, self._row = case, step, row

    @cached_property
    def procedure(self) -> Procedure:
        return definitions.procedure_of(self.case.definition_id)

    def read(self, expression: str) -> Any:
        """The value of `甲|乙`: the first that is known; None when nobody knows it."""
        for path in alternatives(expression):
            value = self._one(path)
            if value not in BLANK:
                return value
        return None

    def _one(self, path: str) -> Any:
        head, rest = parts(path)
        reader = self._READERS.get(head)
        if reader is None:
            raise LookupError(f"nobody knows the fact {path}")
        return reader(self, rest)

    def _today_fact(self, name: str) -> Any:
        return clock.today()

    def _person_fact(self, name: str) -> Any:
        return PERSON[name](self.case.person) if self.case.person_id else None

    def _employer_fact(self, name: str) -> Any:
        return EMPLOYER[name](self.case.employer) if self.case.employer_id else None

    def _office_fact(self, name: str) -> Any:
        return OFFICE[name](self.case.organization)

    def _case_fact(self, name: str) -> Any:
        case = self.case
        if name == "opened_by":
            return case.opened_by.display_name if case.opened_by_id else "系统"
        if name == "period":
            return duties.period_of(case)
        if name == "outcome":
            return case.get_state_display()
        if name == "evidence":
            return self._evidence()
        if name in ("opened_on", "closed_on"):
            return local_day(getattr(case, name.replace("_on", "_at")))
        return getattr(case, name)

    def _evidence(self) -> list[dict[str, Any]]:
        rows = EvidenceItem.objects.filter(case=self.case).order_by("id")
        return [{"material": r.name, "copies": r.copies, "state": r.get_state_display()} for r in rows]

    def _field_fact(self, name: str) -> Any:
        field = _field(self.case.definition_id, name)
        if field is None:
            return None
        own = (self._step.data.get("values") or {}) if self._step is not None else {}
        return shown(field, own.get(name, self.case.data.get(name)))

    def _row_fact(self, name: str) -> Any:
        return (self._row or {}).get(name)

    @cached_property
    def _steps(self) -> dict[str, CaseStep]:
        rows = self.case.steps.select_related("done_by", "organization").order_by("round", "id")
        return {row.key: row for row in rows}

    def _step_fact(self, rest: str) -> Any:
        key, _, name = rest.rpartition(".")
        step = self._steps.get(key) if key else self._step
        if step is None:
            return None
        if name == "done_on":
            done = step.data.get("on")
            return dt.date.fromisoformat(done) if done else local_day(step.done_at)
        if name == "done_by":
            return step.done_by.display_name if step.done_by_id else None
        if name == "office":
            return step.organization.short_name
        if name == "missed":
            return "；".join(f"{one['what']}为 {one['got']}（{one['text']}）" for one in step.data.get("missed", []))
        if name == "outcome":
            outcome = self.procedure.step(step.key).outcome(step.outcome)
            return outcome.label if outcome else step.get_state_display()
        return step.reason

    def _journey_fact(self, rest: str) -> Any:
        procedure_id, _, name = rest.rpartition(".")
        other = (
            Case.objects.filter(journey_id=self.case.journey_id, procedure_id=procedure_id).order_by("-id").first()
            if procedure_id != self.case.procedure_id
            else self.case
        )
        return CaseFacts(other)._field_fact(name) if other is not None else None

    def _ledger_fact(self, slug: str) -> list[dict[str, Any]]:
        """Rows of a ledger at the case's office today. A roster of recorded work that a duty prints holds its period only."""
        from renben.engines.ledgers import definitions as ledgers
        from renben.engines.ledgers import engine

        ledger, paths = ledgers.find(slug), [self.case.organization.path]
        since = self.case.period_on if ledger.records is not None else None
        return list(engine.iter_rows(ledger, as_of=clock.today(), scope_paths=paths, full_numbers=True, since=since))

    _READERS: ClassVar[dict[str, Callable[..., Any]]] = {
        "today": _today_fact,
        "person": _person_fact,
        "employer": _employer_fact,
        "office": _office_fact,
        "case": _case_fact,
        "field": _field_fact,
        "row": _row_fact,
        "step": _step_fact,
        "journey": _journey_fact,
        "ledger": _ledger_fact,
    }

"""What people, employers, offices, cases and steps are asked for by name, each with the columns it is read from.

The names are those of `vocabulary`. A ledger of a hundred thousand rows reads only the columns that its own facts need.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from renben.engines.procedures import definitions, duties
from renben.engines.procedures.models import Case, CaseStep, EvidenceItem
from renben.kernel import clock, people
from renben.kernel.models import LabourSpell, Organization, Person
from renben.kernel.regions_data import code_table


@dataclass(frozen=True)
class Fact:
    """How a fact is read from its subject. `needs`: the columns that takes, as paths from the subject (`only`, `select_related`).

    A fact that asks the database once more each time (`labour_status`) is for forms; a guard test keeps it out of ledgers.
    """

    read: Callable[[Any], Any]
    needs: tuple[str, ...]

    def __call__(self, subject: Any) -> Any:
        return self.read(subject)


def hukou_place(person: Person) -> str:
    """The place of household registration below the province, from the region tree."""
    region, names = person.hukou_region, []
    while region is not None and region.level != "province":
        names.insert(0, region.name)
        region = region.parent
    return "".join(names)


def age_on(birth_on: dt.date, day: dt.date) -> int:
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def local_day(at: dt.datetime | None) -> dt.date | None:
    return at.astimezone(clock.ZONE).date() if at else None


def _street(organization: Organization | None) -> Organization | None:
    while organization is not None and organization.tier == "community":
        organization = organization.parent
    return organization


def _labour_status(person: Person) -> str:
    last = LabourSpell.objects.filter(person=person, end_on=None).order_by("-start_on", "-id").first()
    return last.get_status_display() if last is not None else "未登记"


def _evidence(case: Case) -> list[dict[str, Any]]:
    rows = EvidenceItem.objects.filter(case=case).order_by("id")
    return [{"material": r.name, "copies": r.copies, "state": r.get_state_display()} for r in rows]


def _done_on(step: CaseStep) -> dt.date | None:
    done = step.data.get("on")
    return dt.date.fromisoformat(done) if done else local_day(step.done_at)


def _missed(step: CaseStep) -> str:
    return "；".join(f"{one['what']}为 {one['got']}（{one['text']}）" for one in step.data.get("missed", []))


def _step_outcome(step: CaseStep) -> str:
    outcome = definitions.procedure_of(step.case.definition_id).step(step.key).outcome(step.outcome)
    return outcome.label if outcome else step.get_state_display()


_REGION = "hukou_region"
_HUKOU = tuple(f"{_REGION}{'__parent' * up}__{column}" for up in range(5) for column in ("name", "level"))
_OFFICES = tuple(f"organization{'__parent' * up}__{column}" for up in range(2) for column in ("name", "tier"))

PERSON: Mapping[str, Fact] = {
    "name": Fact(lambda p: p.name, ("name",)),
    "sex": Fact(lambda p: p.get_sex_display(), ("sex",)),
    "birth_on": Fact(lambda p: p.birth_on, ("birth_on",)),
    "age": Fact(lambda p: age_on(p.birth_on, clock.today()) if p.birth_on else None, ("birth_on",)),
    "id_number": Fact(people.full_number, ("id_masked",)),
    "phone": Fact(people.phone_of, ("phone_enc",)),
    "address": Fact(people.address_of, ("address_enc",)),
    "hukou_address": Fact(lambda p: hukou_place(p) or people.address_of(p), ("address_enc", *_HUKOU)),
    "hukou_kind": Fact(lambda p: p.get_hukou_kind_display() if p.hukou_kind else "", ("hukou_kind",)),
    "education": Fact(lambda p: code_table("education").get(p.education, ""), ("education",)),
    "ethnicity": Fact(lambda p: code_table("ethnicity").get(p.ethnicity, ""), ("ethnicity",)),
    "health": Fact(lambda p: p.health, ("health",)),
    "office": Fact(lambda p: getattr(_street(p.organization), "name", ""), _OFFICES),
    "community": Fact(lambda p: p.organization.name if p.organization.tier == "community" else "", _OFFICES[:2]),
    "labour_status": Fact(_labour_status, ()),
}

EMPLOYER: Mapping[str, Fact] = {
    "name": Fact(lambda e: e.name, ("name",)),
    "uscc": Fact(lambda e: e.uscc, ("uscc",)),
    "legal_person": Fact(lambda e: e.legal_person, ("legal_person",)),
    "contact": Fact(lambda e: getattr(e.contacts.filter(left_on=None).order_by("id").first(), "name", ""), ()),
    "phone": Fact(lambda e: e.phone, ("phone",)),
    "address": Fact(lambda e: e.address, ("address",)),
    "industry": Fact(lambda e: e.industry_name, ("industry",)),
    "kind": Fact(lambda e: e.kind, ("kind",)),
}

OFFICE: Mapping[str, Fact] = {
    "name": Fact(lambda o: o.name, ("name",)),
    "short_name": Fact(lambda o: o.short_name, ("short_name",)),
    "phone": Fact(lambda o: o.phone, ("phone",)),
    "address": Fact(lambda o: o.address, ("address",)),
    "parent": Fact(lambda o: o.parent.name if o.parent else "", ("parent__name",)),
}

CASE: Mapping[str, Fact] = {
    "number": Fact(lambda c: c.number, ("number",)),
    "title": Fact(lambda c: c.title, ("title",)),
    "opened_on": Fact(lambda c: local_day(c.opened_at), ("opened_at",)),
    "closed_on": Fact(lambda c: local_day(c.closed_at), ("closed_at",)),
    "opened_by": Fact(lambda c: c.opened_by.display_name if c.opened_by_id else "系统", ("opened_by__display_name",)),
    "outcome": Fact(lambda c: c.get_state_display(), ("state",)),
    "period": Fact(duties.period_of, ("duty", "period_on")),
    "evidence": Fact(_evidence, ()),
}

STEP: Mapping[str, Fact] = {
    "done_on": Fact(_done_on, ("data", "done_at")),
    "done_by": Fact(lambda s: s.done_by.display_name if s.done_by_id else None, ("done_by__display_name",)),
    "outcome": Fact(_step_outcome, ("key", "outcome", "state")),
    "reason": Fact(lambda s: s.reason, ("reason",)),
    "office": Fact(lambda s: s.organization.short_name, ("organization__short_name",)),
    "missed": Fact(_missed, ("data",)),
}

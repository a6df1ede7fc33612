"""What the printed forms say, from what is known: a form's field names a `source_fact`, and here stands how it is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from renben.engines.documents.forms import find_form
from renben.engines.procedures.models import Case, EvidenceItem
from renben.kernel import people
from renben.kernel.models import LabourSpell, Person
from renben.services.registration.models import (
    PersonnelArchive,
    RegistrationCertificate,
    UnemploymentBenefit,
    UnemploymentRegistration,
)


@dataclass
class Known:
    """Everything on file about one person that a form of registration may print. Missing things are None."""

    person: Person
    registration: UnemploymentRegistration | None = None
    certificate: RegistrationCertificate | None = None
    benefit: UnemploymentBenefit | None = None
    case: Case | None = None

    @classmethod
    def of_registration(cls, registration: UnemploymentRegistration) -> Known:
        return cls(
            registration.person, registration, registration.certificate, _benefit_of(registration), registration.case
        )

    @classmethod
    def of_certificate(cls, certificate: RegistrationCertificate) -> Known:
        running = UnemploymentRegistration.objects.running_of(certificate.person) or certificate.registration
        return cls(certificate.person, running, certificate, None, running.case if running else None)

    @classmethod
    def of_benefit(cls, benefit: UnemploymentBenefit) -> Known:
        running = benefit.registration
        return cls(benefit.person, running, running.certificate if running else None, benefit, benefit.case)

    @cached_property
    def archive(self) -> PersonnelArchive | None:
        own = self.registration.archive if self.registration is not None else None
        return own or PersonnelArchive.objects.latest_of(self.person)

    @cached_property
    def last_work(self) -> LabourSpell | None:
        """The last spell in which the person worked."""
        work = [
            LabourSpell.Status.EMPLOYED,
            LabourSpell.Status.SELF_EMPLOYED,
            LabourSpell.Status.FLEXIBLE,
            LabourSpell.Status.PUBLIC_POST,
            LabourSpell.Status.RURAL_TRANSFER,
        ]
        return LabourSpell.objects.filter(person=self.person, status__in=work).order_by("-start_on", "-id").first()

    @cached_property
    def document(self) -> Any:
        return self.person.documents.filter(is_primary=True).order_by("id").first()

    @property
    def result(self) -> dict[str, Any]:
        """The stored result of the determination."""
        found = self.benefit.determination if self.benefit is not None else None
        return found.result if found is not None else {}


def _benefit_of(registration: UnemploymentRegistration) -> UnemploymentBenefit | None:
    return registration.benefits.order_by("-determined_on", "-id").first()


def evidence_of(known: Known) -> list[dict[str, Any]]:
    """Papers handed in: those of the case with their copies, else those named at the registration."""
    if known.case is not None:
        got = [EvidenceItem.State.RECEIVED, EvidenceItem.State.DEFERRED]
        rows = EvidenceItem.objects.filter(case=known.case, state__in=got).order_by("id")
        if found := [{"material": row.name, "copies": row.copies} for row in rows]:
            return found
    names = known.registration.evidence if known.registration is not None else []
    return [{"material": name, "copies": 1} for name in names]


Reader = Callable[[Known], Any]
FACTS: dict[str, Reader] = {}


def fact(name: str) -> Callable[[Reader], Reader]:
    """Register how one fact is read."""

    def keep(reader: Reader) -> Reader:
        FACTS[name] = reader
        return reader

    return keep


def fill(form: str, known: Known) -> dict[str, Any]:
    """Field values of a form. Facts nobody knows stay out; dates are dates, money whole fen.

    LookupError names a source fact that nobody declared: a mistake of the catalogue, not of the clerk.
    """
    from renben.services.registration import form_facts, letter_facts  # noqa: F401 - importing declares the facts

    template = find_form(form)
    data: dict[str, Any] = {}
    for field in template.filled_fields:
        reader = FACTS.get(field.source_fact)
        if reader is None:
            raise LookupError(f"form {template.slug}: nobody declared the fact {field.source_fact} of {field.name}")
        value = reader(known)
        if value in (None, "", []):
            continue
        data[field.name] = _as_option(field, value)
    return data


def _as_option(field: Any, value: Any) -> Any:
    """A choice prints one of the form's own options: the one that equals or begins like the value."""
    if field.type != "choice":
        return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
    values = value if isinstance(value, list) else [value]
    chosen = [next((o for o in field.options if o == v or o.startswith(v) or v.startswith(o)), None) for v in values]
    chosen = [option for option in chosen if option]
    if field.multiple:
        return chosen
    return chosen[0] if chosen else None


def full_number(known: Known) -> str:
    return people.number_on(known.document)

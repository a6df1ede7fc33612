"""《社会保险补贴判定告知书》: the decision in plain words, printed for the person from the stored determination."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.documents.forms import find_form
from renben.engines.documents.models import IssuedDocument
from renben.kernel import audit, people
from renben.services.support.models import InsuranceSubsidy
from renben.services.support.printed import FACTS

EXPLANATION = "社会保险补贴判定告知书"


def _value(subsidy: InsuranceSubsidy, source: str) -> Any:
    if source == "person.name":
        return subsidy.person.name
    if source == "person.id_number":
        return people.full_number(subsidy.person)
    value = FACTS[source.removeprefix("subsidy.")](subsidy)
    return value.isoformat() if isinstance(value, dt.date) else value


def print_explanation(*, subsidy: InsuranceSubsidy, by: Any) -> IssuedDocument:
    """Issue the notice; the same content is not issued twice."""
    from renben.engines.documents.issuing import issue

    fields = find_form(EXPLANATION).filled_fields
    data = {field.name: _value(subsidy, field.source_fact) for field in fields}
    paper = issue(
        form=EXPLANATION,
        person=subsidy.person,
        organization=subsidy.organization,
        data={name: value for name, value in data.items() if value not in (None, "", [])},
        by=by,
        case_id=subsidy.case_id,
    )
    audit.record(
        action="document.print",
        subject=f"person:{subsidy.person_id}",
        detail={"papers": [f"{paper.form} {paper.number}"]},
        by=by,
        organization=subsidy.organization,
    )
    return paper

"""Printing a form of the catalogue from what a case has on record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.documents.forms import FormField, find_form
from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures.models import Case
from renben.kernel import audit
from renben.services.records.facts import BLANK, CaseFacts


def fill(form: str, case: Case) -> dict[str, Any]:
    """Field values of a form by name; facts nobody knows stay out and are marked on the paper."""
    facts = CaseFacts(case)
    data = {}
    for field in find_form(form).filled_fields:
        value = fitting(field, facts.read(field.source_fact))
        if value not in BLANK:
            data[field.name] = value
    return data


def fitting(field: FormField, value: Any) -> Any:
    """A recorded value in the shape the form's field takes."""
    if value in BLANK:
        return None
    if field.type == "rows":
        names = {column.name: column for column in field.columns}
        rows = value if isinstance(value, list) else []
        return [{n: fitting(c, row.get(n)) for n, c in names.items() if row.get(n) not in BLANK} for row in rows]
    if field.type == "choice":
        values = value if isinstance(value, list) else [value]
        chosen = [next((o for o in field.options if o == v), None) or _near(field.options, str(v)) for v in values]
        chosen = [one for one in chosen if one]
        return chosen if field.multiple else (chosen[0] if chosen else None)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, list):
        return "、".join(str(one) for one in value if not isinstance(one, dict)) or f"{len(value)} 项"
    if field.type in ("fen", "int"):
        return int(value) if isinstance(value, int | float) else None
    return value if field.type in ("date", "month", "number") else str(value)


def _near(options: list[str], value: str) -> str | None:
    return next((o for o in options if o.startswith(value) or value.startswith(o)), None)


def print_for_case(*, form: str, case: Case, by: Any) -> IssuedDocument:
    """Issue the form for this case; the same content is not issued twice. FormError when a certificate lacks a fact."""
    from renben.engines.documents.issuing import issue

    issued = issue(
        form=form,
        person=case.person,
        organization=case.organization,
        data=fill(form, case),
        by=by,
        case_id=case.pk,
    )
    audit.record(
        action="document.print",
        subject=f"case:{case.pk}",
        detail={"papers": [f"{issued.form} {issued.number}"]},
        by=by,
        organization=case.organization,
    )
    return issued

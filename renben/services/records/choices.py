"""The labels that may stand in a column of a ledger of recorded work: what a clerk could choose in the field behind it."""

from __future__ import annotations

from renben.engines.ledgers.definitions import Ledger
from renben.engines.procedures import definitions
from renben.engines.procedures.models import Case
from renben.kernel.models import Person
from renben.kernel.regions_data import code_table
from renben.services.records.vocabulary import alternatives, parts


def choices(ledger: Ledger) -> dict[str, list[str]]:
    """Labels by column key; columns that take anything are left out. Filters of the ledger count too."""
    found = {item.key: [choice.label for choice in item.choices] for item in ledger.filters if item.choices}
    if ledger.records is None:
        return found
    for column in ledger.columns:
        labels = [label for path in alternatives(column.fact) for label in _labels(ledger, path)]
        if column.type == "text" and labels:
            found[column.key] = list(dict.fromkeys(labels))
    return found


def _labels(ledger: Ledger, path: str) -> list[str]:
    head, name = parts(path)
    if head == "person":
        return _of_person(name)
    if head == "case" and name == "outcome":
        return list(Case.State.labels)
    if head not in ("field", "row"):
        return []
    found = []
    for id_ in dict.fromkeys(place.partition("/")[0] for place in ledger.records.steps):
        procedure = definitions.current(id_)[1]
        field = procedure.any_field(name if head == "field" else ledger.records.rows_field)
        if field is not None and head == "row":
            field = next((column for column in field.columns if column.name == name), None)
        if field is not None:
            found += ["是", "否"] if field.type == "bool" else [choice.label for choice in field.choices]
    return found


def _of_person(name: str) -> list[str]:
    if name in ("education", "ethnicity"):
        return list(code_table(name).values())
    if name in ("sex", "hukou_kind"):
        return [str(label) for _, label in Person._meta.get_field(name).flatchoices]
    return []

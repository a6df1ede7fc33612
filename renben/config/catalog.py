"""The catalogue on the command line: what the services offer is declared first, then the files are checked against it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from renben.services import offers

if TYPE_CHECKING:
    from renben.engines.procedures.catalogue import Catalogue
    from renben.engines.procedures.schema import Procedure

ROOT = Path(os.environ.get("RENBEN_CATALOG", Path(__file__).resolve().parents[2] / "catalog"))


def check(*, spec: str | None, as_json: bool) -> int:
    from renben.engines.procedures import check as checks

    offers.declare_catalog()
    problems = [*_ledger_problems(), *_form_problems(), *_code_problems(), *_message_problems(), *_credit_problems()]
    loaded = _loaded() if not problems else None
    problems += _fact_problems(loaded.procedures) if loaded is not None else []
    folder = Path(spec) if spec else None
    return checks.catalog_check(ROOT, folder, as_json=as_json, more_problems=problems, loaded=loaded)


def _loaded() -> Catalogue | None:
    """The procedures, read once for all checks; None when they cannot be read: their own check says what is wrong."""
    from renben.engines.procedures import catalogue

    try:
        return catalogue.load(ROOT)
    except catalogue.CatalogueError:
        return None


def _ledger_problems() -> list[str]:
    from renben.engines.ledgers import definitions
    from renben.engines.procedures import registry

    problems = definitions.problems(ROOT, registry.known_ledgers())
    if not problems:
        for ledger in definitions.load_ledgers(ROOT).values():
            registry.declare_ledgers([ledger.name, *ledger.aliases])
    return problems


def _code_problems() -> list[str]:
    """Rows of the occupation and industry tables that hang on nothing, and coded titles whose code does not exist."""
    from renben.engines.coding import codetree
    from renben.kernel.regions_data import read_table

    folder = ROOT / "codes"
    try:
        occupations = codetree.code_tree("occupations", folder)
        codetree.code_tree("industries", folder)
    except ValueError as error:
        return [str(error)]
    titles = enumerate(read_table(folder / "occupation_titles.csv"), start=2)
    return [
        f"codes/occupation_titles.csv 第{line}行：职业代码 {row['code']} 不存在。"
        for line, row in titles
        if row["code"] not in occupations
    ]


def _message_problems() -> list[str]:
    """Message templates that cannot be read."""
    from renben.engines.messaging import templates

    try:
        templates.load(ROOT / "content" / "messages")
    except templates.MessageError as error:
        return [f"content/messages/{error}"]
    return []


def _credit_problems() -> list[str]:
    """The table of firms' credit, when it cannot be used."""
    from renben.services.placement.firms import credit_table

    try:
        credit_table.table(ROOT)
    except credit_table.CreditTableError as error:
        return [f"content/placement/credit.yaml {error}"]
    return []


def _form_problems() -> list[str]:
    """Forms that cannot be read, and names the services offer without a layout."""
    from renben.engines.documents.forms import FormError, find_form, load_forms
    from renben.engines.procedures import registry

    problems = []
    try:
        load_forms(ROOT)
    except FormError as error:
        return [str(error)]
    for name in sorted(registry.known_forms()):
        try:
            find_form(name, ROOT)
        except FormError as error:
            problems.append(str(error))
    for form in load_forms(ROOT).values():
        registry.declare_forms([form.name, *form.aliases])
    return problems


def _fact_problems(known: dict[str, Procedure]) -> list[str]:
    """Facts that forms and ledgers of recorded work name and nobody could read."""
    from renben.engines.documents.forms import load_forms
    from renben.engines.ledgers.definitions import load_ledgers
    from renben.services.records import vocabulary

    ledgers = load_ledgers(ROOT)
    problems = [
        f"{procedure.id}/{step.key} {field.label}：{text}"
        for procedure in known.values()
        for step in [*procedure.steps, *(duty.own for duty in procedure.duties if duty.own is not None)]
        for field in step.fields
        if field.source_fact.partition(".")[0] in vocabulary.FILLS_FIELDS
        for text in vocabulary.problems(field.source_fact, [procedure.id], known)
    ]
    for form in load_forms(ROOT).values():
        if form.layout == "own":
            continue
        for field in form.filled_fields:
            found = vocabulary.problems(field.source_fact, form.procedures, known, ledgers)
            problems += [f"表单《{form.name}》{field.label}：{text}" for text in found]
    for ledger in ledgers.values():
        if ledger.records is None:
            continue
        missing = [place for place in ledger.records.steps if not _is_step(place, known)]
        problems += [f"台账《{ledger.name}》：没有环节 {place}" for place in missing]
        ids = {place.partition("/")[0] for place in ledger.records.steps}
        table = next((f for id_ in ids if id_ in known if (f := known[id_].any_field(ledger.records.rows_field))), None)
        if ledger.records.rows_field and table is None:
            problems.append(f"台账《{ledger.name}》：没有明细字段 {ledger.records.rows_field}")
        columns = [column.name for column in table.columns] if table is not None else None
        for column in ledger.columns:
            found = vocabulary.problems(column.fact, ids, known, ledgers, columns)
            problems += [f"台账《{ledger.name}》{column.title}：{text}" for text in found]
    return problems


def _is_step(place: str, known: dict) -> bool:
    id_, _, key = place.partition("/")
    try:
        known[id_].step(key)
    except KeyError:
        return False
    return True


def export_json() -> int:
    from renben.engines.procedures import check as checks

    return checks.catalog_export_json(ROOT)


def export_bpmn(target: str) -> int:
    from renben.engines.procedures import check as checks

    return checks.catalog_export_bpmn(ROOT, Path(target))

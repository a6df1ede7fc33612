"""The catalogue on the command line: what the services offer is declared first, then the files are checked against it."""

from __future__ import annotations

import os
from pathlib import Path

from renben.services import offers

ROOT = Path(os.environ.get("RENBEN_CATALOG", Path(__file__).resolve().parents[2] / "catalog"))


def check(*, spec: str | None, as_json: bool) -> int:
    from renben.engines.procedures import check as checks

    offers.declare_catalog()
    problems = [*_ledger_problems(), *_form_problems()]
    return checks.catalog_check(ROOT, Path(spec) if spec else None, as_json=as_json, more_problems=problems)


def _ledger_problems() -> list[str]:
    from renben.engines.ledgers import definitions
    from renben.engines.procedures import registry

    problems = definitions.problems(ROOT, registry.known_ledgers())
    if not problems:
        for ledger in definitions.load_ledgers(ROOT).values():
            registry.declare_ledgers([ledger.name, *ledger.aliases])
    return problems


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


def export_json() -> int:
    from renben.engines.procedures import check as checks

    return checks.catalog_export_json(ROOT)


def export_bpmn(target: str) -> int:
    from renben.engines.procedures import check as checks

    return checks.catalog_export_bpmn(ROOT, Path(target))

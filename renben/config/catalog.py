"""The catalogue on the command line: what the services offer is declared first, then the files are checked against it."""

from __future__ import annotations

import os
from pathlib import Path

from renben.services import offers

ROOT = Path(os.environ.get("RENBEN_CATALOG", Path(__file__).resolve().parents[2] / "catalog"))


def check(*, spec: str | None, as_json: bool) -> int:
    from renben.engines.procedures import check as checks

    offers.declare_catalog()
    return checks.catalog_check(ROOT, Path(spec) if spec else None, as_json=as_json)


def export_json() -> int:
    from renben.engines.procedures import check as checks

    return checks.catalog_export_json(ROOT)


def export_bpmn(target: str) -> int:
    from renben.engines.procedures import check as checks

    return checks.catalog_export_bpmn(ROOT, Path(target))

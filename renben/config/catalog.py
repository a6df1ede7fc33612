"""The catalogue on the command line: what the services offer is declared first, then the files are checked against it."""

from __future__ import annotations

import os
from pathlib import Path

MODULES = ["renben.services.registration.catalog"]
"""Catalog modules of the services, read by the command line and by the web alike."""

ROOT = Path(os.environ.get("RENBEN_CATALOG", Path(__file__).resolve().parents[2] / "catalog"))


def declare() -> None:
    """Tell the procedure engine which names the services offer."""
    from renben.engines.procedures import registry

    registry.load(MODULES)


def check(*, spec: str | None, as_json: bool) -> int:
    from renben.engines.procedures import check as checks

    declare()
    return checks.catalog_check(ROOT, Path(spec) if spec else None, as_json=as_json)


def export_json() -> int:
    from renben.engines.procedures import check as checks

    return checks.catalog_export_json(ROOT)


def export_bpmn(target: str) -> int:
    from renben.engines.procedures import check as checks

    return checks.catalog_export_bpmn(ROOT, Path(target))

"""From catalogue files to frozen versions in the database, and back to procedures (cached: a version never changes)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from renben.engines.procedures import catalogue, rows
from renben.engines.procedures.models import Definition, DefinitionActivation
from renben.engines.procedures.schema import Procedure
from renben.kernel import audit, clock


class ProcedureUnknown(LookupError):
    """No version of this procedure has been loaded: run the catalogue sync."""


@lru_cache(maxsize=512)
def procedure_of(definition_id: int) -> Procedure:
    """The procedure of a frozen version."""
    return Procedure.model_validate(Definition.objects.values_list("body", flat=True).get(pk=definition_id))


def current(procedure_id: str) -> tuple[int, Procedure]:
    """`(definition_id, procedure)` that new cases use. Raises ProcedureUnknown."""
    latest = (
        "SELECT definition_id FROM procedures_definitionactivation WHERE procedure_id = %s ORDER BY id DESC LIMIT 1"
    )
    definition_id = rows.value(latest, procedure_id)
    if definition_id is None:
        raise ProcedureUnknown(f"procedure {procedure_id} is not loaded; sync the catalogue")
    return definition_id, procedure_of(definition_id)


def sync_definitions(catalog_dir: Path | None = None, by=None) -> list[Definition]:
    """Load the catalogue. Returns the versions now activated; running it again changes nothing.

    Raises CatalogueError with every problem when a file is wrong; then nothing is loaded.
    """
    found = catalogue.load(Path(catalog_dir or settings.CATALOG_DIR))
    changed = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('procedures.sync_definitions'))")
        active = dict(
            DefinitionActivation.objects.order_by("procedure_id", "-id")
            .distinct("procedure_id")
            .values_list("procedure_id", "definition__sha256")
        )
        for procedure in found.procedures.values():
            body = catalogue.body_of(procedure)
            sha256 = catalogue.digest(body)
            if active.get(procedure.id) == sha256:
                continue
            versions = Definition.objects.filter(procedure_id=procedure.id)
            definition = versions.filter(sha256=sha256).first() or Definition.objects.create(
                procedure_id=procedure.id,
                version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
                sha256=sha256,
                title=procedure.title,
                tier=procedure.tier,
                kind=procedure.kind,
                body=body,
                active_from=clock.today(),
            )
            DefinitionActivation.objects.create(
                procedure_id=procedure.id, definition=definition, activated_at=clock.now()
            )
            changed.append(definition)
        if changed:
            audit.record(
                action="catalog.sync",
                subject="catalog:procedures",
                detail={d.procedure_id: {"version": d.version, "sha256": d.sha256} for d in changed},
                by=by,
            )
    return changed

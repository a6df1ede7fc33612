"""From catalogue files to frozen versions in the database, and back to procedures (cached: a version never changes)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from renben.engines.procedures import catalogue
from renben.engines.procedures.models import Definition, DefinitionActivation, Origin
from renben.engines.procedures.schema import Procedure
from renben.kernel import audit, clock, rows


class ProcedureUnknown(LookupError):
    """No version of this procedure has been loaded: run the catalogue sync."""


KEPT = 1024
"""So many versions stay in memory; then all are read anew when asked for."""
_read: dict[int, Procedure] = {}


def procedure_of(definition_id: int) -> Procedure:
    """The procedure of a frozen version. Raises Definition.DoesNotExist."""
    found = _read.get(definition_id)
    if found is None:
        _keep({definition_id: Definition.objects.values_list("body", flat=True).get(pk=definition_id)})
        found = _read[definition_id]
    return found


def _keep(bodies: dict[int, dict]) -> None:
    if len(_read) + len(bodies) > KEPT:
        _read.clear()
    _read.update({key: Procedure.model_validate(body) for key, body in bodies.items()})


_ORDER = """(active_on > %(day)s), CASE WHEN active_on <= %(day)s THEN active_on END DESC NULLS LAST,
    CASE WHEN active_on <= %(day)s THEN id END DESC NULLS LAST, active_on, id"""
"""The activation in force on a day comes first: the latest up to it; before the very first one, that first one."""
_CURRENT = (
    f"SELECT definition_id FROM procedures_definitionactivation WHERE procedure_id = %(id)s ORDER BY {_ORDER} LIMIT 1"
)
_IN_FORCE = (
    "SELECT DISTINCT ON (procedure_id) definition_id FROM procedures_definitionactivation"
    f" ORDER BY procedure_id, {_ORDER}"
)


def current(procedure_id: str) -> tuple[int, Procedure]:
    """`(definition_id, procedure)` that new cases use today. Raises ProcedureUnknown."""
    found = rows.first_of(_CURRENT, {"id": procedure_id, "day": clock.today()})
    if found is None:
        raise ProcedureUnknown(f"procedure {procedure_id} is not loaded; sync the catalogue")
    return found[0], procedure_of(found[0])


def in_force(on: dt.date | None = None) -> list[tuple[int, Procedure]]:
    """`(definition_id, procedure)` of every procedure, as in force on a day (today), in order of their ids."""
    keys = [key for (key,) in rows.all_of(_IN_FORCE, {"day": on or clock.today()})]
    if missing := [key for key in keys if key not in _read]:
        _keep(dict(Definition.objects.filter(pk__in=missing).order_by("pk").values_list("pk", "body")))
    return [(key, procedure_of(key)) for key in keys]


def newest(procedure_id: str) -> DefinitionActivation | None:
    """The activation that counts once all that is decided has begun; later than today's when one is still to come."""
    found = DefinitionActivation.objects.filter(procedure_id=procedure_id).select_related("definition")
    return found.order_by("-active_on", "-id").first()


def lock() -> None:
    """Loading the catalogue and activating a draft come one after the other; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('procedures.sync_definitions'))")


def freeze(procedure: Procedure, *, origin: str, active_from: dt.date) -> Definition:
    """The version with exactly this text: the one that stands, or a new one."""
    body = catalogue.body_of(procedure)
    sha256 = catalogue.digest(body)
    versions = Definition.objects.filter(procedure_id=procedure.id)
    return versions.filter(sha256=sha256).first() or Definition.objects.create(
        procedure_id=procedure.id,
        version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
        sha256=sha256,
        title=procedure.title,
        tier=procedure.tier,
        kind=procedure.kind,
        body=body,
        active_from=active_from,
        origin=origin,
    )


def put_in_force(definition: Definition, *, on: dt.date, origin: str, by: Any = None) -> DefinitionActivation:
    """New cases use this version from a day on."""
    return DefinitionActivation.objects.create(
        procedure_id=definition.procedure_id,
        definition=definition,
        activated_at=clock.now(),
        active_on=on,
        origin=origin,
        activated_by=by,
    )


def sync_definitions(catalog_dir: Path | None = None, by=None) -> list[Definition]:
    """Load the catalogue. Returns the versions now activated; running it again changes nothing.

    A file counts only when its text is another than the last one that came from the files: a version approved on screen
    stays in force until somebody changes the file, and then the replacement is on record by itself.
    Raises CatalogueError with every problem when a file is wrong; then nothing is loaded.
    """
    found = catalogue.load(Path(catalog_dir or settings.CATALOG_DIR))
    changed, today = [], clock.today()
    with transaction.atomic():
        lock()
        from_files = dict(
            DefinitionActivation.objects.filter(origin=Origin.FILE)
            .order_by("procedure_id", "-id")
            .distinct("procedure_id")
            .values_list("procedure_id", "definition__sha256")
        )
        in_use = {row.procedure_id: row for row in _activations_in_force(today)}
        for procedure in found.procedures.values():
            sha256 = catalogue.digest(catalogue.body_of(procedure))
            if from_files.get(procedure.id) == sha256:
                continue
            definition = freeze(procedure, origin=Origin.FILE, active_from=today)
            before = in_use.get(procedure.id)
            put_in_force(definition, on=today, origin=Origin.FILE, by=by)
            if before is not None and before.definition_id == definition.pk:
                continue  # the file now says what was approved on screen
            changed.append(definition)
            if before is not None and before.origin == Origin.SCREEN:
                audit.record(
                    action="catalog.replaced_screen",
                    subject=f"procedure:{procedure.id}",
                    detail={"screen_version": before.definition.version, "file_version": definition.version},
                    by=by,
                )
        if changed:
            audit.record(
                action="catalog.sync",
                subject="catalog:procedures",
                detail={d.procedure_id: {"version": d.version, "sha256": d.sha256} for d in changed},
                by=by,
            )
    return changed


def _activations_in_force(day: dt.date) -> list[DefinitionActivation]:
    return list(
        DefinitionActivation.objects.filter(active_on__lte=day)
        .order_by("procedure_id", "-active_on", "-id")
        .distinct("procedure_id")
        .select_related("definition")
    )

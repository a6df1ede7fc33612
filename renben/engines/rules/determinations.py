"""Store a determination: the only writer of ``models.Determination``."""

from __future__ import annotations

from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import transaction

from renben.kernel import clock

from . import reviewing
from .models import Determination


class Explained(Protocol):
    """What can be stored: a ``Determination`` of the engine or a decision of a service, by its JSON form."""

    def as_json(self) -> dict[str, Any]:
        """Keys ``as_of, inputs, result, parts, parameters, missing, ruleset``."""


@transaction.atomic
def store(
    *, person, kind: str, found: Explained, case=None, decided_by=None, supersedes: Determination | None = None
) -> Determination:
    """Write ``found`` as one row about ``person``; ``kind`` is the domain name or the name of a set of domains.

    ``supersedes`` must be the current determination of the same person and kind, otherwise ValidationError. The caller audits.
    """
    if supersedes is not None:
        held = Determination.objects.select_for_update().get(pk=supersedes.pk)
        if (held.person_id, held.kind) != (person.pk, kind):
            raise ValidationError("只能更正同一个人的同一种判定。")
        if Determination.objects.filter(supersedes=held).exists():
            raise ValidationError("这个判定已经更正过，请在最新的判定上更正。")
    record = found.as_json()
    if supersedes is not None:
        reviewing.close_tasks(supersedes, "已重新判定")
    return Determination.objects.create(
        person=person,
        case=case,
        kind=kind,
        as_of=record["as_of"],
        inputs=record["inputs"],
        result=record["result"],
        parts=record["parts"],
        parameter_versions=record["parameters"],
        missing=record["missing"],
        ruleset_hash=record["ruleset"],
        decided_by=decided_by,
        decided_at=clock.now(),
        supersedes=supersedes,
    )

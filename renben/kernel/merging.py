"""Two files become one: what merging people (kernel.merge) and merging employers (kernel.employer_merge) have in common.

Each module declares how merging treats its relations (`app.Model.field`) to the file. `unhandled()` names the rest, a test
fails on it and no merge runs before it is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction

from renben.kernel import audit, clock, events

Handler = Callable[[Any, Any], dict[str, Any]]
"""Gets the kept and the merged file; returns what it did: `{"moved": [ids], "left": [ids], "note": text}`."""


class MergeRefused(Exception):
    """The two files cannot be merged now; the text says why and what to do first, in Chinese."""


def relations_to(target: type[models.Model]) -> list[str]:
    """Every relation of the installed models to `target`, as `app.Model.field`, sorted."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for one in model._meta.get_fields():
            if getattr(one, "concrete", False) and one.is_relation and one.related_model is target:
                found.append(f"{model._meta.app_label}.{model.__name__}.{one.name}")
    return sorted(found)


def move_all(relation: str) -> Handler:
    """A handler that simply moves every row to the kept file."""
    label, _, name = relation.rpartition(".")

    def move(kept: Any, merged: Any) -> dict[str, Any]:
        rows = apps.get_model(label)._base_manager.filter(**{name: merged})
        moved = sorted(rows.values_list("pk", flat=True))
        rows.update(**{name: kept})
        return {"moved": moved}

    return move


def leave_all(kept: Any, merged: Any) -> dict[str, Any]:
    """A handler for what is history about the merged file itself."""
    return {}


@dataclass(frozen=True)
class Merging:
    """How files of one kind are merged.

    `record`: the model that keeps what was done; `what`: the kind in the audit trail; `filled`: columns the kept file takes over
    where its own are blank; `settle(kept, merged)`: sets and saves the rest of both; `done`: the event.
    """

    model: type[models.Model]
    record: type[models.Model]
    what: str
    filled: tuple[str, ...]
    settle: Callable[[Any, Any], None]
    done: Callable[[int, int], object]
    same_text: str
    reason_text: str
    gone_text: str
    handled: dict[str, Handler] = field(default_factory=dict)

    def register(self, relation: str, handler: Handler) -> None:
        """Declare how merging treats a relation, e.g. `procedures.Case.person`."""
        self.handled[relation] = handler

    def unhandled(self) -> list[str]:
        """Relations to such a file that nobody declared: each needs `register(...)` in its module."""
        return [relation for relation in relations_to(self.model) if relation not in self.handled]

    @transaction.atomic
    def run(self, *, kept: Any, merged: Any, reason: str, by: Any) -> Any:
        """Merge; returns the record. MergeRefused when a file is merged already, is the same, no reason is given, a relation
        is not declared, or a module objects."""
        if kept.pk == merged.pk:
            raise MergeRefused(self.same_text)
        if not reason.strip():
            raise MergeRefused(self.reason_text)
        kept, merged = self._locked(kept.pk, merged.pk)
        if kept.merged_into_id or merged.merged_into_id:
            raise MergeRefused(self.gone_text)
        if missing := self.unhandled():
            raise MergeRefused(f"有的记录还不会合并（{'、'.join(missing)}），请联系系统管理员。")
        did = {relation: self.handled[relation](kept, merged) for relation in relations_to(self.model)}
        for name in self.filled:
            if not getattr(kept, name) and getattr(merged, name):
                setattr(kept, name, getattr(merged, name))
        self.settle(kept, merged)
        record = self.record.objects.create(
            kept=kept,
            merged=merged,
            moved={relation: what for relation, what in did.items() if any(what.values())},
            reason=reason[:200],
            merged_by=by,
            merged_at=clock.now(),
        )
        events.emit(self.done(kept.pk, merged.pk))
        audit.record(
            action=f"{self.what}.merge",
            subject=f"{self.what}:{kept.pk}",
            detail={"merged": merged.pk, "reason": reason, "relations": sorted(record.moved)},
            by=by,
            organization=kept.organization,
        )
        return record

    def _locked(self, *keys: int) -> tuple[Any, ...]:
        """The files, locked in the order of their keys, so that two merges crosswise do not wait for each other."""
        rows = self.model.objects.select_for_update(of=("self",)).select_related("organization").filter(pk__in=keys)
        found = {one.pk: one for one in rows.order_by("pk")}
        return tuple(found[key] for key in keys)

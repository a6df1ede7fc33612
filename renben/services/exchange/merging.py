"""What other bodies say about a merged person goes along; the same said of both files stays readable at the merged one."""

from __future__ import annotations

from typing import Any

from renben.kernel import merge
from renben.kernel.models import Person
from renben.services.exchange.models import OutsideFact

_KEY = ("kind", "start_on", "role", "body")


def facts(kept: Person, merged: Person) -> dict[str, Any]:
    held = set(OutsideFact.objects.filter(person=kept).order_by().values_list(*_KEY))
    moved, left = [], []
    for fact in OutsideFact.objects.filter(person=merged).order_by("id"):
        if tuple(getattr(fact, name) for name in _KEY) in held:
            left.append(fact.pk)
            continue
        fact.person = kept
        fact.save(update_fields=["person"])
        moved.append(fact.pk)
    return {"moved": moved, "left": left}


def load() -> None:
    """Declare every relation."""
    merge.register("exchange.OutsideFact.person", facts)

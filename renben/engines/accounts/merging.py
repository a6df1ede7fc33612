"""Activation codes of merged files: an open code of the file that goes is void, what was used stays on record."""

from __future__ import annotations

from typing import Any

from renben.engines.accounts.models import Activation
from renben.kernel import clock, merge
from renben.kernel.models import Person


def codes(kept: Person, merged: Person) -> dict[str, Any]:
    rows = Activation.objects.filter(person=merged)
    rows.open().update(revoked_at=clock.now())
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def load() -> None:
    """Declare every relation."""
    merge.register("accounts.Activation.person", codes)

"""Values approved on screen over those of the catalogue: one set of parameters for every process, with a version.

The version stands in the settings and changes with every approval; a process that holds parameters of another version
reads the table anew (as the work calendar does). Whoever evaluates many times in a row asks once: ``steady``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from renben.kernel import rows
from renben.kernel.models import Setting

from .models import ParameterChange
from .parameters import Parameters

_VERSION = "policy.version"
_cached: tuple[str, str, str, Parameters] | None = None
_steady: ContextVar[dict[str, Parameters] | None] = ContextVar("parameters_in_force", default=None)


def version() -> str:
    """Names the set of approved values; empty while nothing was ever approved on screen (one short statement)."""
    return str(rows.value(f"SELECT value::text FROM kernel_setting WHERE key = '{_VERSION}'") or "")


def current(base: Parameters) -> Parameters:
    """``base`` with every value approved on screen. Read from the table only when its version has changed."""
    global _cached
    held = _steady.get()
    if held is not None and base.digest in held:
        return held[base.digest]
    key = (version(), str(connection.settings_dict["NAME"]), base.digest)
    if _cached is None or _cached[:3] != key:
        _cached = (*key, _with_approved(base) if key[0] else base)
    if held is not None:
        held[base.digest] = _cached[3]
    return _cached[3]


def _with_approved(base: Parameters) -> Parameters:
    found = base
    for change in ParameterChange.objects.filter(state=ParameterChange.State.IN_FORCE).order_by("valid_from", "id"):
        if change.parameter in found:
            found = found.with_value(change.as_version(found[change.parameter]))
    return found


@contextmanager
def steady() -> Iterator[None]:
    """Inside, the version is asked once: a page or a nightly run reckons with one set from beginning to end."""
    token = _steady.set({})
    try:
        yield
    finally:
        _steady.reset(token)


def touch() -> None:
    """Tell every process that an approval changed the set. A value never used before: after a rollback no cache matches it."""
    Setting.objects.update_or_create(key=_VERSION, defaults={"value": secrets.token_hex(8)})
    held = _steady.get()
    if held is not None:
        held.clear()

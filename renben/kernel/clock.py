"""Business time. Every module asks here, so a page can be seen "as of" another day and tests can freeze it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_as_of: ContextVar[dt.datetime | None] = ContextVar("renben_as_of", default=None)


def now() -> dt.datetime:
    """The current instant in Asia/Shanghai, or the instant a page is seen as of."""
    return _as_of.get() or dt.datetime.now(tz=ZONE)


def today() -> dt.date:
    """The local calendar day of `now()` (D-01: Asia/Shanghai everywhere)."""
    return now().astimezone(ZONE).date()


def is_as_of() -> bool:
    """True while another day is looked at: everything is read-only then."""
    return _as_of.get() is not None


@contextmanager
def as_of(moment: dt.datetime | dt.date) -> Iterator[None]:
    """Look at the platform as of `moment`; a bare date means the end of that day."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time(23, 59, 59), tzinfo=ZONE)
    token = _as_of.set(moment)
    try:
        yield
    finally:
        _as_of.reset(token)

"""From rows to index: pending changes, their drain, and building anew. One process writes at a time.

`changed` writes a row beside the change, so that a change and its trace stand or fall together; after the commit the same
process brings the index up to date (tens of milliseconds) unless another is at it, which then takes these rows too. What a
killed process left is taken by the next change or by the job of the minute.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from renben.kernel import rows

from . import sources
from .models import PendingChange
from .store import Damaged, Store, folder_for

log = logging.getLogger(__name__)
BATCH = 5000
_LOCK = "renben.search"
_WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.05


class Busy(Exception):
    """Another process has been building for longer than anybody should wait."""


@cache
def _identity(alias: str, name: str, host: str, port: str) -> str:
    number = rows.value("SELECT oid::text FROM pg_database WHERE datname = current_database()")
    return f"{host}:{port}/{name}/{number}"


def store_of(name: str) -> Store:
    """The index of a source for the database of this connection."""
    at = connection.settings_dict
    identity = _identity(connection.alias, str(at["NAME"]), str(at["HOST"]), str(at["PORT"]))
    return Store(folder_for(settings.SEARCH_DIR, identity, name), sources.source(name))


def changed(source: str, keys: Iterable[int]) -> None:
    """These rows of a source were written, changed or deleted. To be called in the transaction of the change."""
    sources.source(source)
    pending = [PendingChange(source=source, key=key) for key in dict.fromkeys(keys)]
    if not pending:
        return
    rows.insert(pending)
    if not any(function is drain_quietly for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(drain_quietly, robust=True)


def drain_quietly() -> None:
    """Bring the index up to date; a fault is logged and the rows stay for the next time, because the act itself is done."""
    try:
        drain()
    except (DatabaseError, OSError, ValueError, Damaged, Busy):
        log.exception("search: pending changes were not taken")


def drain() -> int:
    """Take every pending change into its index. Returns how many; 0 at once while another process is at it.

    Asks again after the lock is free: whoever found it taken has left its rows to this process.
    """
    done = 0
    while PendingChange.objects.exists():
        with _alone(wait=0) as ours:
            if not ours:
                return done
            while taken := _take():
                done += taken
    return done


def _take() -> int:
    """One batch of the oldest pending changes; the index first, then their removal: done twice is done once."""
    batch = list(PendingChange.objects.order_by("id")[:BATCH])
    if not batch:
        return 0
    for name in sorted({change.source for change in batch}):
        if name in sources.names():
            _apply(name, list(dict.fromkeys(change.key for change in batch if change.source == name)))
    PendingChange.objects.filter(pk__in=[change.pk for change in batch]).delete()
    return len(batch)


def _apply(name: str, keys: Sequence[int]) -> None:
    store = store_of(name)
    try:
        store.apply(list(store.source.row_of(keys)), keys)
    except Damaged as damage:
        log.warning("search: %s is built anew: %s", name, damage)
        store.build(store.source.rows())


def rebuild(name: str) -> int:
    """Build the index of a source anew from the database. Returns how many documents it has. Raises Busy."""
    with _alone(wait=_WAIT_SECONDS) as ours:
        if not ours:
            raise Busy(name)
        store = store_of(name)
        return store.build(store.source.rows())


def repair(name: str, seen: tuple | None) -> None:
    """Build anew unless another process has done so since `seen`. Only reads the database. Raises Busy."""
    with _alone(wait=_WAIT_SECONDS) as ours:
        store = store_of(name)
        if store.state() not in (None, seen):
            return
        if not ours:
            raise Busy(name)
        store.build(store.source.rows())


def lags(name: str, held: int) -> bool:
    """Whether an index with so many documents misses rows nobody announced (loaded past the acts, restored from a backup)."""
    return held != sources.source(name).count() and not PendingChange.objects.filter(source=name).exists()


@contextlib.contextmanager
def _alone(wait: float) -> Iterator[bool]:
    """The right to write, by an advisory lock of the database; False when it was not free within `wait` seconds.

    Inside a transaction the lock goes with it, so that a failed one cannot keep it.
    """
    scope = "_xact" if connection.in_atomic_block else ""
    ours = False
    try:
        for _ in range(int(wait / _POLL_SECONDS) + 1):
            ours = bool(rows.value(f"SELECT pg_try_advisory{scope}_lock(hashtext(%s))", _LOCK))
            if ours:
                break
            time.sleep(_POLL_SECONDS)
        yield ours
    finally:
        if ours and not scope:
            rows.value("SELECT pg_advisory_unlock(hashtext(%s))", _LOCK)

"""Asking by the name of a source: the reader of this process, opened, kept and repaired."""

from __future__ import annotations

import threading

from . import changes
from .answering import FURTHEST, Search
from .asking import Answer, Ask
from .store import Damaged, Reader

__all__ = ["FURTHEST", "Ask", "check", "holds", "search"]

_readers: dict[str, Reader] = {}
_opening = threading.Lock()


def search(name: str, ask: Ask) -> Answer:
    """What the index of this source answers. An index that is missing or damaged is built anew first.

    Raises KeyError for an unknown source, `changes.Busy` when another process has been building for a minute.
    """
    return Search(_reader(name), ask).answer()


def holds(name: str) -> int:
    """How many documents the index has."""
    return _reader(name).searcher.num_docs


def check(name: str) -> bool:
    """Build anew when the index is damaged or misses rows that nobody announced. True when it was in order."""
    store = changes.store_of(name)
    try:
        reader = store.open()
    except Damaged:
        changes.rebuild(name)
        return False
    if changes.lags(name, reader.searcher.num_docs):
        changes.rebuild(name)
        return False
    return True


def _reader(name: str) -> Reader:
    """The open reader of this process, opened anew when the files changed. One that answers is kept while others repair."""
    store = changes.store_of(name)
    key, state = str(store.folder), store.state()
    held = _readers.get(key)
    if held is not None and held.state == state:
        return held
    with _opening:
        held = _readers.get(key)
        if held is not None and held.state == store.state():
            return held
        try:
            reader = store.open()
            if held is None and changes.lags(name, reader.searcher.num_docs):
                raise Damaged("索引落后于数据库")
        except Damaged:
            try:
                changes.repair(name, state)
            except changes.Busy:
                if held is not None:
                    return held
                raise
            reader = store.open()
        _readers[key] = reader
        return reader

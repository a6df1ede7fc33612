"""What services above exchange do with the rows of an import. They register themselves; exchange imports none of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class SinkRow:
    """One accepted row on its way to a sink. `key` names the row within the call; `person` is saved already, except in
    `existing`, where it is the person on file. `values` are the understood values of the layout."""

    key: int
    person: Any
    values: dict[str, Any]
    is_new_person: bool
    sheet: str
    number: int


class Sink(Protocol):
    """What becomes of rows that carry more than a person, e.g. archives. Called inside the chunk's transaction."""

    def objections(self, rows: Sequence[SinkRow]) -> dict[int, Any]:
        """Rows that cannot be taken, by key, each with its `CellProblem`. Asked only by kinds about people on file."""

    def existing(self, rows: Sequence[SinkRow]) -> set[int]:
        """Keys of the rows that are on file already and would change nothing."""

    def write(self, rows: Sequence[SinkRow], batch: Any, by: Any) -> None:
        """Write the rows. Writing a row that is on file already changes nothing."""

    def blocked(self, batch: Any, person_ids: Collection[int]) -> dict[int, str]:
        """Persons whose rows cannot be undone any more, and why, in a Chinese sentence."""

    def undo(self, batch: Any, by: Any, *, erase: Collection[int], cancel: Collection[int]) -> None:
        """Take back what the batch wrote: for persons to `erase` nothing may remain that refers to them."""

    def owned(self) -> set[str]:
        """Labels of the models (`registration.PersonnelArchive`) that `blocked` and `undo` answer for."""


_sinks: dict[str, str] = {}


def register_sink(kind: str, dotted: str) -> None:
    """Name the sink of a kind of row (`archive`): `module.path:attribute`. The same again changes nothing."""
    if _sinks.setdefault(kind, dotted) != dotted:
        raise ValueError(f"{kind} already goes to {_sinks[kind]}")


def known() -> set[str]:
    """The kinds some service takes."""
    return set(_sinks)


def sink_for(kind: str) -> Sink:
    """The sink of a kind; LookupError when no service has registered one."""
    if kind not in _sinks:
        raise LookupError(f"no service takes rows of kind {kind!r}")
    return _resolve(_sinks[kind])


@cache
def _resolve(dotted: str) -> Sink:
    module, _, name = dotted.partition(":")
    return getattr(import_module(module), name)

"""定稿 of a ledger: the rows as they were sent up stay as they were; what changed since is told as 更正 (D-15)."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from renben.engines.ledgers.cells import text_of, to_plain
from renben.engines.ledgers.definitions import Column, Ledger, find
from renben.engines.ledgers.engine import iter_rows
from renben.engines.ledgers.models import LedgerRun
from renben.kernel import audit, clock, crypto


@dataclass(frozen=True)
class Change:
    """One cell of a row that reads differently now, as texts."""

    title: str
    was: str
    now: str


@dataclass(frozen=True)
class Corrected:
    """A row that is still there and reads differently."""

    row: dict[str, Any]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Corrections:
    """更正: rows of the frozen day that only became known later, rows that no longer hold, rows that read differently.

    `added` and `removed` are rows as they are stored in a run: masked, dates as ISO text.
    """

    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    changed: list[Corrected]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@transaction.atomic
def freeze(slug: str | Ledger, as_of: dt.date, organization: Any, by: Any) -> LedgerRun:
    """Keep the ledger of `organization` with everything below it as of a day, as it is known now.

    Identity numbers stay masked. Each call keeps another run; the digest tells whether a stored one was touched.
    LedgerError for an unknown ledger.
    """
    ledger, now = slug if isinstance(slug, Ledger) else find(slug), clock.now()
    rows = _stored_rows(ledger, as_of, organization.path)
    run = LedgerRun.objects.create(
        slug=ledger.slug,
        as_of=as_of,
        known_at=now,
        organization=organization,
        rows=rows,
        rows_hash=digest(ledger.slug, as_of, organization.path, rows),
        made_by=by,
        made_at=now,
    )
    audit.record(
        action="ledger.freeze",
        subject=f"ledger_run:{run.pk}",
        detail={"slug": ledger.slug, "as_of": as_of, "rows": len(rows), "hash": run.rows_hash},
        by=by,
        organization=organization,
    )
    return run


def digest(slug: str, as_of: dt.date, path: str, rows: list[dict[str, Any]]) -> str:
    """SM3 over ledger, day, office and rows, as 64 hex digits."""
    content = [slug, as_of.isoformat(), path, rows]
    return crypto.sm3(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def is_intact(run: LedgerRun) -> bool:
    """Whether the stored rows are those that were frozen."""
    return digest(run.slug, run.as_of, run.organization.path, run.rows) == run.rows_hash


def corrections(run: LedgerRun) -> Corrections:
    """What the same day reads like by what is known now, against what was frozen. A later day's events do not show here."""
    ledger = find(run.slug)
    was = {row["_key"]: row for row in run.rows}
    now = {row["_key"]: row for row in _stored_rows(ledger, run.as_of, run.organization.path)}
    changed = []
    for key, row in now.items():
        if key in was and (changes := _changes(ledger.columns, was[key], row)):
            changed.append(Corrected(row, changes))
    return Corrections(
        added=[row for key, row in now.items() if key not in was],
        removed=[row for key, row in was.items() if key not in now],
        changed=changed,
    )


def _stored_rows(ledger: Ledger, as_of: dt.date, path: str) -> list[dict[str, Any]]:
    return [to_plain(row) for row in iter_rows(ledger, as_of=as_of, scope_paths=[path])]


def _changes(columns: list[Column], was: dict[str, Any], now: dict[str, Any]) -> tuple[Change, ...]:
    """Columns that a later edition of the ledger added say nothing about a run of before."""
    return tuple(
        Change(column.title, text_of(column, was[column.key]), text_of(column, now.get(column.key)))
        for column in columns
        if column.key in was and was[column.key] != now.get(column.key)
    )

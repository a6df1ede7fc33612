"""Append-only, hash-chained audit trail. A trigger takes the sequence under the head's lock and links the hash.

The chain's head stays locked until commit, so the entries of an act (`kernel.acts`) are kept and written together at its end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from renben.kernel import clock, rows

SHARDS = 16
_INSERT = (
    "INSERT INTO kernel_auditevent (shard, at, actor_id, actor_name, organization_id, action, subject, detail, prev, hash)"
    " VALUES "
)
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, '', '')"
_kept: ContextVar[list[list[Any]] | None] = ContextVar("renben_audit_kept", default=None)


def record(*, action: str, subject: str, detail: dict | None = None, by: Any = None, organization: Any = None) -> None:
    """Append one entry. `subject` is `kind:id`; `detail` holds ids and masked values only, never a full number."""
    organization_id, actor = getattr(organization, "pk", organization), getattr(by, "pk", None)
    entry = [
        str((organization_id or 0) % SHARDS),
        clock.now(),
        actor and str(actor),
        getattr(by, "display_name", "") or "",
        organization_id and str(organization_id),
        action,
        subject,
        json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder),
    ]
    kept = _kept.get()
    if kept is None:
        _write([entry])
    else:
        kept.append(entry)


def _write(entries: list[list[Any]]) -> None:
    rows.execute(_INSERT + ", ".join([_ROW] * len(entries)), *(value for entry in entries for value in entry))


def is_kept() -> bool:
    """True while entries are kept for the end of an act."""
    return _kept.get() is not None


@contextmanager
def together() -> Iterator[None]:
    """Keep what is recorded and write it at the end of the outermost block, in order, in one statement; what was recorded in
    a block that fails is forgotten with it."""
    outer, entries = _kept.get(), []
    token = _kept.set(entries)
    try:
        yield
    finally:
        _kept.reset(token)
    if outer is not None:
        outer += entries
    elif entries:
        _write(entries)


@dataclass(frozen=True)
class Fault:
    shard: int
    seq: int
    text: str


def _joined(prev: str, row: tuple) -> str:
    """Form 1, until the platform's first release: the parts joined by a bar."""
    shard, seq, at, actor, name, office, action, subject, detail = row
    parts = [prev, shard, seq, at, actor if actor is not None else "", name, office if office is not None else ""]
    return "|".join(str(part) for part in [*parts, action, subject, detail])


def _measured(prev: str, row: tuple) -> str:
    """Form 2: every part with its length in front, so that no two different entries make the same text."""
    pieces = ["-;" if part is None else f"{len(str(part).encode())}:{part};" for part in (2, prev, *row)]
    return "".join(pieces)


_FORMS = {1: _joined, 2: _measured}


def _link(form: int, prev: str, row: tuple) -> str:
    """The hash an entry must have; nothing matches an unknown form."""
    text = _FORMS[form](prev, row) if form in _FORMS else ""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def verify(anchor: dict[str, dict] | None = None) -> tuple[list[Fault], dict[str, dict]]:
    """Walk every chain. Returns the faults found and the heads `{shard: {seq, hash}}`, to be kept outside as an anchor.

    Needs the database only. Finds a changed row, a gap, a cut tail, a rewound head, and disagreement with `anchor`.
    Looks at one snapshot, so entries that come in meanwhile are no faults.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _walk(cursor, anchor or {})


def _walk(cursor: Any, anchor: dict[str, dict]) -> tuple[list[Fault], dict[str, dict]]:
    faults: list[Fault] = []
    heads: dict[str, dict] = {}
    cursor.execute("SELECT shard, seq, hash FROM kernel_audithead ORDER BY shard")
    stored = {shard: (seq, digest) for shard, seq, digest in cursor.fetchall()}
    cursor.execute("SELECT DISTINCT shard FROM kernel_auditevent ORDER BY shard")
    # A chain the anchor knows is walked even when nothing of it is left.
    shards = sorted({row[0] for row in cursor.fetchall()} | set(stored) | {int(shard) for shard in anchor})
    for shard in shards:
        wanted = anchor.get(str(shard))
        prev, expected, newest = "0" * 64, 0, 1
        for *row, form, said_prev, said_hash in _entries(shard):
            expected += 1
            seq = row[1]
            if seq != expected:
                faults.append(Fault(shard, seq, f"序号不连续：应为 {expected}，实为 {seq}"))
                expected = seq
            if said_prev != prev:
                faults.append(Fault(shard, seq, "与上一条记录的链接不符"))
            if _link(form, said_prev, tuple(row)) != said_hash:
                faults.append(Fault(shard, seq, "记录内容被改动"))
            if form < newest:
                faults.append(Fault(shard, seq, "旧格式的记录出现在新格式之后"))
            newest = max(newest, form)
            prev = said_hash
            if wanted and wanted["seq"] == seq and wanted["hash"] != said_hash:
                faults.append(Fault(shard, seq, "与外部锚点不符"))
        if stored.get(shard, (0, "0" * 64)) != (expected, prev):
            faults.append(Fault(shard, expected, "链头与最后一条记录不符（尾部可能被截断）"))
        if wanted and wanted["seq"] > expected:
            faults.append(Fault(shard, expected, f"记录少于外部锚点（锚点至 {wanted['seq']}）"))
        heads[str(shard)] = {"seq": expected, "hash": prev}
    return faults, heads


def _entries(shard: int) -> Iterator[tuple]:
    """The entries of a chain in order, fetched in pieces by a cursor of the server: years of them exceed memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT shard, seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), actor_id,"
            " actor_name, organization_id, action, subject, detail, form, prev, hash"
            " FROM kernel_auditevent WHERE shard = %s ORDER BY seq",
            [shard],
        )
        while rows := cursor.fetchmany(5000):
            yield from rows

"""Append-only, hash-chained audit trail. A trigger takes the sequence under the head's lock and links the hash.

Write the audit row last in a transaction: the chain's head stays locked until commit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from renben.kernel import clock

SHARDS = 16


def record(*, action: str, subject: str, detail: dict | None = None, by: Any = None, organization: Any = None) -> None:
    """Append one entry. `subject` is `kind:id`; `detail` holds ids and masked values only, never a full number."""
    organization_id = getattr(organization, "pk", organization)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_auditevent (shard, at, actor_id, actor_name, organization_id, action, subject, detail,"
            " prev, hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '')",
            [
                (organization_id or 0) % SHARDS,
                clock.now(),
                getattr(by, "pk", None),
                getattr(by, "display_name", "") or "",
                organization_id,
                action,
                subject,
                json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder),
            ],
        )


@dataclass(frozen=True)
class Fault:
    shard: int
    seq: int
    text: str


def _link(prev: str, row: tuple) -> str:
    shard, seq, at, actor, name, office, action, subject, detail = row
    parts = [prev, shard, seq, at, actor if actor is not None else "", name, office if office is not None else ""]
    text = "|".join(str(part) for part in [*parts, action, subject, detail])
    return hashlib.sha256(text.encode()).hexdigest()


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
        prev, expected = "0" * 64, 0
        for *row, said_prev, said_hash in _entries(shard):
            expected += 1
            seq = row[1]
            if seq != expected:
                faults.append(Fault(shard, seq, f"序号不连续：应为 {expected}，实为 {seq}"))
                expected = seq
            if said_prev != prev:
                faults.append(Fault(shard, seq, "与上一条记录的链接不符"))
            if _link(said_prev, tuple(row)) != said_hash:
                faults.append(Fault(shard, seq, "记录内容被改动"))
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
            " actor_name, organization_id, action, subject, detail, prev, hash"
            " FROM kernel_auditevent WHERE shard = %s ORDER BY seq",
            [shard],
        )
        while rows := cursor.fetchmany(5000):
            yield from rows

"""Whoever changes the audit trail behind the program's back is found; the application's own role cannot even try."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from renben.kernel import audit

ENTRIES = 12
SHARD = 5


@pytest.fixture
def trail(db):
    """A chain of a dozen entries and its heads; the triggers that guard it are off, as for a superuser."""
    for i in range(ENTRIES):
        audit.record(action="test", subject=f"thing:{i}", detail={"i": i}, organization=SHARD)
    faults, heads = audit.verify()
    assert faults == []
    assert heads[str(SHARD)]["seq"] == ENTRIES
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_auditevent DISABLE TRIGGER USER")
    return heads


def run(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount > 0, "the tampering itself has to happen"


def verdict(anchor: dict | None = None) -> list[tuple[int, str]]:
    return [(fault.seq, fault.text) for fault in audit.verify(anchor)[0] if fault.shard == SHARD]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("detail", '{"i": 99}'),
        ("action", "other"),
        ("subject", "thing:77"),
        ("actor_id", 1),
        ("actor_name", "别人"),
        ("organization_id", 6),
        ("at", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
        ("prev", "1" * 64),
        ("hash", "1" * 64),
    ],
)
def test_a_changed_entry(trail, column, value):
    run(f"UPDATE kernel_auditevent SET {column} = %s WHERE shard = %s AND seq = 7", value, SHARD)
    assert any(seq == 7 for seq, _ in verdict())


def test_a_deleted_entry(trail):
    run("DELETE FROM kernel_auditevent WHERE shard = %s AND seq = 7", SHARD)
    assert (8, "序号不连续：应为 7，实为 8") in verdict()


def test_a_gap_closed_by_renumbering(trail):
    run("DELETE FROM kernel_auditevent WHERE shard = %s AND seq = 7", SHARD)
    for seq in range(8, ENTRIES + 1):
        run("UPDATE kernel_auditevent SET seq = %s WHERE shard = %s AND seq = %s", seq - 1, SHARD, seq)
    run("UPDATE kernel_audithead SET seq = seq - 1 WHERE shard = %s", SHARD)
    assert any(seq == 7 for seq, _ in verdict())


def test_two_entries_that_change_places(trail):
    for old, new in ((4, 1000), (5, 4), (1000, 5)):
        run("UPDATE kernel_auditevent SET seq = %s WHERE shard = %s AND seq = %s", new, SHARD, old)
    assert {seq for seq, _ in verdict()} >= {4, 5}


def test_a_cut_tail(trail):
    run("DELETE FROM kernel_auditevent WHERE shard = %s AND seq > 9", SHARD)
    assert any("链头" in text for _, text in verdict())


def test_a_head_rewound_with_the_tail_needs_the_anchor(trail):
    """Tail and head cut together agree with each other: what is kept outside the database tells."""
    run("DELETE FROM kernel_auditevent WHERE shard = %s AND seq > 9", SHARD)
    run(
        "UPDATE kernel_audithead SET seq = 9, hash = (SELECT hash FROM kernel_auditevent WHERE shard = %s AND seq = 9)"
        " WHERE shard = %s",
        SHARD,
        SHARD,
    )
    assert verdict() == []
    assert any("锚点" in text for _, text in verdict(trail))


def test_a_head_rewound_alone(trail):
    run("UPDATE kernel_audithead SET seq = seq - 1 WHERE shard = %s", SHARD)
    assert any("链头" in text for _, text in verdict())


def test_a_whole_chain_taken_away_needs_the_anchor(trail):
    run("DELETE FROM kernel_auditevent WHERE shard = %s", SHARD)
    assert any("链头" in text for _, text in verdict())
    run("DELETE FROM kernel_audithead WHERE shard = %s", SHARD)
    faults, _ = audit.verify(trail)
    assert any(fault.shard == SHARD for fault in faults)


def test_a_chain_written_anew_with_right_hashes_needs_the_anchor(trail):
    """The strongest forger computes every hash again; only the anchor outside knows the old one."""
    run("UPDATE kernel_auditevent SET detail = '{}' WHERE shard = %s AND seq = 3", SHARD)
    with connection.cursor() as cursor:
        prev = "0" * 64
        for seq in range(1, ENTRIES + 1):
            cursor.execute(
                "SELECT shard, seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), actor_id, actor_name,"
                " organization_id, action, subject, detail, form FROM kernel_auditevent WHERE shard = %s AND seq = %s",
                [SHARD, seq],
            )
            *row, form = cursor.fetchone()
            digest = audit._link(form, prev, tuple(row))
            run(
                "UPDATE kernel_auditevent SET prev = %s, hash = %s WHERE shard = %s AND seq = %s",
                prev,
                digest,
                SHARD,
                seq,
            )
            prev = digest
    run("UPDATE kernel_audithead SET hash = %s WHERE shard = %s", prev, SHARD)
    assert verdict() == []
    assert any("锚点" in text for _, text in verdict(trail))

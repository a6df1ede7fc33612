"""Two ways an audit entry's hash was made: both are verified, and no two entries share one."""

from __future__ import annotations

import pytest
from django.db import connection

from renben.kernel import audit, protection

pytestmark = pytest.mark.django_db
SHARD = 5


def write(count: int, **changed) -> None:
    for i in range(count):
        audit.record(**{"action": "test", "subject": f"thing:{i}", "organization": SHARD, "detail": {"i": i}} | changed)


def run(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)


def faults() -> list[tuple[int, str]]:
    return [(fault.seq, fault.text) for fault in audit.verify()[0] if fault.shard == SHARD]


@pytest.fixture
def both():
    """Four entries as an earlier release wrote them, then four of this one."""
    run(protection.FUNCTION)
    write(4)
    run(protection.FUNCTION_2)
    write(4)


def test_old_and_new_entries_make_one_chain(both):
    assert faults() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT form FROM kernel_auditevent WHERE shard = %s ORDER BY seq", [SHARD])
        assert [form for (form,) in cursor.fetchall()] == [1] * 4 + [2] * 4


CHANGES = [("detail", "{}"), ("subject", "thing:9"), ("form", 3)]


@pytest.mark.parametrize(
    ("seq", "column", "value"),
    [(seq, *change) for seq in (2, 6) for change in CHANGES] + [(2, "form", 2), (6, "form", 1)],
)
def test_a_changed_entry_of_either_form_is_found(both, seq, column, value):
    run("ALTER TABLE kernel_auditevent DISABLE TRIGGER USER")
    run(f"UPDATE kernel_auditevent SET {column} = %s WHERE shard = %s AND seq = %s", value, SHARD, seq)
    assert (seq, "记录内容被改动") in faults()


def test_an_old_entry_cannot_be_slipped_in_after_new_ones(both):
    run(protection.FUNCTION)
    write(1)
    assert faults() == [(9, "旧格式的记录出现在新格式之后")]


def test_a_bar_in_a_value_makes_another_hash():
    """`a|b` + `c` and `a` + `b|c` were one text in form 1."""
    row = (SHARD, 1, "2026-01-01T00:00:00.000000", 1, "张三", 5)
    first, second = (*row, "a|b", "c", "{}"), (*row, "a", "b|c", "{}")
    assert audit._link(1, "0", first) == audit._link(1, "0", second)
    assert audit._link(2, "0", first) != audit._link(2, "0", second)
    nobody, empty = (SHARD, 1, "t", None, "", None, "a", "b", "{}"), (SHARD, 1, "t", "", "", "", "a", "b", "{}")
    assert audit._link(2, "0", nobody) != audit._link(2, "0", empty)

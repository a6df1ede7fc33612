"""COPY into a table: the only way to bring in hundreds of thousands of people while somebody waits."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection


def copy_rows(table: str, columns: list[str], rows: Iterable[tuple]) -> None:
    """Stream `rows` (tuples in the order of `columns`) into `table` inside the running transaction."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as stream:
        for row in rows:
            stream.write_row(row)


def reserve(table: str, count: int) -> int:
    """Take `count` ids in a row of a table's sequence (nobody else writes while the demonstration is built); the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        sequence = cursor.fetchone()[0]
        cursor.execute("SELECT min(nextval(%s::regclass)) FROM generate_series(1, %s)", [sequence, count])
        return cursor.fetchone()[0]

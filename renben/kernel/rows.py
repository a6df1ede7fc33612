"""Reads and writes of hot paths, with SQL that is built once and prepared on the server.

An act is a dozen statements; composing them anew each time would cost more than running them. Only plain rows go this way,
by fixed conditions; everything else is a queryset. Errors are those of Django, and whoever watches the connection (a page
that must not write, a test that counts) sees these statements too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState

COPIED_FROM = 200
"""From so many rows on they are streamed."""
MOST_VALUES = 30_000
"""Values of one statement: the protocol carries 65,535 at most."""

Statement = tuple[str, list[Any]]
"""SQL and its values."""


def _run(sql: str, values: Sequence[Any] | dict[str, Any]) -> Any:
    """Execute with values bound by the server, so that the statement is prepared once it has come a few times."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.connection is None:
        database.ensure_connection()
    cursor: Any = psycopg.Cursor(database.connection)
    if database.queries_logged:
        cursor = database.make_debug_cursor(cursor)
    elif database.execute_wrappers:
        cursor = database.make_cursor(cursor)
    else:
        if database.needs_rollback:
            database.validate_no_broken_transaction()
        with database.wrap_database_errors:
            return cursor.execute(sql, values)
    cursor.execute(sql, values)
    return cursor


def execute(sql: str, *values: Any) -> int:
    """Run a statement that answers no rows; returns how many it touched."""
    return _run(sql, values).rowcount


def all_of(sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[tuple]:
    """The rows a statement answers."""
    return _run(sql, values).fetchall()


def first_of(sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> tuple | None:
    """The first row a statement answers; None when it answers nothing."""
    return _run(sql, values).fetchone()


def value(sql: str, *values: Any) -> Any:
    """The single value a statement answers; None when it answers nothing."""
    row = _run(sql, values).fetchone()
    return row[0] if row else None


@cache
def fields_of(model: type[models.Model], names: tuple[str, ...] = ()) -> tuple[models.Field, ...]:
    """The fields named, or all that have a column."""
    return tuple(model._meta.get_field(name) for name in names) or tuple(model._meta.concrete_fields)


@cache
def columns(model: type[models.Model], alias: str, names: tuple[str, ...] = ()) -> str:
    """The columns of a model in the order `made` takes them."""
    return ", ".join(f'{alias}."{field.column}"' for field in fields_of(model, names))


@cache
def _readers(model: type[models.Model], names: tuple[str, ...]) -> tuple[list[str], list[tuple[int, Callable]]]:
    fields = fields_of(model, names)
    return [field.attname for field in fields], [
        (i, field.from_db_value) for i, field in enumerate(fields) if hasattr(field, "from_db_value")
    ]


def made(model: type[models.Model], values: Sequence[Any], names: tuple[str, ...] = ()) -> Any:
    """An object from its columns, as a queryset would give it; with `names` (the key among them) the others are deferred.

    Filled directly: `Model.__init__` would take longer than the statement that read the row.
    """
    attributes, readers = _readers(model, names)
    if readers:
        values = list(values)
        for i, read in readers:
            values[i] = read(values[i], None, connection)
    found = model.__new__(model)
    found.__dict__.update(zip(attributes, values, strict=True))
    found._state = ModelState()
    found._state.adding, found._state.db = False, DEFAULT_DB_ALIAS
    return found


def fetch(model: type[models.Model], where: str, *values: Any) -> list:
    """Rows of a model by a fixed condition over its own columns (`t` is the table)."""
    return [made(model, row) for row in _run(_select_sql(model, where), values).fetchall()]


def one(model: type[models.Model], where: str, *values: Any) -> Any:
    """The first row that `fetch` would give; None when there is none."""
    row = _run(_select_sql(model, where), values).fetchone()
    return made(model, row) if row else None


@cache
def _select_sql(model: type[models.Model], where: str) -> str:
    return f'SELECT {columns(model, "t")} FROM "{model._meta.db_table}" t WHERE {where}'


def _text(value: Any) -> str | None:
    """Numbers travel as text too: the server takes the column's type, and one prepared statement serves every size."""
    return value if value is None or type(value) is str else str(value)


def _plain(value: Any) -> Any:
    return value


_WRITERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("CharField", "TextField", "BigIntegerField", "IntegerField", "PositiveIntegerField"), _text),
    **dict.fromkeys(("PositiveSmallIntegerField", "SmallIntegerField", "ForeignKey", "OneToOneField"), _text),
    **dict.fromkeys(("BooleanField", "DateField", "DateTimeField", "UUIDField"), _plain),
}


@cache
def _writer(field: models.Field) -> Callable[[models.Model], Any]:
    """How the column's value is read off an object: prepared by the field itself unless it is one of the plain kinds."""
    convert, name = _WRITERS.get(field.get_internal_type()), field.attname
    if convert is None or getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return lambda obj: field.get_db_prep_save(field.pre_save(obj, obj._state.adding), connection)
    return lambda obj: convert(getattr(obj, name))


@lru_cache(maxsize=256)
def _insert_sql(model: type[models.Model], count: int, on_conflict: str) -> str:
    fields = _inserted(model)
    names = ", ".join(f'"{field.column}"' for field in fields)
    row = "(" + ", ".join(["%s"] * len(fields)) + ")"
    return (
        f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {", ".join([row] * count)}{on_conflict}'
        f' RETURNING "{model._meta.pk.column}"'
    )


@cache
def _inserted(model: type[models.Model]) -> tuple[models.Field, ...]:
    return tuple(field for field in fields_of(model) if not field.primary_key)


@cache
def _insert_writers(model: type[models.Model]) -> tuple[Callable[[models.Model], Any], ...]:
    return tuple(_writer(field) for field in _inserted(model))


def insert(objects: Iterable[models.Model], on_conflict: str = "", *, first: Statement | None = None) -> None:
    """Insert rows of one model in one statement and give the objects their ids. Signals are not sent.

    `first`: an update that is run by the same statement; it must not touch what is inserted.
    """
    objects = list(objects)
    if not objects:
        if first is not None:
            _run(*first)
        return
    model = type(objects[0])
    if len(objects) >= COPIED_FROM and not on_conflict:
        if first is not None:
            _run(*first)
        _copy(model, objects)
        return
    writers = _insert_writers(model)
    most = MOST_VALUES // len(writers)
    for start in range(0, len(objects), most):
        part = objects[start : start + most]
        values = [write(obj) for obj in part for write in writers]
        sql = _insert_sql(model, len(part), on_conflict)
        if first is not None:
            sql, values, first = f"WITH first AS ({first[0]}) {sql}", [*first[1], *values], None
        ids = _run(sql, values).fetchall()
        for obj, (key,) in zip(part, ids, strict=True):
            _is_stored(obj, key)


def _copy(model: type[models.Model], objects: list[models.Model]) -> None:
    """Many rows at once: ids first, then one stream instead of a statement with tens of thousands of values."""
    table, key = model._meta.db_table, model._meta.pk.column
    take = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
    ids = [taken for (taken,) in all_of(take, [table, key, str(len(objects))])]
    writers = _insert_writers(model)
    names = ", ".join(f'"{column}"' for column in (key, *(field.column for field in _inserted(model))))
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as stream:
        for taken, obj in zip(ids, objects, strict=True):
            stream.write_row((taken, *(write(obj) for write in writers)))
    for taken, obj in zip(ids, objects, strict=True):
        _is_stored(obj, taken)


def twin(obj: models.Model) -> Any:
    """An unsaved copy of a row, without what was loaded beside it."""
    made = obj.__class__.__new__(obj.__class__)
    made.__dict__.update(obj.__dict__)
    made._state = ModelState()
    made._state.adding = True
    return made


def _is_stored(obj: models.Model, key: Any) -> None:
    obj.pk = key
    obj._state.adding, obj._state.db = False, DEFAULT_DB_ALIAS


def insert_unless(obj: models.Model, taken: str) -> bool:
    """Insert one row unless another has the same value in the unique column `taken`. False: nothing was written."""
    model = type(obj)
    sql = _insert_sql(model, 1, f' ON CONFLICT ("{taken}") DO NOTHING')
    row = _run(sql, [write(obj) for write in _insert_writers(model)]).fetchone()
    if row is not None:
        _is_stored(obj, row[0])
    return row is not None


@cache
def _update_sql(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[Callable, ...]]:
    fields = tuple(model._meta.get_field(name) for name in names)
    assignments = ", ".join(f'"{field.column}" = %s' for field in fields)
    sql = f'UPDATE "{model._meta.db_table}" SET {assignments} WHERE "{model._meta.pk.column}" = %s'
    return sql, tuple(_writer(field) for field in fields)


def update(obj: models.Model, *names: str) -> None:
    """Write the named fields of one row."""
    sql, values = update_of(obj, *names)
    _run(sql, values)


def update_of(obj: models.Model, *names: str) -> Statement:
    """The statement of `update` and its values, for a caller that joins it with another."""
    sql, writers = _update_sql(type(obj), names)
    return sql, [*(write(obj) for write in writers), str(obj.pk)]

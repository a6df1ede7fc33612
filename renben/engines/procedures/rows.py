"""Reads and writes of one act, with SQL that is built once. An act is ten statements; composing them anew each time would
cost more than running them. Only plain rows by primary key go this way, everything else is a queryset.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models

from renben.engines.procedures.models import Case, CaseStep
from renben.kernel.models import Organization


@cache
def _fields(model: type[models.Model]) -> tuple[models.Field, ...]:
    return tuple(model._meta.concrete_fields)


@cache
def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in _fields(model))


@cache
def _insert_head(model: type[models.Model]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in _fields(model) if not field.primary_key)
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES '


@cache
def _update_sql(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[models.Field, ...]]:
    fields = tuple(model._meta.get_field(name) for name in names)
    assignments = ", ".join(f'"{field.column}" = %s' for field in fields)
    return f'UPDATE "{model._meta.db_table}" SET {assignments} WHERE id = %s', fields


def _made(model: type[models.Model], values: Sequence[Any]) -> models.Model:
    fields = _fields(model)
    converted = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], converted)


def insert(objects: Iterable[models.Model], on_conflict: str = "") -> None:
    """Insert rows of one model in one statement and give the objects their ids. Values are prepared as the ORM does."""
    objects = list(objects)
    if not objects:
        return
    model = type(objects[0])
    fields = [field for field in _fields(model) if not field.primary_key]
    row = "(" + ", ".join(["%s"] * len(fields)) + ")"
    sql = _insert_head(model) + ", ".join([row] * len(objects)) + on_conflict + " RETURNING id"
    values = [field.get_db_prep_save(field.pre_save(obj, True), connection) for obj in objects for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        ids = cursor.fetchall()
    for obj, (key,) in zip(objects, ids, strict=True):
        obj.pk = key
        obj._state.adding, obj._state.db = False, connection.alias


def update(obj: models.Model, *names: str) -> None:
    """Write the named fields of one row."""
    sql, fields = _update_sql(type(obj), names)
    values = [field.get_db_prep_save(getattr(obj, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, obj.pk])


def fetch(model: type[models.Model], where: str, *values: Any) -> list:
    """Rows of a model by a fixed condition over its own columns (`t` is the table)."""
    sql = f'SELECT {_columns(model, "t")} FROM "{model._meta.db_table}" t WHERE {where}'
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_made(model, row) for row in cursor.fetchall()]


def value(sql: str, *values: Any) -> Any:
    """The single value a statement answers; None when it answers nothing."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None


@dataclass(frozen=True)
class LockedStep:
    """A step with its case, locked; whether the reader's own post allows it, else the delegation that does."""

    step: CaseStep
    has_post: bool
    delegation_id: int | None


@cache
def _lock_sql() -> str:
    step, case, office = _columns(CaseStep, "s"), _columns(Case, "c"), _columns(Organization, "o")
    post = (
        "kernel_post p JOIN kernel_staffmember m ON m.id = p.staff_id WHERE p.organization_id = s.organization_id"
        " AND p.role = ANY(s.roles) AND p.start_on <= %(day)s AND (p.end_on IS NULL OR p.end_on > %(day)s)"
    )
    return (
        f"SELECT EXISTS (SELECT 1 FROM {post} AND m.user_id = %(user)s),"
        " (SELECT min(d.id) FROM kernel_delegation d JOIN kernel_staffmember t ON t.id = d.to_staff_id"
        " WHERE t.user_id = %(user)s AND d.start_on <= %(day)s AND d.end_on > %(day)s AND d.revoked_at IS NULL"
        f" AND EXISTS (SELECT 1 FROM {post} AND m.id = d.from_staff_id)),"
        f" {step}, {case}, {office}"
        " FROM procedures_casestep s JOIN procedures_case c ON c.id = s.case_id"
        " JOIN kernel_organization o ON o.id = s.organization_id"
        " WHERE s.id = %(step)s FOR UPDATE OF s, c"
    )


def lock_step(step_id: int, by: Any, day: dt.date) -> LockedStep | None:
    """Lock a step and its case and find out whether `by` may act on it, in one statement. None when there is no such step."""
    with connection.cursor() as cursor:
        cursor.execute(_lock_sql(), {"step": step_id, "user": getattr(by, "pk", None), "day": day})
        row = cursor.fetchone()
    if row is None:
        return None
    has_post, delegation_id, *values = row
    first, second = len(_fields(CaseStep)), len(_fields(CaseStep)) + len(_fields(Case))
    step = _made(CaseStep, values[:first])
    step.case = _made(Case, values[first:second])
    step.organization = _made(Organization, values[second:])
    if step.case.organization_id == step.organization_id:
        step.case.organization = step.organization
    return LockedStep(step, has_post, None if has_post else delegation_id)

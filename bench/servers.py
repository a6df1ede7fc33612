"""Scaffolding shared by the benchmarks: a database of their own beside the running one, dropped afterwards."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from psycopg.types.json import Json, Jsonb


@contextmanager
def own_database() -> Iterator[None]:
    """An empty, migrated database on the same server; the running data are not touched."""
    settings.DATABASES["default"]["TEST"]["NAME"] = "bench_renben"
    connection.settings_dict["TEST"]["NAME"] = "bench_renben"
    old = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        connection.close()
        teardown_databases(old, verbosity=0)


def timed(function: Callable[[], object], rounds: int) -> list[float]:
    """Seconds of each of `rounds` calls."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return seconds


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]


def columns_of(model) -> list[str]:
    """Columns of a model in the order `row_of` gives their values."""
    return [field.column for field in model._meta.concrete_fields]


def row_of(instance) -> tuple:
    """The values of an unsaved row as COPY takes them."""
    return tuple(
        _plain(field.get_db_prep_save(field.pre_save(instance, True), connection))
        for field in instance._meta.concrete_fields
    )


def _plain(value):
    if isinstance(value, Json | Jsonb):
        return json.dumps(value.obj, ensure_ascii=False)
    return value

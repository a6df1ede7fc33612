"""The test harness: frozen time, no network, shuffled unordered querysets; a warning is an error (pyproject)."""

from __future__ import annotations

import copy
import datetime as dt
import ipaddress
import socket
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

CATALOG = Path(__file__).resolve().parents[1] / "catalog"
NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday


@pytest.fixture(autouse=True)
def frozen_time(request):
    """Every test lives on Monday 2026-11-23, 10:00 in Beijing, unless it talks to real servers and browsers."""
    if request.node.get_closest_marker("browser") or request.node.get_closest_marker("faults"):
        yield None
        return
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True, scope="session")
def catalogue_read_once():
    """Ninety-nine files are parsed once per process, and each text is frozen once, however many tests ask."""
    from functools import lru_cache

    from renben.engines.procedures import catalogue

    real, folder = catalogue.load, CATALOG
    bodies: dict[str, dict] = {}
    body_of = catalogue.body_of

    @lru_cache(maxsize=1)
    def once() -> catalogue.Catalogue:
        return real(folder)

    def frozen(procedure):
        if once().procedures.get(procedure.id) is not procedure:
            return body_of(procedure)
        if procedure.id not in bodies:
            bodies[procedure.id] = body_of(procedure)
        return copy.deepcopy(bodies[procedure.id])

    patch = pytest.MonkeyPatch()
    patch.setattr(catalogue, "load", lambda where: once() if Path(where) == folder else real(where))
    patch.setattr(catalogue, "body_of", frozen)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, catalogue_read_once):
    """The catalogue stands in the test database from the start; a test that loads it again finds it there."""
    from renben.engines.procedures import definitions

    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False):
        definitions.sync_definitions(CATALOG)
        _forget_audit()


def _forget_audit() -> None:
    """The trail of a test begins empty."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_auditevent DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM kernel_auditevent")
        cursor.execute("ALTER TABLE kernel_auditevent ENABLE TRIGGER USER")
        cursor.execute("DELETE FROM kernel_audithead")


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Only this machine may be reached."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise AssertionError(f"a test must not reach the network: {address}")
        return connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def shuffle_unordered_querysets():
    """A list whose order nobody declared comes back in random order, so that no code leans on luck."""
    from django.db.models import QuerySet
    from django.db.models.query import ModelIterable

    fetch = QuerySet._fetch_all

    def shuffled(self: QuerySet) -> None:
        query = self.query
        if (
            self._result_cache is None
            and not self.ordered
            and not query.is_sliced
            and not query.combinator
            and not query.distinct
            and not query.group_by
            and issubclass(self._iterable_class, ModelIterable)
        ):
            query.add_ordering("?")
        fetch(self)

    patch = pytest.MonkeyPatch()
    patch.setattr(QuerySet, "_fetch_all", shuffled)
    yield
    patch.undo()


def pytest_sessionstart(session):
    """While tests are gathered there is no database: the catalogue's figures alone, as on the command line."""
    from renben.engines.rules import parameters

    parameters.lay_over(None)


@pytest.fixture(autouse=True)
def figures_approved_on_screen(request, monkeypatch):
    """A test with a database reads the figures as the site does, those approved on screen laid over the files'."""
    if {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        from renben.engines.rules import in_force, parameters

        monkeypatch.setattr(parameters, "_overlay", in_force.current)


@pytest.fixture(autouse=True)
def files_in_a_temporary_place(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def search_follows_at_once(request, settings, tmp_path, monkeypatch):
    """A test never commits, so nothing would bring its index up to date: before each question it is built from the rows.

    The tests of the engine itself see it as it is.
    """
    from renben.engines.search import changes, searching
    from renben.engines.search.models import PendingChange

    settings.SEARCH_DIR = tmp_path / "search"
    monkeypatch.setattr(searching, "_readers", {})
    if "tests/engines/search" in request.node.nodeid:
        return
    reader_of = searching._reader

    def fresh(name: str):
        if PendingChange.objects.filter(source=name).exists():
            changes.rebuild(name)
        return reader_of(name)

    monkeypatch.setattr(searching, "_reader", fresh)


SECOND_DATABASE = (
    "tests/services/registration/",
    "tests/engines/procedures/",
    "tests/engines/ledgers/",
    "tests/guards/test_code",
)


def pytest_collection_modifyitems(items):
    """What talks to the database at its own risk also runs against the distribution's PostgreSQL (`-m database`)."""
    for item in items:
        path = item.nodeid.split("::")[0]
        if path.startswith(SECOND_DATABASE) and ("db" in item.fixturenames or item.get_closest_marker("django_db")):
            item.add_marker(pytest.mark.database)

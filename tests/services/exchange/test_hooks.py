"""Services above exchange register what becomes of their rows."""

from __future__ import annotations

import pytest

from renben.services.exchange import hooks


@pytest.fixture(autouse=True)
def own_register(monkeypatch):
    monkeypatch.setattr(hooks, "_sinks", {})


def test_a_sink_is_found_by_its_kind():
    hooks.register_sink("archive", "renben.services.registration.archive_import:sink")
    hooks.register_sink("archive", "renben.services.registration.archive_import:sink")
    sink = hooks.sink_for("archive")
    assert all(callable(getattr(sink, name)) for name in ("existing", "write", "blocked", "undo", "owned"))
    assert hooks.known() == {"archive"}


def test_nobody_takes_the_row():
    with pytest.raises(LookupError, match="archive"):
        hooks.sink_for("archive")


def test_two_services_cannot_take_the_same_rows():
    hooks.register_sink("archive", "a:b")
    with pytest.raises(ValueError, match="already"):
        hooks.register_sink("archive", "c:d")

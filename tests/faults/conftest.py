"""One demonstration district for the whole folder, built once through the command line."""

from __future__ import annotations

import pytest

from tests.faults.installation import Installation


@pytest.fixture(scope="session")
def district():
    """An installation with a demonstration district of 500 people; its database runs, its site does not."""
    made = Installation()
    try:
        made.must("migrate")
        made.must("demo", "--people", "500")
        yield made
    finally:
        made.close()


@pytest.fixture
def empty_place():
    """An installation that has nothing in it yet."""
    made = Installation()
    yield made
    made.close()

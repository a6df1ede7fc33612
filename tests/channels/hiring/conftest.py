"""The same office as the service's tests have, worked through the pages."""

from __future__ import annotations

import pytest

from tests.channels.posts.conftest import Staff
from tests.services.support.hiring.conftest import office  # noqa: F401 - the fixture


@pytest.fixture
def clerk(office):  # noqa: F811
    return Staff(office.clerk)


@pytest.fixture
def reviewer(office):  # noqa: F811
    return Staff(office.reviewer)


@pytest.fixture
def maker(office):  # noqa: F811
    return Staff(office.maker)


@pytest.fixture
def checker(office):  # noqa: F811
    return Staff(office.checker)

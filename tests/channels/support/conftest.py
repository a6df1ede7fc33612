"""The same office as the service's tests have, worked through the pages."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.services.support.conftest import office  # noqa: F401 - the fixture


@pytest.fixture
def sign_in():
    def enter(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def street(office, sign_in):  # noqa: F811
    return sign_in(office.clerk)


@pytest.fixture
def maker(office, sign_in):  # noqa: F811
    return sign_in(office.maker)


@pytest.fixture
def checker(office, sign_in):  # noqa: F811
    return sign_in(office.checker)

"""The same office as the service's tests have, worked through the pages."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.services.placement.conftest import district, looking  # noqa: F401 - the fixtures


@pytest.fixture
def enter():
    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def street(district, enter):  # noqa: F811
    return enter(district.clerk)

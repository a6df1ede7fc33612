"""The office of the service's tests, worked through the pages."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.services.placement.vacancy_office import desk  # noqa: F401 - the fixture


@pytest.fixture
def sign_in():
    def enter(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def counter(desk, sign_in):  # noqa: F811
    return sign_in(desk.clerk)

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests import build


@pytest.fixture
def district(db):
    return build.district()


@pytest.fixture
def clerk(district):
    """A counter clerk of the first street."""
    return district.staff("counter", district.streets[0])


@pytest.fixture
def sign_in():
    """A client that is signed in as a user."""

    def signed_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def title():
    """The title of a page; fails when it is missing."""

    def read(response) -> str:
        found = re.search(r"<title>(.*?) · 人本公共就业服务平台</title>", response.content.decode(), re.S)
        assert found and found[1].strip(), "the page has no title"
        return found[1].strip()

    return read

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client

from tests import build
from tests.services.placement.vacancy_office import desk  # noqa: F401 - the fixture of this folder

PASSWORD = "Chunjie-2026-fu"


@pytest.fixture(autouse=True)
def nobody_tried_yet():
    cache.clear()


@pytest.fixture
def place(db):
    return build.district()


@pytest.fixture
def clerk(place):
    return build.staff("counter", place.streets[0])


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def printed(clerk, address: str, seen: str = "id_card") -> str:
    """The code on the slip a clerk printed."""
    answer = client_of(clerk).post(address, {"seen": seen, "is_same": "on"})
    assert answer.status_code == 200, answer.status_code
    return re.search(r'ticket-code num">([^<]+)<', answer.content.decode())[1]


def proved(code: str, tail: str, client: Client | None = None):
    """The answer to the first step, and who asked."""
    client = client or Client()
    return client.post("/accounts/open/", {"code": code, "tail": tail}), client


def opened(code: str, tail: str, username: str = "wangxiulan", password: str = PASSWORD) -> Client:
    """A client signed in with the account a code leads to."""
    answer, client = proved(code, tail)
    assert answer.status_code == 302, answer.content.decode()
    chosen = {"password": password, "again": password} | ({"username": username} if username else {})
    answer = client.post("/accounts/open/choose/", chosen)
    assert answer.status_code == 302, answer.content.decode()
    return client

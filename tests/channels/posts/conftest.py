"""The same office as the service's tests have, worked through the pages."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.services.support.posts.conftest import office  # noqa: F401 - the fixture


class Staff(Client):
    """Somebody of the office, signed in anew for each page: the tests run through months."""

    def __init__(self, user) -> None:
        super().__init__()
        self.user = user

    def request(self, **asked):
        self.force_login(self.user)
        return super().request(**asked)


@pytest.fixture
def maker(office):  # noqa: F811
    return Staff(office.maker)


@pytest.fixture
def checker(office):  # noqa: F811
    return Staff(office.checker)

"""A firm with a contact who signs in, and the office that checks what it posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from renben.kernel.models import Employer, User
from renben.services.placement import matching
from tests import build
from tests.services.placement.vacancy_office import Office, desk  # noqa: F401 - the fixture


def contact_of(firm: Employer, name: str = "周海燕") -> User:
    """An account that speaks for a firm."""
    user = User.objects.create_user(f"firm{User.objects.count()}", build.PASSWORD, display_name=name)
    firm.contacts.create(name=name, user=user)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@dataclass
class Firm:
    desk: Office
    user: User
    client: Client

    @property
    def employer(self) -> Employer:
        return self.desk.employer

    def given(self, **changes: Any) -> dict[str, Any]:
        """What the form sends for a sound post."""
        sound = {
            "title": "仓库分拣员",
            "headcount": "3",
            "duties": "按单分拣、打包、装车。",
            "requirements": "能上两班",
            "experience_years": "0",
            "work_kind": "full",
            "wage_period": "month",
            "wage_low": "4500",
            "wage_high": "6000",
            "shift": "day",
            "region": self.desk.street.region_id,
            "contact_name": "周海燕",
            "contact_phone": "13911112222",
            "valid_until": "2026-12-20",
            "keep": "1",
        }
        return sound | changes

    def page(self, path: str) -> str:
        answer = self.client.get(path, follow=True)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Each test has its own index of seekers."""
    matching.forget()


@pytest.fixture
def firm(desk) -> Firm:  # noqa: F811
    user = contact_of(desk.employer)
    return Firm(desk, user, signed_in(user))


@pytest.fixture
def clerk(desk) -> Client:  # noqa: F811
    return signed_in(desk.clerk)

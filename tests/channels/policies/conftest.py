"""A district with somebody who drafts, somebody who approves, a clerk, and one person who draws a benefit."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from renben.services.registration import benefits, determining
from tests import build
from tests.services.registration.conftest import (  # noqa: F401
    archive,
    evidence,
    place,
    registration,
    stock,
    worker,
)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def desk(place):  # noqa: F811
    """Who works on figures: the writer, the leader, a counter clerk of a street, each signed in."""
    made = SimpleNamespace(
        place=place,
        writer_user=place.reviewer_one,
        leader_user=build.staff("leader", place.centre, "陈立"),
        clerk_user=place.clerk,
        reviewer_user=place.reviewer,
    )
    for name in ("writer", "leader", "clerk", "reviewer"):
        setattr(made, name, signed_in(getattr(made, f"{name}_user")))
    return made


@pytest.fixture
def benefit(place, worker, registration):  # noqa: F811
    """李建国 draws: 13 months and more, planned from November 2026."""
    found = determining.determine_benefit(person=worker, by=place.reviewer)
    return benefits.enrol_benefit(benefit=found, by=place.clerk)

"""A district with a clerk signed in, and days that pass."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from renben.kernel import clock
from tests import build
from tests.services.placement.referral_world import World, make


@pytest.fixture
def world() -> World:
    return make()


@pytest.fixture
def clerk(world) -> Client:
    client = Client()
    client.force_login(world.clerk)
    return client


@pytest.fixture
def reviewer(world) -> Client:
    client = Client()
    client.force_login(build.staff("second_review", world.street, "赵复审"))
    return client


@pytest.fixture
def at(frozen_time, clerk, world):
    """Move to a day; the clerk signs in anew, as one does after a night."""

    def move(year: int, month: int, day: int) -> dt.date:
        frozen_time.move_to(dt.datetime(year, month, day, 10, 0, tzinfo=clock.ZONE))
        clerk.force_login(world.clerk)
        return dt.date(year, month, day)

    return move

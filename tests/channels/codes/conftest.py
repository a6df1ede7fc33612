import pytest

from renben.services.placement import matching
from tests.channels.shell.conftest import sign_in, title  # noqa: F401
from tests.services.placement import referral_world


@pytest.fixture
def world(db):
    matching.forget()
    yield referral_world.make()
    matching.forget()


@pytest.fixture
def street(world, sign_in):  # noqa: F811
    return sign_in(world.clerk)

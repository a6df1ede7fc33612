"""Two streets with their clerks, and people who look for work."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from renben.services.placement import seekers_acts
from renben.services.placement.seekers_acts import Profile, Wish
from tests import build


@pytest.fixture
def district(db):
    """A district centre, two streets and their villages, one counter clerk each."""
    made = build.district()
    return SimpleNamespace(
        centre=made.centre,
        street=made.streets[0],
        other=made.streets[1],
        village=made.villages[0],
        clerk=build.staff("counter", made.streets[0], "王芳"),
        other_clerk=build.staff("counter", made.streets[1], "赵敏"),
        worker=build.staff("community_worker", made.villages[0], "孙丽"),
    )


@pytest.fixture
def looking(district):
    """Register somebody in one line; `born` and `sex` make another person."""

    def register(*titles: str, born: dt.date = dt.date(1985, 3, 2), on: dt.date | None = None, **profile):
        person = profile.pop("person", None) or build.person(district.village, birth_on=born)
        return seekers_acts.register_seeker(
            person=person,
            organization=profile.pop("organization", district.street),
            profile=Profile(**profile),
            wishes=[Wish(title) for title in titles or ("仓库保管员",)],
            by=district.clerk,
            on=on,
        )

    return register

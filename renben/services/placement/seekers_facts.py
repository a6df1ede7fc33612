"""What a case may say of the registration for work of its person: fields are filled from it, forms print it (`seeker.*`).

Before there is one, the file's own jobs and the last registration answer, so that nobody types what is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from renben.engines.procedures.models import Case
from renben.kernel import clock
from renben.kernel.models import Region
from renben.services.placement import seekers_known, seekers_rules
from renben.services.placement.models import Seeker
from renben.services.placement.seekers_acts import Profile, Wish, profile_of, wishes_of

BETWEEN = "、"


@dataclass(frozen=True)
class Said:
    """A registration as it stands, or what a new one would begin with (`seeker` is None then)."""

    seeker: Seeker | None
    profile: Profile
    wishes: list[Wish]


def said_of(case: Case) -> Said | None:
    """What is on record of the person of a case; None for a case about nobody."""
    if not case.person_id:
        return None
    seeker = Seeker.objects.active().of(case.person_id)
    if seeker is not None:
        return Said(seeker, profile_of(seeker), wishes_of(seeker))
    return Said(None, *seekers_known.suggested(case.person, clock.today()))


def place_names(codes: tuple[str, ...] | list[str]) -> str:
    """Names of the places wished for, in the order of their codes."""
    return BETWEEN.join(Region.objects.filter(code__in=codes).order_by("code").values_list("name", flat=True))


def _valid_until(said: Said) -> dt.date:
    return said.seeker.valid_until if said.seeker is not None else seekers_rules.valid_until(clock.today())


FACTS: dict[str, Callable[[Said], Any]] = {
    "about": lambda s: s.profile.about,
    "history": lambda s: s.profile.history,
    "skills": lambda s: BETWEEN.join((*s.profile.skills, *s.profile.certificates)),
    "wanted_job": lambda s: BETWEEN.join(wish.title for wish in s.wishes),
    "wanted_pay": lambda s: s.wishes[0].wage_min_fen or None if s.wishes else None,
    "wanted_place": lambda s: place_names(s.wishes[0].regions) if s.wishes else None,
    "seeker_class": lambda s: s.profile.seeker_class if s.seeker is not None else None,
    "difficulties": lambda s: list(s.profile.difficulties),
    "number": lambda s: s.seeker.number if s.seeker is not None else None,
    "valid_until": _valid_until,
    "registered_on": lambda s: s.seeker.registered_on if s.seeker is not None else None,
}


def fact(case: Case, name: str) -> Any:
    """One fact for a printed form; None when nobody knows it."""
    said = said_of(case)
    return FACTS[name](said) if said is not None else None


def known(case: Case, name: str) -> Any:
    """One fact for a field of a step, as it is stored: dates as text. `name` is the whole source fact."""
    value = fact(case, name.removeprefix("seeker."))
    return value.isoformat() if isinstance(value, dt.date) else value

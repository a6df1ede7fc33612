"""What the file knows already of somebody who comes to look for work, so that nothing is typed twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from renben.kernel.models import LabourSpell, Person
from renben.services.placement.models import Seeker
from renben.services.placement.seekers_acts import Profile, Wish, profile_of, wishes_of
from renben.services.registration.conditions import EMPLOYED_STATES

DAYS_OF_YEAR = 365.25


def work_spells(person: Person) -> list[LabourSpell]:
    """What the person worked as, latest first."""
    rows = LabourSpell.objects.filter(person=person, status__in=EMPLOYED_STATES).select_related("employer")
    return list(rows.order_by("-start_on", "-id"))


def place_of(spell: LabourSpell) -> str:
    """Where somebody worked, as people say it."""
    return spell.employer.name if spell.employer is not None else spell.employer_name or spell.get_status_display()


def history_text(spells: Sequence[LabourSpell]) -> str:
    """One line for each job: `2015年3月至2026年10月　北京某纺织有限公司　挡车工`."""
    lines = []
    for spell in spells:
        until = f"{spell.end_on.year}年{spell.end_on.month}月" if spell.end_on else "今"
        words = [f"{spell.start_on.year}年{spell.start_on.month}月至{until}", place_of(spell), spell.occupation]
        lines.append("　".join(word for word in words if word))
    return "\n".join(lines)


def years_of(spells: Sequence[LabourSpell], on: dt.date) -> int:
    """Full years at work until a day; spells never overlap."""
    days = sum(((min(spell.end_on or on, on)) - spell.start_on).days for spell in spells if spell.start_on < on)
    return int(days / DAYS_OF_YEAR)


def last_of(person: Person) -> Seeker | None:
    """The latest registration, whatever became of it."""
    return Seeker.objects.of(person)


def suggested(person: Person, on: dt.date) -> tuple[Profile, list[Wish]]:
    """What a new registration begins with: the jobs on file, and what was said the last time."""
    spells = work_spells(person)
    earlier = last_of(person)
    profile = profile_of(earlier) if earlier is not None else Profile()
    wishes = wishes_of(earlier) if earlier is not None else []
    trades = tuple(dict.fromkeys(spell.occupation for spell in spells if spell.occupation))
    return (
        replace(
            profile,
            history=profile.history or history_text(spells),
            skills=profile.skills or trades,
            experience_years=max(profile.experience_years, years_of(spells, on)),
        ),
        wishes,
    )

"""A year of 岗位推荐 before the weeks that are played act by act: who was recommended to the work they have now, and what failed first.

Rows go in by the table, not by the act: what they would have set off (labour status, filled posts, calls) stands beside them.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator

from renben.channels.demo.vacancies import JOBS, Job
from renben.channels.demo.work import Desk
from renben.engines.coding import occupations
from renben.kernel import calendar_table, clock, numbering
from renben.kernel.models import LabourSpell, Organization
from renben.kernel.roles import Role
from renben.services.placement import referral_limits, seekers_rules, vacancies
from renben.services.placement.codes import Unfit
from renben.services.placement.models import (
    Referral,
    ReferralContact,
    Seeker,
    SeekerWish,
    Vacancy,
    VacancyEvent,
)
from renben.services.placement.seekers_acts import CODE, KIND
from renben.services.registration.codes import Channel

FEWEST, MOST, ONE_IN = 30, 600, 40
"""People at work who were recommended to it: one for so many people, within bounds."""
YEAR, LATEST = 365, 20
"""Hired between so many days ago and so many: the days since are played act by act."""
FAILED_BEFORE = 0.7
"""How likely an earlier recommendation came to nothing."""
Kind = ReferralContact.Kind


def _at(day: dt.date, hour: int, rng: random.Random) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, rng.randrange(60)), tzinfo=clock.ZONE)


def _spells(rng: random.Random, today: dt.date, people: int) -> list[LabourSpell]:
    since, until = today - dt.timedelta(days=YEAR), today - dt.timedelta(days=LATEST)
    rows = LabourSpell.objects.filter(status="employed", end_on=None, start_on__range=(since, until), source="demo")
    rows = rows.filter(employer__merged_into=None, person__merged_into=None, person__organization__tier="community")
    found = list(rows.select_related("person__organization__parent", "employer__organization__region").order_by("id"))
    wanted = min(max(people // ONE_IN, FEWEST), MOST)
    return sorted(rng.sample(found, min(wanted, len(found))), key=lambda spell: spell.start_on)


def _numbers(kind: str, code: str, office: Organization, days: list[dt.date]) -> Iterator[str]:
    """A number for each of the days, in their order; one statement a day."""
    many = defaultdict(int)
    for day in days:
        many[day] += 1
    taken = {day: iter(numbering.take(kind, office, day, code, count=count)) for day, count in sorted(many.items())}
    return (next(taken[day]) for day in days)


def _vacancies(rng: random.Random, spells: list[LabourSpell], made_on: list[dt.date], office: Organization) -> list:
    """The posts they were hired for: filled on the day they began."""
    usual = [job for job in JOBS if job.period == "month" and job.kind == "full"]
    codes = {job.title: occupations.predict(job.title, 1) for job in usual}
    jobs = [rng.choice(usual) for _ in spells]
    posted = [day - dt.timedelta(days=rng.randrange(1, 20)) for day in made_on]
    numbers = _numbers("vacancy", "ZP", office, posted)

    def row(spell: LabourSpell, job: Job, day: dt.date, number: str) -> Vacancy:
        low, high, street = job.low * 100, job.high * 100, spell.employer.organization
        guess = next(iter(codes[job.title]), None)
        return Vacancy(
            employer=spell.employer, organization=street, number=number, title=job.title, duties=job.duties,
            occupation=guess.code if guess else "", confidence=round(100 * guess.confidence) if guess else None,
            requirements=job.needs, headcount=1, filled=1, wage_low_fen=low, wage_high_fen=high, month_low_fen=low,
            month_high_fen=high, region_id=street.region_id, place=f"{street.short_name}大街{rng.randrange(1, 90)}号",
            shift=job.shift, hours_week=40, experience_years=job.years, skills=list(job.skills),
            state=Vacancy.State.FILLED, registered_on=day, valid_until=max(vacancies.last_day(day), spell.start_on),
            published_at=_at(day, 10, rng), ended_on=spell.start_on, recorded_at=_at(day, 9, rng), is_demo=True,
        )  # fmt: skip

    made = Vacancy.objects.bulk_create(map(row, spells, jobs, posted, numbers))
    steps = ("registered", "published", "filled")
    VacancyEvent.objects.bulk_create(
        VacancyEvent(vacancy=one, what=what, at=_at(one.ended_on if what == "filled" else one.registered_on, 10, rng))
        for one in made
        for what in steps
    )
    return made


def _seekers(
    rng: random.Random, spells: list[LabourSpell], posts: list[Vacancy], made_on: list[dt.date], office: Organization
) -> list[Seeker]:
    """Their registrations for work, which ended with it."""
    days = [day - dt.timedelta(days=rng.randrange(12, 30)) for day in made_on]
    ends = {day: seekers_rules.valid_until(day) for day in set(days)}
    made = Seeker.objects.bulk_create(
        Seeker(
            person=spell.person, organization=spell.person.organization.parent, number=number, state=Seeker.State.PLACED,
            registered_on=day, valid_until=ends[day], ended_on=spell.start_on, ended_why="推荐就业",
            experience_years=rng.randrange(0, 15), recorded_at=_at(day, 9, rng),
        )
        for spell, day, number in zip(spells, days, _numbers(KIND, CODE, office, days), strict=True)
    )  # fmt: skip
    SeekerWish.objects.bulk_create(
        SeekerWish(seeker=seeker, rank=1, title=post.title, occupation=post.occupation, wage_min_fen=post.month_low_fen)
        for seeker, post in zip(made, posts, strict=True)
    )
    return made


def _referral(
    rng: random.Random, seeker: Seeker, post: Vacancy, day: dt.date, desk: Desk, **result: object
) -> Referral:
    return Referral(
        person=seeker.person, seeker=seeker, vacancy=post, organization=seeker.organization, made_on=day,
        told_on=day, told_how=Channel.PHONE, told_note="愿意去", interview_at=_at(day + dt.timedelta(days=1), 14, rng),
        interview_place=post.place, made_by=desk.at(seeker.organization_id, [Role.COUNTER]), recorded_at=_at(day, 10, rng),
        **result,
    )  # fmt: skip


def _failed(rng: random.Random, seekers: list[Seeker], posts: list[Vacancy], desk: Desk) -> Iterator[Referral]:
    """What came to nothing before: another post that was open then."""
    for number, (seeker, own) in enumerate(zip(seekers, posts, strict=True)):
        day = seeker.registered_on + dt.timedelta(days=rng.randrange(1, 6))
        around = posts[max(0, number - 25) : number + 25]
        open_then = [one for one in around if one is not own and one.registered_on <= day <= one.ended_on]
        if open_then and rng.random() < FAILED_BEFORE:
            state = rng.choice((Referral.State.REJECTED, Referral.State.DECLINED))
            known = {"state": state, "result_on": day + dt.timedelta(days=4), "unfit": rng.choice(Unfit.values[:8])}
            yield _referral(rng, seeker, rng.choice(open_then), day, desk, **known)


def _contacts(rng: random.Random, referrals: list[Referral], today: dt.date) -> Iterator[ReferralContact]:
    """The calls: settled by the result; to people at work as far as they were due."""
    calendar = calendar_table.current()
    for one in referrals:
        base = {"referral": one, "organization": one.organization}
        for kind in (Kind.PERSON, Kind.EMPLOYER):
            due = referral_limits.contact_due(one.organization.tier, kind, one.made_on, calendar)
            yield ReferralContact(
                **base, kind=kind, due_on=due, done_on=one.result_on, answer="已有结果", by=one.made_by
            )
        for due in referral_limits.retention_days(one.hired_on, calendar) if one.hired_on else ():
            is_made = due < today - dt.timedelta(days=3)
            told = {"done_on": due, "still_there": True, "answer": "仍在岗", "by": one.made_by} if is_made else {}
            yield ReferralContact(**base, kind=Kind.RETENTION, due_on=due, **told)


def history(rng: random.Random, today: dt.date, people: int) -> int:
    """Put the year on record; how many recommendations it holds."""
    spells, desk = _spells(rng, today, people), Desk.of_all()
    if not spells:
        return 0
    office = Organization.objects.filter(tier="district").order_by("path").first()
    made_on = [spell.start_on - dt.timedelta(days=rng.randrange(2, 9)) for spell in spells]
    posts = _vacancies(rng, spells, made_on, office)
    seekers = _seekers(rng, spells, posts, made_on, office)
    hired = [
        _referral(
            rng, seeker, post, day, desk, state=Referral.State.HIRED, result_on=spell.start_on, hired_on=spell.start_on,
            wage_fen=post.month_low_fen,
        )
        for seeker, post, day, spell in zip(seekers, posts, made_on, spells, strict=True)
    ]  # fmt: skip
    referrals = Referral.objects.bulk_create([*_failed(rng, seekers, posts, desk), *hired])
    ReferralContact.objects.bulk_create(_contacts(rng, referrals, today))
    for spell, post in zip(spells, posts, strict=True):
        spell.occupation, spell.evidence = post.title, f"推荐就业：{spell.employer_name}"[:200]
    LabourSpell.objects.bulk_update(spells, ["occupation", "evidence"])
    return len(referrals)

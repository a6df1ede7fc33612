"""岗位推荐 of the demonstration: the rows the match page shows, recommended, told, interviewed and followed by the same acts."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

from renben.channels.demo.work import Desk
from renben.kernel import clock
from renben.kernel.roles import Role
from renben.services.placement import following, matching, matching_words, referring, results
from renben.services.placement.codes import Unfit
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.registration.codes import Channel
from renben.services.registration.reasons import NotPossible

FEWEST, MOST, ONE_IN = 30, 120, 60
"""Referrals: one for so many people, within bounds."""
STAGES = (("hired", 30), ("rejected", 16), ("declined", 14), ("interviewed", 12), ("told", 16), ("made", 12))
"""What became of a referral by today, in weights."""
WHY_NOT = (
    (Unfit.DISTANCE, "倒两趟车，单程一个半小时"), (Unfit.WAGE, "实发不到四千"), (Unfit.HOURS, "周末要上班，家里走不开"),
    (Unfit.SKILLS, "单位要熟手"), (Unfit.WORK, "看了现场，不想干"), (Unfit.NO_SHOW, "约好的没有去"),
    (Unfit.CONDITIONS, "车间噪声大"), (Unfit.PAPERS, "还没有上岗证"),
)  # fmt: skip


def _at(day: dt.date, hour: int, rng: random.Random) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, rng.randrange(60)), tzinfo=clock.ZONE)


def _pair(seeker: Seeker, rng: random.Random) -> tuple[Vacancy, int, list[dict]] | None:
    """One of the rows the page would show, or one that narrowly fails, with its reasons."""
    answer = matching.for_seeker(seeker, size=4)
    if not (rows := answer.top or answer.near):
        return None
    found = rng.choice(rows)
    vacancy = Vacancy.objects.select_related("employer").get(pk=found.number)
    wish = seeker.wishes.order_by("rank")[found.wish]
    return vacancy, found.score, matching_words.explained(found.parts, seeker, wish, vacancy)


def _days(seeker: Seeker, vacancy: Vacancy, today: dt.date, rng: random.Random) -> list[dt.date]:
    """Recommended, told, interviewed, result: each a little later, none beyond today."""
    posted = vacancy.published_at.astimezone(clock.ZONE).date() if vacancy.published_at else vacancy.registered_on
    first = max(posted, seeker.registered_on)
    days = [first + dt.timedelta(days=rng.randrange(max((today - first).days, 1)))]
    for longest in (2, 4, 6):
        days.append(min(today, days[-1] + dt.timedelta(days=rng.randrange(longest))))
    return days


def _follow(made: Referral, stage: str, days: list[dt.date], by, rng: random.Random) -> None:
    """What was done after the recommendation, as far as the stage goes."""
    if stage == "made":
        return
    with clock.as_of(_at(days[1], 15, rng)):
        referring.tell(
            referral=made, how=rng.choice((Channel.PHONE, Channel.IN_PERSON)), on=days[1], by=by, words="愿意去"
        )
    if stage == "told":
        return
    with clock.as_of(_at(days[1], 16, rng)):
        place = made.vacancy.place or made.vacancy.employer.address or "单位人事部"
        referring.arrange(referral=made, at=_at(days[2], 9, rng), place=place, by=by)
    with clock.as_of(_at(days[2], 17, rng)):
        referring.note_interview(referral=made, by=by)
    if stage == "interviewed":
        return
    with clock.as_of(_at(days[3], 17, rng)):
        if stage == "hired":
            wage = made.vacancy.month_low_fen or None
            results.record_hired(referral=made, hired_on=days[3], wage_fen=wage, by=by)
        else:
            unfit, words = rng.choice(WHY_NOT)
            results.record_failed(referral=made, outcome=stage, unfit=unfit, words=words, on=days[3], by=by)


def _one(seeker: Seeker, stage: str, desk: Desk, today: dt.date, rng: random.Random) -> bool:
    pair = _pair(seeker, rng)
    if pair is None:
        return False
    vacancy, score, parts = pair
    days, by = _days(seeker, vacancy, today, rng), desk.at(seeker.organization_id, [Role.COUNTER])
    try:
        with clock.as_of(_at(days[0], 10, rng)):
            made = referring.refer(
                seeker=seeker, vacancy=vacancy, organization=seeker.organization, by=by, score=score, parts=parts
            )
        _follow(made, stage, days, by, rng)
    except NotPossible:  # the last post went to somebody else of the same story
        return False
    return True


def _call(today: dt.date, rng: random.Random) -> int:
    """Most of the calls to people at work that were due are made."""
    due = following.ReferralContact.objects.filter(kind="retention", done_on=None, due_on__lt=today)
    done = 0
    for contact in due.select_related("referral__made_by").order_by("id"):
        if rng.random() < 0.8:
            with clock.as_of(_at(contact.due_on, 11, rng)):
                following.record_still_there(contact=contact, by=contact.referral.made_by, words="电话问过，干得还行")
            done += 1
    return done


def referrals(rng: random.Random, today: dt.date, people: int) -> Counter[str]:
    """Recommend a share of those who look for work; how many came to which stage."""
    matching.forget()
    log, desk = Counter(), Desk.of_all()
    wanted = min(max(people // ONE_IN, FEWEST), MOST)
    active = Seeker.objects.active().filter(valid_until__gte=today).order_by("id")
    numbers = list(active.values_list("pk", flat=True))
    chosen = rng.sample(numbers, min(wanted * 2, len(numbers)))
    rows = Seeker.objects.filter(pk__in=chosen).select_related("person__organization", "organization").order_by("id")
    for seeker in rows:
        if sum(log.values()) >= wanted:
            break
        stage = rng.choices([s for s, _ in STAGES], [w for _, w in STAGES])[0]
        if _one(seeker, stage, desk, today, rng):
            log[stage] += 1
    log["calls"] = _call(today, rng)
    matching.forget()
    return log

"""推荐岗位 (J-5.2.4, J-5.3.3, C-8.1.2.1, C-8.1.2.2, Q-2.2.2): recommend, tell, arrange, take back. One transaction each.

Locks are taken in one order everywhere: vacancy, person, referrals. So the last post of a vacancy is given once, and a person is
hired once, however many counters act at the same moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from renben.engines.procedures import queries as procedure_queries
from renben.kernel import acts, audit, clock
from renben.kernel.models import Organization, Person
from renben.services.placement import following, messages, referral_tasks, referring_checks
from renben.services.placement.codes import SeekerClass
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.registration.codes import Channel
from renben.services.registration.reasons import NotPossible, Why

State, Way = Referral.State, Referral.Way
CASES = {"street": "J-5.2.4", "community": "C-8.1.2.2"}
"""The procedure of a recommendation by tier; a running case of the person takes the referral in."""


def hold_vacancy(vacancy_id: int) -> Vacancy:
    """The vacancy as it stands now, locked against another hiring."""
    rows = Vacancy.objects.select_for_update(of=("self",), no_key=True).select_related("employer", "organization")
    return rows.get(pk=vacancy_id)


def hold_person(person_id: int) -> Person:
    """The person as on file now, locked against another referral or hiring."""
    rows = Person.objects.select_for_update(of=("self",), no_key=True).select_related("organization")
    return rows.get(pk=person_id)


def hold(referral: Referral) -> Referral:
    """The referral, locked; NotPossible when it has come to an end meanwhile."""
    held = (
        Referral.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person", "vacancy__employer", "organization", "seeker")
        .get(pk=referral.pk)
    )
    if held.state not in Referral.UNDER_WAY:
        raise NotPossible(Why("ended", f"这次推荐已经了结（{held.get_state_display()}），不能再办。"))
    return held


def note(referral: Referral, event: str, by: Any, **detail: Any) -> None:
    """One entry of the audit trail."""
    audit.record(
        action=f"referral.{event}",
        subject=f"person:{referral.person_id}",
        detail={"referral": referral.pk, "vacancy": referral.vacancy_id, **detail},
        by=by,
        organization=referral.organization_id,
    )


def _way(seeker: Seeker, way: str) -> str:
    """Somebody who finds it hard to get work is accompanied (J-5.2.4 匹配推荐)."""
    is_hard = seeker.seeker_class == SeekerClass.DIFFICULT
    return Way.ACCOMPANIED if is_hard and way == Way.RECOMMENDED else way


@acts.whole
def refer(
    *,
    seeker: Seeker,
    vacancy: Vacancy,
    organization: Organization,
    by: Any,
    way: str = Way.RECOMMENDED,
    score: int | None = None,
    parts: Iterable[dict[str, Any]] = (),
    companion: str = "",
    message: str = "",
) -> Referral:
    """Recommend a seeker to a vacancy; `score` and `parts` are what was shown when the choice was made.

    The same clerk asking again on the same day gets the referral that stands (a double click is one referral). NotPossible
    names what changed a second ago: filled, paused, expired, a licence that ran out, work found, a colleague who was quicker.
    """
    held, person = hold_vacancy(vacancy.pk), hold_person(seeker.person_id)
    current = Seeker.objects.get(pk=seeker.pk)
    earlier = referring_checks.standing(person.pk, held.pk)
    if earlier is not None:
        if by is not None and earlier.made_by_id == by.pk and earlier.made_on == clock.today():
            return earlier
        raise NotPossible(referring_checks.of_standing(earlier))
    if whys := referring_checks.against(person, current, held):
        raise NotPossible(*whys)
    way = _way(current, way)
    is_accompanied = way == Way.ACCOMPANIED
    referral = Referral.objects.create(
        person=person,
        seeker=current,
        vacancy=held,
        organization=organization,
        case=procedure_queries.open_case(person, CASES.get(organization.tier, "")),
        way=way,
        made_on=clock.today(),
        score=score,
        parts=list(parts),
        message=message.strip()[:300],
        companion=(companion.strip() or getattr(by, "display_name", ""))[:50] if is_accompanied else "",
        made_by=by,
        recorded_at=clock.now(),
    )
    following.plan(referral)
    referral_tasks.clear_after_expert(current, "已再次推荐")
    note(referral, "make", by, way=way, score=score)
    messages.referral_made(referral)
    return referral


@acts.whole
def tell(*, referral: Referral, how: str, on: dt.date, by: Any, words: str = "") -> Referral:
    """通知本人: how and when the person heard of it. Telling again keeps the first day."""
    held = hold(referral)
    if how not in Channel.values:
        raise NotPossible(Why("how", "请选择怎样通知的。"))
    if not held.made_on <= on <= clock.today():
        raise NotPossible(Why("when", f"通知日期要在推荐日期{held.made_on:%Y-%m-%d}以后、今天以前，请核对。"))
    held.told_on, held.told_how, held.told_note = held.told_on or on, how, words.strip()[:300]
    if held.state == State.MADE:
        held.state = State.TOLD
    _save(held)
    referral_tasks.clear_application(held, "已答复本人")
    messages.referral_told(held)
    note(held, "tell", by, how=how, on=str(on))
    return held


@acts.whole
def arrange(*, referral: Referral, at: dt.datetime, place: str, by: Any, companion: str = "") -> Referral:
    """约面试: day, hour and place; whoever goes along. For an accompanied one the call afterwards counts from that day."""
    held = hold(referral)
    if not place.strip():
        raise NotPossible(Why("place", "请写面试地点。"))
    if at.astimezone(clock.ZONE).date() < held.made_on:
        raise NotPossible(Why("at", f"面试时间不能早于推荐日期{held.made_on:%Y-%m-%d}。"))
    if held.way == Way.ACCOMPANIED and not (companion.strip() or held.companion):
        raise NotPossible(Why("companion", "求职困难人员要有人陪同面试，请写陪同的人。"))
    held.interview_at, held.interview_place = at, place.strip()[:128]
    held.companion = companion.strip()[:50] or held.companion
    if held.companion and held.way == Way.RECOMMENDED:
        held.way = Way.ACCOMPANIED
    _save(held)
    referral_tasks.clear_application(held, "已约面试")
    following.plan_again(held)
    messages.interview_set(held)
    note(held, "arrange", by, at=at.isoformat())
    return held


@acts.whole
def note_interview(*, referral: Referral, by: Any) -> Referral:
    """已面试，等结果."""
    held = hold(referral)
    if held.interview_at is not None and held.interview_at > clock.now():
        raise NotPossible(Why("early", f"面试约在{held.interview_at.astimezone(clock.ZONE):%m月%d日 %H:%M}，还没到。"))
    if held.state != State.INTERVIEWED:
        held.state = State.INTERVIEWED
        _save(held)
        referral_tasks.clear_application(held, "已面试")
        note(held, "interview", by)
    return held


@acts.whole
def withdraw(*, referral: Referral, reason: str, by: Any) -> Referral:
    """撤回 with its reason; what was still to be asked about it is settled."""
    if not reason.strip():
        raise NotPossible(Why("reason", "请写为什么撤回。"))
    held = hold(referral)
    end(held, State.WITHDRAWN, reason, by=by)
    note(held, "withdraw", by)
    return held


def end(held: Referral, state: str, words: str, *, by: Any, on: dt.date | None = None) -> None:
    """Give a locked referral its end; calls and tasks about it are settled."""
    held.state, held.result_on, held.result_note = state, on or clock.today(), words.strip()[:300]
    _save(held)
    following.settle(held, f"{held.get_state_display()}。{held.result_note}", by=by)
    referral_tasks.clear_filled(held)
    messages.referral_ended(held)


def _save(held: Referral) -> None:
    held.version += 1
    held.save()

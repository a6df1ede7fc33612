"""Booths: booked by rule, given back, attended, answered (Q-2.2.4 接待受理, 回执反馈)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from renben.kernel import acts, clock, crypto, events, settings_store, taskboard
from renben.kernel.checkchar import append
from renben.kernel.models import Employer
from renben.services.placement import results
from renben.services.placement.codes import Unfit
from renben.services.placement.fairs import limits, planning
from renben.services.placement.fairs.models import Fair, FairBooth, FairIntent
from renben.services.placement.firms import members
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_employers import objections
from renben.services.registration.reasons import NotPossible, Why

State = FairBooth.State
AGENT_PHONE = "fairs.FairBooth.agent_phone"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L, which are misread from paper."""


def fresh_code() -> str:
    """Eight characters with a check character: what stands under a QR picture, for typing."""
    return append("".join(secrets.choice(_LETTERS) for _ in range(7)))


def free_places(fair: Fair) -> list[int]:
    """Numbers of the booths nobody holds, lowest first."""
    taken = {place for booth in planning.standing(fair) for place in booth.places}
    return [place for place in range(1, fair.booths + 1) if place not in taken]


def _missed(employer: Employer, on: dt.date) -> Why | None:
    """Who booked and stayed away waits for the agency's number of days."""
    days = int(settings_store.get("fair.no_show_wait_days"))
    rows = FairBooth.objects.filter(employer=employer, state=State.NO_SHOW, fair__on__gt=on - dt.timedelta(days=days))
    last = rows.select_related("fair").order_by("-fair__on").first()
    if last is None:
        return None
    again = last.fair.on + dt.timedelta(days=days)
    text = f"这家单位订了{last.fair.on:%Y-%m-%d}“{last.fair.title}”的展位没有到会，{again:%Y-%m-%d}以后才能再订。"
    return Why("no_show", text, "确有原因的，先在那场会上把“没到”改成“退订”并写明原因。")


def against(fair: Fair, employer: Employer, count: int) -> list[Why]:
    """Every reason why this employer cannot have so many booths now."""
    if not fair.is_coming:
        return [Why("over", f"这场会{fair.get_state_display()}，不能再订展位。")]
    found = list(objections(employer, clock.today()))
    if clock.today() > fair.booking_until:
        found.append(
            Why("late", f"订展位已在{fair.booking_until:%Y-%m-%d}截止。", "请改订下一场，或先改这场会的截止日期。")
        )
    if FairBooth.objects.filter(fair=fair, employer=employer).exclude(state=State.CANCELLED).exists():
        found.append(Why("twice", "这家单位已经订了这场会的展位，不用再订。"))
    if not 1 <= count <= fair.booths_each:
        found.append(Why("quota", f"这场会一家最多{fair.booths_each}个展位。"))
    elif count > (left := len(free_places(fair))):
        found.append(Why("full", f"只剩{left}个展位，不够{count}个。", "请少订几个，或改订下一场。"))
    elif kept := _kept_for_members(employer, left, count):
        found.append(kept)
    if missed := _missed(employer, fair.on):
        found.append(missed)
    return found


def _kept_for_members(employer: Employer, left: int, count: int) -> Why | None:
    """The last free places are for members, as many as the agency says."""
    kept = int(settings_store.get("fair.booths_for_members"))
    if count <= left - kept or members.is_member(employer, clock.today()):
        return None
    return Why(
        "members", f"剩下的{left}个展位里有{min(kept, left)}个留给会员单位。", "可以申请成为会员，或改订下一场。"
    )


@acts.whole
def book(
    *,
    fair: Fair,
    employer: Employer,
    agent_name: str,
    agent_phone: str,
    vacancies: Iterable[Vacancy],
    by: Any,
    count: int = 1,
    case: Any = None,
) -> FairBooth:
    """订展位: the lowest free places. The same employer twice at the same moment gets one booth. NotPossible names every reason."""
    held = planning.lock(fair.pk)
    if whys := against(held, employer, count):
        raise NotPossible(*whys)
    if not agent_name.strip():
        raise NotPossible(Why("agent", "请写单位经办人。"))
    booth = FairBooth.objects.create(
        fair=held,
        employer=employer,
        case=case,
        code=fresh_code(),
        places=free_places(held)[:count],
        agent_name=agent_name.strip()[:50],
        agent_phone_enc=crypto.encrypt(agent_phone.strip(), AGENT_PHONE) if agent_phone.strip() else "",
        booked_on=clock.today(),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    booth.vacancies.set(list(vacancies))
    if held.announced_on is None:
        taskboard.open_task(
            key=f"fair:{held.pk}:announce",
            title=f"发布“{held.title}”会讯",
            reason="已有单位报名，接待受理后要按时限把会讯发出去。",
            organization=held.organization,
            cleared_by=planning.ANNOUNCED,
            due_on=min(limits.announce_by(booth.booked_on), held.on),
            url=f"/fairs/{held.pk}/",
        )
    events.emit(events.FairBoothBooked(booth.pk))
    planning.note(held, "book", by, employer=employer.pk, places=booth.places)
    return booth


def _hold(booth: FairBooth) -> FairBooth:
    """The booth with its fair locked first: everything about a fair is done one after the other."""
    planning.lock(booth.fair_id)
    return FairBooth.objects.select_related("fair", "employer").get(pk=booth.pk)


@acts.whole
def give_back(*, booth: FairBooth, why: str, by: Any) -> FairBooth:
    """退订, or a 没到 that had a reason; the places are free again."""
    held = _hold(booth)
    if held.state not in (State.BOOKED, State.NO_SHOW):
        raise NotPossible(Why("state", f"这个展位{held.get_state_display()}，不能退订。"))
    if not why.strip():
        raise NotPossible(Why("why", "请写退订的原因。"))
    held.state, held.cancelled_why = State.CANCELLED, why.strip()[:200]
    held.save()
    planning.note(held.fair, "give_back", by, employer=held.employer_id, why=held.cancelled_why)
    return held


@acts.whole
def attend(*, booth: FairBooth, came: bool, by: Any) -> FairBooth:
    """到会签到, and taking it back. On the day of the fair or later."""
    held = _hold(booth)
    if held.state == State.CANCELLED or held.fair.state == Fair.State.CANCELLED:
        raise NotPossible(Why("state", "这个展位已经退订，不能签到。"))
    if clock.today() < held.fair.on:
        raise NotPossible(Why("early", f"洽谈会{held.fair.on:%Y-%m-%d}才开，到时再签到。"))
    if not came and held.intents.exists():
        raise NotPossible(Why("intents", "这个展位已经有求职意向，不能改成没到。"))
    away = State.NO_SHOW if held.fair.state in Fair.PAST else State.BOOKED
    held.state = State.ATTENDED if came else away
    held.save(update_fields=["state"])
    planning.note(held.fair, "attend", by, employer=held.employer_id, came=came)
    return held


@dataclass(frozen=True)
class Receipt:
    """What 《用人单位反馈回执单》 says: who was hired (ids of intents), who was not, and how it went. `is_reported`: the firm handed it
    in itself, so whom it hired is asked (decision 0016)."""

    on: dt.date
    hired: frozenset[int]
    rejected: frozenset[int]
    difficulty: str = ""
    is_reported: bool = False


@acts.whole
def receive(*, booth: FairBooth, receipt: Receipt, by: Any) -> FairBooth:
    """收回执: results land on the intents. A receipt may be corrected; intents it does not name stay open."""
    held = _hold(booth)
    _held_and_came(held)
    if not held.fair.on <= receipt.on <= clock.today():
        raise NotPossible(Why("day", f"收到回执的日期要在{held.fair.on:%Y-%m-%d}以后、今天以前，请核对。"))
    for intent in held.intents.select_related("referral").order_by("id"):
        if named := _named(intent, receipt):
            given = {"on": receipt.on, "by": by, "words": "招聘洽谈会回执"}
            settle(intent, named, **given, is_reported=receipt.is_reported)
    held.receipt_on, held.difficulty = receipt.on, receipt.difficulty.strip()
    held.save(update_fields=["receipt_on", "difficulty"])
    planning.note(held.fair, "receive", by, employer=held.employer_id, hired=len(receipt.hired))
    return held


def _named(intent: FairIntent, receipt: Receipt) -> str:
    """What the receipt says about an intent; empty when it does not name it."""
    if intent.pk in receipt.hired:
        return FairIntent.State.HIRED
    return FairIntent.State.REJECTED if intent.pk in receipt.rejected else ""


def settle(
    intent: FairIntent,
    result: str,
    *,
    on: dt.date,
    by: Any,
    words: str,
    unfit: str = Unfit.OTHER,
    is_reported: bool = False,
) -> None:
    """The result of one intent; a referral behind it ends too, with everything that follows (status, follow-ups, posts left).

    Within an act. NotPossible against taking back 录用.
    """
    if intent.state == result:
        return
    if intent.state == FairIntent.State.HIRED:
        raise NotPossible(Why("hired", "这个人已经登记录用，不能改成未录用。", "人没留下的，请在推荐记录里登记离开。"))
    referral = intent.referral
    if referral is not None and referral.state in referral.UNDER_WAY:
        if result == FairIntent.State.HIRED:
            results.record_hired(referral=referral, hired_on=on, by=by, words=words, is_reported=is_reported)
        else:
            results.record_failed(referral=referral, outcome="rejected", unfit=unfit, by=by, words=words, on=on)
    intent.state, intent.result_on = result, on
    intent.save(update_fields=["state", "result_on"])


def _held_and_came(booth: FairBooth) -> None:
    if booth.fair.state not in Fair.PAST:
        raise NotPossible(Why("early", "洽谈会还没有结束。", "请先在洽谈会页面登记会后情况。"))
    if booth.state != State.ATTENDED:
        raise NotPossible(Why("away", f"这家单位{booth.get_state_display()}，没有回执可收。"))


@acts.whole
def track(*, booth: FairBooth, way: str, on: dt.date, difficulty: str, record: str, by: Any) -> FairBooth:
    """没交回执或没招到人: somebody called or went, asked what is hard, and passed it on."""
    held = _hold(booth)
    _held_and_came(held)
    if not held.fair.on <= on <= clock.today():
        raise NotPossible(Why("day", f"跟踪日期要在{held.fair.on:%Y-%m-%d}以后、今天以前，请核对。"))
    if not record.strip() or not difficulty.strip():
        raise NotPossible(Why("record", "请写招聘效果和难点、协调了哪个部门、怎样指导的。"))
    held.tracked_way, held.tracked_on = way, on
    held.difficulty, held.tracking = difficulty.strip(), record.strip()
    held.save(update_fields=["tracked_way", "tracked_on", "difficulty", "tracking"])
    planning.note(held.fair, "track", by, employer=held.employer_id, way=way)
    return held

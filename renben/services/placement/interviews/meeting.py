"""Remote interviews: appointed, entered, carried, ended. The server carries descriptions of connections and written words; picture
and sound go from browser to browser and are never seen or kept here."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from renben.kernel import acts, audit, clock, settings_store
from renben.services.placement.interviews import line
from renben.services.placement.interviews.line import Heard
from renben.services.placement.interviews.models import Interview, Side, Signal
from renben.services.placement.models import Referral
from renben.services.registration.reasons import NotPossible, Why

State = Interview.State


@acts.whole
def appoint(*, referral: Referral, starts_at: dt.datetime, by: Any) -> Interview:
    """约远程面试. NotPossible for a referral that has ended, a time that is over, or a second appointment."""
    held = Referral.objects.select_for_update(of=("self",), no_key=True).get(pk=referral.pk)
    if held.state not in Referral.UNDER_WAY:
        raise NotPossible(Why("ended", f"这次推荐已经了结（{held.get_state_display()}），不能再约面试。"))
    if starts_at <= clock.now():
        raise NotPossible(Why("past", "面试时间已经过了，请改成以后的时间。"))
    if Interview.objects.filter(referral=held, state=State.BOOKED).exists():
        raise NotPossible(Why("twice", "这次推荐已经约好一场远程面试，请先取消再改约。"))
    interview = Interview.objects.create(
        referral=held,
        organization=held.organization,
        starts_at=starts_at,
        minutes=int(settings_store.get("interview.minutes")),
        seeker_code=secrets.token_urlsafe(18),
        employer_code=secrets.token_urlsafe(18),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    _note(interview, "appoint", by, at=starts_at.isoformat())
    return interview


def _note(interview: Interview, event: str, by: Any = None, **detail: Any) -> None:
    audit.record(
        action=f"interview.{event}",
        subject=f"referral:{interview.referral_id}",
        detail={"interview": interview.pk, **detail},
        by=by,
        organization=interview.organization_id,
    )


@acts.whole
def cancel(*, interview: Interview, why: str, by: Any) -> None:
    """取消: both doors say so and why."""
    if not why.strip():
        raise NotPossible(Why("why", "请写取消的原因，双方看得到。"))
    held = Interview.objects.select_for_update(of=("self",), no_key=True).get(pk=interview.pk)
    if held.state != State.BOOKED:
        raise NotPossible(Why("state", f"这场面试{held.get_state_display()}，不能取消。"))
    held.state, held.cancelled_why = State.CANCELLED, why.strip()[:200]
    held.save(update_fields=["state", "cancelled_why"])
    _note(held, "cancel", by, why=held.cancelled_why)


@acts.whole
def end(*, interview: Interview, by: Any = None) -> None:
    """结束, by either side or the office. A second time changes nothing. What connected the browsers is thrown away."""
    held = Interview.objects.select_for_update(of=("self",), no_key=True).get(pk=interview.pk)
    if held.state != State.BOOKED:
        return
    held.state, held.ended_at = State.ENDED, clock.now()
    held.save(update_fields=["state", "ended_at"])
    line.forget(held)
    _note(held, "end", by, met=held.met_at is not None)


def door(code: str) -> tuple[Interview, str] | None:
    """The interview a code belongs to and the side it opens; None for a code nobody was given."""
    for side in Side.values:
        rows = Interview.objects.select_related("referral__person", "referral__vacancy__employer", "organization")
        if found := rows.filter(**{f"{side}_code": code}).first():
            return found, side
    return None


def opens_at(interview: Interview) -> dt.datetime:
    """From when the door is open."""
    return interview.starts_at - dt.timedelta(minutes=int(settings_store.get("interview.early_minutes")))


def may_enter(interview: Interview) -> bool:
    """Open from a little before until it ends; late starters are not locked out on the same day."""
    return interview.state == State.BOOKED and opens_at(interview) <= clock.now()


@acts.whole
def exchange(*, interview: Interview, side: str, after: int, sent: list[tuple[str, str]]) -> Heard:
    """One beat of a side (see `line.beat`). NotPossible when something is too long or too much."""
    if not may_enter(interview):
        return line.OVER
    heard = line.beat(interview, side, after, sent)
    if heard.is_first_meeting:
        _note(interview, "meet")
    return heard


def words(interview: Interview) -> list[Signal]:
    """What was written, by both, oldest first."""
    return line.words(interview)

"""The talk itself: the beat of both sides, its end, and the result the employer writes (issue 5.5)."""

from __future__ import annotations

from dataclasses import dataclass

from renben.kernel import acts, clock
from renben.services.placement import results
from renben.services.placement.codes import Unfit
from renben.services.placement.fairs import booking, planning, visiting
from renben.services.placement.fairs.models import Fair, FairBooth, FairIntent, FairVisitor
from renben.services.placement.hall import queueing, telling
from renben.services.placement.hall.models import Room, Talk
from renben.services.placement.interviews import line
from renben.services.placement.interviews.models import Side
from renben.services.placement.models import Vacancy
from renben.services.registration.reasons import NotPossible, Why

State, Result = Talk.State, Talk.Result
TALKED = (State.CALLED, State.ENDED)


@acts.whole
def exchange(*, talk: Talk, side: str, after: int, sent: list[tuple[str, str]]) -> line.Heard:
    """One beat of a side (see `interviews.line.beat`). The first time both are there the seeker counts as having come."""
    if talk.state != State.CALLED:
        return line.OVER
    if side == Side.EMPLOYER:
        Room.objects.filter(pk=talk.room_id).update(seen_at=clock.now())
    heard = line.beat(talk, side, after, sent)
    if heard.is_first_meeting:
        visiting.check_in(visitor=talk.visitor, by=None)
        planning.note(talk.room.hall.fair, "meet", None, visitor=talk.visitor_id, room=talk.room_id)
    return heard


@acts.whole
def end(*, talk: Talk, side: str) -> Talk:
    """结束 by either side; a second time changes nothing. Nobody met: the employer's end is a 过号, the seeker's a 不排了."""
    held = queueing.hold_talk(talk)
    if held.state != State.CALLED:
        return held
    unmet = State.MISSED if side == Side.EMPLOYER else State.LEFT
    held.state, held.ended_at = State.ENDED if held.met_at else unmet, clock.now()
    held.save(update_fields=["state", "ended_at"])
    line.forget(held)
    planning.note(held.room.hall.fair, "end_talk", None, visitor=held.visitor_id, room=held.room_id, side=side)
    return held


@dataclass(frozen=True)
class Outcome:
    """What the employer writes: one of `Talk.Result`, for which vacancy, why not, and a line for the seeker and the office."""

    result: str
    vacancy: Vacancy | None
    unfit: str = ""
    words: str = ""


@acts.whole
def record(*, talk: Talk, outcome: Outcome) -> Talk:
    """写结果, which also ends the talk. A registered seeker gets a referral of this fair, as at a booth in the hall.

    NotPossible without a meeting, without a vacancy, without a reason for 不合适, after the fair was closed, or against 录用.
    """
    planning.lock(talk.room.booth.fair_id)
    held = queueing.hold_talk(talk)
    if whys := _faults(held, outcome):
        raise NotPossible(*whys)
    if held.state == State.CALLED:
        held = end(talk=held, side=Side.EMPLOYER)
    held.vacancy, held.unfit = outcome.vacancy, outcome.unfit if outcome.result == Result.UNFIT else ""
    held.result, held.words, held.resulted_at = outcome.result, outcome.words.strip()[:200], clock.now()
    if outcome.result == Result.UNFIT:
        _turn_down(held)
    else:
        _agree(held)
    held.save()
    if held.result == Result.INVITED:
        telling.invited(held)
    planning.note(
        held.room.hall.fair, "talk_result", None, visitor=held.visitor_id, room=held.room_id, result=held.result
    )
    return held


def _faults(held: Talk, outcome: Outcome) -> list[Why]:
    if held.met_at is None or held.state not in TALKED:
        return [Why("unmet", "还没有和这位求职者谈上，不能写结果。")]
    if held.room.booth.fair.state == Fair.State.CLOSED:
        return [Why("closed", "这场会已经总结归档，结果不能再改。", "请告诉工作人员。")]
    if held.result == Result.HIRED and outcome.result != Result.HIRED:
        return [Why("hired", "这个人已经写了录用，不能改。", "人没留下的，请告诉工作人员。")]
    found = []
    if outcome.result not in Result.values:
        found.append(Why("result", "请选择结果。"))
    if outcome.vacancy is None:
        found.append(Why("vacancy", "请选择谈的是哪个岗位。"))
    elif outcome.vacancy.pk not in {one.pk for one in visiting.vacancies_at(held.room.booth)}:
        found.append(Why("vacancy", "这个岗位不在这间洽谈室，请重新选。"))
    if outcome.result == Result.UNFIT and outcome.unfit not in Unfit.values:
        found.append(Why("unfit", "请选择为什么不合适。"))
    if outcome.result == Result.INVITED and not outcome.words.strip():
        found.append(Why("words", "请写约在什么时间、到哪里面试、带什么，求职者看得到。"))
    return found


def _agree(held: Talk) -> None:
    """有意向, 约来面试, 录用: an intent of the fair; hired ends it at once."""
    held.intent = visiting.intend(visitor=held.visitor, booth=held.room.booth, vacancy=held.vacancy)
    held.referral = held.intent.referral
    if held.result == Result.HIRED:
        booking.settle(held.intent, FairIntent.State.HIRED, on=clock.today(), by=None, words="线上招聘会录用")


def _turn_down(held: Talk) -> None:
    """不合适: no intent; the referral of a registered seeker ends with the reason, which advice and matching read."""
    earlier = FairIntent.objects.filter(visitor=held.visitor, vacancy=held.vacancy).select_related("referral").first()
    words = f"线上招聘会：{held.words}" if held.words else "线上招聘会"
    if earlier is not None:
        booking.settle(earlier, FairIntent.State.REJECTED, on=clock.today(), by=None, words=words, unfit=held.unfit)
        held.referral = earlier.referral
        return
    held.referral = visiting.refer(held.visitor, held.vacancy, None)
    if held.referral is not None and held.referral.state in held.referral.UNDER_WAY:
        results.record_failed(referral=held.referral, outcome="rejected", unfit=held.unfit, by=None, words=words)


def door(code: str) -> Room | None:
    """The room a code opens for its employer; None for a code nobody was given, or of a booth given back."""
    rows = Room.objects.select_related("hall__fair__organization", "booth__fair", "booth__employer")
    return rows.filter(code=code).exclude(booth__state=FairBooth.State.CANCELLED).first()


def of_visitor(visitor: FairVisitor) -> list[Talk]:
    """Everything of one seeker in the hall: the latest first."""
    rows = Talk.objects.filter(visitor=visitor).select_related("room__hall__fair", "room__booth__employer", "vacancy")
    return list(rows.order_by("-joined_at", "-id"))

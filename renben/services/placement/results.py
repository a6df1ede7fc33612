"""推荐结果: hired, not taken, does not want to. Being hired changes everything that follows from it at once, or nothing.

J-5.2.4 后续服务 (就业状态当天改), Q-2.2.2 跟踪回访, D-16. Locks: vacancy, person, referrals.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from renben.kernel import acts, audit, calendar_table, clock, events, labour
from renben.kernel.models import LabourSpell, Person
from renben.services.placement import (
    applicants,
    confirming,
    following,
    invitations_told,
    referral_limits,
    referral_tasks,
    referring,
    vacancies,
)
from renben.services.placement.codes import Unfit
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.registration.reasons import NotPossible, Why

State = Referral.State
ELSEWHERE = "本人已在别处就业"


@dataclass(frozen=True)
class Hired:
    """What a hiring brought with it, for the sentence on the page."""

    referral: Referral
    is_full: bool
    others: int
    withdrawn: int
    calls: list[dt.date]


def _check_hired_on(held: Referral, hired_on: dt.date) -> None:
    if hired_on > clock.today():
        raise NotPossible(Why("hired_on", "就业日期还没到。", "还没上班的先记“已面试，等结果”，上班后再记录用。"))
    if hired_on < held.made_on:
        raise NotPossible(Why("hired_on", f"就业日期不能早于推荐日期{held.made_on:%Y-%m-%d}，请核对。"))


@acts.whole
def record_hired(
    *,
    referral: Referral,
    hired_on: dt.date,
    by: Any,
    wage_fen: int | None = None,
    words: str = "",
    is_reported: bool = False,
) -> Hired:
    """录用. Vacancy, labour status, registration, other referrals and calls change together. `is_reported`: the employer says so
    itself; then the labour status rests on its word until the person's office has confirmed it (decision 0016).

    NotPossible when the last post was given to somebody else meanwhile, or the referral has come to an end.
    """
    vacancy, person = referring.hold_vacancy(referral.vacancy_id), referring.hold_person(referral.person_id)
    held = referring.hold(referral)
    _check_hired_on(held, hired_on)
    if vacancy.filled >= vacancy.headcount:
        text = f"“{vacancy.title}”招{vacancy.headcount}人，已经都招到了，这一条不能记录用。"
        raise NotPossible(Why("full", text, "单位确实多招了人的，请先把招聘人数改多。"))
    held.hired_on, held.wage_fen, held.reported_by_employer = hired_on, wage_fen, is_reported
    referring.end(held, State.HIRED, words, by=by)
    vacancy = vacancies.fill(vacancy=vacancy, by=by, reason="经推荐录用1人")
    is_full = not vacancy.places_left
    _at_work(person, held, vacancy, by)
    withdrawn = _leave_others(held, by)
    others = referral_tasks.tell_others(vacancy) if is_full else []
    calls = following.plan_retention(held)
    if is_reported:
        confirming.ask(held)
    referral_tasks.close_registration(held)
    referring.note(held, "hired", by, on=str(hired_on))
    events.emit(events.PersonPlaced(held.person_id, held.pk))
    return Hired(held, is_full, len(others), withdrawn, calls)


def _at_work(person: Person, held: Referral, vacancy: Vacancy, by: Any) -> None:
    """Labour status through its one writer. The registration for work ends with `PersonPlaced`."""
    labour.set_status(
        person=person,
        status=LabourSpell.Status.EMPLOYED,
        start_on=held.hired_on,
        source="employer" if held.reported_by_employer else "registration",
        evidence=f"{'单位网上报告录用' if held.reported_by_employer else '推荐就业'}：{vacancy.employer.name}"[:200],
        by=by,
        employer=vacancy.employer,
        employer_name=vacancy.employer.name,
        occupation=vacancy.title,
        case_number=held.case.number if held.case_id else "",
    )
    if held.seeker is not None:
        referral_tasks.clear_expert(held.seeker, "已就业")
        referral_tasks.clear_after_expert(held.seeker, "已就业")


def _leave_others(held: Referral, by: Any) -> int:
    """The other referrals of somebody who found work are taken back; how many."""
    others = (
        Referral.objects.under_way()
        .filter(person_id=held.person_id)
        .exclude(pk=held.pk)
        .select_for_update(of=("self",), no_key=True)
        .select_related("organization", "vacancy")
        .order_by("id")
    )
    for count, other in enumerate(rows := list(others), start=1):
        referring.end(other, State.WITHDRAWN, ELSEWHERE, by=by)
        referring.note(other, "withdraw", by, because=held.pk, count=count)
    return len(rows)


@acts.whole
def record_failed(
    *, referral: Referral, outcome: str, unfit: str, by: Any, words: str = "", on: dt.date | None = None
) -> Referral:
    """未录用 (`rejected`) or 本人不去 (`declined`) with the reason as data. After so many within one registration an expert is
    proposed as a task, never silently (D-16)."""
    if outcome not in Referral.FAILED:
        raise NotPossible(Why("outcome", "请选择结果：未录用，还是本人不去。"))
    if unfit not in Unfit.values:
        raise NotPossible(Why("unfit", "请选择没成的原因。"))
    referring.hold_person(referral.person_id)
    held = referring.hold(referral)
    on = on or clock.today()
    if not held.made_on <= on <= clock.today():
        raise NotPossible(Why("on", f"得知结果的日期要在推荐日期{held.made_on:%Y-%m-%d}以后、今天以前。"))
    is_answer = outcome == State.DECLINED and applicants.waits_for_answer(held)
    held.unfit = unfit
    referring.end(held, outcome, words, by=by, on=on)
    if is_answer:
        invitations_told.declined(held)
    referring.note(held, outcome, by, unfit=unfit)
    if held.seeker is not None:
        _consider_expert(held.seeker)
    return held


def failures(seeker: Seeker) -> int:
    """Referrals of one registration that ended otherwise than hired (D-16). Saying no to an invitation nobody asked for is none."""
    unasked = Q(way=Referral.Way.INVITED, state=State.DECLINED)
    return Referral.objects.failed().filter(seeker=seeker).exclude(unasked).count()


def _consider_expert(seeker: Seeker) -> None:
    failed, limit = failures(seeker), referral_limits.expert_after()
    if failed >= limit:
        referral_tasks.propose_expert(seeker, failed, limit)


@acts.whole
def answer_expert(*, seeker: Seeker, is_arranged: bool, words: str, by: Any) -> Seeker:
    """The clerk's answer to the proposal: arranged (a call follows after the regulation's days), or not needed and why."""
    if not is_arranged and not words.strip():
        raise NotPossible(Why("words", "不转专家指导的，请写一句原因。"))
    outcome = f"已安排专家指导。{words.strip()}" if is_arranged else f"不转：{words.strip()}"
    if not referral_tasks.clear_expert(seeker, outcome):
        raise NotPossible(Why("none", "没有等着答复的提示，可能别人已经办了。"))
    audit.record(
        action="referral.expert",
        subject=f"person:{seeker.person_id}",
        detail={"seeker": seeker.pk, "arranged": is_arranged},
        by=by,
        organization=seeker.organization_id,
    )
    if is_arranged:
        referral_tasks.ask_after_expert(
            seeker, referral_limits.after_expert_due(clock.today(), calendar_table.current())
        )
    return seeker


@acts.whole
def answer_after_expert(*, seeker: Seeker, words: str, by: Any) -> Seeker:
    """Q-2.2.3 跟踪回访: how it went after the expert's guidance, in a line."""
    if not words.strip():
        raise NotPossible(Why("words", "请写一句本人怎么说。"))
    if not referral_tasks.clear_after_expert(seeker, words.strip()):
        raise NotPossible(Why("none", "没有等着回访的，可能别人已经问了。"))
    audit.record(
        action="referral.expert_asked",
        subject=f"person:{seeker.person_id}",
        detail={"seeker": seeker.pk},
        by=by,
        organization=seeker.organization_id,
    )
    return seeker

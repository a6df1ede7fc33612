"""跟踪回访 of referrals (J-5.2.4, J-5.3.3, Q-2.2.2, C-8.1.2.1): whom to call by when, what was heard, who is still at work."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.kernel import acts, audit, calendar_table, clock, labour
from renben.kernel.models import LabourSpell
from renben.services.placement import referral_limits, seekers_acts, vacancies
from renben.services.placement.models import Referral, ReferralContact, Seeker, Vacancy
from renben.services.registration.reasons import NotPossible, Why

Kind, State = ReferralContact.Kind, Referral.State
REOPENED = (Vacancy.State.PUBLISHED, Vacancy.State.PAUSED, Vacancy.State.FILLED)


def _start(referral: Referral) -> dt.date:
    """The day the calls count from: the recommendation, or the interview somebody is accompanied to (J-5.2.4)."""
    if referral.way == Referral.Way.ACCOMPANIED and referral.interview_at is not None:
        return referral.interview_at.astimezone(clock.ZONE).date()
    return referral.made_on


def plan(referral: Referral) -> None:
    """The first call to the person and the first to the employer. Repeating adds nothing."""
    calendar, office = calendar_table.current(), referral.organization
    for kind in (Kind.PERSON, Kind.EMPLOYER):
        start = _start(referral) if kind == Kind.PERSON else referral.made_on
        due = referral_limits.contact_due(office.tier, kind, start, calendar)
        ReferralContact.objects.get_or_create(
            referral=referral, kind=kind, due_on=due, defaults={"organization": office}
        )


def plan_again(referral: Referral) -> None:
    """The interview has another day: the open call to the person moves along."""
    due = referral_limits.contact_due(
        referral.organization.tier, Kind.PERSON, _start(referral), calendar_table.current()
    )
    waiting = referral.contacts.filter(kind=Kind.PERSON, done_on=None).order_by("due_on", "id").first()
    if waiting is None or waiting.due_on == due:
        return
    if referral.contacts.filter(kind=Kind.PERSON, due_on=due).exists():
        return
    waiting.due_on = due
    waiting.save(update_fields=["due_on"])


def plan_retention(referral: Referral) -> list[dt.date]:
    """在岗回访: the days of the calls to somebody who found work."""
    days = referral_limits.retention_days(referral.hired_on, calendar_table.current())
    for day in days:
        ReferralContact.objects.get_or_create(
            referral=referral, kind=Kind.RETENTION, due_on=day, defaults={"organization": referral.organization}
        )
    return days


def settle(referral: Referral, words: str, *, by: Any) -> None:
    """The result is known: calls about it need not be made any more."""
    referral.contacts.filter(done_on=None).update(done_on=clock.today(), answer=words[:300], by=by)


def _held(contact: ReferralContact) -> ReferralContact:
    rows = ReferralContact.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("referral__person", "referral__vacancy__employer", "organization").get(pk=contact.pk)
    if held.done_on is not None:
        raise NotPossible(Why("done", f"这次回访{held.done_on:%m月%d日}已经记过：{held.answer}"))
    return held


def _done(held: ReferralContact, words: str, by: Any, still_there: bool | None = None) -> None:
    held.done_on, held.answer, held.by, held.still_there = clock.today(), words.strip()[:300], by, still_there
    held.save()
    audit.record(
        action="referral.contact",
        subject=f"person:{held.referral.person_id}",
        detail={"contact": held.pk, "kind": held.kind, "still_there": still_there},
        by=by,
        organization=held.organization_id,
    )


@acts.whole
def record_waiting(*, contact: ReferralContact, by: Any, words: str = "") -> ReferralContact:
    """Asked, and there is no result yet: done, and the next call is planned by the same limit from today."""
    held = _held(contact)
    if held.kind == Kind.RETENTION:
        raise NotPossible(Why("kind", "在岗回访要记还在不在岗。"))
    _done(held, words or "还没有结果", by)
    due = referral_limits.contact_due(held.organization.tier, held.kind, clock.today(), calendar_table.current())
    ReferralContact.objects.get_or_create(
        referral=held.referral, kind=held.kind, due_on=due, defaults={"organization": held.organization}
    )
    return held


@acts.whole
def record_still_there(*, contact: ReferralContact, by: Any, words: str = "") -> ReferralContact:
    """在岗回访: still at work."""
    held = _held(contact)
    if held.kind != Kind.RETENTION:
        raise NotPossible(Why("kind", "还没有就业，请记面试结果。"))
    _done(held, words or "仍在岗", by, still_there=True)
    return held


@dataclass(frozen=True)
class Gone:
    """What followed when somebody left: the vacancy that has the post to give again, the registration that stands again."""

    contact: ReferralContact
    freed: Vacancy | None
    seeker: Seeker | None


@acts.whole
def record_left(*, contact: ReferralContact, left_on: dt.date, reason: str, by: Any, wants_work: bool = False) -> Gone:
    """在岗回访: gone since a day. The labour status follows and later calls fall away. While the vacancy's term runs the employer is
    still looking: its post is given back. `wants_work`: the person asks to be recommended again, under the old registration."""
    vacancy = vacancies.lock(contact.referral.vacancy_id)
    held = _held(contact)
    if held.kind != Kind.RETENTION:
        raise NotPossible(Why("kind", "还没有就业，请记面试结果。"))
    referral = Referral.objects.select_for_update(of=("self",), no_key=True).get(pk=held.referral_id)
    if not referral.hired_on <= left_on <= clock.today():
        raise NotPossible(Why("left_on", f"离开日期要在上班日{referral.hired_on:%Y-%m-%d}以后、今天以前。"))
    if not reason.strip():
        raise NotPossible(Why("reason", "请写一句为什么离开。"))
    words = f"{left_on:%Y-%m-%d}已离开：{reason.strip()}"
    _done(held, words, by, still_there=False)
    referral.left_on, referral.version = left_on, referral.version + 1
    referral.save(update_fields=["left_on", "version"])
    settle(referral, words, by=by)
    _out_of_work(held, left_on, by)
    return Gone(held, _free(vacancy, by), _look_again(referral, by) if wants_work else None)


def _free(vacancy: Vacancy, by: Any) -> Vacancy | None:
    """One post more to give, where somebody may still be recommended to it; None where the term is over or it was taken down."""
    is_running = vacancy.state in REOPENED and vacancy.valid_until >= clock.today()
    if not (is_running and vacancy.filled):
        return None
    return vacancies.reopen(vacancy=vacancy, by=by, reason="在岗回访：录用的人已离开")


def _look_again(referral: Referral, by: Any) -> Seeker | None:
    """The registration that ended with the work stands again for a full term; None where there is none to continue."""
    if referral.seeker_id is None:
        return None
    seeker = seekers_acts.look_again(seeker=referral.seeker, why="在岗回访：已离开，本人还要找工作", by=by)
    if seeker.state != Seeker.State.ACTIVE:
        return None
    return seekers_acts.renew(seeker=seeker, by=by)


def _out_of_work(held: ReferralContact, left_on: dt.date, by: Any) -> None:
    labour.set_status(
        person=held.referral.person,
        status=LabourSpell.Status.JOBLESS,
        start_on=left_on,
        source="registration",
        evidence=f"在岗回访：已离开{held.referral.vacancy.employer.name}"[:200],
        by=by,
    )

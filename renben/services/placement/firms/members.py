"""用人单位会员服务 (M3-13): applied for, decided by a second person, visited every year, ended.

Acts are whole and audited; NotPossible says in Chinese why something cannot be done.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.engines.messaging import sending
from renben.kernel import acts, audit, clock, numbering, settings_store, taskboard
from renben.kernel.models import Employer, Organization
from renben.services.placement import visits
from renben.services.placement.firms.agreements import usual_end
from renben.services.placement.firms.models import Membership
from renben.services.placement.models import EmployerVisit
from renben.services.placement.vacancies_employers import objections
from renben.services.registration.reasons import NotPossible, Why

State = Membership.State
DECIDED, RENEWED = "MembershipDecided", "MembershipRenewed"
"""What clears the task of deciding an application, and the one of asking a member to renew."""
REMIND_DAYS = 30
"""A visit that is due and a term that ends are asked about so many days before."""


def note(membership: Membership, what: str, by: Any, **detail: Any) -> None:
    audit.record(
        action=f"member.{what}",
        subject=f"employer:{membership.employer_id}",
        detail={"number": membership.number, **detail},
        by=by,
        organization=membership.organization,
    )


def of_employer(employer: Employer, day: dt.date) -> Membership | None:
    """The membership of a firm that holds on a day."""
    return Membership.objects.in_force(day).filter(employer=employer).order_by("-until", "-id").first()


def is_member(employer: Employer, day: dt.date) -> bool:
    return Membership.objects.in_force(day).filter(employer=employer).exists()


@acts.whole
def apply(*, employer: Employer, organization: Organization, applicant: str, wishes: str, by: Any) -> Membership:
    """申请入会, or to go on when the term ends soon. NotPossible when an application waits or the membership still runs."""
    held, today = Employer.objects.select_for_update().get(pk=employer.pk), clock.today()
    if held.merged_into_id:
        raise NotPossible(Why("merged", "这家单位已并入另一份档案。", "请用保留的那一份申请。"))
    if Membership.objects.filter(employer=held, state=State.APPLIED).exists():
        raise NotPossible(Why("waiting", "这家单位已有一份申请在等审核。"))
    last = today + dt.timedelta(days=REMIND_DAYS)
    if running := Membership.objects.in_force(today).filter(employer=held, until__gt=last).order_by("id").first():
        raise NotPossible(Why("member", f"这家单位已经是会员，到{running.until:%Y年%m月%d日}。"))
    if not applicant.strip():
        raise NotPossible(Why("who", "没有写单位经办人。"))
    made = Membership.objects.create(
        number=numbering.next("member", organization, today, "HY"),
        employer=held,
        organization=organization,
        applied_on=today,
        applicant=applicant.strip()[:50],
        wishes=wishes.strip()[:300],
        recorded_by=by,
        recorded_at=clock.now(),
    )
    note(made, "applied", by)
    taskboard.open_task(
        key=f"member.decide:{made.pk}",
        title=f"审核会员申请：{held.name}",
        reason=f"{made.applicant}代单位申请成为会员。由没有经手的人审核。",
        organization=organization,
        cleared_by=DECIDED,
        due_on=today + dt.timedelta(days=int(settings_store.get("member.decide_days"))),
        url=f"/members/{made.pk}/",
    )
    return made


def _lock(membership: Membership) -> Membership:
    rows = Membership.objects.select_for_update(of=("self",)).select_related("employer__organization", "organization")
    return rows.get(pk=membership.pk)


def usual_term(employer: Employer, today: dt.date) -> tuple[dt.date, dt.date]:
    """From when to when a membership decided today usually runs: after the one that still holds, for the usual years."""
    running = of_employer(employer, today)
    starts_on = running.until + dt.timedelta(days=1) if running is not None else today
    return starts_on, usual_end(starts_on)


@dataclass(frozen=True)
class Verdict:
    """What was decided: accepted for a term with both ends, or refused with words why."""

    is_accepted: bool
    text: str = ""
    starts_on: dt.date | None = None
    until: dt.date | None = None


def _faults(held: Membership, verdict: Verdict, by: Any) -> list[Why]:
    if held.state != State.APPLIED:
        return [Why("decided", f"这份申请已经审核过：{held.get_state_display()}。")]
    found = []
    if held.recorded_by_id == by.pk:
        found.append(Why("same_person", "申请是您登记的，要由另一个人审核。"))
    if not verdict.is_accepted:
        if not verdict.text.strip():
            found.append(Why("no_reason", "不批准的，请写明原因。"))
        return found
    found += objections(held.employer, clock.today())
    if verdict.starts_on is None or verdict.until is None or verdict.until < verdict.starts_on:
        found.append(Why("term", "请写明会员从哪天到哪天，截止日期不能早于起始日期。"))
        return found
    others = Membership.objects.filter(employer=held.employer, state=State.MEMBER, ended_on=None)
    if others.filter(starts_on__lte=verdict.until, until__gte=verdict.starts_on).exists():
        found.append(Why("double", "和这家单位现有的会员期限重了。", "请从现有期限以后起算。"))
    return found


@acts.whole
def decide(*, membership: Membership, verdict: Verdict, by: Any) -> Membership:
    """审核 by a second person; the firm is told. NotPossible for who recorded it, for a firm that may not recruit, without a term."""
    held = _lock(membership)
    if why := _faults(held, verdict, by):
        raise NotPossible(*why)
    held.state = State.MEMBER if verdict.is_accepted else State.REFUSED
    held.decision, held.decided_by, held.decided_at = verdict.text.strip()[:300], by, clock.now()
    if verdict.is_accepted:
        held.starts_on, held.until = verdict.starts_on, verdict.until
    held.save()
    note(held, "decided", by, state=held.state)
    taskboard.clear(key=f"member.decide:{held.pk}", event=DECIDED, outcome=held.get_state_display())
    if verdict.is_accepted:
        before = Membership.objects.filter(employer=held.employer, state=State.MEMBER).exclude(pk=held.pk)
        for pk in before.order_by("id").values_list("pk", flat=True):
            taskboard.clear(key=f"member.renew:{pk}", event=RENEWED, outcome="已续")
        params = {"number": held.number, "until": f"{held.until:%Y年%m月%d日}"}
        sending.enqueue("member.accepted", key=f"member.decided:{held.pk}", employer=held.employer, params=params)
    else:
        params = {"reason": held.decision.rstrip("。"), "office": held.organization.short_name}
        sending.enqueue("member.refused", key=f"member.decided:{held.pk}", employer=held.employer, params=params)
    return held


@acts.whole
def end(*, membership: Membership, why: str, by: Any) -> Membership:
    """退会 from today: the page is no longer public. NotPossible without a reason, or for who is no member."""
    held, today = _lock(membership), clock.today()
    if held.state != State.MEMBER or not held.holds_on(today):
        raise NotPossible(Why("state", "现在不是有效的会员，不用退会。"))
    if not why.strip():
        raise NotPossible(Why("no_reason", "没有写退会的原因。"))
    held.state, held.ended_on, held.ended_why = State.ENDED, today, why.strip()[:200]
    held.save()
    note(held, "ended", by, why=held.ended_why)
    taskboard.clear(key=f"member.renew:{held.pk}", event=RENEWED, outcome="已退会")
    return held


@dataclass
class Owed:
    """What a night found: visits owed to members, terms that end soon."""

    visits: int = 0
    renewals: int = 0


@acts.whole
def remind(today: dt.date | None = None) -> Owed:
    """每晚: a member not visited for nearly a year, and one whose term ends soon, become tasks. A second run changes nothing."""
    today = today or clock.today()
    found, most = Owed(), int(settings_store.get("member.visit_days"))
    soon = today + dt.timedelta(days=REMIND_DAYS)
    rows = Membership.objects.in_force(today).filter(employer__merged_into=None)
    for one in rows.select_related("employer__organization", "organization").order_by("id"):
        seen = EmployerVisit.objects.filter(employer=one.employer, state=EmployerVisit.State.DONE, visit_on__lte=today)
        last = max([one.starts_on, *seen.order_by("-visit_on").values_list("visit_on", flat=True)[:1]])
        due_on = last + dt.timedelta(days=most)
        if due_on <= soon:
            _ask_visit(one, last, due_on)
            found.visits += 1
        if one.until <= soon and not Membership.objects.filter(employer=one.employer, starts_on__gt=one.until).exists():
            _ask_renewal(one)
            found.renewals += 1
    return found


def _ask_visit(one: Membership, last: dt.date, due_on: dt.date) -> None:
    """The key is one of those that any visit clears (`visits.contacted`)."""
    taskboard.open_task(
        key=f"employer.contact:{one.employer_id}:member:{last}",
        title=f"走访会员单位：{one.employer.name}",
        reason=f"会员单位每年至少走访一次，{due_on:%Y年%m月%d日}前要去。",
        organization=one.organization,
        cleared_by=visits.CONTACTED,
        due_on=due_on,
        url=f"/employers/{one.employer_id}/?tab=visits",
    )


def _ask_renewal(one: Membership) -> None:
    taskboard.open_task(
        key=f"member.renew:{one.pk}",
        title=f"会员快到期：{one.employer.name}",
        reason=f"会员到{one.until:%Y年%m月%d日}为止，请问单位续不续；不续的形象页到期自动撤下。",
        organization=one.organization,
        cleared_by=RENEWED,
        due_on=one.until,
        url=f"/members/{one.pk}/",
    )

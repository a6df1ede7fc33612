"""What the days do to registrations for work: asked about before they end, lapsed when nobody renewed, ended by work."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F

from renben.kernel import clock, events, taskboard
from renben.kernel.models import LabourSpell
from renben.services.placement import seekers_acts, seekers_rules
from renben.services.placement.models import Referral, Seeker
from renben.services.registration.conditions import EMPLOYED_STATES


@dataclass(frozen=True)
class DayOfSeekers:
    """How many registrations a night touched."""

    placed: int
    lapsed: int
    asked: int


def run_day(on: dt.date | None = None) -> DayOfSeekers:
    """The night's round; a second run changes nothing, a late one makes up for the days missed."""
    on = on or clock.today()
    return DayOfSeekers(placed=end_by_work(on), lapsed=lapse_due(on), asked=ask_before_the_end(on))


def end_by_work(on: dt.date) -> int:
    """Whoever is at work by the file since after registering. Somebody in work who looks for another post stays."""
    spells = (
        LabourSpell.objects.filter(
            status__in=EMPLOYED_STATES,
            end_on=None,
            start_on__lte=on,
            person__seekers__state=Seeker.State.ACTIVE,
            start_on__gt=F("person__seekers__registered_on"),
        )
        .select_related("employer")
        .order_by("person_id", "-start_on", "-id")
    )
    ended = 0
    for person_id, spell in {spell.person_id: spell for spell in spells}.items():
        seeker = Seeker.objects.active().of(person_id)
        where = spell.employer.name if spell.employer is not None else spell.employer_name
        why = f"就业状态已登记为“{spell.get_status_display()}”{f'（{where}）' if where else ''}"
        if seeker is not None:
            seekers_acts.placed(seeker=seeker, why=why, on=max(spell.start_on, seeker.registered_on))
            ended += 1
    return ended


def lapse_due(on: dt.date) -> int:
    """Registrations past their last day."""
    due = list(Seeker.objects.active().filter(valid_until__lt=on).order_by("valid_until", "id"))
    for seeker in due:
        seekers_acts.lapse(seeker=seeker, on=on)
    return len(due)


def ask_before_the_end(on: dt.date) -> int:
    """A task for the office of each registration about to end: call, renew or end it. Returns how many are open."""
    near = (
        Seeker.objects.active()
        .filter(valid_until__range=(on, seekers_rules.remind_until(on)))
        .select_related("person", "organization")
        .order_by("valid_until", "id")
    )
    count = 0
    for seeker in near:
        taskboard.open_task(
            key=seekers_acts.reminder_key(seeker),
            title=f"问{seeker.person.name}求职登记续不续",
            reason=f"求职登记 {seeker.number} 到{seeker.valid_until:%Y年%m月%d日}为止。还要找工作的点“续期”，不找了的写明原因。",
            organization=seeker.organization,
            cleared_by=seekers_acts.RENEWED,
            due_on=seeker.valid_until,
            person=seeker.person,
            url=f"/seekers/{seeker.pk}/",
        )
        count += 1
    return count


def on_person_placed(event: events.PersonPlaced) -> None:
    """A referral became work: the registration is ended the same moment."""
    referral = Referral.objects.select_related("vacancy__employer").get(pk=event.referral_id)
    seeker = Seeker.objects.active().of(event.person_id)
    if seeker is None:
        return
    vacancy = referral.vacancy
    seekers_acts.placed(
        seeker=seeker,
        why=f"经推荐到{vacancy.employer.name}就业（{vacancy.title}）",
        on=referral.hired_on or clock.today(),
    )

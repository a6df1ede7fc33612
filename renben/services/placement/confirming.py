"""单位网上报告的录用, looked into by the office (decision 0016): everything about the post closed when the firm said it; the labour status
rests on the firm's word until the office confirms, and goes back when it was not so."""

from __future__ import annotations

from typing import Any

from renben.kernel import acts, clock, labour, taskboard
from renben.kernel.models import LabourSpell, Task
from renben.services.placement import following, referring, seekers_acts, vacancies
from renben.services.placement.codes import Unfit
from renben.services.placement.models import Referral, Seeker
from renben.services.registration.reasons import NotPossible, Why

CONFIRMED, STATUS_CONFIRMED = "HireConfirmed", "LabourStatusConfirmed"


def ask(referral: Referral) -> None:
    """The office that looks after the person asks whether it is so."""
    taskboard.open_task(
        key=f"referral.confirm:{referral.pk}",
        title=f"核实{referral.person.name}的录用"[:200],
        reason=f"{referral.vacancy.employer.name}网上报告{referral.hired_on:%m月%d日}录用本人（{referral.vacancy.title}），请问本人属实不属实。"[
            :300
        ],
        organization=referral.person.organization,
        person=referral.person,
        cleared_by=CONFIRMED,
        due_on=min((c.due_on for c in referral.contacts.filter(done_on=None).order_by("due_on")), default=None),
        url=f"/referrals/{referral.pk}/",
    )


def waits(referral: Referral) -> bool:
    """Whether a hire was reported and nobody has looked into it."""
    reported = referral.reported_by_employer and referral.confirmed_on is None
    return reported and referral.state == Referral.State.HIRED


def _hold(referral: Referral) -> Referral:
    rows = Referral.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("person__organization", "vacancy__employer", "organization", "seeker").get(
        pk=referral.pk
    )
    if not waits(held):
        raise NotPossible(Why("nothing", "没有等着核实的录用，可能同事已经办了。"))
    return held


def _done(held: Referral, outcome: str) -> None:
    taskboard.clear(key=f"referral.confirm:{held.pk}", event=CONFIRMED, outcome=outcome)
    for key in Task.objects.filter(key__startswith=f"status:{held.person_id}:employed:", cleared_at=None).values_list(
        "key", flat=True
    ):
        taskboard.clear(key=key, event=STATUS_CONFIRMED, outcome=outcome)


@acts.whole
def confirm(*, referral: Referral, by: Any) -> Referral:
    """属实: the labour status rests on the office's word now, also where another one stood."""
    referring.hold_person(referral.person_id)
    held = _hold(referral)
    held.confirmed_on, held.version = clock.today(), held.version + 1
    held.save(update_fields=["confirmed_on", "version"])
    labour.set_status(
        person=held.person,
        status=LabourSpell.Status.EMPLOYED,
        start_on=held.hired_on,
        source="registration",
        evidence=f"单位报告录用，已核实：{held.vacancy.employer.name}"[:200],
        by=by,
        employer=held.vacancy.employer,
        employer_name=held.vacancy.employer.name,
        occupation=held.vacancy.title,
    )
    _done(held, "属实")
    referring.note(held, "confirm", by)
    return held


@acts.whole
def refute(*, referral: Referral, words: str, by: Any) -> Referral:
    """不属实: the post is free again, the person looks for work again, and what the firm's word changed goes back."""
    if not words.strip():
        raise NotPossible(Why("words", "请写本人怎么说的。"))
    vacancy, person = referring.hold_vacancy(referral.vacancy_id), referring.hold_person(referral.person_id)
    held = _hold(referral)
    held.state, held.unfit, held.result_note = (
        Referral.State.REJECTED,
        Unfit.OTHER,
        f"录用不属实：{words.strip()}"[:300],
    )
    held.confirmed_on, held.version = clock.today(), held.version + 1
    held.save()
    following.settle(held, held.result_note, by=by)
    if vacancy.filled:
        vacancies.reopen(vacancy=vacancy, reason=f"单位所报录用不属实：{words.strip()}"[:300], by=by)
    spell = labour.last_spell(person)
    if spell is not None and spell.end_on is None and spell.source == "employer" and spell.start_on >= held.hired_on:
        labour.set_status(
            person=person,
            status=LabourSpell.Status.JOBLESS,
            start_on=clock.today(),
            source="registration",
            evidence=f"核实：没有在{vacancy.employer.name}就业"[:200],
            by=by,
        )
    if held.seeker is not None and held.seeker.state == Seeker.State.PLACED:
        seekers_acts.look_again(seeker=held.seeker, why="单位所报录用不属实", by=by)
    _done(held, "不属实")
    referring.note(held, "refute", by)
    return held

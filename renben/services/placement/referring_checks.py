"""What speaks against recommending somebody to a vacancy at this moment, each as a sentence with what to do about it."""

from __future__ import annotations

import datetime as dt

from renben.kernel import clock
from renben.kernel.models import LabourSpell, Person
from renben.services.placement import vacancies_employers
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.registration.reasons import Why

State = Vacancy.State
Status = LabourSpell.Status
IN_WORK = (Status.EMPLOYED, Status.SELF_EMPLOYED, Status.PUBLIC_POST, Status.RURAL_TRANSFER)
"""Whoever is in one of these has work; 灵活就业 may look for a steady post."""
OTHER = "请换一个岗位推荐。"


def of_vacancy(vacancy: Vacancy, on: dt.date) -> list[Why]:
    """Filled, paused, ended or past its last day."""
    if vacancy.state == State.FILLED or vacancy.filled >= vacancy.headcount:
        return [Why("filled", f"“{vacancy.title}”已经招满（{vacancy.headcount}人），不能再推荐。", OTHER)]
    if vacancy.state == State.PAUSED:
        return [Why("paused", f"“{vacancy.title}”已经暂停招聘。", "请问清单位几时恢复，或换一个岗位。")]
    if vacancy.state != State.PUBLISHED:
        return [Why("not_open", f"“{vacancy.title}”现在是“{vacancy.get_state_display()}”，不能推荐。", OTHER)]
    if vacancy.valid_until < on:
        return [
            Why("expired", f"“{vacancy.title}”的招聘{vacancy.valid_until:%Y年%m月%d日}已经到期。", "请先请单位续期。")
        ]
    return []


def of_person(person: Person, seeker: Seeker) -> list[Why]:
    """No longer looking, or found work since registering. Who was at work when registering looks for another post and may."""
    if seeker.state != Seeker.State.ACTIVE:
        return [
            Why("not_seeking", f"{person.name}的求职登记现在是“{seeker.get_state_display()}”。", "请先办求职登记。")
        ]
    working = LabourSpell.objects.filter(
        person=person, status__in=IN_WORK, end_on=None, start_on__gte=seeker.registered_on
    )
    if spell := working.order_by("-start_on", "-id").first():
        text = f"{person.name}{spell.start_on:%Y年%m月%d日}起是“{spell.get_status_display()}”，不用推荐。"
        return [Why("in_work", text, "已经离职的，请先在人员档案里登记；想换工作的，请续办求职登记。")]
    return []


def standing(person_id: int, vacancy_id: int) -> Referral | None:
    """The referral of this person to this vacancy that has not failed, if any."""
    kept = (*Referral.UNDER_WAY, Referral.State.HIRED)
    rows = Referral.objects.filter(person_id=person_id, vacancy_id=vacancy_id, state__in=kept)
    return rows.select_related("organization", "made_by").order_by("id").first()


def of_standing(earlier: Referral) -> Why:
    """A colleague was quicker: who, when, and how it stands."""
    who = earlier.made_by.display_name if earlier.made_by_id else "本人"
    day = f"{earlier.made_on:%Y年%m月%d日}"
    text = f"{who}（{earlier.organization.short_name}）{day}已推荐到这个岗位，现在是“{earlier.get_state_display()}”。"
    return Why("standing", text, "结果出来以前不用再推荐。")


def against(person: Person, seeker: Seeker, vacancy: Vacancy) -> list[Why]:
    """Everything that speaks against it today; empty when nothing does."""
    on = clock.today()
    return [
        *of_vacancy(vacancy, on),
        *vacancies_employers.objections(vacancy.employer, on, work_kind=vacancy.work_kind),
        *of_person(person, seeker),
    ]

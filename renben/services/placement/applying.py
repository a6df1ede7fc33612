"""我要应聘 (J-5.2.1, J-5.3.3): a labourer registers and applies without coming to the counter, by the same acts and with the same refusals.

The street of the residence looks after both: a registration made in the net is checked, an application is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from renben.engines.messaging import sending
from renben.kernel import acts, audit, calendar_table, clock, duedates, settings_store, taskboard
from renben.kernel.models import Organization, Person
from renben.services.placement import matching_words, referral_tasks, referring, referring_checks, seekers_acts
from renben.services.placement.codes import SeekerSource
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.placement.seekers_acts import Profile, Wish
from renben.services.registration.reasons import NotPossible, Why
from renben.services.registration.territory import street_of

CHECKED = "SeekerChecked"
"""What clears the task to check a registration made in the net."""
CHECK_DAYS = "seeker.web_check_days"
settings_store.define(CHECK_DAYS, 3, "网上求职登记几个工作日内核对")

_FOR_CITIZEN = {
    "filled": "这个岗位刚刚招满了。",
    "paused": "单位暂停招聘这个岗位，过些天再来看看。",
    "not_open": "这个岗位现在不招人了。",
    "expired": "这个岗位的招聘已经到期。",
    "in_work": "档案里记着您现在有工作。已经离职的，请带离职证明到社保所改过来，再来应聘。",
    "not_seeking": "您的求职登记已经结束。请在“我的求职登记”里续期或重新登记，再来应聘。",
    "merged": "这家单位的资料正在整理，暂时不能应聘。",
    "struck_off": "市场监管部门的数据显示这家单位已经注销或吊销，不能应聘。",
    "no_licence": "这家单位的营业执照已过期或没有登记，核对以前不能应聘。",
    "no_dispatch_licence": "这家单位没有有效的劳务派遣许可证，核对以前不能应聘。",
}
"""The reasons against a referral, as they are said to the person themselves."""


def said_to_citizen(refused: NotPossible) -> list[str]:
    """Each reason as a sentence for the person; one without words of its own as the counter says it."""
    return [_FOR_CITIZEN.get(why.code, f"{str(why.text).rstrip('。')}。{why.fix}") for why in refused.reasons]


def office_of(person: Person) -> Organization:
    """Who looks after somebody who applies in the net: the street or town of the residence."""
    return street_of(person.organization)


@acts.whole
def register_online(*, person: Person, profile: Profile, wishes: Sequence[Wish], by: Any) -> Seeker:
    """求职登记 by the person; the street is asked to check it within the agency's working days. NotPossible as at the counter."""
    office = office_of(person)
    seeker = seekers_acts.register_seeker(
        person=person, organization=office, profile=profile, wishes=wishes, by=by, source=SeekerSource.WEB
    )
    days = duedates.Within(int(settings_store.get(CHECK_DAYS)), "working_day")
    taskboard.open_task(
        key=f"seeker.web:{seeker.pk}",
        title=f"核对{person.name}的网上求职登记",
        reason="本人在网上登记的：看意向、技能、经历写得清不清楚，属不属于求职困难人员，缺的打电话问。",
        organization=office,
        person=person,
        cleared_by=CHECKED,
        due_on=duedates.due(clock.today(), days, calendar_table.current()).on,
        url=f"/seekers/{seeker.pk}/",
    )
    return seeker


def is_unchecked(seeker: Seeker) -> bool:
    """Made in the net and not looked at by the office."""
    return seeker.source == SeekerSource.WEB and seeker.checked_on is None


@acts.whole
def check_online(*, seeker: Seeker, by: Any) -> Seeker:
    """已核对. Twice is once; NotPossible for one made at the counter."""
    held = seekers_acts.lock(seeker)
    if held.source != SeekerSource.WEB:
        raise NotPossible(Why("counter", "这份登记是在窗口办的，不用核对。"))
    if held.checked_on is not None:
        return held
    held.checked_on = clock.today()
    held.save(update_fields=["checked_on"])
    taskboard.clear(key=f"seeker.web:{held.pk}", event=CHECKED, outcome="已核对")
    audit.record(
        action="seeker.check",
        subject=f"person:{held.person_id}",
        detail={"seeker": held.pk},
        by=by,
        organization=held.organization_id,
    )
    return held


def earlier(person: Person, vacancy: Vacancy) -> Referral | None:
    """The person's way to this vacancy that has not failed, whoever began it."""
    return referring_checks.standing(person.pk, vacancy.pk)


@acts.whole
def apply(*, person: Person, vacancy: Vacancy, by: Any, message: str = "") -> Referral:
    """我要应聘: what stands already is answered with itself. NotPossible as `referring.refer` says."""
    if (standing := earlier(person, vacancy)) is not None:
        return standing
    seeker = Seeker.objects.active().select_related("person").of(person)
    if seeker is None:
        raise NotPossible(Why("not_seeking", "还没有有效的求职登记。", "请先登记。"))
    pair = matching_words.of_pair(seeker, vacancy)
    referral = referring.refer(
        seeker=seeker,
        vacancy=vacancy,
        organization=office_of(person),
        by=by,
        way=Referral.Way.APPLIED,
        score=pair.score,
        parts=pair.parts,
        message=message,
    )
    due = referral.contacts.order_by("due_on", "id").values_list("due_on", flat=True).first()
    referral_tasks.read_application(referral, due)
    params = {"title": vacancy.title, "who": person.name, "pk": referral.pk}
    sending.enqueue("application.made", key=f"application.made:{referral.pk}", employer=vacancy.employer, params=params)
    return referral


@acts.whole
def take_back(*, referral: Referral, reason: str, by: Any) -> Referral:
    """撤回应聘 by the person: the employer learns of it, and need not answer."""
    ended = referring.withdraw(referral=referral, reason=f"本人撤回：{reason.strip()}" if reason.strip() else "", by=by)
    sending.settle(f"referral.withdrawn:{ended.pk}")  # whoever took it back knows
    if not sending.settle(f"application.made:{ended.pk}"):
        params = {"title": ended.vacancy.title, "who": ended.person.name, "pk": ended.pk}
        key = f"application.withdrawn:{ended.pk}"
        sending.enqueue("application.withdrawn", key=key, employer=ended.vacancy.employer, params=params)
    return ended

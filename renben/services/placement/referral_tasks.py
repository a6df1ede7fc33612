"""待办 of referrals: a filled post to tell people about, expert guidance after failures (D-16), a registration to close."""

from __future__ import annotations

from typing import Any

from renben.kernel import clock, taskboard
from renben.kernel.models import Task
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.registration.models import UnemploymentRegistration

ENDED, EXPERT, ASKED, CLOSED = "ReferralEnded", "ExpertGuidanceArranged", "ExpertGuidanceAsked", "RegistrationClosed"
ANSWERED = "ApplicationAnswered"


def tell_others(vacancy: Vacancy) -> list[Referral]:
    """Others who are still on their way to a post just filled: each office is asked to tell them and to find another post."""
    left = list(
        Referral.objects.under_way().filter(vacancy=vacancy).select_related("person", "organization").order_by("id")
    )
    for one in left:
        taskboard.open_task(
            key=f"referral.filled:{one.pk}",
            title=f"告诉{one.person.name}：“{vacancy.title}”已招满"[:200],
            reason=f"{vacancy.employer.name}的{vacancy.headcount}个名额已满，请告诉本人、撤回这次推荐，再找别的岗位。"[
                :300
            ],
            organization=one.organization,
            person=one.person,
            cleared_by=ENDED,
            due_on=clock.today(),
            url=f"/referrals/{one.pk}/",
        )
    return left


def read_application(referral: Referral, due_on: Any) -> Task:
    """本人网上应聘: the office looks at it, tells the employer and answers the person."""
    return taskboard.open_task(
        key=f"application:{referral.pk}",
        title=f"{referral.person.name}网上应聘“{referral.vacancy.title}”"[:200],
        reason=f"请联系{referral.vacancy.employer.name}，约面试或把答复告诉本人。"[:300],
        organization=referral.organization,
        person=referral.person,
        cleared_by=ANSWERED,
        due_on=due_on,
        url=f"/referrals/{referral.pk}/",
    )


def clear_application(referral: Referral, outcome: str) -> None:
    """The person has an answer, an interview or a result."""
    taskboard.clear(key=f"application:{referral.pk}", event=ANSWERED, outcome=outcome)


def clear_filled(referral: Referral) -> None:
    """A referral came to its end: nobody has to be told of the filled post, nor asked about an invitation or an application."""
    clear_application(referral, referral.get_state_display())
    taskboard.clear(key=f"invitation:{referral.pk}", event="InvitationAnswered", outcome=referral.get_state_display())
    taskboard.clear(key=f"referral.filled:{referral.pk}", event=ENDED, outcome=referral.get_state_display())


def propose_expert(seeker: Seeker, failed: int, limit: int) -> Task:
    """D-16: so many failures within one registration: an expert is proposed, the clerk decides."""
    return taskboard.open_task(
        key=f"referral.expert:{seeker.pk}",
        title=f"{seeker.person.name}推荐{failed}次没成，考虑转专家指导",
        reason=f"本次求职登记内推荐{limit}次还没就业的，提示转专家式服务（Q-2.2.2 跟踪回访，D-16），办不办由您定。",
        organization=seeker.organization,
        person=seeker.person,
        cleared_by=EXPERT,
        url=f"/referrals/person/{seeker.person_id}/",
    )


def expert_waits(seeker: Seeker) -> bool:
    """Whether the proposal of an expert still waits for an answer."""
    return Task.objects.filter(key=f"referral.expert:{seeker.pk}", cleared_at=None).exists()


def clear_expert(seeker: Seeker, outcome: str) -> bool:
    return taskboard.clear(key=f"referral.expert:{seeker.pk}", event=EXPERT, outcome=outcome[:200])


def ask_after_expert(seeker: Seeker, due_on: Any) -> None:
    """Q-2.2.3: after an expert's guidance somebody asks how it went."""
    taskboard.open_task(
        key=f"referral.after_expert:{seeker.pk}:{due_on}",
        title=f"回访{seeker.person.name}：专家指导以后怎样了",
        reason="专家指导后要按期回访（Q-2.2.3 跟踪回访）；再推荐岗位的，就算回访过了。",
        organization=seeker.organization,
        person=seeker.person,
        cleared_by=ASKED,
        due_on=due_on,
        url=f"/referrals/person/{seeker.person_id}/",
    )


def after_expert_waits(seeker: Seeker) -> bool:
    """Whether somebody has still to ask how an expert's guidance went."""
    return Task.objects.filter(key__startswith=f"referral.after_expert:{seeker.pk}:", cleared_at=None).exists()


def clear_after_expert(seeker: Seeker, outcome: str) -> bool:
    """Asked, recommended again, or at work: the call is made."""
    waiting = Task.objects.filter(key__startswith=f"referral.after_expert:{seeker.pk}:", cleared_at=None)
    keys = list(waiting.order_by("id").values_list("key", flat=True))
    for key in keys:
        taskboard.clear(key=key, event=ASKED, outcome=outcome[:200])
    return bool(keys)


def close_registration(referral: Referral) -> None:
    """A registered unemployed person found work: the office is asked to close the registration."""
    running = UnemploymentRegistration.objects.running_of(referral.person)
    if running is None:
        return
    taskboard.open_task(
        key=f"registration.close:{running.pk}",
        title=f"注销 {referral.person.name} 的失业登记",
        reason=f"{referral.hired_on:%Y年%m月%d日}经推荐在{referral.vacancy.employer.name}就业，请注销失业登记。"[:300],
        organization=running.organization,
        person=referral.person,
        cleared_by=CLOSED,
        url=f"/people/{referral.person_id}/",
    )

"""Who learns of an invitation of an employer and of the answer: the person, their office, the employer."""

from __future__ import annotations

from renben.engines.messaging import sending
from renben.kernel import taskboard
from renben.kernel.models import User
from renben.services.placement import applicants, messages
from renben.services.placement.models import Referral
from renben.services.placement.vacancies_words import wage_text

ANSWERED = "InvitationAnswered"
"""What clears the office's task to ask somebody without an account."""


def made(referral: Referral) -> None:
    """A message; for somebody without an account the office is asked to call."""
    vacancy, person = referral.vacancy, referral.person
    params = {
        "title": vacancy.title,
        "employer": vacancy.employer.name,
        "wage": wage_text(vacancy),
        "place": vacancy.place or vacancy.region.name,
        "number": vacancy.number,
        "office": messages.office_words(referral.organization),
    }
    sending.enqueue("invitation.made", key=f"invitation.made:{referral.pk}", person=person, params=params)
    if User.objects.filter(person=person, is_active=True).exists():
        return
    taskboard.open_task(
        key=f"invitation:{referral.pk}",
        title=f"问{person.name}愿不愿意去面试"[:200],
        reason=f"{vacancy.employer.name}邀请本人面试“{vacancy.title}”。本人没有网上账号，请打电话问，在推荐里记同意或不去。"[
            :300
        ],
        organization=referral.organization,
        person=person,
        cleared_by=ANSWERED,
        due_on=min(contact.due_on for contact in referral.contacts.all()),
        url=f"/referrals/{referral.pk}/",
    )


def accepted(referral: Referral) -> None:
    """The employer learns who it is."""
    _answered(referral, "invitation.accepted", "本人同意面试")


def declined(referral: Referral) -> None:
    """The employer learns that somebody does not come, not who it was."""
    _answered(referral, "invitation.declined", "本人不去")


def _answered(referral: Referral, template: str, outcome: str) -> None:
    sending.settle(f"invitation.made:{referral.pk}")
    taskboard.clear(key=f"invitation:{referral.pk}", event=ANSWERED, outcome=outcome)
    params = {"title": referral.vacancy.title, "who": applicants.name_of(referral)}
    key = f"{template}:{referral.pk}"
    sending.enqueue(template, key=key, employer=referral.vacancy.employer, params=params | {"pk": referral.pk})

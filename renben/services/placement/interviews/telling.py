"""Who learns of a remote interview that an employer appointed: the person, with the address of their door."""

from __future__ import annotations

from renben.engines.messaging import sending
from renben.kernel import clock
from renben.services.placement import messages
from renben.services.placement.interviews.models import Interview, Side


def appointed(interview: Interview) -> None:
    """A message with when, what for and the door; a new appointment after a cancelled one is another message."""
    referral = interview.referral
    params = {
        "title": referral.vacancy.title,
        "employer": referral.vacancy.employer.name,
        "when": f"{interview.starts_at.astimezone(clock.ZONE):%m月%d日 %H:%M}",
        "code": interview.code_of(Side.SEEKER),
        "office": messages.office_words(referral.organization),
    }
    sending.enqueue("interview.remote", key=f"interview.remote:{interview.pk}", person=referral.person, params=params)

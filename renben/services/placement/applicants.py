"""What an employer may know of the people on their way to it.

The seeker decides (`Visibility`). Name and telephone are told once somebody applied, was recommended or said yes to an invitation, and
the telephone only while it is needed. Number of the identity card, sex, age, ethnicity, household and health are never told.
"""

from __future__ import annotations

from django.db.models import QuerySet

from renben.kernel import people
from renben.kernel.models import Employer
from renben.services.placement.codes import Visibility
from renben.services.placement.models import Referral, Seeker
from renben.services.registration.reasons import NotPossible, Why

Way, State = Referral.Way, Referral.State
SHOWN = (Visibility.MASKED, Visibility.OPEN)
"""Seekers with one of these may be found by employers."""


def of_employer(employer: Employer) -> QuerySet[Referral]:
    """Everybody on their way to a vacancy of an employer, and those whose way ended."""
    return Referral.objects.filter(vacancy__employer=employer)


def is_known(referral: Referral) -> bool:
    """Whether the employer may know who it is: whoever it invited itself has said yes before."""
    return referral.way != Way.INVITED or referral.accepted_on is not None


def waits_for_answer(referral: Referral) -> bool:
    """An invitation the person has not answered."""
    return referral.state in Referral.UNDER_WAY and not is_known(referral)


def may_call(referral: Referral) -> bool:
    """The telephone is told while it is needed: on the way, and to whoever works there."""
    return is_known(referral) and referral.state in (*Referral.UNDER_WAY, State.HIRED)


def shows_profile(referral: Referral) -> bool:
    """Career and own words: of whoever applied, or lets employers see them."""
    if not is_known(referral) or referral.seeker is None:
        return False
    return referral.way == Way.APPLIED or referral.seeker.visibility in SHOWN


def label_of(seeker: Seeker | None) -> str:
    """How somebody without a name is called: the end of the registration's number."""
    return f"求职人{seeker.number[-4:]}" if seeker is not None else "求职人"


def name_of(referral: Referral) -> str:
    """The name, or a label for somebody who wants none told yet."""
    is_open = referral.seeker is not None and referral.seeker.visibility == Visibility.OPEN
    return referral.person.name if is_known(referral) or is_open else label_of(referral.seeker)


def phone_of(referral: Referral) -> str:
    """The telephone where it may be told; empty otherwise."""
    return people.phone_of(referral.person) if may_call(referral) and referral.person.phone_enc else ""


def demand_known(referral: Referral) -> None:
    """NotPossible for whatever needs a yes first."""
    if not is_known(referral):
        raise NotPossible(Why("unanswered", "对方还没有答复您的邀请。", "对方同意后才能约面试、记结果。"))

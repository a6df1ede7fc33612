"""Doing a business act from a page: either it is done and the next page says so, or each reason against it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from renben.engines.payments.actions import PaymentRefused
from renben.engines.procedures.contracts import Blocked, Stop
from renben.kernel.models import Organization
from renben.kernel.models.organizations import Tier
from renben.kernel.people import keys_of_query
from renben.kernel.policy import ACTIONS, Principal
from renben.services.registration.reasons import NotPossible
from renben.services.registration.territory import NoSuchOffice


def sentences(error: Any) -> list[str]:
    """Why something cannot be done, one sentence each with what to do about it."""
    reasons = getattr(error, "reasons", None)
    if not reasons:
        return [str(error)]
    return [f"{str(reason.text).rstrip('。')}。{reason.fix}" for reason in reasons]


class Refused(Exception):
    """An act is refused by the page itself; the text says why."""


def unblocked(answer: Any) -> Any:
    """The answer of the procedure engine; `Blocked` becomes an exception so that everything around it is undone too."""
    if isinstance(answer, Blocked):
        raise Stop(*answer.reasons)
    return answer


def attempt(request: HttpRequest, act: Callable[[], str]) -> bool:
    """Run `act` as a whole or not at all. It returns the sentence to show; refusals are shown instead. True when done."""
    try:
        with transaction.atomic():
            text = act()
    except (NotPossible, PaymentRefused, Stop, NoSuchOffice, Refused) as error:
        for sentence in sentences(error):
            messages.error(request, sentence)
        return False
    messages.success(request, text)
    return True


def of_people(rows: QuerySet, text: str, path: str = "person") -> QuerySet:
    """Rows whose person is found by name, pinyin initials, number, last four or phone tail."""
    alternatives = keys_of_query(text)
    if not alternatives:
        return rows
    condition = Q()
    for keys in alternatives:
        condition |= Q(**{f"{path}__search_keys__contains": keys})
    return rows.filter(condition)


def office_of(principal: Principal, action: str) -> Organization | None:
    """The office in whose name an act happens: the widest own post that may do it."""
    wanted = ACTIONS[action]
    offices = [
        post.organization
        for post in principal.posts
        if post.role in wanted.roles and (not wanted.tiers or post.organization.tier in wanted.tiers)
    ]
    return min(offices, key=lambda office: (len(office.path), office.path), default=None)


def offices_under(principal: Principal, action: str, tier: str = Tier.STREET) -> QuerySet[Organization]:
    """The offices of a tier inside the territory of an action, for a choice on screen."""
    return Organization.objects.filter(principal.within("path", action), tier=tier, is_active=True).order_by("path")

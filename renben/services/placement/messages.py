"""What placement tells a seeker and an employer: the moments, with the words of catalog/content/messages/placement.yaml.

Each message is written in the transaction of the act. A referral that was told otherwise, or taken back before anybody told of
it, is not told again.
"""

from __future__ import annotations

from renben.engines.messaging import sending
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.services.placement.models import Referral, Vacancy
from renben.services.placement.vacancies_words import wage_text

BY_OFFICE = (Referral.Way.RECOMMENDED, Referral.Way.ACCOMPANIED)


def office_words(office: Organization) -> str:
    """The office to turn to, with its telephone where one is on file."""
    return f"{office.short_name}（{office.phone}）" if office.phone else office.short_name


def _made_key(referral: Referral) -> str:
    return f"referral.made:{referral.pk}"


def referral_made(referral: Referral) -> None:
    """为您推荐了岗位; whoever applied or agreed at a fair knows already."""
    if referral.way not in BY_OFFICE:
        return
    vacancy = referral.vacancy
    params = {
        "title": vacancy.title,
        "employer": vacancy.employer.name,
        "wage": wage_text(vacancy),
        "place": vacancy.place or vacancy.employer.address or "面谈时告知",
        "referral": referral.pk,
        "office": office_words(referral.organization),
    }
    sending.enqueue("referral.made", key=_made_key(referral), person=referral.person, params=params)


def referral_told(referral: Referral) -> None:
    """The office said it by telephone or across the desk."""
    sending.settle(_made_key(referral))


def interview_set(referral: Referral) -> None:
    """面试时间和地点; another hour is another message and takes the place of the one before."""
    sending.settle_all(f"referral.interview:{referral.pk}:")
    params = {
        "title": referral.vacancy.title,
        "employer": referral.vacancy.employer.name,
        "when": f"{referral.interview_at.astimezone(clock.ZONE):%m月%d日 %H:%M}",
        "place": referral.interview_place,
        "referral": referral.pk,
        "office": office_words(referral.organization),
    }
    key = f"referral.interview:{referral.pk}:{referral.version}"
    sending.enqueue("referral.interview", key=key, person=referral.person, params=params)
    referral_told(referral)


def referral_ended(referral: Referral) -> None:
    """未录用, or 撤回 of one the seeker has heard of; what was still to be said about it is not said any more."""
    untold = sending.settle(_made_key(referral))
    sending.settle_all(f"referral.interview:{referral.pk}:")
    common = {
        "title": referral.vacancy.title,
        "employer": referral.vacancy.employer.name,
        "office": office_words(referral.organization),
    }
    if referral.state == Referral.State.REJECTED:
        key = f"referral.rejected:{referral.pk}"
        sending.enqueue("referral.rejected", key=key, person=referral.person, params=common)
    elif referral.state == Referral.State.WITHDRAWN and not untold and referral.told_on is not None:
        key = f"referral.withdrawn:{referral.pk}"
        params = {**common, "reason": referral.result_note or "岗位有变化"}
        sending.enqueue("referral.withdrawn", key=key, person=referral.person, params=params)


def vacancy_changed(vacancy: Vacancy, what: str, reason: str = "") -> None:
    """已发布, 退回 and 到期 of a firm's vacancy; other changes are the firm's own or said at the counter."""
    params = {"title": vacancy.title, "number": vacancy.number}
    if what == "published":
        more = {"until": f"{vacancy.valid_until:%Y年%m月%d日}"}
    elif what == "returned":
        more = {"reason": reason.rstrip("。"), "office": office_words(vacancy.organization)}
    elif what == "expired":
        more = {"office": office_words(vacancy.organization)}
    else:
        return
    key = f"vacancy.{what}:{vacancy.pk}:{vacancy.version}"
    sending.enqueue(f"vacancy.{what}", key=key, employer=vacancy.employer, params={**params, **more})

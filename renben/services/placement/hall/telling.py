"""What the hall tells a firm and a seeker, with the words of catalog/content/messages/fairs.yaml, in the transaction of the act."""

from __future__ import annotations

from renben.engines.messaging import sending
from renben.kernel import clock
from renben.services.placement.hall.models import Room, Talk
from renben.services.placement.messages import office_words


def door(room: Room) -> None:
    """The address of a room; one given out before is not told any more."""
    fair = room.booth.fair
    sending.settle_all(f"hall.door:{room.pk}:")
    params = {
        "title": fair.title,
        "when": f"{fair.on:%m月%d日} {fair.starts_at:%H:%M}–{fair.ends_at:%H:%M}",
        "office": office_words(fair.organization),
        "code": room.code,
    }
    key = f"hall.door:{room.pk}:{room.code[:6]}:{fair.version}"
    sending.enqueue("hall.door", key=key, employer=room.booth.employer, params=params)


def slot(talk: Talk) -> None:
    """约好的时间, to whoever has a file; a ticket without one says it on its page."""
    if talk.visitor.person is None or talk.slot_at is None:
        return
    params = {
        "title": talk.room.hall.fair.title,
        "employer": talk.room.booth.employer.name,
        "when": f"{talk.slot_at.astimezone(clock.ZONE):%m月%d日 %H:%M}",
        "code": talk.visitor.code,
    }
    key = f"hall.slot:{talk.pk}:{talk.slot_at:%Y%m%d%H%M}"
    sending.enqueue("hall.slot", key=key, person=talk.visitor.person, params=params)


def no_slot(talk: Talk) -> None:
    """The time does not hold any more."""
    sending.settle_all(f"hall.slot:{talk.pk}:")


def invited(talk: Talk) -> None:
    """约来面试; written again it takes the place of the one before."""
    sending.settle_all(f"hall.invited:{talk.pk}:")
    if talk.visitor.person is None or talk.vacancy is None or talk.resulted_at is None:
        return
    params = {
        "employer": talk.room.booth.employer.name,
        "vacancy": talk.vacancy.title,
        "words": talk.words.rstrip("。"),
        "office": office_words(talk.room.hall.fair.organization),
        "code": talk.visitor.code,
    }
    key = f"hall.invited:{talk.pk}:{talk.resulted_at:%Y%m%d%H%M%S}"
    sending.enqueue("hall.invited", key=key, person=talk.visitor.person, params=params)

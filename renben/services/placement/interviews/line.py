"""The line between two browsers: messages left at the server and fetched by beats. A remote interview and a talk in the hall of a
fair carry one alike: a row with `seeker_seen_at`, `employer_seen_at`, `met_at` and its messages as `signals` (`models.Message`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from renben.kernel import clock
from renben.services.placement.interviews.models import Message, Side
from renben.services.registration.reasons import NotPossible, Why

LONGEST_BODY = 20_000
"""Characters; a description of a connection has some three thousand."""
MOST_SIGNALS = 2_000
AWAY = dt.timedelta(seconds=8)
"""A side not heard of for so long is away."""
TEXT = Message.Kind.TEXT


@dataclass(frozen=True)
class Heard:
    """What one side has not heard yet, whether the other is there, whether it is over, whether they meet for the first time."""

    signals: list[Message]
    is_other_here: bool
    is_over: bool
    is_first_meeting: bool = False


OVER = Heard([], is_other_here=False, is_over=True)


def is_here(row: Any, side: str) -> bool:
    """Whether a side was heard of within the last beats."""
    seen = getattr(row, f"{side}_seen_at")
    return seen is not None and clock.now() - seen < AWAY


def beat(row: Any, side: str, after: int, sent: list[tuple[str, str]]) -> Heard:
    """Say one is here, leave messages, take those of the other side after message number `after`.

    They have met when both are there, or when both have written (a browser without JavaScript is never there for long).
    NotPossible when something is too long or too much. The caller has seen to it that the line is open.
    """
    for kind, body in sent:
        if kind not in Message.Kind.values or len(body) > LONGEST_BODY:
            raise NotPossible(Why("signal", "消息太长或看不懂，没有发出去。"))
    if row.signals.count() + len(sent) > MOST_SIGNALS:
        raise NotPossible(Why("much", "这场面试的消息太多了，请挂断后重新进入。"))
    now, other = clock.now(), Side.EMPLOYER if side == Side.SEEKER else Side.SEEKER
    signals, of = row.signals.model, row.signals.field.name
    signals.objects.bulk_create([signals(**{of: row}, side=side, kind=kind, body=body, at=now) for kind, body in sent])
    type(row).objects.filter(pk=row.pk).update(**{f"{side}_seen_at": now})
    both = is_here(row, other)
    wrote = any(kind == TEXT for kind, _ in sent) and row.signals.filter(side=other, kind=TEXT).exists()
    first = (both or wrote) and bool(type(row).objects.filter(pk=row.pk, met_at=None).update(met_at=now))
    heard = list(row.signals.filter(pk__gt=after, side=other).order_by("id"))
    return Heard(heard, is_other_here=both, is_over=False, is_first_meeting=first)


def forget(row: Any) -> None:
    """Throw away what connected the browsers; words stay."""
    row.signals.exclude(kind=TEXT).delete()


def words(row: Any) -> list[Message]:
    """What was written, by both, oldest first."""
    return list(row.signals.filter(kind=TEXT).order_by("id"))

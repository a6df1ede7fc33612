"""What the people of a hall see of it: rooms, how many wait, one's own place. The same few statements however many rooms there are, because
every open page asks every few seconds."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from renben.kernel import clock
from renben.services.placement.fairs.models import FairVisitor
from renben.services.placement.hall import opening, queueing
from renben.services.placement.hall.models import Hall, Room, Talk

State = Talk.State


@dataclass(frozen=True)
class Seen:
    """One room as a seeker sees it. `mine`: the talk that waits or is called; `ahead`: how many are called before it."""

    room: Room
    waiting: int
    is_talking: bool
    is_here: bool
    is_absent: bool
    is_over: bool = False
    mine: Talk | None = None
    ahead: int = 0

    @property
    def queue_text(self) -> str:
        """`单位在，正在谈，还有2人在等`."""
        if self.is_absent:
            here = "单位还没进来，已提醒工作人员"
        else:
            here = "单位在" if self.is_here else "单位还没进来"
        if self.is_over:
            return f"已结束{f'，{self.waiting}人没轮到' if self.waiting else ''}"
        talking = "，正在谈" if self.is_talking else ""
        return f"{here}{talking}，{f'{self.waiting}人在等' if self.waiting else '没有人在等'}"

    @property
    def place_text(self) -> str:
        """`您是5号，前面还有2人`; empty without a number."""
        if self.mine is None:
            return ""
        if self.is_over and self.mine.state == State.WAITING:
            return "会已经结束，没有轮到您。还想去这家，请告诉工作人员"
        if self.mine.state == State.CALLED:
            return "轮到您了，请进去面谈"
        if self.mine.slot_at is not None and self.mine.slot_at > clock.now():
            return f"约好 {self.mine.slot_at.astimezone(clock.ZONE):%H:%M}，到时在这里等着叫您"
        ahead = f"前面还有{self.ahead}人" if self.ahead else "下一位就是您"
        return f"您是{self.mine.number}号，{ahead}"


def seen(hall: Hall, visitor: FairVisitor | None = None) -> list[Seen]:
    """Every room of a hall, for one seeker or for nobody in particular."""
    standing: dict[int, list[Talk]] = defaultdict(list)
    for talk in Talk.objects.filter(room__hall=hall, state__in=Talk.STANDING).order_by("number"):
        standing[talk.room_id].append(talk)
    since = opening.absent_from(hall.fair)
    return [_seen(room, standing[room.pk], visitor, since) for room in opening.rooms(hall)]


def _seen(room: Room, standing: list[Talk], visitor: FairVisitor | None, since: dt.datetime | None) -> Seen:
    line = queueing.order([one for one in standing if one.state == State.WAITING])
    mine = next((one for one in standing if visitor is not None and one.visitor_id == visitor.pk), None)
    return Seen(
        room=room,
        waiting=len(line),
        is_talking=any(one.state == State.CALLED for one in standing),
        is_here=opening.is_employer_here(room),
        is_absent=opening.is_absent(room, since),
        is_over=opening.is_over(room.hall.fair),
        mine=mine,
        ahead=line.index(mine) if mine in line else 0,
    )


def called(rooms: list[Seen]) -> Talk | None:
    """The talk this seeker is called to now."""
    return next((one.mine for one in rooms if one.mine is not None and one.mine.state == State.CALLED), None)

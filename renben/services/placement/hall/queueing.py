"""The queue of a room: a number taken or a time booked, who is next, who was called and did not come (issue 5.5).

Whoever changes a queue holds its room, so that two numbers are never the same and nobody is called twice.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from renben.kernel import acts, clock, events
from renben.services.placement.fairs import planning, visiting
from renben.services.placement.fairs.models import FairBooth, FairVisitor
from renben.services.placement.hall import opening, telling
from renben.services.placement.hall.models import Hall, Room, Talk
from renben.services.placement.interviews import line
from renben.services.placement.models import Vacancy
from renben.services.registration.reasons import NotPossible, Why

State = Talk.State
TAKEN = (State.WAITING, State.CALLED, State.ENDED)
"""Who holds a booked time."""


def hold(room_id: int) -> Room:
    """The room as it stands now, locked."""
    rows = Room.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("hall__fair__organization", "booth__employer", "booth__fair").get(pk=room_id)


def slots(hall: Hall) -> list[dt.datetime]:
    """The times that can be booked, from the beginning of the fair; the last one ends with it."""
    step = dt.timedelta(minutes=hall.slot_minutes)
    begin, end = opening.starts_at(hall.fair), opening.ends_at(hall.fair)
    return [begin + n * step for n in range(int((end - begin) / step))]


def free_slots(room: Room) -> list[dt.datetime]:
    """Times of a room nobody holds and that are still to come."""
    return free_slots_of(room.hall)[room.pk]


def free_slots_of(hall: Hall) -> dict[int, list[dt.datetime]]:
    """Room → its free times, for all rooms with one statement; a room nobody has booked has them all."""
    taken: dict[int, set[dt.datetime]] = defaultdict(set)
    rows = Talk.objects.filter(room__hall=hall, state__in=TAKEN, slot_at__isnull=False).order_by("id")
    for room_id, at in rows.values_list("room_id", "slot_at"):
        taken[room_id].add(at)
    coming = [at for at in slots(hall) if at > clock.now()]
    return defaultdict(lambda: coming, {pk: [at for at in coming if at not in held] for pk, held in taken.items()})


def order(standing: Sequence[Talk]) -> list[Talk]:
    """Who is called in which order: a booked time that has come goes first, then numbers, then times still to come."""
    now = clock.now()

    def rank(talk: Talk) -> tuple:
        if talk.slot_at is None:
            return (1, talk.number)
        return (0 if talk.slot_at <= now else 2, talk.slot_at, talk.number)

    return sorted(standing, key=rank)


def waiting(room: Room) -> list[Talk]:
    """Those who wait in a room, the next one first."""
    rows = room.talks.filter(state=State.WAITING).select_related("visitor", "vacancy").order_by("number")
    return order(rows)


def _against(room: Room, visitor: FairVisitor, vacancy: Vacancy | None) -> list[Why]:
    if room.booth.state == FairBooth.State.CANCELLED:
        return [Why("gone", "这家单位退出了这场会，请看看别的单位。")]
    if visitor.fair_id != room.hall.fair_id:
        return [Why("fair", "这张入场码不是这场会的，请核对。")]
    found = []
    if vacancy is not None and vacancy.pk not in {one.pk for one in visiting.vacancies_at(room.booth)}:
        found.append(Why("vacancy", "这个岗位不在这间洽谈室，请重新选。"))
    rows = Talk.objects.filter(visitor=visitor, state__in=Talk.STANDING).exclude(room=room)
    standing = rows.exclude(room__booth__state=FairBooth.State.CANCELLED).count()
    if standing >= room.hall.numbers_each:
        most = room.hall.numbers_each
        found.append(Why("many", f"一个人最多同时排{most}家，您已经排了{standing}家。", "谈完或退掉一家，再排这一家。"))
    return found


@acts.whole
def take_number(*, room: Room, visitor: FairVisitor, vacancy: Vacancy | None = None) -> Talk:
    """取号. Asking again gets the number one has. NotPossible while the hall is closed, or with as many numbers as allowed."""
    held, visitor = hold(room.pk), _hold_visitor(visitor)
    if same := _standing(held, visitor):
        return same
    if closed := opening.why_closed(held.hall.fair):
        raise NotPossible(Why("closed", closed))
    return _join(held, visitor, vacancy, None)


@acts.whole
def book_slot(*, room: Room, visitor: FairVisitor, slot_at: dt.datetime, vacancy: Vacancy | None = None) -> Talk:
    """约时间, from the news of the fair on. NotPossible for a time that is taken or over, or two at the same time."""
    held, visitor = hold(room.pk), _hold_visitor(visitor)
    if same := _standing(held, visitor):
        if same.slot_at == slot_at:
            return same
        raise NotPossible(Why("twice", f"您在这家已经有{same.number}号了。", "要改时间，先退掉原来的号。"))
    if not held.hall.fair.is_coming:
        raise NotPossible(Why("closed", opening.why_closed(held.hall.fair) or "这场会已经结束，不能再约。"))
    if slot_at not in free_slots(held):
        raise NotPossible(Why("slot", "这个时间刚被别人约走了，或者已经过了。", "请换一个时间。"))
    if Talk.objects.filter(visitor=visitor, slot_at=slot_at, state__in=Talk.STANDING).exists():
        raise NotPossible(Why("same_time", "您在这个时间已经约了别的单位。", "请换一个时间。"))
    return _join(held, visitor, vacancy, slot_at)


def _standing(room: Room, visitor: FairVisitor) -> Talk | None:
    return Talk.objects.filter(room=room, visitor=visitor, state__in=Talk.STANDING).first()


def _join(room: Room, visitor: FairVisitor, vacancy: Vacancy | None, slot_at: dt.datetime | None) -> Talk:
    if whys := _against(room, visitor, vacancy):
        raise NotPossible(*whys)
    last = room.talks.aggregate(last=Max("number"))["last"] or 0
    talk = Talk.objects.create(
        room=room, visitor=visitor, vacancy=vacancy, number=last + 1, slot_at=slot_at, joined_at=clock.now()
    )
    telling.slot(talk)
    planning.note(room.hall.fair, "queue", None, visitor=visitor.pk, room=room.pk, number=talk.number)
    return talk


def _hold_visitor(visitor: FairVisitor) -> FairVisitor:
    """Locked after the room: two numbers of one person at the same moment are counted one after the other."""
    rows = FairVisitor.objects.select_for_update(of=("self",), no_key=True).select_related("person")
    return rows.get(pk=visitor.pk)


def hold_talk(talk: Talk) -> Talk:
    """The talk as it stands now, its room locked."""
    hold(talk.room_id)
    rows = Talk.objects.select_related(
        "room__hall__fair__organization", "room__booth__fair", "room__booth__employer", "visitor__person", "vacancy"
    )
    return rows.get(pk=talk.pk)


@acts.whole
def give_up(*, talk: Talk) -> Talk:
    """退号 by the seeker. A second time changes nothing."""
    held = hold_talk(talk)
    if held.state == State.WAITING:
        held.state, held.ended_at = State.LEFT, clock.now()
        held.save(update_fields=["state", "ended_at"])
        telling.no_slot(held)
        planning.note(held.room.hall.fair, "leave_queue", None, visitor=held.visitor_id, room=held.room_id)
    return held


@acts.whole
def call(*, room: Room, talk: Talk | None = None) -> Talk:
    """叫号: the next one, or a certain one. Who is talking in another room is passed over. NotPossible while somebody is in the
    room, or when nobody waits who could come."""
    held = hold(room.pk)
    if not opening.is_open(held.hall.fair):
        raise NotPossible(Why("closed", opening.why_closed(held.hall.fair)))
    if held.talks.filter(state=State.CALLED).exists():
        raise NotPossible(Why("busy", "室里还有人。请先结束这一位，再叫下一位。"))
    elsewhere = set(_visitors_called())
    line_up = [one for one in waiting(held) if talk is None or one.pk == talk.pk]
    if not line_up:
        raise NotPossible(Why("nobody", "现在没有人在等。" if talk is None else "这个人已经不在排队了。"))
    found = next((one for one in line_up if one.visitor_id not in elsewhere and _is_free(one.visitor)), None)
    if found is None:
        raise NotPossible(Why("elsewhere", "等的人正在别的单位谈，请过一会儿再叫。"))
    found.state, found.called_at = State.CALLED, clock.now()
    found.save(update_fields=["state", "called_at"])
    planning.note(held.hall.fair, "call", None, visitor=found.visitor_id, room=held.pk, number=found.number)
    return found


def _is_free(visitor: FairVisitor) -> bool:
    """Asked again with the visitor locked: another room may be calling at this moment. Who is locked is not waited for, so that
    two rooms never wait for each other."""
    rows = FairVisitor.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return rows.filter(pk=visitor.pk).exists() and not Talk.objects.filter(visitor=visitor, state=State.CALLED).exists()


def _visitors_called() -> Any:
    return Talk.objects.filter(state=State.CALLED).values_list("visitor_id", flat=True)


@acts.whole
def pass_over(*, talk: Talk) -> Talk:
    """过号: called, not come. Whoever has been met is not passed over but ended."""
    held = hold_talk(talk)
    if held.state != State.CALLED:
        raise NotPossible(Why("state", f"这个号{held.get_state_display()}，不能过号。"))
    if held.met_at is not None:
        raise NotPossible(Why("met", "已经见过面了，请写结果，不能过号。"))
    held.state, held.ended_at = State.MISSED, clock.now()
    held.save(update_fields=["state", "ended_at"])
    line.forget(held)
    planning.note(held.room.hall.fair, "pass_over", None, visitor=held.visitor_id, room=held.room_id)
    return held


def on_moved(event: events.FairMoved) -> None:
    """A fair on another day or at other hours: a booked time goes with the day; one the fair no longer has becomes a number."""
    hall = Hall.objects.filter(fair_id=event.fair_id).select_related("fair__organization").first()
    if hall is None:
        return
    times = set(slots(hall))
    rows = Talk.objects.filter(room__hall=hall, state=State.WAITING, slot_at__isnull=False)
    for talk in rows.select_related("room__hall__fair", "room__booth__employer", "visitor__person").order_by("id"):
        at = dt.datetime.combine(hall.fair.on, talk.slot_at.astimezone(clock.ZONE).time(), clock.ZONE)
        talk.slot_at = at if at in times else None
        talk.save(update_fields=["slot_at"])
        telling.no_slot(talk)
        telling.slot(talk)


def load() -> None:
    """Hear of fairs that move."""
    events.listen(events.FairMoved, on_moved)

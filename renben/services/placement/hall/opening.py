"""The hall itself: set up for a fair, a room for every booth, when it is open, whether an employer has come (issue 5.5)."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from renben.kernel import acts, clock, events, settings_store, taskboard
from renben.services.placement.fairs import booking, planning
from renben.services.placement.fairs.models import Fair, FairBooth
from renben.services.placement.hall import telling
from renben.services.placement.hall.models import Hall, Room
from renben.services.registration.reasons import NotPossible, Why

AWAY = dt.timedelta(seconds=30)
"""An employer's page beats every few seconds; one not heard of for so long has gone."""
CAME = "FairRoomEntered"


def fresh_code() -> str:
    """The secret of a door: nobody guesses it."""
    return secrets.token_urlsafe(18)


@acts.whole
def set_up(*, fair: Fair, mode: str, slot_minutes: int, numbers_each: int, by: Any) -> Hall:
    """办线上洽谈厅, or change its rule; booths that stand get their rooms. NotPossible for a fair that is over, or a shorter or
    longer time slot once somebody has booked one."""
    held = planning.lock(fair.pk)
    if not held.is_coming:
        raise NotPossible(Why("over", f"这场会{held.get_state_display()}，不能再改线上洽谈厅。"))
    if mode not in Hall.Mode.values or slot_minutes < 1 or numbers_each < 1:
        raise NotPossible(Why("rule", "请选举办方式；时间段和同时排几家至少是1。"))
    hall = Hall.objects.filter(fair=held).first()
    if hall is not None and hall.slot_minutes != slot_minutes and _has_slots(hall):
        raise NotPossible(Why("slots", "已经有人约了时间，时间段的长短不能再改。"))
    values = {"mode": mode, "slot_minutes": slot_minutes, "numbers_each": numbers_each}
    values |= {"recorded_by": by, "recorded_at": clock.now()}
    hall, _ = Hall.objects.update_or_create(fair=held, defaults=values)
    for booth in planning.standing(held):
        _furnish(hall, booth)
    planning.note(held, "hall", by, mode=mode, slot_minutes=slot_minutes, numbers_each=numbers_each)
    return hall


def _has_slots(hall: Hall) -> bool:
    return hall.rooms.filter(talks__slot_at__isnull=False, talks__state__in=("waiting", "called")).exists()


def _furnish(hall: Hall, booth: FairBooth) -> None:
    room, is_new = Room.objects.get_or_create(booth=booth, defaults={"hall": hall, "code": fresh_code()})
    if is_new:
        telling.door(room)


def on_booked(event: events.FairBoothBooked) -> None:
    """A booth booked after the hall was set up gets its room with it."""
    booth = FairBooth.objects.select_related("fair__organization", "employer").get(pk=event.booth_id)
    hall = Hall.objects.filter(fair_id=booth.fair_id).first()
    if hall is not None:
        _furnish(hall, booth)


@acts.whole
def new_door(*, room: Room, by: Any) -> Room:
    """换入口: the address given out before opens nothing any more."""
    room.code = fresh_code()
    room.save(update_fields=["code"])
    telling.door(room)
    planning.note(room.booth.fair, "new_door", by, employer=room.booth.employer_id)
    return room


def rooms(hall: Hall) -> list[Room]:
    """The rooms of booths that were not given back, by booth."""
    rows = hall.rooms.exclude(booth__state=FairBooth.State.CANCELLED).select_related(
        "hall__fair", "booth__fair", "booth__employer"
    )
    return list(rows.order_by("booth__places", "id"))


def _at(fair: Fair, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(fair.on, time, clock.ZONE)


def starts_at(fair: Fair) -> dt.datetime:
    return _at(fair, fair.starts_at)


def ends_at(fair: Fair) -> dt.datetime:
    return _at(fair, fair.ends_at)


def opens_at(fair: Fair) -> dt.datetime:
    """From when numbers are given and people are called."""
    return starts_at(fair) - dt.timedelta(minutes=int(settings_store.get("hall.early_minutes")))


def is_open(fair: Fair) -> bool:
    """Whether numbers are given and people are called now."""
    return fair.state == Fair.State.ANNOUNCED and opens_at(fair) <= clock.now() < ends_at(fair)


def is_over(fair: Fair) -> bool:
    """Whether nobody is called any more."""
    return not fair.is_coming or clock.now() >= ends_at(fair)


def why_closed(fair: Fair) -> str:
    """Why nobody can take a number now; empty while the hall is open."""
    if is_open(fair):
        return ""
    if fair.state == Fair.State.CANCELLED:
        return f"这场会已取消：{fair.cancelled_why}"
    if fair.is_coming and clock.now() < opens_at(fair):
        return f"还没到时间，{opens_at(fair):%m月%d日 %H:%M}起可以进场取号。"
    return "这场会已经结束，不能再取号。"


def is_employer_here(room: Room) -> bool:
    return room.seen_at is not None and clock.now() - room.seen_at < AWAY


def absent_from(fair: Fair) -> dt.datetime | None:
    """From when an employer that has not come is missed; None while the hall is closed."""
    if not is_open(fair):
        return None
    return starts_at(fair) + dt.timedelta(minutes=int(settings_store.get("hall.absent_minutes")))


def is_absent(room: Room, since: dt.datetime | None) -> bool:
    """The employer never came, for longer than the agency bears (`since` is `absent_from`)."""
    return since is not None and room.entered_at is None and clock.now() >= since


def remind(room: Room) -> bool:
    """A task for the office, once for each room: the employer has not come and somebody waits. Whether it is so."""
    fair, employer = room.hall.fair, room.booth.employer
    if not is_absent(room, absent_from(fair)):
        return False
    taskboard.open_task(
        key=_absent_key(room),
        title=f"联系“{employer.name}”进线上洽谈室",
        reason=f"“{fair.title}”已经开始，求职者在等，这家单位还没进来。",
        organization=fair.organization,
        cleared_by=CAME,
        due_on=fair.on,
        url=f"/fairs/{fair.pk}/hall/",
    )
    return True


def _absent_key(room: Room) -> str:
    return f"hall:{room.pk}:absent"


@acts.whole
def enter(*, room: Room) -> None:
    """The employer's page is open. The first time while the hall is open it counts as having come to the fair."""
    now, is_first = clock.now(), room.entered_at is None and is_open(room.hall.fair)
    if is_first:
        planning.lock(room.hall.fair_id)  # before the room, as everywhere
    Room.objects.filter(pk=room.pk).update(seen_at=now)
    room.seen_at = now
    if not is_first or not Room.objects.filter(pk=room.pk, entered_at=None).update(entered_at=now):
        return
    taskboard.clear(key=_absent_key(room), event=CAME, outcome="单位已进来")
    if clock.today() >= room.hall.fair.on and room.booth.state != FairBooth.State.ATTENDED:
        booking.attend(booth=room.booth, came=True, by=None)


def load() -> None:
    """Hear of booths booked later."""
    events.listen(events.FairBoothBooked, on_booked)

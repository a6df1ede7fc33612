"""The hall of a fair at the same instant, on several connections: numbers are never the same, nobody is called twice, a booked time has
one holder, and the rule of how many queues holds against a quick hand."""

from __future__ import annotations

import datetime as dt

from renben.kernel import clock
from renben.services.placement.fairs import booking, planning, visiting
from renben.services.placement.hall import opening, queueing
from renben.services.placement.hall.models import Room, Talk
from tests.engines.procedures.conftest import committed  # noqa: F401
from tests.services.placement import referral_world
from tests.services.placement.test_last_post import side_by_side


def prepare():
    """A fair that is open now with three rooms; three tickets; one may queue at two at once."""
    world = referral_world.make()
    today = clock.today()
    plan = planning.Plan(
        kind="regular", title="线上招聘会", on=today, starts_at=dt.time(0), ends_at=dt.time(23, 59), place="线上", booths=9,
        booths_each=1, booking_until=today,
    )  # fmt: skip
    fair = planning.plan_fair(organization=world.street, plan=plan, by=world.clerk)
    opening.set_up(fair=fair, mode="online", slot_minutes=10, numbers_each=2, by=world.clerk)
    for name in ("北京顺通物流有限公司", "北京澄湖食品有限公司", "北京远山电子有限公司"):
        employer = world.employer(name)
        booking.book(fair=fair, employer=employer, agent_name="周", agent_phone="", vacancies=[], by=world.clerk)
    planning.announce(fair=fair, where="网站", by=world.clerk)
    visitors = [visiting.sign_up(fair=fair, name=name) for name in ("王秀兰", "李红", "孙丽")]
    return list(Room.objects.filter(hall__fair=fair).order_by("id")), visitors


def test_two_numbers_are_never_the_same(committed):  # noqa: F811
    rooms, visitors = committed(prepare)
    take = [lambda one=one: queueing.take_number(room=rooms[0], visitor=one) for one in visitors]
    assert committed(lambda: side_by_side(*take)) == ["done"] * 3
    numbers = committed(lambda: list(Talk.objects.order_by("number").values_list("number", flat=True)))
    assert numbers == [1, 2, 3]


def test_two_tabs_of_one_employer_call_one_person(committed):  # noqa: F811
    rooms, visitors = committed(prepare)
    committed(lambda: [queueing.take_number(room=rooms[0], visitor=one) for one in visitors[:2]])
    answers = committed(lambda: side_by_side(*[lambda: queueing.call(room=rooms[0])] * 2))
    assert answers[0] == "done" and "室里还有人" in answers[1]
    assert committed(Talk.objects.filter(state="called").count) == 1


def test_one_person_is_not_called_into_two_rooms(committed):  # noqa: F811
    rooms, visitors = committed(prepare)
    committed(lambda: [queueing.take_number(room=room, visitor=visitors[0]) for room in rooms[:2]])
    answers = committed(lambda: side_by_side(*[lambda room=room: queueing.call(room=room) for room in rooms[:2]]))
    assert answers[0] == "done" and "正在别的单位谈" in answers[1]


def test_a_time_has_one_holder_and_the_rule_holds(committed):  # noqa: F811
    rooms, visitors = committed(prepare)
    at = committed(lambda: queueing.free_slots(rooms[0])[0])
    book = [lambda one=one: queueing.book_slot(room=rooms[0], visitor=one, slot_at=at) for one in visitors[:2]]
    answers = committed(lambda: side_by_side(*book))
    assert answers[0] == "done" and "刚被别人约走了" in answers[1]
    take = [lambda room=room: queueing.take_number(room=room, visitor=visitors[2]) for room in rooms]
    answers = committed(lambda: side_by_side(*take))
    assert answers[:2] == ["done", "done"] and "最多同时排2家" in answers[2]

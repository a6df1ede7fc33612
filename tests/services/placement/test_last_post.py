"""Two counters at the same instant, on two connections: the last post is given once, a person is recommended once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from renben.services.placement import referring, results
from renben.services.placement.models import Referral, Vacancy
from renben.services.registration.reasons import NotPossible
from tests.engines.procedures.conftest import committed  # noqa: F401
from tests.services.placement import referral_world
from tests.services.placement.referral_world import TODAY


def side_by_side(*acts):
    """Run each on a connection of its own, let go at the same moment; what each answered."""
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            gate.wait(timeout=20)
            act()
            return "done"
        except NotPossible as refused:
            return str(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_two_hirings_of_the_last_post_cannot_both_win(committed):  # noqa: F811
    def prepare():
        world = referral_world.make()
        vacancy = world.vacancy(headcount=1)
        made = [world.refer(world.seeker(name), vacancy) for name in ("王秀兰", "李红")]
        return world, vacancy, made

    def race():
        return side_by_side(
            *(lambda one=one: results.record_hired(referral=one, hired_on=TODAY, by=world.clerk) for one in made)
        )

    world, vacancy, made = committed(prepare)
    answers = committed(race)
    assert answers[0] == "done" and "已经都招到了" in answers[1]
    filled, states = committed(
        lambda: (
            Vacancy.objects.get(pk=vacancy.pk).filled,
            sorted(Referral.objects.order_by("id").values_list("state", flat=True)),
        )
    )
    assert (filled, states) == (1, ["hired", "made"])


def test_two_clerks_recommending_the_same_person_are_told_apart(committed):  # noqa: F811
    def prepare():
        world = referral_world.make()
        other = world.place.staff("counter", world.place.streets[1], "孙丽")
        return world, other, world.seeker(), world.vacancy()

    def race():
        return side_by_side(
            lambda: world.refer(seeker, vacancy),
            lambda: referring.refer(seeker=seeker, vacancy=vacancy, organization=world.place.streets[1], by=other),
        )

    world, other, seeker, vacancy = committed(prepare)
    answers = committed(race)
    assert answers[0] == "done" and "已推荐到这个岗位" in answers[1]
    assert committed(Referral.objects.count) == 1

"""J-4.2.1 from start to completion with the real actions, beside a bare transaction of three rows on the same connection.

Every action is a transaction of its own, as from a page, with fsync on. What a claim of benefit brings at the district
(Q-1.2.3) is done as well, because the street's last step waits for it, but only the actions of J-4.2.1 are counted.
`BENCH_PROFILE=1` prints where the time goes.
"""

from __future__ import annotations

import cProfile
import datetime as dt
import os
import pstats
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable

from bench.servers import own_database

JOURNEYS = 60
WARM_UP = 5
GOAL = 0.25


def _district() -> list:
    """Offices, staff and people of a small demonstration district; people who have been dismissed, with archives sent."""
    from renben.channels.demo import offices, population
    from renben.kernel import clock, foundation
    from renben.kernel.models import Organization, Person

    rng = random.Random(42)
    foundation.lay_foundation()
    streets = list(Organization.objects.filter(tier="street").order_by("path"))
    stations = list(Organization.objects.filter(tier="community").select_related("region").order_by("path"))
    offices.staff_everywhere(rng)
    firms = population.employers(rng, streets, 20)
    ids = population.settle(rng, stations, firms, 1000, clock.today())
    return list(
        Person.objects.filter(pk__in=ids[: JOURNEYS + WARM_UP]).select_related("organization__parent").order_by("id")
    )


def _send_archives(desk, centre, people: list, day: dt.date) -> None:
    """What Q-1.2.2 leaves behind: each archive reviewed and on its way to the street. Not measured."""
    from renben.kernel.roles import Role
    from renben.services.registration import archives, certificates

    receiver = desk.at(centre.pk, [Role.FIRST_REVIEW])
    by_street = defaultdict(list)
    for person in people:
        street = person.organization.parent
        spell = person.spells.filter(end_on=None).first()
        archive = archives.receive_archive(
            person=person,
            organization=centre,
            by=receiver,
            archive_number=f"B{person.pk}",
            employer_name=spell.employer_name if spell else "测量单位",
            separated_on=day - dt.timedelta(days=10),
            separation_reason="contract_expired",
            contribution_months=120,
            received_on=day,
            target_organization=street,
        )
        person.spells.filter(end_on=None).update(end_on=day - dt.timedelta(days=10))
        by_street[street].append(archives.review_archive(archive=archive, by=receiver, on=day))
    clerk = desk.at(centre.pk, [Role.COUNTER])
    certificates.move_stock(organization=centre, delta=5000, kind="received", by=clerk, on=day)
    for street, sent in by_street.items():
        archives.transfer_archives(archives=sent, to_organization=street, by=receiver, on=day)
        certificates.hand_out_blanks(from_organization=centre, to_organization=street, count=150, by=clerk, on=day)


class Journey:
    """Does the steps of one person's journey and notes the seconds of every counted action."""

    def __init__(self, desk, day: dt.date, profile: cProfile.Profile | None) -> None:
        self.desk, self.day, self.profile = desk, day, profile
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def _timed(self, name: str, action: Callable[[], object]) -> object:
        if self.profile:
            self.profile.enable()
        begun = time.perf_counter()
        answer = action()
        self.seconds[name].append(time.perf_counter() - begun)
        if self.profile:
            self.profile.disable()
        return answer

    def run(self, person) -> None:
        from renben.channels.demo.work import ANSWERS, DATES, PAPERS
        from renben.engines.procedures import actions
        from renben.engines.procedures.contracts import Blocked
        from renben.engines.procedures.models import Case, CaseStep

        street = person.organization.parent
        clerk = self.desk.at(street.pk, ["counter"])
        case = self._timed(
            "start",
            lambda: actions.start(procedure_id="J-4.2.1", organization=street, by=clerk, person=person, on=self.day),
        )
        ready = CaseStep.objects.filter(case__journey_id=case.journey_id, state=CaseStep.State.READY)
        while step := ready.select_related("case").order_by("case_id", "position").first():
            data = dict(ANSWERS.get(step.key, {}))
            if step.key in DATES:
                data[DATES[step.key]] = self.day.isoformat()
            if step.key == "register":
                data["unemployed_on"] = (self.day - dt.timedelta(days=10)).isoformat()
            by = self.desk.at(step.organization_id, step.roles)
            received = PAPERS.get(step.key, ())

            def act(step=step, by=by, data=data, received=received):
                return actions.act(step_id=step.pk, outcome="done", by=by, data=data, received=received, on=self.day)

            answer = self._timed(step.key, act) if step.case_id == case.pk else act()
            if isinstance(answer, Blocked):
                raise RuntimeError(f"{step.key}: {answer}")
        case = Case.objects.get(pk=case.pk)
        if case.state != Case.State.DONE:
            raise RuntimeError(f"case {case.number} stayed {case.state}")


def _bare(rounds: int) -> float:
    """Transactions per second that insert three bare rows, on the connection the actions use."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_bare (id bigserial PRIMARY KEY, a bigint, b text, c timestamptz)"
        )
        begun = time.perf_counter()
        for i in range(rounds):
            with transaction.atomic():
                for j in range(3):
                    cursor.execute("INSERT INTO bench_bare (a, b, c) VALUES (%s, %s, now())", [i * 3 + j, "x" * 60])
        return rounds / (time.perf_counter() - begun)


def measure(say: Callable[[str], None]) -> list[dict]:
    from django.db import connection

    from renben.channels.demo.work import Desk
    from renben.kernel import clock
    from renben.kernel.models import Organization

    profile = cProfile.Profile() if os.environ.get("BENCH_PROFILE") else None
    with own_database():
        with connection.cursor() as cursor:
            cursor.execute("SHOW fsync")
            if cursor.fetchone()[0] != "on":
                raise RuntimeError("fsync is off: the figure would mean nothing")
        say("正在准备机构、人员和档案……")
        people, day = _district(), clock.today()
        desk, centre = Desk.of_all(), Organization.objects.get(tier="district")
        _send_archives(desk, centre, people, day)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        warm, journey = Journey(desk, day, None), Journey(desk, day, profile)
        for person in people[:WARM_UP]:
            warm.run(person)
        say(f"正在办 {JOURNEYS} 件失业登记……")
        # Half of the baseline before and half after, so that other work on the machine weighs on both.
        before = _bare(300)
        for person in people[WARM_UP:]:
            journey.run(person)
        after = _bare(300)
        everything = [s for all_of_one in journey.seconds.values() for s in all_of_one]
    for name, seconds in journey.seconds.items():
        say(f"　{name}：{1000 * sum(seconds) / len(seconds):.1f} 毫秒")
    if profile:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(70)
    rate, bare = len(everything) / sum(everything), (before + after) / 2
    return [
        {
            "name": "J-4.2.1 从受理到办结",
            "value": rate,
            "unit": "个动作/秒",
            "baseline": f"三行插入 {bare:.0f} 次/秒",
            "ratio": round(rate / bare, 3),
            "goal": f"≥基线的 {GOAL:.0%}",
            "ok": rate >= GOAL * bare,
        }
    ]

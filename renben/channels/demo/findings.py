"""政策找人 of the demonstration: found two weeks ago, told and answered since by the stations, looked at again today."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

from renben.channels.demo.work import Desk
from renben.kernel import clock
from renben.kernel.roles import Role
from renben.services.registration.codes import Channel
from renben.services.registration.territory import street_of
from renben.services.support.finding import actions, running
from renben.services.support.finding.models import Finding

FORTNIGHT = dt.timedelta(days=14)
ANSWERS = (("told", 30), ("wants", 12), ("applies", 6), ("no", 6), ("silent", 46))
"""What became of a finding in the fortnight, in weights."""
NOES = (
    (Finding.No.NOT_WANTED, "本人说单位就要招用，先不办"),
    (Finding.No.NOT_ELIGIBLE, "入户核实，已经到外区工作"),
    (Finding.No.UNREACHED, "上门两次没有人，电话不通"),
)
MOST = 600
"""So many findings are followed up; the demonstration should not take longer for it."""


def _at(day: dt.date, rng: random.Random) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9 + rng.randrange(8), rng.randrange(60)), tzinfo=clock.ZONE)


def _follow(finding: Finding, answer: str, desk: Desk, rng: random.Random) -> None:
    """One finding as the station, and where it is wanted the street, dealt with it."""
    person = finding.person
    station = desk.at(person.organization_id, [Role.COMMUNITY_WORKER, Role.COUNTER])
    if answer == "no":
        reason, note = rng.choice(NOES)
        actions.decline(finding=finding, reason=reason, note=note, by=station)
        return
    how = rng.choice((Channel.PHONE, Channel.VISIT, Channel.IN_PERSON))
    actions.tell(finding=finding, how=how, on=clock.today(), by=station, note="愿意办" if answer != "told" else "")
    if answer == "wants":
        actions.hand_on(finding=finding, by=station)
    elif answer == "applies":
        street = street_of(person.organization)
        actions.apply_for(finding=finding, organization=street, by=desk.at(street.pk, [Role.COUNTER]))


def findings(rng: random.Random, today: dt.date) -> Counter[str]:
    """The look of a fortnight ago, the fortnight, and today's look. What was found and done, by kind."""
    begun, log, desk = today - FORTNIGHT, Counter(), Desk.of_all()
    with clock.as_of(_at(begun, rng)):
        running.run_all(begun)
    waiting = Finding.objects.filter(state=Finding.State.FOUND)
    rows = list(waiting.select_related("person__organization").order_by("id"))
    for finding in rng.sample(rows, min(MOST, len(rows))):
        answer = rng.choices([a for a, _ in ANSWERS], [w for _, w in ANSWERS])[0]
        if answer == "silent":
            continue
        with clock.as_of(_at(begun + dt.timedelta(days=rng.randrange(1, FORTNIGHT.days)), rng)):
            _follow(finding, answer, desk, rng)
        log[answer] += 1
    run = running.run_all(today)
    log["found"] = sum(counts.get("found", 0) for counts in run.counts.values())
    return log

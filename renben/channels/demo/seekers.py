"""Who looks for work in the demonstration: most of the registered unemployed, many without work, some who want another post.

Written in bulk, so no word goes to the indexes of searching and matching: they are built from the tables when they start.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from renben.channels.demo.bulk import copy_rows, reserve
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import clock, numbering
from renben.kernel.models import LabourSpell, Organization, Person
from renben.services.placement import seekers_rules
from renben.services.placement.codes import Access, Difficulty, SeekerClass, SeekerSource, Visibility, WorkKind
from renben.services.placement.models import Seeker
from renben.services.placement.seekers_acts import CODE, KIND
from renben.services.registration.conditions import age_on

Status, State = LabourSpell.Status, Seeker.State
SHARE = {
    Status.REGISTERED_UNEMPLOYED: 0.9,
    Status.JOBLESS: 0.7,
    Status.FARMING: 0.3,
    Status.FLEXIBLE: 0.2,
    Status.EMPLOYED: 0.08,
}
TRADES = (
    ("仓库保管员", "4-02-06-01", 62, 4800, "库房管理、盘点"),
    ("保安", "4-07-05-01", 100, 4200, "值班巡逻"),
    ("保洁员", "4-09-08-01", 95, 3300, "打扫、整理"),
    ("会计", "2-06-03-00", 100, 6500, "记账、报税、用表格"),
    ("厨师", "4-03-02-01", 99, 6000, "炒菜、切配"),
    ("餐厅服务员", "4-03-02-05", 95, 3900, "点菜、传菜"),
    ("收银员", "4-01-02-04", 95, 4000, "收银、理货"),
    ("电工", "6-31-01-03", 95, 6200, "布线、检修"),
    ("电焊工", "6-18-02-04", 99, 7000, "二保焊、氩弧焊"),
    ("缝纫工", "6-05-01-03", 95, 4500, "平车、锁边"),
    ("家政服务员", "4-10-01-06", 95, 5000, "做饭、照看老人"),
    ("快递员", "4-02-07-08", 95, 6500, "骑电动三轮、送件"),
    ("包装工", "6-31-05-00", 95, 4300, "装箱、封口"),
    ("行政文员", "3-01-01-01", 97, 5000, "用表格、写通知"),
    ("客服", "4-04-05-03", 91, 4800, "接电话、打字"),
    ("理货员", "4-02-06-02", 99, 3900, "上架、盘点"),
    ("货车司机", "4-02-02-02", 62, 7500, "驾驶证B2"),
    ("园林绿化工", "4-09-10-01", 98, 3800, "修剪、浇水"),
    ("汽车修理工", "4-12-01-01", 98, 6500, "换件、保养"),
    ("质检员", "6-31-03-05", 95, 5200, "看图纸、用卡尺"),
)
"""What is wanted: title, trade of 职业分类大典2022 with the confidence it is recognised with, usual wage in yuan, skills."""
COLUMNS = [
    "id", "person_id", "organization_id", "number", "seeker_class", "difficulties", "difficulty_note", "skills",
    "certificates", "experience_years", "history", "about", "accepts_nights", "needs_housing", "needs", "hours_week_max",
    "visibility", "state", "registered_on", "valid_until", "ended_on", "ended_why", "recorded_at", "version",
    "source",
]  # fmt: skip
WISH_COLUMNS = [
    "seeker_id", "rank", "title", "occupation", "confidence", "occupation_chosen", "work_kind", "wage_min_fen", "regions",
]  # fmt: skip
PART_TIMERS = 14
"""One in so many can work only part of the week."""
OLDEST_DAYS = 110
"""Registrations of so many days back; the oldest have lapsed."""


def _looking(rng: random.Random) -> list[Person]:
    people = Person.objects.filter(labour_status__in=[s.value for s in SHARE], merged_into=None)
    rows = people.select_related("organization__parent").only("id", "sex", "birth_on", "labour_status", "organization")
    return [person for person in rows.order_by("id") if rng.random() < SHARE[Status(person.labour_status)]]


def _end(rng: random.Random, registered: dt.date, until: dt.date, today: dt.date) -> tuple[str, dt.date | None, str]:
    if until < today:
        return State.LAPSED.value, until, "到期没有续"
    if rng.random() < 0.04:
        return State.WITHDRAWN.value, min(registered + dt.timedelta(days=9), today), "家里有事，暂时不找"
    return State.ACTIVE.value, None, ""


def _row(
    rng: random.Random, pk: int, person: Person, number: str, on: dt.date, until: dt.date, today: dt.date
) -> tuple:
    trade = TRADES[pk % len(TRADES)]
    is_difficult = rng.random() < 0.18
    state, ended_on, why = _end(rng, on, until, today)
    causes = rng.sample(Difficulty.values[:6], rng.choice((1, 1, 2))) if is_difficult else []
    needs = [rng.choice(Access.values)] if rng.random() < 0.05 else []
    hours = rng.choice((20, 24, 30)) if _is_part_timer(pk) else None
    made_at = dt.datetime.combine(on, dt.time(9, pk % 60), tzinfo=clock.ZONE)
    return (
        pk, person.pk, person.organization.parent_id, number,
        (SeekerClass.DIFFICULT if is_difficult else SeekerClass.GENERAL).value, causes, "",
        trade[4].split("、"), [], rng.randrange(0, 22), "", "", rng.random() < 0.3, rng.random() < 0.1, needs,
        hours, rng.choice(Visibility.values), state, on, until, ended_on, why, made_at, 1,
        SeekerSource.COUNTER.value,
    )  # fmt: skip


def _is_part_timer(pk: int) -> bool:
    """Who can work only part of the week: few, and they wish for such work (`hours` is a hard condition of matching)."""
    return pk % PART_TIMERS == 0


def _wishes(rng: random.Random, pk: int, regions: list[str]) -> Iterator[tuple]:
    for rank in range(1, rng.choice((1, 1, 2, 3)) + 1):
        title, code, confidence, wage, _ = TRADES[(pk + (rank - 1) * 7) % len(TRADES)]
        places = sorted(rng.sample(regions, min(rng.choice((1, 2, 3)), len(regions)))) if rng.random() < 0.4 else []
        kind = WorkKind.PART.value if _is_part_timer(pk) else rng.choices(("", WorkKind.FULL.value), (4, 5))[0]
        asked = wage * rng.choice((85, 90, 95, 100, 105)) // 100
        yield (pk, rank, title, code, confidence, rng.random() < 0.5, kind, asked // 100 * 10_000, places)


def seekers(rng: random.Random, today: dt.date) -> int:
    """Register those who look for work over the last weeks; returns how many registrations there are."""
    people = _looking(rng)
    days = {person.pk: today - dt.timedelta(days=rng.randrange(0, OLDEST_DAYS)) for person in people}
    least = int(Reader(load_parameters(), today)("labour.working_age_from"))
    people = [person for person in people if age_on(person.birth_on, days[person.pk]) >= least]
    if not people:
        return 0
    first, regions = reserve("placement_seeker", len(people)), _regions()
    ends = {day: seekers_rules.valid_until(day) for day in set(days.values())}
    office = Organization.objects.filter(tier="district").order_by("path").first() or people[0].organization
    numbers = {}
    for day in sorted(ends):
        todays = [person.pk for person in people if days[person.pk] == day]
        if todays:
            numbers |= dict(zip(todays, numbering.take(KIND, office, day, CODE, count=len(todays)), strict=True))
    rows, wishes = [], []
    for pk, person in enumerate(people, start=first):
        on = days[person.pk]
        rows.append(_row(rng, pk, person, numbers[person.pk], on, ends[on], today))
        wishes += _wishes(rng, pk, regions)
    copy_rows("placement_seeker", COLUMNS, rows)
    copy_rows("placement_seekerwish", WISH_COLUMNS, wishes)
    return len(rows)


def _regions() -> list[str]:
    """Streets and towns of the district."""
    return list(Organization.objects.filter(tier="street").order_by("path").values_list("region_id", flat=True))

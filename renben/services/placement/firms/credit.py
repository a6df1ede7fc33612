"""诚信等级 of firms: a score that every fact explains, and the two ways to change it: a fact, or an appeal a second person upholds.

Acts are whole and audited; NotPossible says in Chinese why something cannot be done.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from renben.kernel import acts, audit, clock, settings_store, taskboard
from renben.kernel.models import Employer, Organization
from renben.services.placement.firms import credit_facts, credit_table
from renben.services.placement.firms.credit_facts import Fact
from renben.services.placement.firms.credit_table import CreditTable, Level, Weight
from renben.services.placement.firms.models import CreditAppeal, Inspection
from renben.services.registration.reasons import NotPossible, Why

DECIDED = "CreditAppealDecided"
"""What clears the task of looking at an appeal."""
State = CreditAppeal.State


def table() -> CreditTable:
    """The table in force."""
    return credit_table.table(Path(settings.CATALOG_DIR))


@dataclass(frozen=True)
class Line:
    """Facts of one kind: how many count, what they weigh after the bound of the kind."""

    weight: Weight
    count: int
    points: int

    @property
    def is_bounded(self) -> bool:
        return self.points != self.count * self.weight.points


@dataclass(frozen=True)
class Rating:
    """`start` and the points of the lines add up to the score. `facts`: all of them, also those set aside, latest first."""

    start: int
    score: int
    level: Level
    lines: tuple[Line, ...]
    facts: tuple[Fact, ...]
    capped_by: Weight | None = None

    @property
    def is_rated(self) -> bool:
        return bool(self.lines)


def rate(facts: Iterable[Fact], rules: CreditTable) -> Rating:
    """The rating of one firm from its facts, by the table; pure."""
    held, counts = tuple(facts), defaultdict(int)
    for fact in held:
        counts[fact.kind] += fact.counts
    lines = []
    for kind, weight in rules.weights.items():
        points = counts[kind] * weight.points
        if weight.most is not None:
            points = min(points, weight.most)
        if counts[kind]:
            lines.append(Line(weight, counts[kind], points))
    score = rules.start + sum(line.points for line in lines)
    level = rules.level_of(score)
    capped = rules.level_of(score, frozenset(line.weight.at_most for line in lines if line.weight.at_most))
    by = None
    if capped != level:
        by = next(line.weight for line in lines if line.weight.at_most == capped.code)
    return Rating(rules.start, score, capped, tuple(lines), held, by)


def back(today: dt.date, months: int) -> dt.date:
    """The day so many months before."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return dt.date(year, month + 1, min(today.day, 28))


def current(employer: Employer) -> Rating:
    """The rating of today, over the months the table looks back."""
    rules, today = table(), clock.today()
    since, until = back(today, rules.months), today + dt.timedelta(days=1)
    found = credit_facts.facts_of(Employer.objects.filter(pk=employer.pk), since, until)
    return rate(found.get(employer.pk, ()), rules)


@dataclass(frozen=True)
class Ranked:
    """A firm in the list of a year. Equal scores share a place."""

    place: int
    employer: Employer
    rating: Rating


def ranking(firms: QuerySet[Employer], year: int) -> list[Ranked]:
    """用人单位诚信等级评价排名 of a calendar year: firms with at least one fact, best score first, equal ones by name."""
    rules = table()
    found = credit_facts.facts_of(firms, dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
    rated = {pk: rate(facts, rules) for pk, facts in found.items()}
    rows = firms.filter(pk__in=[pk for pk, one in rated.items() if one.is_rated]).select_related("organization")
    employers = sorted(rows, key=lambda one: (_order(rated[one.pk], rules), one.pinyin, one.pk))
    answer: list[Ranked] = []
    for number, one in enumerate(employers, start=1):
        last = answer[-1] if answer else None
        same = last is not None and _order(last.rating, rules) == _order(rated[one.pk], rules)
        answer.append(Ranked(last.place if same else number, one, rated[one.pk]))
    return answer


def _order(rating: Rating, rules: CreditTable) -> tuple[int, int]:
    return [level.code for level in rules.levels].index(rating.level.code), -rating.score


def _note(action: str, employer: Employer, by: Any, **detail: Any) -> None:
    audit.record(
        action=f"credit.{action}",
        subject=f"employer:{employer.pk}",
        detail=detail,
        by=by,
        organization=employer.organization,
    )


@acts.whole
def inspect(
    *, employer: Employer, organization: Organization, on: dt.date, inspectors: str, is_fine: bool, found: str, by: Any
) -> Inspection:
    """登记检查. NotPossible for a day to come, or without what was found."""
    if on > clock.today():
        raise NotPossible(Why("day", "检查日期不能晚于今天。"))
    if not found.strip() or not inspectors.strip():
        raise NotPossible(Why("found", "请写明谁去检查的、检查情况。"))
    made = Inspection.objects.create(
        employer=employer,
        organization=organization,
        on=on,
        inspectors=inspectors.strip()[:100],
        is_fine=is_fine,
        found=found.strip()[:500],
        recorded_by=by,
        recorded_at=clock.now(),
    )
    _note("inspect", employer, by, inspection=made.pk, is_fine=is_fine)
    return made


def _fact_of(employer: Employer, key: str) -> Fact | None:
    """A fact of any day by its key."""
    rows = Employer.objects.filter(pk=employer.pk)
    found = credit_facts.facts_of(rows, dt.date(2000, 1, 1), clock.today() + dt.timedelta(days=1))
    return credit_facts.find(found.get(employer.pk, ()), key)


@acts.whole
def appeal(*, employer: Employer, key: str, reason: str, filed_by: str, by: Any) -> CreditAppeal:
    """申诉 against a fact. NotPossible when there is no such fact, or it was appealed against and that is open or upheld."""
    held = Employer.objects.select_for_update(of=("self",)).select_related("organization").get(pk=employer.pk)
    fact = _fact_of(held, key)
    if fact is None:
        raise NotPossible(Why("no_fact", "没有这件事实，可能已经改正了。", "请看看单位现在的诚信记录。"))
    if fact.appeal is not None and fact.appeal.state != State.REJECTED:
        raise NotPossible(Why("twice", f"这件事实已经申诉过：{fact.appeal.get_state_display()}。"))
    if not reason.strip() or not filed_by.strip():
        raise NotPossible(Why("reason", "请写明谁申诉的、什么理由。"))
    made = CreditAppeal.objects.create(
        employer=held,
        organization=held.organization,
        fact_key=fact.key,
        fact_text=fact.text[:300],
        fact_on=fact.on,
        reason=reason.strip()[:500],
        filed_by=filed_by.strip()[:50],
        filed_on=clock.today(),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    _note("appeal", held, by, fact=fact.key)
    taskboard.open_task(
        key=f"credit.appeal:{made.pk}",
        title=f"复核诚信申诉：{held.name}",
        reason=f"单位对“{fact.text}”提出申诉。由没有经手的人复核，成立的不再计分。",
        organization=held.organization,
        cleared_by=DECIDED,
        due_on=clock.today() + dt.timedelta(days=int(settings_store.get("credit.appeal_days"))),
        url=f"/credit/appeals/{made.pk}/",
    )
    return made


@acts.whole
def decide(*, appeal: CreditAppeal, is_upheld: bool, answer: str, by: Any) -> CreditAppeal:
    """复核 by a second person. NotPossible for who recorded the appeal, twice, or without words."""
    held = CreditAppeal.objects.select_for_update(of=("self",)).select_related("employer__organization")
    held = held.get(pk=appeal.pk)
    if held.state != State.OPEN:
        raise NotPossible(Why("decided", f"这件申诉已经复核过：{held.get_state_display()}。"))
    if held.recorded_by_id == by.pk:
        raise NotPossible(Why("same_person", "申诉是您登记的，要由另一个人复核。"))
    if not answer.strip():
        raise NotPossible(Why("answer", "请写复核意见。"))
    held.state = State.UPHELD if is_upheld else State.REJECTED
    held.answer, held.decided_by, held.decided_at = answer.strip()[:500], by, clock.now()
    held.save()
    _note("decide", held.employer, by, appeal=held.pk, state=held.state)
    taskboard.clear(key=f"credit.appeal:{held.pk}", event=DECIDED, outcome=held.get_state_display())
    return held

"""A determination looked at again: would it differ with the facts and parameters of today, and where.

Nothing is changed here. A service registers how its kind of determination is made again; when a fact of a person is
corrected, each determination whose result would be another becomes a task of the office that decided.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from renben.kernel import acts, audit, clock, events, taskboard
from renben.kernel.models import Organization, Task

from .errors import RuleError
from .models import Determination

CLEARED_BY = "DeterminationReviewed"


@dataclass(frozen=True)
class Kind:
    """How one kind of determination is told and made again.

    ``again(inputs, as_of)`` gives the JSON record of a decision on these inputs (as ``store`` takes it); ``facts(determination)``
    the same inputs as the file has them now; ``said(result)`` one sentence to the citizen; ``words`` name inputs and results;
    ``leave_out(stored, fresh)`` drops what cannot be compared. ``office`` is who decided, by default the case's office.
    """

    name: str
    label: str
    again: Callable[[Mapping[str, Any], dt.date], dict[str, Any]]
    facts: Callable[[Determination], dict[str, Any]]
    said: Callable[[Mapping[str, Any]], str]
    words: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)
    compared: tuple[str, ...] = ("eligible", "months", "total")
    comparable: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Make a kind known; the same name again replaces it."""
    _kinds[kind.name] = kind


def kind_of(determination: Determination) -> Kind | None:
    """How this determination is told and made again; None for a kind nobody registered."""
    return _kinds.get(determination.kind)


def labels() -> dict[str, str]:
    """Names of all kinds, by code."""
    return {name: kind.label for name, kind in sorted(_kinds.items())}


@dataclass(frozen=True)
class Difference:
    """One place that differs: in words, before and now."""

    what: str
    before: str
    now: str


@dataclass(frozen=True)
class Review:
    """What differs now: facts on file, parameter versions, and the result they lead to. ``problem``: it cannot be made again."""

    facts: tuple[Difference, ...] = ()
    parameters: tuple[Difference, ...] = ()
    result: tuple[Difference, ...] = ()
    problem: str = ""

    @property
    def is_same(self) -> bool:
        return not self.result and not self.problem


def _said(kind: Kind, value: Any) -> str:
    if value is None:
        return "没有"
    if isinstance(value, bool):
        return "是" if value else "否"
    return kind.values.get(str(value), str(value))


def _facts_differ(kind: Kind, stored: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Difference, ...]:
    return tuple(
        Difference(kind.words.get(key, key), _said(kind, stored.get(key)), _said(kind, now[key]))
        for key in now
        if stored.get(key) != now[key]
    )


def _results_differ(kind: Kind, stored: Mapping[str, Any], fresh: Mapping[str, Any]) -> tuple[Difference, ...]:
    before = kind.comparable(stored)
    rows = [
        Difference(kind.words.get(key, key), _said(kind, before[key]), _said(kind, fresh.get(key)))
        for key in kind.compared
        if key in before and before[key] != fresh.get(key)
    ]
    then = {row["month"]: row["amount"] for row in stored.get("schedule") or []}
    now = {row["month"]: row["amount"] for row in fresh.get("schedule") or []}
    changed = [
        (month, then[month], now[month]) for month in sorted(then.keys() & now.keys()) if then[month] != now[month]
    ]
    for pair, run in groupby(changed, key=lambda row: row[1:]):
        months = [row[0] for row in run]
        span = months[0] if len(months) == 1 else f"{months[0]}至{months[-1]}每月"
        rows.append(Difference(f"{span}金额（元）", _said(kind, pair[0]), _said(kind, pair[1])))
    return tuple(rows)


def _versions_differ(stored: list[dict[str, Any]], fresh: list[dict[str, Any]]) -> tuple[Difference, ...]:
    """Parameters of which another value was read: by name, the days their values began."""

    def begun(versions: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for row in versions:
            found.setdefault(row["name"], {})[f"{row['from']}起的值（{row['document']}）"] = row["label"]
        return found

    then, now = begun(stored), begun(fresh)
    return tuple(
        Difference(next(iter(now[name].values())), "；".join(then[name]), "；".join(now[name]))
        for name in sorted(then.keys() & now.keys())
        if set(then[name]) != set(now[name])
    )


def review(determination: Determination, *, with_facts_of_today: bool = True, on: dt.date | None = None) -> Review:
    """What would differ. ``on``: the day whose parameters are asked, by default that of the determination."""
    kind = kind_of(determination)
    if kind is None:
        return Review(problem="这类判定不能自动重算。")
    stored = dict(determination.inputs)
    now = {**stored, **kind.facts(determination)} if with_facts_of_today else stored
    try:
        record = kind.again(now, on or determination.as_of)
    except RuleError as error:
        return Review(facts=_facts_differ(kind, stored, now), problem=f"不能重算：{error}")
    return Review(
        facts=_facts_differ(kind, stored, now),
        parameters=_versions_differ(determination.parameter_versions, record["parameters"]),
        result=_results_differ(kind, determination.result, record["result"]),
    )


# Facts corrected later


def office_of(determination: Determination) -> Organization:
    """The office that decided: the case's, else the one of the person's file."""
    return determination.case.organization if determination.case_id else determination.person.organization


def _key(determination: Determination) -> str:
    return f"determination.changed:{determination.pk}:"


def check_person(person_id: int) -> int:
    """Look again at every current determination about a person with the facts on file now; how many would differ.

    Each becomes a task, once for each different answer; one that agrees again loses its task.
    """
    rows = Determination.objects.current().filter(person_id=person_id, kind__in=_kinds)
    count = 0
    for determination in rows.select_related("person__organization", "case__organization").order_by("id"):
        found = review(determination)
        if found.is_same:
            close_tasks(determination, "事实已改回，与原判定一致")
            continue
        count += 1
        _open_task(determination, found)
    return count


def _open_task(determination: Determination, found: Review) -> None:
    kind, facts = _kinds[determination.kind], found.facts
    said = [f"{row.what}由“{row.before}”改为“{row.now}”" for row in facts]
    said += [f"{row.what}会由“{row.before}”变为“{row.now}”" for row in found.result[:3]] or [found.problem]
    digest = hashlib.sha256(json.dumps([str(row) for row in (*facts, *found.result)]).encode()).hexdigest()[:12]
    close_tasks(determination, "事实又有更正", keep=_key(determination) + digest)
    taskboard.open_task(
        key=_key(determination) + digest,
        title=f"核对{determination.person.name}的{kind.label}",
        reason=f"{determination.as_of}作出判定以后事实有更正：{'；'.join(said)}。请核对原判定要不要更正。"[:500],
        organization=office_of(determination),
        cleared_by=CLEARED_BY,
        person=determination.person,
        url=f"/policies/determinations/{determination.pk}/",
    )


def open_tasks(determination: Determination) -> list[Task]:
    """Tasks that ask to look at this determination again."""
    return list(Task.objects.filter(key__startswith=_key(determination), cleared_at=None).order_by("id"))


def close_tasks(determination: Determination, outcome: str, *, keep: str = "") -> None:
    """Clear the tasks about a determination."""
    for task in open_tasks(determination):
        if task.key != keep:
            taskboard.clear(key=task.key, event=CLEARED_BY, outcome=outcome[:200])


@acts.whole
def keep_as_it_is(*, determination: Determination, by: Any, reason: str) -> None:
    """核对后维持: somebody of the office has looked and says why the determination stands. ValueError without a reason."""
    if not reason.strip():
        raise ValueError("请写明为什么维持原判定。")
    close_tasks(determination, f"维持原判定：{reason.strip()}")
    audit.record(
        action="determination.keep",
        subject=f"determination:{determination.pk}",
        detail={"reason": reason.strip(), "on": str(clock.today())},
        by=by,
        organization=office_of(determination),
    )


def on_facts_changed(event: events.PersonFactsChanged) -> None:
    """Listener: a fact of a person was corrected."""
    check_person(event.person_id)


def on_merged(event: events.PersonsMerged) -> None:
    """Listener: two files became one, so the facts behind a determination may be others now."""
    check_person(event.kept_id)


def listen() -> None:
    """Connect the listeners; safe to call again."""
    events.listen(events.PersonFactsChanged, on_facts_changed)
    events.listen(events.PersonsMerged, on_merged)

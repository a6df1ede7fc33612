"""发钱以前的比对: what other bodies' data say against a month that is to be paid. Each check is data with its citation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.conf import settings

from renben.services.exchange.layout import OUTSIDE, layout_of
from renben.services.exchange.models import OutsideFact

ALL = "all"


@dataclass(frozen=True)
class Check:
    """One comparison. It speaks against a month when a fact of `kind` (and one of `roles`, if any are named) covers the month,
    or, with `is_after`, began before it. `headings`: the payments it is asked for."""

    code: str
    title: str
    kind: str
    roles: frozenset[str]
    headings: frozenset[str]
    is_after: bool
    text: str
    fix: str
    basis: str

    def concerns(self, heading: str) -> bool:
        return ALL in self.headings or heading in self.headings

    def speaks_against(self, fact: OutsideFact, month: dt.date) -> bool:
        """Whether the fact objects to the month (given by its first day)."""
        if fact.kind != self.kind or (self.roles and fact.role not in self.roles):
            return False
        if self.is_after:
            return fact.start_on < month
        following = (month + dt.timedelta(days=31)).replace(day=1)
        return fact.start_on < following and (fact.end_on is None or fact.end_on > month)


@dataclass(frozen=True)
class Objection:
    """Why a month must not be paid now: a sentence, what to do, the basis and the fact behind it."""

    code: str
    text: str
    fix: str
    basis: str
    fact_id: int


def read_checks(path: Path) -> tuple[Check, ...]:
    """The checks of a file. ValueError (Chinese) for an unknown kind of data or a check without citation."""
    checks = []
    for entry in yaml.safe_load(path.read_text("utf-8")):
        facts = entry["facts"]
        if facts["kind"] not in OUTSIDE:
            raise ValueError(f"{path.name}：“{entry['code']}”要看的数据 {facts['kind']} 没有这一种。")
        if not entry.get("basis"):
            raise ValueError(f"{path.name}：“{entry['code']}”没有写依据。")
        checks.append(
            Check(
                code=entry["code"],
                title=entry["title"],
                kind=facts["kind"],
                roles=frozenset(facts["roles"]),
                headings=frozenset(entry["headings"]),
                is_after=entry["from"] == "after",
                text=entry["text"],
                fix=entry["fix"],
                basis=entry["basis"],
            )
        )
    return tuple(checks)


@cache
def _read(path: Path) -> tuple[Check, ...]:
    return read_checks(path)


def checks() -> tuple[Check, ...]:
    """The checks of the catalogue, in the order in which their reasons are told."""
    return _read(Path(settings.CATALOG_DIR) / "content" / "crosschecks.yaml")


def told(check: Check, fact: OutsideFact) -> str:
    """The sentence of a check about one fact."""
    labels = layout_of(fact.kind).labels.get("role", {})
    return check.text.format(
        as_of=f"{fact.as_of:%Y-%m-%d}",
        start=f"{fact.start_on:%Y-%m-%d}",
        body=fact.body or "未写单位",
        role=labels.get(fact.role, "经营者"),
    )


def objections(heading: str, months: Iterable[tuple[int, dt.date]]) -> dict[tuple[int, dt.date], list[Objection]]:
    """What speaks against paying `heading` for `(person id, first day of month)`; only months with an objection are there.

    What somebody has found untrue no longer speaks. One query however many months are asked.
    """
    asked = list(months)
    wanted = [check for check in checks() if check.concerns(heading)]
    if not asked or not wanted:
        return {}
    facts = _facts({person for person, _ in asked}, {check.kind for check in wanted})
    found: dict[tuple[int, dt.date], list[Objection]] = {}
    for person, month in asked:
        why = [
            Objection(check.code, told(check, fact), check.fix, check.basis, fact.pk)
            for check in wanted
            for fact in facts.get(person, ())
            if check.speaks_against(fact, month)
        ]
        if why:
            found[person, month] = why
    return found


def _facts(people: Collection[int], kinds: Collection[str]) -> dict[int, list[OutsideFact]]:
    rows = OutsideFact.objects.filter(person__in=people, kind__in=kinds).exclude(verdict=OutsideFact.Verdict.FALSE)
    by_person: dict[int, list[OutsideFact]] = defaultdict(list)
    for fact in rows.order_by("start_on", "id"):
        by_person[fact.person_id].append(fact)
    return by_person

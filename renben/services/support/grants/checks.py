"""比对 of who claims: whether the firm still exists, whether a trainee sat at two places on one day. Sentences and citations are data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from renben.kernel.models import Employer
from renben.services.exchange.models import OutsideFact
from renben.services.registration.reasons import Why
from renben.services.support.grants.guidance_models import GuidanceClaim, GuidancePerson

CODES = frozenset({"firm_gone", "two_places"})
"""What this module compares; the file has to say each of them and nothing else."""


@dataclass(frozen=True)
class Check:
    """How one comparison is told: a sentence with places for the facts, what to do, and the basis."""

    code: str
    title: str
    text: str
    fix: str
    basis: str

    def told(self, **facts: Any) -> Why:
        """The reason, with days as they are written on the screen."""
        words = {name: f"{one:%Y-%m-%d}" if isinstance(one, dt.date) else one for name, one in facts.items()}
        return Why(self.code, self.text.format(**words), self.fix, self.basis)


def read_checks(path: Path) -> dict[str, Check]:
    """The checks of a file by code. ValueError (Chinese) for one nobody compares, one that is missing or has no citation."""
    found = {entry["code"]: Check(**entry) for entry in yaml.safe_load(path.read_text("utf-8"))}
    if found.keys() != CODES:
        odd = "、".join(sorted(found.keys() ^ CODES))
        raise ValueError(f"{path.name}：“{odd}”没有写，或者系统不会比对。")
    uncited = [check.title for check in found.values() if not check.basis]
    if uncited:
        raise ValueError(f"{path.name}：“{'、'.join(uncited)}”没有写依据。")
    return found


@cache
def _read(path: Path) -> dict[str, Check]:
    return read_checks(path)


def checks() -> dict[str, Check]:
    """The checks of the catalogue."""
    return _read(Path(settings.CATALOG_DIR) / "content" / "claimchecks.yaml")


def against_firm(employer: Employer, on: dt.date) -> list[Why]:
    """What speaks against paying a firm on a day: the business register's file says it is struck off or lost its licence.

    What somebody has found untrue no longer speaks. A firm nobody has told us of speaks neither for nor against.
    """
    gone = OutsideFact.objects.filter(kind=OutsideFact.Kind.BUSINESS, body_code=employer.uscc, end_on__lte=on)
    fact = gone.exclude(verdict=OutsideFact.Verdict.FALSE).order_by("-end_on", "-id").first()
    if fact is None:
        return []
    last = fact.end_on - dt.timedelta(days=1)  # kept half-open: the file's own day is the last one
    return [checks()["firm_gone"].told(as_of=fact.as_of, body=fact.body or employer.name, end=last)]


def at_two_places(claim: GuidanceClaim, rows: Sequence[GuidancePerson]) -> dict[tuple[int, dt.date], str]:
    """`{(person id, day): sentence}` for whoever counts on that day in another institution's claim; one query."""
    people = {row.person_id for row in rows if row.person_id}
    others = GuidancePerson.objects.filter(person__in=people, is_counted=True).exclude(claim=claim.pk)
    others = others.exclude(claim__state=GuidanceClaim.State.REFUSED).exclude(claim__institution=claim.institution)
    found: dict[tuple[int, dt.date], str] = {}
    for row in others.select_related("claim").order_by("id"):
        if row.round == row.claim.round and row.guided_on is not None:
            told = checks()["two_places"].told(on=row.guided_on, institution=row.claim.institution)
            found[row.person_id, row.guided_on] = f"{told.text}（{told.article}）"
    return found

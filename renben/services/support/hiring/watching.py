"""Each night: who left a firm that draws for them, or is no longer insured by it. A task asks; nothing stops by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from renben.kernel import clock, taskboard
from renben.kernel.models import LabourSpell, Task
from renben.services.exchange.models import OutsideFact
from renben.services.support.hiring import settling
from renben.services.support.hiring.checks import is_this
from renben.services.support.hiring.models import HiringClaim, HiringPerson
from renben.services.support.months import shifted

LEFT = settling.LEFT
CONTRIBUTIONS = OutsideFact.Kind.CONTRIBUTIONS
LOOKED_BACK = 24
"""Months after the end of a period in which a late fact still changes it by itself; later the page's own button does."""


@dataclass(frozen=True)
class Ended:
    """Why somebody seems to have left a firm: since when, and how that is known."""

    since: dt.date
    text: str


def watched() -> list[HiringPerson]:
    """The newest line of each person at each firm of a granted application, as long as the contract runs and nobody left."""
    rows = HiringPerson.objects.filter(claim__state__in=HiringClaim.GRANTED, struck_reason="")
    rows = rows.select_related("person", "claim__employer", "claim__organization").order_by("claim__last_month", "id")
    newest = {(row.person_id, row.claim.employer_id): row for row in rows}
    today = clock.today()
    return [
        row for row in newest.values() if row.left_on is None and (row.contract_to is None or row.contract_to >= today)
    ]


def _ended_work(rows: Iterable[HiringPerson]) -> dict[int, Ended]:
    """Lines whose registered work at the firm has ended."""
    held = list(rows)
    spells = LabourSpell.objects.filter(
        person__in={row.person_id for row in held}, status=LabourSpell.Status.EMPLOYED, employer__isnull=False
    ).order_by("start_on", "id")
    last = {(spell.person_id, spell.employer_id): spell for spell in spells}
    found = {}
    for row in held:
        spell = last.get((row.person_id, row.claim.employer_id))
        if spell is not None and spell.end_on is not None and spell.end_on <= clock.today():
            found[row.pk] = Ended(
                spell.end_on, f"就业登记里{spell.end_on:%Y-%m-%d}起已不在{row.claim.employer.name}就业"
            )
    return found


def _ended_insurance(rows: Iterable[HiringPerson]) -> dict[int, Ended]:
    """Lines whom the newest file of contributions no longer names as insured by the firm."""
    held = list(rows)
    told_to = OutsideFact.objects.filter(kind=CONTRIBUTIONS).aggregate(last=Max("as_of"))["last"]
    facts = OutsideFact.objects.filter(
        kind=CONTRIBUTIONS, role="employer", person__in={row.person_id for row in held}
    ).exclude(verdict=OutsideFact.Verdict.FALSE)
    by_person: dict[int, list[OutsideFact]] = {}
    for fact in facts.order_by("start_on", "id"):
        by_person.setdefault(fact.person_id, []).append(fact)
    found = {}
    for row in held:
        firm = row.claim.employer
        ends = [fact.end_on for fact in by_person.get(row.person_id, []) if is_this(fact, firm)]
        if not ends or told_to is None or None in ends:
            continue
        if (last := max(ends)) <= told_to.replace(day=1):
            found[row.pk] = Ended(
                last, f"{told_to:%Y-%m-%d}的社会保险数据说，{firm.name}自{last:%Y年%m月}起没有为他缴费"
            )
    return found


def watch() -> int:
    """Open a task for each line that looks ended, close those that no longer do, and compare what was paid with today's facts.
    Returns how many look ended; running it again changes nothing."""
    rows = watched()
    said = _ended_insurance(rows) | _ended_work(rows)
    for row in rows:
        if row.pk in said:
            _ask(row, said[row.pk])
        else:
            settling.close_tasks(f"hiring.stopped:{row.pk}:", event=LEFT, outcome="登记已更正，仍在这个单位")
    since = shifted(clock.today(), -LOOKED_BACK)
    claims = HiringClaim.objects.filter(state__in=HiringClaim.GRANTED, last_month__gte=since)
    for claim in claims.select_related("employer", "organization").order_by("id"):
        settling.review(claim=claim, by=None)
    return len(said)


def _ask(row: HiringPerson, ended: Ended) -> Task:
    return taskboard.open_task(
        key=f"hiring.stopped:{row.pk}:{ended.since}",
        title=f"核实{row.person.name}是否还在{row.claim.employer.name}"[:120],
        reason=f"{ended.text}。属实的登记离开，之后停发；不属实的请更正登记。"[:300],
        organization=row.claim.organization,
        person=row.person,
        cleared_by=LEFT,
        url=f"/hiring/rows/{row.pk}/",
    )

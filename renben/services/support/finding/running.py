"""The look over the register: columns in chunks, every search judged at once, findings and tasks brought up to date.

A second run finds nothing new. A run that was cut off is simply run again: every chunk is one transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import transaction

from renben.engines.procedures.models import Case
from renben.engines.rules import columns, searching
from renben.engines.rules.evaluation import ruleset_hash
from renben.engines.rules.parameters import Parameters, load_parameters
from renben.engines.rules.searching import Judged, Search
from renben.kernel import audit, clock, rows
from renben.kernel.models import Person
from renben.services.support.finding import tasks
from renben.services.support.finding.models import Finding, FindingRun

State = Finding.State
CHUNK = 20_000
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('policy.findings'))"
_NEXT = "SELECT id FROM kernel_person WHERE merged_into_id IS NULL AND id > %s ORDER BY id LIMIT %s"


@dataclass
class Sync:
    """Findings of some people brought up to date with one search; `counts` says what happened."""

    search: Search
    on: dt.date
    parameters: Parameters
    counts: Counter[str] = field(default_factory=Counter)

    def run(self, ids: np.ndarray, table: columns.Table) -> None:
        """Judge the people of `ids` (sorted) and write what differs from what is on file."""
        judged = searching.judge(self.search, ids, table, self.on, parameters=self.parameters)
        standing = table[self.search.standing].values
        on_file = _latest(self.search.key, ids)
        wanted = np.flatnonzero(judged.holds & (standing != searching.GRANTED))
        self.counts["found"] += int(wanted.size)
        fresh = [row for row in wanted.tolist() if not self._stands(on_file.get(int(ids[row])), judged, row)]
        people = Person.objects.select_related("organization").in_bulk([int(ids[row]) for row in fresh])
        for row in fresh:
            finding = self._new(people[int(ids[row])], judged, row)
            if standing[row] == searching.APPLIED:
                self._apply(finding)
        holds = set(ids[judged.holds].tolist())
        place = {int(person): row for row, person in enumerate(ids.tolist())}
        for person, finding in on_file.items():
            if finding.is_open:
                self._follow(finding, person in holds, int(standing[place[person]]))

    def _stands(self, finding: Finding | None, judged: Judged, row: int) -> bool:
        """Whether this person's finding is there already: open (then renewed), or ended on the very same facts by a "no"."""
        if finding is None:
            return False
        if finding.is_open:
            self._renew(finding, judged, row)
            return True
        return finding.state == State.DECLINED and finding.facts == digest(judged.rests_on(row))

    def _new(self, person: Person, judged: Judged, row: int) -> Finding:
        finding = Finding(person=person, policy=self.search.key, found_on=self.on)
        self._fill(finding, judged, row)
        finding.save()
        tasks.open_to_tell(finding)
        self.counts["new"] += 1
        return finding

    def _fill(self, finding: Finding, judged: Judged, row: int) -> None:
        inputs = judged.inputs(row)
        found = searching.explain(self.search, inputs, self.on, parameters=self.parameters)
        finding.reason = searching.concluded(self.search, found, inputs, self.on, holds=True)[:400]
        finding.inputs, finding.missing, finding.is_sure = inputs, judged.missing(row), bool(judged.sure[row])
        finding.facts, finding.judged_on = digest(judged.rests_on(row)), self.on

    def _renew(self, finding: Finding, judged: Judged, row: int) -> None:
        """Other facts than when it was found: the reason and what is missing are told anew."""
        if finding.facts == digest(judged.rests_on(row)) or finding.state == State.APPLIED:
            return
        self._fill(finding, judged, row)
        finding.version += 1
        finding.save()
        self.counts["renewed"] += 1

    def _follow(self, finding: Finding, holds: bool, standing: int) -> None:
        """What has become of an open finding, read off the register."""
        if standing == searching.GRANTED:
            end(finding, State.GRANTED, "已办成", on=self.on)
            self.counts["granted"] += 1
        elif standing == searching.APPLIED or _has_open_case(finding):
            self._apply(finding)
        elif not holds:
            end(finding, State.ENDED, "情况有变化，现在不再符合条件", on=self.on)
            self.counts["ended"] += 1
        elif finding.state == State.APPLIED:
            finding.state, finding.version = State.TOLD, finding.version + 1
            finding.save(update_fields=["state", "version"])

    def _apply(self, finding: Finding) -> None:
        if finding.state != State.APPLIED:
            finding.state, finding.applied_on, finding.version = State.APPLIED, self.on, finding.version + 1
            finding.save(update_fields=["state", "applied_on", "version"])
            tasks.clear(finding, "已申请")


def _has_open_case(finding: Finding) -> bool:
    return finding.case_id is not None and finding.case.state == Case.State.OPEN


def digest(facts: Any) -> str:
    """The hash of everything an answer rests on."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def end(finding: Finding, state: str, note: str, *, on: dt.date, by: Any = None, no_reason: str = "") -> None:
    """An open finding comes to its end; its tasks are cleared with the reason."""
    finding.state, finding.ended_on, finding.ended_note = state, on, note[:300]
    finding.ended_by, finding.no_reason, finding.version = by, no_reason, finding.version + 1
    finding.save(update_fields=["state", "ended_on", "ended_note", "ended_by", "no_reason", "version"])
    tasks.clear(finding, note)


def _latest(policy: str, ids: np.ndarray) -> dict[int, Finding]:
    """The newest finding of each of these people for a policy; the open one is always the newest."""
    if not ids.size:
        return {}
    found = Finding.objects.filter(policy=policy, person_id__gte=int(ids[0]), person_id__lte=int(ids[-1]))
    found = found.order_by("person_id", "-id").distinct("person_id").select_related("person__organization", "case")
    inside = set(ids.tolist())
    return {finding.person_id: finding for finding in found if finding.person_id in inside}


def look(ids: np.ndarray, on: dt.date, policies: Iterable[Search]) -> dict[str, Counter[str]]:
    """Bring the findings of some people (sorted keys) up to date, in one transaction with nobody else doing the same."""
    policies = list(policies)
    with transaction.atomic():
        rows.value(_LOCK)
        table = columns.read(ids, on, set().union(*(search.columns for search in policies)))
        parameters, found = load_parameters(), {}
        for search in policies:
            sync = Sync(search, on, parameters)
            sync.run(ids, table)
            found[search.key] = sync.counts
    return found


def _chunks() -> Iterator[np.ndarray]:
    last = 0
    while found := rows.all_of(_NEXT, [last, CHUNK]):
        ids = np.asarray([row[0] for row in found], dtype=np.int64)
        last = int(ids[-1])
        yield ids


def run_all(on: dt.date | None = None) -> FindingRun:
    """Every search over every person; the record of the run shows how far it has come while it goes on.

    An error ends the run as 中断 with its text and is raised again; what the chunks before it wrote stays.
    """
    on = on or clock.today()
    began = time.monotonic()
    total = Person.objects.filter(merged_into=None).count()
    run = FindingRun.objects.create(
        as_of=on, started_at=clock.now(), people_total=total, ruleset=ruleset_hash(), counts={}
    )
    counts: dict[str, Counter[str]] = {search.key: Counter() for search in searching.searches()}
    try:
        for ids in _chunks():
            for key, found in look(ids, on, searching.searches()).items():
                counts[key] += found
            run.people_done += int(ids.size)
            run.counts, run.seconds = counts, time.monotonic() - began
            run.save(update_fields=["people_done", "counts", "seconds"])
    except Exception as error:
        FindingRun.objects.filter(pk=run.pk).update(
            state=FindingRun.State.FAILED, message=str(error)[:300], finished_at=clock.now()
        )
        raise
    run.state, run.finished_at, run.seconds = FindingRun.State.DONE, clock.now(), time.monotonic() - began
    run.save(update_fields=["state", "finished_at", "seconds"])
    audit.record(action="finding.run", subject=f"finding_run:{run.pk}", detail={"people": total, "counts": counts})
    return run

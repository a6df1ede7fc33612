"""A frozen ledger keeps what was sent up; what becomes known later is told as 更正."""

from __future__ import annotations

import datetime as dt
import json

from renben.engines.ledgers import runs
from renben.engines.ledgers.engine import iter_rows
from renben.kernel.models import AuditEvent
from tests import build

DAY = dt.date(2026, 6, 24)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)


def names(rows):
    return sorted(row["name"] for row in rows)


def test_later_events_do_not_correct_a_frozen_day(place, write):
    stays = write.registration(build.person(place.village, "甲"), place.street, BEFORE)
    run = runs.freeze("失业人员管理台帐", DAY, place.street, place.clerk)
    assert (run.slug, names(run.rows), runs.is_intact(run)) == ("unemployment_management", ["甲"], True)
    stays.state, stays.closed_on, stays.close_reason = "closed", AFTER, "hired"
    stays.save()
    write.change(stays, "closed", AFTER, place.street)
    write.registration(build.person(place.village, "乙"), place.street, AFTER)
    assert not runs.corrections(run)


def test_what_became_known_later_is_told(place, write):
    kept, gone = (write.registration(build.person(place.village, n), place.street, BEFORE) for n in "甲乙")
    run = runs.freeze("unemployment_management", DAY, place.street, place.clerk)
    write.registration(build.person(place.village, "迟报"), place.street, BEFORE, recorded=AFTER)
    write.registration(build.person(place.other_village, "外街"), place.other, BEFORE, recorded=AFTER)
    gone.state, gone.closed_on, gone.close_reason = "closed", BEFORE, "died"
    gone.save()
    kept.separated_on = dt.date(2026, 5, 31)
    kept.save()
    found = runs.corrections(run)
    assert found
    assert (names(found.added), names(found.removed)) == (["迟报"], ["乙"])
    assert [(c.row["name"], c.changes) for c in found.changed] == [("甲", (runs.Change("失业日期", "", "2026-05-31"),))]
    run.refresh_from_db()
    assert names(run.rows) == ["乙", "甲"], "定稿本身不变"
    assert runs.is_intact(run)


def test_a_touched_run_shows(place, write):
    write.registration(build.person(place.village, "甲"), place.street, BEFORE)
    run = runs.freeze("unemployment_management", DAY, place.street, place.clerk)
    run.rows[0]["name"] = "丙"
    run.save()
    run.refresh_from_db()
    assert not runs.is_intact(run)


def test_stored_rows_hold_no_full_number(place, write):
    person = build.person(place.village)
    write.paid(place.street, [person], dt.date(2026, 6, 1), 195_000, DAY)
    run = runs.freeze("实发失业保险金人员名录", DAY, place.centre, place.clerk)
    full = next(iter_rows("paid_benefits", as_of=DAY, scope_paths=place.all, full_numbers=True))["id_number"]
    assert len(full) == 18
    assert full not in json.dumps(run.rows)
    assert run.rows[0]["fen"] == 195_000
    entry = AuditEvent.objects.get(action="ledger.freeze")
    assert entry.subject == f"ledger_run:{run.pk}"
    assert not runs.corrections(run)

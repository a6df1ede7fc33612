"""Subsidies seen by the rules engine: a figure compared over running subsidies, a decision made again, a fact corrected."""

from __future__ import annotations

import pytest

from renben.engines.rules import changing, reviewing
from renben.engines.rules.parameters import from_files
from renben.engines.rules.register import compare, populations_of
from renben.kernel import events
from renben.kernel.models import Task
from renben.services.support.models import SubsidyMonth
from tests.services.support.conftest import MONTH_FEN, day

pytestmark = pytest.mark.django_db

RATE = "subsidy.self_flexible.pension_rate"
MAY = day("2007-05-01")


def months(parameter: str):
    return next(one for one in populations_of(parameter) if one.key == "subsidy.months")


def test_what_a_month_costs_is_what_would_be_paid(office):
    """All insurances of the months from the day on, and not one fen of those not asked for."""
    subsidy = office.drawing()
    other = office.drawing(office.person("李桂兰"), insurances=["pension"], number="6222020200112241")
    files = from_files()
    outcome = compare(months(RATE), before=files, after=files, on=MAY)
    for one in (subsidy, other):
        place = outcome.person.tolist().index(one.person_id)
        planned = one.months.filter(month__gte=MAY, amount_fen__isnull=False)
        known = sum(planned.order_by("month").values_list("amount_fen", flat=True))
        assert outcome.unknown[place] or outcome.before[place] == known, one.person.name
    assert not outcome.changed.any()


def test_a_higher_rate_raises_whoever_has_that_insurance(office):
    office.drawing()
    without = office.drawing(office.person("李桂兰"), insurances=["medical"], number="6222020200112241")
    files = from_files()
    held = files[RATE].at(MAY).value
    SubsidyMonth.objects.filter(month__gte=day("2008-01-01")).delete()
    outcome = compare(months(RATE), before=files, after=files.what_if(RATE, round(held + 0.01, 2), from_on=MAY), on=MAY)
    assert not outcome.unknown.any(), (outcome.before, outcome.after)
    gains = dict(zip(outcome.person.tolist(), outcome.gains.tolist(), strict=True))
    assert sum(gains.values()) == 1 and not gains[without.person_id]


def test_a_decision_made_again_is_the_same(office):
    subsidy = office.apply()
    subsidy.determination.refresh_from_db()
    found = reviewing.review(subsidy.determination)
    assert found.is_same, found
    kind = reviewing.kind_of(subsidy.determination)
    assert kind.said(subsidy.determination.result).startswith(f"您可享受{subsidy.months_granted}个月")


def test_a_birth_date_corrected_later_becomes_a_task(office):
    """Too young by the right date: the subsidy stays as it was granted, the office is asked."""
    subsidy = office.apply()
    person = subsidy.person
    person.birth_on = day("1975-03-08")
    person.save()
    events.emit(events.PersonFactsChanged(person.pk, ("birth_on",)))
    task = Task.objects.get(key__startswith=f"determination.changed:{subsidy.determination_id}:")
    assert "出生日期由“1960-03-08”改为“1975-03-08”" in task.reason and "是否符合条件会由“是”变为“否”" in task.reason
    subsidy.refresh_from_db()
    assert subsidy.state == "applied" and subsidy.determination.result["eligible"]


def test_a_month_on_a_list_settles_the_figure(office):
    subsidy = office.drawing()
    office.debit(subsidy, "2007-04")
    office.go("2007-05-10")
    made = office.lists("2007-04")
    assert made.batch.total_fen == MONTH_FEN
    assert changing.decided_until(RATE) >= day("2007-04-01")

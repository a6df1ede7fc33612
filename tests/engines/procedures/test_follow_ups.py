"""Follow-ups: the day they fall due, the events that clear and end them, and the check that every event is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.procedures import actions, catalogue, followups, registry
from renben.engines.procedures.check import check_all
from renben.engines.procedures.models import FollowUp
from renben.kernel import duedates
from renben.kernel.calendar_table import current as calendar_in_force
from renben.kernel.positions import shift_months

from .conftest import done, step

DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2026, 9, 30))
LENGTHS = {"day": 45, "week": 8, "month": 6}


@pytest.fixture(scope="module")
def frozen_calendar(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return calendar_in_force()


def written(after: dt.date, n: int, unit: str, k: int) -> dt.date:
    """The k-th written day of a recurrence, by hand."""
    if unit == "month":
        return shift_months(after, n * k)
    return after + dt.timedelta(days=n * k * (7 if unit == "week" else 1))


@given(after=DAYS, unit=st.sampled_from(sorted(LENGTHS)), data=st.data())
def test_a_recurring_visit_moves_the_way_its_owner_is_owed(after, unit, data, frozen_calendar):
    """D-04 against a brute-force twin: the office's duty earlier, a citizen's right later, always a working day ahead."""
    n = data.draw(st.integers(1, LENGTHS[unit]))
    for toward, move in (("earlier", frozen_calendar.previous_workday), ("later", frozen_calendar.next_workday)):
        found = followups.due_after(duedates.Every(n, unit, toward=toward), after, frozen_calendar)
        k = next(k for k in range(1, 60) if move(written(after, n, unit, k)) > after)
        assert found == move(written(after, n, unit, k))
        assert frozen_calendar.is_workday(found) and found > after
        assert (found <= written(after, n, unit, k)) == (toward == "earlier" or found == written(after, n, unit, k))


@given(after=DAYS, toward=st.sampled_from(["earlier", "later"]))
def test_a_month_end_is_never_passed_over(after, toward, frozen_calendar):
    found = followups.due_after(duedates.By("month", "月末", 0, toward), after, frozen_calendar)
    move = frozen_calendar.previous_workday if toward == "earlier" else frozen_calendar.next_workday
    ends = [shift_months(after.replace(day=1), k) - dt.timedelta(days=1) for k in range(4)]
    assert found == next(move(end) for end in ends if end > after and move(end) > after)


def contacted(world):
    case = world.at_registration()
    done(world.register(case))
    done(actions.act(step_id=step(case, "dynamic_record").pk, outcome="done", by=world.clerk))
    return case


def test_the_work_that_ends_a_follow_up_ends_it(world):
    """J-4.2.2 registers the employment of somebody whom the street had to call every month."""
    case = contacted(world)
    assert FollowUp.objects.get(case=case).cleared_at is None
    job = actions.start(procedure_id="J-4.2.2", organization=world.street, by=world.clerk, person=case.person)
    register = job.steps.create(
        key="register", position=2, title="就业登记", role="counter", roles=["counter"], organization=world.street,
        opened_at=job.opened_at,
    )  # fmt: skip
    job.steps.filter(key="check").update(state="done")
    data = {"employed_on": "2026-11-23", "work_place": "顺义", "job": "包装工", "is_local": False}
    done(actions.act(step_id=register.pk, outcome="done", by=world.clerk, data=data))
    ended = FollowUp.objects.get(case=case)
    assert (ended.outcome, ended.cleared_by_event) == ("ended", "PersonPlaced")
    done(actions.undo(step_id=register.pk, by=world.clerk))
    assert FollowUp.objects.get(case=case).cleared_at is None, "taken back with the act"


def test_each_follow_up_says_which_one_it_is(world):
    case = contacted(world)
    for number in (1, 2, 3):
        row = followups.counted(case.follow_ups.filter(cleared_at=None)).get()
        assert row.nth == number
        actions.record_follow_up(follow_up_id=row.pk, outcome="done", note="已联系", by=world.clerk)


def problems_with(change) -> list[str]:
    """What the check says of the real catalogue after a change to its events or to one procedure."""
    found = catalogue.load(Path(settings.CATALOG_DIR))
    return [problem for problem in check_all(change(found)) if "事件" in problem]


def with_step(found, procedure_id: str, key: str, **update):
    procedure = found.procedures[procedure_id]
    steps = [one.model_copy(update=update) if one.key == key else one for one in procedure.steps]
    changed = procedure.model_copy(update={"steps": steps})
    return catalogue.Catalogue(
        found.procedures | {procedure_id: changed}, found.anchors, found.soft_limits, found.files, found.events
    )


def test_the_catalogue_as_it_is_tells_every_event():
    assert problems_with(lambda found: found) == []


def test_an_event_nobody_tells_or_nobody_knows_is_refused(monkeypatch):
    monkeypatch.setattr(registry, "_events", {**registry.told_events()})
    registry._events.pop("PersonContacted")
    told = problems_with(lambda found: found)
    assert told == ["事件 PersonContacted 有跟踪在等，却没有哪个办理结果或业务模块会告诉平台"]
    registry.declare_event("PersonContacted", ["renben.services.registration.contacts:nothing"])
    assert problems_with(lambda found: found) == [
        "事件 PersonContacted：模块 renben.services.registration.contacts 中没有 nothing"
    ]
    registry.declare_event("PersonMarried", [])
    assert "业务模块 的事件 PersonMarried 不在 catalog/events.yaml 中" in problems_with(lambda found: found)


def test_a_misspelt_event_is_refused_where_it_stands():
    def misspelt(found):
        rule = found.procedures["J-4.2.1"].step("dynamic_record").follow_ups[0]
        wrong = rule.model_copy(update={"ends_with": ["PersonPlaced", "PersonDeregisterd"]})
        return with_step(found, "J-4.2.1", "dynamic_record", follow_ups=[wrong])

    problems = problems_with(misspelt)
    assert (
        "J-4.2.1/dynamic_record：跟踪 monthly_contact 的事件 PersonDeregisterd 不在 catalog/events.yaml 中" in problems
    )
    assert "events.yaml：事件 PersonDeregistered 没有任何跟踪在等" in problems


def test_an_outcome_that_tells_an_unknown_event_is_refused():
    def boastful(found):
        step = found.procedures["J-4.2.2"].step("register")
        outcomes = [o.model_copy(update={"emits": [*o.emits, "Everything"]}) for o in step.outcomes]
        return with_step(found, "J-4.2.2", "register", outcomes=outcomes)

    assert "J-4.2.2/register：办理结果 done 的事件 Everything 不在 catalog/events.yaml 中" in problems_with(boastful)

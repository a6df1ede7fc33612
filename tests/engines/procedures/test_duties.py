"""Recurring duties: they open by themselves, once, at the right time; late ones are explained and still done."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.procedures import actions, deadlines, duties, queries
from renben.engines.procedures.contracts import Blocked, Done
from renben.engines.procedures.models import Case, CaseStep
from renben.engines.procedures.schema import Duty
from renben.kernel.models import Organization
from renben.kernel.positions import PERIODS, period_start
from renben.kernel.workcalendar import WorkCalendar
from tests import build

LIBRARY = WorkCalendar.from_library()


def duty(period: str, **more) -> Duty:
    return Duty(key="d", title="职责", period=period, covers=[], steps=["a"], **more)


@given(
    period=st.sampled_from([*PERIODS]),
    since=st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 1)),
    days=st.integers(0, 500),
)
def test_each_period_opens_once_and_none_is_left_out(period, since, days):
    until = since + dt.timedelta(days=days)
    found = [start for start, _ in duties.openings(duty(period), since, until, LIBRARY)]
    assert found == sorted(set(found))
    assert found == sorted({period_start(since + dt.timedelta(days=n), period) for n in range(days + 1)})


def test_a_daily_duty_is_owed_on_working_days():
    week = [start for start, _ in duties.openings(duty("day"), dt.date(2026, 11, 20), dt.date(2026, 11, 23), LIBRARY)]
    assert week == [dt.date(2026, 11, 20), dt.date(2026, 11, 23)]


def test_a_duty_with_a_day_of_opening_waits_for_it():
    late = duty("quarter", opens="末月1日")
    assert not list(duties.openings(late, dt.date(2026, 10, 1), dt.date(2026, 11, 30), LIBRARY))
    ((start, opens),) = duties.openings(late, dt.date(2026, 10, 1), dt.date(2026, 12, 1), LIBRARY)
    assert (start, opens) == (dt.date(2026, 10, 1), dt.date(2026, 12, 1))


def test_only_the_months_named_are_owed():
    winter = duty("month", months=[11, 12])
    found = [s.month for s, _ in duties.openings(winter, dt.date(2026, 1, 1), dt.date(2026, 12, 31), LIBRARY)]
    assert found == [11, 12]


@pytest.mark.parametrize(
    ("period", "start", "text"),
    [
        ("year", dt.date(2026, 1, 1), "2026年"),
        ("half_year", dt.date(2026, 7, 1), "2026年下半年"),
        ("quarter", dt.date(2026, 10, 1), "2026年第四季度"),
        ("month", dt.date(2026, 11, 1), "2026年11月"),
        ("week", dt.date(2026, 11, 23), "2026年第48周（11月23日起）"),
        ("day", dt.date(2026, 11, 23), "2026年11月23日"),
    ],
)
def test_a_period_in_words(period, start, text):
    assert duties.period_text(period, start) == text


@pytest.mark.django_db
class TestOpening:
    def test_every_office_of_the_tier_gets_its_case_and_a_second_run_opens_nothing(self, world):
        first = duties.open_due()
        streets = Organization.objects.filter(tier="street", is_active=True).count()
        cases = Case.objects.filter(procedure_id="J-4.1.3", duty="quarterly_report")
        assert cases.count() == streets
        assert {case.period_on for case in cases} == {dt.date(2026, 10, 1)}
        assert all(case.opened_by is None for case in cases)
        again = duties.open_due()
        assert (again.opened, again.standing) == (0, first.opened)

    def test_days_on_which_nothing_ran_are_made_up_for(self, world):
        duties.open_due()
        before = Case.objects.filter(procedure_id="C-9.2.1").count()
        with time_machine.travel(dt.datetime(2026, 11, 26, 9, tzinfo=deadlines.duedates.SHANGHAI), tick=False):
            duties.open_due()
        villages = Organization.objects.filter(tier="community").count()
        assert Case.objects.filter(procedure_id="C-9.2.1").count() == before + 3 * villages

    def test_an_office_that_is_new_gets_the_running_period(self, world):
        duties.open_due()
        village = world.district.villages[0]
        Organization.objects.create(
            name="新建社区就业服务站", short_name="新建社区", tier="community", region=village.region,
            parent=village.parent, path=f"{village.parent.path}777/",
        )  # fmt: skip
        duties.open_due()
        assert Case.objects.filter(opened_organization__short_name="新建社区", procedure_id="C-9.2.1").count() == 1

    def test_the_dates_are_those_of_the_period(self, world):
        """J-4.1.3: analysed by the 20th of the last month, published by the 5th of the next quarter (D-04)."""
        duties.open_due()
        case = Case.objects.filter(procedure_id="J-4.1.3", duty="quarterly_report", organization=world.street).get()
        step = case.steps.get()
        assert step.due_on == dt.date(2026, 12, 18)  # the 20th is a Sunday: earlier
        assert step.raw_due_on == dt.date(2026, 12, 20)

    def test_a_duty_of_its_own_step_opens_beside_the_cases_of_people(self, world):
        duties.open_due()
        case = Case.objects.filter(
            procedure_id="J-4.2.1", duty="weekly_archive_collection", organization=world.street
        ).get()
        (step,) = case.steps.all()
        assert step.due_on == dt.date(2026, 11, 25)  # 每周二或周三
        assert [s.key for s in queries.procedure_of(case).steps_of(case.duty)] == [step.key]

    @pytest.mark.parametrize(
        ("procedure_id", "days"),
        [
            ("Q-2.1.6", {"council": "2027-01-26", "written": "2027-02-28", "report_up": "2027-03-05"}),
            ("Q-2.1.2", {"printed": "2027-03-31", "report_up": "2027-03-10"}),
        ],
    )
    def test_a_matter_that_crosses_new_year_keeps_its_days_of_the_next_year(self, world, procedure_id, days):
        """The survey of 2026 is reported in March 2027, however late a step of it is opened (or opened again)."""
        duties.open_due()
        case = Case.objects.get(procedure_id=procedure_id, organization=world.centre, period_on=dt.date(2026, 1, 1))
        procedure = queries.procedure_of(case)
        term = deadlines.term_of(procedure, case)
        for opened_on in (dt.date(2026, 11, 23), dt.date(2027, 2, 8)):
            written = {
                entry["key"]: entry["raw_due_on"]
                for step in procedure.steps_of(case.duty)
                for entry in deadlines.clock_of(procedure, step.key, anchors={}, opened_on=opened_on, term=term).limits
                if entry["state"] == deadlines.RUNNING and entry["key"] in days
            }
            assert written == days

    def test_what_is_planned_can_be_seen_before_it_opens(self, world):
        plans = duties.planned("street", dt.date(2027, 1, 1), dt.date(2027, 1, 31))
        assert ("J-4.1.3", "quarterly_report", dt.date(2026, 10, 1)) in {
            (p.procedure.id, p.duty.key, p.period_on) for p in plans
        }
        assert [p.due.on for p in plans] == sorted(p.due.on for p in plans)

    def test_late_work_asks_for_a_reason_and_is_still_done(self, world):
        duties.open_due()
        case = Case.objects.filter(
            procedure_id="J-4.2.1", duty="weekly_archive_collection", organization=world.street
        ).get()
        step, clerk = case.steps.get(), build.staff("counter", world.street)
        data = _typed(step)
        with time_machine.travel(dt.datetime(2026, 11, 27, 9, tzinfo=deadlines.duedates.SHANGHAI), tick=False):
            refused = actions.act(step_id=step.pk, outcome="done", by=clerk, data=data)
            assert isinstance(refused, Blocked)
            assert [r.code for r in refused.reasons] == ["explain_delay"]
            done = actions.act(step_id=step.pk, outcome="done", by=clerk, data=data, reason="周三区里停电，周五补提")
        assert isinstance(done, Done)
        step.refresh_from_db()
        assert step.reason == "周三区里停电，周五补提"


def _typed(step: CaseStep) -> dict:
    spec = queries.procedure_of(step.case).step(step.key)
    made = {"date": "2026-11-23", "int": 3, "number": 3, "bool": True, "money_fen": 100}
    typed = {}
    for field in spec.fields:
        if field.type in ("choice", "choices"):
            typed[field.name] = field.choices[0].value
        elif field.type == "rows":
            typed[field.name] = [{c.name: made.get(c.type, "如实") for c in field.columns if c.type != "choice"}]
        elif field.type != "files":
            typed[field.name] = made.get(field.type, "如实记录")
    return typed

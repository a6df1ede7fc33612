"""Steps that are done again and again: counted by the engine, dated without drift, ended by number, condition or choice."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.procedures import actions, queries
from renben.engines.procedures.models import Case, CaseStep
from tests import build

from .conftest import codes, done, step

CERTIFICATE = {"certificate_on": "2026-10-31", "startup_certificate_number": "SYCY-2026-0042"}
VISIT = {"guided_on": "2026-11-23", "guidance_way": "phone", "guidance_note": "店面已租好"}


@pytest.fixture
def worker(world):
    return world.district.staff("case_worker", world.street)


@pytest.fixture
def case(world, worker):
    return actions.start(procedure_id="J-5.4.4", organization=world.street, by=worker, person=world.person())


def guide(case, worker, reason="", **data):
    return actions.act(step_id=step(case, "track").pk, outcome="guided", by=worker, data=VISIT | data, reason=reason)


def rounds(case, key="track") -> list[CaseStep]:
    return list(case.steps.filter(key=key).order_by("id"))


def test_six_visits_counted_from_the_certificate_lead_on_by_themselves(case, worker, frozen_time):
    first = step(case, "track")
    assert (first.nth, first.due_on) == (1, None), "nobody knows yet when the certificate was obtained"
    done(guide(case, worker, **CERTIFICATE))
    dues = []
    for day in ("2026-12-31", "2027-01-20", "2027-02-26", "2027-03-31", "2027-04-29"):
        dues.append(step(case, "track").due_on)
        frozen_time.move_to(f"{day} 10:00:00+08:00")
        done(guide(case, worker, guided_on=day))
    # 31 January, 28 February 2027 are Sundays: a duty of the office moves earlier, and the day never drifts.
    assert dues == [
        dt.date(2026, 12, 31),
        dt.date(2027, 1, 29),
        dt.date(2027, 2, 26),
        dt.date(2027, 3, 31),
        dt.date(2027, 4, 30),
    ]
    assert [row.nth for row in rounds(case)] == [1, 2, 3, 4, 5, 6]
    assert {row.state for row in rounds(case)} == {"done"}
    assert step(case, "lead").state == "ready"


def test_each_round_asks_anew_and_keeps_what_stands(case, worker):
    done(guide(case, worker, **CERTIFICATE))
    again = step(case, "track")
    spec = queries.procedure_of(case).step("track")
    assert {f.name for f in spec.fields_in(1)} - {f.name for f in spec.fields_in(2)} == set(CERTIFICATE)
    known = queries.known_values(again)
    assert known["guidance_note"] is None, "last month's words are not this month's"
    answer = actions.act(step_id=again.pk, outcome="guided", by=worker, data={"guided_on": "2026-11-23"}, reason="补记")
    assert codes(answer) == {"field_missing"}
    answer = actions.act(step_id=again.pk, outcome="guided", by=worker, data=VISIT | CERTIFICATE, reason="补记")
    assert codes(answer) == {"unknown_field"}
    done(guide(case, worker, reason="补记", guidance_note="开始装修"))
    assert [row.data["values"]["guidance_note"] for row in rounds(case)[:2]] == ["店面已租好", "开始装修"]
    case.refresh_from_db()
    assert case.data["certificate_on"] == "2026-10-31"
    assert case.data["guidance_note"] == "开始装修"


def test_a_round_before_its_time_is_explained(case, worker):
    done(guide(case, worker, **CERTIFICATE | {"certificate_on": "2026-11-20"}))
    assert codes(guide(case, worker)) == {"explain_early"}, "the second visit belongs to the second month"
    done(guide(case, worker, reason="本人下月出国，提前上门"))


def test_who_is_late_catches_up_without_explaining(case, worker):
    done(guide(case, worker, **CERTIFICATE | {"certificate_on": "2026-05-11"}))
    late = step(case, "track")
    assert (late.nth, late.due_on) == (2, dt.date(2026, 7, 10)), "a missed month stays open"
    for _ in range(5):
        done(guide(case, worker))
    assert step(case, "lead").state == "ready"


def test_the_same_round_twice_is_one_round(case, worker):
    first = step(case, "track")
    answer = {"step_id": first.pk, "outcome": "guided", "by": worker, "data": VISIT | CERTIFICATE}
    done(actions.act(**answer))
    assert done(actions.act(**answer)).replayed
    assert [row.nth for row in rounds(case)] == [1, 2]


def test_a_round_taken_back_does_not_count(case, worker):
    done(guide(case, worker, **CERTIFICATE))
    first, second = rounds(case)
    done(actions.undo(step_id=first.pk, by=worker))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.nth, second.state) == ("ready", 1, "cancelled")
    case.refresh_from_db()
    assert "guidance_note" not in case.data
    done(actions.act(step_id=first.pk, outcome="guided", by=worker, data=VISIT | CERTIFICATE))
    assert [(row.nth, row.state) for row in rounds(case)] == [(1, "done"), (2, "cancelled"), (2, "ready")]


def test_sent_back_for_more_visits_the_count_goes_on(case, worker):
    done(guide(case, worker, **CERTIFICATE | {"certificate_on": "2026-01-05"}))
    for _ in range(5):
        done(guide(case, worker))
    done(actions.act(step_id=step(case, "lead").pk, outcome="more", by=worker, reason="生意不稳，再跟一段"))
    assert (step(case, "track").nth, step(case, "track").state) == (7, "ready")
    done(guide(case, worker))
    assert step(case, "lead").state == "ready"


def test_the_certificates_day_comes_from_the_training_that_gave_it(world, worker):
    training = actions.start(
        procedure_id="J-5.4.4",
        organization=world.street,
        by=worker,
        person=world.person("周立"),
        data={"certificate_on": "2026-11-02"},
        anchors={"startup_certificate_obtained": "2026-11-02"},
    )
    assert step(training, "track").due_on == dt.date(2026, 12, 2)
    assert queries.known_values(step(training, "track"))["certificate_on"] == "2026-11-02"


# A step with a condition: once more while it holds


def employer_case(world):
    worker = world.district.staff("community_worker", world.district.villages[0])
    case = actions.start(
        procedure_id="C-8.1.2.1",
        organization=world.district.villages[0],
        by=worker,
        employer=build.employer(world.district.villages[0]),
    )
    jobs = [{"job": "包装工", "openings": 2, "requirement": "能上夜班", "pay": "4500元"}]
    talked = {"jobs_offered": jobs, "work_environment": "厂内食宿", "recruit_by": "2026-12-31"}
    advice = {"recruit_ways": ["website"], "wage_low_fen": 400000, "wage_high_fen": 500000}
    people = [{"name": "王宁", "job": "包装工", "phone": "13900000000"}]
    matched = {"recommended_people": people, "roster_receiver": "刘经理"}
    for key, data in (("talk", talked), ("guide", advice), ("match", matched)):
        done(actions.act(step_id=step(case, key).pk, outcome="done", by=worker, data=data))
    return case, worker


def limit(row: CaseStep, key: str) -> dict:
    return next(entry for entry in row.limits if entry["key"] == key)


def test_one_step_holds_three_clocks_each_in_its_round_and_case(world):
    case, worker = employer_case(world)
    asking = step(case, "follow_up")
    assert limit(asking, "ask_employer")["due_on"] == "2026-12-02", "7 working days after the roster"
    assert limit(asking, "visit_hired")["state"] == "other", "a visit of the second round"
    assert limit(asking, "report_failed")["state"] == "pending", "nobody knows yet"
    hired = {
        "employer_asked_on": "2026-11-23",
        "recruit_result": "hired",
        "recruited_on": "2026-11-20",
        "hired_people": [{"name": "王宁", "job": "包装工"}],
    }
    visited = actions.act(step_id=asking.pk, outcome="visited", by=worker, data=hired)
    assert codes(visited) == {"unknown_outcome"}, "the visit comes later"
    done(actions.act(step_id=asking.pk, outcome="done", by=worker, data=hired))
    visit = step(case, "follow_up")
    assert (visit.nth, visit.due_on) == (2, dt.date(2026, 12, 21)), "a month after 20 November; 20 December is a Sunday"
    assert limit(visit, "ask_employer")["state"] == limit(visit, "report_failed")["state"] == "other"
    told = [{"name": "王宁", "state": "熟练", "guidance": "安全操作"}]
    data = {"new_staff_visited_on": "2026-11-23", "still_working": 1, "new_staff_guidance": told}
    done(actions.act(step_id=visit.pk, outcome="visited", by=worker, data=data | {"service_entered_on": "2026-11-23"}))
    case.refresh_from_db()
    assert (case.state, case.outcome) == (Case.State.DONE, "visited")


def test_without_the_condition_there_is_no_second_round(world):
    case, worker = employer_case(world)
    failed = {
        "employer_asked_on": "2026-11-23",
        "recruit_result": "not_hired",
        "not_recruited_reason": "工资低",
    }
    done(actions.act(step_id=step(case, "follow_up").pk, outcome="done", by=worker, data=failed))
    case.refresh_from_db()
    assert case.state == Case.State.DONE
    assert Case.objects.get(parent=case).procedure_id == "J-5.3.3"


# A step without an end of its own: until somebody says so, with what each round opens beside it


@pytest.fixture
def self_employed(world):
    worker = world.district.staff("community_worker", world.district.villages[0])
    case = actions.start(
        procedure_id="C-7.1.2.2", organization=world.district.villages[0], by=worker, person=world.person()
    )
    data = {
        "self_work_kind": "business",
        "enjoyed_policy": "社会保险补贴",
        "work_content": "早点铺",
        "business_condition": "平稳",
        "work_quality": "stable",
    }
    done(actions.act(step_id=step(case, "register").pk, outcome="done", by=worker, data=data))
    return case, worker


CALL = {"self_visited_on": "2026-11-23", "condition_change": "加了一个伙计", "work_intention": "继续经营"}
TROUBLE = {"self_problem_on": "2026-11-20", "self_problem_text": "房租涨价", "self_problem_told_on": "2026-11-23"}


def test_a_quarterly_visit_is_filed_each_time_and_a_problem_does_not_make_the_next_one_late(self_employed):
    case, worker = self_employed
    assert step(case, "visit").due_on == dt.date(2027, 2, 23)
    found = CALL | TROUBLE | {"self_work_problem": True}
    done(actions.act(step_id=step(case, "visit").pk, outcome="done", by=worker, data=found))
    assert step(case, "file").state == "ready"
    following = step(case, "visit")
    assert (following.nth, following.due_on) == (2, dt.date(2027, 2, 23)), (
        "a quarter after this visit, not the day after"
    )
    assert limit(following, "report_problem")["state"] == "pending"
    case.refresh_from_db()
    assert "self_work_problem_found" not in case.anchors


def test_ending_needs_its_own_reason(self_employed):
    case, worker = self_employed
    row, plain = step(case, "visit"), CALL | {"self_work_problem": False}
    answer = actions.act(step_id=row.pk, outcome="ended", by=worker, data=plain)
    assert codes(answer) == {"field_missing"} and "为什么不再跟踪" in str(answer)
    ended = plain | {"self_tracking_ended_because": "已到单位就业"}
    done(actions.act(step_id=row.pk, outcome="ended", by=worker, data=ended))
    assert not case.steps.filter(key="visit", state="ready").exists()
    assert step(case, "file").state == "ready"


# Conditions of limits


def test_only_the_limit_of_the_persons_class_runs_and_follows_a_change_of_class(world):
    worker = world.district.staff("community_worker", world.district.villages[0])
    case = actions.start(
        procedure_id="C-8.4.4",
        organization=world.district.villages[0],
        by=worker,
        person=world.person(),
        data={"stability": "stable"},
    )
    revisited = {
        "hired_on": "2026-11-10",
        "stable_revisited_on": "2026-11-23",
        "job_now": "working",
        "monthly_income_fen": 350000,
        "insurance_paid": ["pension"],
        "policies_enjoyed": "无",
        "reminded_rules": "加班工资",
    }
    record = {"handbook_situation": "在岗", "handbook_guidance": "适应岗位", "handbook_on": "2026-11-23"}
    seen = {"workplace_visited_on": "2026-11-23", "told_by_employer": "班长", "job_performance": "好"}
    for key, data in (
        ("revisit", revisited),
        ("record", record),
        ("workplace", seen | {"job_shortcomings": "手慢"}),
    ):
        done(actions.act(step_id=step(case, key).pk, outcome="done", by=worker, data=data))
    base = {"class_visited_on": "2026-11-23", "class_visit_state": "一切正常", "stability_reason": "签了长期合同"}
    done(actions.act(step_id=step(case, "classify").pk, outcome="visited", by=worker, data=base))
    running = [entry["key"] for entry in step(case, "classify").limits if entry["state"] == "running"]
    assert running == ["monthly"]
    family = {"stability": "family", "family_now": "母亲住院", "on_job_guidance": "调班", "second_help": "就近岗位"}
    done(actions.act(step_id=step(case, "classify").pk, outcome="visited", by=worker, data=base | family))
    row = step(case, "classify")
    assert [entry["key"] for entry in row.limits if entry["state"] == "running"] == ["weekly"]
    assert row.due_on == dt.date(2026, 11, 30)

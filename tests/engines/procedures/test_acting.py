"""One step at a time: what is asked, what is refused, what happens twice, who may."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connections

from renben.engines.procedures import actions, queries, registry
from renben.engines.procedures.contracts import Done, Reason
from renben.engines.procedures.models import CaseStep, EvidenceItem, StepEvent
from renben.kernel.models import AuditEvent, Delegation
from tests import build

from .conftest import codes, done, make_world, step
from .test_journey import review


def test_an_approving_outcome_needs_the_field_and_the_papers(world, stage):
    case = world.archive_case()
    first = step(case, "review")
    assert codes(actions.act(step_id=first.pk, outcome="done", by=world.reviewer)) == {
        "field_missing",
        "condition_unknown",
        "evidence_missing",
    }
    answer = actions.act(step_id=first.pk, outcome="done", by=world.reviewer, data={"archive_source": "college"})
    assert [reason.text for reason in answer.reasons] == [
        "还缺“普通高等学校、普通中等专业学校毕业生及退学学生档案”",
        "还缺“个人提交的相关材料”",
    ]
    assert stage.ran == []


@pytest.mark.parametrize(
    ("prior_status", "paper"),
    [
        ("employed", "用人单位终止解除劳动关系（聘用关系）的书面证明复印件"),
        ("business", "个体工商户或企业的注销证明复印件"),
        ("flexible", "社区（村）出具的中止灵活就业的书面证明复印件"),
        ("first_time", None),
    ],
)
def test_one_of_three_proofs_is_asked_by_prior_status(world, prior_status, paper):
    case = world.at_registration()
    register = step(case, "register")
    register.case.data |= {"prior_status": prior_status, "is_hardship": True}
    needed = [line.name for line in queries.checklist(register) if line.is_needed]
    assert [name for name in needed if "证明复印件" in name] == ([paper] if paper else [])
    assert "就业困难人员的身份证明材料复印件" in needed
    register.case.data["is_hardship"] = False
    assert "就业困难人员的身份证明材料复印件" not in [n.name for n in queries.checklist(register) if n.is_needed]


def test_a_paper_of_another_prior_status_does_not_do(world):
    case = world.at_registration()
    answer = world.register(case, prior_status="flexible")
    assert [r.text for r in answer.reasons] == ["还缺“社区（村）出具的中止灵活就业的书面证明复印件”"]


def test_waived_and_unknown_evidence(world):
    case = world.archive_case()
    keep = {"case_id": case.pk, "step_key": "review", "by": world.reviewer}
    assert codes(actions.receive_evidence(name="个人提交的相关材料", state="waived", **keep)) == {"reason_missing"}
    assert codes(actions.receive_evidence(name="存折", **keep)) == {"unknown_evidence"}
    assert codes(
        actions.receive_evidence(name="个人提交的相关材料", state="deferred", due_on=dt.date(2026, 12, 1), **keep)
    ) == {"not_deferrable"}
    item = actions.receive_evidence(name="个人提交的相关材料", state="waived", note="系统已有电子件", **keep)
    assert item.state == EvidenceItem.State.WAIVED
    actions.receive_evidence(name="失业人员档案", **keep)
    assert case.evidence.count() == 2
    done(
        actions.act(
            step_id=step(case, "review").pk, outcome="done", by=world.reviewer, data={"archive_source": "employer"}
        )
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"archive_source": "天上"}, "bad_field"),
        ({"archive_source": "employer", "salary": 1}, "unknown_field"),
    ],
)
def test_a_wrong_or_foreign_value_never_enters_a_case(world, data, code):
    case = world.archive_case()
    answer = actions.act(step_id=step(case, "review").pk, outcome="done", by=world.reviewer, data=data)
    assert codes(answer) == {code}
    case.refresh_from_db()
    assert case.data == {}


def test_form_strings_become_typed_facts(world):
    case = world.at_registration()
    done(
        world.register(
            case, is_hardship="否", wants_benefit="false", wants_job_service="on", unemployed_on="2026-11-02"
        )
    )
    case.refresh_from_db()
    assert case.data["is_hardship"] is False
    assert case.data["wants_job_service"] is True
    assert case.data["unemployed_on"] == "2026-11-02"
    assert step(case, "job_service").state == "ready"
    assert step(case, "benefit").state == "skipped"


def test_a_known_fact_is_not_asked_again(world, monkeypatch):
    monkeypatch.setattr(registry, "_sources", {"archive.source": lambda case: "employer"})
    case = world.archive_case()
    first = step(case, "review")
    assert queries.known_values(first) == {"archive_source": "employer"}
    done(
        actions.act(
            step_id=first.pk, outcome="done", by=world.reviewer, received=["失业人员档案", "个人提交的相关材料"]
        )
    )
    case.refresh_from_db()
    assert case.data["archive_source"] == "employer"


def test_the_second_identical_act_answers_what_the_first_answered(world, stage):
    case = world.archive_case()
    first = done(review(world, case))
    trail = AuditEvent.objects.count(), StepEvent.objects.count()
    again = done(review(world, case))
    assert again.replayed and (again.outcome, again.refs) == (first.outcome, first.refs)
    assert (AuditEvent.objects.count(), StepEvent.objects.count()) == trail
    assert stage.names() == ["archives.review"]
    other = actions.act(step_id=step(case, "review").pk, outcome="refused", by=world.reviewer)
    assert codes(other) == {"step_done"}


def test_an_unknown_outcome_or_step_is_a_sentence_not_an_exception(world):
    case = world.archive_case()
    assert codes(actions.act(step_id=step(case, "review").pk, outcome="promoted", by=world.reviewer)) == {
        "unknown_outcome"
    }
    assert codes(actions.act(step_id=987654321, outcome="done", by=world.reviewer)) == {"not_found"}


def test_a_guard_that_objects_or_is_unknown_stops_the_act(world, monkeypatch):
    case = world.at_registration()
    objection = Reason("too_young", "本人未满16周岁", "请核对出生日期")
    monkeypatch.setitem(registry._guards, "registration.conditions", lambda context: [objection])
    monkeypatch.delitem(registry._checked, "registration.register_unemployment")
    assert world.register(case).reasons == [objection]
    monkeypatch.delitem(registry._guards, "registration.conditions")
    assert codes(world.register(case)) == {"guard_unknown"}
    assert "guard_unknown" in {reason.code for reason in queries.blocked_by(step(case, "register"), by=world.clerk)}


def test_what_the_action_checks_itself_is_not_asked_just_before_it(world, monkeypatch):
    asked = []
    monkeypatch.setitem(registry._guards, "registration.conditions", lambda context: asked.append(context) or [])
    case = world.at_registration()
    assert queries.blocked_by(step(case, "register"), by=world.clerk)
    assert len(asked) == 1
    assert isinstance(world.register(case), Done)
    assert len(asked) == 1


def test_an_action_nobody_registered_stops_the_act(world, monkeypatch):
    case = world.archive_case()
    monkeypatch.delitem(registry._actions, "archives.review")
    assert codes(review(world, case)) == {"action_unknown"}


def test_only_the_post_of_the_step_at_its_office_may_act(world):
    case = world.unemployment_case()
    collect = step(case, "collect")
    data = {"roster_checked_on": "2026-11-23"}
    for stranger in (world.other_clerk, world.reviewer, build.staff("information", world.street)):
        answer = actions.act(step_id=collect.pk, outcome="done", by=stranger, data=data)
        assert codes(answer) == {"not_yours"}
        assert "窗口经办" in answer.reasons[0].text
    assert queries.my_open_steps(world.other_clerk).count() == 0
    assert list(queries.my_open_steps(world.clerk)) == [collect]


def test_a_delegate_acts_and_the_record_says_for_whom(world):
    case = world.unemployment_case()
    lent = Delegation.objects.create(
        from_staff=world.clerk.staff,
        to_staff=world.other_clerk.staff,
        start_on=dt.date(2026, 11, 23),
        end_on=dt.date(2026, 11, 28),
        reason="年休假",
        created_by=world.clerk,
        created_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
    )
    collect = step(case, "collect")
    assert list(queries.my_open_steps(world.other_clerk)) == [collect]
    data = {"roster_checked_on": "2026-11-23"}
    done(actions.act(step_id=collect.pk, outcome="done", by=world.other_clerk, data=data))
    event = StepEvent.objects.get(step=collect, to_state="done")
    assert (event.by, event.acting_for) == (world.other_clerk, lent)


def test_an_act_cannot_be_dated_tomorrow_but_may_be_dated_yesterday(world):
    case = world.archive_case()
    assert codes(review(world, case, on=dt.date(2026, 11, 24))) == {"future"}
    done(review(world, case, on=dt.date(2026, 11, 20)))
    counter = build.staff("counter", world.centre)
    done(actions.act(step_id=step(case, "record").pk, outcome="done", by=counter))
    assert step(case, "transfer").due_on == dt.date(2026, 12, 1)


def test_returning_a_step_opens_the_earlier_one_again(world):
    case = world.archive_case()
    done(review(world, case))
    counter = build.staff("counter", world.centre)
    entered = step(case, "record")
    assert codes(actions.act(step_id=entered.pk, outcome="returned", by=counter)) == {"reason_missing"}
    done(actions.act(step_id=entered.pk, outcome="returned", by=counter, reason="姓名与身份证不符"))
    assert step(case, "record").state == "returned"
    again = step(case, "review")
    assert (again.round, again.state) == (2, "ready")
    done(actions.act(step_id=again.pk, outcome="done", by=world.reviewer))
    assert (step(case, "record").round, step(case, "record").state) == (2, "ready")


def test_a_procedure_is_not_opened_at_an_office_of_another_tier(world):
    with pytest.raises(actions.Stop, match="不由"):
        actions.start(procedure_id="Q-1.2.2", organization=world.street, by=world.clerk, person=world.person())


def test_a_person_known_only_at_the_district_is_not_sent_anywhere(world):
    person = build.person(world.centre, "周平")
    case = world.archive_case(person)
    done(review(world, case))
    counter = build.staff("counter", world.centre)
    done(actions.act(step_id=step(case, "record").pk, outcome="done", by=counter))
    assert codes(actions.act(step_id=step(case, "transfer").pk, outcome="done", by=counter)) == {"no_office"}
    assert step(case, "transfer").state == "ready"


def test_many_cases_open_in_a_handful_of_statements(world, django_assert_max_num_queries):
    people = [(world.person(f"李{i}"), {"archive_source": "employer"}) for i in range(12)]
    with django_assert_max_num_queries(12):  # numbers are taken at once, the rows written once
        cases = actions.start_many(
            procedure_id="Q-1.2.2", organization=world.centre, by=world.reviewer, subjects=people
        )
    assert len({case.number for case in cases}) == 12
    assert CaseStep.objects.filter(case__in=cases, key="review", state="ready").count() == 12
    assert all(case.data == {"archive_source": "employer"} for case in cases)


def test_an_act_costs_few_statements(world, django_assert_max_num_queries):
    case = world.unemployment_case()
    collect = step(case, "collect")
    with django_assert_max_num_queries(12):
        done(actions.act(step_id=collect.pk, outcome="done", by=world.clerk, data={"roster_checked_on": "2026-11-23"}))


def test_two_clerks_pressing_at_once_act_once(committed, stage):
    world = committed(make_world)
    case = committed(world.archive_case)
    barrier, answers = threading.Barrier(2), []

    def press() -> None:
        try:
            barrier.wait(timeout=10)
            answers.append(review(world, case))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    def left_behind() -> tuple[int, int]:
        written = StepEvent.objects.filter(case=case, step__key="review", to_state="done").count()
        return written, CaseStep.objects.filter(case=case, key="record").count()

    assert sorted(done(answer).replayed for answer in answers) == [False, True]
    assert stage.names() == ["archives.review"]
    assert committed(left_behind) == (1, 1)


def test_claiming_shows_who_is_at_it(world):
    case = world.unemployment_case()
    collect = step(case, "collect")
    colleague = build.staff("counter", world.street, "钱进")
    done(actions.claim(step_id=collect.pk, by=world.clerk))
    assert codes(actions.claim(step_id=collect.pk, by=colleague)) == {"claimed"}
    assert queries.my_open_steps(colleague).count() == 0
    done(actions.release(step_id=collect.pk, by=world.clerk))
    assert queries.my_open_steps(colleague).count() == 1


def test_lists_and_counts_are_bounded_by_offices(world, frozen_time):
    case = world.unemployment_case()
    elsewhere = actions.start(
        procedure_id="J-4.2.1",
        organization=world.district.streets[1],
        by=world.other_clerk,
        person=world.person("王二"),
    )
    mine = queries.steps_due([world.street.path], dt.date(2026, 11, 29))
    assert [s.case for s in mine] == [case]
    assert mine[0].case.person.name == case.person.name and mine[0].organization == world.street
    assert queries.steps_due([world.street.path], dt.date(2026, 11, 24)) == []
    assert queries.steps_due([world.street.path], dt.date(2026, 11, 29), roles=["leader"]) == []
    everyone = queries.steps_due([world.centre.path], dt.date(2026, 11, 29), roles=["counter"], limit=1)
    assert [s.case for s in everyone] == [case]
    assert {s.case for s in queries.open_steps([world.centre.path])} == {case, elsewhere}
    assert queries.signal_counts([world.centre.path])["near"] == 2
    frozen_time.move_to("2026-11-25 09:00:00+08:00")
    assert queries.signal_counts([world.street.path])["yellow"] == 1
    frozen_time.move_to("2026-11-25 17:00:01+08:00")
    assert queries.signal_counts([world.street.path])["red"] == 1
    assert queries.signal(step(case, "collect")) == "red"
    assert queries.open_case(case.person, "J-4.2.1") == case
    assert queries.open_case(case.person, "Q-1.2.2") is None

"""The three procedures as one journey, on the real catalogue."""

from __future__ import annotations

import datetime as dt

from renben.engines.procedures import actions, queries
from renben.engines.procedures.contracts import Blocked, Done, Reason
from renben.engines.procedures.models import Case, CaseStep, FollowUp, StepEvent
from renben.kernel import events
from renben.kernel.models import AuditEvent

from .conftest import codes, done, step


def review(world, case, **more):
    return actions.act(
        step_id=step(case, "review").pk,
        outcome="done",
        by=world.reviewer,
        data={"archive_source": "employer"},
        received=["失业人员档案", "个人提交的相关材料"],
        **more,
    )


def transferred(world, person):
    case = world.archive_case(person)
    done(review(world, case))
    counter = world.district.staff("counter", world.centre)
    done(actions.act(step_id=step(case, "record").pk, outcome="done", by=counter, data={"archive_number": "A-17"}))
    done(actions.act(step_id=step(case, "transfer").pk, outcome="done", by=world.reviewer))
    return case


def test_an_archive_is_reviewed_recorded_and_goes_to_the_persons_street(world, stage):
    person = world.person()
    case = transferred(world, person)
    case.refresh_from_db()
    assert (case.state, case.outcome) == (Case.State.DONE, "done")
    following = Case.objects.get(parent=case)
    assert following.procedure_id == "J-4.2.1"
    assert following.organization == world.street
    assert following.journey_id == case.journey_id
    assert following.data == {"archive_source": "employer", "archive_number": "A-17"}
    assert stage.names() == ["archives.review", "archives.record", "archives.transfer"]


def test_the_transfer_is_due_seven_working_days_after_the_review(world):
    case = world.archive_case()
    done(review(world, case))
    counter = world.district.staff("counter", world.centre)
    entered = step(case, "record")
    assert entered.due_on == dt.date(2026, 11, 23), "即时 is the same working day (D-03)"
    done(actions.act(step_id=entered.pk, outcome="done", by=counter))
    transfer = step(case, "transfer")
    assert transfer.due_on == dt.date(2026, 12, 2)
    assert transfer.due_at.astimezone(dt.timezone(dt.timedelta(hours=8))).hour == 17


def test_a_new_archive_is_collected_on_the_next_collection_day(world):
    case = world.unemployment_case()
    collect = step(case, "collect")
    assert collect.due_on == dt.date(2026, 11, 25), "Wednesday, the last of the two collection days of the week"
    limit = next(entry for entry in collect.limits if entry["key"] == "receive_same_day")
    assert limit["state"] == "pending"


def test_told_persons_have_five_working_days_on_the_registration_step(world):
    case = world.at_registration()
    register = step(case, "register")
    assert register.due_on == dt.date(2026, 11, 30)
    assert next(e for e in register.limits if e["key"] == "come_to_register")["scope"] == "person"


def test_registration_opens_its_branches_and_passes_over_what_does_not_apply(world):
    case = world.at_registration()
    done(world.register(case))
    states = dict(CaseStep.objects.filter(case=case).order_by("id").values_list("key", "state"))
    assert states["certificate"] == states["dynamic_record"] == "ready"
    assert states["benefit"] == states["job_service"] == "skipped"
    assert step(case, "dynamic_record").due_on == dt.date(2026, 11, 23)
    for key in ("certificate", "dynamic_record"):
        case.refresh_from_db()
        assert case.state == Case.State.OPEN
        done(actions.act(step_id=step(case, key).pk, outcome="done", by=world.clerk))
    case.refresh_from_db()
    assert case.state == Case.State.DONE
    assert not Case.objects.filter(parent=case).exists()


def with_benefit(world):
    case = world.at_registration()
    done(world.register(case, wants_benefit=True))
    for key in ("certificate", "dynamic_record"):
        done(actions.act(step_id=step(case, key).pk, outcome="done", by=world.clerk))
    return case, Case.objects.get(parent=case)


def check_archive(world, child):
    done(actions.act(step_id=step(child, "check_archive").pk, outcome="done", by=world.reviewer, received=["个人档案"]))


def determine(world, child):
    return actions.act(
        step_id=step(child, "determine").pk,
        outcome="done",
        by=world.second,
        received=["个人档案", "失业人员失业前累计缴费时间"],
    )


def test_the_streets_payment_waits_for_the_districts_determination(world):
    case, child = with_benefit(world)
    assert (child.procedure_id, child.organization) == ("Q-1.2.3", world.centre)
    paying = step(case, "benefit")
    assert paying.state == "waiting"
    assert codes(actions.act(step_id=paying.pk, outcome="done", by=world.clerk)) == {"step_waiting"}
    assert "核定" in queries.blocked_by(paying, by=world.clerk)[0].text
    check_archive(world, child)
    done(determine(world, child))
    notice = step(child, "file_notice")
    assert notice.due_on == dt.date(2026, 11, 24)
    done(actions.act(step_id=notice.pk, outcome="done", by=world.reviewer))
    paying = step(case, "benefit")
    assert (paying.state, paying.due_on) == ("ready", dt.date(2026, 11, 24))
    done(actions.act(step_id=paying.pk, outcome="done", by=world.clerk))
    case.refresh_from_db()
    assert case.state == Case.State.DONE
    assert [c.procedure_id for c in queries.journey(case)] == ["J-4.2.1", "Q-1.2.3"]


def test_when_the_benefit_is_refused_the_street_has_nothing_to_pay(world, stage):
    case, child = with_benefit(world)
    check_archive(world, child)
    stage.answers["benefit.determine"] = lambda context: Done(
        outcome="refused", refs={"reason": "累计缴费不满1年", "article": "第十七条", "appeal": "60日内申请行政复议"}
    )
    answer = done(determine(world, child))
    assert answer.outcome == "refused"
    child.refresh_from_db()
    case.refresh_from_db()
    assert child.state == Case.State.REFUSED
    assert step(case, "benefit").state == "skipped"
    assert case.state == Case.State.DONE
    assert done(determine(world, child)).replayed, "the same act again is answered, not failed"


def test_a_withdrawn_determination_releases_the_street_too(world):
    case, child = with_benefit(world)
    done(actions.withdraw(case_id=child.pk, by=world.second, reason="本人不再申领"))
    assert step(case, "benefit").state == "skipped"
    case.refresh_from_db()
    assert case.state == Case.State.DONE


def test_monthly_contact_starts_with_the_dynamic_record_and_recurs(world):
    case = world.at_registration()
    done(world.register(case))
    done(actions.act(step_id=step(case, "dynamic_record").pk, outcome="done", by=world.clerk))
    first = FollowUp.objects.get(case=case)
    assert (first.kind, first.due_on, first.organization) == ("monthly_contact", dt.date(2026, 11, 30), world.street)
    cleared = actions.clear_follow_up(person=case.person, event="PersonReported", by=world.clerk)
    assert cleared == [first]
    second = FollowUp.objects.get(case=case, cleared_at=None)
    assert second.due_on == dt.date(2026, 12, 31)
    assert actions.clear_follow_up(person=case.person, event="PersonReported", by=world.clerk) == [], "window not open"
    assert actions.clear_follow_up(person=case.person, event="PersonMarried", by=world.clerk) == []
    assert actions.clear_follow_up(person=case.person, event="PersonPlaced", by=world.clerk) == [second]
    assert not FollowUp.objects.filter(cleared_at=None).exists(), "a placed person is not contacted any more"


def test_a_month_end_on_a_rest_day_moves_to_the_working_day_before(world, frozen_time):
    frozen_time.move_to("2026-05-20 10:00:00+08:00")
    case = world.unemployment_case()
    follow_up = actions.open_follow_up(case=case, kind="monthly_contact", by=world.clerk)
    assert follow_up.due_on == dt.date(2026, 5, 29), "31 May 2026 is a Sunday (D-04)"
    assert actions.open_follow_up(case=case, kind="monthly_contact", by=world.clerk) == follow_up


def test_a_closed_case_tells_its_listeners_in_the_same_transaction(world, monkeypatch):
    told = []
    monkeypatch.setitem(events._listeners, events.CaseClosed, [told.append])
    case = transferred(world, world.person())
    assert told == [events.CaseClosed(case_id=case.pk, procedure_id="Q-1.2.2", outcome="done")]


def test_the_timeline_tells_every_tier_in_one_list(world):
    case = transferred(world, world.person())
    lines = queries.timeline(case.journey_id)
    assert {event.case.procedure_id for event in lines} == {"Q-1.2.2", "J-4.2.1"}
    assert [e.at for e in lines] == sorted(e.at for e in lines)
    assert [e.step.key for e in lines if e.to_state == "done" and e.step] == ["review", "record", "transfer"]


def test_every_act_leaves_one_audit_row(world):
    person = world.person()
    before = AuditEvent.objects.count()
    case = world.archive_case(person)
    assert AuditEvent.objects.count() == before + 1
    done(review(world, case))
    assert AuditEvent.objects.count() == before + 2
    last = AuditEvent.objects.order_by("-id").first()
    assert (last.action, last.subject, last.actor_id) == ("step.done", f"case:{case.pk}", world.reviewer.pk)


def test_an_action_that_objects_leaves_nothing_behind(world, stage):
    case = world.archive_case()
    stage.answers["archives.review"] = lambda context: Blocked([Reason("archive_forged", "档案真实性存疑", "请核实")])
    written = StepEvent.objects.count(), AuditEvent.objects.count()
    assert codes(review(world, case)) == {"archive_forged"}
    assert step(case, "review").state == "ready"
    assert (StepEvent.objects.count(), AuditEvent.objects.count()) == written
    assert not case.evidence.exists(), "evidence ticked in the same act is rolled back with it"

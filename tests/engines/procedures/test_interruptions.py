"""Corrections and pauses, refusal, hand-over, withdrawal, undo, and a calendar that changes."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.procedures import actions, queries, registry
from renben.engines.procedures.contracts import Blocked, Done, Reason
from renben.engines.procedures.models import Case, CaseStep, EvidenceItem, FollowUp, OneTimeNotice, Pause, StepEvent
from renben.kernel import calendar_table
from renben.kernel.models import WorkDay
from tests import build

from .conftest import codes, done, step
from .test_journey import review

PAPER = "本人的《居民身份证》复印件"


def missing_papers(world, case, **more):
    return actions.return_for_correction(
        step_id=step(case, "register").pk, missing=[PAPER], reason="身份证已过期", by=world.clerk, **more
    )


def test_the_clock_stands_while_papers_are_being_corrected(world, frozen_time):
    case = world.at_registration()
    assert step(case, "register").due_on == dt.date(2026, 11, 30)
    frozen_time.move_to("2026-11-25 10:00:00+08:00")
    notice = missing_papers(world, case)
    paused = step(case, "register")
    assert (paused.state, notice.items) == ("paused", [PAPER])
    assert queries.signal(paused) == "paused"
    assert Pause.objects.get(step=paused).end_on is None
    assert EvidenceItem.objects.get(case=case, name=PAPER).state == "missing"
    assert codes(world.register(case)) == {"step_paused"}
    frozen_time.move_to("2026-12-02 10:00:00+08:00")
    done(actions.resume_after_correction(step_id=paused.pk, by=world.clerk, received=[PAPER]))
    resumed = step(case, "register")
    # Told on the 23rd; the 24th is the first of five days, the 25th to the 1st stand still, four days remain from the 2nd.
    assert (resumed.state, resumed.due_on) == ("ready", dt.date(2026, 12, 7))
    notice.refresh_from_db()
    assert notice.cleared_at is not None
    assert EvidenceItem.objects.get(case=case, name=PAPER).state == "received"
    assert codes(actions.resume(step_id=resumed.pk, by=world.clerk)) == {"not_paused"}


def test_a_pause_of_the_same_day_costs_nothing(world):
    case = world.at_registration()
    register = step(case, "register")
    done(actions.pause(step_id=register.pk, kind="现场核查", reason="到社区核实灵活就业情况", by=world.clerk))
    done(actions.resume(step_id=register.pk, by=world.clerk))
    assert step(case, "register").due_on == dt.date(2026, 11, 30)


@pytest.mark.parametrize(("kind", "reason", "code"), [("午休", "困", "bad_pause"), ("公示", " ", "reason_missing")])
def test_only_the_four_kinds_of_pause_stop_the_clock(world, kind, reason, code):
    case = world.at_registration()
    assert codes(actions.pause(step_id=step(case, "register").pk, kind=kind, reason=reason, by=world.clerk)) == {code}


def test_everything_missing_is_said_once_and_a_second_time_only_by_the_leader(world):
    case = world.at_registration()
    register = step(case, "register")
    assert codes(actions.return_for_correction(step_id=register.pk, missing=[" "], reason="", by=world.clerk)) == {
        "nothing_missing"
    }
    first = missing_papers(world, case)
    done(actions.resume_after_correction(step_id=register.pk, by=world.clerk, received=[PAPER]))
    assert codes(missing_papers(world, case)) == {"second_notice"}
    assert codes(missing_papers(world, case, approved_by=world.clerk)) == {"not_yours"}
    leader = build.staff("leader", world.street, "郑局")
    second = missing_papers(world, case, approved_by=leader)
    assert second.number != first.number
    assert OneTimeNotice.objects.filter(case=case).count() == 2


def test_missing_archive_papers_are_told_on_the_spot(world):
    case = world.archive_case()
    actions.return_for_correction(
        step_id=step(case, "review").pk, missing=["个人提交的相关材料"], reason="缺解除合同证明", by=world.reviewer
    )
    limit = next(e for e in step(case, "review").limits if e["key"] == "tell_missing")
    assert (limit["state"], limit["due_on"]) == ("met", "2026-11-23")


def test_a_refusal_says_why_by_which_article_and_how_to_appeal(world):
    case = world.at_registration()
    register = step(case, "register")
    say = {"reason": "本人已在职", "article": "京人社就发〔2011〕79号第五条", "appeal": "60日内可申请行政复议"}
    for left_out in say:
        answer = actions.refuse(step_id=register.pk, by=world.clerk, **(say | {left_out: " "}))
        assert codes(answer) == {"refusal_incomplete"}
    assert codes(actions.act(step_id=register.pk, outcome="refused", by=world.clerk)) == {"use_refuse"}
    done(actions.refuse(step_id=register.pk, by=world.clerk, **say))
    case.refresh_from_db()
    assert (case.state, case.outcome) == (Case.State.REFUSED, "refused")
    assert StepEvent.objects.get(step=register, outcome="refused").data == say
    assert done(actions.refuse(step_id=register.pk, by=world.clerk, **say)).replayed


def test_a_refusal_ends_a_correction_that_never_came(world):
    case = world.at_registration()
    missing_papers(world, case)
    say = {"reason": "逾期未补正", "article": "第五条", "appeal": "可申请行政复议"}
    done(actions.refuse(step_id=step(case, "register").pk, by=world.clerk, **say))
    assert not Pause.objects.filter(end_on=None).exists()
    assert not OneTimeNotice.objects.filter(cleared_at=None).exists()


def test_a_step_that_cannot_refuse_says_so(world):
    case = world.unemployment_case()
    answer = actions.refuse(step_id=step(case, "collect").pk, by=world.clerk, reason="x", article="y", appeal="z")
    assert codes(answer) == {"no_refusal"}


def test_everything_that_runs_goes_along_to_the_other_street(world):
    case = world.at_registration()
    done(world.register(case, wants_benefit=True))
    done(actions.act(step_id=step(case, "dynamic_record").pk, outcome="done", by=world.clerk))
    child = Case.objects.get(parent=case)
    target = world.district.streets[1]
    due_before = step(case, "certificate").due_on
    moved = actions.hand_over(case_id=case.pk, to_organization=target, by=world.clerk, reason="户口迁往光明街道")
    assert [c.pk for c in moved] == [case.pk]
    case.refresh_from_db()
    child.refresh_from_db()
    assert (case.organization, case.state) == (target, "open")
    assert case.opened_organization == world.street
    assert child.organization == world.centre, "the district's determination stays with the district"
    open_now = CaseStep.objects.filter(case=case, state__in=["ready", "waiting"]).order_by("id")
    assert {s.organization_id for s in open_now} == {target.pk} and {s.key for s in open_now} == {
        "certificate",
        "benefit",
    }
    assert FollowUp.objects.get(case=case).organization == target
    assert step(case, "certificate").due_on == due_before
    assert case.first_contact == world.clerk, "responsible until the new office acts"
    assert step(case, "register").organization == world.street, "history stays where it happened"
    assert codes(actions.act(step_id=step(case, "certificate").pk, outcome="done", by=world.clerk)) == {"not_yours"}
    done(actions.act(step_id=step(case, "certificate").pk, outcome="done", by=world.other_clerk))
    case.refresh_from_db()
    assert (case.first_contact, case.handed_over_at) == (world.other_clerk, None)


def test_a_case_is_handed_only_to_another_office_of_its_tier_with_a_reason(world):
    case = world.unemployment_case()
    give = {"case_id": case.pk, "by": world.clerk}
    assert codes(actions.hand_over(to_organization=world.centre, reason="x", **give)) == {"wrong_tier"}
    assert codes(actions.hand_over(to_organization=world.street, reason="x", **give)) == {"same_office"}
    assert codes(actions.hand_over(to_organization=world.district.streets[1], reason=" ", **give)) == {"reason_missing"}


def test_withdrawing_ends_what_is_open(world):
    case = world.at_registration()
    assert codes(actions.withdraw(case_id=case.pk, by=world.clerk, reason="")) == {"reason_missing"}
    done(actions.withdraw(case_id=case.pk, by=world.clerk, reason="本人已找到工作"))
    case.refresh_from_db()
    assert case.state == Case.State.WITHDRAWN
    assert step(case, "register").state == "cancelled"
    assert codes(world.register(case)) == {"step_cancelled"}
    assert done(actions.withdraw(case_id=case.pk, by=world.clerk, reason="再点一次")).replayed


@pytest.fixture
def undoable(monkeypatch):
    monkeypatch.setattr(
        registry, "_undo", {"archives.review": lambda context: Done(), "archives.transfer": lambda c: Done()}
    )


def test_ones_own_last_act_can_be_taken_back_for_five_minutes(world, undoable, frozen_time):
    case = world.archive_case()
    done(review(world, case))
    reviewed = step(case, "review")
    assert codes(actions.undo(step_id=reviewed.pk, by=world.second)) == {"not_yours"}
    frozen_time.shift(dt.timedelta(minutes=5, seconds=1))
    assert codes(actions.undo(step_id=reviewed.pk, by=world.reviewer)) == {"too_late"}
    frozen_time.shift(dt.timedelta(seconds=-60))
    done(actions.undo(step_id=reviewed.pk, by=world.reviewer))
    case.refresh_from_db()
    assert (case.data, case.anchors) == ({}, {})
    assert step(case, "review").state == "ready"
    assert step(case, "record").state == "cancelled"
    done(review(world, case))
    assert step(case, "record").state == "ready"


def test_what_somebody_has_built_on_is_not_taken_back(world, undoable):
    case = world.archive_case()
    done(review(world, case))
    done(actions.claim(step_id=step(case, "record").pk, by=build.staff("counter", world.centre)))
    assert codes(actions.undo(step_id=step(case, "review").pk, by=world.reviewer)) == {"followed"}


def test_an_act_that_made_a_paper_is_not_taken_back(world):
    case = world.archive_case()
    done(review(world, case))
    assert codes(actions.undo(step_id=step(case, "review").pk, by=world.reviewer)) == {"cannot_undo"}


def test_undoing_the_transfer_takes_the_next_tiers_case_back(world, undoable):
    counter = build.staff("counter", world.centre)
    case = world.archive_case()
    done(review(world, case))
    done(actions.act(step_id=step(case, "record").pk, outcome="done", by=counter))
    done(actions.act(step_id=step(case, "transfer").pk, outcome="done", by=counter))
    child = Case.objects.get(parent=case)
    done(actions.undo(step_id=step(case, "transfer").pk, by=counter))
    case.refresh_from_db()
    child.refresh_from_db()
    assert (case.state, child.state, step(child, "collect").state) == ("open", "withdrawn", "cancelled")
    done(actions.act(step_id=step(case, "transfer").pk, outcome="done", by=counter))
    assert Case.objects.filter(parent=case, state="open").count() == 1


def test_an_undo_the_service_objects_to_changes_nothing(world, monkeypatch):
    refusal = Blocked([Reason("sent", "花名册已经打印", "请走更正")])
    monkeypatch.setattr(registry, "_undo", {"archives.review": lambda context: refusal})
    case = world.archive_case()
    done(review(world, case))
    assert codes(actions.undo(step_id=step(case, "review").pk, by=world.reviewer)) == {"sent"}
    assert step(case, "review").state == "done"


def test_a_changed_calendar_moves_open_steps_only_and_says_which(world):
    told = world.at_registration()
    finished = world.at_registration(person=world.person("王二"))
    done(world.register(finished))
    day = dt.date(2026, 11, 26)
    WorkDay.objects.filter(date=day).update(is_work=False)
    if not WorkDay.objects.filter(date=day).exists():
        WorkDay.objects.create(date=day, is_work=False, name="临时放假", source="测试")
    calendar_table.touch()
    before = step(finished, "register").due_on
    moved = actions.recompute_due(dates=[day])
    register = step(told, "register")
    assert register.due_on == dt.date(2026, 12, 1)
    assert (register.pk, dt.date(2026, 11, 30), dt.date(2026, 12, 1)) in {(m.step_id, m.before, m.after) for m in moved}
    assert step(finished, "register").due_on == before
    assert "工作日历调整" in StepEvent.objects.filter(step=register).order_by("-id").first().note
    assert actions.recompute_due(dates=[day]) == []
    assert actions.recompute_due(dates=[]) == []


def test_a_recorded_date_starts_the_limit_that_waited_for_it(world):
    case = world.unemployment_case()
    collect = step(case, "collect")
    answer = actions.record_anchor(
        case_id=case.pk, anchor="transfer_roster_checked", on=dt.date(2026, 11, 23), by=world.clerk
    )
    done(answer)
    assert step(case, "collect").due_on == dt.date(2026, 11, 23) < collect.due_on
    unknown = actions.record_anchor(case_id=case.pk, anchor="birthday", on=dt.date(2026, 11, 23), by=world.clerk)
    assert codes(unknown) == {"unknown_anchor"}

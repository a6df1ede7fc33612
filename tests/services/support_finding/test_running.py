"""The nightly look over the register: who is found, what is missing, what a second look does, and what ends a finding."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from renben.engines.rules import columns, searching
from renben.kernel import clock, events, merge
from renben.kernel.models import LabourSpell, Task
from renben.kernel.person_changes import edit_person
from renben.services.registration import moving
from renben.services.registration.models import UnemploymentBenefit
from renben.services.support.finding import actions, following, running
from renben.services.support.finding.models import Finding, FindingRun
from renben.services.support.models import InsuranceSubsidy
from renben.services.support.months import full_months

from .conftest import TODAY, day

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2040, 12, 31))


@given(DAYS, DAYS)
def test_full_months_count_as_the_payments_do(start, end):
    counted = columns.full_months(np.asarray([start], "datetime64[D]"), np.asarray([end], "datetime64[D]"))
    assert counted.tolist() == [full_months(start, end)]


def test_a_flexible_worker_of_the_age_is_found_with_what_is_not_known(world):
    person = world.person(birth="1980-01-05")
    world.spell(person, "flexible", "2026-01-10")
    assert world.look()["subsidy.flexible"] == {"found": 1, "new": 1}
    finding = world.found(person, "subsidy.flexible")
    assert (finding.state, finding.is_sure) == ("found", False)
    assert finding.missing == ["就业登记（查《就业失业登记证》）"]
    assert "您最多可享受60个月的灵活就业社会保险补贴" in finding.reason
    task = Task.objects.get(person=person, cleared_at=None)
    assert task.organization == world.place.villages[0]
    assert "就业登记" in task.reason and task.url == f"/findings/{finding.pk}/"


def test_work_registered_at_the_counter_is_sure(world):
    person = world.person()
    world.spell(person, "flexible", "2026-01-10", source="registration")
    world.look()
    finding = world.found(person, "subsidy.flexible")
    assert finding.is_sure and finding.missing == []


@pytest.mark.parametrize(("birth", "expected"), [("1986-11-23", True), ("1986-11-24", False)])
def test_whose_birthday_is_tomorrow_is_not_found_yet(world, birth, expected):
    person = world.person(birth=birth)
    world.spell(person, "flexible", "2026-01-10")
    world.look()
    assert (world.found(person, "subsidy.flexible") is not None) is expected


def test_the_day_after_the_birthday_comes_by_itself(world, frozen_time):
    person = world.person(birth="1986-11-24")
    world.spell(person, "flexible", "2026-01-10")
    world.look()
    frozen_time.shift(dt.timedelta(days=1))
    assert world.look()["subsidy.flexible"]["new"] == 1


def test_who_retires_or_works_for_a_firm_is_not_found(world):
    retired, employed = world.person("甲", birth="1976-11-23"), world.person("乙")
    world.spell(retired, "flexible", "2026-01-10")
    world.spell(employed, "employed", "2026-01-10")
    world.look()
    assert not Finding.objects.exists()


def test_a_second_run_finds_nothing_new(world):
    person = world.person()
    world.spell(person, "self_employed", "2025-01-10")
    first = world.look()
    keys = set(Task.objects.values_list("key", flat=True))
    second = world.look()
    assert first["subsidy.self_employed"]["new"] == 1
    assert "new" not in second["subsidy.self_employed"] and second["subsidy.self_employed"]["found"] == 1
    assert set(Task.objects.values_list("key", flat=True)) == keys


def test_the_benefit_is_found_by_the_archive_and_tells_to_register_first(world):
    person = world.person()
    world.spell(person, "jobless", "2026-09-20")
    world.archive(person, 40)
    world.look()
    finding = world.found(person, "ui.benefit")
    assert finding.missing == ["先到社保所办理失业登记", "问清本人有没有求职要求"]
    assert finding.reason == "您可领取9个月失业保险金，因为以上条件都符合。"
    world.registration(person)
    world.look()
    finding.refresh_from_db()
    assert (finding.is_sure, finding.missing) == (True, [])


@pytest.mark.parametrize(("months", "reason"), [(11, "contract_expired"), (40, "resigned")])
def test_no_benefit_for_too_few_months_or_ones_own_will(world, months, reason):
    person = world.person()
    world.spell(person, "registered_unemployed", "2026-09-20")
    world.registration(person)
    world.archive(person, months, reason)
    world.look()
    assert world.found(person, "ui.benefit") is None


def test_months_nobody_knows_are_asked_not_guessed(world):
    person = world.person()
    world.spell(person, "registered_unemployed", "2026-09-20")
    world.registration(person)
    world.archive(person, None, "")
    world.look()
    finding = world.found(person, "ui.benefit")
    assert [text[:4] for text in finding.missing] == ["失业保险", "离职原因"] and not finding.is_sure


def test_a_year_without_work_counts_over_spells_that_follow_each_other(world):
    person = world.person(sex="M", birth="1990-01-01")
    world.spell(person, "jobless", "2025-11-23", until="2026-10-08")
    world.spell(person, "registered_unemployed", "2026-10-08")
    world.registration(person)
    world.look()
    finding = world.found(person, "hardship")
    assert finding.is_sure and "长期失业" in finding.reason


def test_a_gap_begins_the_count_anew(world):
    person = world.person(sex="M", birth="1990-01-01")
    world.spell(person, "jobless", "2020-01-01", until="2026-01-01")
    world.spell(person, "flexible", "2026-01-01", until="2026-03-01")
    world.spell(person, "registered_unemployed", "2026-03-01")
    world.registration(person)
    world.look()
    assert world.found(person, "hardship") is None


def test_a_day_before_birth_in_the_file_does_not_stop_the_run(world):
    wrong, right = world.person("甲", birth="1980-01-05"), world.person("乙", birth="1980-01-05")
    world.spell(wrong, "jobless", "1979-01-01")
    world.spell(right, "jobless", "2026-01-01")
    world.look()
    assert world.found(wrong, "hardship") and world.found(right, "hardship")


def test_a_family_without_work_is_found_once_at_its_eldest(world):
    mother, son = world.person("张桂英", birth="1981-01-01"), world.person("刘洋", "M", "2004-01-01")
    grandmother = world.person("李淑珍", birth="1950-01-01")
    for one in (mother, son):
        world.spell(one, "registered_unemployed", "2026-10-08")
        world.registration(one)
    world.spell(grandmother, "retired", "2005-01-01")
    world.home(mother, son, grandmother)
    world.look()
    found = Finding.objects.filter(policy="zero_family")
    assert [one.person for one in found] == [mother] and found[0].is_sure


def test_a_family_where_one_works_is_not_found_and_ends_when_one_begins(world):
    mother, son = world.person("张桂英", birth="1981-01-01"), world.person("刘洋", "M", "2004-01-01")
    for one in (mother, son):
        world.spell(one, "jobless", "2026-10-08")
    world.home(mother, son)
    world.look()
    finding = world.found(mother, "zero_family")
    assert len(finding.missing) == 2
    LabourSpell.objects.filter(person=son).update(end_on=day("2026-11-20"))
    world.spell(son, "employed", "2026-11-20")
    world.look()
    finding.refresh_from_db()
    assert (finding.state, finding.ended_note) == ("ended", "情况有变化，现在不再符合条件")
    assert not Task.objects.filter(key__startswith="finding:zero_family", cleared_at=None).exists()


def test_a_no_is_remembered_until_the_facts_change(world):
    person = world.person()
    world.spell(person, "flexible", "2026-01-10")
    world.look()
    finding = world.found(person, "subsidy.flexible")
    actions.decline(finding=finding, reason="not_wanted", note="有退休单位代缴", by=world.village)
    assert "new" not in world.look()["subsidy.flexible"]
    LabourSpell.objects.filter(person=person).update(start_on=day("2026-06-01"))
    assert world.look()["subsidy.flexible"]["new"] == 1


def test_a_running_subsidy_is_granted_and_one_applied_for_is_followed(world):
    person = world.person()
    world.spell(person, "flexible", "2026-01-10")
    world.look()
    finding = world.found(person, "subsidy.flexible")
    subsidy = InsuranceSubsidy.objects.create(
        person=person, organization=world.place.streets[0], kind="flexible", applied_on=TODAY, is_registered=True,
        started_on=day("2026-01-10"), is_archive_deposited=True, retire_on=day("2030-01-05"), recorded_at=clock.now(),
    )  # fmt: skip
    world.look()
    finding.refresh_from_db()
    assert finding.state == "applied" and not Task.objects.filter(person=person, cleared_at=None).exists()
    InsuranceSubsidy.objects.filter(pk=subsidy.pk).update(state="drawing")
    world.look()
    finding.refresh_from_db()
    assert finding.state == "granted"
    assert "new" not in world.look()["subsidy.flexible"]


def test_the_event_of_a_benefit_ends_the_finding_at_once(world):
    person = world.person()
    world.spell(person, "registered_unemployed", "2026-09-20")
    world.registration(person)
    world.archive(person)
    world.look()
    UnemploymentBenefit.objects.create(
        person=person, organization=world.place.streets[0], eligible=True, determined_on=TODAY, state="determined",
        recorded_at=clock.now(),
    )  # fmt: skip
    events.emit(events.BenefitDetermined(person.pk, 0, 0))
    assert world.found(person, "ui.benefit").state == "granted"


def test_facts_corrected_at_the_counter_are_judged_at_once(world):
    person = world.person(hukou_kind="")
    world.spell(person, "registered_unemployed", "2025-10-01")
    world.registration(person)
    world.look()
    finding = world.found(person, "hardship")
    assert finding.missing == ["户口性质（看户口簿）"]
    edit_person(
        person_id=person.pk, by=world.clerk, version=person.version, education="", ethnicity="01", hukou_kind="urban",
        health="", address=None,
    )  # fmt: skip
    following.on_facts_changed(events.PersonFactsChanged(person.pk, ("hukou_kind",)))
    finding.refresh_from_db()
    assert finding.missing == []


def test_a_moved_file_takes_the_task_along(world):
    person = world.person()
    world.spell(person, "flexible", "2026-01-10")
    world.look()
    moving.move_person(person=person, to_organization=world.place.villages[1], reason="搬家", by=world.clerk)
    assert Task.objects.get(person=person, cleared_at=None).organization == world.place.villages[1]


def test_merged_files_keep_one_open_finding(world):
    kept, merged = world.person("王秀兰"), world.person("王秀兰")
    for one in (kept, merged):
        world.spell(one, "flexible", "2026-01-10")
    world.look()
    merge.merge_people(kept=kept, merged=merged, reason="同一个人", by=world.clerk)
    states = Finding.objects.filter(person=kept).order_by("state").values_list("state", flat=True)
    assert list(states) == ["ended", "found"]


def test_every_column_that_a_search_reads_is_registered():
    for search in searching.searches():
        assert search.columns <= set(columns.columns())


def test_the_run_is_on_record_with_counts_and_ruleset(world):
    world.spell(world.person(), "flexible", "2026-01-10")
    world.look()
    run = FindingRun.objects.get()
    assert (run.people_total, run.people_done, len(run.ruleset)) == (1, 1, 64)


def test_a_run_that_breaks_says_so_and_the_next_one_goes_on(world, monkeypatch):
    world.spell(world.person(), "flexible", "2026-01-10")
    with monkeypatch.context() as broken:
        broken.setattr(running, "look", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            running.run_all()
    assert FindingRun.objects.get().state == "failed"
    assert world.look()["subsidy.flexible"]["new"] == 1


def test_a_chunk_costs_the_same_however_many_live_there(world, django_assert_max_num_queries):
    for number in range(3):
        world.spell(world.person(f"王{number}"), "flexible", "2026-01-10")
    world.look()
    with django_assert_max_num_queries(30):
        world.look()
    assert connection.in_atomic_block

"""Registering for work: who may, what follows, how it is renewed, and the three ways it ends."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.kernel import clock, events, labour
from renben.kernel.models import AuditEvent, LabourSpell, Task
from renben.services.placement import seekers_acts, seekers_days, seekers_known, seekers_rules
from renben.services.placement.models import Seeker
from renben.services.placement.seekers_acts import Profile, Wish
from renben.services.registration.reasons import NotPossible
from tests import build

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def told(monkeypatch):
    """The seekers that listeners hear of."""
    heard: list[int] = []
    monkeypatch.setitem(events._listeners, events.SeekerChanged, [lambda event: heard.append(event.seeker_id)])
    return heard


def why_not(act, **given) -> str:
    with pytest.raises(NotPossible) as refused:
        act(**given)
    return str(refused.value) + "".join(reason.fix for reason in refused.value.reasons)


def test_registered_for_the_months_on_file_with_a_number_and_a_trace(looking, told, district):
    seeker = looking("仓库保管员", "叉车司机", skills=("开叉车",))
    assert seeker.valid_until == dt.date(2027, 2, 22), "three months, the last day included"
    assert seeker.number.startswith("110113QZ20261123")
    assert [wish.title for wish in seeker.wishes.order_by("rank")] == ["仓库保管员", "叉车司机"]
    assert told == [seeker.pk]
    trace = AuditEvent.objects.get(action="seeker.register")
    assert trace.subject == f"person:{seeker.person_id}"


def test_fifteen_is_refused_with_the_article_and_sixteen_is_not(looking, district):
    born = dt.date(2010, 11, 24)
    person = build.person(district.village, birth_on=born)
    assert "《中华人民共和国劳动法》第十五条" in why_not(looking, person=person)
    assert looking(person=person, on=dt.date(2026, 11, 24)).state == "active", "the birthday counts"


def test_past_retirement_the_street_explains_and_the_station_follows_its_procedure(looking, district):
    person = build.person(district.village, birth_on=dt.date(1964, 1, 1))
    told_off = why_not(looking, person=person, organization=district.village)
    assert "第八章第一节" in told_off and "社保所登记" in told_off
    seeker = looking(person=person)
    answer = seekers_rules.judge_age(sex="M", birth_on=person.birth_on, on=TODAY, tier="street")
    assert seeker.state == "active" and "法定退休年龄" in answer.notes[0] and not answer.refused


def test_a_person_has_one_running_registration(looking):
    first = looking()
    again = why_not(looking, person=first.person)
    assert first.number in again and "续期" in again


def test_a_difficult_seeker_needs_a_cause_and_a_general_one_has_none(looking):
    assert "困难原因" in why_not(looking, seeker_class="difficult")
    seeker = looking(seeker_class="general", difficulties=("care",), difficulty_note="照顾老人")
    assert (seeker.difficulties, seeker.difficulty_note) == ([], "")


def test_what_follows_for_each_class_comes_from_the_procedure(district):
    assert any("陪同面试" in line and "5个工作日" in line for line in seekers_rules.consequences("difficult"))
    assert not any("陪同面试" in line for line in seekers_rules.consequences("general"))


def test_nothing_wished_is_no_registration(district):
    person = build.person(district.village)
    given = {"person": person, "organization": district.street, "profile": Profile(), "by": district.clerk}
    assert "想干的工作" in why_not(seekers_acts.register_seeker, wishes=[Wish("  ")], **given)
    assert not Seeker.objects.exists()


def test_a_change_keeps_the_number_and_a_stale_one_changes_nothing(looking, told, district):
    seeker = looking()
    changed = seekers_acts.change_seeker(
        seeker=seeker, profile=Profile(accepts_nights=True), wishes=[Wish("保安")], by=district.clerk, version=1
    )
    assert (changed.number, changed.version, changed.accepts_nights) == (seeker.number, 2, True)
    late = {"seeker": seeker, "profile": Profile(), "wishes": [Wish("厨师")], "by": district.clerk, "version": 1}
    assert "别的同事" in why_not(seekers_acts.change_seeker, **late)
    assert [w.title for w in seeker.wishes.order_by("rank")] == ["保安"]
    assert told == [seeker.pk] * 2


def test_the_same_again_is_no_change(looking, told, district):
    seeker = looking(skills=("电焊",))
    profile, wishes = seekers_acts.profile_of(seeker), seekers_acts.wishes_of(seeker)
    same = seekers_acts.change_seeker(seeker=seeker, profile=profile, wishes=wishes, by=district.clerk, version=1)
    assert same.version == 1 and told == [seeker.pk]


def test_it_lapses_the_day_after_its_last_and_is_taken_up_under_the_same_number(looking, district):
    seeker = looking(on=dt.date(2026, 8, 23))
    assert seeker.valid_until == dt.date(2026, 11, 22)
    assert seekers_days.run_day(dt.date(2026, 11, 22)).lapsed == 0, "the last day is valid"
    assert seekers_days.run_day(TODAY).lapsed == 1
    assert seekers_days.run_day(TODAY).lapsed == 0, "a second run finds nothing"
    seeker.refresh_from_db()
    assert (seeker.state, seeker.ended_on) == ("lapsed", dt.date(2026, 11, 22))
    renewed = seekers_acts.renew(seeker=seeker, by=district.clerk)
    assert (renewed.state, renewed.number, renewed.ended_on) == ("active", seeker.number, None)
    assert renewed.valid_until == dt.date(2027, 2, 22)


def test_the_office_is_asked_before_the_end_and_renewing_answers(looking, district):
    seeker = looking(on=dt.date(2026, 9, 4))
    assert seeker.valid_until == dt.date(2026, 12, 3)
    assert seekers_days.run_day(dt.date(2026, 11, 22)).asked == 0, "eleven days before is early"
    assert seekers_days.run_day(TODAY).asked == 1
    seekers_days.run_day(TODAY)
    task = Task.objects.get(person=seeker.person)
    assert (task.due_on, task.organization, task.cleared_at) == (seeker.valid_until, district.street, None)
    seekers_acts.renew(seeker=seeker, by=district.clerk)
    task.refresh_from_db()
    assert task.cleared_at is not None


def test_withdrawn_with_the_reason_it_cannot_be_renewed_but_begun_anew(looking, district):
    seeker = looking()
    seekers_acts.withdraw(seeker=seeker, reason="家里有事，暂时不找", by=district.clerk)
    seeker.refresh_from_db()
    assert (seeker.state, seeker.ended_why) == ("withdrawn", "家里有事，暂时不找")
    assert "重新登记" in why_not(seekers_acts.renew, seeker=seeker, by=district.clerk)
    again = looking(person=seeker.person)
    assert again.number != seeker.number


def test_work_that_begins_after_registering_ends_it_and_work_held_before_does_not(looking, district):
    held = build.person(district.village, birth_on=dt.date(1986, 1, 1))
    began = build.person(district.village, birth_on=dt.date(1987, 1, 1))
    labour.set_status(person=held, status="employed", start_on=dt.date(2026, 1, 5), source="employer")
    seekers = [looking(person=person, on=dt.date(2026, 11, 1)) for person in (held, began)]
    labour.set_status(
        person=began, status="employed", start_on=dt.date(2026, 11, 10), source="employer", employer_name="顺通物流"
    )
    assert seekers_days.run_day(TODAY).placed == 1
    for seeker in seekers:
        seeker.refresh_from_db()
    assert [seeker.state for seeker in seekers] == ["active", "placed"]
    assert "顺通物流" in seekers[1].ended_why and seekers[1].ended_on == dt.date(2026, 11, 10)


def test_what_is_on_file_is_not_asked_again(district):
    person = build.person(district.village)
    LabourSpell.objects.create(
        person=person, status="employed", start_on=dt.date(2015, 3, 1), end_on=dt.date(2026, 10, 30),
        employer_name="北京某纺织有限公司", occupation="挡车工", source="archive", recorded_at=clock.now(),
    )  # fmt: skip
    profile, wishes = seekers_known.suggested(person, TODAY)
    assert profile.history == "2015年3月至2026年10月　北京某纺织有限公司　挡车工"
    assert (profile.skills, profile.experience_years, wishes) == (("挡车工",), 11, [])


def test_a_second_registration_begins_with_what_was_said_before(looking, district):
    seeker = looking("保安", certificates=("保安员证",))
    seekers_acts.withdraw(seeker=seeker, reason="参加培训或上学", by=district.clerk)
    profile, wishes = seekers_known.suggested(seeker.person, TODAY)
    assert profile.certificates == ("保安员证",) and [wish.title for wish in wishes] == ["保安"]

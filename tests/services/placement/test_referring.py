"""推荐岗位: recommended once, refused with a sentence, told, arranged, and what a result brings with it."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.kernel import clock, events
from renben.kernel.models import AuditEvent, ImportBatch, LabourSpell, Task
from renben.services.exchange.models import OutsideFact
from renben.services.placement import following, referral_limits, referring, results
from renben.services.placement.models import Referral, ReferralContact, Vacancy
from renben.services.registration.models import UnemploymentRegistration
from renben.services.registration.reasons import NotPossible
from tests import build
from tests.services.placement import referral_world
from tests.services.placement.referral_world import TODAY, day

pytestmark = pytest.mark.django_db
PARTS = [{"part": "occupation", "points": 40, "why": "就是想干的工作"}]


@pytest.fixture
def world(db):
    return referral_world.make()


@pytest.fixture
def made(world):
    return world.refer(world.seeker(), world.vacancy())


def failed(world, seeker, unfit="distance"):
    referral = world.refer(seeker, world.vacancy())
    return results.record_failed(referral=referral, outcome="declined", unfit=unfit, by=world.clerk)


def test_a_referral_keeps_what_was_shown_and_plans_both_calls(world):
    referral = world.refer(world.seeker(), world.vacancy(), score=40, parts=PARTS)
    referral.refresh_from_db()
    assert (referral.state, referral.score, referral.parts, referral.made_on) == ("made", 40, PARTS, TODAY)
    due = {one.kind: one.due_on for one in referral.contacts.order_by("id")}
    assert due == {"person": day("2026-11-30"), "employer": day("2026-12-02")}, "5 and 7 working days"
    assert AuditEvent.objects.filter(action="referral.make", subject=f"person:{referral.person_id}").count() == 1


@pytest.mark.parametrize(
    ("tier", "person", "employer"),
    [("district", "2026-12-23", "2026-12-23"), ("community", "2026-12-02", "2026-12-02")],
)
def test_each_tier_calls_by_its_own_procedure(world, tier, person, employer):
    office = world.place.centre if tier == "district" else world.place.villages[0]
    referral = world.refer(world.seeker(), world.vacancy(), organization=office)
    due = {one.kind: one.due_on.isoformat() for one in referral.contacts.order_by("id")}
    assert due == {"person": person, "employer": employer}


def test_a_double_click_is_one_referral(world):
    seeker, vacancy = world.seeker(), world.vacancy()
    assert world.refer(seeker, vacancy) == world.refer(seeker, vacancy)
    assert Referral.objects.count() == 1 and ReferralContact.objects.count() == 2


def test_a_colleague_who_was_quicker_is_named(world):
    seeker, vacancy = world.seeker(), world.vacancy()
    world.refer(seeker, vacancy)
    other = build.staff("counter", world.place.streets[1], "孙丽")
    with pytest.raises(NotPossible, match="张晓明（胜利街道）2026年11月23日已推荐到这个岗位") as refused:
        world.refer(seeker, vacancy, by=other, organization=world.place.streets[1])
    assert refused.value.reasons[0].fix == "结果出来以前不用再推荐。"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"filled": 2, "state": "filled"}, "已经招满（2人）"),
        ({"state": "paused"}, "已经暂停招聘"),
        ({"state": "withdrawn"}, "现在是“已撤下”"),
        ({"valid_until": day("2026-11-22")}, "2026年11月22日已经到期"),
    ],
)
def test_what_changed_a_second_ago_is_told(world, changed, said):
    seeker, vacancy = world.seeker(), world.vacancy()
    Vacancy.objects.filter(pk=vacancy.pk).update(**changed)
    with pytest.raises(NotPossible, match=said):
        world.refer(seeker, vacancy)
    assert not Referral.objects.exists()


def test_nobody_is_sent_to_an_employer_whose_licence_ran_out(world):
    seeker, vacancy = world.seeker(), world.vacancy()
    world.licence(vacancy.employer, "2026-10-31")
    with pytest.raises(NotPossible, match="营业执照已过有效期"):
        world.refer(seeker, vacancy)
    world.licence(vacancy.employer, "2030-10-31")
    assert world.refer(seeker, vacancy).pk


def test_nobody_is_sent_to_an_employer_struck_off_the_register(world):
    seeker, vacancy = world.seeker(), world.vacancy()
    batch = ImportBatch.objects.create(
        kind="business", file_name="b.xlsx", file_sm3="0", organization=world.street, created_by=world.clerk,
        created_at=clock.now(),
    )  # fmt: skip
    OutsideFact.objects.create(
        kind="business", person=seeker.person, body=vacancy.employer.name, body_code=vacancy.employer.uscc,
        start_on=day("2015-01-01"), end_on=day("2026-11-01"), as_of=day("2026-11-20"), batch=batch,
    )  # fmt: skip
    with pytest.raises(NotPossible, match="2026年10月31日注销或吊销"):
        world.refer(seeker, vacancy)


def test_somebody_who_found_work_is_not_recommended_but_who_wants_another_post_is(world):
    seeker, vacancy = world.seeker(), world.vacancy()
    world.at_work(seeker.person, "2026-11-16")
    with pytest.raises(NotPossible, match="2026年11月16日起是“单位就业”"):
        world.refer(seeker, vacancy)
    other = world.seeker("李红")
    world.at_work(other.person, "2020-01-01")
    assert world.refer(other, vacancy).pk


def test_telling_keeps_the_first_day(world, made):
    told = referring.tell(referral=made, how="phone", on=TODAY, by=world.clerk, words="愿意去")
    assert (told.state, told.told_on, told.told_how, told.told_note) == ("told", TODAY, "phone", "愿意去")
    with pytest.raises(NotPossible, match="请核对"):
        referring.tell(referral=made, how="phone", on=day("2026-11-01"), by=world.clerk)


def test_an_accompanied_interview_moves_the_call_to_the_person(world):
    made = world.refer(world.seeker(seeker_class="difficult"), world.vacancy())
    assert made.way == "accompanied" and made.companion == "张晓明"
    at = dt.datetime(2026, 11, 26, 9, 30, tzinfo=clock.ZONE)
    referring.arrange(referral=made, at=at, place="双河大街8号", by=world.clerk, companion="赵敏")
    made.refresh_from_db()
    assert made.companion == "赵敏"
    due = {one.kind: one.due_on.isoformat() for one in made.contacts.order_by("id")}
    assert due == {"person": "2026-12-03", "employer": "2026-12-02"}


@pytest.mark.parametrize(
    ("openings", "form"), [(1, "at_employer"), (10, "at_employer"), (11, "platform"), (50, "platform"), (51, "fair")]
)
def test_where_the_interview_is_depends_on_how_many_are_wanted(openings, form):
    assert referral_limits.interview_form(openings) == form
    assert referral_limits.interview_form_label(form)


@pytest.fixture
def heard():
    """Events of this test, by name."""
    caught = []

    def listener(event):
        caught.append(event)

    kinds = (events.PersonPlaced, events.VacancyFilled, events.VacancyChanged, events.SeekerChanged)
    for kind in kinds:
        events.listen(kind, listener)
    yield caught
    for kind in kinds:
        events._listeners[kind].remove(listener)


def test_being_hired_changes_everything_at_once(world, heard):
    seeker, vacancy = world.seeker(), world.vacancy(headcount=1)
    UnemploymentRegistration.objects.create(
        person=seeker.person, organization=world.street, registered_on=day("2026-10-08"), prior_status="employed",
        recorded_at=clock.now(),
    )  # fmt: skip
    elsewhere = world.refer(seeker, world.vacancy("装卸工"))
    waiting = world.refer(world.seeker("李红"), vacancy)
    referral = world.refer(seeker, vacancy)
    done = results.record_hired(referral=referral, hired_on=TODAY, wage_fen=450_000, by=world.clerk)
    assert (done.is_full, done.others, done.withdrawn) == (True, 1, 1)
    vacancy.refresh_from_db()
    assert (vacancy.state, vacancy.filled, vacancy.ended_on) == ("filled", 1, TODAY)
    seeker.refresh_from_db()
    seeker.person.refresh_from_db()
    assert (seeker.state, seeker.person.labour_status) == ("placed", "employed")
    spell = LabourSpell.objects.get(person=seeker.person, end_on=None)
    assert (spell.status, spell.employer, spell.occupation) == ("employed", vacancy.employer, "包装工")
    elsewhere.refresh_from_db()
    assert (elsewhere.state, elsewhere.result_note) == ("withdrawn", "本人已在别处就业")
    assert not ReferralContact.objects.filter(referral=elsewhere, done_on=None).exists()
    task = Task.objects.get(key=f"referral.filled:{waiting.pk}")
    assert "李红" in task.title and task.cleared_at is None
    assert Task.objects.filter(key__startswith="registration.close:", person=seeker.person).exists()
    calls = referral.contacts.filter(done_on=None).order_by("due_on").values_list("kind", "due_on")
    assert [kind for kind, _ in calls] == ["retention"] * 3
    assert [due.isoformat() for _, due in calls] == ["2026-12-23", "2027-02-23", "2027-05-24"]
    names = {type(event).__name__ for event in heard}
    assert names == {"PersonPlaced", "VacancyFilled", "VacancyChanged", "SeekerChanged"}
    referring.withdraw(referral=waiting, reason="岗位已满", by=world.clerk)
    task.refresh_from_db()
    assert task.cleared_at is not None


def test_the_last_post_is_given_once_and_nothing_half(world):
    vacancy = world.vacancy(headcount=1)
    first, second = (world.refer(world.seeker(name), vacancy) for name in ("王秀兰", "李红"))
    results.record_hired(referral=first, hired_on=TODAY, by=world.clerk)
    with pytest.raises(NotPossible, match="招1人，已经都招到了"):
        results.record_hired(referral=second, hired_on=TODAY, by=world.clerk)
    second.refresh_from_db()
    second.person.refresh_from_db()
    assert (second.state, second.person.labour_status) == ("made", "")


@pytest.mark.parametrize(("hired_on", "said"), [("2026-11-24", "还没到"), ("2026-11-22", "不能早于推荐日期")])
def test_a_day_that_cannot_be_is_refused(world, made, hired_on, said):
    with pytest.raises(NotPossible, match=said):
        results.record_hired(referral=made, hired_on=day(hired_on), by=world.clerk)


def test_a_failure_needs_its_reason_and_ends_the_calls(world, made):
    with pytest.raises(NotPossible, match="没成的原因"):
        results.record_failed(referral=made, outcome="rejected", unfit="", by=world.clerk)
    results.record_failed(referral=made, outcome="rejected", unfit="skills", by=world.clerk, words="要会开叉车")
    made.refresh_from_db()
    assert (made.state, made.unfit, made.result_note) == ("rejected", "skills", "要会开叉车")
    assert not made.contacts.filter(done_on=None).exists()
    with pytest.raises(NotPossible, match="这次推荐已经了结（未录用）"):
        results.record_hired(referral=made, hired_on=TODAY, by=world.clerk)
    assert world.refer(made.seeker, made.vacancy).pk != made.pk, "a failed one may be tried again"


def test_three_failures_in_one_registration_propose_an_expert_and_nobody_is_sent_silently(world):
    seeker = world.seeker()
    key = f"referral.expert:{seeker.pk}"
    for _ in range(2):
        failed(world, seeker)
    assert not Task.objects.filter(key=key).exists()
    failed(world, seeker)
    task = Task.objects.get(key=key)
    assert "王秀兰推荐3次没成" in task.title and "D-16" in task.reason
    with pytest.raises(NotPossible, match="写一句原因"):
        results.answer_expert(seeker=seeker, is_arranged=False, words="", by=world.clerk)
    results.answer_expert(seeker=seeker, is_arranged=True, words="下周二上午", by=world.clerk)
    task.refresh_from_db()
    assert task.cleared_at is not None
    after = Task.objects.get(key__startswith="referral.after_expert:")
    assert after.due_on == day("2026-12-07"), "10 working days"
    with pytest.raises(NotPossible, match="本人怎么说"):
        results.answer_after_expert(seeker=seeker, words=" ", by=world.clerk)
    world.refer(seeker, world.vacancy())
    after.refresh_from_db()
    assert (after.cleared_at is not None, after.outcome) == (True, "已再次推荐")
    with pytest.raises(NotPossible, match="没有等着回访的"):
        results.answer_after_expert(seeker=seeker, words="好多了", by=world.clerk)
    again = world.seeker("王秀兰", person=build.person(world.place.villages[0], "赵强"))
    failed(world, again)
    assert Task.objects.filter(key__startswith="referral.expert:").count() == 1


def test_a_call_without_a_result_plans_the_next_one(world, made):
    contact = made.contacts.get(kind="person")
    following.record_waiting(contact=contact, by=world.clerk, words="下周复试")
    contact.refresh_from_db()
    assert (contact.done_on, contact.answer) == (TODAY, "下周复试")
    with pytest.raises(NotPossible, match="已经记过"):
        following.record_waiting(contact=contact, by=world.clerk)


@pytest.fixture
def working(world, made):
    results.record_hired(referral=made, hired_on=TODAY, by=world.clerk)
    return made.contacts.filter(done_on=None).order_by("due_on").first()


def test_still_at_work_closes_one_call_only(world, working):
    following.record_still_there(contact=working, by=world.clerk)
    working.refresh_from_db()
    assert working.still_there is True
    assert working.referral.contacts.filter(done_on=None).count() == 2


def test_who_left_has_another_status_and_is_not_called_any_more(world, working):
    later = dt.datetime(2026, 12, 20, 10, 0, tzinfo=clock.ZONE)
    with clock.as_of(later):
        following.record_left(contact=working, left_on=day("2026-12-18"), reason="太累", by=world.clerk)
    person = working.referral.person
    person.refresh_from_db()
    assert person.labour_status == "jobless"
    referral = Referral.objects.get(pk=working.referral_id)
    assert (referral.state, referral.left_on) == ("hired", day("2026-12-18"))
    assert not referral.contacts.filter(done_on=None).exists()


def left(world, contact, **given):
    with clock.as_of(dt.datetime(2026, 12, 20, 10, 0, tzinfo=clock.ZONE)):
        return following.record_left(contact=contact, left_on=day("2026-12-18"), reason="太累", by=world.clerk, **given)


def test_the_post_of_somebody_who_left_is_given_again_while_the_term_runs(world):
    vacancy = world.vacancy(headcount=1)
    referral = world.refer(world.seeker("赵红"), vacancy)
    results.record_hired(referral=referral, hired_on=TODAY, by=world.clerk)
    contact = referral.contacts.filter(done_on=None).order_by("due_on").first()
    assert left(world, contact).freed == vacancy
    vacancy.refresh_from_db()
    assert (vacancy.state, vacancy.filled, vacancy.ended_on) == ("published", 0, None)
    assert vacancy.events.filter(what="reopened").count() == 1


@pytest.mark.parametrize("change", [{"valid_until": "2026-12-19"}, {"state": "withdrawn"}])
def test_a_vacancy_that_is_over_keeps_its_count(world, working, change):
    vacancy = working.referral.vacancy
    Vacancy.objects.filter(pk=vacancy.pk).update(**change)
    before = Vacancy.objects.get(pk=vacancy.pk)
    assert left(world, working).freed is None
    after = Vacancy.objects.get(pk=vacancy.pk)
    assert (after.filled, after.state, after.version) == (1, before.state, before.version)


def test_who_left_and_asks_for_work_is_recommended_under_the_same_registration(world, working):
    seeker = working.referral.seeker
    seeker.refresh_from_db()
    assert seeker.state == "placed"
    assert left(world, working, wants_work=True).seeker == seeker
    seeker.refresh_from_db()
    assert (seeker.state, seeker.renewed_on) == ("active", day("2026-12-20"))
    assert seeker.valid_until > day("2027-02-01"), "a full term from the day it was asked"


def test_who_left_and_does_not_ask_is_not_looking(world, working):
    assert left(world, working).seeker is None
    assert not working.referral.person.seekers.filter(state="active").exists()

"""An employer invites somebody it does not know yet; the yes tells who it is; a hire it reports is looked into by the office."""

from __future__ import annotations

import pytest

from renben.engines.messaging.models import Message
from renben.kernel.models import LabourSpell, Task, User
from renben.services.placement import applicants, candidates, confirming, inviting, matching, results
from renben.services.placement.models import Referral, Seeker
from renben.services.registration.reasons import NotPossible
from tests.services.placement import referral_world
from tests.services.placement.referral_world import TODAY, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    matching.forget()
    return referral_world.make()


def found(world, vacancy) -> list[str]:
    return [one.facts.label for one in candidates.candidates(vacancy)]


def test_only_those_who_let_employers_find_them_are_found_and_without_a_name(world):
    vacancy = world.vacancy()
    masked = world.seeker("王秀兰", visibility="masked")
    world.seeker("李桂兰", visibility="staff")
    world.seeker("张玉华", visibility="open")
    assert sorted(found(world, vacancy)) == sorted(["张玉华", f"求职人{masked.number[-4:]}"])


def test_name_and_telephone_are_told_with_the_yes_and_the_employer_hears_of_it(world):
    vacancy, seeker = world.vacancy(), world.seeker(visibility="masked")
    referral = inviting.invite(seeker=seeker, vacancy=vacancy, by=world.clerk)
    assert referral.way == Referral.Way.INVITED and not applicants.is_known(referral)
    assert applicants.name_of(referral) == f"求职人{seeker.number[-4:]}" and applicants.phone_of(referral) == ""
    assert inviting.invite(seeker=seeker, vacancy=vacancy, by=world.clerk).pk == referral.pk, (
        "asked twice, one invitation"
    )
    task = Task.objects.get(key=f"invitation:{referral.pk}")
    assert task.organization == seeker.organization and "没有网上账号" in task.reason
    accepted = inviting.accept(referral=referral, by=world.clerk)
    assert applicants.name_of(accepted) == "王秀兰" and applicants.phone_of(accepted) == "13800001234"
    told = Message.objects.get(template="invitation.accepted")
    assert told.employer == vacancy.employer and "王秀兰" in told.title
    task.refresh_from_db()
    assert task.cleared_at is not None
    with pytest.raises(NotPossible, match="已经答复"):
        inviting.accept(referral=referral, by=world.clerk)


def test_whoever_has_an_account_answers_without_the_office(world):
    seeker = world.seeker(visibility="masked")
    User.objects.create_user("wang", "Renben-2026-test", person=seeker.person)
    referral = inviting.invite(seeker=seeker, vacancy=world.vacancy(), by=world.clerk)
    assert not Task.objects.filter(key=f"invitation:{referral.pk}").exists()
    assert Message.objects.get(template="invitation.made").person == seeker.person


def test_a_no_stays_nameless_counts_for_nothing_and_is_not_asked_again(world):
    vacancy, seeker = world.vacancy(), world.seeker(visibility="masked")
    referral = inviting.invite(seeker=seeker, vacancy=vacancy, by=world.clerk)
    declined = inviting.decline(referral=referral, unfit="distance", by=world.clerk)
    assert declined.state == Referral.State.DECLINED and results.failures(seeker) == 0
    told = Message.objects.get(template="invitation.declined")
    assert "王秀兰" not in told.title + told.text
    assert found(world, vacancy) == []
    with pytest.raises(NotPossible, match="没有成"):
        inviting.invite(seeker=seeker, vacancy=vacancy, by=world.clerk)


def test_the_office_that_hears_the_no_tells_the_employer_as_well(world):
    referral = inviting.invite(seeker=world.seeker(visibility="masked"), vacancy=world.vacancy(), by=world.clerk)
    results.record_failed(referral=referral, outcome="declined", unfit="wage", by=world.clerk)
    assert Message.objects.filter(template="invitation.declined").count() == 1
    assert Task.objects.get(key=f"invitation:{referral.pk}").cleared_at is not None


def test_nobody_hidden_or_unfit_is_invited_and_not_without_end(world, monkeypatch):
    vacancy = world.vacancy()
    with pytest.raises(NotPossible, match="不再让单位看到"):
        inviting.invite(seeker=world.seeker("李桂兰"), vacancy=vacancy, by=world.clerk)
    choosy = world.seeker("赵敏", visibility="open", wish={"wage_min_fen": 900_000})
    with pytest.raises(NotPossible, match="条件对不上"):
        inviting.invite(seeker=choosy, vacancy=vacancy, by=world.clerk)
    monkeypatch.setattr(inviting.settings_store, "get", lambda name: 1)
    inviting.invite(seeker=world.seeker("王秀兰", visibility="open"), vacancy=vacancy, by=world.clerk)
    with pytest.raises(NotPossible, match="最多1份"):
        inviting.invite(seeker=world.seeker("张玉华", visibility="open"), vacancy=vacancy, by=world.clerk)


def reported(world, seeker: Seeker) -> Referral:
    referral = world.refer(seeker, world.vacancy(headcount=1))
    return results.record_hired(referral=referral, hired_on=TODAY, by=world.clerk, is_reported=True).referral


def test_a_reported_hire_closes_the_post_and_asks_the_office(world):
    seeker = world.seeker()
    referral = reported(world, seeker)
    seeker.refresh_from_db()
    assert referral.vacancy.__class__.objects.get(pk=referral.vacancy_id).state == "filled"
    assert seeker.state == Seeker.State.PLACED and confirming.waits(referral)
    assert Task.objects.get(key=f"referral.confirm:{referral.pk}").organization == seeker.person.organization
    confirming.confirm(referral=referral, by=world.clerk)
    assert Task.objects.get(key=f"referral.confirm:{referral.pk}").outcome == "属实"
    assert LabourSpell.objects.get(person=seeker.person, end_on=None).status == "employed"
    with pytest.raises(NotPossible, match="同事已经办了"):
        confirming.confirm(referral=referral, by=world.clerk)


def test_the_firms_word_alone_ends_no_registered_unemployment(world):
    seeker = world.seeker()
    LabourSpell.objects.create(
        person=seeker.person, status="registered_unemployed", start_on=day("2026-10-01"), source="registration",
        recorded_at=seeker.recorded_at,
    )  # fmt: skip
    referral = reported(world, seeker)
    running = LabourSpell.objects.filter(person=seeker.person, end_on=None)
    assert running.get().status == "registered_unemployed"
    confirming.confirm(referral=referral, by=world.clerk)
    assert running.get().status == "employed" and running.get().start_on == TODAY
    assert not Task.objects.filter(key__startswith="status:", cleared_at=None).exists()


def test_a_hire_that_was_not_so_goes_back(world):
    seeker = world.seeker()
    referral = reported(world, seeker)
    with pytest.raises(NotPossible, match="怎么说"):
        confirming.refute(referral=referral, words=" ", by=world.clerk)
    confirming.refute(referral=referral, words="本人说没去上班", by=world.clerk)
    seeker.refresh_from_db()
    referral.refresh_from_db()
    assert referral.state == Referral.State.REJECTED and referral.vacancy.places_left == 1
    assert referral.vacancy.state == "published" and seeker.state == Seeker.State.ACTIVE
    assert not referral.contacts.filter(done_on=None).exists()
    assert LabourSpell.objects.get(person=seeker.person, end_on=None).status == "jobless"

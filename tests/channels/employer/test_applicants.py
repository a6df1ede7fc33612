"""A firm sees who comes, invites whom it does not know, and records what became of it; the office and the person follow."""

from __future__ import annotations

import pytest

from renben.engines.messaging.models import Message
from renben.engines.search import changes as search_changes
from renben.kernel.models import AuditEvent
from renben.services.placement import seeker_source
from renben.services.placement.models import Referral, Seeker, SeekerWish, Vacancy
from tests import build
from tests.channels.employer.conftest import contact_of, signed_in


def wanted(firm, name="王秀兰", visibility="masked", title="仓库分拣员", **fields) -> Seeker:
    """Somebody of the street who wants just this work."""
    person = build.person(firm.desk.place.villages[0], name, "F", education="60", address="胜利街道幸福里3号")
    made = Seeker.objects.create(
        person=person, organization=firm.desk.street, number=f"QZ{person.pk:08d}", visibility=visibility,
        registered_on="2026-11-02", valid_until="2027-02-01", recorded_at="2026-11-02T09:00:00+08:00",
        skills=["开叉车"], history="在顺通仓库干过三年", experience_years=3, **fields,
    )  # fmt: skip
    vacancy = Vacancy.objects.filter(title=title).order_by("id").first()
    SeekerWish.objects.create(seeker=made, title=title, occupation=vacancy.occupation, wage_min_fen=300_000)
    return made


@pytest.fixture
def post(firm) -> Vacancy:
    return firm.desk.published()


def recommended(firm, post, clerk, seeker) -> Referral:
    clerk.post(f"/referrals/vacancy/{post.pk}/refer/", {"one": seeker.pk})
    return Referral.objects.get(seeker=seeker)


def test_a_recommended_person_is_shown_with_what_is_needed_and_nothing_else(firm, post, clerk):
    seeker = wanted(firm)
    referral = recommended(firm, post, clerk, seeker)
    assert "王秀兰应聘" in firm.page("/employer/")
    assert "王秀兰" in firm.page("/employer/applicants/")
    page = firm.page(f"/employer/applicants/{referral.pk}/")
    assert "王秀兰" in page and "13800001234" in page and "在顺通仓库干过三年" in page
    assert seeker.person.id_masked not in page and "幸福里" not in page and "1975" not in page
    assert AuditEvent.objects.filter(action="read.firm_referral", subject=f"firm_referral:{referral.pk}").exists()
    paper = firm.client.get(f"/employer/applicants/{referral.pk}/resume/")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")


def test_somebody_who_lets_only_staff_see_shows_no_career(firm, post, clerk):
    referral = recommended(firm, post, clerk, wanted(firm, visibility="staff"))
    page = firm.page(f"/employer/applicants/{referral.pk}/")
    assert "王秀兰" in page and "干过三年" not in page
    assert "本人没有公开简历" in firm.page(f"/employer/applicants/{referral.pk}/resume/")


def test_an_invitation_tells_nothing_until_the_yes(firm, post, clerk):
    seeker = wanted(firm)
    hidden = wanted(firm, "李桂兰", visibility="staff")
    shown = firm.page(f"/employer/vacancies/{post.pk}/candidates/")
    assert f"求职人{seeker.number[-4:]}" in shown and "王秀兰" not in shown and "138" not in shown
    assert hidden.number[-4:] not in shown
    at = f"/employer/vacancies/{post.pk}/candidates/{seeker.pk}/"
    assert "邀请面试" in firm.page(at)
    firm.client.post(at, {"message": "有班车"})
    referral = Referral.objects.get(seeker=seeker)
    page = firm.page(f"/employer/applicants/{referral.pk}/")
    assert "王秀兰" not in page and "13800001234" not in page and "对方还没有答复" in page
    for path, given in {
        "arrange": {"on": "2026-11-24", "at": "09:00", "place": "厂里"},
        "hired": {"on": "2026-11-23"},
    }.items():
        refused = firm.client.post(f"/employer/applicants/{referral.pk}/{path}/", given)
        assert refused.status_code == 422 and "还没有答复" in refused.content.decode()
    assert "等本人答复" in clerk.get(f"/referrals/{referral.pk}/").content.decode()
    clerk.post(f"/referrals/{referral.pk}/accept/", {})
    assert "13800001234" in firm.page(f"/employer/applicants/{referral.pk}/")
    assert Message.objects.filter(employer=firm.employer, template="invitation.accepted").count() == 1


def test_from_an_invitation_to_a_hire_that_the_office_confirms(firm, post, clerk):
    seeker = wanted(firm)
    firm.client.post(f"/employer/vacancies/{post.pk}/candidates/{seeker.pk}/", {"message": ""})
    referral = Referral.objects.get(seeker=seeker)
    clerk.post(f"/referrals/{referral.pk}/accept/", {})
    at = f"/employer/applicants/{referral.pk}/"
    firm.client.post(f"{at}arrange/", {"on": "2026-11-23", "at": "08:30", "place": "幸福路8号"})
    assert Message.objects.filter(person=seeker.person, template="referral.interview").exists()
    firm.client.post(f"{at}interviewed/", {})
    assert "等您给结果" in firm.page("/employer/")
    firm.client.post(f"{at}hired/", {"on": "2026-11-23", "wage": "5200", "words": ""})
    referral.refresh_from_db()
    post.refresh_from_db()
    seeker.refresh_from_db()
    assert referral.state == "hired" and referral.wage_fen == 520_000 and post.filled == 1
    assert seeker.state == Seeker.State.PLACED
    assert "社保所还要向本人核实" in firm.page(at)
    assert "等核实" in clerk.get(f"/referrals/{referral.pk}/").content.decode()
    clerk.post(f"/referrals/{referral.pk}/confirm/", {})
    assert "社保所已核实" in firm.page(at)


def test_the_office_finds_that_nobody_was_hired(firm, post, clerk):
    referral = recommended(firm, post, clerk, wanted(firm))
    firm.client.post(f"/employer/applicants/{referral.pk}/hired/", {"on": "2026-11-23"})
    clerk.post(f"/referrals/{referral.pk}/refute/", {"words": "本人说没去"})
    referral.refresh_from_db()
    post.refresh_from_db()
    assert referral.state == "rejected" and post.filled == 0
    assert "13800001234" not in firm.page(f"/employer/applicants/{referral.pk}/")


def test_no_with_a_reason_takes_the_telephone_back(firm, post, clerk):
    referral = recommended(firm, post, clerk, wanted(firm))
    at = f"/employer/applicants/{referral.pk}/"
    missing = firm.client.post(f"{at}failed/", {"who": "firm"})
    assert missing.status_code == 422
    firm.client.post(f"{at}failed/", {"who": "firm", "unfit": "skills", "words": "不会开车"})
    referral.refresh_from_db()
    assert referral.state == "rejected" and referral.unfit == "skills"
    assert "13800001234" not in firm.page(at)
    assert Message.objects.filter(person=referral.person, template="referral.rejected").exists()


def test_a_remote_interview_has_two_doors_and_the_person_gets_theirs(firm, post, clerk):
    referral = recommended(firm, post, clerk, wanted(firm))
    firm.client.post(f"/employer/applicants/{referral.pk}/remote/", {"on": "2026-11-24", "at": "10:00"})
    booked = referral.interviews.get()
    assert f"/interview/{booked.employer_code}/" in firm.page(f"/employer/applicants/{referral.pk}/")
    told = Message.objects.get(template="interview.remote")
    assert told.person == referral.person and told.link == f"/interview/{booked.seeker_code}/"


def test_an_unanswered_invitation_can_be_taken_back(firm, post):
    seeker = wanted(firm)
    firm.client.post(f"/employer/vacancies/{post.pk}/candidates/{seeker.pk}/", {})
    referral = Referral.objects.get()
    firm.client.post(f"/employer/applicants/{referral.pk}/take-back/", {})
    referral.refresh_from_db()
    assert referral.state == "withdrawn"


def test_another_firms_applicants_do_not_exist(firm, post, clerk):
    referral = recommended(firm, post, clerk, wanted(firm))
    stranger = signed_in(contact_of(firm.desk.firm("北京顺安商贸有限公司"), "吴强"))
    for path in ("", "resume/", "arrange/", "remote/", "hired/", "failed/"):
        assert stranger.get(f"/employer/applicants/{referral.pk}/{path}").status_code == 404
    assert "王秀兰" not in stranger.get("/employer/applicants/").content.decode()
    exported = stranger.post("/employer/applicants/export/", {})
    assert exported.status_code == 200


def test_a_firm_looks_for_people_by_words_and_reads_who_suits_its_post(firm, post):
    seeker = wanted(firm)
    hidden = wanted(firm, "李桂兰", visibility="staff")
    dear = wanted(firm, "赵凤英")
    dear.wishes.update(wage_min_fen=9_000_000)
    search_changes.rebuild(seeker_source.SEEKERS)
    shown = firm.page(f"/employer/vacancies/{post.pk}/candidates/?q=叉车")
    assert f"求职人{seeker.number[-4:]}" in shown and f"candidates/{seeker.pk}/" in shown
    assert f"求职人{dear.number[-4:]}" in shown and "条件对不上" in shown and f"candidates/{dear.pk}/" not in shown
    assert "王秀兰" not in shown and "138" not in shown and hidden.number[-4:] not in shown
    assert firm.client.get(f"/employer/vacancies/{post.pk}/candidates/{hidden.pk}/").status_code == 302
    firm.client.post(f"/employer/vacancies/{post.pk}/candidates/{seeker.pk}/", {"message": ""})
    assert f"candidates/{seeker.pk}/" not in firm.page(f"/employer/vacancies/{post.pk}/candidates/?q=叉车")
    nobody = firm.page(f"/employer/vacancies/{post.pk}/candidates/?q=王秀兰")
    assert "王秀兰</th>" not in nobody and "138" not in nobody

"""会员单位 through the pages: applied, decided by a second person, the page written by the firm, approved, public, gone again."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from renben.engines.messaging.models import Message
from renben.kernel import clock, employer_merge, merging, settings_store
from renben.kernel.models import Setting, Task, User
from renben.services.placement import visits
from renben.services.placement.fairs import booking
from renben.services.placement.fairs.models import Fair
from renben.services.placement.firms import members
from renben.services.placement.firms.models import FirmPage, FirmPicture, Membership
from tests import build

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)


def text_of(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


def member_of(world, clerk, reviewer, employer=None) -> Membership:
    employer = employer or world.employer()
    form = {"applicant": "周海燕", "wishes": "形象页"}
    assert "由另一个人审核" in text_of(clerk.post(f"/members/employers/{employer.pk}/new/", form, follow=True))
    held = Membership.objects.get(employer=employer, state="applied")
    verdict = {"verdict": "yes", "starts_on": "2026-11-23", "until": "2027-11-22", "text": ""}
    assert "已审核：会员" in text_of(reviewer.post(f"/members/{held.pk}/decide/", verdict, follow=True))
    held.refresh_from_db()
    return held


@pytest.fixture
def contact(world):
    """The firm's own person, signed in."""
    user = User.objects.create_user("firm-contact", build.PASSWORD, display_name="周海燕")
    world.employer().contacts.create(name="周海燕", user=user)
    client = Client()
    client.force_login(user)
    return client


def picture(name: str = "line.png", data: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/png")


def test_applying_and_deciding_takes_two_people(world, clerk, reviewer):
    employer = world.employer()
    assert "还没有会员单位" in text_of(clerk.get("/members/"))
    clerk.post(f"/members/employers/{employer.pk}/new/", {"applicant": "周海燕"})
    held, task = Membership.objects.get(), Task.objects.get(key__startswith="member.decide:")
    again = clerk.post(f"/members/employers/{employer.pk}/new/", {"applicant": "周海燕"})
    assert "已有一份申请在等审核" in text_of(again)
    verdict = {"verdict": "yes", "starts_on": "2026-11-23", "until": "2027-11-22"}
    assert clerk.post(task.url + "decide/", verdict).status_code == 403
    Membership.objects.update(recorded_by=User.objects.get(display_name="赵复审"))
    assert "要由另一个人审核" in text_of(reviewer.post(task.url + "decide/", verdict))
    Membership.objects.update(recorded_by=world.clerk)
    assert "请写明原因" in text_of(reviewer.post(task.url + "decide/", {"verdict": "no"}))
    assert 'value="2027-11-22"' in text_of(reviewer.get(task.url + "decide/")), "the usual year"
    assert "已审核：会员" in text_of(reviewer.post(task.url + "decide/", verdict, follow=True))
    task.refresh_from_db()
    assert task.cleared_at and Message.objects.filter(employer=employer, template="member.accepted").exists()
    assert "已经是会员" in text_of(clerk.post(f"/members/employers/{employer.pk}/new/", {"applicant": "周海燕"}))
    assert employer.name in text_of(clerk.get("/members/?q=stwl&state=member"))
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.post("/members/export/").content)).active
    assert sheet.cell(3, 1).value == held.number


def test_a_firm_that_may_not_recruit_is_not_taken(world, clerk, reviewer):
    employer = build.employer(world.street, "北京无照有限公司")
    clerk.post(f"/members/employers/{employer.pk}/new/", {"applicant": "周海燕"})
    held = Membership.objects.get()
    verdict = {"verdict": "yes", "starts_on": "2026-11-23", "until": "2027-11-22"}
    assert "营业执照" in text_of(reviewer.post(f"/members/{held.pk}/decide/", verdict))
    refused = {"verdict": "no", "text": "没有营业执照"}
    assert "没有批准" in text_of(reviewer.post(f"/members/{held.pk}/decide/", refused, follow=True))
    assert not members.is_member(employer, clock.today())


def test_the_firm_writes_its_page_and_the_office_approves_it(world, clerk, reviewer, contact):
    assert "申请成为会员" in text_of(contact.get("/employer/image/"))
    contact.post("/employer/image/apply/")
    held = Membership.objects.get()
    assert held.organization == world.street
    verdict = {"verdict": "yes", "starts_on": "2026-11-23", "until": "2027-11-22"}
    reviewer.post(f"/members/{held.pk}/decide/", verdict)
    public, address = Client(), f"/firms/{held.number}/"
    assert public.get(address).status_code == 404 and "还没有会员单位公开" in text_of(public.get("/firms/"))
    contact.post("/employer/image/start/")
    assert "还没有写一句话介绍" in text_of(contact.post("/employer/image/submit/", follow=True))
    words = {
        "slogan": "管吃管住，月月准时发工资",
        "about": "做包装的，八十人。",
        "benefits": "五险一金",
        "video_url": "",
    }
    assert "还没有公开" in text_of(contact.post("/employer/image/write/", words, follow=True))
    bad = contact.post(
        "/employer/image/pictures/", {"file": picture("a.png", b"MZ..."), "caption": "厂房"}, follow=True
    )
    assert "这是一个程序" in text_of(bad)
    contact.post("/employer/image/pictures/", {"file": picture(), "caption": "二车间包装线"})
    shown = FirmPicture.objects.get()
    assert "已交社保所审核" in text_of(contact.post("/employer/image/submit/", follow=True))
    page, task = FirmPage.objects.get(), Task.objects.get(key__startswith="firm_page:")
    assert task.organization == world.street and public.get(address).status_code == 404

    said = text_of(reviewer.get(task.url))
    assert "月月准时发工资" in said and "二车间包装线" in said
    assert "要改哪里" in text_of(reviewer.post(f"{task.url}decide/", {"verdict": "no"}, follow=True))
    reviewer.post(f"{task.url}decide/", {"verdict": "no", "note": "写明地址"})
    assert "写明地址" in text_of(contact.get("/employer/image/"))
    contact.post("/employer/image/write/", words | {"about": "做包装的，八十人，在胜利街。"})
    contact.post("/employer/image/submit/")
    assert "已公开" in text_of(reviewer.post(f"{task.url}decide/", {"verdict": "yes"}, follow=True))
    assert not Task.objects.filter(key__startswith="firm_page:", cleared_at=None).exists()

    world.vacancy("包装工")
    said = text_of(public.get(address))
    for part in ("月月准时发工资", "在胜利街", "五险一金", "包装工", "4000", "<svg", f"{address}pictures/{shown.pk}/"):
        assert part in said, part
    assert world.employer().name in text_of(public.get("/firms/?q=stwl"))
    image = public.get(f"{address}pictures/{shown.pk}/")
    assert (
        image.content == PNG and image["Content-Type"] == "image/png" and "sandbox" in image["Content-Security-Policy"]
    )

    contact.post("/employer/image/start/")
    contact.post("/employer/image/write/", words | {"about": "改了还没审。"})
    assert "改了还没审" not in text_of(public.get(address)), "the approved version stays until the next is approved"
    copied = FirmPicture.objects.exclude(pk=shown.pk).get()
    contact.post(f"/employer/image/pictures/{copied.pk}/drop/")
    assert public.get(f"{address}pictures/{copied.pk}/").status_code == 404
    assert public.get(f"{address}pictures/{shown.pk}/").status_code == 200
    assert page.pk == FirmPage.objects.get(state="approved").pk

    assert "不再公开" in text_of(clerk.post(f"/members/{held.pk}/end/", {"why": "停产"}, follow=True))
    assert public.get(address).status_code == 404 and public.get(f"{address}pictures/{shown.pk}/").status_code == 404


def test_a_clerk_writes_it_and_does_not_approve_it(world, clerk, reviewer):
    held = member_of(world, clerk, reviewer)
    reviewer.post(f"/members/{held.pk}/page/")
    page = FirmPage.objects.get()
    words = {"slogan": "一句话", "about": "介绍"}
    assert reviewer.post(f"/members/pages/{page.pk}/write/", {"slogan": ""}).status_code == 422
    reviewer.post(f"/members/pages/{page.pk}/write/", words)
    reviewer.post(f"/members/pages/{page.pk}/submit/")
    own = reviewer.post(f"/members/pages/{page.pk}/decide/", {"verdict": "yes"}, follow=True)
    assert "要由另一个人审核" in text_of(own)
    leader = Client()
    leader.force_login(build.staff("leader", world.street, "钱所长"))
    assert "已公开" in text_of(leader.post(f"/members/pages/{page.pk}/decide/", {"verdict": "yes"}, follow=True))


def test_a_visit_within_the_year_and_a_renewal_are_asked_for(world, clerk, reviewer, at):
    held = member_of(world, clerk, reviewer)
    assert members.remind().visits == 0
    today = at(2027, 10, 25)
    assert members.remind(today) == members.remind(today) == members.Owed(1, 1)
    task = Task.objects.get(title__startswith="走访会员单位")
    assert task.due_on == dt.date(2027, 11, 23)
    with clock.as_of(dt.datetime(2027, 10, 20, 9, tzinfo=clock.ZONE)):
        visit = visits.book(
            employer=held.employer, organization=world.street, visit_on=dt.date(2027, 10, 25), by=world.clerk
        )
    visits.record(visit=visit, seen=visits.Seen("一切正常"), by=world.clerk)
    task.refresh_from_db()
    assert task.cleared_at is not None and members.remind(today).visits == 0
    assert "会员快到期" in text_of(clerk.get("/?show=tasks"))
    clerk.post(f"/members/employers/{held.employer_id}/new/", {"applicant": "周海燕"})
    second = Membership.objects.get(state="applied")
    assert members.usual_term(second.employer, today)[0] == dt.date(2027, 11, 23), "after the one that still holds"


def test_booths_kept_for_members(world, clerk, reviewer):
    Setting.objects.create(key="fair.booths_for_members", value=1)
    assert settings_store.get("fair.booths_for_members") == 1
    fair = Fair.objects.create(
        number="ZPH1", organization=world.street, title="例行会", on=dt.date(2026, 12, 3), starts_at=dt.time(9),
        ends_at=dt.time(11), place="大厅", booths=1, booths_each=1, booking_until=dt.date(2026, 12, 2),
        recorded_at=clock.now(),
    )  # fmt: skip
    member = member_of(world, clerk, reviewer).employer
    other = world.employer("北京某某食品有限公司")
    assert [why.code for why in booking.against(fair, other, 1)] == ["members"]
    assert booking.against(fair, member, 1) == []


def test_two_members_are_not_merged(world, clerk, reviewer):
    one, other = world.employer(), world.employer("北京某某食品有限公司")
    member_of(world, clerk, reviewer, one)
    second = member_of(world, clerk, reviewer, other)
    with pytest.raises(merging.MergeRefused, match="会员"):
        employer_merge.merge_employers(kept=one, merged=other, reason="两次建档", by=world.clerk)
    members.end(membership=second, why="重复", by=world.clerk)
    employer_merge.merge_employers(kept=one, merged=other, reason="两次建档", by=world.clerk)
    assert Membership.objects.filter(employer=one).count() == 2

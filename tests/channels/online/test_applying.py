"""我要应聘 from the public page to the office's work, without JavaScript; every refusal is a sentence; nothing of another's is seen."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from renben.engines.messaging.models import Message
from renben.kernel import clock
from renben.kernel.models import LabourSpell, Task, User
from renben.services.placement import inviting, matching, referring, results, seekers_acts, vacancies
from renben.services.placement.models import Referral, Seeker, Vacancy
from renben.services.placement.seekers_acts import Profile, Wish
from tests import build
from tests.channels.online.conftest import client_of


@pytest.fixture(autouse=True)
def matching_anew():
    matching.forget()
    yield
    matching.forget()


@pytest.fixture
def person(desk):
    return build.person(desk.place.villages[0], "王秀兰", "F")


@pytest.fixture
def citizen(person) -> Client:
    return client_of(User.objects.create_user("wxl", build.PASSWORD, display_name=person.name, person=person))


@pytest.fixture
def seeker(desk, person):
    profile = Profile(skills=("分拣",), experience_years=3, history="2019年至2025年　某仓库　分拣员", visibility="open")
    return seekers_acts.register_seeker(
        person=person, organization=desk.street, profile=profile, wishes=[Wish("仓库分拣员")], by=desk.clerk
    )


def page(answer, status: int = 200) -> str:
    assert answer.status_code == status, (answer.status_code, answer.get("Location"))
    return answer.content.decode()


def applied(citizen, vacancy, **given):
    return citizen.post(f"/jobs/{vacancy.number}/apply/", {"message": "下周一就能上班", **given}, follow=True)


def test_a_stranger_is_led_through_the_sign_in_back_to_the_job(desk, person):
    vacancy = desk.published()
    type(desk.street).objects.filter(pk=desk.street.pk).update(phone="010-69440001")
    shown = page(Client().get(f"/jobs/{vacancy.number}/"))
    assert "我要应聘" in shown and "010-69440001" in shown and "当场开通" in shown
    address = f"/jobs/{vacancy.number}/apply/"
    login = Client().get(address)["Location"]
    assert login == f"/accounts/login/?next={address}"
    User.objects.create_user("wxl", build.PASSWORD, display_name=person.name, person=person)
    client = Client()
    answer = client.post(login, {"login": "wxl", "password": build.PASSWORD, "next": address})
    assert answer["Location"] == address


def test_from_nothing_to_an_application(desk, person, citizen):
    vacancy = desk.published()
    first = citizen.get(f"/jobs/{vacancy.number}/apply/", follow=True)
    form = page(first)
    assert first.redirect_chain[-1][0] == f"/mine/seeker/new/?job={vacancy.number}"
    assert 'value="仓库分拣员"' in form and "应聘以前先登记一次" in form
    told = {"w1-title": "仓库分拣员", "skills": "分拣、打包", "experience_years": "3", "visibility": "staff"}
    confirm = citizen.post(f"/mine/seeker/new/?job={vacancy.number}", told, follow=True)
    assert confirm.redirect_chain[-1][0] == f"/jobs/{vacancy.number}/apply/"
    text = page(confirm)
    assert "单位会看到这些" in text and "分拣、打包" in text and "证件号码" in text
    seeker = Seeker.objects.get(person=person)
    assert (seeker.source, seeker.organization, seeker.recorded_by.person) == ("web", desk.street, person)
    check = Task.objects.get(key=f"seeker.web:{seeker.pk}")
    assert check.organization == desk.street and check.due_on == dt.date(2026, 11, 26), "three working days"
    done = page(applied(citizen, vacancy))
    assert "已经送到" in done and "下周一就能上班" in done
    referral = Referral.objects.get()
    assert (referral.way, referral.state, referral.seeker, referral.organization) == (
        "applied", "made", seeker, desk.street,
    )  # fmt: skip
    assert referral.score is not None and referral.message == "下周一就能上班"
    task = Task.objects.get(key=f"application:{referral.pk}")
    assert task.due_on == min(referral.contacts.values_list("due_on", flat=True)) and task.due_on > clock.today()
    office = client_of(desk.clerk)
    assert "网上应聘" in page(office.get("/?show=tasks")) and "本人应聘" in page(office.get("/referrals/?way=applied"))
    told_firm = Message.objects.get(employer=vacancy.employer, template="application.made")
    assert "王秀兰应聘" in told_firm.title


def test_the_clerk_checks_and_answers(desk, citizen):
    vacancy = desk.published()
    told = {"w1-title": "仓库分拣员", "skills": "", "experience_years": "0", "visibility": "staff"}
    citizen.post("/mine/seeker/new/", told)
    applied(citizen, vacancy)
    seeker, referral, office = Seeker.objects.get(), Referral.objects.get(), client_of(desk.clerk)
    assert "还没有核对" in page(office.get(f"/seekers/{seeker.pk}/"))
    office.post(f"/seekers/{seeker.pk}/check/")
    assert "还没有核对" not in page(office.get(f"/seekers/{seeker.pk}/"))
    referring.tell(referral=referral, how="phone", on=clock.today(), by=desk.clerk, words="周五面试")
    open_tasks = Task.objects.filter(cleared_at=None).values_list("key", flat=True)
    assert not {f"seeker.web:{seeker.pk}", f"application:{referral.pk}"} & set(open_tasks)


def test_pressed_twice_is_one_application(desk, seeker, citizen):
    vacancy = desk.published()
    applied(citizen, vacancy)
    again = page(applied(citizen, vacancy))
    assert "您已经应聘过" in again and Referral.objects.count() == 1
    assert "您已经应聘过" in page(citizen.get(f"/jobs/{vacancy.number}/"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda office, v, p: Vacancy.objects.filter(pk=v.pk).update(filled=v.headcount), "刚刚招满了"),
        (lambda office, v, p: Vacancy.objects.filter(pk=v.pk).update(state="paused"), "暂停招聘"),
        (lambda office, v, p: Vacancy.objects.filter(pk=v.pk).update(state="expired"), "现在不招人了"),
        (lambda office, v, p: Vacancy.objects.filter(pk=v.pk).update(valid_until=dt.date(2026, 11, 22)), "已经到期"),
        (lambda office, v, p: office.employer.licences.update(valid_until=dt.date(2026, 11, 1)), "营业执照已过期"),
        (
            lambda office, v, p: LabourSpell.objects.create(
                person=p, status="employed", start_on=clock.today(), source="registration", recorded_at=clock.now()
            ),
            "现在有工作",
        ),
    ],
)
def test_what_changed_a_second_ago_is_said_and_nothing_is_sent(desk, person, seeker, citizen, change, said):
    vacancy = desk.published()
    assert "确认应聘" in page(citizen.get(f"/jobs/{vacancy.number}/apply/"))
    change(desk, vacancy, person)
    answer = citizen.post(f"/jobs/{vacancy.number}/apply/", {"message": ""})
    assert said in page(answer, 409) and "确认应聘" not in answer.content.decode()
    assert not Referral.objects.exists() and not Task.objects.filter(key__startswith="application").exists()


def test_who_was_recommended_already_is_led_there(desk, seeker, citizen):
    vacancy = desk.published()
    made = referring.refer(seeker=seeker, vacancy=vacancy, organization=desk.street, by=desk.clerk)
    answer = citizen.get(f"/jobs/{vacancy.number}/apply/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/mine/applications/{made.pk}/"
    assert "社保所推荐的" in page(answer)


def test_a_job_nobody_published_cannot_be_applied_for(desk, seeker, citizen):
    assert citizen.post(f"/jobs/{desk.register().number}/apply/").status_code == 404


def test_too_young_for_work(desk):
    child = build.person(desk.place.villages[0], "小明", birth_on=dt.date(2012, 1, 1))
    client = client_of(User.objects.create_user("xm", build.PASSWORD, display_name="小明", person=child))
    assert "年满16周岁" in page(client.get("/mine/seeker/new/"))
    told = {"w1-title": "送货", "skills": "", "experience_years": "0", "visibility": "staff"}
    assert client.post("/mine/seeker/new/", told).status_code == 422 and not Seeker.objects.exists()


def test_an_interview_shows_its_hour_and_place(desk, seeker, citizen):
    applied(citizen, desk.published())
    referral = Referral.objects.get()
    at = dt.datetime(2026, 11, 27, 9, 30, tzinfo=clock.ZONE)
    referring.arrange(referral=referral, at=at, place="幸福路8号二楼", by=desk.clerk)
    shown = page(citizen.get("/mine/applications/"))
    assert "11月27日 09:30面试" in shown and "幸福路8号二楼" in shown and "约好面试了" in shown


def test_the_list_says_by_when_the_office_calls(desk, seeker, citizen):
    applied(citizen, desk.published())
    due = Referral.objects.get().contacts.get(kind="person").due_on
    for address in ("/mine/applications/", f"/mine/applications/{Referral.objects.get().pk}/"):
        assert f"最晚{due:%m月%d日}" in page(citizen.get(address))


def test_taken_back_with_a_line(desk, seeker, citizen):
    applied(citizen, desk.published())
    referral = Referral.objects.get()
    assert "请写一句为什么撤回" in page(
        citizen.post(f"/mine/applications/{referral.pk}/withdraw/", {"reason": ""}), 422
    )
    done = citizen.post(f"/mine/applications/{referral.pk}/withdraw/", {"reason": "找到别的工作了"}, follow=True)
    assert "已撤回" in page(done)
    referral.refresh_from_db()
    assert referral.state == "withdrawn" and "找到别的工作" in referral.result_note
    assert Task.objects.get(key=f"application:{referral.pk}").cleared_at is not None
    assert not Message.objects.filter(state="waiting").exclude(template__startswith="vacancy").exists()


def test_what_the_office_recommends_is_answered_where_the_message_leads(desk, seeker, citizen):
    referral = referring.refer(
        seeker=seeker, vacancy=desk.published(), organization=desk.street, by=desk.clerk, way="recommended"
    )
    told = Message.objects.get(person=seeker.person, template="referral.made")
    answer = citizen.post(f"/mine/messages/{told.pk}/read/", {"go": "1"}, follow=True)
    at = f"/mine/applications/{referral.pk}/"
    assert answer.redirect_chain[-1][0] == at and f"{at}accept/" in page(answer)
    assert "您愿意去" in page(citizen.post(f"{at}accept/", follow=True))
    referral.refresh_from_db()
    assert (referral.state, referral.told_how, referral.told_note) == ("told", "online", "本人网上说愿意去")
    assert f"{at}accept/" not in page(citizen.get(at))


def test_an_invitation_is_answered_with_yes_or_with_a_reason(desk, seeker, citizen):
    yes, no = desk.published(), desk.published(title="仓库保管员", place="2号院")
    first, second = (inviting.invite(seeker=seeker, vacancy=vacancy, by=desk.clerk) for vacancy in (yes, no))
    assert page(citizen.get("/mine/applications/")).count("等您答复") == 2
    citizen.post(f"/mine/applications/{first.pk}/accept/")
    first.refresh_from_db()
    assert first.accepted_on == clock.today()
    assert "请选一个原因" in page(citizen.post(f"/mine/applications/{second.pk}/decline/", {}), 422)
    citizen.post(f"/mine/applications/{second.pk}/decline/", {"unfit": "distance", "words": "倒三趟车"})
    second.refresh_from_db()
    assert (second.state, second.unfit, second.result_note) == ("declined", "distance", "倒三趟车")


def test_a_result_is_told_without_blame(desk, seeker, citizen):
    applied(citizen, desk.published())
    referral = Referral.objects.get()
    results.record_failed(referral=referral, outcome="rejected", unfit="skills", by=desk.clerk, words="手太慢")
    for address in ("/mine/applications/", f"/mine/applications/{referral.pk}/"):
        shown = page(citizen.get(address))
        assert "这次没有成" in shown and "手太慢" not in shown and "技能或经验不够" not in shown
    assert "看适合我的岗位" in shown


def test_nothing_of_another_person(desk, seeker, citizen):
    applied(citizen, desk.published())
    referral = Referral.objects.get()
    other = build.person(desk.place.villages[0], "赵红梅", "F")
    stranger = client_of(User.objects.create_user("zhm", build.PASSWORD, display_name="赵红梅", person=other))
    assert stranger.get(f"/mine/applications/{referral.pk}/").status_code == 404
    for act in ("accept", "decline", "withdraw"):
        given = {"unfit": "wage", "reason": "不去"}
        assert stranger.post(f"/mine/applications/{referral.pk}/{act}/", given).status_code == 404
    referral.refresh_from_db()
    assert referral.state == "made"
    assert client_of(desk.clerk).get("/mine/applications/")["Location"] == "/"


def test_suggested_jobs_say_why_and_apply_in_three_steps(desk, seeker, citizen):
    vacancy = desk.published()
    mine = page(citizen.get("/mine/"))
    assert 'href="/mine/jobs/"' in mine
    shown = page(citizen.get("/mine/jobs/"))
    assert f"/jobs/{vacancy.number}/" in shown and "为什么推荐" in shown and "就是想干的“仓库分拣员”" in shown
    points = [int(n) for n in re.findall(r"（(-?\d+)分）", shown)]
    assert sum(points) == int(re.search(r"合起来 (\d+) 分", shown)[1])
    applied(citizen, vacancy)
    assert f"/jobs/{vacancy.number}/" not in page(citizen.get("/mine/jobs/")), (
        "what one has applied for is not suggested"
    )


def test_without_a_registration_the_page_leads_to_one(desk, citizen):
    for address in ("/mine/jobs/", "/mine/seeker/"):
        assert "/mine/seeker/new/" in page(citizen.get(address))


def test_my_registration_is_read_corrected_and_kept_from_being_overwritten(desk, seeker, citizen):
    shown = page(citizen.get("/mine/seeker/"))
    assert seeker.number in shown and "分拣员" in shown and "单位可看姓名" in shown
    form = page(citizen.get("/mine/seeker/edit/"))
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    said = {
        "w1-title": "仓库保管员", "w1-wage": "4500", "skills": "分拣、盘点", "experience_years": "4",
        "visibility": "staff", "version": version,
    }  # fmt: skip
    assert citizen.post("/mine/seeker/edit/", said).status_code == 302
    seeker.refresh_from_db()
    assert (seeker.visibility, seeker.skills, seeker.wishes.get().title) == ("staff", ["分拣", "盘点"], "仓库保管员")
    assert seeker.seeker_class == "general"
    assert "刚刚被别的同事改过" in page(citizen.post("/mine/seeker/edit/", said | {"skills": "电焊"}), 409)


def test_the_class_of_a_seeker_is_not_the_seekers_to_choose(desk, seeker, citizen):
    Seeker.objects.update(seeker_class="difficult", difficulties=["age"])
    form = page(citizen.get("/mine/seeker/edit/"))
    assert "求职困难" not in form
    said = {"w1-title": "仓库分拣员", "experience_years": "3", "visibility": "staff", "version": str(seeker.version)}
    assert citizen.post("/mine/seeker/edit/", said | {"seeker_class": "general"}).status_code == 302
    seeker.refresh_from_db()
    assert (seeker.seeker_class, seeker.difficulties) == ("difficult", ["age"])


def test_renewed_and_ended_by_the_person(desk, seeker, citizen):
    Seeker.objects.update(valid_until=clock.today() + dt.timedelta(days=3))
    assert "/mine/seeker/renew/" in page(citizen.get("/mine/seeker/"))
    citizen.post("/mine/seeker/renew/")
    seeker.refresh_from_db()
    assert seeker.renewed_on == clock.today() and seeker.valid_until > clock.today() + dt.timedelta(days=30)
    assert citizen.post("/mine/seeker/end/", {"reason": ""}).status_code == 422
    citizen.post("/mine/seeker/end/", {"reason": "身体原因"})
    seeker.refresh_from_db()
    assert (seeker.state, seeker.ended_why) == ("withdrawn", "身体原因")
    assert "重新登记" in page(citizen.get("/mine/seeker/"))


def test_the_resume_shows_what_was_ticked(desk, seeker, citizen):
    pdf = citizen.get("/mine/seeker/resume/?show=skills&fmt=pdf")
    assert pdf.content.startswith(b"%PDF")
    word = citizen.get("/mine/seeker/resume/?show=skills&fmt=docx")
    assert word.content.startswith(b"PK") and "attachment" in word["Content-Disposition"]


def test_withdrawn_job_is_gone_for_applicants(desk, seeker, citizen):
    vacancy = desk.published()
    vacancies.withdraw(vacancy=vacancy, reason="单位不招了", by=desk.clerk)
    assert citizen.get(f"/jobs/{vacancy.number}/apply/").status_code == 404

"""A firm posts a job itself: the counter's rules, told before anything is handed in; the clerk approves as always."""

from __future__ import annotations

import datetime as dt

from renben.kernel.models import Task
from renben.services.placement.codes import VacancySource
from renben.services.placement.models import Vacancy
from tests.channels.employer.conftest import contact_of, signed_in
from tests.services.placement.vacancy_office import licence


def test_signing_in_leads_to_the_firm_and_nothing_waits(firm):
    page = firm.page("/")
    assert "北京顺通物流有限公司，您好" in page and "现在没有等您办的事" in page
    assert "工作台" not in page and "/people/" not in page


def test_a_forbidden_phrase_is_told_with_article_and_wording_and_nothing_is_kept(firm):
    asked = firm.given(requirements="限男性，能上两班")
    answer = firm.client.post("/employer/vacancies/new/", asked)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Vacancy.objects.exists()
    assert "限男性" in page and "《" in page and "建议改成" in page and "用建议的文字" in page
    adopted = firm.client.post("/employer/vacancies/new/", {**asked, "adopt": "1", "keep": ""}).content.decode()
    assert "限男性" not in adopted.split('id="id_requirements"')[1].split("</textarea>")[0]


def test_posted_waits_for_the_clerk_and_says_until_when(firm, clerk):
    answer = firm.client.post("/employer/vacancies/new/", firm.given(), follow=True)
    vacancy = Vacancy.objects.get()
    assert vacancy.source == VacancySource.ONLINE and vacancy.organization == firm.desk.street
    page = answer.content.decode()
    assert "11月23日下班以前审核" in page and "待审核" in page
    task = Task.objects.get(key__startswith=f"vacancy.check:{vacancy.pk}:")
    assert task.organization == firm.desk.street and task.cleared_at is None
    clerk.post(f"/vacancies/{vacancy.pk}/publish/", {"version": vacancy.version})
    assert "招聘中" in firm.page(f"/employer/vacancies/{vacancy.pk}/")
    assert vacancy.number in clerk.get(f"/jobs/{vacancy.number}/").content.decode()


def test_what_comes_back_stands_on_the_first_page_with_its_words_and_is_put_right(firm, clerk):
    firm.client.post("/employer/vacancies/new/", firm.given())
    vacancy = Vacancy.objects.get()
    clerk.post(f"/vacancies/{vacancy.pk}/return/", {"reason": "请写清每周休息几天", "version": vacancy.version})
    home = firm.page("/employer/")
    assert "请写清每周休息几天" in home and f"/employer/vacancies/{vacancy.pk}/edit/" in home
    edit = firm.client.get(f"/employer/vacancies/{vacancy.pk}/edit/").content.decode()
    version = edit.split('name="version" value="')[1].split('"')[0]
    corrected = firm.given(duties="按单分拣，每周休息两天。", version=version)
    firm.client.post(f"/employer/vacancies/{vacancy.pk}/edit/", corrected)
    vacancy.refresh_from_db()
    assert vacancy.state == Vacancy.State.SUBMITTED and "每周休息两天" in vacancy.duties
    stale = firm.client.post(f"/employer/vacancies/{vacancy.pk}/edit/", corrected | {"title": "搬运工"})
    assert stale.status_code == 422 and "已经有人改过" in stale.content.decode()


def test_a_firm_without_a_licence_reads_what_to_bring_instead_of_posting(firm):
    firm.employer.licences.all().delete()
    assert "请带证照原件到" in firm.page("/employer/vacancies/new/")
    assert "营业执照" in firm.page("/employer/")
    refused = firm.client.post("/employer/vacancies/new/", firm.given())
    assert refused.status_code == 422 and not Vacancy.objects.exists()


def test_an_earlier_post_is_the_start_of_the_next_one_of_the_same_firm_only(firm):
    earlier = firm.desk.published(title="叉车司机")
    page = firm.page(f"/employer/vacancies/new/?from={earlier.pk}")
    assert 'value="叉车司机"' in page
    other = firm.desk.firm("北京顺安商贸有限公司")
    foreign = firm.desk.published(other, title="理货员")
    assert firm.client.get(f"/employer/vacancies/new/?from={foreign.pk}").status_code == 404
    assert firm.client.get(f"/employer/vacancies/{foreign.pk}/").status_code == 404
    assert "理货员" not in firm.page("/employer/vacancies/")


def test_the_firm_renews_pauses_and_withdraws(firm):
    vacancy = firm.desk.published()
    at = f"/employer/vacancies/{vacancy.pk}/"
    firm.client.post(f"{at}renew/", {"until": "2027-01-15"})
    firm.client.post(f"{at}pause/", {})
    assert "恢复招聘" in firm.page(at)
    firm.client.post(f"{at}resume/", {})
    firm.client.post(f"{at}fill/", {"count": "1", "reason": "熟人介绍"})
    firm.client.post(f"{at}withdraw/", {"reason": "不招了"})
    vacancy.refresh_from_db()
    assert vacancy.state == Vacancy.State.WITHDRAWN and str(vacancy.valid_until) == "2027-01-15" and vacancy.filled == 1


def test_somebody_who_speaks_for_two_firms_chooses_and_sees_one_at_a_time(firm):
    second = firm.desk.firm("北京顺安商贸有限公司")
    second.contacts.create(name="周海燕", user=firm.user)
    vacancy = firm.desk.published(title="叉车司机")
    asked = firm.client.get("/employer/vacancies/", follow=True)
    assert "您现在替哪家单位办事" in asked.content.decode()
    firm.client.post("/employer/choose/", {"firm": second.pk})
    assert "叉车司机" not in firm.page("/employer/vacancies/")
    assert firm.client.get(f"/employer/vacancies/{vacancy.pk}/").status_code == 404
    firm.client.post("/employer/choose/", {"firm": firm.employer.pk})
    assert "叉车司机" in firm.page("/employer/vacancies/")


def test_a_contact_who_left_is_out_at_the_next_request(firm):
    assert firm.client.get("/employer/").status_code == 200
    firm.employer.contacts.filter(user=firm.user).update(left_on="2026-11-23")
    assert firm.client.get("/employer/").status_code == 403


def test_the_firm_keeps_its_contacts_and_nobody_locks_themselves_out(firm):
    firm.client.post("/employer/firm/contacts/new/", {"name": "李敏", "duty": "人事", "phone": "13911113333"})
    page = firm.page("/employer/firm/")
    assert "李敏" in page and "139****3333" in page and "13911113333" not in page
    own = firm.employer.contacts.get(user=firm.user)
    refused = firm.client.post(f"/employer/firm/contacts/{own.pk}/", {"name": "周海燕", "left_on": "2026-11-23"})
    assert refused.status_code == 422 and "不能停用自己" in refused.content.decode()
    facts = {"address": "幸福路8号", "phone": "010-69440001", "version": firm.employer.version}
    firm.client.post("/employer/firm/facts/", facts)
    assert "幸福路8号" in firm.page("/employer/firm/")


def test_a_licence_that_ends_soon_is_said_in_time(firm):
    firm.employer.licences.all().delete()
    licence(firm.employer, dt.date(2026, 12, 10))
    assert "2026年12月10日到期" in firm.page("/employer/")
    assert "快到期" in firm.page("/employer/firm/")


def test_another_firm_sees_nothing_of_it(firm):
    vacancy = firm.desk.published()
    stranger = signed_in(contact_of(firm.desk.firm("北京顺安商贸有限公司"), "吴强"))
    for path in ("", "edit/", "renew/", "withdraw/"):
        assert stranger.get(f"/employer/vacancies/{vacancy.pk}/{path}").status_code == 404

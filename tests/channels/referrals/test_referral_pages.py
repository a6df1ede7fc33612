"""推荐岗位 on the workbench: from the match page to the call months later, through the pages a clerk uses."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.urls import reverse

from renben.engines.documents.models import IssuedDocument
from renben.kernel.models import Task
from renben.services.placement.models import Referral, ReferralContact, Vacancy
from tests import build

pytestmark = pytest.mark.django_db


def post(client, name, pk, data=None):
    return client.post(reverse(f"referrals:{name}", args=[pk]), data or {}, follow=True).content.decode()


def see(client, name, pk, query=""):
    return client.get(reverse(f"referrals:{name}", args=[pk]) + query).content.decode()


@pytest.fixture
def made(world):
    return world.refer(world.seeker(), world.vacancy())


def test_a_clerk_recommends_from_the_list_with_its_reasons(world, street, title):
    seeker, vacancy = world.seeker(), world.vacancy()
    response = street.get(reverse("referrals:for_person", args=[seeker.person_id]))
    page = response.content.decode()
    assert title(response) == "给王秀兰推荐岗位"
    assert "就是想干的“包装工”" in page and "最高5000元，比期望高2000元" in page and "在本人住的街镇" in page
    points = [int(n) for n in re.findall(r'<li>\S+ <span class="num">(-?\d+)</span>：', page)]
    score = int(re.search(r'<strong class="num">(\d+)</strong> 分', page)[1])
    assert sum(points) == score > 0
    page = post(street, "refer_person", seeker.person_id, {"one": vacancy.pk})
    assert "已推荐王秀兰到北京顺通物流有限公司“包装工”" in page
    referral = Referral.objects.get()
    assert (referral.score, sum(part["points"] for part in referral.parts)) == (score, score)
    assert referral.organization == world.street and referral.made_by == world.clerk
    assert page.count(f'value="{vacancy.pk}"') == 0, "no longer among the rows to recommend"


def test_several_at_once_each_with_its_own_answer(world, street):
    seeker, one, two = world.seeker(), world.vacancy(), world.vacancy("装箱工")
    Vacancy.objects.filter(pk=two.pk).update(state="paused")
    page = post(street, "refer_person", seeker.person_id, {"vacancy": [one.pk, two.pk]})
    assert "已推荐王秀兰" in page and "“装箱工”已经暂停招聘" in page
    assert Referral.objects.count() == 1
    assert "请先勾选岗位" in post(street, "refer_person", seeker.person_id)


def test_nothing_fits_but_it_says_where_it_is_lost_and_widens_in_one_click(world, street):
    seeker = world.seeker()
    world.vacancy(shift="night")
    page = see(street, "for_person", seeker.person_id)
    assert "没有条件都满足的岗位" in page and "夜班：要上夜班，本人不能上" in page
    assert "?without=nights" in page
    widened = see(street, "for_person", seeker.person_id, "?without=nights")
    assert "已经放宽" in widened and 'name="one"' in widened and "没有条件都满足的岗位" not in widened


def test_without_a_registration_the_page_says_what_to_do_first(world, street):
    person = build.person(world.place.villages[0], "赵强")
    assert "先办求职登记" in see(street, "for_person", person.pk)
    assert "没有有效的求职登记" in post(street, "refer_person", person.pk, {"one": "1"})


def test_the_vacancy_finds_people_of_the_own_territory_only(world, street, sign_in):
    mine, vacancy = world.seeker(), world.vacancy()
    foreign = world.seeker("冯丽", person=build.person(world.place.villages[2], "冯丽", "F"))
    page = see(street, "for_vacancy", vacancy.pk)
    assert mine.number in page and foreign.number not in page and "王秀兰" not in page
    assert "请先勾选人员" in post(street, "refer_to_vacancy", vacancy.pk)
    post(street, "refer_to_vacancy", vacancy.pk, {"seeker": [mine.pk, foreign.pk]})
    assert list(Referral.objects.values_list("person_id", flat=True)) == [mine.person_id]
    district = sign_in(build.staff("counter", world.place.centre))
    assert foreign.number in see(district, "for_vacancy", vacancy.pk)


def test_told_arranged_interviewed_and_hired(world, street, made):
    page = post(street, "tell", made.pk, {"tell-how": "phone", "tell-on": "2026-11-23", "tell-words": "愿意去"})
    assert "已记通知王秀兰（电话）" in page and "愿意去" in page
    at = {
        "arrange-on": "2026-11-23",
        "arrange-at": "09:00",
        "arrange-place": "双河大街8号",
        "arrange-companion": "赵敏",
    }
    page = post(street, "arrange", made.pk, at)
    assert "面试已约在11月23日 09:00，双河大街8号" in page and "到用人单位或其提供的场地" in page
    assert "已记面试" in post(street, "interviewed", made.pk)
    page = post(
        street, "result", made.pk, {"result-outcome": "hired", "result-on": "2026-11-23", "result-wage": "4500"}
    )
    assert "就业状态和求职登记同时改好" in page and "4,500.00 元" in page and "在岗回访" in page
    made.refresh_from_db()
    assert (made.state, made.wage_fen, made.way) == ("hired", 450_000, "accompanied")
    assert "记结果</button>" not in page


def test_a_failure_asks_for_its_reason_in_place(street, made):
    url = reverse("referrals:result", args=[made.pk])
    response = street.post(url, {"result-outcome": "declined", "result-on": "2026-11-23"})
    assert response.status_code == 422 and "没成的，请选择原因" in response.content.decode()
    page = post(
        street, "result", made.pk, {"result-outcome": "declined", "result-on": "2026-11-23", "result-unfit": "distance"}
    )
    assert "本人不去”：上班太远" in page


def test_three_failures_are_told_with_advice_and_the_clerk_decides(world, street):
    seeker = world.seeker()
    for number in range(3):
        referral = world.refer(seeker, world.vacancy(f"包装工{number}"))
        post(
            street,
            "result",
            referral.pk,
            {"result-outcome": "declined", "result-on": "2026-11-23", "result-unfit": "distance"},
        )
    page = see(street, "for_person", seeker.person_id)
    assert "推荐 3 次没成，要不要转专家指导" in page and "3次上班太远" in page and "?near=home" in page
    assert "只看本人所在街镇" in see(street, "for_person", seeker.person_id, "?near=home")
    assert "请写一句原因" in post(street, "answer_expert", seeker.person_id, {"answer": "not_needed"})
    page = post(street, "answer_expert", seeker.person_id, {"answer": "arranged", "words": "周二上午"})
    assert "已记安排专家指导" in page and "要不要转专家指导" not in page and "专家指导以后怎样了" in page
    page = post(street, "answer_expert", seeker.person_id, {"answer": "asked", "words": "想学叉车"})
    assert "已记专家指导后的回访" in page and "专家指导以后怎样了" not in page


def test_a_filled_post_is_shown_to_whoever_is_still_on_the_way(world, street):
    vacancy = world.vacancy(headcount=1)
    first, second = (world.refer(world.seeker(name), vacancy) for name in ("王秀兰", "李红"))
    page = post(street, "result", first.pk, {"result-outcome": "hired", "result-on": "2026-11-23"})
    assert "还有1人推荐到这个岗位" in page
    assert "这个岗位已经招满" in see(street, "referral", second.pk)
    assert Task.objects.filter(key=f"referral.filled:{second.pk}", cleared_at=None).exists()
    assert "已经都招到了" in post(street, "result", second.pk, {"result-outcome": "hired", "result-on": "2026-11-23"})
    page = post(street, "withdraw", second.pk, {"withdraw-reason": "岗位已满"})
    assert "已撤回" in page
    assert not Task.objects.filter(key=f"referral.filled:{second.pk}", cleared_at=None).exists()


def test_calls_are_answered_by_one_line(world, street, made):
    ReferralContact.objects.filter(referral=made, kind="person").update(due_on="2026-11-20")
    page = street.get(reverse("referrals:contacts")).content.decode()
    assert "今天到期和超期 1" in page and "红牌" in page
    contact = made.contacts.get(kind="person")
    assert "请选择回访结果" in post(street, "answer", contact.pk)
    assert "没成的原因" in post(street, "answer", contact.pk, {"outcome": "rejected"})
    page = post(street, "answer", contact.pk, {"outcome": "waiting", "words": "周五复试", "query": "state=due"})
    assert "还没有结果，到期再提醒" in page and "今天没有到期的回访" in page
    again = made.contacts.filter(kind="person", done_on=None).get()
    assert "就业状态和求职登记同时改好" in post(street, "answer", again.pk, {"outcome": "hired", "on": "2026-11-23"})
    retention = made.contacts.filter(kind="retention").order_by("due_on").first()
    assert "仍在岗" in post(street, "answer", retention.pk, {"outcome": "still"})
    later = made.contacts.filter(kind="retention", done_on=None).order_by("due_on").first()
    assert "请写一句为什么离开" in post(street, "answer", later.pk, {"outcome": "left", "on": "2026-11-23"})
    gone = post(street, "answer", later.pk, {"outcome": "left", "on": "2026-11-23", "words": "太累", "again": "on"})
    assert "就业状态已改" in gone and "可以再推荐" in gone
    assert made.person.seekers.get().state == "active"


def test_one_form_stands_open_and_the_next_one_follows(world, street, made):
    other = world.refer(world.seeker("李红"), world.vacancy("保洁员"))
    third = world.refer(world.seeker("赵敏"), world.vacancy("保安员"))
    ReferralContact.objects.exclude(kind="person").delete()
    due = {made.pk: "2026-11-18", other.pk: "2026-11-19", third.pk: "2026-11-20"}
    for pk, day in due.items():
        ReferralContact.objects.filter(referral=pk).update(due_on=day)
    first, second, last = (one.contacts.get().pk for one in (made, other, third))

    def forms(page: str) -> list[int]:
        return [int(pk) for pk in re.findall(r'action="/referrals/contacts/(\d+)/', page)]

    lists = reverse("referrals:contacts")
    page = street.get(lists).content.decode()
    assert forms(page) == [first] and page.count("记结果<") == 2
    page = street.get(f"{lists}?state=due&open={last}").content.decode()
    assert forms(page) == [last] and f"open={first}#r{first}" in page
    assert forms(street.get(f"{lists}?open=x").content.decode()) == [first]
    query = re.search(r'name="query" value="([^"]*)"', page)[1]
    assert query == "state=due"
    assert forms(post(street, "answer", first, {"outcome": "waiting", "query": query})) == [second]


def test_the_hotline_may_call_and_not_recommend(world, sign_in, made):
    hotline = sign_in(build.staff("hotline", world.place.centre))
    assert hotline.get(reverse("referrals:contacts")).status_code == 200
    assert hotline.get(reverse("referrals:for_person", args=[made.person_id])).status_code == 403


def test_the_letter_is_one_paper_until_the_interview_moves(street, made):
    url = reverse("referrals:letter", args=[made.pk])
    first = street.post(url, follow=True)
    assert first["Content-Type"] == "application/pdf" and first.content[:4] == b"%PDF"
    assert street.post(url, follow=True).redirect_chain == first.redirect_chain
    at = {"arrange-on": "2026-11-26", "arrange-at": "09:00", "arrange-place": "双河大街8号"}
    post(street, "arrange", made.pk, at)
    assert street.post(url, follow=True).redirect_chain != first.redirect_chain
    assert IssuedDocument.objects.filter(form="推荐介绍信").count() == 2
    assert "双河大街8号" in see(street, "slip", made.pk)


def test_the_list_filters_counts_and_exports(world, street, made):
    other = world.refer(world.seeker("李红"), world.vacancy("装卸工"))
    Referral.objects.filter(pk=other.pk).update(state="rejected", unfit="wage", result_on="2026-11-23")
    page = street.get("/referrals/?state=rejected").content.decode()
    assert "全部 2" in page and "未录用 1" in page and page.count("data-row-link") == 1
    assert street.get("/referrals/?q=装卸").content.decode().count("data-row-link") == 1
    assert street.get("/referrals/?q=wxl").content.decode().count("data-row-link") == 1
    book = street.post("/referrals/export/", {"state": "rejected"})
    rows = list(openpyxl.load_workbook(io.BytesIO(book.content)).active.values)
    assert rows[2][1] == "李红" and "****" in rows[2][2] and rows[2][12] == "工资低于期望"


def test_a_sibling_street_sees_nothing_of_it(world, sign_in, made):
    other = sign_in(build.staff("counter", world.place.streets[1]))
    assert "data-row-link" not in other.get("/referrals/").content.decode()
    assert other.get(reverse("referrals:referral", args=[made.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_the_match_page_asks_no_more_for_twelve_rows_than_for_one(world, street, count, django_assert_max_num_queries):
    seeker = world.seeker()
    for number in range(count):
        world.vacancy(f"包装工{number}")
    url = reverse("referrals:for_person", args=[seeker.person_id])
    street.get(url)
    with django_assert_max_num_queries(40):
        assert "最合适的岗位" in street.get(url).content.decode()


def test_it_stands_on_the_persons_file_the_registration_and_today(world, street, made):
    ReferralContact.objects.filter(referral=made, kind="person").update(due_on="2026-11-20")
    link = reverse("referrals:referral", args=[made.pk])
    assert link in street.get(reverse("people:file", args=[made.person_id]) + "?tab=work").content.decode()
    page = street.get(reverse("seekers:seeker", args=[made.seeker_id])).content.decode()
    assert link in page and reverse("referrals:for_person", args=[made.person_id]) in page
    today = street.get("/").content.decode()
    assert '今天到期和超期 <strong class="num">1</strong> 个' in today


def test_the_command_answers_as_the_page_does(world, capsys):
    import json

    from renben.services.placement.match_commands import match_command

    seeker, vacancy = world.seeker(), world.vacancy()
    night = world.vacancy("夜班包装工", shift="night")
    ask = {"top": 5, "say": print}
    assert match_command(person=seeker.person_id, vacancy=None, as_json=True, **ask) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [row["vacancy"] for row in answer["top"]] == [vacancy.pk]
    assert sum(answer["top"][0]["parts"].values()) == answer["top"][0]["score"]
    assert [(row["vacancy"], row["failed"]) for row in answer["near"]] == [(night.pk, "nights")]
    assert match_command(person=None, vacancy=vacancy.pk, as_json=False, **ask) == 0
    assert seeker.number in capsys.readouterr().out
    assert match_command(person=None, vacancy=0, as_json=True, **ask) == 1

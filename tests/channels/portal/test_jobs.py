"""找工作 for everybody: found, read, passed on, and a false one reported and taken down."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client

from renben.kernel.models import Task
from renben.services.placement import reporting, vacancies
from renben.services.placement.models import Vacancy, VacancyReport
from tests import build
from tests.services.placement.vacancy_office import desk  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db
TOLD = {"reason": "fee", "text": "面试时要先交300元服装费", "phone": "１３９ 1111 2222"}


@pytest.fixture(autouse=True)
def nobody_reported_yet():
    cache.clear()


def text_of(answer, *statuses: int) -> str:
    assert answer.status_code in (statuses or (200,)), answer.status_code
    return answer.content.decode()


def test_found_read_and_passed_on_without_an_account(desk):  # noqa: F811
    vacancy = desk.published(title="食品包装工", wage_low_fen=480_000, wage_high_fen=520_000, offers_housing=True)
    desk.published(title="保洁员", wage_low_fen=300_000, wage_high_fen=350_000)
    anybody = Client()
    found = anybody.get("/jobs/", {"q": "包装工", "wage": "4000"})
    shown = text_of(found)
    assert f"/jobs/{vacancy.number}/" in shown and "每月4800至5200元" in shown and "保洁员" not in shown
    read = anybody.get(f"/jobs/{vacancy.number}/")
    page = text_of(read)
    assert "北京顺通物流有限公司" in page and "提供住宿" in page and "<svg" in page and vacancy.number in page
    assert "13911112222" not in page and "周海燕" not in page, "whom to ask is the office, no private number"


def test_giving_up_one_wish_is_a_link_that_finds_more(desk):  # noqa: F811
    desk.published(title="保洁员", wage_low_fen=600_000, wage_high_fen=650_000)
    cheaper = desk.published(title="保洁员", wage_low_fen=300_000, wage_high_fen=350_000, place="2号院")
    shown = text_of(Client().get("/jobs/", {"q": "保洁员", "wage": "6000"}))
    assert f"/jobs/{cheaper.number}/" not in shown
    link = re.search(r'<a href="(\?[^"]*)">不要求“[^”]*6000', shown)
    assert link, "the wish that costs most is offered to be given up"
    assert f"/jobs/{cheaper.number}/" in text_of(Client().get("/jobs/" + link[1].replace("&amp;", "&")))


def test_what_is_not_published_is_not_there(desk):  # noqa: F811
    waiting, gone = desk.register(title="保安"), desk.published(title="厨师")
    vacancies.withdraw(vacancy=gone, reason="单位不招了", by=desk.clerk)
    for number in (waiting.number, gone.number, "nothing", "x" * 300):
        assert Client().get(f"/jobs/{number}/").status_code == 404


def test_a_filled_job_says_so_and_shows_others(desk):  # noqa: F811
    filled = desk.published(title="食品包装工")
    other = desk.published(title="包装工")
    Vacancy.objects.filter(pk=filled.pk).update(state="filled", filled=3)
    page = text_of(Client().get(f"/jobs/{filled.number}/"))
    assert "现在不招人了" in page and "已招满" in page and f"/jobs/{other.number}/" in page


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"page": "0"}, {"page": "-3"}, {"page": "99999"}, {"page": "²"}, {"wage": "abc"}, {"region": "1"},
        {"q": "%_\\'\";--" * 5}, {"q": "x" * 500}, {"access": "nothing", "offer": "gold", "sort": "drop"},
    ],
)  # fmt: skip
def test_no_address_breaks_the_page(desk, asked):  # noqa: F811
    desk.published(title="食品包装工")
    text_of(Client().get("/jobs/", asked))


def test_the_page_is_the_same_large_and_without_anybody_recruiting(desk):  # noqa: F811
    anybody = Client()
    assert "没有在招的岗位" in text_of(anybody.get("/jobs/"))
    anybody.cookies["renben_mode"] = "elder"
    assert 'data-mode="elder"' in text_of(anybody.get("/jobs/"))


def test_wages_are_told_from_five_jobs_on_and_lead_to_them(desk):  # noqa: F811
    for number in range(5):
        low = 300_000 + 20_000 * number
        vacancy = desk.published(title="保洁员", wage_low_fen=low, wage_high_fen=low + 20_000, place=f"{number}号院")
    desk.published(title="食品包装工")
    Vacancy.objects.filter(title="保洁员").update(occupation="4-09-08-01")
    page = re.sub(r"\s+", " ", text_of(Client().get("/jobs/wages/")))
    assert "3,000.00" in page and "4,000.00" in page and "3,500.00" in page, "lowest, highest and the one in the middle"
    assert "包装" not in page and vacancy.number not in page


def test_a_false_job_is_reported_looked_into_and_taken_down(desk):  # noqa: F811
    vacancy = desk.published(title="食品包装工")
    page = f"/jobs/{vacancy.number}/report/"
    answer = Client().post(page, TOLD)
    assert "收到了，谢谢您" in text_of(answer)
    Client().post(page, TOLD)
    report = VacancyReport.objects.get()
    assert "139" not in report.phone_enc and reporting.phone_of(report) == "13911112222"
    task = Task.objects.get(key=f"vacancy-report:{report.pk}")
    assert task.organization == desk.street and task.url == f"/vacancy_reports/{report.pk}/"
    office = Client()
    office.force_login(desk.clerk)
    assert "服装费" in text_of(office.get(task.url)) and "食品包装工" in text_of(office.get("/vacancy_reports/"))
    text_of(office.post(task.url, {"found": "true"}), 422)
    done = text_of(office.post(task.url, {"found": "true", "text": "打电话核实，单位承认收费"}, follow=True))
    assert "属实，已撤下" in done and "单位承认收费" in done
    vacancy.refresh_from_db()
    task.refresh_from_db()
    assert vacancy.state == "withdrawn" and task.cleared_at is not None
    again = text_of(office.post(task.url, {"found": "unfounded", "text": "再核一次"}, follow=True))
    assert "已经核实过" in again
    assert Client().get(f"/jobs/{vacancy.number}/").status_code == 404
    stranger = Client()
    stranger.force_login(build.staff("counter", desk.place.streets[1], "赵敏"))
    assert stranger.get(task.url).status_code == 404


def test_what_is_wrong_with_a_report_is_said_and_nothing_lost(desk):  # noqa: F811
    page = f"/jobs/{desk.published().number}/report/"
    bad = text_of(Client().post(page, TOLD | {"phone": "12345", "text": "骗人"}), 422)
    assert "11位数字" in bad and "请多写几个字" in bad and "骗人" in bad
    assert "1000字以内" in text_of(Client().post(page, TOLD | {"text": "长" * 50_000}), 422)
    assert not VacancyReport.objects.exists()


def test_a_flood_of_reports_is_stopped_and_keeps_what_was_written(desk):  # noqa: F811
    page = f"/jobs/{desk.published().number}/report/"
    proxied = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.9, 203.0.113.7"}
    answers = [Client(**proxied).post(page, TOLD | {"text": f"第{number}次说：要交钱"}) for number in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    last = answers[-1].content.decode()
    assert "次数太多了" in last and "第6次说" in last
    assert VacancyReport.objects.count() == 5
    other = Client(REMOTE_ADDR="203.0.113.8").post(page, TOLD | {"text": "另一个人说要交钱"})
    assert other.status_code == 200 and VacancyReport.objects.count() == 6


def test_one_vacancy_keeps_so_many_reports_a_day(desk):  # noqa: F811
    vacancy = desk.published()
    for number in range(reporting.MOST_A_DAY + 3):
        reporting.report(vacancy=vacancy, reason="fee", text=f"第{number}位说要交钱")
    assert VacancyReport.objects.count() == reporting.MOST_A_DAY

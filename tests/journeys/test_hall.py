"""An online fair in real browsers with made-up cameras: an employer and two seekers in its queue, one after the other; the pages
judged for access, on a telephone and at a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from renben.channels.context import MODE_COOKIE
from tests.journeys.conftest import CHROMIUM, DESK, PHONE, QUIET
from tests.journeys.test_interview import MEDIA, sees_the_other

pytestmark = pytest.mark.browser
SET_UP = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "renben.config.settings"
import django; django.setup()
import datetime as dt
from renben.kernel import clock
from renben.services.placement.fairs import booking, planning, visiting
from renben.services.placement.hall import opening
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_employers import objections
today = clock.today()
rows = Vacancy.objects.public().select_related("employer", "organization").order_by("id")
vacancy = next(row for row in rows if not objections(row.employer, today))
plan = planning.Plan(kind="regular", title="线上招聘会", on=today, starts_at=dt.time(0), ends_at=dt.time(23, 59), place="线上",
                     booths=5, booths_each=1, booking_until=today)
fair = planning.plan_fair(organization=vacancy.organization, plan=plan, by=None)
opening.set_up(fair=fair, mode="online", slot_minutes=10, numbers_each=2, by=None)
booth = booking.book(fair=fair, employer=vacancy.employer, agent_name="周海燕", agent_phone="", vacancies=[vacancy], by=None)
planning.announce(fair=fair, where="网站", by=None)
codes = [visiting.sign_up(fair=fair, name=name).code for name in ("王秀兰", "李建国")]
print(booth.room.code, fair.number, *codes)
"""


@pytest.fixture
def cameras(browser):
    """A browser of its own: its camera is invented."""
    started = browser.browser_type.launch(executable_path=CHROMIUM, args=[*QUIET, *MEDIA])
    yield started
    started.close()


@pytest.fixture(scope="module")
def codes(site) -> list[str]:
    """Code of the employer's room, number of the fair, codes of two tickets."""
    return site.script(SET_UP).decode().split()[-4:]


class Seat:
    """Somebody at a browser with a camera."""

    def __init__(self, cameras, site, size) -> None:
        self.complaints: list[str] = []
        self.context = cameras.new_context(viewport=size, permissions=["camera", "microphone"], locale="zh-CN")
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.base = f"http://127.0.0.1:{site.port}/jobfairs/"

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def press(self, words: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(f'main button:has-text("{words}")').first.click()

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words, timeout=30_000)

    def talks(self) -> None:
        self.page.click("[data-enter]")

    def is_connected(self) -> None:
        self.page.wait_for_selector('[data-link="connected"]', timeout=60_000)
        sees_the_other(self.page)
        assert not self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")


def test_an_employer_and_two_seekers_one_after_the_other(site, codes, cameras):
    door, number, first_code, second_code = codes
    employer, first, second = (Seat(cameras, site, size) for size in (DESK, PHONE, PHONE))
    employer.go(f"room/{door}/")
    for seeker, code in ((first, first_code), (second, second_code)):
        seeker.go(f"{number}/hall/")
        seeker.page.fill("[name=code]", code)
        seeker.press("进洽谈厅")
        seeker.press("取号")
    first.sees("您是1号")
    second.sees("前面还有1人")
    employer.sees("还有2人在等")
    employer.sees("2号 李**")

    employer.press("叫下一位")
    first.page.click("[data-call] a", timeout=30_000)
    for seat in (first, employer):
        seat.talks()
    for seat in (first, employer):
        seat.is_connected()
    second.sees("您是2号，下一位就是您")
    first.page.fill("[name=text]", "我做过包装")
    first.page.press("[name=text]", "Enter")
    employer.sees("我做过包装")
    second.context.set_offline(True)
    second.sees("网络断了，正在重连")
    second.context.set_offline(False)
    expect(second.page.locator("[data-line]")).to_have_text("", timeout=30_000)

    employer.page.check('[name=result][value="invited"]')
    employer.page.fill("[name=words]", "明天9点到厂里，带身份证")
    employer.press("记下并结束")
    first.sees("面谈已经结束")
    first.page.click("text=回洽谈厅")
    first.sees("约您面试。明天9点到厂里")

    employer.press("叫下一位")
    second.page.click("[data-call] a", timeout=30_000)
    for seat in (second, employer):
        seat.talks()
    for seat in (second, employer):
        seat.is_connected()
    second.page.reload()
    second.talks()
    second.is_connected()
    second.page.click("summary:has-text('结束面谈')")
    second.press("现在结束")
    second.sees("等单位写结果")
    employer.sees("写结果")
    lost = "net::ERR_INTERNET_DISCONNECTED"
    complaints = [text for seat in (employer, first, second) for text in seat.complaints if lost not in text]
    assert not complaints, complaints


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_pages_can_be_used_by_everybody(codes, visitor, size):
    door, number, first_code, _ = codes
    pages = (f"/jobfairs/{number}/hall/", f"/jobfairs/hall/{first_code}/", f"/jobfairs/room/{door}/")
    _looked_at(visitor(size=size, for_axe=True), pages)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_offices_pages_too(codes, visitor, size):
    clerk = visitor("receiver", size=size, for_axe=True)
    clerk.go("/fairs/?q=线上招聘会")
    hall = f"{clerk.page.locator('[data-row-link]').first.get_attribute('href')}hall/"
    _looked_at(clerk, (hall, f"{hall}set-up/", "/seekers/?q=保洁&nights=on", "/seekers/?wage=3000"))


def _looked_at(one, pages) -> None:
    for mode in ("standard", "elder"):
        one.context.add_cookies([{"name": MODE_COOKIE, "value": mode, "url": one.url("/")}])
        for path in pages:
            assert one.go(path) == 200
            assert not one.overflows(), (mode, path)
            assert one.axe() == [], (mode, path)

"""职业介绍 in the browser: somebody registers for work, is recommended in one click, is hired, and everything says so at once."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.journeys.conftest import PHONE
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser


def _published(one) -> str:
    """The first job of the street that is open; its page."""
    one.go("/vacancies/?state=published")
    with one.page.expect_navigation():
        one.page.locator("table.list tbody th a").first.click()
    return one.page.url


def test_from_a_wish_to_a_person_at_work(visitor):
    clerk = visitor("clerk", for_axe=True)
    looked_at(clerk, "walk-vacancies", "/vacancies/")
    vacancy = _published(clerk)
    looked_at(clerk, "walk-vacancy")
    title = clerk.page.locator("h1").inner_text().split("：")[-1].split("（")[0].strip()

    looked_at(clerk, "walk-seekers", "/seekers/?state=active")
    clerk.page.locator("table.list tbody th a").first.click()
    clerk.page.wait_for_load_state()
    looked_at(clerk, "walk-seeker")
    file = clerk.page.locator("main a[href^='/people/']").first.get_attribute("href")
    person = file.strip("/").split("/")[1]
    clerk.page.locator("main a[href$='/edit/']").first.click()
    clerk.page.wait_for_load_state()
    clerk.page.fill("[name=w1-title]", title)
    clerk.page.fill("[name=w1-wage]", "")
    looked_at(clerk, "walk-seeker-edit")
    clerk.page.locator("form[data-main] button.btn-primary").first.click()
    clerk.page.wait_for_load_state()

    looked_at(clerk, "walk-match", f"/referrals/person/{person}/")
    with clerk.page.expect_navigation():
        clerk.page.locator("main button:has-text('推荐')").filter(has_not_text="勾选").first.click()
    clerk.go("/referrals/")
    looked_at(clerk, "walk-referrals")
    clerk.page.locator("table.list tbody th a").first.click()
    clerk.page.wait_for_load_state()
    looked_at(clerk, "walk-referral")
    clerk.page.check("[name=result-outcome][value=hired]")
    clerk.page.fill("[name=result-on]", dt.date.today().isoformat())
    clerk.press("记结果")
    assert "已录用" in clerk.text()
    clerk.go(f"/people/{person}/")
    assert "单位就业" in clerk.text(), "the file says so at once"
    looked_at(clerk, "walk-numbers", "/referrals/numbers/")
    assert vacancy


def test_anybody_finds_a_job_on_a_telephone_and_without_scripts(visitor):
    guest = visitor(size=PHONE, for_axe=True)
    looked_at(guest, "walk-jobs", "/jobs/")
    guest.page.fill("[name=q]", "保洁")
    guest.page.press("[name=q]", "Enter")
    guest.page.wait_for_load_state()
    looked_at(guest, "walk-jobs-found")
    plain = visitor(size=PHONE, java_script_enabled=False)
    plain.go("/jobs/?q=保洁")
    link = plain.page.locator("main a[href^='/jobs/']").first
    assert link.count() == 1, "no answer is a dead end"
    plain.page.goto(plain.url(link.get_attribute("href")))
    assert "招" in plain.page.content()
    looked_at(guest, "walk-job-wages", "/jobs/wages/")
    looked_at(guest, "walk-jobfairs", "/jobfairs/")


def test_a_fair_is_planned_and_looked_at(visitor):
    clerk = visitor("clerk", for_axe=True)
    looked_at(clerk, "walk-fairs", "/fairs/")
    clerk.go("/fairs/new/")
    clerk.page.fill("[name=title]", "冬季例行洽谈会")
    for name in ("on", "booking_until"):
        clerk.page.fill(f"[name={name}]", (dt.date.today() + dt.timedelta(days=9)).isoformat())
    clerk.page.fill("[name=place]", "文化中心一层大厅")
    clerk.page.check("[name=kind][value=regular]")
    looked_at(clerk, "walk-fair-new")
    clerk.press("排好")
    looked_at(clerk, "walk-fair")
    fair = clerk.page.url
    clerk.go(f"/{fair.split('/', 3)[3]}announce/")
    clerk.press("发布")
    guest = visitor(size=PHONE, for_axe=True)
    guest.go("/jobfairs/")
    guest.page.get_by_role("link", name="冬季例行洽谈会").click()
    guest.page.wait_for_load_state()
    looked_at(guest, "walk-jobfair")
    guest.page.fill("[name=name]", "王秀兰")
    guest.page.fill("[name=phone]", "13800000011")
    guest.press("报名")
    looked_at(guest, "walk-jobfair-ticket")

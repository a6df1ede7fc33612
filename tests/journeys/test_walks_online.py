"""网上办事 in the browser: a code from the counter becomes an account, a job is applied for without scripts, and the pages are looked at."""

from __future__ import annotations

import re

import pytest

from tests.journeys.conftest import PHONE
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser
PASSWORD = "Chunjie-2026-fu"


def test_somebody_without_an_account_gets_one_and_applies_without_scripts(visitor, site):
    clerk = visitor("clerk", for_axe=True)
    clerk.go("/people/")
    clerk.page.locator("table.list tbody th a").last.click()
    clerk.page.wait_for_load_state()
    clerk.page.get_by_role("link", name="网上办事").click()
    clerk.page.wait_for_load_state()
    looked_at(clerk, "walk-online-owner")
    number = clerk.page.url.rstrip("/").rsplit("/", 1)[-1]
    clerk.page.check("[name=seen][value=id_card]")
    clerk.page.check("[name=is_same]")
    clerk.press("打印激活码")
    looked_at(clerk, "walk-online-slip")
    code = clerk.page.locator(".ticket-code").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    clerk.go(f"/people/{number}/")
    tail = clerk.page.locator("dl.facts dd.num").first.inner_text().strip()[-4:]

    citizen = visitor(size=PHONE, java_script_enabled=False)
    citizen.go("/jobs/")
    citizen.page.locator("main h2 a[href^='/jobs/']").first.click()
    job = citizen.page.url
    citizen.page.get_by_role("link", name="我要应聘").click()
    assert "/accounts/login/?next=/jobs/" in citizen.page.url
    citizen.go("/accounts/open/")
    citizen.page.fill("[name=code]", code.lower())
    citizen.page.fill("[name=tail]", tail)
    citizen.press("下一步")
    citizen.page.fill("[name=username]", f"shunyi{number}")
    citizen.page.fill("[name=password]", PASSWORD)
    citizen.page.fill("[name=again]", PASSWORD)
    citizen.press("开通，登录")
    assert "/mine/" in citizen.page.url

    citizen.page.goto(job)
    citizen.page.get_by_role("link", name="我要应聘").click()
    if "/mine/seeker/new/" in citizen.page.url:
        citizen.press("登记，接着应聘")
    citizen.page.fill("[name=message]", "下周一就能上班")
    citizen.press("确认应聘")
    assert "/mine/applications/" in citizen.page.url and "已经送到" in citizen.text()
    clerk.go("/referrals/?way=applied")
    assert "本人应聘" in clerk.text()


def test_the_pages_of_somebody_who_looks_for_work(visitor):
    seeker = visitor("seeker", size=PHONE, for_axe=True)
    for name, path in (
        ("mine", "/mine/"),
        ("applications", "/mine/applications/"),
        ("suggested", "/mine/jobs/"),
        ("my-seeker", "/mine/seeker/"),
        ("my-seeker-edit", "/mine/seeker/edit/"),
        ("searches", "/mine/searches/"),
    ):
        looked_at(seeker, f"walk-{name}", path)
    seeker.go("/mine/applications/")
    seeker.page.locator("main h2 a").first.click()
    seeker.page.wait_for_load_state()
    looked_at(seeker, "walk-application")
    seeker.go("/mine/jobs/")
    seeker.page.locator("main h3 a").first.click()
    seeker.page.wait_for_load_state()
    looked_at(seeker, "walk-job-signed-in")
    seeker.page.get_by_role("link", name="我要应聘").click()
    seeker.page.wait_for_load_state()
    looked_at(seeker, "walk-apply")
    seeker.go("/jobs/?q=保洁")
    seeker.press("有新的告诉我")
    assert "保洁" in seeker.text()


def test_opening_an_account_and_saved_questions_of_staff(visitor):
    guest = visitor(size=PHONE, for_axe=True)
    looked_at(guest, "walk-open-account", "/accounts/open/")
    clerk = visitor("clerk", for_axe=True)
    looked_at(clerk, "walk-vacancies-saved", "/vacancies/saved/?q=保洁")

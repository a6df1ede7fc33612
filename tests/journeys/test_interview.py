"""A remote interview in two real browsers with a made-up camera: both see each other, write, come back after a reload, and end."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import CHROMIUM, PHONE, QUIET

pytestmark = pytest.mark.browser
MEDIA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
APPOINT = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "renben.config.settings"
import django; django.setup()
import datetime as dt
from renben.kernel import clock
from renben.services.placement.interviews import meeting
from renben.services.placement.models import Referral
referral = Referral.objects.under_way().order_by("id").first()
made = meeting.appoint(referral=referral, starts_at=clock.now() + dt.timedelta(minutes=5), by=None)
print(made.seeker_code, made.employer_code)
"""


def sees_the_other(page) -> None:
    """Wait until the other side's picture has a size; the pages' content policy forbids polling by evaluated text."""
    expect(page.locator("[data-theirs]")).not_to_have_js_property("videoWidth", 0, timeout=60_000)


@pytest.fixture
def cameras(browser):
    """A browser of its own: its camera is invented."""
    started = browser.browser_type.launch(executable_path=CHROMIUM, args=[*QUIET, *MEDIA])
    yield started
    started.close()


def test_two_browsers_meet(site, visitor, cameras):
    codes = site.script(APPOINT).decode().split()[-2:]
    base, complaints, pages = f"http://127.0.0.1:{site.port}/interview/", [], []
    for code, size in zip(codes, (PHONE, {"width": 1366, "height": 768}), strict=True):
        page = cameras.new_context(viewport=size, permissions=["camera", "microphone"]).new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.goto(f"{base}{code}/")
        pages.append(page)
    seeker, employer = pages
    for page in pages:
        page.click("[data-enter]")
    for page in pages:
        page.wait_for_selector('[data-link="connected"]', timeout=60_000)
        sees_the_other(page)
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    seeker.fill("[name=text]", "我能上夜班")
    seeker.press("[name=text]", "Enter")
    employer.wait_for_selector("text=我能上夜班", timeout=20_000)
    seeker.reload()
    seeker.click("[data-enter]")
    seeker.wait_for_selector('[data-link="connected"]', timeout=60_000)
    sees_the_other(employer)
    employer.click("summary:has-text('结束面试')")
    employer.click("button:has-text('现在结束')")
    employer.wait_for_selector("text=这场面试已经结束")
    seeker.wait_for_selector("text=这场面试已经结束", timeout=20_000)
    assert not complaints, complaints

"""A real site with a demonstration district, and a real Chromium that reports every console error and CSP violation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from renben.channels.demo.offices import PASSWORD
from tests.faults.installation import Installation
from tests.journeys.clerk import Clerk

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("RENBEN_CHROMIUM") or shutil.which("chromium")
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
DOORS = {
    ("district", "leader"): "leader",
    ("district", "second_review"): "reviewer",
    ("district", "first_review"): "receiver",
    ("street", "counter"): "clerk",
    ("street", "leader"): "street_leader",
    ("other street", "counter"): "clerk2",
    ("community", "community_worker"): "village",
}
"""Who has a button on the sign-in page of the demonstration; their colleagues come in with name and password."""
COLLEAGUES = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "renben.config.settings"
import django; django.setup()
from renben.kernel.models import Post
for post in Post.objects.filter(organization__posts__staff__user__username__in=%r).order_by("-id").distinct():
    print(post.organization.tier, post.role, post.staff.user.username)
"""
QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def site() -> Iterator[Installation]:
    made = Installation()
    try:
        made.must("migrate")
        made.must("demo", "--people", "500")
        made.serve()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@dataclass
class Visitor:
    """Somebody at a screen. `complaints` collects what the browser's console says against us."""

    site: Installation
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.site.port}{path}"

    def go(self, path: str) -> int:
        """Open a page of the site; its status."""
        return self.page.goto(self.url(path)).status

    def sign_in(self, username: str) -> None:
        """One click on the demonstration's sign-in page."""
        self.go("/accounts/login/")
        with self.page.expect_navigation():
            self.page.click(f'form[action$="/{username}/"] button')

    def sign_in_with_password(self, username: str) -> None:
        self.go("/accounts/login/")
        self.page.fill("[name=login]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.press("登录")

    def press(self, text: str, within: str = "main") -> None:
        """The button with these words, and whatever page follows."""
        with self.page.expect_navigation():
            self.page.locator(f'{within} button:has-text("{text}")').first.click()

    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def overflows(self) -> bool:
        """True when the page can be scrolled sideways."""
        return self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")

    def axe(self) -> list[str]:
        """Violations of WCAG 2.2 AA and best practice, one line each."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]


@pytest.fixture
def visitor(site, browser) -> Iterator[Callable[..., Visitor]]:
    """Make visitors; at the end nobody's console may have complained."""
    made: list[Visitor] = []

    def make(username: str = "", *, size: dict = DESK, for_axe: bool = False, **options) -> Visitor:
        context = browser.new_context(viewport=size, bypass_csp=for_axe, locale="zh-CN", **options)
        one = Visitor(site, context, context.new_page())
        one.page.on("console", lambda m: one.complaints.append(m.text) if m.type == "error" else None)
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
        made.append(one)
        if username:
            one.sign_in(username)
        return one

    yield make
    complaints = [text for one in made for text in one.complaints if "status of 4" not in text]
    for one in made:
        one.context.close()
    assert not complaints, complaints


@pytest.fixture(scope="session")
def colleagues(site) -> dict[tuple[str, str], str]:
    """Account names of everybody at the centre, the first street and its first station, by tier and role."""
    lines = site.script(COLLEAGUES % ["leader", "clerk", "village"]).decode().splitlines()
    return {(tier, role): name for tier, role, name in map(str.split, lines)}


@pytest.fixture
def staff(visitor, colleagues) -> Callable[[str, str], Clerk]:
    """`staff("street", "counter")`: that person at a screen, signed in; the same one when asked again."""
    seated: dict[tuple[str, str], Clerk] = {}

    def at(place: str, role: str) -> Clerk:
        if (place, role) not in seated:
            door = DOORS.get((place, role), "")
            one = visitor(door)
            if not door:
                one.sign_in_with_password(colleagues[place, role])
            seated[place, role] = Clerk(one)
        return seated[place, role]

    return at


@pytest.fixture
def village(staff) -> Clerk:
    return staff("community", "community_worker")


@pytest.fixture
def street(staff) -> Clerk:
    return staff("street", "counter")


@pytest.fixture
def stranger(staff) -> Clerk:
    """The counter of another street."""
    return staff("other street", "counter")

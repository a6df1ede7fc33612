"""A real site with a demonstration district, and a real Chromium that reports every console error and CSP violation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.faults.installation import Installation

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("RENBEN_CHROMIUM") or shutil.which("chromium")
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
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

"""A procedure is changed on screen: written by one, approved by another; every page works on a phone and for axe."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("RENBEN_PICTURES", "")


def looked_at(one, name: str, path: str = "") -> None:
    """Open a page, and have it judged; a picture is kept when somebody asks for one."""
    if path:
        assert one.go(path) == 200, path
    assert not one.overflows(), name
    assert one.axe() == [], name
    if PICTURES:
        one.page.evaluate("window.scrollTo(0, 0)")
        one.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("size", "procedure_id"), [(DESK, "Q-1.2.2"), (PHONE, "Q-1.2.3")], ids=["desk", "phone"])
def test_a_procedure_is_changed_approved_and_dated(visitor, size, procedure_id):
    label = "phone" if size == PHONE else "desk"
    writer, leader = visitor("receiver", size=size, for_axe=True), visitor("leader", size=size, for_axe=True)
    looked_at(writer, f"{label}-list", "/procedures/")
    looked_at(writer, f"{label}-procedure", f"/procedures/{procedure_id}/")
    writer.go(f"/procedures/{procedure_id}/draft/")
    writer.press("起草修改")
    draft = writer.page.url.split("//", 1)[1].split("/", 1)[1]
    looked_at(writer, f"{label}-draft-empty")
    step = writer.page.locator("main a[href*='/steps/']").first.get_attribute("href")
    looked_at(writer, f"{label}-general", f"/{draft}general/")
    looked_at(writer, f"{label}-step", step)
    writer.page.fill("[name=does]", "逐项看，看清楚再收。")
    writer.page.fill("fieldset:last-of-type [name$=_name]", "本人的说明")
    writer.press("保存到草稿")
    looked_at(writer, f"{label}-draft")
    assert "逐项看，看清楚再收。" in writer.text()
    writer.go(f"/{draft}submit/")
    writer.page.fill("[name=reason]", "说得更清楚")
    looked_at(writer, f"{label}-submit")
    writer.press("送审")
    looked_at(leader, f"{label}-review", f"/{draft}review/")
    leader.press("批准")
    assert "已批准" in leader.text()
    looked_at(writer, f"{label}-activate", f"/{draft}activate/")
    writer.press("定下启用日期")
    looked_at(writer, f"{label}-procedure-after")
    assert "屏幕上修改" in writer.text()
    looked_at(writer, f"{label}-compare", f"/procedures/{procedure_id}/compare/")
    looked_at(writer, f"{label}-drafts", "/procedures/drafts/")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_public_guide_is_accessible(visitor, size):
    one = visitor(size=size, for_axe=True)
    label = "phone" if size == PHONE else "desk"
    looked_at(one, f"{label}-portal", "/portal/")
    looked_at(one, f"{label}-guides", "/guide/")
    found = one.page.locator("main h2 a[href^='/guide/']")
    if found.count():
        looked_at(one, f"{label}-guide", found.first.get_attribute("href"))


def test_pages_keep_the_content_policy(visitor):
    """Nobody's console complains (see `visitor`), with the policy in force."""
    one, stranger = visitor("receiver"), visitor()
    for path in ("/procedures/", "/procedures/J-4.2.1/", "/procedures/J-4.2.1/compare/", "/procedures/drafts/"):
        assert one.go(path) == 200, path
    assert stranger.go("/guide/") == 200
    stranger.page.locator("main h2 a[href^='/guide/']").first.click()
    assert "需要什么材料" in stranger.text()

"""A code is chosen with the keyboard, with a finger, and without a script; nothing of it complains."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE

pytestmark = pytest.mark.browser
BOX, LIST = "#id_occupation", "#id_occupation_list"


def test_arrows_enter_and_escape(visitor):
    one = visitor("clerk", for_axe=True)
    one.go("/vacancies/")
    box, options = one.page.locator(BOX), one.page.locator(f"{LIST} [role=option]")
    box.press_sequentially("ccgly")
    expect(options.first).to_contain_text("仓储管理员")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert one.axe() == []
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "o_occupation_1")
    box.press("Escape")
    expect(one.page.locator(LIST)).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("ccgly")
    box.press("ArrowUp")
    expect(one.page.locator(LIST)).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("仓储管理员 4-02-06-01")
    expect(one.page.locator(LIST)).to_be_hidden()
    assert one.page.evaluate("location.pathname + location.search") == "/vacancies/", (
        "Enter took the trade, it sent nothing"
    )
    box.press("Enter")
    expect(one.page).to_have_url(re.compile("occupation="))


def test_a_finger_takes_an_option_on_a_telephone(visitor):
    one = visitor("clerk", size=PHONE, has_touch=True, for_axe=True)
    one.go("/vacancies/")
    one.page.locator(BOX).press_sequentially("保洁")
    one.page.locator(f"{LIST} [role=option]").first.tap()
    expect(one.page.locator(BOX)).to_have_value("保洁员 4-09-08-01")
    assert not one.overflows() and one.axe() == []


def test_the_catalogue_is_there_without_a_script(visitor):
    one = visitor(java_script_enabled=False)
    assert one.go("/codes/?table=occupation&q=bj") == 200
    assert "保洁员" in one.text()


def test_the_catalogue_and_the_groups_of_the_navigation_are_accessible(visitor):
    one = visitor("clerk", for_axe=True)
    one.go("/codes/?table=occupation&q=仓库")
    assert one.axe() == [] and not one.overflows()
    one.go("/vacancies/")
    folded = one.page.locator("nav.side details:not([open]) summary")
    assert folded.count() >= 2
    folded.first.focus()
    one.page.keyboard.press("Enter")
    assert one.axe() == []

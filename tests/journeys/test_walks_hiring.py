"""用人单位补贴 in the browser: the demonstration's application reviewed and listed, judged on a desk and on a phone in large type."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser


def _large(one) -> None:
    """长者版."""
    one.context.add_cookies([{"name": "renben_mode", "value": "elder", "url": one.url("/")}])


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_are_clear_in_large_type(visitor, size):
    label = "phone" if size == PHONE else "desk"
    one = visitor("reviewer", size=size, for_axe=True)
    _large(one)
    looked_at(one, f"{label}-hiring-list", "/hiring/")
    claims = [link.get_attribute("href") for link in one.page.locator("table.list tbody th a").all()]
    assert len(claims) == 2, "the demonstration has a half year paid and the next under review"
    for path in ("", "letter/", "roster/", "second/"):
        looked_at(one, f"{label}-hiring-{path.strip('/')}", claims[0] + path)
    one.go(claims[0])
    row = one.page.locator("table.list tbody th a").first.get_attribute("href")
    for path in ("", "group/", "strike/", "leave/"):
        looked_at(one, f"{label}-hiring-row-{path.strip('/')}", row + path)
    looked_at(one, f"{label}-hiring-new", "/hiring/new/")
    looked_at(one, f"{label}-hiring-paid", claims[1])
    assert "已列入名录" in one.text()


def test_the_second_review_and_the_list_are_done_with_a_few_presses(visitor):
    reviewer = visitor("reviewer")
    reviewer.go("/hiring/?state=first")
    reviewer.page.locator("table.list tbody th a").first.click()
    reviewer.page.locator("main a:has-text('复审')").first.click()
    reviewer.page.fill("[name=opinion]", "同意")
    reviewer.press("复审通过")
    assert "可以列入发放名录" in reviewer.text()
    claim = reviewer.page.url
    receiver = visitor("receiver")
    receiver.page.goto(claim)
    receiver.page.locator("main a:has-text('列入名录')").first.click()
    assert receiver.page.input_value("[name=holder]"), "the account on file is brought along"
    receiver.press("列入名录")
    assert "由另一个人确认后交银行" in receiver.text()

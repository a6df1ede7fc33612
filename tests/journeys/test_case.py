"""The street's desk in a real browser: a case from its page, keyboard, double click, another street."""

from __future__ import annotations

import itertools

import pytest

pytestmark = pytest.mark.browser


_turn = itertools.count()


def next_person(one) -> str:
    """Address of somebody at work in the clerk's territory, another one each time."""
    one.go("/people/?status=employed")
    links = one.page.locator("table.list a[href^='/people/']").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    people = list(dict.fromkeys(links))
    return people[next(_turn) % len(people)]


def open_case(one) -> str:
    """A new J-4.2.1 for somebody who has none; the case's address."""
    person = next_person(one)
    one.go(f"/cases/new/{person.strip('/').split('/')[-1]}/")
    one.page.select_option("select[name=procedure]", "J-4.2.1")
    one.press("受理")
    assert "/cases/" in one.page.url
    return one.page.url.split("?")[0]


def test_a_case_is_worked_on_from_its_page(visitor):
    clerk = visitor("clerk")
    case = open_case(clerk)
    assert "提取档案" in clerk.text()
    clerk.press("已接收")
    clerk.page.goto(case)
    assert "建立制度" in clerk.page.locator("#form-title").inner_text()
    clerk.page.check("input[name=informed_way][value=in_person]")
    clerk.page.check("input[name=came_to_register][value=true]")
    clerk.page.get_by_label("有效证件").check()
    clerk.press("已告知")
    clerk.page.goto(case)
    assert "失业登记" in clerk.page.locator("#form-title").inner_text()


def test_a_double_click_does_it_once(visitor):
    clerk = visitor("clerk")
    case = open_case(clerk)
    with clerk.page.expect_navigation():
        clerk.page.locator('button:has-text("已接收")').first.dblclick()
    clerk.page.goto(case)
    assert clerk.page.locator(".timeline li", has_text="提取档案：办结").count() == 1


def test_another_street_cannot_see_it(visitor):
    clerk = visitor("clerk")
    case = open_case(clerk)
    person = clerk.page.locator("main a[href^='/people/']").first.get_attribute("href")
    other = visitor("clerk2")
    assert other.page.goto(case).status == 404
    assert other.go(person) == 404


def test_what_is_missing_is_told_and_nothing_is_lost(visitor):
    clerk = visitor("clerk")
    open_case(clerk)
    clerk.press("已接收")
    clerk.page.check("input[name=informed_way][value=in_person]")
    clerk.page.check("input[name=came_to_register][value=true]")
    clerk.press("已告知")
    assert "还缺“有效证件”" in clerk.text()
    assert clerk.page.is_checked("input[name=informed_way][value=in_person]")


def test_the_search_box_is_one_key_away(visitor):
    clerk = visitor("clerk")
    clerk.page.keyboard.press("/")
    assert clerk.page.evaluate("document.activeElement.id") == "top-search"
    clerk.page.keyboard.type("王")
    with clerk.page.expect_navigation():
        clerk.page.keyboard.press("Enter")
    assert "/people/" in clerk.page.url

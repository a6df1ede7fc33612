"""Every page of the navigation, for every role of the demonstration, at a desk and on a phone."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import PHONE

pytestmark = pytest.mark.browser

ROLES = ["leader", "reviewer", "receiver", "clerk", "street_leader", "village", "sysadmin", "secadmin", "auditor"]


def pages_of(one) -> list[str]:
    links = one.page.locator("nav a[href^='/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    return sorted(set(links))


@pytest.mark.parametrize("role", ROLES)
def test_pages_answer_without_a_complaint_at_a_desk(visitor, role):
    one = visitor(role)
    paths = pages_of(one)
    assert "/" in paths
    for path in paths:
        assert one.go(path) == 200, path
        assert one.page.title().count("·") == 1, f"{path}: {one.page.title()}"
        assert not one.overflows(), path


@pytest.mark.parametrize("role", ["reviewer", "clerk", "village", "secadmin", "sysadmin", "auditor"])
def test_pages_are_accessible_on_a_phone(visitor, role):
    one = visitor(role, size=PHONE, for_axe=True)
    found = {}
    for path in pages_of(one):
        one.go(path)
        assert not one.overflows(), path
        if violations := one.axe():
            found[path] = violations
    assert not found, found


def test_large_type_is_accessible_too(visitor):
    one = visitor("clerk", for_axe=True)
    one.press("长者版", within="nav.side")
    assert one.page.locator("html").get_attribute("data-mode") == "elder"
    found = {}
    for path in pages_of(one):
        one.go(path)
        assert not one.overflows(), path
        if violations := one.axe():
            found[path] = violations
    assert not found, found


def test_public_pages_need_no_javascript(visitor):
    one = visitor(java_script_enabled=False)
    for path in ("/accounts/login/", "/check/", "/portal/"):
        assert one.go(path) == 200
    one.sign_in("citizen")
    assert "/mine/" in one.page.url


def test_public_pages_are_accessible(visitor):
    one = visitor(for_axe=True)
    found = {}
    for path in ("/accounts/login/", "/check/", "/portal/", "/nothing-here/"):
        one.go(path)
        if violations := one.axe():
            found[path] = violations
    assert not found, found

"""Every page of 求职招聘 on which somebody acts is accessible at a desk and on a telephone in large type, and fits."""

from __future__ import annotations

import re

import pytest

from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

PAGES = (
    "/vacancies/new/", "/vacancies/new/?q=北京", "/vacancies/new/{employers}/", "/vacancies/{vacancies}/edit/",
    "/vacancies/{vacancies}/", "/vacancy_reports/", "/employers/", "/employers/new/", 
    "/employers/{employers}/", "/employers/{employers}/edit/", "/employers/{employers}/?part=posts",
    "/referrals/vacancy/{vacancies}/", "/referrals/contacts/", "/referrals/contacts/?state=done",
    "/referrals/contacts/?state=later", "/referrals/{referrals}/", "/referrals/{referrals}/slip/", "/interviews/",
    "/fairs/tickets/", "/fairs/new/", "/seekers/{seekers}/",  "/seekers/{seekers}/edit/",
    "/contacts/", "/codes/?q=仓库",
)  # fmt: skip
LISTS = {"vacancies": "?state=published", "employers": "", "referrals": "?state=", "seekers": "?state=active"}


def _first(one, name: str) -> str:
    """The number of the first row of a list."""
    one.go(f"/{name}/{LISTS[name]}")
    links = one.page.locator("main table tbody th a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    numbers = [found[1] for link in links if (found := re.fullmatch(rf"/{name}/(\d+)/", link))]
    assert numbers, f"the demonstration has rows in /{name}/"
    return numbers[0]


@pytest.mark.parametrize(("size", "large"), [(DESK, False), (PHONE, True)], ids=["desk", "phone in large type"])
def test_acts_of_placement_are_accessible(visitor, size, large):
    one = visitor("clerk", size=size, for_axe=True)
    if large:
        one.page.context.add_cookies([{"name": "renben_mode", "value": "elder", "url": one.url("/")}])
    numbers = {name: _first(one, name) for name in LISTS}
    found = {}
    for path in (page.format(**numbers) for page in PAGES):
        assert one.go(path) == 200, path
        if one.overflows():
            found[path] = ["the page is wider than the screen"]
        if violations := one.axe():
            found[path] = found.get(path, []) + violations
    assert not found, found

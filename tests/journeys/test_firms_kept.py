"""Agreements, credit, members and silent firms in a real browser: at a desk, on a phone, in large type, without a complaint of axe."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

FIND = """
import os; os.environ["RENBEN_AS_OWNER"] = "1"; os.environ["DJANGO_SETTINGS_MODULE"] = "renben.config.settings"
import django; django.setup()
from renben.services.placement.firms.models import FirmPage, Membership, VacancyAgreement
member = Membership.objects.filter(state="member").order_by("id").first()
page = FirmPage.objects.filter(employer=member.employer).order_by("id").first()
agreement = VacancyAgreement.objects.order_by("id").first()
print(agreement.pk, agreement.employer_id, member.pk, member.number, page.pk)
"""


@pytest.fixture(scope="module")
def kept(site) -> list[str]:
    return site.script(FIND).decode().split()[-5:]


def addresses(kept: list[str]) -> list[str]:
    agreement, firm, member, number, page = kept
    return [
        f"/agreements/{agreement}/", f"/agreements/{agreement}/say/", f"/agreements/{agreement}/renew/",
        f"/agreements/employers/{firm}/new/", f"/credit/employers/{firm}/", f"/credit/employers/{firm}/inspect/",
        f"/members/{member}/", f"/members/pages/{page}/", f"/members/employers/{firm}/new/",
        f"/employers/{firm}/?tab=standing", f"/employers/{firm}/?tab=visits",
        "/employers/?silent=silent", "/employers/contact-days/", "/firms/", f"/firms/{number}/",
    ]  # fmt: skip


def complaints(one, paths: list[str]) -> dict:
    found = {}
    for path in paths:
        assert one.go(path) == 200, path
        assert not one.overflows(), path
        if violations := one.axe():
            found[path] = violations
    return found


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_of_firms_kept(visitor, kept, size):
    assert not complaints(visitor("reviewer", size=size, for_axe=True), addresses(kept))


def test_a_clerk_writes_down_a_call(visitor, kept):
    one = visitor("clerk", size=PHONE, for_axe=True)
    assert not complaints(one, [f"/employers/{kept[1]}/calls/new/", f"/employers/{kept[1]}/?tab=visits"])


def test_in_large_type(visitor, kept):
    one = visitor("reviewer", size=PHONE, for_axe=True)
    one.context.add_cookies([{"name": "renben_mode", "value": "elder", "url": one.url("/")}])
    assert not complaints(one, addresses(kept))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_firms_own_page(visitor, size):
    one = visitor("employer", size=size, for_axe=True)
    assert not complaints(one, ["/employer/image/"])

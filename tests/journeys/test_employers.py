"""Employers in a real browser, and a sign-in that ends: at a desk and on a phone, without a complaint of console or axe."""

from __future__ import annotations

import re

import pytest

from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

PLANT = """
import os; os.environ["RENBEN_AS_OWNER"] = "1"; os.environ["DJANGO_SETTINGS_MODULE"] = "renben.config.settings"
import django; django.setup()
from renben.kernel import employers
from renben.kernel.models import Employer, Organization
from renben.kernel.uscc import make_uscc
office = Organization.objects.filter(tier="street").order_by("path").first()
made = []
for i, name in enumerate(["北京顺通物流有限公司", "北京顺通物流有限责任公司"]):
    uscc = make_uscc(90_000_000 + i)
    one = Employer.objects.filter(uscc=uscc).first()
    made.append(one or employers.open_employer(uscc=uscc, name=name, legal_person="王建军", organization=office, by=None))
if not made[0].contacts.exists():
    employers.save_contact(employer_id=made[0].pk, by=None, name="孙丽", duty="人事", phone="13912345678")
    employers.save_licence(employer_id=made[0].pk, by=None, kind="dispatch", number="京2026", issuer="", issued_on=None, valid_until=None)
print(made[0].pk, made[1].pk)
"""


@pytest.fixture(scope="module")
def firms(site) -> tuple[int, int]:
    kept, double = site.script(PLANT).decode().split()[-2:]
    return int(kept), int(double)


def addresses(kept: int, double: int) -> list[str]:
    pages = ["", "?q=stwl", "new/", "duplicates/", f"{kept}/", f"{kept}/?tab=staff", f"{kept}/?tab=cases"]
    pages += [f"{kept}/?tab=history", f"{kept}/edit/", f"{kept}/contacts/", f"{kept}/licences/", f"{kept}/merge/"]
    return [f"/employers/{page}" for page in [*pages, f"{kept}/merge/{double}/"]]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_of_employers(visitor, firms, size):
    one = visitor("reviewer", size=size, for_axe=True)
    found = {}
    for path in addresses(*firms):
        status = one.go(path)
        if status == 403:  # a reviewer opens no files: those pages are looked at by the clerk
            continue
        assert status == 200 and not one.overflows(), path
        if violations := one.axe():
            found[path] = violations
    assert not found, found


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_forms_of_employers(visitor, firms, size):
    one = visitor("receiver", size=size, for_axe=True)
    found = {}
    for path in addresses(*firms)[:11]:
        status = one.go(path)
        if status == 403:
            continue
        assert status == 200 and not one.overflows(), path
        if violations := one.axe():
            found[path] = violations
    assert not found, found


def test_a_sign_in_that_ends_keeps_what_was_typed(visitor, site):
    site.script(
        "import os; os.environ['RENBEN_AS_OWNER'] = '1'; os.environ['DJANGO_SETTINGS_MODULE'] = 'renben.config.settings'\n"
        "import django; django.setup()\n"
        "from renben.kernel.models import Setting\n"
        "Setting.objects.update_or_create(key='signin.idle_minutes', defaults={'value': 1})"
    )
    try:
        one = visitor("receiver", for_axe=True)
        one.go("/employers/new/")
        one.page.fill("input[name=name]", "北京打字打到一半有限公司")
        warning = one.page.locator(".idle-warning")
        warning.wait_for(timeout=5000)
        assert re.search(r"1 分钟后自动退出", warning.inner_text())
        assert not one.axe()
        warning.locator("button").click()
        cover = one.page.locator(".idle-cover")
        cover.wait_for(timeout=90_000)
        assert "填的内容还在" in cover.inner_text() and not one.page.locator("main").is_visible()
        one.page.wait_for_timeout(2500)
        with one.context.expect_page() as opened:
            cover.locator("button").click()
        login = opened.value
        with login.expect_navigation():
            login.click('form[action$="/receiver/"] button')
        login.close()
        cover.locator("button").click()
        cover.wait_for(state="detached")
        assert one.page.input_value("input[name=name]") == "北京打字打到一半有限公司"
        one.page.fill("input[name=uscc]", "911")
        with one.page.expect_navigation():
            one.page.locator("form[data-main] button[type=submit]").click()
        assert "应是18位" in one.text()
        assert one.page.input_value("input[name=name]") == "北京打字打到一半有限公司"
    finally:
        site.script(
            "import os; os.environ['RENBEN_AS_OWNER'] = '1'; os.environ['DJANGO_SETTINGS_MODULE'] = 'renben.config.settings'\n"
            "import django; django.setup()\n"
            "from renben.kernel.models import Setting\n"
            "Setting.objects.filter(key='signin.idle_minutes').delete()"
        )

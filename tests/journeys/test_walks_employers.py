"""A firm in its own space: posts a job the law would not allow, puts it right, finds somebody, invites and hires; the office follows."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from tests.journeys.conftest import PHONE
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser

PAGES = ("", "vacancies/", "vacancies/new/", "vacancies/list/", "applicants/", "fairs/", "requests/", "requests/new/",
         "policies/", "firm/", "firm/facts/", "firm/contacts/new/")  # fmt: skip


def _posts_against_the_law(firm) -> str:
    """发布岗位 with a phrase the law forbids: told with its article, put right by one button; the page of the post."""
    firm.go("/employer/")
    firm.page.get_by_role("link", name="发布岗位").first.click()
    firm.page.wait_for_load_state()
    firm.page.fill("[name=title]", "保洁员")
    firm.page.fill("[name=duties]", "打扫楼道和卫生间，垃圾分类清运。")
    firm.page.fill("[name=requirements]", "限男性，手脚勤快")
    firm.page.fill("[name=wage_low]", "3200")
    firm.page.fill("[name=wage_high]", "4200")
    firm.press("提交审核")
    told = firm.text()
    assert "限男性" in told and "《" in told and "建议改成" in told, "the words, the article, the wording"
    looked_at(firm, "employer-post-told")
    firm.press("用建议的文字")
    assert "限男性" not in firm.page.input_value("[name=requirements]")
    firm.press("提交审核")
    assert "已提交" in firm.text() and "待审核" in firm.text()
    looked_at(firm, "employer-vacancy")
    return firm.page.url.split("//", 1)[1].split("/", 1)[1]


def _number(one) -> str:
    return re.search(r"\d{6,}ZP\d+\S*", one.page.locator(".status-line").inner_text())[0]


def test_from_a_forbidden_phrase_to_a_hire(visitor):
    firm, clerk = visitor("employer", for_axe=True), visitor("clerk", for_axe=True)
    centre = visitor("receiver", for_axe=True)  # the person invited may live in any street
    at = _posts_against_the_law(firm)
    number = _number(firm)
    clerk.go(f"/vacancies/?q={number}")
    with clerk.page.expect_navigation():
        clerk.page.locator("table.list tbody th a").first.click()
    clerk.press("发布")
    firm.go(f"/{at}")
    assert "招聘中" in firm.text()

    firm.go(f"/{at}candidates/")
    looked_at(firm, "employer-candidates")
    with firm.page.expect_navigation():
        firm.page.get_by_role("link", name="邀请面试").first.click()
    looked_at(firm, "employer-invite")
    firm.press("发出邀请")
    firm.go("/employer/applicants/")
    row = firm.page.locator("table.list tbody tr", has_text="等对方答复").first
    with firm.page.expect_navigation():
        row.locator("th a").click()
    applicant = firm.page.url
    assert "对方还没有答复" in firm.text() and firm.page.locator("a[href^='tel:']").count() == 0
    looked_at(firm, "employer-applicant-waits")

    pk = applicant.rstrip("/").rsplit("/", 1)[1]
    looked_at(centre, "referral-invited", f"/referrals/{pk}/")
    centre.press("本人同意面试")
    firm.page.goto(applicant)
    assert not re.search(r"求职人\d{4}", firm.page.locator("h1").inner_text()), "known with the yes"
    looked_at(firm, "employer-applicant")
    firm.page.get_by_role("link", name="录用").first.click()
    firm.page.wait_for_load_state()
    firm.page.fill("[name=on]", dt.date.today().isoformat())
    looked_at(firm, "employer-hire")
    firm.press("记录用")
    assert "社保所还要向本人核实" in firm.text()
    looked_at(centre, "referral-reported", f"/referrals/{pk}/")
    centre.press("属实")
    firm.page.goto(applicant)
    assert "社保所已核实" in firm.text()


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_every_page_of_the_space_in_large_type(visitor, size):
    firm = visitor("employer", for_axe=True, **({"size": size} if size else {}))
    firm.go("/employer/")
    firm.context.add_cookies([{"name": "renben_mode", "value": "elder", "url": firm.url("/")}])
    label = "phone" if size else "desk"
    for path in PAGES:
        looked_at(firm, f"employer-{label}-{path.strip('/').replace('/', '-') or 'home'}", f"/employer/{path}")


def test_the_office_answers_what_a_firm_asks(visitor):
    firm, clerk = visitor("employer"), visitor("clerk", for_axe=True)
    firm.go("/employer/requests/new/")
    firm.page.fill("[name=text]", "想招十个人过年，怎么开专场？")
    firm.press("送出")
    looked_at(clerk, "requests", "/requests/?q=专场")
    with clerk.page.expect_navigation():
        clerk.page.locator("table.list tbody th a").first.click()
    looked_at(clerk, "request")
    clerk.page.fill("[name=text]", "十二月五日有专场，请来订展位。")
    clerk.press("答复单位")
    firm.go("/employer/requests/")
    assert "十二月五日有专场" in firm.text()

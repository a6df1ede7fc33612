"""The district's own day, in the browser: what is due, what is late below and why, a review, a ledger, a guide, a draft."""

from __future__ import annotations

import re

import pytest

from tests.journeys.clerk import Clerk
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser

LATE = """
import os; os.environ["RENBEN_AS_OWNER"] = "1"; os.environ["DJANGO_SETTINGS_MODULE"] = "renben.config.settings"
import django; django.setup()
import datetime as dt
from renben.engines.procedures.models import CaseStep
from renben.kernel import clock
step = CaseStep.objects.filter(
    state="ready", roles__contains=["counter"], organization__posts__staff__user__username="clerk", due_at__gt=clock.now()
).exclude(case__duty="").order_by("-id").first()
step.due_at = clock.now() - dt.timedelta(days=3)
step.due_on = step.raw_due_on = step.due_at.date()
step.save()
print(step.case_id)
"""
"""Three days go by for one duty of the first street that nobody did."""


@pytest.fixture
def late_case(site) -> str:
    return f"/cases/{site.script(LATE).decode().split()[-1]}/"


@pytest.fixture
def leader(staff) -> Clerk:
    return staff("district", "leader")


def test_the_leader_sees_what_is_due_and_what_is_late_below_and_why(leader, street, stranger, late_case):
    looked_at(leader.one, "walk-district-today", "/")
    assert "我的待办" in leader.reads()
    leader.page.get_by_role("link", name="看辖区全部").click()
    assert leader.page.locator("table.list tbody tr").count() > 1
    looked_at(leader.one, "walk-district-duties", "/duties/")
    leader.page.select_option("select[name=office]", label="胜利街道社会保障事务所")
    leader.page.wait_for_url(re.compile("office="))
    assert "胜利街道社会保障事务所" in leader.page.locator("main h1 + p, main .page-head").first.inner_text()

    looked_at(leader.one, "walk-district-late", "/duties/late/")
    leader.page.locator("section[aria-labelledby=sum-title] a", has_text="胜利街道").click()
    with leader.page.expect_navigation():
        leader.page.locator(f"section[aria-labelledby=rows-title] a[href='{late_case}']").click()
    assert "这一步由胜利街道的" in leader.reads(), "上级看得到，不替下级办"

    case = street.one.url(late_case)
    street.does(case, street.page_button(case), reason="经办人住院，没有人接手")
    leader.go("/duties/late/")
    rows = leader.page.locator("section[aria-labelledby=ended-title] tr", has_text="经办人住院，没有人接手")
    row = rows.filter(has=leader.page.locator(f"a[href^='{late_case}']"))
    assert "胜利街道" in row.inner_text()
    looked_at(leader.one, "walk-district-late-reasons")
    with leader.page.expect_navigation():
        row.locator("a").click()
    assert "经办人住院，没有人接手" in leader.reads("form-title")
    assert stranger.go(late_case) == 404


def test_a_reviewer_works_a_case_that_awaits_review(staff):
    reviewer = staff("district", "second_review")
    looked_at(reviewer.one, "walk-review-today", "/")
    with reviewer.page.expect_navigation():
        reviewer.page.locator("table.list tbody tr", has_text="失业保险").locator("a.btn").first.click()
    case = reviewer.here
    looked_at(reviewer.one, "walk-review-case")
    before = reviewer.page.locator("#form-title").inner_text()
    reviewer.does(case, reviewer.page_button(case))
    looked_at(reviewer.one, "walk-review-done")
    assert f"“{before}”" in reviewer.page.locator(".messages").inner_text()


def test_a_ledger_is_followed_down_to_the_file_behind_it(staff):
    reviewer = staff("district", "second_review")
    looked_at(reviewer.one, "walk-ledger-list", "/ledgers/")
    reviewer.page.fill("main [name=q]", "失业人员档案")
    reviewer.page.keyboard.press("Enter")
    with reviewer.page.expect_navigation():
        reviewer.page.locator("main table a, main li a").first.click()
    looked_at(reviewer.one, "walk-ledger")
    total = int(re.search(r"共 (\d+) 行", reviewer.reads()).group(1))
    assert total >= 1
    with reviewer.page.expect_navigation():
        reviewer.page.locator("table.list tbody a").first.click()
    assert reviewer.page.locator("h1").is_visible() and "没有这个页面" not in reviewer.reads()
    reviewer.page.go_back()
    with reviewer.page.expect_download() as sheet:
        reviewer.page.get_by_role("button", name="导出 Excel", exact=True).click()
    assert sheet.value.suggested_filename.endswith(".xlsx")


def test_a_guide_is_read_and_a_draft_is_compared_and_approved_by_another(staff, leader):
    writer = staff("district", "first_review")
    looked_at(writer.one, "walk-guide", "/procedures/J-5.2.3/")
    assert writer.page.locator("main h2").count() > 2
    writer.go("/procedures/J-5.2.3/draft/")
    writer.one.press("起草修改")
    draft = writer.here
    writer.page.locator("main a[href*='/steps/']").first.click()
    writer.page.fill("[name=does]", "先请坐，再问想找什么活。")
    writer.one.press("保存到草稿")
    writer.go(f"{draft}submit/")
    writer.page.fill("[name=reason]", "说得更和气")
    writer.one.press("送审")
    assert writer.go(f"{draft}review/") != 200 or not writer.page.get_by_role("button", name="批准").count(), (
        "自己不能批自己的"
    )

    looked_at(leader.one, "walk-draft-review", f"{draft.replace(leader.one.url(''), '')}review/")
    shown = leader.reads("changes-heading")
    assert "先请坐，再问想找什么活。" in shown, "改前改后对照着看"
    leader.one.press("批准")
    assert "已批准" in leader.reads()
    looked_at(leader.one, "walk-draft-approved", draft.replace(leader.one.url(""), ""))

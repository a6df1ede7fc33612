"""A dismissed worker's file: from an Excel row at the district to a certificate that the public can check."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from renben.services.exchange.sample import demo_roster

pytestmark = pytest.mark.browser

FIRST_STREET = "胜利街道"


def test_from_an_excel_row_to_a_certificate(visitor):
    district = visitor("receiver")
    district.go("/imports/new/")
    district.page.set_input_files(
        "input[type=file]",
        files=[
            {
                "name": "档案转移花名册.xlsx",
                "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "buffer": demo_roster(today=dt.date.today()),
            }
        ],
    )
    district.press("检查文件")
    preview = district.text()
    assert "校验" in preview or "身份证" in preview
    district.press("导入好的行")
    assert "已导入" in district.text()

    archive = archive_to_the_first_street(district)
    district.go(archive)
    name = re.search(r"(\S+)的", district.page.locator("h1").inner_text()).group(1)
    district.press("审核通过")
    assert "工作日内转往" in district.text()
    district.go("/archives/transfer/")
    link = district.page.locator("main a", has_text=FIRST_STREET).first
    if link.count():
        with district.page.expect_navigation():
            link.click()
    district.press("编入花名册")
    handover = district.page.url
    assert "/archives/handovers/" in handover

    street = visitor("clerk")
    street.page.goto(handover)
    for box in street.page.locator("main input[type=checkbox][name=archive]").all():
        box.check()
    street.press("核对完毕，今天接收")

    street.go(f"/cases/?q={name}&procedure=J-4.2.1")
    with street.page.expect_navigation():
        street.page.locator("table.list a[href^='/cases/']").first.click()
    case = street.page.url
    street.page.check("input[name=informed_way][value=in_person]")
    street.page.check("input[name=came_to_register][value=false]")
    street.press("已告知")
    street.page.goto(case)
    street.page.check("input[name=prior_status][value=employed]")
    for question in ("is_hardship", "wants_job_service"):
        street.page.check(f"input[name={question}][value=false]")
    street.page.check("input[name=wants_benefit][value=true]")
    for paper in ("用人单位终止解除", "本人的《居民身份证》", "失业人员的身份证明"):
        street.page.locator(".form-check", has_text=paper).locator("input").check()
    street.press("准予登记")
    street.page.goto(f"{case}?step=certificate")
    street.press("已发证")
    street.page.goto(f"{case}?step=certificate")
    with street.page.expect_navigation(url=re.compile(r"/documents/\d+\.pdf$"), wait_until="commit"):
        street.page.locator('button:has-text("打印《就业失业登记证》")').click(no_wait_after=True)
    street.page.goto(f"{case}?step=certificate")
    issued = street.page.locator("a[href*='/cases/documents/']", has_text="就业失业登记证").first
    number = issued.locator(".num").inner_text()
    pdf = street.context.request.get(street.url(issued.get_attribute("href")))
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.body().startswith(b"%PDF")

    stranger = visitor()
    stranger.go(f"/check/?number={number}&code=AAAAAAAAAAAA")
    assert "查无此件" in stranger.text()

    reviewer = visitor("reviewer")
    reviewer.go(f"/cases/?q={name}&procedure=Q-1.2.3")
    assert reviewer.page.locator("table.list tbody tr").count() == 1

    other = visitor("clerk2")
    assert other.page.goto(case).status == 404


def archive_to_the_first_street(district) -> str:
    """Address of an imported archive that waits for review and goes to the first street."""
    district.go("/archives/?state=received")
    row = district.page.locator("table.list tbody tr", has_text=FIRST_STREET).first
    return row.locator("a").first.get_attribute("href")

"""Every kind of procedure, worked from beginning to end in a real browser by somebody of its tier."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

import pytest

from tests.journeys.conftest import PHONE
from tests.journeys.test_case import next_person
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser

SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PASTE = """(cell, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def start(one, procedure_id: str, about: str = "") -> str:
    """新建办件; the case's address. `about` is the page of a person."""
    one.go(f"/cases/new/{about.strip('/').split('/')[-1]}/" if about else "/cases/new/")
    one.page.select_option("select[name=procedure]", procedure_id)
    one.press("受理")
    return one.page.url.split("?")[0]


def boxes(one) -> Iterator:
    """The controls of the step's form, tables and uploads left out."""
    for box in one.page.locator("form[data-main]").locator("input, textarea, select").all():
        name = box.get_attribute("name") or ""
        is_cell = re.search(r"-\d+-", name) is not None
        if box.is_visible() and not is_cell and box.get_attribute("type") != "file" and box.is_enabled():
            yield name, box


def fill(one, **wanted: str) -> None:
    """Type into every control of the step's form, the way its label asks; `wanted` says what by name."""
    today = dt.date.today().isoformat()
    ticked: set[str] = set()
    for name, box in boxes(one):
        kind = box.get_attribute("type") or ""
        if kind in ("radio", "checkbox"):
            value = box.get_attribute("value")
            if value == wanted.get(name) or (name not in wanted and (name not in ticked or name == "received")):
                box.check()
                ticked.add(name)
        elif box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(wanted.get(name) or box.locator("option").nth(1).get_attribute("value"))
        elif name in wanted:
            box.fill(wanted[name])
        elif not box.input_value():
            box.fill({"date": today, "time": "09:30", "number": "3"}.get(kind, "如实填写"))


def paste(one, table: str, *lines: str) -> None:
    """A block copied from Excel, pasted into the first cell; the table grows by as many rows as it needs."""
    body = one.page.locator(f"table[data-rows={table}] tbody")
    body.locator("input, select").first.evaluate(PASTE, "\n".join(lines))
    assert body.locator("tr").count() >= len(lines)


def add_row(one, table: str) -> int:
    """再加一行; how many there are now. The new row's cells carry its own number."""
    rows = one.page.locator(f"table[data-rows={table}] tbody tr")
    before = rows.count()
    one.page.click(f"[data-rows-add={table}]")
    assert rows.count() == before + 1
    name = rows.last.locator("input, select").first.get_attribute("name")
    assert name.startswith(f"{table}-{before}-")
    return before + 1


def attach(one, field: str, name: str) -> None:
    one.page.set_input_files(f"input[name={field}__new]", {"name": name, "mimeType": "application/pdf", "buffer": SCAN})


def done(one, button: str, case: str) -> None:
    """Press the button of the outcome, and come back to the case."""
    one.press(button)
    assert "还缺" not in one.text() and "还没有填写" not in one.text(), one.text()
    one.page.goto(case)


def print_form(one, name: str) -> None:
    """打印: the paper is a PDF and stands among those issued."""
    back = one.page.url
    with one.page.expect_navigation(url=re.compile(r"/documents/\d+\.pdf$"), wait_until="commit") as shown:
        one.page.locator(f'button:has-text("打印《{name}》")').click(no_wait_after=True)
    answer = one.context.request.get(shown.value.url)
    assert answer.ok and answer.body().startswith(b"%PDF")
    one.page.goto(back)
    assert name in one.page.locator("section[aria-labelledby=papers-title] ul").inner_text()


def is_closed(one) -> None:
    assert one.page.locator("form[data-main]").count() == 0
    assert re.search(r"^办结 · ", one.page.locator("main").inner_text(), re.M)


def duty(one, title: str) -> str:
    """Find an open duty in the 职责日历, month by month, and open it; the case's address."""
    first = dt.date.today().replace(day=1)
    for _ in itertools.repeat(None, 4):
        one.go(f"/duties/?month={first:%Y-%m}")
        found = one.page.locator("section[aria-labelledby=list-title] tr", has_text=title).locator("a")
        if found.count():
            with one.page.expect_navigation():
                found.first.click()
            return one.page.url.split("?")[0]
        first = (first + dt.timedelta(days=32)).replace(day=1)
    raise AssertionError(f"职责日历里没有“{title}”")


def test_a_case_for_an_employer(visitor):
    clerk = visitor("clerk", for_axe=True)
    case = start(clerk, "J-5.3.3")
    fill(clerk)
    paste(clerk, "jobs_offered", *(f"岗位{n}\t{n}\t初中以上\t5000元" for n in range(1, 6)))
    looked_at(clerk, "kind-case-rows")
    done(clerk, "已了解", case)
    fill(clerk, needs_fair="false")
    add_row(clerk, "recommended_people")
    paste(clerk, "recommended_people", "王秀英\t13800000001\t岗位1")
    clerk.page.locator("table[data-rows=recommended_people] tbody tr").first.locator("select").select_option(index=1)
    looked_at(clerk, "kind-case-open")
    done(clerk, "已推荐", case)
    clerk.page.goto(f"{case}?step=recommend")
    assert "王秀英" in clerk.text()
    print_form(clerk, "招聘方案")
    clerk.page.goto(case)
    fill(clerk)
    done(clerk, "已面试", case)
    fill(clerk, recruitment_result="filled")
    done(clerk, "招聘服务结束", case)
    is_closed(clerk)
    looked_at(clerk, "kind-case-done")


def test_a_desk_serves_a_job_seeker(visitor):
    clerk = visitor("clerk", for_axe=True)
    case = start(clerk, "J-5.2.1", next_person(clerk))
    fill(clerk, seeker_age="35")
    looked_at(clerk, "kind-desk-open")
    done(clerk, "已了解", case)
    fill(clerk, papers_complete="true")
    done(clerk, "证件相符", case)
    fill(clerk, wanted_pay="5000", form_matches_papers="true", seeker_class="general")
    done(clerk, "已填表", case)
    clerk.page.goto(f"{case}?step=fill_form")
    print_form(clerk, "求职登记表")
    looked_at(clerk, "kind-desk-printed")
    clerk.page.goto(case)
    fill(clerk)
    done(clerk, "已录入", case)
    fill(clerk, next_services="none")
    done(clerk, "登记办结", case)
    is_closed(clerk)


def test_a_cycle_from_the_duty_calendar(visitor):
    village = visitor("village", for_axe=True)
    looked_at(village, "kind-cycle-calendar", "/duties/")
    case = duty(village, "规范管理")
    fill(village)
    paste(village, "rural_archives", *(f"A-{n}\t张{n}\t种植\t齐全\t一号柜" for n in range(1, 9)))
    for row in village.page.locator("table[data-rows=rural_archives] tbody tr").all():
        row.locator("select").select_option(index=1)
    looked_at(village, "kind-cycle-rows")
    done(village, "已理清", case)
    fill(village)
    add_row(village, "rural_changes")
    done(village, "已更新", case)
    is_closed(village)
    looked_at(village, "kind-cycle-done")


def test_a_campaign_with_a_report_and_a_file(visitor):
    village = visitor("village", for_axe=True)
    case = start(village, "C-9.1.1")
    fill(
        village,
        labour_total="500",
        willing_total="400",
        employed_now="395",
        hardship_total="20",
        hardship_employed="20",
    )
    looked_at(village, "kind-campaign-open")
    done(village, "台账已建", case)
    village.page.goto(f"{case}?step=ledger")
    print_form(village, "分析报告")
    village.page.goto(case)
    fill(village)
    done(village, "已开展", case)
    fill(village, willing_rate="98", hardship_rate="100")
    done(village, "达到标准", case)
    fill(village, applies_now="true")
    done(village, "已提交", case)
    fill(village)
    attach(village, "experience_files", "经验材料.pdf")
    looked_at(village, "kind-campaign-file")
    done(village, "已上报", case)
    village.page.goto(f"{case}?step=conclude")
    with village.page.expect_download() as kept:
        village.page.get_by_role("link", name="经验材料.pdf").click()
    assert kept.value.path().read_bytes() == SCAN
    is_closed(village)
    assert "街道" in village.page.locator("section[aria-labelledby=timeline-title]").inner_text(), "接着由街（镇）办"


def test_monitoring_is_recorded_six_times(visitor):
    """第1次 to 第6次, each recorded in full; the visits after the first are months too early and say why."""
    clerk = visitor("clerk", for_axe=True)
    case = start(clerk, "J-5.4.4", next_person(clerk))
    fill(clerk)
    looked_at(clerk, "kind-monitoring-open")
    done(clerk, "已指导，记一次", case)
    assert "第2次，共6次" in clerk.text()
    looked_at(clerk, "kind-monitoring-follow-up")
    for _ in range(5):
        fill(clerk, reason="补记纸质台账上已做的指导")
        done(clerk, "已指导，记一次", case)
    assert "引导创业" in clerk.page.locator("#form-title").inner_text(), "满6次自动往下走"
    fill(clerk, has_licence="false", wants_loan="false")
    done(clerk, "跟踪结束", case)
    is_closed(clerk)


def test_a_publication_with_photos_and_a_ledger(visitor):
    village = visitor("village", for_axe=True)
    case = start(village, "C-8.3.1")
    today = f"{dt.date.today():%Y.%m.%d}"
    paste(village, "training_lessons", *(f"{today}\t\t技能提升补贴政策{n}\t{n + 3}" for n in range(4)))
    for row in village.page.locator("table[data-rows=training_lessons] tbody tr").all():
        row.locator("select").select_option(index=1)
    looked_at(village, "kind-publication-rows")
    done(village, "已学习", case)
    fill(village)
    attach(village, "talk_photos", "宣传现场.pdf")
    done(village, "已宣传", case)
    fill(village)
    done(village, "已入账", case)
    fill(village)
    done(village, "已回访", case)
    is_closed(village)
    village.page.goto(f"{case}?step=learn")
    assert "技能提升补贴政策3" in village.text()
    looked_at(village, "kind-publication-done")


def test_the_daily_check_of_devices_on_a_phone(visitor):
    village = visitor("village", size=PHONE, for_axe=True)
    looked_at(village, "kind-facility-today", "/")
    looked_at(village, "kind-facility-calendar", "/duties/")
    case = start(village, "C-9.2.1")
    fill(village, device_fault="true", electronics_state="faulty")
    paste(village, "device_faults", "打印机\t卡纸", "电话\t没有声音")
    looked_at(village, "kind-facility-check")
    done(village, "已检查", case)
    fill(village)
    looked_at(village, "kind-facility-report")
    done(village, "已上报", case)
    is_closed(village)
    looked_at(village, "kind-facility-done")
    shown = village.page.locator("section[aria-labelledby=timeline-title]").inner_text()
    assert "设备维护" in shown and "设备管理" in shown, "报修和街（镇）的检查接着开立"

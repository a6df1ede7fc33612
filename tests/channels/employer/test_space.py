"""Booths, requests to the office, lists of posts and policies: the rules of the counter, done by the firm itself."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from renben.engines.messaging.models import Message
from renben.kernel.models import Task
from renben.services.placement.fairs import booking, planning, visiting
from renben.services.placement.fairs.models import Fair
from renben.services.placement.models import Vacancy
from renben.services.placement.space.models import EmployerRequest
from tests.channels.employer.conftest import contact_of, signed_in

HEAD = [
    "单位名称",
    "信用代码",
    "岗位",
    "人数",
    "工资待遇",
    "岗位职责",
    "任职要求",
    "工作地点",
    "联系人",
    "联系电话",
    "截止日期",
]
ROW = ["3人", "4500-6000元/月", "分拣打包", "能上两班", "大街3号", "周海燕", "13911112222", "2026-12-20"]


@pytest.fixture
def fair(firm) -> Fair:
    plan = planning.Plan(
        kind="regular", title="冬季洽谈会", on=dt.date(2026, 12, 5), starts_at=dt.time(9), ends_at=dt.time(11), place="文化中心",
        booths=3, booths_each=1, booking_until=dt.date(2026, 12, 1), notes="",
    )  # fmt: skip
    return planning.plan_fair(organization=firm.desk.street, plan=plan, by=firm.desk.clerk)


BOOK = {"agent_name": "周海燕", "agent_phone": "13911112222", "count": "1"}


def test_a_booth_is_booked_by_the_rules_and_given_back(firm, fair):
    assert "冬季洽谈会" in firm.page("/employer/fairs/") and "还剩 3 个" in firm.page("/employer/fairs/")
    at = f"/employer/fairs/{fair.pk}/book/"
    many = firm.client.post(at, BOOK | {"count": "2"})
    assert many.status_code == 422 and "一家最多1个展位" in many.content.decode()
    firm.client.post(at, BOOK)
    booth = fair.stands.get()
    assert booth.employer == firm.employer and "已订" in firm.page("/employer/fairs/")
    again = firm.client.post(at, BOOK)
    assert again.status_code == 422 and "不用再订" in again.content.decode()
    stranger = signed_in(contact_of(firm.desk.firm("北京顺安商贸有限公司"), "吴强"))
    assert stranger.get(f"/employer/fairs/booths/{booth.pk}/cancel/").status_code == 404
    firm.client.post(f"/employer/fairs/booths/{booth.pk}/cancel/", {"why": "那天盘点"})
    booth.refresh_from_db()
    assert booth.state == "cancelled"


def test_the_receipt_is_owed_handed_in_once_and_seen(firm, fair, frozen_time):
    vacancy = firm.desk.published(headcount=2)
    booth = booking.book(
        fair=fair, employer=firm.employer, agent_name="周海燕", agent_phone="", vacancies=[vacancy], by=firm.user
    )
    frozen_time.move_to(dt.datetime(2026, 12, 5, 10, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    visitor = visiting.sign_up(fair=fair, name="王秀兰", phone="13800000011", wanted="", by=None)
    intent = visiting.intend(visitor=visitor, booth=booth, vacancy=vacancy)
    planning.end(fair=fair, on=dt.date(2026, 12, 5), steward="李敏", consulted=3, course="", by=firm.desk.clerk)
    firm.client.force_login(firm.user)
    assert "回执还没交" in firm.page("/employer/")
    at = f"/employer/fairs/booths/{booth.pk}/receipt/"
    assert "王秀兰" in firm.page(at)
    firm.client.post(at, {"on": "2026-12-05", f"result_{intent.pk}": "hired", "difficulty": "夜班难招"})
    intent.refresh_from_db()
    booth.refresh_from_db()
    assert intent.state == "hired" and booth.difficulty == "夜班难招"
    assert "回执还没交" not in firm.page("/employer/")


def test_a_request_becomes_a_task_with_a_day_and_the_answer_is_seen(firm, clerk):
    firm.client.post("/employer/requests/new/", {"kind": "guidance", "text": "夜班招不到人", "about": ""})
    asked = EmployerRequest.objects.get()
    assert asked.due_on == dt.date(2026, 11, 26) and asked.organization == firm.desk.street
    task = Task.objects.get(key=f"employer_request:{asked.pk}")
    assert task.due_on == asked.due_on and "夜班招不到人" in clerk.get(task.url).content.decode()
    twice = firm.client.post("/employer/requests/new/", {"kind": "guidance", "text": "夜班招不到人", "about": ""})
    assert twice.status_code == 422 and EmployerRequest.objects.count() == 1
    assert clerk.post(f"/requests/{asked.pk}/answer/", {"text": ""}).status_code == 422
    clerk.post(f"/requests/{asked.pk}/answer/", {"text": "可以把班次写成轮换，工资写清夜班补贴。"})
    assert "工资写清夜班补贴" in firm.page("/employer/requests/")
    task.refresh_from_db()
    assert task.cleared_at is not None
    assert Message.objects.get(template="request.answered").employer == firm.employer
    assert "夜班招不到人" in clerk.get("/requests/?q=夜班").content.decode()
    assert clerk.post("/requests/export/", {}).status_code == 200


def test_a_request_is_taken_back(firm):
    firm.client.post("/employer/requests/new/", {"kind": "other", "text": "想换经办人", "about": ""})
    asked = EmployerRequest.objects.get()
    firm.client.post(f"/employer/requests/{asked.pk}/withdraw/", {})
    asked.refresh_from_db()
    assert asked.state == "withdrawn" and Task.objects.get(key=f"employer_request:{asked.pk}").cleared_at


def test_policies_for_firms_lead_to_the_guide_and_to_a_request(firm):
    page = firm.page("/employer/policies/")
    assert "招聘登记" in page and "/guide/J-5.3.1/" in page and "失业管理" not in page and "应聘指导" not in page
    assert "没有找到" in firm.page("/employer/policies/?q=没有这一项")
    begun = firm.page("/employer/requests/new/?about=招聘登记")
    assert "想申请“招聘登记”" in begun


def book(*rows: list[str]) -> SimpleUploadedFile:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        for line, row in enumerate([HEAD, *rows]):
            for column, value in enumerate(row):
                sheet.write(line, column, value)
    return SimpleUploadedFile("岗位表.xlsx", out.getvalue())


def test_a_list_is_looked_at_row_by_row_and_only_good_own_rows_go_in(firm):
    other = firm.desk.firm("北京顺安商贸有限公司")
    own, foreign = firm.employer, other
    good = [own.name, own.uscc, "分拣员", *ROW]
    forbidden = [own.name, own.uscc, "保安", *ROW[:3], "限男性", *ROW[4:]]
    theirs = [foreign.name, foreign.uscc, "理货员", *ROW]
    answer = firm.client.post("/employer/vacancies/list/", {"file": book(good, forbidden, theirs)}, follow=True)
    page = answer.content.decode()
    assert "1 行可以提交，2 行要改" in page and "不是本单位的岗位" in page and "限男性" in page
    assert not Vacancy.objects.exists()
    at = answer.redirect_chain[-1][0]
    firm.client.post(f"{at}confirm/", {})
    vacancy = Vacancy.objects.get()
    assert vacancy.title == "分拣员" and vacancy.employer == own and vacancy.state == "submitted"
    stranger = signed_in(contact_of(other, "吴强"))
    assert stranger.get(at).status_code == 404
    assert firm.client.get("/employer/vacancies/list/template/").status_code == 200
    wrong = firm.client.post("/employer/vacancies/list/", {"file": SimpleUploadedFile("a.txt", b"x")})
    assert wrong.status_code == 422

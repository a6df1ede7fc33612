"""空岗报告协议 through the pages of a clerk: signed, reported, asked for, renewed, ended, printed."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.test import Client

from renben.engines.documents.issuing import content_of
from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures.actions import start
from renben.kernel import clock, employer_merge, merging
from renben.kernel.models import AuditEvent, Task
from renben.services.placement.firms import agreements, known_facts, reports
from renben.services.placement.firms.models import VacancyAgreement
from tests import build

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


TERMS = {
    "signed_on": "2026-11-23", "starts_on": "2026-11-23", "until": "2027-11-22", "rhythm": "month",
    "contact_name": "孙丽", "contact_phone": "010-69440033",
}  # fmt: skip


def signed(clerk, employer, **more) -> VacancyAgreement:
    answer = clerk.post(f"/agreements/employers/{employer.pk}/new/", TERMS | more, follow=True)
    assert "已登记，请打印" in text_of(answer), text_of(answer)
    return VacancyAgreement.objects.get(employer=employer)


def says(clerk, agreement, **more):
    data = {
        "start": "2026-11-01",
        "kind": "none",
        "said_on": "2026-12-01",
        "said_by": "孙丽",
        "way": "phone",
        "note": "",
    }
    return clerk.post(f"/agreements/{agreement.pk}/say/", data | more, follow=True)


def test_signing_fills_in_what_is_usual_and_names_every_fault(world, clerk):
    employer = world.employer()
    assert "没有签空岗报告协议" in text_of(clerk.get(f"/employers/{employer.pk}/?tab=standing"))
    asked = text_of(clerk.get(f"/agreements/employers/{employer.pk}/new/"))
    assert 'value="2027-11-22"' in asked, "the usual term of a year"
    bad = TERMS | {"signed_on": "2026-12-01", "starts_on": "2026-11-20", "until": "2026-11-01"}
    said = text_of(clerk.post(f"/agreements/employers/{employer.pk}/new/", bad))
    for fault in ("签订日期不能晚于今天", "起始日期不能早于签订日期", "截止日期不能早于起始日期"):
        assert fault in said
    held = signed(clerk, employer)
    assert held.organization == world.street and agreements.phone_of(held) == "010-69440033"
    again = text_of(clerk.post(f"/agreements/employers/{employer.pk}/new/", TERMS))
    assert f"协议{held.number}管到2027年11月22日" in again and VacancyAgreement.objects.count() == 1
    assert held.number in text_of(clerk.get(f"/employers/{employer.pk}/?tab=standing"))
    assert AuditEvent.objects.filter(action="agreement.signed", subject=f"employer:{employer.pk}").count() == 1


def test_vacancies_of_the_period_are_the_report(world, clerk, at):
    held = signed(clerk, world.employer())
    assert "等报告" not in text_of(clerk.get(f"/agreements/{held.pk}/"))
    world.vacancy(registered_on=dt.date(2026, 11, 25))
    at(2026, 12, 8)
    page = text_of(clerk.get(f"/agreements/{held.pk}/"))
    assert "2026年11月" in page and "登记了 1 个岗位" in page
    assert agreements.chase().reports == 0


def test_a_missing_report_becomes_a_task_until_the_firm_says_something(world, clerk, at):
    held = signed(clerk, world.employer())
    today = at(2026, 12, 2)
    assert agreements.chase(today).reports == 0, "five days after the month the report may still come"
    at(2026, 12, 8)
    assert agreements.chase().reports == 1 and agreements.chase().reports == 1
    task = Task.objects.get(key__startswith="agreement.report:")
    assert task.organization == world.street and "2026年11月" in task.reason and "孙丽" in task.reason
    assert "催报空岗" in text_of(clerk.get("/?show=tasks"))
    assert "没有报告" in text_of(clerk.get("/agreements/?owed=missing"))
    assert "补报的空岗" in text_of(says(clerk, held, kind="late")), "late posts are registered first"
    assert "已记下：没有空岗" in text_of(says(clerk, held))
    task.refresh_from_db()
    assert task.cleared_at is not None and task.outcome == "没有空岗"
    assert "这一期已经有报告" in text_of(says(clerk, held))
    assert agreements.chase().reports == 0


def test_late_posts_count_as_late(world, clerk, at):
    held = signed(clerk, world.employer())
    today = at(2026, 12, 8)
    agreements.chase()
    world.vacancy(registered_on=today)
    assert "过后补报" in text_of(says(clerk, held, kind="late", said_on="2026-12-08"))
    assert reports.periods_of([held], today)[held.pk][0].state == "late"


def test_quarters_and_the_last_day_on_a_rest_day(world, clerk, at):
    held = signed(clerk, world.employer(), rhythm="quarter")
    at(2027, 1, 4)
    quarter = reports.periods_of([held], clock.today())[held.pk][0]
    assert quarter.label == "2026年第4季度" and quarter.due_on == dt.date(2027, 1, 5)
    assert reports.last_report_day(dt.date(2026, 12, 1)) == dt.date(2026, 12, 7), "5 December is a Saturday"
    assert quarter.state == "waiting"


def test_renewing_and_ending(world, clerk, at):
    employer = world.employer()
    held = signed(clerk, employer, until="2026-12-20")
    assert agreements.chase().renewals == 1
    assert "续签空岗报告协议" in text_of(clerk.get("/?show=tasks"))
    form = text_of(clerk.get(f"/agreements/{held.pk}/renew/"))
    assert 'value="2026-12-21"' in form and 'value="010-69440033"' in form
    renewed = TERMS | {"starts_on": "2026-12-21", "until": "2027-12-20"}
    assert "已续签" in text_of(clerk.post(f"/agreements/{held.pk}/renew/", renewed, follow=True))
    assert agreements.chase().renewals == 0
    assert not Task.objects.filter(key__startswith="agreement.renew:", cleared_at=None).exists()
    second = VacancyAgreement.objects.get(replaces=held)
    assert "未生效" in text_of(clerk.get(f"/agreements/{second.pk}/"))
    at(2027, 2, 8)
    assert agreements.chase().reports == 2, "the end of December and of January; November ended under the first paper"
    gone = {"on": "2027-01-15", "why": "单位停产"}
    assert "不再催报" in text_of(clerk.post(f"/agreements/{second.pk}/end/", gone, follow=True))
    assert "协议已经结束，不用解除" in text_of(clerk.post(f"/agreements/{second.pk}/end/", gone))
    assert Task.objects.filter(key=f"agreement.report:{second.pk}:2027-01-01", cleared_at=None).count() == 0
    assert Task.objects.filter(key=f"agreement.report:{second.pk}:2026-12-01", cleared_at=None).count() == 1


def test_list_search_states_and_export(world, clerk):
    assert "还没有签过空岗报告协议" in text_of(clerk.get("/agreements/"))
    signed(clerk, world.employer())
    signed(clerk, world.employer("北京某某食品有限公司"))
    listed = text_of(clerk.get("/agreements/?q=stwl"))
    assert "北京顺通物流" in listed and "北京某某食品" not in listed
    assert "没有符合条件的协议" in text_of(clerk.get("/agreements/?state=ended"))
    answer = clerk.post("/agreements/export/", {"state": "running"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert {row[1] for row in sheet.iter_rows(min_row=3, values_only=True)} >= {
        "北京顺通物流有限公司",
        "北京某某食品有限公司",
    }


def test_the_paper_is_filled_from_the_row(world, clerk):
    held = signed(clerk, world.employer())
    answer = clerk.post(f"/agreements/{held.pk}/print/")
    paper = IssuedDocument.objects.get(form="用人单位空岗信息报告协议书")
    assert answer.url == f"/cases/documents/{paper.pk}/" or str(paper.pk) in answer.url
    assert content_of(paper)["number"] == held.number and content_of(paper)["rhythm"] == "每月"
    assert clerk.get(answer.url).content.startswith(b"%PDF")
    clerk.post(f"/agreements/{held.pk}/print/")
    assert IssuedDocument.objects.count() == 1, "the same paper is not issued twice"


def test_the_plan_of_the_quarter_counts_the_rows(world, clerk, at):
    signed(clerk, world.employer())
    at(2026, 12, 8)
    case = start(procedure_id="Q-1.1.2", organization=world.place.centre, by=world.clerk)
    assert known_facts.known(case, "agreement.in_force") == 1 and known_facts.known(case, "agreement.silent") == 1


def test_two_files_with_an_agreement_each_are_not_merged(world, clerk):
    one, other = world.employer(), world.employer("北京某某食品有限公司")
    signed(clerk, one)
    second = signed(clerk, other)
    with pytest.raises(merging.MergeRefused, match="空岗报告协议"):
        employer_merge.merge_employers(kept=one, merged=other, reason="两次建档", by=world.clerk)
    agreements.end(agreement=second, on=clock.today(), why="重复建档", by=world.clerk)
    employer_merge.merge_employers(kept=one, merged=other, reason="两次建档", by=world.clerk)
    assert VacancyAgreement.objects.filter(employer=one).count() == 2


def test_another_street_sees_nothing(world, clerk):
    held = signed(clerk, world.employer())
    other = Client()
    other.force_login(build.staff("counter", world.place.streets[1], "李外街"))
    assert other.get(f"/agreements/{held.pk}/").status_code == 404
    assert "还没有签过" in text_of(other.get("/agreements/"))

"""政策找人 on the workbench: the funnel and its lists, one finding, and every button of it."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from renben.channels import periodic, tasks
from renben.engines.procedures import actions
from renben.engines.procedures.models import Case
from renben.kernel.models import AuditEvent, Task
from renben.services.support.finding.models import Finding, FindingRun
from tests import build

pytestmark = pytest.mark.django_db

TELL = {"how": "visit", "on": "2026-11-23", "note": "愿意办"}


@pytest.fixture
def found(world):
    """A flexible worker of the first village, found in the night."""
    person = world.person("王秀兰", birth="1980-01-05")
    world.spell(person, "flexible", "2026-01-10")
    periodic.find_people.func(timestamp=0)
    return Finding.objects.get(person=person)


@pytest.fixture
def village(world, sign_in):
    return sign_in(world.village)


@pytest.fixture
def street(world, sign_in):
    return sign_in(world.clerk)


def numbers(page: str) -> list[str]:
    """The four numbers of the funnel."""
    return re.findall(r'class="kpi-value num">(\d+)<', page)


def listed(page: str) -> int:
    body = page.split("<tbody data-rows>")
    return body[1].split("</tbody>")[0].count("<tr>") if len(body) > 1 else 0


def post(client, finding, name, data=None):
    return client.post(reverse(f"findings:{name}", args=[finding.pk]), data or {}, follow=True)


def test_the_funnel_moves_with_what_is_done(found, village, street, title):
    first = village.get("/findings/").content.decode()
    assert numbers(first) == ["1", "0", "0", "0"] and listed(first) == 1
    assert title(village.get("/findings/")) == "政策找人"
    post(village, found, "tell", TELL)
    assert numbers(village.get("/findings/").content.decode()) == ["1", "1", "0", "0"]
    post(street, found, "apply")
    page = village.get("/findings/").content.decode()
    assert numbers(page) == ["1", "1", "1", "0"]
    assert listed(village.get("/findings/?stage=applied").content.decode()) == 1
    assert listed(village.get("/findings/?stage=granted").content.decode()) == 0


def test_the_numbers_lead_to_as_many_rows(found, world, village):
    other = world.person("李红", birth="1981-01-05")
    world.spell(other, "self_employed", "2025-01-10")
    periodic.find_people.func(timestamp=0)
    page = village.get("/findings/?policy=subsidy.self_employed").content.decode()
    assert numbers(page)[0] == "1" and listed(page) == 1
    assert listed(village.get("/findings/?stage=found").content.decode()) == 2
    assert listed(village.get("/findings/?q=lh").content.decode()) == 1
    assert listed(village.get("/findings/?sure=yes").content.decode()) == 0


def test_a_station_sees_its_own_people_only(found, world, sign_in, village):
    other = sign_in(build.staff("community_worker", world.place.villages[2]))
    assert listed(other.get("/findings/").content.decode()) == 0
    assert other.get(reverse("findings:finding", args=[found.pk])).status_code == 404
    assert village.get(reverse("findings:finding", args=[found.pk])).status_code == 200


def test_the_page_says_why_with_the_article_and_what_is_missing(found, village):
    page = village.get(reverse("findings:finding", args=[found.pk])).content.decode()
    assert "您是女性，46周岁，没有残疾；须满40周岁" in page
    assert "京劳社就发〔2006〕160号" in page
    assert "就业登记（查《就业失业登记证》）" in page
    assert "如果都符合：您最多可享受60个月" in page
    assert "发起申请" not in page and "办事指南" in page


def test_no_two_things_on_the_page_have_the_same_id(found, village):
    page = village.get(reverse("findings:finding", args=[found.pk])).content.decode()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_telling_clears_the_task_and_keeps_who_how_and_when(found, world, village):
    page = post(village, found, "tell", TELL).content.decode()
    assert "已记告知王秀兰" in page and "上门告知" in page and "愿意办" in page
    assert not Task.objects.filter(person=found.person, cleared_at=None).exists()
    event = AuditEvent.objects.get(action="finding.tell")
    assert event.subject == f"person:{found.person_id}"


@pytest.mark.parametrize(("on", "said"), [("2026-11-24", "告知日期还没到"), ("2026-11-01", "请核对")])
def test_a_day_that_cannot_be_is_refused(found, village, on, said):
    response = post(village, found, "tell", TELL | {"on": on})
    assert said in response.content.decode()
    found.refresh_from_db()
    assert found.told_on is None


def test_the_station_hands_on_and_the_street_applies_with_what_is_known(found, world, village, street):
    assert "报社保所" not in village.get(reverse("findings:finding", args=[found.pk])).content.decode()
    post(village, found, "tell", TELL)
    assert "本人愿意办，报社保所" in village.get(reverse("findings:finding", args=[found.pk])).content.decode()
    post(village, found, "hand_on")
    task = Task.objects.get(person=found.person, cleared_at=None)
    assert task.organization == world.place.streets[0]
    assert "请先告知本人" in post(village, found, "apply").content.decode()
    page = post(street, found, "apply").content.decode()
    case = Case.objects.get(person=found.person)
    assert case.procedure_id == "J-4.3.2" and case.number in page
    assert re.search(r'value="flexible" selected|value="flexible"[^>]*checked', page)
    found.refresh_from_db()
    assert (found.state, found.case) == ("applied", case)
    assert not Task.objects.filter(person=found.person, cleared_at=None).exists()
    post(street, found, "apply")
    assert Case.objects.filter(person=found.person).count() == 1


def test_a_recognition_begins_with_the_kind(world, street):
    person = world.person("赵强", "M", "1990-01-01")
    world.spell(person, "registered_unemployed", "2025-10-01")
    world.registration(person)
    periodic.find_people.func(timestamp=0)
    finding = Finding.objects.get(person=person, policy="hardship")
    page = post(street, finding, "apply").content.decode()
    assert 'value="长期失业"' in page


def test_a_no_keeps_its_reason_and_can_be_taken_back(found, village):
    assert post(village, found, "decline", {"reason": "not_wanted"}).status_code == 422
    assert Finding.objects.get().state == "found"
    page = post(village, found, "decline", {"reason": "not_wanted", "note": "儿子单位有保险"}).content.decode()
    assert "本人不需要" in page and "儿子单位有保险" in page
    periodic.find_people.func(timestamp=0)
    assert Finding.objects.count() == 1
    assert "没有这样的人" in village.get("/findings/?state=found").content.decode()
    post(village, found, "take_back")
    found.refresh_from_db()
    assert (found.state, found.no_reason) == ("found", "")


def test_an_ended_one_cannot_be_told(found, village):
    post(village, found, "decline", {"reason": "unreached", "note": "三次没找到"})
    assert "这条已经了结" in post(village, found, "tell", TELL).content.decode()


def test_a_case_refused_at_the_counter_is_a_no_with_its_reason(found, world, street):
    post(street, found, "apply")
    case = Case.objects.get(person=found.person)
    step = case.steps.get(state="ready")
    refusal = {"reason": "实际在单位上班", "article": "京劳社就发〔2006〕160号", "appeal": "60日内可申请行政复议"}
    actions.refuse(step_id=step.pk, by=world.clerk, **refusal)
    found.refresh_from_db()
    assert (found.state, found.no_reason) == ("declined", "refused")
    assert "上班" in found.ended_note
    periodic.find_people.func(timestamp=0)
    assert Finding.objects.filter(policy="subsidy.flexible").count() == 1


def test_a_refusal_counts_also_for_one_whom_nobody_had_found(world):
    person = world.person("孙敏", birth="1981-01-05")
    world.spell(person, "flexible", "2026-01-10")
    case = actions.start(procedure_id="J-4.3.2", organization=world.place.streets[0], by=world.clerk, person=person)
    refusal = {"reason": "实际在单位上班", "article": "京劳社就发〔2006〕160号", "appeal": "60日内可申请行政复议"}
    actions.refuse(step_id=case.steps.get(state="ready").pk, by=world.clerk, **refusal)
    kept = Finding.objects.get(person=person)
    assert (kept.state, kept.no_reason) == ("declined", "refused")
    periodic.find_people.func(timestamp=0)
    assert Finding.objects.get(person=person) == kept


def test_a_withdrawn_case_leaves_the_person_told(found, world, street):
    post(street, found, "apply")
    case = Case.objects.get(person=found.person)
    actions.withdraw(case_id=case.pk, by=world.clerk, reason="本人先不办")
    found.refresh_from_db()
    assert found.state == "told"


def test_the_notice_is_a_paper_with_the_reason(found, village):
    response = post(village, found, "notice")
    assert response["Content-Type"] == "application/pdf" and response.content[:4] == b"%PDF"
    again = post(village, found, "notice")
    assert response.redirect_chain == again.redirect_chain
    found.refresh_from_db()
    assert found.state == "found"


def test_the_export_holds_the_rows_of_the_filter(found, village):
    response = village.post("/findings/export/", {"policy": "subsidy.flexible"})
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
    assert rows[2][0] == "王秀兰" and "****" in rows[2][1] and "60个月" in rows[2][5]
    assert rows[3][0] is None or rows[3][0].startswith("制表")
    nothing = village.post("/findings/export/", {"policy": "hardship"})
    assert len(list(openpyxl.load_workbook(io.BytesIO(nothing.content)).active.values)) < len(rows)


def test_it_stands_on_the_persons_file_and_among_the_tasks_of_today(found, village):
    page = village.get(reverse("people:file", args=[found.person_id])).content.decode()
    assert "可能享受的政策" in page and "灵活就业社会保险补贴" in page
    today = village.get("/?show=tasks").content.decode()
    assert "告知王秀兰：灵活就业社会保险补贴" in today and f"/findings/{found.pk}/" in today


def test_the_leader_sees_and_may_not_record(found, world, sign_in):
    leader = sign_in(build.staff("leader", world.place.centre))
    page = leader.get(reverse("findings:finding", args=[found.pk])).content.decode()
    assert "登记已告知" not in page
    assert leader.post(reverse("findings:tell", args=[found.pk]), TELL).status_code == 403


def test_the_last_run_is_told(found, village):
    page = village.get("/findings/").content.decode()
    assert "已完成" in page and "规则版本" in page


def test_a_list_says_the_conclusion_without_pointing_at_conditions_that_are_not_there(found, village):
    assert "因为以上条件都符合" in found.reason
    shown = village.get("/findings/").text
    assert "以上条件" not in shown and found.reason.split("，因为")[0] in shown


def test_the_reviewer_asks_for_a_look_which_runs_in_the_background(found, world, sign_in, village):
    reviewer = sign_in(world.place.staff("first_review", world.place.centre))
    assert "现在就查" in reviewer.get("/findings/").text
    before = FindingRun.objects.count()
    assert "已安排查找" in reviewer.post("/findings/run/", {"_once": "a"}, follow=True).text
    assert "已经有一次查找在排队" in reviewer.post("/findings/run/", {"_once": "b"}, follow=True).text
    assert FindingRun.objects.count() == before, "不在网页请求里查"
    job = ProcrastinateJob.objects.get(task_name="findings.now")
    assert job.status == "todo"
    tasks.look_now.func()
    assert FindingRun.objects.order_by("-id").first().state == "done"
    assert village.post("/findings/run/", {"_once": "c"}).status_code == 403
    assert "现在就查" not in village.get("/findings/").text


def test_the_progress_of_a_look_is_shown_until_it_is_over(found, world, sign_in):
    reviewer = sign_in(world.place.staff("first_review", world.place.centre))
    run = FindingRun.objects.order_by("-id").first()
    FindingRun.objects.filter(pk=run.pk).update(state="running", people_total=80, people_done=20)
    assert "已查 20 / 80 人" in reviewer.get("/findings/").text
    answer = reviewer.get("/findings/run/progress/")
    assert "已查 20 / 80 人" in answer.text and "HX-Refresh" not in answer
    FindingRun.objects.filter(pk=run.pk).update(state="done")
    assert reviewer.get("/findings/run/progress/")["HX-Refresh"] == "true"

"""A determination on screen: told in plain words, printed, made again; a fact corrected later becomes a task."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from renben.engines.documents import issuing
from renben.engines.documents.models import IssuedDocument
from renben.engines.rules import reviewing
from renben.engines.rules.determinations import store
from renben.engines.rules.models import Determination
from renben.kernel.models import AuditEvent, Task
from renben.kernel.person_changes import edit_person
from renben.services.registration import archives, determining
from renben.services.registration.rules import benefit_decision
from tests.channels.policies.test_policies_changes import MONTHLY, Change, raised

pytestmark = pytest.mark.django_db


@pytest.fixture
def determination(benefit) -> Determination:
    return Determination.objects.get(pk=benefit.determination_id)


def page(client, determination: Determination, **query):
    return client.get(reverse("policies:determination", args=[determination.pk]), query)


def tasks(determination: Determination, *, cleared: bool = False):
    found = Task.objects.filter(key__startswith=f"determination.changed:{determination.pk}:")
    return list(found.filter(cleared_at__isnull=not cleared).order_by("id"))


def corrected(desk, archive, months: int) -> None:
    archives.record_facts(archive=archive, by=desk.reviewer_user, contribution_months=months)


def test_it_is_told_in_plain_words(desk, determination, benefit):
    text = page(desk.reviewer, determination).text
    assert f"您可领取{benefit.months_entitled}个月" in text and "，因为累计缴费" in text
    for words in ("失业保险待遇核定", "累计缴费月数", "74", "劳动合同期满终止", "依据：", "规则版本", "打印给本人"):
        assert words in text, words
    for part in determination.parts:
        assert part["text"] in text
    listed = desk.reviewer.get(reverse("policies:determinations"), {"q": "李建国"})
    assert [row.pk for row in listed.context["rows"]] == [determination.pk]
    assert not desk.reviewer.get(reverse("policies:determinations"), {"q": "李建国", "open": "1"}).context["rows"].rows


def test_a_refusal_says_which_condition(desk, place, worker, registration, archive):
    archives.record_facts(archive=archive, by=place.reviewer, contribution_months=7)
    refused = determining.determine_benefit(person=worker, by=place.reviewer)
    text = page(desk.reviewer, refused.determination).context["sentence"]
    assert text == "您现在不符合领取失业保险金的条件，因为累计缴费7个月，须满12个月。"


def test_the_parts_add_up_to_the_total(determination):
    """Every month of the schedule once, and their sum is the total that the sentence names."""
    schedule = determination.result["schedule"]
    assert round(sum(row["amount"] for row in schedule) * 100) == round(determination.result["total"] * 100)
    runs = [part for part in determination.parts if part["label"] == "分月金额"]
    assert {part["value"] for part in runs} == {row["amount"] for row in schedule}
    assert len(schedule) == determination.result["months"]


def test_it_is_printed_for_the_citizen(desk, determination, worker):
    answer = desk.reviewer.post(reverse("policies:letter", args=[determination.pk]), {})
    issued = IssuedDocument.objects.get(form="政策判定说明")
    assert answer.url == reverse("cases:document", args=[issued.pk])
    pdf = desk.reviewer.get(answer.url)
    assert pdf.content[:5] == b"%PDF-"
    told = issuing.content_of(issued)
    assert told["answer"].startswith("您可领取") and len(told["reasons"]) == len(determination.parts)
    assert issuing.missing_of(issuing.find_form("政策判定说明"), told) == []
    desk.reviewer.post(reverse("policies:letter", args=[determination.pk]), {})
    assert IssuedDocument.objects.filter(form="政策判定说明").count() == 1, "the same letter is not issued twice"


def test_made_again_at_once_it_is_the_same(desk, determination):
    context = page(desk.reviewer, determination, compare=1).context
    assert context["corrected"].is_same and context["today"].is_same
    assert not context["corrected"].facts and not context["today"].parameters


def test_made_again_after_a_new_standard_it_says_where(desk, determination, frozen_time):
    Change(desk).approved(**raised(100))
    context = page(desk.reviewer, determination, compare=1).context
    assert context["today"].is_same, "the new standard has not begun"
    frozen_time.move_to(dt.datetime(2026, 12, 2, 10, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    again = reviewing.review(determination, on=dt.date(2026, 12, 2))
    months = {row.what for row in again.result}
    assert any(what.startswith("2026-12至") for what in months) and "合计（元）" in months
    assert not any("2026-11" in what for what in months)
    assert [row.what for row in again.parameters] == ["失业保险金月标准"]
    assert reviewing.review(determination).is_same, "by the policies of the day it was made nothing differs"


def test_a_corrected_fact_becomes_a_task_of_the_office_and_changes_nothing(desk, determination, archive):
    before = (determination.inputs, determination.result, determination.parts)
    corrected(desk, archive, 134)
    [task] = tasks(determination)
    assert task.organization == reviewing.office_of(determination)
    for words in ("累计缴费月数由“74”改为“134”", "月数会由“", "请核对原判定"):
        assert words in task.reason, task.reason
    assert task.url == reverse("policies:determination", args=[determination.pk])
    determination.refresh_from_db()
    assert (determination.inputs, determination.result, determination.parts) == before
    shown = page(desk.reviewer, determination)
    assert "事实有更正，要核对" in shown.text
    listed = desk.reviewer.get(reverse("policies:determinations"), {"open": "1"}).context["rows"]
    assert [row.pk for row in listed] == [determination.pk]


def test_a_correction_that_changes_nothing_opens_nothing(desk, determination, archive):
    corrected(desk, archive, 75)
    assert tasks(determination) == [] and tasks(determination, cleared=True) == []


def test_corrected_again_and_back(desk, determination, archive):
    corrected(desk, archive, 134)
    corrected(desk, archive, 194)
    [task] = tasks(determination)
    assert "194" in task.reason, "one open task, the newest"
    corrected(desk, archive, 74)
    assert tasks(determination) == []


def test_the_office_keeps_it_with_a_reason(desk, determination, archive):
    corrected(desk, archive, 134)
    keep = reverse("policies:keep", args=[determination.pk])
    assert desk.reviewer.post(keep, {"reason": " "}).status_code == 422
    assert desk.reviewer.post(keep, {"reason": "补缴发生在核定以后"}).status_code == 302
    [task] = tasks(determination, cleared=True)
    assert "补缴发生在核定以后" in task.outcome
    assert AuditEvent.objects.filter(action="determination.keep").count() == 1


def test_a_new_determination_clears_the_task(desk, determination, archive, worker):
    corrected(desk, archive, 134)
    inputs = {**determination.inputs, "contribution_months": 134}
    inputs["registered_on"] = dt.date.fromisoformat(inputs["registered_on"])
    found = benefit_decision(**inputs, as_of=determination.as_of)
    newer = store(person=worker, kind=determination.kind, found=found, supersedes=determination)
    assert tasks(determination) == []
    assert "更正" in page(desk.reviewer, determination).text
    assert page(desk.reviewer, newer).status_code == 200


def test_a_change_of_the_file_that_no_rule_reads_opens_nothing(desk, determination, worker):
    worker.refresh_from_db()
    edit_person(person_id=worker.pk, version=worker.version, by=desk.clerk_user, education="21")
    assert tasks(determination) == []


def test_another_street_does_not_see_it(desk, determination, place):
    from tests.channels.policies.conftest import signed_in

    assert page(signed_in(place.other_clerk), determination).status_code == 404


def test_the_parameter_of_a_determination_leads_to_its_page(desk, determination):
    assert reverse("policies:parameter", args=[MONTHLY]) in page(desk.reviewer, determination).text

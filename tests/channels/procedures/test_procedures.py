"""规程 on screen: found, read, changed by one, approved by another, in force from a day; and told to the public."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from renben.engines.procedures import definitions, drafts
from renben.engines.procedures.models import DefinitionDraft
from renben.engines.procedures.schema import Procedure
from tests import build

pytestmark = pytest.mark.django_db

ARCHIVES, UNEMPLOYED = "Q-1.2.2", "J-4.2.1"
GUIDE = {
    "who": "本区户籍的失业人员",
    "conditions": ["办了失业登记", "有求职要求"],
    "where": "户籍所在街（镇）社保所",
    "result": "领到《就业失业登记证》",
}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


class Desk:
    def __init__(self) -> None:
        self.district = build.district()
        self.writer_user = build.staff("first_review", self.district.centre, "王芳")
        self.leader_user = build.staff("leader", self.district.centre, "陈立")
        self.writer, self.leader = signed_in(self.writer_user), signed_in(self.leader_user)
        self.clerk = signed_in(build.staff("counter", self.district.streets[0], "赵敏"))

    def draft(self, procedure_id: str = ARCHIVES) -> DefinitionDraft:
        answer = self.writer.post(reverse("procedures:open_draft", args=[procedure_id]), {})
        assert answer.status_code == 302
        return DefinitionDraft.objects.get(procedure_id=procedure_id, state="draft")

    def step(self, draft: DefinitionDraft, key: str, **changes):
        """Send the page of a step as a browser would: everything that stands there, with the changes."""
        url = reverse("procedures:edit_step", args=[draft.pk, key])
        return self.writer.post(url, {**typed(self.writer.get(url).context["form"]), **changes})


def typed(form) -> dict:
    """What a page holds before anybody types."""
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def public(procedure_id: str = UNEMPLOYED) -> Procedure:
    """Put a version in force that has a guide for the public, as many of the catalogue's procedures have."""
    body = definitions.current(procedure_id)[1].model_dump(mode="json", by_alias=True, exclude_defaults=True)
    body["service"] = GUIDE
    made = Procedure.model_validate(body)
    version = definitions.freeze(made, origin="file", active_from=dt.date(2026, 11, 23))
    definitions.put_in_force(version, on=dt.date(2026, 11, 23), origin="file")
    return made


@pytest.fixture
def desk() -> Desk:
    definitions.sync_definitions()
    return Desk()


# Reading


def test_the_list_is_grouped_counted_and_narrowed(desk):
    text = desk.clerk.get(reverse("procedures:list")).text
    assert f"共 {len(definitions.in_force())} 个工作项" in text
    for words in ("第一章第二节", "第四章第二节", ARCHIVES, UNEMPLOYED, "失业管理"):
        assert words in text
    assert UNEMPLOYED not in desk.clerk.get(reverse("procedures:list"), {"tier": "district"}).text
    found = desk.clerk.get(reverse("procedures:list"), {"q": "补交材料清单"}).context["tiers"]
    assert [line["procedure"].id for chapters in found.values() for lines in chapters.values() for line in lines][
        :1
    ] == [ARCHIVES]
    assert desk.clerk.get(reverse("procedures:list"), {"q": "j-4.2.1"}).context["count"] == 1
    assert desk.clerk.get(reverse("procedures:list"), {"chapter": "第一章", "kind": "case"}).context["count"] >= 2
    assert "没有符合条件的工作项" in desk.clerk.get(reverse("procedures:list"), {"q": "没有的事"}).text


def test_the_list_is_exported(desk):
    answer = desk.clerk.get(reverse("procedures:export"), {"tier": "district"})
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.content[:2] == b"PK"


def test_a_procedure_page_tells_everything(desk):
    text = desk.clerk.get(reverse("procedures:procedure", args=[UNEMPLOYED])).text
    for words in (
        "《就业失业登记证》", "谁办", "窗口经办", "每周二或周三", "存量不足10本时申领", "“即时”按当个工作日执行", "约定 D-03",
        "须记录", "不符合登记要求", "第四章", "<svg", "第 1 版", "现行", "装入目录时", "本人的《居民身份证》复印件", "Q-1.2.3",
    ):  # fmt: skip
        assert words in text, words
    assert reverse("ledgers:ledger", args=["unemployment_management"]) in text
    assert reverse("procedures:sample", args=["unemployment_registration_application"]) in text
    assert b"<bpmn:definitions" in desk.clerk.get(reverse("procedures:bpmn", args=[UNEMPLOYED])).content
    assert desk.clerk.get(reverse("procedures:procedure", args=["X-1"])).status_code == 404


def test_a_form_is_shown_with_example_data(desk):
    answer = desk.clerk.get(reverse("procedures:sample", args=["supplement_list"]))
    assert answer.content[:5] == b"%PDF-"
    assert desk.clerk.get(reverse("procedures:sample", args=["nothing"])).status_code == 404


def test_a_street_reads_but_does_not_change(desk):
    assert "修改规程" not in desk.clerk.get(reverse("procedures:procedure", args=[ARCHIVES])).text
    for name in ("open_draft",):
        assert desk.clerk.post(reverse(f"procedures:{name}", args=[ARCHIVES]), {}).status_code == 403
    assert desk.clerk.get(reverse("procedures:drafts")).status_code == 403
    assert not DefinitionDraft.objects.exists()


# Changing


def test_from_the_first_word_to_the_day_it_counts(desk):
    draft = desk.draft()
    assert (
        desk.step(draft, "transfer", limit_transfer_n="5", limit_transfer_text="审核完成后5个工作日内").status_code
        == 302
    )
    page = desk.writer.get(reverse("procedures:draft", args=[draft.pk])).text
    assert re.search(r"<del>7个工作日</del>.*<ins>5个工作日</ins>", page, re.S)
    assert "送审" in page
    assert desk.writer.post(reverse("procedures:submit", args=[draft.pk]), {"reason": "区里提速"}).status_code == 302
    review = reverse("procedures:review", args=[draft.pk])
    assert desk.writer.get(review).status_code == 403, "a first reviewer does not approve"
    page = desk.leader.get(review).text
    for words in ("区里提速", "<del>7个工作日</del>", "在办的办件", "《补交材料清单》"):
        assert words in page
    assert desk.leader.post(review, {"decision": "approve", "opinion": "同意"}).status_code == 302
    activate = reverse("procedures:activate", args=[draft.pk])
    assert desk.writer.post(activate, {"active_from": "2026-12-01"}).status_code == 302
    page = desk.writer.get(reverse("procedures:procedure", args=[ARCHIVES])).text
    for words in ("2026年12月1日", "到期启用", "屏幕上修改", "王芳"):
        assert words in page
    assert definitions.current(ARCHIVES)[1].step("transfer").deadlines[0].n == 7
    compared = desk.clerk.get(reverse("procedures:compare", args=[ARCHIVES]), {"old": "1", "new": "2"})
    assert compared.context["changes"] == drafts.changes_of(DefinitionDraft.objects.get(pk=draft.pk))


def test_a_second_reviewer_does_not_approve_what_they_wrote(desk):
    second = signed_in(build.staff("second_review", desk.district.centre, "刘强"))
    second.post(reverse("procedures:open_draft", args=[ARCHIVES]), {})
    draft = DefinitionDraft.objects.get()
    url = reverse("procedures:edit_general", args=[draft.pk])
    second.post(url, {**typed(second.get(url).context["form"]), "purpose": "把档案收好。"})
    second.post(reverse("procedures:submit", args=[draft.pk]), {"reason": "说清楚"})
    answer = second.post(reverse("procedures:review", args=[draft.pk]), {"decision": "approve"})
    assert answer.status_code == 422
    assert "自己起草的规程不能自己审批" in answer.text
    assert DefinitionDraft.objects.get().state == "submitted"


def test_giving_back_needs_a_reason_and_keeps_what_was_typed(desk):
    draft = desk.draft()
    desk.step(draft, "record", note="先核对再录入")
    desk.writer.post(reverse("procedures:submit", args=[draft.pk]), {"reason": "说清楚"})
    review = reverse("procedures:review", args=[draft.pk])
    assert desk.leader.post(review, {"decision": "reject", "opinion": ""}).status_code == 422
    assert "请点“批准”或“退回修改”" in desk.leader.post(review, {"opinion": "写到一半"}).text
    assert desk.leader.post(review, {"decision": "reject", "opinion": "再写细些"}).status_code == 302
    assert "再写细些" in desk.writer.get(reverse("procedures:draft", args=[draft.pk])).text


@pytest.mark.parametrize(
    ("key", "changes", "sentence"),
    [
        ("transfer", {"limit_transfer_n": "-3"}, "大于或等于"),
        ("transfer", {"limit_transfer_text": ""}, "必填"),
        ("review", {"paper_8_name": "个人提交的相关材料"}, "写了两遍"),
        ("review", {"paper_8_name": "住校证明", "paper_8_text": "住校的"}, "还要选一个条件"),
        ("review", {"paper_0_name": ""}, "必填"),
    ],
)
def test_what_was_typed_stays_when_something_is_wrong(desk, key, changes, sentence):
    draft = desk.draft()
    answer = desk.step(draft, key, does="新的说法，别丢了。", **changes)
    assert answer.status_code == 422
    assert "新的说法，别丢了。" in answer.text
    assert sentence in answer.text
    assert all(value in answer.text for value in changes.values())
    assert DefinitionDraft.objects.get(pk=draft.pk).revision == 0


def test_an_error_of_the_engine_stands_at_its_line_also_after_a_dropped_paper(desk):
    answer = desk.step(desk.draft(), "review", paper_0_drop="on", paper_8_name="个人提交的相关材料")
    assert "paper_8_name" in answer.context["form"].errors


def test_papers_are_added_renamed_and_dropped(desk):
    draft = desk.draft()
    desk.step(
        draft, "review", paper_7_name="本人的说明", paper_7_copies="2", paper_1_drop="on",
        paper_8_name="学校证明", paper_8_code="from_college", paper_8_text="高校毕业的",
    )  # fmt: skip
    papers = drafts.procedure_of(DefinitionDraft.objects.get(pk=draft.pk)).step("review").evidence
    assert [p.name for p in papers][-2:] == ["本人的说明", "学校证明"]
    assert (papers[-2].copies, papers[-1].when.code, papers[-1].when.text) == (2, "from_college", "高校毕业的")
    assert "初高中毕（结）业生档案" not in [p.name for p in papers]
    assert papers[0].group == "archive"


def test_a_page_from_before_another_save_is_not_taken_over(desk):
    draft = desk.draft()
    url = reverse("procedures:edit_step", args=[draft.pk, "record"])
    old = typed(desk.writer.get(url).context["form"])
    desk.step(draft, "record", note="先到的")
    answer = desk.writer.post(url, {**old, "note": "后到的"})
    assert answer.status_code == 422
    assert "后到的" in answer.text
    assert "另一个窗口" in answer.text
    assert DefinitionDraft.objects.get(pk=draft.pk).body["steps"][1]["note"] == "先到的"


def test_a_flow_that_leads_nowhere_is_told_on_the_draft(desk):
    draft = desk.draft()
    desk.step(draft, "review", outcome_done=["transfer"])
    desk.step(DefinitionDraft.objects.get(), "transfer", outcome_returned="review")
    page = desk.writer.get(reverse("procedures:draft", args=[draft.pk])).text
    assert "还不能送审" in page
    assert "环节“录入系统”永远走不到" in page
    answer = desk.writer.post(reverse("procedures:submit", args=[draft.pk]), {"reason": "快一点"})
    assert answer.status_code == 422
    assert "快一点" in answer.text


def test_sending_a_form_twice_opens_one_draft(desk):
    for _ in range(2):
        answer = desk.writer.post(reverse("procedures:open_draft", args=[ARCHIVES]), {"_once": "k"})
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"/drafts/{DefinitionDraft.objects.get().pk}/")
    again = desk.writer.post(reverse("procedures:open_draft", args=[ARCHIVES]), {"_once": "other"}, follow=True)
    assert "已有一份草稿" in again.text


def test_a_day_in_the_past_is_refused_and_stays_in_the_form(desk):
    draft = desk.draft()
    desk.step(draft, "record", note="先核对再录入")
    desk.writer.post(reverse("procedures:submit", args=[draft.pk]), {"reason": "说清楚"})
    desk.leader.post(reverse("procedures:review", args=[draft.pk]), {"decision": "approve"})
    answer = desk.writer.post(reverse("procedures:activate", args=[draft.pk]), {"active_from": "2026-11-22"})
    assert answer.status_code == 422
    assert "今天或今天以后" in answer.text
    assert "2026-11-22" in answer.text


def test_pages_of_a_closed_draft_lead_back_with_the_reason(desk):
    draft = desk.draft()
    assert desk.leader.get(reverse("procedures:edit_step", args=[draft.pk, "review"])).status_code == 403
    desk.writer.post(reverse("procedures:withdraw", args=[draft.pk]), {})
    for name, more in (
        ("edit_general", []),
        ("edit_step", ["review"]),
        ("submit", []),
        ("activate", []),
        ("withdraw", []),
    ):
        answer = desk.writer.get(reverse(f"procedures:{name}", args=[draft.pk, *more]), follow=True)
        assert answer.redirect_chain[-1][0] == reverse("procedures:draft", args=[draft.pk]), name
    assert "已作废" in desk.writer.get(reverse("procedures:drafts"), {"state": "withdrawn"}).text
    assert "没有符合条件的草稿" in desk.writer.get(reverse("procedures:drafts"), {"state": "approved"}).text


def test_the_guide_is_edited_with_the_procedure(desk):
    public()
    draft = desk.draft(UNEMPLOYED)
    url = reverse("procedures:edit_general", args=[draft.pk])
    page = desk.writer.get(url)
    assert "不能整体排次序" in page.text
    sent = {**typed(page.context["form"]), "service_conditions": "只有一条\n\n", "service_fee": "5 元"}
    assert desk.writer.post(url, sent).status_code == 302
    guide = drafts.procedure_of(DefinitionDraft.objects.get(pk=draft.pk)).service
    assert (guide.conditions, guide.fee, guide.who) == (["只有一条"], "5 元", GUIDE["who"])


# The public


def test_the_public_reads_who_papers_steps_where_and_result(desk):
    procedure = public()
    assert "办事指南" in Client().get(reverse("portal")).text
    found = Client().get(reverse("guides"), {"q": "就业失业登记证"})
    assert procedure in found.context["guides"]
    assert "没有找到这件事" in Client().get(reverse("guides"), {"q": "没有的事"}).text
    text = Client().get(reverse("guide", args=[UNEMPLOYED])).text
    for words in (
        *GUIDE["conditions"], GUIDE["who"], GUIDE["where"], GUIDE["result"], "不收费", "谁能办", "需要什么材料", "怎么办", "在哪办",
        "办成得到什么", "依据", "流程图", "一共", "本人的《居民身份证》复印件", "于5个工作日内携带有效证件办理失业登记", "<svg",
    ):  # fmt: skip
        assert words in text, words


def test_nothing_internal_is_told_to_the_public(desk):
    procedure = public()
    text = Client().get(reverse("guide", args=[UNEMPLOYED])).text
    for step in procedure.steps:
        assert step.does not in text
        assert all(name not in text for name in step.systems)
    for words in ("窗口经办", "初审", "录入", "子系统", "D-03", "registration."):
        visible = re.sub(r"<[^>]+>", "", text).replace("材料录入", "")
        assert words not in visible, words


def test_a_procedure_without_a_guide_is_not_public(desk):
    assert definitions.current("Q-1.2.1")[1].service is None, "choose another procedure for this test"
    assert Client().get(reverse("guide", args=["Q-1.2.1"])).status_code == 404
    assert Client().get(reverse("guide", args=["X-1"])).status_code == 404

"""规程草稿: written by one, approved by another, in force from a day; running cases and the files' own rules stay as they are."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from renben.engines.procedures import actions, catalogue, definitions, drafts
from renben.engines.procedures.edits import Refused
from renben.engines.procedures.models import Definition, DefinitionActivation, DefinitionDraft
from renben.engines.procedures.schema import Procedure
from renben.kernel import audit
from renben.kernel.models import AuditEvent
from tests import build

ARCHIVES, UNEMPLOYED = "Q-1.2.2", "J-4.2.1"
SHORTER = {"steps": {"transfer": {"limits": {"transfer": {"n": 5, "unit": "working_day", "text": "5个工作日内"}}}}}
TODAY = dt.date(2026, 11, 23)


def procedure() -> Procedure:
    return definitions.current(ARCHIVES)[1]


class Office:
    """A district with whoever writes, approves and works."""

    def __init__(self) -> None:
        self.district = build.district()
        self.centre = self.district.centre
        self.writer = build.staff("first_review", self.centre, "王芳")
        self.leader = build.staff("leader", self.centre, "陈立")

    def case(self, name: str = "李建国"):
        person = build.person(self.district.villages[0], name)
        return actions.start(procedure_id=ARCHIVES, organization=self.centre, by=self.writer, person=person)

    def draft(self, changes: dict | None = None) -> DefinitionDraft:
        draft = drafts.open_draft(procedure_id=ARCHIVES, by=self.writer, organization=self.centre)
        return drafts.save_draft(draft_id=draft.pk, edits=changes or SHORTER, by=self.writer)

    def approved(self, changes: dict | None = None) -> DefinitionDraft:
        draft = self.draft(changes)
        drafts.submit(draft_id=draft.pk, by=self.writer, reason="区里统一提速")
        return drafts.approve(draft_id=draft.pk, by=self.leader)

    def activated(self, changes: dict | None = None, on: dt.date = TODAY) -> DefinitionDraft:
        return drafts.activate(draft_id=self.approved(changes).pk, by=self.writer, active_from=on)


@pytest.fixture
def office(db, stage) -> Office:
    definitions.sync_definitions()
    return Office()


def limit_of(id_: int) -> int:
    return definitions.procedure_of(id_).step("transfer").deadlines[0].n


# In force


def test_new_cases_take_the_approved_version_and_running_ones_keep_theirs(office):
    old = office.case()
    draft = office.activated()
    new = office.case("王二")
    assert [limit_of(case.definition_id) for case in (old, new)] == [7, 5]
    assert (draft.definition.origin, draft.definition.version) == ("screen", 2)
    activation = DefinitionActivation.objects.get(definition=draft.definition)
    assert (activation.activated_by, activation.active_on) == (office.writer, TODAY)
    old.refresh_from_db()
    assert old.definition.version == 1


def test_a_later_day_counts_from_that_day_on(office, frozen_time):
    office.activated(on=dt.date(2026, 12, 1))
    assert limit_of(office.case().definition_id) == 7
    assert {p.id for _, p in definitions.in_force()} >= {ARCHIVES, UNEMPLOYED}
    frozen_time.move_to(dt.datetime(2026, 11, 30, 23, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    assert limit_of(definitions.current(ARCHIVES)[0]) == 7
    frozen_time.move_to(dt.datetime(2026, 12, 1, 0, 5, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    assert limit_of(definitions.current(ARCHIVES)[0]) == 5
    assert limit_of(next(key for key, p in definitions.in_force() if p.id == ARCHIVES)) == 5


def test_before_the_first_day_the_first_version_counts(office, frozen_time):
    frozen_time.move_to(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert limit_of(definitions.current(ARCHIVES)[0]) == 7
    assert {p.id for _, p in definitions.in_force()} >= {ARCHIVES, UNEMPLOYED}


def test_a_day_before_today_or_before_a_version_that_is_decided_is_refused(office):
    draft = office.approved()
    with pytest.raises(drafts.DraftRefused, match="今天或今天以后"):
        drafts.activate(draft_id=draft.pk, by=office.writer, active_from=dt.date(2026, 11, 22))
    drafts.activate(draft_id=draft.pk, by=office.writer, active_from=dt.date(2026, 12, 10))
    again = office.approved({"purpose": "另一种说法。"})
    assert again.base == DefinitionDraft.objects.get(pk=draft.pk).definition
    with pytest.raises(drafts.DraftRefused, match="第 2 版已定于 2026-12-10 启用"):
        drafts.activate(draft_id=again.pk, by=office.writer, active_from=dt.date(2026, 12, 1))
    drafts.activate(draft_id=again.pk, by=office.writer, active_from=dt.date(2026, 12, 10))
    assert definitions.newest(ARCHIVES).definition.version == 3


# Two people


def test_the_author_cannot_approve_and_nobody_approves_twice(office):
    draft = office.draft()
    drafts.submit(draft_id=draft.pk, by=office.writer, reason="提速")
    with pytest.raises(drafts.DraftRefused, match="自己起草的规程不能自己审批"):
        drafts.approve(draft_id=draft.pk, by=office.writer)
    with pytest.raises(drafts.DraftRefused, match="自己起草的规程不能自己审批"):
        drafts.reject(draft_id=draft.pk, by=office.writer, opinion="不行")
    drafts.approve(draft_id=draft.pk, by=office.leader)
    with pytest.raises(drafts.DraftRefused, match="已批准，待启用"):
        drafts.approve(draft_id=draft.pk, by=office.leader)


def test_nothing_is_activated_without_approval(office):
    draft = office.draft()
    with pytest.raises(drafts.DraftRefused, match="起草中"):
        drafts.activate(draft_id=draft.pk, by=office.writer, active_from=TODAY)


def test_only_the_author_writes_and_a_submitted_draft_rests(office):
    draft = office.draft()
    other = build.staff("information", office.centre, "孙丽")
    with pytest.raises(drafts.DraftRefused, match="由王芳起草"):
        drafts.save_draft(draft_id=draft.pk, edits={"purpose": "改"}, by=other)
    drafts.submit(draft_id=draft.pk, by=office.writer, reason="提速")
    with pytest.raises(drafts.DraftRefused, match="待审批"):
        drafts.save_draft(draft_id=draft.pk, edits={"purpose": "改"}, by=office.writer)


def test_a_draft_given_back_is_changed_and_submitted_again(office):
    draft = office.draft()
    drafts.submit(draft_id=draft.pk, by=office.writer, reason="提速")
    with pytest.raises(drafts.DraftRefused, match="写明原因"):
        drafts.reject(draft_id=draft.pk, by=office.leader, opinion=" ")
    drafts.reject(draft_id=draft.pk, by=office.leader, opinion="5 天太紧，改成 6 天")
    six = {"steps": {"transfer": {"limits": {"transfer": {"n": 6}}}}}
    drafts.save_draft(draft_id=draft.pk, edits=six, by=office.writer)
    drafts.submit(draft_id=draft.pk, by=office.writer, reason="照意见改了")
    assert drafts.approve(draft_id=draft.pk, by=office.leader).state == "approved"


def test_one_open_draft_a_procedure_and_anybody_may_clear_it_away(office):
    draft = office.draft()
    with pytest.raises(drafts.DraftRefused, match="已有一份草稿（王芳，起草中）"):
        drafts.open_draft(procedure_id=ARCHIVES, by=office.leader, organization=office.centre)
    drafts.withdraw(draft_id=draft.pk, by=office.leader)
    assert drafts.open_draft(procedure_id=ARCHIVES, by=office.leader, organization=office.centre).base.version == 1
    with pytest.raises(definitions.ProcedureUnknown):
        drafts.open_draft(procedure_id="X-1", by=office.leader, organization=office.centre)


def test_a_save_from_an_old_page_is_refused(office):
    draft = office.draft()
    with pytest.raises(drafts.DraftRefused, match="另一个窗口"):
        drafts.save_draft(draft_id=draft.pk, edits={"purpose": "改"}, by=office.writer, revision=draft.revision - 1)
    assert DefinitionDraft.objects.get(pk=draft.pk).body["purpose"] == procedure().purpose


def test_every_move_leaves_a_trace_and_the_chain_holds(office):
    office.activated()
    found = list(
        AuditEvent.objects.filter(action__startswith="catalog.draft_").order_by("id").values_list("action", flat=True)
    )
    assert found == [f"catalog.draft_{word}" for word in ("open", "save", "submit", "approve", "activate")]
    assert audit.verify()[0] == []


# What is refused


def test_a_refused_edit_changes_nothing(office):
    draft = office.draft()
    with pytest.raises(Refused):
        drafts.save_draft(draft_id=draft.pk, edits={"purpose": ""}, by=office.writer)
    assert DefinitionDraft.objects.get(pk=draft.pk).body["purpose"] == procedure().purpose


def test_a_flow_that_leads_nowhere_is_kept_but_not_submitted(office):
    past = {"outcomes": {"done": ["transfer"]}}
    back = {"outcomes": {"returned": ["review"]}}
    draft = office.draft({"steps": {"review": past, "transfer": back}})
    assert drafts.problems_of(draft) == ["环节“录入系统”永远走不到。"]
    with pytest.raises(drafts.DraftRefused, match="还不能送审：环节“录入系统”永远走不到"):
        drafts.submit(draft_id=draft.pk, by=office.writer, reason="少走一步")
    mended = {"steps": {"review": {"outcomes": {"done": ["record"]}}}}
    assert drafts.problems_of(drafts.save_draft(draft_id=draft.pk, edits=mended, by=office.writer)) == []


def test_submitting_needs_a_change_and_a_reason(office):
    draft = drafts.open_draft(procedure_id=ARCHIVES, by=office.writer, organization=office.centre)
    with pytest.raises(drafts.DraftRefused, match="没有要审批的修改"):
        drafts.submit(draft_id=draft.pk, by=office.writer, reason="提速")
    drafts.save_draft(draft_id=draft.pk, edits=SHORTER, by=office.writer)
    with pytest.raises(drafts.DraftRefused, match="为什么改"):
        drafts.submit(draft_id=draft.pk, by=office.writer, reason="")


# Files and screen


@pytest.fixture
def files(tmp_path) -> Path:
    """The catalogue with one procedure only, to be changed."""
    folder = Path(shutil.copytree(settings.CATALOG_DIR, tmp_path / "catalog"))
    for path in folder.glob("procedures/*/*.yaml"):
        if path.parent.name in catalogue.TIER_FOLDERS and path.stem != ARCHIVES:
            path.unlink()
    return folder


def change_file(folder: Path, before: str, after: str) -> None:
    path = folder / "procedures" / "district" / f"{ARCHIVES}.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_loading_the_same_files_leaves_a_version_of_the_screen_in_force(office, files):
    draft = office.activated()
    assert definitions.sync_definitions(files) == []
    assert definitions.current(ARCHIVES)[0] == draft.definition_id
    assert not AuditEvent.objects.filter(action="catalog.replaced_screen").exists()


def test_a_changed_file_replaces_it_and_says_so(office, files):
    office.activated()
    change_file(files, "n: 7, unit: working_day", "n: 3, unit: working_day")
    (changed,) = definitions.sync_definitions(files)
    assert (changed.version, changed.origin, limit_of(definitions.current(ARCHIVES)[0])) == (3, "file", 3)
    entry = AuditEvent.objects.get(action="catalog.replaced_screen")
    assert json.loads(entry.detail) == {"screen_version": 2, "file_version": 3}
    assert definitions.sync_definitions(files) == []


def test_a_file_that_takes_over_what_the_screen_says_changes_nothing(office, files):
    five = {"steps": {"transfer": {"limits": {"transfer": {"n": 5}}}}}
    draft = office.activated(five)
    change_file(files, "n: 7, unit: working_day", "n: 5, unit: working_day")
    assert definitions.sync_definitions(files) == []
    assert definitions.current(ARCHIVES)[0] == draft.definition_id
    assert DefinitionActivation.objects.filter(definition=draft.definition).count() == 2
    change_file(files, "n: 5, unit: working_day", "n: 7, unit: working_day")
    assert [d.version for d in definitions.sync_definitions(files)] == [1], (
        "back to the older text is a change of the file"
    )


def test_a_file_changed_meanwhile_stops_approval_and_activation(office, files):
    draft, text = office.approved(), "审核完成后7个工作日内"
    change_file(files, text, "审核完成后七个工作日内")
    definitions.sync_definitions(files)
    with pytest.raises(drafts.DraftRefused, match="已经换成第 2 版"):
        drafts.activate(draft_id=draft.pk, by=office.writer, active_from=TODAY)
    assert Definition.objects.filter(procedure_id=ARCHIVES, origin="screen").count() == 0


# What it touches


def test_touches_counts_running_cases_by_version(office):
    office.case()
    office.activated()
    office.case("王二")
    touched = drafts.touches(ARCHIVES)
    assert (touched.running, touched.running_cases) == ([(1, 1), (2, 1)], 2)
    assert touched.forms == ["补交材料清单"]
    assert touched.ledgers == ["失业人员档案", "学生档案", "新建档案"]
    assert "Q-1.2.2 城乡失业人员档案的接收与转移" in drafts.touches(UNEMPLOYED).others


def test_touches_names_the_duties_that_open_next(office):
    body = procedure().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    body["duties"] = [
        {"key": "q", "title": "季度清点", "period": "quarter", "covers": [], "steps": ["review"]},
        {"key": "d", "title": "每日核对", "period": "day", "covers": [], "steps": ["review"]},
    ]
    version = definitions.freeze(Procedure.model_validate(body), origin="file", active_from=TODAY)
    definitions.put_in_force(version, on=TODAY, origin="file")
    quarter, day = drafts.touches(ARCHIVES).duties
    assert (quarter.title, quarter.period, quarter.opens_on, quarter.offices) == (
        "季度清点", "2027年第一季度", dt.date(2027, 1, 1), 1,
    )  # fmt: skip
    assert day.opens_on == dt.date(2026, 11, 24)

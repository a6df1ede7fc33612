"""规程草稿: written by one, approved by another, in force from a day; running cases and the files' own rules stay as they are."""

from __future__ import annotations

import copy
import datetime as dt
import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from django.conf import settings
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from renben.engines.procedures import actions, catalogue, definitions, drafts, schema
from renben.engines.procedures.difference import LABELS, difference
from renben.engines.procedures.edits import UNITS, Refused, applied, flow_problems, is_linear
from renben.engines.procedures.models import Definition, DefinitionActivation, DefinitionDraft
from renben.engines.procedures.schema import Procedure
from renben.kernel import audit
from renben.kernel.models import AuditEvent
from tests import build

ARCHIVES, UNEMPLOYED = "Q-1.2.2", "J-4.2.1"
SHORTER = {"steps": {"transfer": {"limits": {"transfer": {"n": 5, "unit": "working_day", "text": "5个工作日内"}}}}}
TODAY = dt.date(2026, 11, 23)


@cache
def known() -> dict[str, Procedure]:
    return catalogue.load(Path(settings.CATALOG_DIR)).procedures


def procedure(id_: str = ARCHIVES) -> Procedure:
    return known()[id_]


def edited(changes: dict, id_: str = ARCHIVES) -> Procedure:
    return Procedure.model_validate(applied(procedure(id_), catalogue.body_of(procedure(id_)), changes))


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
    assert {p.id for _, p in definitions.in_force()} >= known().keys()
    frozen_time.move_to(dt.datetime(2026, 11, 30, 23, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    assert limit_of(definitions.current(ARCHIVES)[0]) == 7
    frozen_time.move_to(dt.datetime(2026, 12, 1, 0, 5, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    assert limit_of(definitions.current(ARCHIVES)[0]) == 5
    assert limit_of(next(key for key, p in definitions.in_force() if p.id == ARCHIVES)) == 5


def test_before_the_first_day_the_first_version_counts(office, frozen_time):
    frozen_time.move_to(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert limit_of(definitions.current(ARCHIVES)[0]) == 7
    assert {p.id for _, p in definitions.in_force()} >= known().keys()


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


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"purpose": "  "}, "“目的”不能空着"),
        ({"steps": {"transfer": {"limits": {"transfer": {"n": -1}}}}}, "请填 0 到 3650 之间的整数"),
        ({"steps": {"transfer": {"limits": {"transfer": {"n": True}}}}}, "请填 0 到 3650 之间的整数"),
        ({"steps": {"transfer": {"limits": {"transfer": {"unit": "minute"}}}}}, "请选择一个单位"),
        ({"steps": {"transfer": {"limits": {"nothing": {"n": 1}}}}}, "没有这个时限"),
        ({"steps": {"transfer": {"limits": {"transfer": {"soft_n": 1}}}}}, "没有可以改的天数"),
        ({"steps": {"review": {"limits": {"tell_missing": {"n": 1}}}}}, "不是一个数字"),
        ({"steps": {"review": {"papers": [{"was": "", "name": "", "copies": 1}]}}}, "“材料名称”不能空着"),
        ({"steps": {"review": {"papers": [{"was": "", "name": "甲", "copies": 0}]}}}, "“份数”请填 1 到"),
        ({"steps": {"review": {"papers": [{"name": "甲"}, {"name": "甲"}]}}}, "写了两遍"),
        ({"steps": {"review": {"papers": [{"name": "甲", "text": "住校的"}]}}}, "还要选一个条件"),
        ({"steps": {"review": {"papers": [{"name": "甲", "code": "nothing"}]}}}, "条件没有定义"),
        ({"steps": {"review": {"outcomes": {"done": ["nowhere"]}}}}, "接的环节不存在"),
        ({"steps": {"review": {"outcomes": {"done": ["review"]}}}}, "不能接回本环节"),
        ({"steps": {"review": {"outcomes": {"refused": ["record"]}}}}, "后面不能接环节"),
        ({"steps": {"record": {"outcomes": {"returned": []}}}}, "请只选一个"),
        ({"steps": {"nothing": {"does": "x"}}}, "没有环节"),
        ({"order": ["review", "record"]}, "不多不少"),
        ({"order": ["record", "review", "transfer"]}, "它要排在前面"),
        ({"service": {"who": "任何人"}}, "没有办事指南"),
    ],
)
def test_a_wrong_edit_is_refused_with_a_sentence(changes, sentence):
    if "service" in changes and procedure().service is not None:
        pytest.skip("this catalogue has a guide here")
    with pytest.raises(Refused, match=sentence):
        edited(changes)


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(Refused) as refused:
        edited({"purpose": "", "steps": {"review": {"does": ""}}})
    assert [place for place, _ in refused.value.problems] == ["purpose", "does"]


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


def test_a_circle_without_an_end_is_told():
    circle = edited({"steps": {"transfer": {"outcomes": {"done": ["record"]}}}})
    assert any("怎么也办不结" in sentence for sentence in flow_problems(circle))
    assert flow_problems(procedure()) == flow_problems(procedure(UNEMPLOYED)) == []


def test_submitting_needs_a_change_and_a_reason(office):
    draft = drafts.open_draft(procedure_id=ARCHIVES, by=office.writer, organization=office.centre)
    with pytest.raises(drafts.DraftRefused, match="没有要审批的修改"):
        drafts.submit(draft_id=draft.pk, by=office.writer, reason="提速")
    drafts.save_draft(draft_id=draft.pk, edits=SHORTER, by=office.writer)
    with pytest.raises(drafts.DraftRefused, match="为什么改"):
        drafts.submit(draft_id=draft.pk, by=office.writer, reason="")


# Order


def test_the_order_of_a_line_of_steps_is_changed_with_its_ways():
    body = catalogue.body_of(procedure())
    for step in body["steps"]:
        step["outcomes"] = [outcome for outcome in step["outcomes"] if outcome.get("kind") != "return"]
    line = Procedure.model_validate(body)
    assert is_linear(line)
    assert not is_linear(procedure(UNEMPLOYED))
    turned = Procedure.model_validate(applied(line, body, {"order": ["record", "review", "transfer"]}))
    assert [(s.key, s.outcome("done").to) for s in turned.steps] == [
        ("record", ["review"]), ("review", ["transfer"]), ("transfer", []),
    ]  # fmt: skip
    assert "环节的次序" in {change.place for change in difference(line, turned)}
    last = Procedure.model_validate(applied(line, body, {"order": ["transfer", "review", "record"]}))
    assert last.step("record").outcome("done").to == []
    assert flow_problems(last) == []


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
    body = catalogue.body_of(procedure())
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


# The difference is complete


def models(model: type[BaseModel], seen: set) -> set[type[BaseModel]]:
    """Every shape a procedure is made of."""
    if model in seen:
        return seen
    seen.add(model)
    for field in model.model_fields.values():
        todo = [field.annotation]
        while todo:
            kind = todo.pop()
            todo += get_args(kind)
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                models(kind, seen)
    return seen


def test_every_place_of_a_procedure_has_a_name():
    names = {f.alias or name for model in models(Procedure, set()) for name, f in model.model_fields.items()}
    assert not names - LABELS.keys(), "give these a Chinese name in difference.LABELS"
    assert set(get_args(schema.Unit)) == UNITS.keys()


def leaves(value: Any, path: tuple = ()) -> list[tuple]:
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in leaves(part, (*path, key))]
    if isinstance(value, list):
        return [leaf for place, part in enumerate(value) for leaf in leaves(part, (*path, place))]
    return [path]


def put(body: dict, path: tuple, change: Any) -> Any:
    *lead, last = path
    for key in lead:
        body = body[key]
    body[last] = change(body[last])


@given(st.data())
def test_whatever_is_edited_stands_in_the_difference(data):
    """Any leaf of the text, also those that no page offers."""
    old = procedure(data.draw(st.sampled_from(sorted(known()))))
    body = copy.deepcopy(catalogue.body_of(old))
    path = data.draw(st.sampled_from(leaves(body)))

    def other(value: Any) -> Any:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int | float):
            return value + data.draw(st.integers(1, 9))
        return str(value) + data.draw(st.sampled_from(["甲", "x"]))

    put(body, path, other)
    try:
        new = Procedure.model_validate(body)
    except ValidationError:
        assume(False)
    assert difference(old, old) == []
    assume(new != old)
    assert difference(old, new), path


WORDS = st.text("甲乙丙丁戊己庚辛", min_size=1, max_size=12)


@given(st.data())
def test_each_edited_field_is_told_with_what_stood_there_and_what_stands_there(data):
    old = procedure(ARCHIVES)
    step = data.draw(st.sampled_from(old.steps))
    wanted: dict[str, Any] = {"does": data.draw(WORDS), "note": data.draw(WORDS)}
    n = data.draw(st.integers(0, 3650).filter(lambda n: n != 7))
    unit = data.draw(st.sampled_from(sorted(UNITS)))
    if step.key == "transfer":
        wanted["limits"] = {"transfer": {"n": n, "unit": unit, "text": data.draw(WORDS)}}
    paper = data.draw(WORDS)
    wanted["papers"] = [{"was": p.name, "name": p.name, "copies": p.copies} for p in step.evidence]
    wanted["papers"].append({"was": "", "name": f"新{paper}", "copies": data.draw(st.integers(1, 5))})
    new = edited({"purpose": data.draw(WORDS), "steps": {step.key: wanted}})
    told = {change.place: change for change in difference(old, new)}
    assert told["目的"].after == new.purpose
    here = f"环节“{step.name}”"
    assert (told[f"{here} · 怎么办"].before, told[f"{here} · 怎么办"].after) == (step.does, wanted["does"])
    assert told[f"{here} · 说明"].after == wanted["note"]
    assert f"新{paper}" in told[f"{here} · 材料“新{paper}”（新加）"].after
    if "limits" in wanted:
        limit = f"{here} · 时限“{step.deadlines[0].text}”"
        assert told[f"{limit} · 多久"].after == f"{n}{UNITS[unit]}"
        assert told[f"{limit} · 说法"].after == wanted["limits"]["transfer"]["text"]


def test_a_renamed_paper_is_told_as_renamed_and_a_dropped_one_as_dropped():
    papers = procedure().steps[0].evidence
    lines = [{"was": p.name, "name": p.name, "copies": p.copies} for p in papers]
    lines[-1]["name"] = "本人写的说明"
    renamed = difference(procedure(), edited({"steps": {"review": {"papers": lines}}}))
    assert [(c.place, c.after) for c in renamed] == [
        ("环节“审核档案” · 材料“个人提交的相关材料” · 名称", "本人写的说明")
    ]
    dropped = difference(procedure(), edited({"steps": {"review": {"papers": lines[:-1]}}}))
    assert [c.place for c in dropped] == ["环节“审核档案” · 材料“个人提交的相关材料”（去掉）"]


def test_a_soft_limit_of_one_procedure_is_set():
    new = edited({"steps": {"review": {"limits": {"tell_missing": {"soft_n": 2}}}}})
    (change,) = difference(procedure(), new)
    assert change.place == "环节“审核档案” · 时限“当场告知” · 按多久执行"
    assert (change.before, change.after) == ("0个工作日", "2个工作日")

"""The catalogue: strict files, names that resolve, facts that agree with the inventory, versions that stay."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from renben.engines.procedures import actions, catalogue, check, definitions, registry
from renben.engines.procedures.check_events import all_steps
from renben.engines.procedures.comparison import compare, read_inventory
from renben.engines.procedures.models import Definition, DefinitionActivation
from renben.engines.procedures.schema import Procedure
from tests.shared import SHARED, needs_shared

from .conftest import ACTIONS, CATALOG, GUARDS, make_world

THREE = ["Q-1.2.2", "Q-1.2.3", "J-4.2.1"]
FORM, ROOM = "district/Q-1.2.2.yaml", "street/J-4.2.1.yaml"


@pytest.fixture
def declared(monkeypatch):
    """A registry in which everything the procedures name is offered."""
    found = catalogue.load(CATALOG)
    steps = [step for procedure in found.procedures.values() for step in all_steps(procedure)]
    sources = {field.source_fact for step in steps for field in step.fields if field.source_fact}
    here = "tests.engines.procedures.conftest:step"
    named = {step.action for step in steps if step.action}
    monkeypatch.setattr(registry, "_actions", dict.fromkeys({*ACTIONS, *named}, here))
    guards = {guard for step in steps for guard in step.guards}
    monkeypatch.setattr(registry, "_guards", dict.fromkeys({*GUARDS, *guards}, here))
    monkeypatch.setattr(registry, "_sources", dict.fromkeys(sources, here))
    monkeypatch.setattr(registry, "_forms", {form for step in steps for form in step.forms})
    monkeypatch.setattr(registry, "_ledgers", {ledger.replace("帐", "账") for step in steps for ledger in step.ledgers})


@pytest.fixture
def copy(tmp_path) -> Path:
    """A catalogue that a test may spoil."""
    target = tmp_path / "catalog"
    shutil.copytree(CATALOG / "procedures", target / "procedures")
    shutil.copy(CATALOG / "events.yaml", target / "events.yaml")
    return target


def edit(catalog: Path, file: str, old: str, new: str) -> None:
    path = catalog / "procedures" / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_three_procedures_are_in_order(declared):
    found = catalogue.load(CATALOG)
    assert set(THREE) <= set(found.procedures)
    assert check.check_all(found) == []
    assert [step.name for step in found.procedures["J-4.2.1"].steps] == [
        "提取档案", "建立制度", "失业登记", "《就业失业登记证》发放", "失业保险金发放", "求职服务", "动态管理",
    ]  # fmt: skip


@needs_shared
@pytest.mark.parametrize("id_", THREE)
def test_nothing_of_the_inventory_is_missing(id_):
    inventory = read_inventory(SHARED / "spec")
    found = catalogue.load(CATALOG)
    result = compare({id_: found.procedures[id_]}, {id_: inventory[id_]})
    assert result.missing == []
    assert result.extra == []
    assert {entry["decision"] for entry in result.decided} & {"D-03", "P-01"}, (
        "words of time have a default somebody decided"
    )


@needs_shared
def test_what_is_not_built_yet_is_reported_as_missing():
    inventory = read_inventory(SHARED / "spec")
    found = catalogue.load(CATALOG)
    result = compare(found.procedures, inventory)
    absent = {entry["id"] for entry in result.missing if entry["kind"] == "procedure"}
    assert absent == set(inventory) - set(found.procedures)


def altered(id_: str, change) -> Procedure:
    body = catalogue.body_of(catalogue.load(CATALOG).procedures[id_])
    change(body)
    return Procedure.model_validate(body)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("deadline", lambda b: b["steps"][2]["deadlines"][0].update(n=10)),
        ("deadline", lambda b: b["steps"][2]["deadlines"][0].update(unit="day")),
        ("deadline", lambda b: b["steps"][2]["deadlines"][0].update(anchor_term="录入完成")),
        ("evidence", lambda b: b["steps"][0]["evidence"].pop()),
        ("evidence", lambda b: b["steps"][0]["evidence"][-1].update(copies=2)),
        ("form", lambda b: b["steps"][0]["forms"].pop()),
        ("ledger", lambda b: b["steps"][2]["ledgers"].pop()),
        ("threshold", lambda b: b["steps"][1]["thresholds"][0].update(value=1)),
        ("system", lambda b: b["steps"][1]["systems"].pop()),
        ("handoff", lambda b: b["steps"][2].pop("handoff")),
        ("branch", lambda b: b["steps"][0].pop("branches")),
        ("policy", lambda b: b["policy_basis"].pop()),
        ("step", lambda b: b["steps"][1].update(name="录入")),
        ("order", lambda b: b["steps"].reverse()),
        ("source", lambda b: b["source"].update(item="（一）")),
        ("title", lambda b: b.update(title="档案接收")),
    ],
)
@needs_shared
def test_a_fact_that_is_lost_is_noticed(kind, change):
    inventory = read_inventory(SHARED / "spec")
    result = compare({"Q-1.2.2": altered("Q-1.2.2", change)}, {"Q-1.2.2": inventory["Q-1.2.2"]})
    assert kind in {entry["kind"] for entry in result.missing}


@needs_shared
def test_a_deviation_that_a_decision_covers_is_decided_not_missing():
    def change(body):
        body["steps"][2]["ledgers"].remove("新建档案")
        body["decisions"].append({"decision": "D-21", "what": "并入学生档案", "covers": ["ledger:新建档案"]})

    inventory = read_inventory(SHARED / "spec")
    result = compare({"Q-1.2.2": altered("Q-1.2.2", change)}, {"Q-1.2.2": inventory["Q-1.2.2"]})
    assert result.missing == []
    assert {"id": "Q-1.2.2", "what": "ledger 转移档案：新建档案", "decision": "D-21"} in result.decided


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (FORM, "to: [record]", "to: [recordd]", "指向的环节 recordd 不存在"),
        (FORM, "{code: done, label: 审核通过, to: [record]}", "{code: done, label: 审核通过}", "环节 record 永远走不到"),
        (FORM, "roles: [counter, first_review]", "roles: [king]", "岗位 king 不存在"),
        (FORM, "action: archives.review", "action: archives.burn", "业务动作 archives.burn 没有登记"),
        (FORM, "procedure: J-4.2.1, tier: street", "procedure: J-9.9.9, tier: street", "J-9.9.9 不存在"),
        (FORM, "forms: [补交材料清单]", "forms: [补交清单]", "没有提供表单《补交清单》"),
        (FORM, "field: archive_source, in: [college]", "field: school, in: [college]", "所看的字段 school 不存在"),
        (FORM, "ledgers: [失业人员档案,", "ledgers: [花名册,", "没有提供台账《花名册》"),
        (ROOM, "guards: [registration.conditions]", "guards: [registration.luck]", "检查项 registration.luck 没有登记"),
        (ROOM, "position: 周二或周三", "position: 黄道吉日", "算不出来"),
        (ROOM, "watch: register", "watch: registry", "显示在不存在的环节 registry"),
        (ROOM, "deadline: monthly_contact", "deadline: weekly_contact", "所引的时限 weekly_contact 不存在"),
        (ROOM, "kind: refuse, article: 京人社就发〔2011〕79号", "kind: refuse", "没有写不予办理的依据"),
        (ROOM, "source_fact: registration.prior_status", "source_fact: registration.guess", "字段来源 registration.guess"),
    ],
)  # fmt: skip
def test_a_slip_in_the_catalogue_is_named(declared, copy, file, old, new, complaint):
    edit(copy, file, old, new)
    problems = check.check_all(catalogue.load(copy))
    assert any(complaint in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (FORM, "purpose:", "pupose:", "pupose"),
        (FORM, "n: 7", 'n: "7"', "valid integer"),
        (FORM, "anchor: archive_checked", "anchor: archive_cheked", "起算点 archive_cheked 不在"),
        (FORM, "soft: archives.enter_record", "soft: archives.sometime", "软时限 archives.sometime 不在"),
        (FORM, "tier: district", "tier: street", "与所在文件夹不符"),
        (FORM, "id: Q-1.2.2", "id: Q-1.2.3", "重复"),
        (FORM, "steps:", "steps: [", "YAML 写法有误"),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_load_with_a_sentence(copy, capsys, file, old, new, complaint):
    edit(copy, file, old, new)
    with pytest.raises(catalogue.CatalogueError, match=re.escape(complaint)):
        catalogue.load(copy)
    assert check.catalog_check(copy, as_json=True) == 1
    out = capsys.readouterr()
    assert complaint in out.err and json.loads(out.out)["problems"]


def test_unused_anchors_and_soft_limits_are_named(declared, copy):
    events = copy / "events.yaml"
    events.write_text(
        events.read_text(encoding="utf-8") + "  moon:\n    term: 月圆\n    when: recorded\n", encoding="utf-8"
    )
    assert any("moon 没有任何时限使用" in problem for problem in check.check_all(catalogue.load(copy)))


def test_a_declared_name_whose_code_is_gone_is_found_without_importing_it(declared, monkeypatch):
    monkeypatch.setitem(registry._actions, "archives.review", "renben.nowhere.steps:review")
    monkeypatch.setitem(registry._actions, "archives.record", "tests.engines.procedures.conftest:no_such_thing")
    problems = "\n".join(check.check_all(catalogue.load(CATALOG)))
    assert "找不到模块 renben.nowhere.steps" in problems
    assert "中没有 no_such_thing" in problems


def test_the_check_answers_json_alone_and_exits_by_result(declared, capsys):
    assert check.catalog_check(CATALOG, as_json=True) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["problems"] == [] and answer["procedures"] >= 3 and answer["steps"] >= 13
    assert {"missing", "extra", "decided"} <= answer.keys()


@needs_shared
def test_the_check_fails_while_the_inventory_is_not_covered(declared, capsys):
    code = check.catalog_check(CATALOG, SHARED / "spec", as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert code == (1 if answer["missing"] else 0)
    assert not [entry for entry in answer["missing"] if entry["id"] in THREE]


def test_a_folder_without_an_inventory_is_an_error(declared, tmp_path, capsys):
    assert check.catalog_check(CATALOG, tmp_path, as_json=False) == 1
    assert "没有工作项清单" in capsys.readouterr().err


def test_the_export_has_the_inventorys_keys(capsys):
    assert check.catalog_export_json(CATALOG) == 0
    by_id = {item["id"]: item for item in json.loads(capsys.readouterr().out)}
    item = by_id["Q-1.2.2"]
    transfer = item["steps"][2]
    assert transfer["deadline"][0] | {"n": 7, "unit": "working_day", "after": "审核完成"} == transfer["deadline"][0]
    assert transfer["ledgers"] == ["失业人员档案", "学生档案", "新建档案"]
    assert (
        item["steps"][0]["evidence"][0] | {"name": "中、小学肄业学生档案", "when": "辖区城乡居民户口"}
        == (item["steps"][0]["evidence"][0])
    )
    assert {"policy_basis", "kpi", "decisions"} <= item.keys()


def test_the_catalogue_loads_without_a_database_or_settings():
    code = (
        "import sys; from pathlib import Path; from renben.engines.procedures import catalogue, check;"
        f"assert len(catalogue.load(Path({str(CATALOG)!r})).procedures) >= 3;"
        "assert 'renben.engines.procedures.models' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=CATALOG.parent, timeout=30)


def test_texts_of_the_catalogue_are_not_the_inventorys_sentences():
    if not SHARED.exists():
        pytest.skip("the inventory is not beside this checkout")
    inventory = read_inventory(SHARED / "spec")
    for id_, procedure in catalogue.load(CATALOG).procedures.items():
        item = inventory.get(id_)
        if item is None:
            continue
        assert procedure.purpose != item["purpose"], id_
        said = {wanted["does"] for wanted in item["steps"]}
        assert [step.key for step in procedure.steps if step.does in said] == [], id_


# Versions


@pytest.mark.django_db
def test_syncing_twice_changes_nothing():
    definitions.sync_definitions(CATALOG)
    assert definitions.sync_definitions(CATALOG) == []
    assert Definition.objects.filter(procedure_id="J-4.2.1").count() == 1


def test_a_running_case_keeps_its_version_and_new_cases_take_the_new_one(db, stage, copy):
    world = make_world()
    old = world.archive_case()
    edit(copy, FORM, "n: 7, unit: working_day", "n: 3, unit: working_day")
    (changed,) = definitions.sync_definitions(copy)
    assert (changed.procedure_id, changed.version) == ("Q-1.2.2", 2)
    new = world.archive_case(world.person("王二"))
    assert (old.definition.version, new.definition.version) == (1, 2)
    limits = [definitions.procedure_of(case.definition_id).step("transfer").deadlines[0].n for case in (old, new)]
    assert limits == [7, 3]
    (back,) = definitions.sync_definitions(CATALOG)
    assert back == old.definition, "the older text is activated again, not copied"
    assert DefinitionActivation.objects.filter(procedure_id="Q-1.2.2").count() == 3
    assert world.archive_case(world.person("张三")).definition == old.definition


def test_a_changed_soft_limit_is_a_new_version(db, copy):
    definitions.sync_definitions(copy)
    edit(copy, "soft_limits.yaml", "{word: 即时, n: 0, unit: working_day, decision: D-03, text: 审核完的当个工作日录入}",
         "{word: 即时, n: 2, unit: working_day, decision: D-03, text: 两个工作日}")  # fmt: skip
    assert [d.procedure_id for d in definitions.sync_definitions(copy)] == ["Q-1.2.2"]


def test_a_version_cannot_be_edited_or_deleted(db):
    definitions.sync_definitions(CATALOG)
    version = Definition.objects.get(procedure_id="Q-1.2.2")
    version.title = "别的"
    for attempt in (
        version.save,
        version.delete,
        Definition.objects.all().delete,
        lambda: Definition.objects.update(title="别的"),
    ):
        with pytest.raises(TypeError, match="frozen"):
            attempt()


def test_a_procedure_that_was_never_loaded_is_said_so(db, stage):
    world = make_world()
    with pytest.raises(definitions.ProcedureUnknown):
        actions.start(procedure_id="J-9.9.9", organization=world.street, by=world.clerk)


def test_every_file_of_the_catalogue_parses_as_plain_yaml():
    for path in [*CATALOG.glob("procedures/**/*.yaml"), CATALOG / "events.yaml"]:
        assert yaml.safe_load(path.read_text(encoding="utf-8")), path
